//! Joins of cells with their weights. A cell's weight is the product of one number an axis, multiplied in the order of the axes
//! whatever the order of the loops is: of three numbers and more, the order shows in the last bit.

use super::engine::{Block, Join};
use super::number::{Accumulator, FoldElement};
use crate::array::View;
use crate::kernel::merge_weighted;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use smallvec::SmallVec;

/// Joins of cells with the product of their weights along each unfolded axis: `f(sum, cell, weight)` from `A`'s zero on.
pub(super) struct Weighted<W, F> {
    pub(super) weights: Vec<Vec<W>>,
    pub(super) f: F,
}

/// What the cells of a block weigh.
struct Weights<'w, W: Clone> {
    /// For each unfolded axis the weight of its one tap, or none if there are several.
    lone: SmallVec<[Option<W>; 3]>,
    /// For each unfolded axis the weights of its taps.
    along: SmallVec<[Cow<'w, [W]>; 3]>,
}

impl<T, A, W, F> Join<T, A> for Weighted<W, F>
where
    T: FoldElement,
    A: crate::Element,
    W: Accumulator,
    F: Fn(A, T, W) -> A + Copy + Sync,
{
    fn start(&self) -> A {
        A::default()
    }

    fn block(&self, sums: &mut [A], offset: usize, strides: &[isize], cells: &View<'_, T>, block: &Block<'_>) {
        let mut weights = Weights { lone: SmallVec::new(), along: SmallVec::new() };
        for (list, share) in self.weights.iter().zip(block.shares) {
            let taps = share.taps;
            weights.lone.push((taps.count == 1).then(|| list[taps.start]));
            weights.along.push(match taps.step {
                1 => Cow::Borrowed(&list[taps.start..taps.start + taps.count]),
                step => {
                    let at = |t: usize| (taps.start as isize + t as isize * step) as usize;
                    Cow::Owned((0..taps.count).map(|t| list[at(t)]).collect())
                }
            });
        }
        self.weigh(sums, offset, strides, cells, &block.taps_of, &mut weights);
    }
}

impl<W: Accumulator, F> Weighted<W, F> {
    /// Joins a block, or one index of its outermost loop after another where its loops would multiply in another order.
    fn weigh<T, A>(
        &self,
        sums: &mut [A],
        offset: usize,
        strides: &[isize],
        cells: &View<'_, T>,
        taps_of: &[Option<usize>],
        weights: &mut Weights<'_, W>,
    ) where
        T: FoldElement,
        A: crate::Element,
        F: Fn(A, T, W) -> A + Copy + Sync,
    {
        let mut loops = taps_of.iter().enumerate().filter_map(|(at, k)| k.map(|k| (at, k)));
        let first = loops.next();
        if let Some((_, k)) = first
            && !weights.in_order(k, loops.map(|(_, k)| k))
        {
            // The outermost one, whatever it runs along: the order of the loops is that of additions.
            let axis = taps_of[0];
            for i in 0..cells.shape()[0] {
                if let Some(k) = axis {
                    weights.lone[k] = Some(weights.along[k][i]);
                }
                let offset = offset.wrapping_add_signed(i as isize * strides[0]);
                let Ok(cells) = cells.index_axis(0, i) else { unreachable!("an index of the axis") };
                self.weigh(sums, offset, &strides[1..], &cells, &taps_of[1..], weights);
            }
            if let Some(k) = axis {
                weights.lone[k] = None;
            }
            return;
        }
        let one = || num_traits::cast(1).unwrap_or(W::zero());
        let (scale, led) = weights.scaled(first.map(|(_, k)| k));
        let list = |k: usize| match &led {
            Some((of, list)) if *of == k => &list[..],
            _ => &weights.along[k][..],
        };
        let lists: SmallVec<[Option<&[W]>; 8]> = taps_of.iter().map(|k| k.map(list)).collect();
        merge_weighted(sums, offset, strides, cells, (scale.unwrap_or_else(one), &lists), self.f);
    }
}

impl<W: Accumulator> Weights<'_, W> {
    /// Whether loops along some axes multiply in the axes' order, if lone weights beside the first of them are multiplied first.
    fn in_order(&self, first: usize, others: impl Iterator<Item = usize>) -> bool {
        // Two numbers have one product.
        if self.lone.len() < 3 {
            return true;
        }
        let mut last = None;
        for k in others {
            if k < last.unwrap_or(first) {
                return false;
            }
            last = Some(k);
        }
        let behind_second = self.lone.iter().enumerate().filter(|(_, lone)| lone.is_some()).map(|(k, _)| k);
        match last {
            None => true,
            Some(_) => {
                let second = (first + 1..self.lone.len()).find(|&k| self.lone[k].is_none());
                second.is_some_and(|second| behind_second.max().is_none_or(|lone| lone < second))
            }
        }
    }

    /// What all cells are scaled by, and the list of the first loop's axis if lone weights behind it were multiplied into it.
    fn scaled(&self, first: Option<usize>) -> (Option<W>, Option<(usize, Vec<W>)>) {
        let product = |scale: Option<W>, w: W| Some(scale.map_or(w, |s| s * w));
        let lone = |from: usize, to: usize| self.lone[from..to].iter().flatten().copied();
        let len = self.lone.len();
        match first {
            Some(k) if len > 2 => {
                let before = lone(0, k).fold(None, product);
                let second = (k + 1..len).find(|&k| self.lone[k].is_none()).unwrap_or(len);
                if lone(k + 1, second).next().is_none() {
                    return (before, None);
                }
                let led = |&w: &W| lone(k + 1, second).fold(before.map_or(w, |b| b * w), |p, w| p * w);
                (None, Some((k, self.along[k].iter().map(led).collect())))
            }
            _ => (lone(0, len).fold(None, product), None),
        }
    }
}
