//! A fold with everything that does not depend on the patches done.

use super::cells::Cells;
use super::engine::{Engine, Join, Plain, Simple};
use super::finish::{Factors, Finish, first_false};
use super::merge::{Fold, Merge, Rule};
use super::number::{Accumulator, FoldElement, Folded};
use super::shares::Which;
use super::weigh::Weighted;
use crate::array::{Array, IntoView, View};
use crate::error::{Error, Result};
use crate::kernel::caches::FOLDED;
use crate::kernel::threads::threads;
use crate::spec::{AxisPlan, Dims, PadMode, Plan, index_of};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::AtomicUsize;
use num_traits::AsPrimitive;
use smallvec::{SmallVec, smallvec};

impl<T: FoldElement> Fold<T> {
    pub(super) fn new(plan: &Plan, merge: Merge<T>) -> Result<Self> {
        let weights = match &merge.rule {
            Rule::WeightedSum(tapers) | Rule::Weighted(tapers) => tapers.weights(plan.axes())?,
            _ => Vec::new(),
        };
        let mut fold = Fold { plan: plan.clone(), merge, weights, divisors: Vec::new(), covered: None };
        if matches!(fold.merge.rule, Rule::Sum | Rule::WeightedSum(_)) && fold.merge.uncovered.is_none() {
            return Ok(fold);
        }
        let coverage = fold.along(|_, axis| counts(axis))?;
        fold.check_covered(&coverage, |index| Error::Uncovered { index, merge: fold.merge.rule.name() })?;
        let mut usable: Vec<Vec<bool>> = coverage.iter().map(|list| list.iter().map(|&c| c != 0.0).collect()).collect();
        match fold.merge.rule {
            Rule::Mean => fold.divisors = coverage,
            Rule::Weighted(_) => {
                fold.divisors = fold.along(|k, axis| weight_sums(axis, &fold.weights[k]))?;
                fold.check_weights()?;
                for (usable, sums) in usable.iter_mut().zip(&fold.divisors) {
                    usable.iter_mut().zip(sums).for_each(|(u, &sum)| *u &= sum != 0.0);
                }
            }
            _ => {}
        }
        if usable.iter().flatten().any(|&u| !u) {
            fold.divisors.iter_mut().flatten().filter(|d| **d == 0.0).for_each(|d| *d = 1.0);
            fold.covered = Some(usable);
        }
        Ok(fold)
    }

    /// The same fold of a box of windows, into nothing but a box of the array.
    pub(super) fn over(&self, windows: &[Range<usize>], region: &[Range<usize>]) -> Fold<T> {
        let plan = self.plan.over(windows, region);
        let divisors = self.divisors.iter().zip(region).map(|(list, r)| stretch(list, r)).collect();
        let covered = self.covered.as_ref().map(|lists| lists.iter().zip(region).map(|(l, r)| stretch(l, r)).collect());
        Fold { plan, merge: self.merge.clone(), weights: self.weights.clone(), divisors, covered }
    }

    /// Bytes of the lists kept for a box of this many elements along each axis of the array, at most: what is kept, and what a run
    /// makes of it.
    pub(crate) fn bytes_beside(&self, lengths: &[usize]) -> usize {
        let threads = threads();
        let whole: usize = self.weights.iter().chain(&self.divisors).map(Vec::len).sum();
        let weights: usize = self.weights.iter().map(Vec::len).sum();
        let part = weights + lengths.iter().sum::<usize>();
        8 * (whole + 4 * part) + threads * 4 * FOLDED
    }

    /// Bytes it took to make, at most: counts, sums of weights and what both are made of, for each element of each axis.
    pub(crate) fn bytes_to_make(&self) -> usize {
        40 * self.plan.axes().iter().map(AxisPlan::len).sum::<usize>()
    }

