//! Where the largest elements and their indices go.

use super::cells::Cells;
use super::ops::Larger;
use super::places::{Places, Width};
use super::rankable::Rankable;
use super::results::Sink;
use crate::kernel::caches::PIECE;
use crate::kernel::level::{Level, Writer};
use crate::kernel::lower::combine;
use crate::kernel::rows::{Counts, TAPS};
use crate::kernel::threads::Divide;
use core::marker::PhantomData;

/// Where what is found goes.
pub(super) struct Found<'o, T> {
    pub(super) indices: &'o mut [usize],
    /// If the elements themselves are wanted: of windows over an array's last axes alone.
    pub(super) values: Option<&'o mut [T]>,
    /// How many results are before these.
    pub(super) before: usize,
}

impl<T> Found<'_, T> {
    pub(super) fn len(&self) -> usize {
        self.indices.len()
    }
}

impl<T: Send> Divide for Found<'_, T> {
    fn split(self, at: usize) -> (Self, Self) {
        let (indices, rest) = self.indices.split_at_mut(at);
        let (values, others) = self.values.map(|values| values.split_at_mut(at)).unzip();
        let before = self.before + at;
        (Found { indices, values, before: self.before }, Found { indices: rest, values: others, before })
    }
}

/// How places become indices, and what lies there.
#[derive(Clone, Copy)]
pub(super) struct Lower<'a, T> {
    pub(super) places: &'a Places<'a>,
    /// If they are asked for, those of the array in planes of the unfolded axes.
    pub(super) elements: &'a [T],
    pub(super) plane: usize,
    /// How many results each plane has.
    pub(super) grid: usize,
}

impl<T: Copy> Lower<'_, T> {
    /// The results from place `at` on, all of one plane.
    pub(super) fn put<W: Width>(&self, level: Level, packed: &[W::Acc<T>], found: &mut Found<'_, T>, at: usize)
    where
        T: Rankable,
    {
        let indices = &mut found.indices[at..at + packed.len()];
        level.write(indices, Told::<T, W> { packed, element: PhantomData });
        if !self.places.are_indices() {
            indices.iter_mut().for_each(|index| *index = self.places.index(*index));
        }
        if let Some(values) = &mut found.values {
            self.values(indices, &mut values[at..at + packed.len()], found.before + at);
        }
    }

    pub(super) fn all_values(&self, found: Found<'_, T>) {
        let Some(values) = found.values else { return };
        let planes = found.indices.chunks_exact(self.grid).zip(values.chunks_exact_mut(self.grid));
        planes.enumerate().for_each(|(k, (indices, values))| self.values(indices, values, k * self.grid));
    }

    /// Takes the elements of indices, of the same plane as the first.
    fn values(&self, indices: &[usize], values: &mut [T], first: usize) {
        let plane = &self.elements[first / self.grid * self.plane..];
        for (value, &index) in values.iter_mut().zip(indices) {
            *value = plane[index];
        }
    }
}

/// The last step: rows combined, their places told, and the elements there taken while they are still in a cache.
pub(super) struct Placing<'a, T, W: Width>
where
    T: Rankable,
{
    lower: Lower<'a, T>,
    level: Level,
    found: Found<'a, T>,
    packed: Cells<W::Acc<T>>,
}

impl<'a, T: Rankable, W: Width> Placing<'a, T, W> {
    pub(super) fn new(lower: Lower<'a, T>, level: Level, found: Found<'a, T>) -> Self {
        Placing { lower, level, found, packed: Cells::default() }
    }
}

impl<T: Rankable, W: Width> Sink<W::Acc<T>, ()> for Placing<'_, T, W> {
    fn count(&self, _: usize) {}

    fn put(&mut self, at: usize, len: usize, rows: &[&[W::Acc<T>]], _: &Counts<'_, ()>) {
        let Placing { lower, level, found, packed } = self;
        let most = PIECE / size_of::<W::Acc<T>>();
        for from in (0..len).step_by(most) {
            let n = most.min(len - from);
            if let [one] = rows {
                lower.put::<W>(*level, &one[from..from + n], found, at + from);
                continue;
            }
            let mut taps: [&[W::Acc<T>]; TAPS] = [&[]; TAPS];
            taps.iter_mut().zip(rows).for_each(|(tap, row)| *tap = &row[from..from + n]);
            packed.fit(n, W::Acc::<T>::default());
            combine(*level, Larger::OP, &mut packed[..n], &taps[..rows.len()]);
            lower.put::<W>(*level, &packed[..n], found, at + from);
        }
    }
}

/// The places of packed elements.
struct Told<'a, T: Rankable, W: Width> {
    packed: &'a [W::Acc<T>],
    element: PhantomData<fn(T)>,
}

impl<T: Rankable, W: Width> Writer<usize> for Told<'_, T, W> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [usize]) {
        for (to, &packed) in to.iter_mut().zip(self.packed) {
            *to = W::place::<T>(packed);
        }
    }
}
