//! Means of floats, and their wide sums: kept in more than the cells are given in, so that the error does not grow with the
//! number of cells, and finite where the cells are.

use super::cells::Cells;
use super::engine::{Engine, Finishing, Join, Plain};
use super::finish::Factors;
use super::merge::{Fold, Rule};
use super::number::{Blend, FoldElement, Folded};
use super::shares::Which;
use super::weigh::Weighted;
use crate::ops::gather::Ranges;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, Ordering};

/// What cells are multiplied with where their sum overflows: as many as can be counted fit then.
const SMALL: f64 = 1.0 / (1u128 << 64) as f64;

impl<T: FoldElement> Fold<T> {
    /// Runs a mean, or a sum asked to be wide, of floats.
    pub(super) fn blend<O: Folded>(&self, patches: Cells<'_, '_, T>, out: &mut [O]) {
        let finish = self.finish::<f64, O>(Factors::new(self.divisors.clone()));
        let lost = AtomicBool::new(false);
        self.sum_blended(patches, 1.0, self.weights.clone(), out, &|ranges, origin, sums, part| {
            if sums.iter().any(|sum| !sum.is_finite()) {
                lost.store(true, Ordering::Relaxed);
            }
            finish.unit(ranges, origin, sums, part);
        });
        // Sums of narrower cells fit whatever they are, unless weights lift them.
        let can_overflow = match self.merge.rule {
            Rule::Mean => size_of::<T>() >= size_of::<f64>(),
            Rule::Weighted(_) => true,
            _ => false,
        };
        if can_overflow && lost.into_inner() {
            self.blend_small(patches, out);
        }
    }

    /// Once more with all cells and weights scaled down, for elements whose sums overflowed: their quotients may be numbers
    /// all the same. Scaling is by powers of two, so nothing else is lost than what is far below such sums.
    fn blend_small<O: Folded>(&self, patches: Cells<'_, '_, T>, out: &mut [O]) {
        let (mut weights, mut divisors) = (self.weights.clone(), self.divisors.clone());
        for (k, axis) in self.plan().axes().iter().enumerate() {
            let mut scale = if k == 0 { SMALL } else { 1.0 };
            if let Some(weights) = weights.get_mut(k) {
                let most = weights.iter().fold(0.0f64, |most, w| most.max(w.abs()));
                let mut down = 1.0;
                while most * down > 1.0 {
                    down *= 0.5;
                }
                weights.iter_mut().for_each(|w| *w *= down);
                scale *= down;
            }
            divisors[axis.axis()].iter_mut().for_each(|d| *d *= scale);
        }
        let finish = self.finish::<f64, O>(Factors::new(divisors));
        self.sum_blended(patches, SMALL, weights, out, &|ranges, origin, sums, part| {
            let mut again = part.to_vec();
            finish.unit(ranges, origin, sums, &mut again);
            for (o, again) in part.iter_mut().zip(again) {
                // What was a number stays as it is: an element's bits do not follow from other elements.
                let was_finite = o.to_f64().is_some_and(f64::is_finite);
                if !was_finite && again.to_f64().is_some_and(|again| !again.is_nan()) {
                    *o = again;
                }
            }
        });
    }

    /// The sums of all cells times `scale`, and times their weights if the merge has any.
    fn sum_blended<O: Folded>(
        &self,
        patches: Cells<'_, '_, T>,
        scale: f64,
        weights: Vec<Vec<f64>>,
        out: &mut [O],
        finish: &Finishing<'_, f64, O>,
    ) {
        let done = |ranges: &Ranges, origin: usize, sums: &[T::Blend], part: &mut [O]| {
            let sums: Vec<f64> = sums.iter().map(|sum| sum.value()).collect();
            finish(ranges, origin, &sums, part);
        };
        let join = self.blending(scale, weights);
        Engine::new(self.plan(), patches, Which::All).run(out, &*join, false, &done);
    }

    /// How cells are added, whatever the results are: its loops are compiled once for all of those.
    fn blending(&self, scale: f64, weights: Vec<Vec<f64>>) -> Box<dyn Join<T, T::Blend>> {
        let cell = move |x: T| {
            let x: f64 = x.as_();
            x * scale
        };
        match self.merge.rule {
            Rule::Weighted(_) | Rule::WeightedSum(_) => {
                Box::new(Weighted { weights, f: move |sum: T::Blend, x, w: f64| sum.plus(w * cell(x)) })
            }
            _ => Box::new(Plain { start: T::Blend::default(), f: move |sum: T::Blend, x| sum.plus(cell(x)) }),
        }
    }
}
