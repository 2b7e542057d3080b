//! Medians of windows of three by three: minima and maxima of whole rows, whatever the type.

use super::super::block::Block;
use super::super::rankable::Rankable;
use super::wanted::{Place, Wanted};
use crate::element::Element;
use crate::kernel::level::Level;
use crate::kernel::network::{Sorted, medians};
use crate::spec::{AxisPlan, PadMode};
use alloc::vec::Vec;

/// How many windows along an axis share a block: rows that stay in a first-level cache with all that is made of them.
pub(super) const MOST: usize = 512;

/// Whether every window of a request has three by three cells that follow each other, and the middle one is asked for.
pub(super) fn wants(axes: &[&AxisPlan], filled: bool, place: Place) -> bool {
    let whole = |a: &&AxisPlan| {
        let inside = a.pads().0 <= 0 && a.pads().1 <= 0;
        a.window() == 3
            && a.even_step() == Some(1)
            && a.dilation() == 1
            && a.base_dilation() == 1
            && (inside || filled || a.pad_mode() != PadMode::Empty)
    };
    axes.len() == 2 && axes.iter().all(whole) && place.among(9) == (4, 0.0)
}

/// Whether the windows of a block are such.
pub(super) fn fits<T>(block: &Block<'_, T>, place: Place) -> bool {
    let three = |i: usize, w: &core::ops::Range<usize>| *w == (i..i + 3);
    block.sides.len() == 2
        && block.sides.iter().all(|s| s.windows.iter().enumerate().all(|(i, w)| three(i, w)))
        && place.among(9) == (4, 0.0)
}

/// Buffers of one thread.
pub(super) struct Scratch<K> {
    keys: Vec<K>,
    sorted: Sorted<K>,
    medians: Vec<K>,
}

impl<K> Default for Scratch<K> {
    fn default() -> Self {
        Scratch { keys: Vec::new(), sorted: Sorted::default(), medians: Vec::new() }
    }
}

/// Answers every window of a block that [`fits`].
pub(super) fn order<T: Rankable, R: Element, F: Fn(T, T, f64) -> R>(
    block: &Block<'_, T>,
    scratch: &mut Scratch<T::Key>,
    wanted: &Wanted<R, F>,
    out: &mut [R],
) {
    let Scratch { keys, sorted, medians: line } = scratch;
    let [_, x] = block.sides else { return };
    let (width, n) = (x.cells.len(), x.windows.len());
    keys.clear();
    keys.extend(block.data.iter().map(|&x| x.key(T::NAN_ABOVE)));
    line.resize(n, T::LOWEST);
    let level = Level::detect();
    for (i, out) in out.chunks_exact_mut(n).enumerate() {
        let rows: [&[T::Key]; 3] = core::array::from_fn(|j| &keys[(i + j) * width..][..width]);
        medians(level, rows, T::HIGHEST, sorted, line);
        for (out, &key) in out.iter_mut().zip(&*line) {
            let x = T::value(key);
            *out = if x.unordered() { wanted.nan } else { (wanted.make)(x, x, 0.0) };
        }
    }
}
