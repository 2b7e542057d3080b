//! Separable weights: weighted sums along one axis after the other.
//!
//! Every output line is made by itself, so threads do not show: the second to last axis is summed across rows into a line that stays in a
//! first-level cache, the last one along that line, once its border is put around it. What lies between the two is never an
//! array. Axes before them are summed over the whole array, in the array's order.

use crate::array::{Array, View};
use crate::element::Element;
use crate::error::Result;
use crate::kernel::level::Level;
use crate::kernel::threads::{each_chunk, threads_for};
use crate::kernel::weigh::{Blend, Tone, settle, weigh};
use crate::spec::{AxisPlan, Cell, Dims, Plan, sort_few};
use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

/// From how many elements behind the last axis on these are rows of their own.
const ROW: usize = 32;

/// An axis with its weights.
type Along<'a, A> = (&'a AxisPlan, Vec<A>);

/// Writes the sum of every window's elements times the products of `weights`, one list an axis of the plan, to `out`, which has
/// the array's shape. Padding reads as `fill`, else as zero.
///
/// # Errors
/// [`Error::OutOfMemory`](crate::Error::OutOfMemory).
pub(crate) fn weighted<T: Tone>(
    plan: &Plan,
    source: &View<'_, T>,
    fill: Option<T>,
    weights: &[Vec<f64>],
    out: &mut [T],
) -> Result<()> {
    if out.is_empty() {
        return Ok(());
    }
    let elements = match source.as_slice() {
        Some(elements) => Cow::Borrowed(elements),
        None => Cow::Owned(source.iter().copied().collect()),
    };
    let shape = source.shape();
    let mut axes: Vec<Along<'_, T::Sum>> = plan
        .axes()
        .iter()
        .zip(weights)
        .filter(|(_, w)| w[..] != [1.0])
        .map(|(axis, w)| (axis, w.iter().map(|&w| T::Sum::from_f64(w)).collect()))
        .collect();
    sort_few(&mut axes, |(axis, _)| axis.axis());
    let behind = |axis: &AxisPlan| shape[axis.axis() + 1..].iter().product::<usize>();
    let along = axes.pop_if(|(axis, _)| behind(axis) < ROW);
    let down = axes.pop();
    let fill = fill.unwrap_or_default();
    let Some((first, rest)) = axes.split_first() else {
        run(&Lines::new(&elements, shape, fill, down.as_ref(), along.as_ref()), out);
        return Ok(());
    };
    let fill_sum = fill.tone();
    let mut sums = zeros::<T::Sum>(shape)?;
    run(&Lines::new(&elements, shape, fill, Some(first), None), sums.as_mut_slice());
    for axis in rest {
        let mut next = zeros::<T::Sum>(shape)?;
        run(&Lines::new(sums.as_slice(), shape, fill_sum, Some(axis), None), next.as_mut_slice());
        sums = next;
    }
    run(&Lines::new(sums.as_slice(), shape, fill_sum, down.as_ref(), along.as_ref()), out);
    Ok(())
}

fn zeros<A: Element>(shape: &[usize]) -> Result<Array<A>> {
    Array::try_zeros("a filtered picture", Dims::from_slice(shape))
}

/// Lines of a result: what they are summed from, across rows, and along themselves.
struct Lines<'a, S: Tone> {
    elements: &'a [S],
    fill: S,
    /// Elements of a line.
    len: usize,
    down: Option<&'a Along<'a, S::Sum>>,
    /// Lines between two neighbours of the axis across.
    between: usize,
    along: Option<&'a Along<'a, S::Sum>>,
    /// Elements between two neighbours of the axis along.
    inner: usize,
}

/// Buffers of one thread.
struct Scratch<S: Tone> {
    /// A line with its border.
    line: Vec<S::Sum>,
    sums: Vec<S::Sum>,
    filled: Vec<S>,
}

impl<'a, S: Tone> Lines<'a, S> {
    fn new(
        elements: &'a [S],
        shape: &[usize],
        fill: S,
        down: Option<&'a Along<'a, S::Sum>>,
        along: Option<&'a Along<'a, S::Sum>>,
    ) -> Self {
        let product = |range: &[usize]| range.iter().product::<usize>();
        let across = down.map(|(axis, _)| axis.axis());
        // Where nothing is summed along lines, these begin behind the axis across, or are all there is.
        let begin = along.map_or(across.map_or(0, |a| a + 1), |(axis, _)| axis.axis());
        let between = across.map_or(1, |a| product(&shape[a + 1..begin]));
        let inner = along.map_or(1, |(axis, _)| product(&shape[axis.axis() + 1..]));
        Lines { elements, fill, len: product(&shape[begin..]), down, between, along, inner }
    }

