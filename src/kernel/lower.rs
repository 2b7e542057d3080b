//! Rows of accumulators combined, and lowered to results.

use super::level::{Level, Writer};
use super::rows::{Counts, Op, Reduction, TAPS, small, tree, tree_of_large};
use super::stretches::Stretches;
use alloc::vec::Vec;
use core::marker::PhantomData;

/// `dst[k]`: the `k`-th cells of all rows, combined in the one order there is. At most [`TAPS`] rows, each as long or longer.
pub(crate) fn combine<O: Op>(level: Level, op: O, dst: &mut [O::Acc], rows: &[&[O::Acc]]) {
    if let [one] = rows {
        return dst.copy_from_slice(&one[..dst.len()]);
    }
    if const { !small::<O::Acc>() } {
        return one_by_one(op, dst, rows);
    }
    macro_rules! by_count {
        ($($k:literal)*) => { match rows.len() {
            $($k => if let Some(rows) = rows.first_chunk::<$k>() {
                level.write(dst, Taps { rows, op });
            },)*
            n => unreachable!("{n} rows, at most {TAPS}"),
        } };
    }
    by_count!(2 3 4 5 6 7 8)
}

/// (Behind a reference: copied, they are read in wider pieces than they were stored in, and that waits for all stores before.)
struct Taps<'a, O: Op, const K: usize> {
    rows: &'a [&'a [O::Acc]; K],
    op: O,
}

impl<O: Op, const K: usize> Writer<O::Acc> for Taps<'_, O, K> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [O::Acc]) {
        let mut stretches = Stretches::of::<O::Acc>(to.len());
        while let Some((from, end)) = stretches.next() {
            let to = &mut to[from..end];
            let n = to.len();
            // (A loop: a function that is called for each row would be compiled for the baseline, and hide how long they are.)
            let mut rows: [&[O::Acc]; K] = [&[]; K];
            for (j, row) in rows.iter_mut().enumerate() {
                *row = &self.rows[j][from..][..n];
            }
            for k in 0..n {
                to[k] = tree(|a, b| self.op.combine(a, b), |j| rows[j][k], K);
            }
        }
    }
}

/// Values too large for registers.
#[inline(never)]
fn one_by_one<O: Op>(op: O, dst: &mut [O::Acc], rows: &[&[O::Acc]]) {
    let mut stack = Vec::with_capacity(4);
    for (k, out) in dst.iter_mut().enumerate() {
        tree_of_large(&|a, b| op.combine(a, b), &|j| rows[j][k], rows.len(), &mut stack);
        if let Some(&value) = stack.first() {
            *out = value;
        }
    }
}

/// `dst[k] = lower(src[k], count)`; `src` and counts are as long or longer.
pub(crate) fn lower<T, R: Reduction<T>>(
    level: Level,
    r: &R,
    dst: &mut [R::Out],
    src: &[R::Acc],
    counts: &Counts<'_, R::Count>,
) {
    let n = match counts {
        Counts::All(n) => *n,
        Counts::Each(counts) if const { R::COUNTED } => {
            return level.write(dst, EachLowered { r, src, counts, element: PhantomData });
        }
        // Nobody looks at them.
        Counts::Each(counts) => match counts.first() {
            Some(n) => *n,
            None => return,
        },
    };
    level.write(dst, Lowered { r, src, n, element: PhantomData });
}

struct Lowered<'a, T, R: Reduction<T>> {
    r: &'a R,
    src: &'a [R::Acc],
    n: R::Count,
    element: PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Writer<R::Out> for Lowered<'_, T, R> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [R::Out]) {
        let mut stretches = Stretches::of::<R::Acc>(to.len());
        while let Some((from, end)) = stretches.next() {
            let to = &mut to[from..end];
            self.r.lower_all::<FUSED>(&self.src[from..end], self.n, to);
            self.r.seen(to);
        }
    }
}

struct EachLowered<'a, T, R: Reduction<T>> {
    r: &'a R,
    src: &'a [R::Acc],
    counts: &'a [R::Count],
    element: PhantomData<fn(T)>,
}

impl<T, R: Reduction<T>> Writer<R::Out> for EachLowered<'_, T, R> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [R::Out]) {
        let mut stretches = Stretches::of::<R::Acc>(to.len());
        while let Some((from, end)) = stretches.next() {
            let (to, src, counts) = (&mut to[from..end], &self.src[from..end], &self.counts[from..end]);
            for k in 0..end - from {
                to[k] = self.r.lower(src[k], counts[k]);
            }
            self.r.seen(to);
        }
    }
}
