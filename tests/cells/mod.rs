//! The definition of windows, written out naively and sharing no code with `src`: every cell of every window.
#![allow(dead_code, unreachable_pub)] // each test binary uses a part of this module

use ndwindow::{Array, IntoView, PadMode, Tail, Unfold, View, unfold};
use proptest::prelude::*;

/// What is asked of one axis.
#[derive(Clone, Copy, Debug)]
pub struct Along {
    pub axis: usize,
    pub window: usize,
    pub step: usize,
    pub dilation: usize,
    pub base: usize,
    pub pads: (isize, isize),
    pub mode: PadMode,
    pub tail: Tail,
}

impl Along {
    pub fn new(axis: usize, window: usize, step: usize) -> Self {
        let (mode, tail) = (PadMode::Empty, Tail::Drop);
        Along { axis, window, step, dilation: 1, base: 1, pads: (0, 0), mode, tail }
    }

    fn span(&self) -> isize {
        ((self.window - 1) * self.dilation + 1) as isize
    }

    /// Length of the axis drawn apart, and of it with padding.
    fn lengths(&self, n: usize) -> (isize, isize) {
        let drawn = if n == 0 { 0 } else { ((n - 1) * self.base + 1) as isize };
        (drawn, (drawn + self.pads.0 + self.pads.1).max(0))
    }

    /// Where the windows start on the padded line; `None` if the request is refused.
    pub fn starts(&self, n: usize) -> Option<Vec<isize>> {
        let (drawn, total) = self.lengths(n);
        let (span, step) = (self.span(), self.step as isize);
        let visible_end = drawn.min(drawn + self.pads.1);
        if self.mode != PadMode::Empty && visible_end <= (-self.pads.0).max(0) && total > 0 {
            return None;
        }
        if self.tail == Tail::Partial {
            let mut starts = Vec::new();
            let mut at = 0;
            // A window is there while the one before it did not reach the end, if it starts in front of the data's end.
            while at - step + span < total && at < self.pads.0 + visible_end {
                starts.push(at);
                at += step;
            }
            if starts.is_empty() && visible_end > (-self.pads.0).max(0) {
                starts.push(0);
            }
            return Some(starts);
        }
        if span > total {
            return None;
        }
        let mut starts: Vec<isize> = (0..).map(|i| i * step).take_while(|s| s + span <= total).collect();
        let last = total - span;
        let reaches = *starts.last()? == last;
        match self.tail {
            Tail::ShiftBack if !reaches => starts.push(last),
            Tail::Spread => {
                let gaps = (starts.len() - usize::from(reaches)) as isize;
                starts = (0..=gaps).map(|i| if gaps == 0 { 0 } else { i * last / gaps }).collect();
            }
            _ => {}
        }
        Some(starts)
    }

