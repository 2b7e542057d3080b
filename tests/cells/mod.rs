//! Requests for tests, and the elements that every window of one holds by the naive definition in `tests/oracle`.
#![allow(dead_code, unreachable_pub)] // each test binary uses a part of this module

use ndwindow::{Array, IntoView, PadMode, Tail, Unfold, View, unfold};
use proptest::prelude::*;

#[path = "../oracle/mod.rs"]
mod oracle;
use oracle::{Ask, Line, Mode, Pads, Stand};

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

    /// The axis laid out for an array of this length; `None` if the request is refused.
    fn lay(&self, len: usize) -> Option<Line> {
        let mode = match self.mode {
            PadMode::Empty => Mode::Empty,
            PadMode::Edge => Mode::Edge,
            PadMode::Reflect => Mode::Reflect,
            PadMode::Symmetric => Mode::Symmetric,
            PadMode::Wrap => Mode::Wrap,
            _ => unreachable!("a mode the oracle does not know"),
        };
        let tail = match self.tail {
            Tail::Drop => oracle::Tail::Drop,
            Tail::Partial => oracle::Tail::Partial,
            Tail::ShiftBack => oracle::Tail::ShiftBack,
            Tail::Spread => oracle::Tail::Spread,
            _ => unreachable!("a tail the oracle does not know"),
        };
        let [window, step, dilation, base] = [self.window, self.step, self.dilation, self.base].map(|n| n as i128);
        let pads = Pads::Numbers(self.pads.0 as i128, self.pads.1 as i128);
        Ask { len, window, step, dilation, base, pads, mode, tail }.lay().ok()
    }
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
        self.held(x, fill, &|_| true)
    }

    /// The same of the cells that `counts` says yes to.
    pub fn held<T: Copy>(
        &self,
        x: &View<'_, T>,
        fill: Option<T>,
        counts: &dyn Fn(&[usize]) -> bool,
    ) -> Option<Windows<T>> {
        let mut shape = x.shape().to_vec();
        let mut lines = Vec::new();
        for a in &self.0 {
            let line = a.lay(x.shape()[a.axis])?;
            shape[a.axis] = line.count();
            lines.push(line);
        }
        let windows = indices(&shape).map(|index| {
            let sizes: Vec<usize> = self.0.iter().map(|a| a.window).collect();
            let mut held = Vec::new();
            'cells: for cell in indices(&sizes).filter(|cell| counts(cell)) {
                let mut at = index.clone();
                let mut padding = false;
                for (k, a) in self.0.iter().enumerate() {
                    match lines[k].cell(index[a.axis], cell[k]) {
                        Stand::Element(e) => at[a.axis] = e,
                        Stand::Pad => padding = true,
                        Stand::Gap => continue 'cells,
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
    oracle::indices(shape).into_iter()
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