    /// Line `number`, summed both ways.
    fn sums(&self, level: Level, number: usize, scratch: &mut Scratch<S>, to: &mut [S::Sum]) {
        let Scratch { line, filled, .. } = scratch;
        let Some((axis, w)) = self.along else { return self.across(level, number, filled, to) };
        let (before, behind) = border(axis);
        line.resize(before * self.inner + self.len + behind * self.inner, S::Sum::default());
        let (start, end) = (before * self.inner, before * self.inner + self.len);
        self.across(level, number, filled, &mut line[start..end]);
        let outside = (0..before).chain(before + axis.len()..before + axis.len() + behind);
        for place in outside {
            let to = place * self.inner;
            match axis.at(place as isize - before as isize) {
                Cell::Element(e) => line.copy_within(start + e * self.inner..start + (e + 1) * self.inner, to),
                _ => line[to..to + self.inner].fill(self.fill.tone()),
            }
        }
        // Of a cropped axis the first window begins inside.
        let first = (axis.start_of(0) + before as isize) as usize;
        let rows: Vec<&[S::Sum]> = (0..w.len()).map(|k| &line[(first + k) * self.inner..][..self.len]).collect();
        weigh(level, to, &rows, w);
    }

    /// The line as it is summed across rows.
    fn across(&self, level: Level, number: usize, filled: &mut Vec<S>, to: &mut [S::Sum]) {
        let row = |line: usize| &self.elements[line * self.len..][..self.len];
        let Some((axis, w)) = self.down else {
            // (A weight of one: elements as they are, widened.)
            return weigh(level, to, &[row(number)], &[S::Sum::from_f64(1.0)]);
        };
        let (i, lead) = (number / self.between % axis.len(), number / (self.between * axis.len()));
        let cells = (0..w.len()).map(|k| axis.at(axis.start_of(i) + k as isize));
        let cells: Vec<Option<usize>> =
            cells.map(|cell| if let Cell::Element(e) = cell { Some(e) } else { None }).collect();
        if cells.contains(&None) {
            filled.resize(self.len, self.fill);
        }
        let line = |e: usize| (lead * axis.len() + e) * self.between + number % self.between;
        let rows: Vec<&[S]> = cells.iter().map(|cell| cell.map_or(&filled[..], |e| row(line(e)))).collect();
        weigh(level, to, &rows, w);
    }
}

/// How many places the windows of an axis reach before its first element, and behind its last.
fn border(axis: &AxisPlan) -> (usize, usize) {
    let reach = |pad: isize| pad.max(0) as usize;
    (reach(axis.pads().0), reach(axis.pads().1))
}

/// Makes all lines of `out`.
fn run<S: Tone, O: Tone<Sum = S::Sum>>(lines: &Lines<'_, S>, out: &mut [O]) {
    let (all, level) = (out.len(), Level::detect());
    let taps: usize = [lines.down, lines.along].into_iter().flatten().map(|(_, w)| w.len()).sum();
    // A few products take as long as to move an element.
    let bytes = size_of_val(out).saturating_mul(1 + taps / 4);
    let number = all / lines.len;
    let chunk = match threads_for(bytes) {
        1 => number,
        threads => number.div_ceil(4 * threads),
    };
    let scratch = || Scratch { line: Vec::new(), sums: vec![S::Sum::default(); lines.len], filled: Vec::new() };
    each_chunk(out, all, chunk * lines.len, bytes, scratch, |scratch, _, k, part| {
        let mut sums = core::mem::take(&mut scratch.sums);
        for (i, to) in part.chunks_exact_mut(lines.len).enumerate() {
            match O::sums(to) {
                Some(to) => lines.sums(level, k * chunk + i, scratch, to),
                None => {
                    lines.sums(level, k * chunk + i, scratch, &mut sums);
                    settle(level, to, &sums);
                }
            }
        }
        scratch.sums = sums;
    });
}