    /// What stands in cell `j` of the window at `start`.
    fn cell(&self, n: usize, start: isize, j: usize) -> Cell {
        let (drawn, total) = self.lengths(n);
        let on_line = start + (j * self.dilation) as isize;
        if on_line >= total {
            return Cell::Nothing;
        }
        let (low, high) = ((-self.pads.0).max(0), drawn.min(drawn + self.pads.1));
        let len = high - low;
        let at = on_line - self.pads.0;
        let inside = match at {
            p if p >= low && p < high => p,
            _ if len <= 0 => return Cell::Padding,
            p => {
                // Walk from the edge, one position at a time.
                let (mut q, mut direction) = (if p < low { 0 } else { len - 1 }, if p < low { -1 } else { 1 });
                for _ in 0..(if p < low { low - p } else { p - high + 1 }) {
                    match self.mode {
                        PadMode::Empty => return Cell::Padding,
                        PadMode::Edge => {}
                        PadMode::Wrap => q = (q + direction + len) % len,
                        PadMode::Symmetric => {
                            if q + direction < 0 || q + direction >= len {
                                direction = -direction;
                            } else {
                                q += direction;
                            }
                        }
                        PadMode::Reflect if len == 1 => {}
                        PadMode::Reflect => {
                            if q + direction < 0 || q + direction >= len {
                                direction = -direction;
                            }
                            q += direction;
                        }
                        _ => unreachable!(),
                    }
                }
                q + low
            }
        };
        match inside as usize % self.base {
            0 => Cell::Element(inside as usize / self.base),
            _ => Cell::Nothing,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Element(usize),
    Padding,
    Nothing,
}

/// A whole request.
#[derive(Clone, Debug)]
pub struct Asked(pub Vec<Along>);

/// A result's shape, and the cells of every window.
pub type Windows<T> = (Vec<usize>, Vec<Vec<Held<T>>>);

/// A cell that counts: the value, and the element's index in the array (`None` for filled padding).
pub type Held<T> = (T, Option<Vec<usize>>);

impl Asked {
    pub fn request(&self) -> Unfold {
        let each = |f: &dyn Fn(&Along) -> usize| self.0.iter().map(f).collect::<Vec<_>>();
        let axes: Vec<isize> = self.0.iter().map(|a| a.axis as isize).collect();
        unfold(&axes[..], each(&|a| a.window), each(&|a| a.step))
            .dilation(each(&|a| a.dilation))
            .base_dilation(each(&|a| a.base))
            .pad(self.0.iter().map(|a| a.pads).collect::<Vec<_>>())
            .pad_mode(self.0.iter().map(|a| a.mode).collect::<Vec<_>>())
            .tail(self.0.iter().map(|a| a.tail).collect::<Vec<_>>())
    }

    /// The cells that count of every window, in the order of the request's axes; and the result's shape.
    pub fn windows<T: Copy>(&self, x: &View<'_, T>, fill: Option<T>) -> Option<Windows<T>> {
        let mut shape = x.shape().to_vec();
        let mut starts = Vec::new();
        for a in &self.0 {
            starts.push(a.starts(x.shape()[a.axis])?);
            shape[a.axis] = starts[starts.len() - 1].len();
        }
        let windows = indices(&shape).map(|index| {
            let sizes: Vec<usize> = self.0.iter().map(|a| a.window).collect();
            let mut held = Vec::new();
            'cells: for cell in indices(&sizes) {
                let mut at = index.clone();
                let mut padding = false;
                for (k, a) in self.0.iter().enumerate() {
                    match a.cell(x.shape()[a.axis], starts[k][index[a.axis]], cell[k]) {
                        Cell::Element(e) => at[a.axis] = e,
                        Cell::Padding => padding = true,
                        Cell::Nothing => continue 'cells,
                    }
                }
                match (padding, fill) {
                    (false, _) => held.push((x[&at[..]], Some(at))),
                    (true, Some(fill)) => held.push((fill, None)),
                    (true, None) => {}
                }
            }
            held
        });
        let windows = windows.collect();
        Some((shape, windows))
    }
}

/// All indices of a shape in row-major order.
pub fn indices(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> + use<> {
    let shape = shape.to_vec();
    let total: usize = shape.iter().product();
    (0..total).map(move |mut i| {
        let mut index = vec![0; shape.len()];
        for a in (0..shape.len()).rev() {
            index[a] = i % shape[a];
            i /= shape[a];
        }
        index
    })
}

const MODES: [PadMode; 5] = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
const TAILS: [Tail; 4] = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];

/// Every request for one short axis within small numbers.
pub fn exhaustive() -> impl Iterator<Item = (usize, Along)> {
    let numbers = indices(&[6, 4, 3, 2, 2, 3, 3, 5, 4]);
    numbers.map(|i| {
        let mut a = Along::new(0, i[1] + 1, i[2] + 1);
        (a.dilation, a.base, a.pads) = (i[3] + 1, i[4] + 1, (i[5] as isize * 2 - 1, i[6] as isize * 2 - 1));
        (a.mode, a.tail) = (MODES[i[7]], TAILS[i[8]]);
        (i[0], a)
    })
}

/// An array of rank 1 to 5 with any strides, and a request that may or may not fit it.
pub fn cases() -> impl Strategy<Value = (Layout, Asked)> {
    (1usize..=5).prop_flat_map(|rank| {
        let longest = [0usize, 24, 9, 5, 4, 3][rank];
        let shape = prop::collection::vec(1usize..=longest, rank);
        let order = Just((0..rank).collect::<Vec<usize>>()).prop_shuffle();
        let flips = prop::collection::vec(0u8..8, rank);
        let along = (1usize..=4, 1usize..=3, 1usize..=3, 1usize..=2, (-1isize..=3, -1isize..=3), 0usize..9, 0usize..4);
        let axes = (Just((0..rank).collect::<Vec<usize>>()).prop_shuffle(), 1usize..=rank.min(3));
        (shape, order, flips, axes, prop::collection::vec(along, 3)).prop_map(|(shape, order, flips, axes, along)| {
            let asked =
                axes.0[..axes.1].iter().zip(along).map(|(&axis, (window, step, dilation, base, pads, mode, tail))| {
                    // Half of the requests pad with nothing.
                    let mode = MODES[mode.saturating_sub(4)];
                    Along { axis, window, step, dilation, base, pads, mode, tail: TAILS[tail] }
                });
            (Layout { shape, order, flips }, Asked(asked.collect()))
        })
    })
}

/// How an array lies in memory: the order of its axes there, and which run backwards or are repeated.
#[derive(Clone, Debug)]
pub struct Layout {
    pub shape: Vec<usize>,
    order: Vec<usize>,
    flips: Vec<u8>,
}

impl Layout {
    /// A view of this layout over the first elements of `data`.
    pub fn view<'a, T>(&self, data: &'a [T]) -> View<'a, T> {
        let mut strides = vec![0isize; self.shape.len()];
        let (mut reach, mut offset) = (1, 0);
        for &a in &self.order {
            match self.flips[a] {
                0 => continue,
                1 | 2 => {
                    strides[a] = -reach;
                    offset += reach * (self.shape[a] as isize - 1);
                }
                _ => strides[a] = reach,
            }
            reach *= self.shape[a] as isize;
        }
        View::with_strides(data, &self.shape, strides, offset as usize).unwrap()
    }
}

/// Runs `f` in pools of one, two and three threads and checks that all give the same bits.
pub fn same_for_threads<T: Clone + Send + std::fmt::Debug>(
    same: impl Fn(&T, &T) -> bool,
    f: impl Fn() -> Array<T> + Sync,
) {
    let run = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(&f);
    let one = run(1);
    for threads in [2, 3] {
        let other = run(threads);
        assert_eq!(one.shape(), other.shape());
        assert!(one.iter().zip(other.iter()).all(|(a, b)| same(a, b)), "{threads} threads");
    }
}

/// A view of a slice with a shape.
pub fn shaped<'a, T>(data: &'a [T], shape: &[usize]) -> View<'a, T> {
    View::new(data, shape).unwrap().into_view()
}