    /// The plan it folds by.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The patches merged into an array of the plan's input shape.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`]; [`Error::DoesNotFit`]; [`Error::TooLarge`] for a result no address space holds,
    /// [`Error::OutOfMemory`] for one this machine does not.
    pub fn fold<'a, S: IntoView<'a, Elem = T>>(&self, patches: S) -> Result<Array<T>> {
        let mut out = self.zeros()?;
        self.fold_into(patches, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`fold`](Self::fold) into a caller's buffer, row-major in the plan's input shape; what it held is lost, and what it
    /// holds after an [`Error::DoesNotFit`] is not said.
    ///
    /// # Errors
    /// As [`fold`](Self::fold), and [`Error::BufferLength`].
    pub fn fold_into<'a, S: IntoView<'a, Elem = T>>(&self, patches: S, out: &mut [T]) -> Result<()> {
        T::fold_into(self, self.together(&patches.into_view())?, out)
    }

    /// [`fold`](Self::fold) with results of the type that holds every sum: `f64` for floats, `i64` for integers up to 32
    /// bits, `i128` for wider ones.
    ///
    /// # Errors
    /// As [`fold`](Self::fold); sums always fit.
    pub fn fold_wide<'a, S: IntoView<'a, Elem = T>>(&self, patches: S) -> Result<Array<T::Wide>> {
        let mut out = self.zeros()?;
        T::fold_wide_into(self, self.together(&patches.into_view())?, out.as_mut_slice())?;
        Ok(out)
    }

    fn zeros<O: Folded>(&self) -> Result<Array<O>> {
        Array::try_zeros("a fold", Dims::from_slice(self.plan.input_shape()))
    }

    /// [`fold_into`](Self::fold_into) a buffer.
    pub(super) fn run_into(&self, patches: Cells<'_, '_, T>, out: &mut [T]) -> Result<()> {
        match self.merge.wide {
            false => self.sums::<T::Sum, T::Real, T>(patches, out),
            true => self.run_wide_into(patches, out),
        }
    }

    /// The same with the widest sums there are.
    pub(super) fn run_wide_into<O: Folded>(&self, patches: Cells<'_, '_, T>, out: &mut [O]) -> Result<()> {
        if const { T::INTEGER } {
            return self.sums::<T::Wide, f64, O>(patches, out);
        }
        self.check_buffer(out.len())?;
        match self.blends(&self.merge.rule) {
            true => self.blend(patches, out),
            false => self.chosen(patches, out),
        }
        Ok(())
    }

    /// Runs the merge with sums in `A`, weighted sums in `R` and results in `O`.
    fn sums<A: Accumulator, R: Accumulator, O: Folded>(&self, patches: Cells<'_, '_, T>, out: &mut [O]) -> Result<()>
    where
        T: AsPrimitive<A> + AsPrimitive<R>,
    {
        self.check_buffer(out.len())?;
        match &self.merge.rule {
            rule if self.blends(rule) => {
                self.blend(patches, out);
                Ok(())
            }
            Rule::Sum | Rule::Mean => {
                self.check_most(patches.len())?;
                self.run(patches, &Plain { start: A::zero(), f: |a: A, x: T| a + x.as_() }, Which::All, out)
            }
            Rule::WeightedSum(_) | Rule::Weighted(_) => {
                let weights = self.weights.iter().map(|list| list.iter().map(|&w| real(w)).collect()).collect();
                let join = Weighted { weights, f: |a: R, x: T, w: R| a + w * x.as_() };
                self.run::<R, O>(patches, &join, Which::All, out)
            }
            _ => {
                self.chosen(patches, out);
                Ok(())
            }
        }
    }

    /// How a merge whose results are cells joins them, and which; its loops are compiled once for all types of results.
    fn choosing(&self) -> (Box<dyn Join<T, T>>, Which) {
        // A NaN is neither greater nor equal to anything, itself included: it comes in and never goes.
        #[allow(clippy::eq_op)]
        match &self.merge.rule {
            Rule::Max => {
                let f = |a: T, x: T| if x > a || x != x { x } else { a };
                (Box::new(Simple { start: T::LOWEST, f }), Which::All)
            }
            Rule::Min => {
                let f = |a: T, x: T| if x < a || x != x { x } else { a };
                (Box::new(Simple { start: T::HIGHEST, f }), Which::All)
            }
            rule => {
                // Only one is kept.
                let put = Simple { start: T::default(), f: |_: T, x: T| x };
                let which = match rule {
                    Rule::First => Which::First,
                    Rule::Crop => Which::Middle,
                    _ => Which::Last,
                };
                (Box::new(put), which)
            }
        }
    }

    /// Whether the error must not grow with the number of cells.
    fn blends(&self, rule: &Rule) -> bool {
        match rule {
            _ if T::INTEGER => false,
            Rule::Mean | Rule::Weighted(_) => true,
            Rule::Sum | Rule::WeightedSum(_) => self.merge.wide,
            _ => false,
        }
    }

    fn run<A: Accumulator, O: Folded>(
        &self,
        patches: Cells<'_, '_, T>,
        join: &dyn Join<T, A>,
        which: Which,
        out: &mut [O],
    ) -> Result<()> {
        let divisors = self.divisors.iter().map(|list| list.iter().map(|&d| real(d)).collect()).collect();
        let finish = self.finish::<A, O>(Factors::new(divisors));
        let finished = finish.divisors.is_none() && finish.covered.is_none();
        Engine::new(&self.plan, patches, which).run(out, join, finished, &|ranges, origin, sums, part| {
            finish.unit(ranges, origin, sums, part);
        });
        match finish.outside.into_inner() {
            usize::MAX => Ok(()),
            at => Err(Error::DoesNotFit {
                operation: self.merge.rule.name(),
                index: index_of(at, self.plan.input_shape()).to_vec(),
                into: core::any::type_name::<O>(),
                instead: "use fold_wide",
            }),
        }
    }

    /// Runs a merge whose results are cells.
    fn chosen<O: Folded>(&self, patches: Cells<'_, '_, T>, out: &mut [O]) {
        let (join, which) = self.choosing();
        let finish = self.finish::<f64, O>(None);
        Engine::new(&self.plan, patches, which).run(
            out,
            &*join,
            finish.covered.is_none(),
            &|ranges, _, cells, part| {
                for (o, &cell) in part.iter_mut().zip(cells) {
                    *o = num_traits::cast(cell).unwrap_or_default();
                }
                finish.cover(ranges, part);
            },
        );
    }

    pub(super) fn finish<A: Accumulator, O: Folded>(&self, divisors: Option<Factors<A>>) -> Finish<A, O> {
        let value = self.merge.uncovered.and_then(num_traits::cast).unwrap_or_default();
        let covered = self.covered.clone().and_then(Factors::new).map(|covered| (covered, value));
        Finish { divisors, covered, outside: AtomicUsize::new(usize::MAX) }
    }

    /// One list for each axis of the array, empty for those that are not unfolded.
    fn along(&self, f: impl Fn(usize, &AxisPlan) -> Result<Vec<f64>>) -> Result<Vec<Vec<f64>>> {
        let mut along = vec![Vec::new(); self.plan.input_shape().len()];
        for (k, axis) in self.plan.axes().iter().enumerate() {
            along[axis.axis()] = f(k, axis)?;
        }
        Ok(along)
    }

    /// Whether every element has a cell, or the caller said what stands where there is none.
    fn check_covered(&self, coverage: &[Vec<f64>], error: impl Fn(Vec<usize>) -> Error) -> Result<()> {
        if self.merge.uncovered.is_some() {
            return Ok(());
        }
        let covered: Vec<Vec<bool>> = coverage.iter().map(|list| list.iter().map(|&c| c != 0.0).collect()).collect();
        first_false(&covered, self.plan.input_shape()).map_or(Ok(()), |index| Err(error(index)))
    }

    /// Whether every sum of weights can be divided by.
    fn check_weights(&self) -> Result<()> {
        self.check_covered(&self.divisors, |index| Error::ZeroWeight { index, sum: 0.0 })?;
        // No product is nearer to zero than that of the least sums, nor further than that of the greatest.
        let extreme = |better: fn(f64, f64) -> bool| {
            let mut index = vec![0; self.divisors.len()];
            let mut product = 1.0;
            for (at, sums) in index.iter_mut().zip(&self.divisors) {
                let Some(first) = sums.iter().position(|&s| s != 0.0) else { continue };
                *at = (first..sums.len())
                    .filter(|&e| sums[e] != 0.0)
                    .fold(first, |best, e| if better(sums[e].abs(), sums[best].abs()) { e } else { best });
                product *= sums[*at];
            }
            (index, product)
        };
        for (index, product) in [extreme(|a, b| a < b), extreme(|a, b| a > b)] {
            if !self.plan.input_shape().contains(&0) && (product == 0.0 || !product.is_finite()) {
                return Err(Error::ZeroWeight { index, sum: product });
            }
        }
        Ok(())
    }

    /// Patches in one array, whose shape must be the plan's.
    fn together<'p, 'a>(&self, patches: &'p View<'a, T>) -> Result<Cells<'p, 'a, T>> {
        if patches.shape() != self.plan.shape() {
            let (expected, found) = (self.plan.shape().to_vec(), patches.shape().to_vec());
            return Err(Error::ShapeMismatch { what: "the array of patches", expected, found });
        }
        Ok(Cells::Together(patches))
    }

    fn check_buffer(&self, found: usize) -> Result<()> {
        let shape = self.plan.input_shape();
        let expected = if shape.contains(&0) { 0 } else { shape.iter().product() };
        if found != expected {
            return Err(Error::BufferLength { shape: shape.to_vec(), expected, found });
        }
        Ok(())
    }

    /// Whether the sums of all cells over one element fit, which only patches that repeat elements can break.
    fn check_most(&self, cells: usize) -> Result<()> {
        if cells <= T::MOST {
            return Ok(());
        }
        if self.plan.axes().iter().map(most_cells).fold(1, usize::saturating_mul) <= T::MOST {
            return Ok(());
        }
        let shape = self.plan.shape().to_vec();
        Err(Error::TooLarge { what: "the cells over one element of patches", shape, limit: T::MOST, unit: "cells" })
    }
}

/// A range of a list that has an entry for every element, or none at all.
fn stretch<F: Clone>(list: &[F], range: &Range<usize>) -> Vec<F> {
    list.get(range.clone()).map(<[F]>::to_vec).unwrap_or_default()
}

/// No element of the axis lies under more cells than this.
fn most_cells(axis: &AxisPlan) -> usize {
    let (before, after) = axis.pads();
    let line = axis.whole_line().len().max(1);
    // How many positions of the line are copies of one of them.
    let copies = match axis.pad_mode() {
        PadMode::Empty => 1,
        PadMode::Edge => before.max(after).max(0) as usize + 1,
        _ => 2 * ((before.max(0) as usize + after.max(0) as usize) / line) + 3,
    };
    axis.count().min(axis.window()).saturating_mul(copies)
}

/// A weight or a count in the type sums are kept in.
fn real<A: Accumulator>(x: f64) -> A {
    num_traits::cast(x).unwrap_or_default()
}

/// How many cells lie over every element of an axis.
fn counts(axis: &AxisPlan) -> Result<Vec<f64>> {
    // The counts cannot fail, so whether there is memory for them and for their copy is asked before.
    drop(Array::<[f64; 2]>::try_zeros("coverage", smallvec![axis.len()])?);
    Ok(axis.coverage().iter().map(|&c| c as f64).collect())
}

/// The sum of the weights over every element of an axis: a fold of the weights, the same for each window.
fn weight_sums(axis: &AxisPlan, weights: &[f64]) -> Result<Vec<f64>> {
    let plan = Plan::new(smallvec![axis.len()], SmallVec::from_slice(&[axis.on_axis(0)]), false)?;
    let cells = weights.into_view().insert_axis(0)?.broadcast(0, axis.count())?;
    plan.prepare_fold(Merge::sum().wide())?.fold(&cells).map(Array::into_vec)
}
