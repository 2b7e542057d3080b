//! Sums, means, extremes and their places among what counts, compiled here once for the built-in types.

use super::super::accumulator::Total;
use super::super::compiled::Gaps;
use super::super::exact::{ExactMean, SumIfFits};
use super::super::monoid::{By, Lowest, Max};
use super::super::number::Number;
use super::super::ops::Larger;
use super::super::total::{MeanMiddle, MeanNarrow, SumMiddle, SumNarrow};
use super::arg::search;
use super::optional::Optional;
use super::run::{by_ranges, reduce};
use super::tally::{Tally, tally};
use super::windows::ValidWindows;
use crate::error::{Error, Result};
use crate::kernel::rows::Reduction;
use crate::spec::index_of;
use alloc::vec;
use core::sync::atomic::{AtomicBool, Ordering};

/// A reduction whose results need a number of elements.
struct Gapped<'r, R, C> {
    reduction: &'r R,
    least: C,
    /// Whether it is watched for results that are no finite numbers, and whether there was one.
    watched: bool,
    odd: AtomicBool,
}

impl<T, R: Reduction<T, Out: Optional>, C: Tally> Reduction<T> for Gapped<'_, R, C> {
    type Acc = R::Acc;
    type Lift = R::Lift;
    type Op = R::Op;
    type Out = <R::Out as Optional>::Maybe;
    type Count = C;
    const IDEMPOTENT: bool = R::IDEMPOTENT;
    const EXACT: bool = R::EXACT;
    const COUNTED: bool = true;
    const PAIRWISE: bool = R::PAIRWISE;
    #[inline(always)]
    fn op(&self) -> R::Op {
        self.reduction.op()
    }
    #[inline(always)]
    fn identity(&self) -> R::Acc {
        self.reduction.identity()
    }
    #[inline(always)]
    fn lifting(&self) -> R::Lift {
        self.reduction.lifting()
    }
    #[inline(always)]
    fn count(&self, n: usize) -> C {
        C::of(n)
    }
    #[inline(always)]
    fn lower(&self, a: R::Acc, n: C) -> Self::Out {
        let result = self.reduction.lower(a, self.reduction.count(n.number())).some();
        if n < self.least { R::Out::none() } else { result }
    }
    #[inline(always)]
    fn seen(&self, results: &[Self::Out]) {
        if self.watched && results.iter().fold(false, |odd, result| odd | R::Out::odd(result)) {
            self.odd.store(true, Ordering::Relaxed);
        }
    }
}

/// Reduces what counts, `least` elements or more; says whether a result that is `watched` is no finite number.
fn gapped<T: Number, R: Reduction<T, Out: Optional>>(
    windows: &ValidWindows<'_, T>,
    (least, watched): (usize, bool),
    reduction: &R,
    out: &mut [<R::Out as Optional>::Maybe],
) -> Result<bool> {
    windows.windows()?.check_buffer(out.len())?;
    match windows.plan.window_len() < <u16 as Tally>::LIMIT {
        true => tallied::<T, R, u16>(windows, (least, watched), reduction, out),
        false => tallied::<T, R, u64>(windows, (least, watched), reduction, out),
    }
}

#[inline(never)]
fn tallied<T: Number, R: Reduction<T, Out: Optional>, C: Tally>(
    windows: &ValidWindows<'_, T>,
    (least, watched): (usize, bool),
    reduction: &R,
    out: &mut [<R::Out as Optional>::Maybe],
) -> Result<bool> {
    let counts = tally::<T, C>(windows)?;
    let least = C::of(least.min(C::LIMIT));
    let gapped = Gapped { reduction, least, watched, odd: AtomicBool::new(false) };
    reduce(windows, &gapped, Some(&counts), out)?;
    Ok(gapped.odd.load(Ordering::Relaxed))
}

/// As [`Sums`](super::super::compiled::Sums) are: by how long sums may become.
macro_rules! gaps {
    ($($t:ty)*; $sums:path, $means:path) => { $(
        impl Gaps<<$t as Number>::Maybe, <$t as Number>::MaybeWide, <$t as Number>::Mean> for $t {
            #[inline(never)]
            fn gapped_sums(windows: &ValidWindows<'_, $t>, out: &mut [<$t as Number>::MaybeWide]) -> Result<()> {
                $sums(windows, out)
            }
            #[inline(never)]
            fn gapped_means(windows: &ValidWindows<'_, $t>, out: &mut [<$t as Number>::Mean]) -> Result<()> {
                $means(windows, out)
            }
            #[inline(never)]
            fn gapped_extremes(
                windows: &ValidWindows<'_, $t>,
                least: bool,
                out: &mut [<$t as Number>::Maybe],
            ) -> Result<()> {
                // A window without elements has no extreme, whatever is asked.
                let how = (windows.least.max(1), false);
                match least {
                    true => gapped(windows, how, &By(&Lowest, Larger::OP), out),
                    false => gapped(windows, how, &By(&Max, Larger::OP), out),
                }
                .map(drop)
            }
            #[inline(never)]
            fn gapped_places(
                windows: &ValidWindows<'_, $t>,
                least: bool,
                out: &mut [Option<usize>],
            ) -> Result<()> {
                search(windows, least, out)
            }
        }
    )* };
}

gaps! { bool u8 u16 i8 i16; short_sums, short_means }
gaps! { u32 u64 u128 usize i32 i64 i128 isize; long_sums, long_means }
gaps! { f32 f64; float_sums, float_means }
#[cfg(feature = "half")]
gaps! { half::f16 half::bf16; float_sums, float_means }

fn short_sums<T: Number<Wide: Optional>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [<T::Wide as Optional>::Maybe],
) -> Result<()> {
    match windows.plan.window_len() {
        n if n > T::FEW && n <= T::SOME => gapped(windows, (windows.least, false), &SumMiddle, out).map(drop),
        _ => long_sums(windows, out),
    }
}

fn long_sums<T: Number<Wide: Optional>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [<T::Wide as Optional>::Maybe],
) -> Result<()> {
    if windows.plan.window_len() <= T::FEW {
        return float_sums(windows, out);
    }
    let mut sums = vec![None; out.len()];
    let counts = exactly(windows, &SumIfFits, &mut sums)?;
    for (k, (out, &n)) in out.iter_mut().zip(&counts).enumerate() {
        *out = match sums[k] {
            _ if n.number() < windows.least => <T::Wide as Optional>::none(),
            Some(sum) => T::Wide::some(sum),
            None => {
                let index = index_of(k, &windows.plan.reduced_dims()).to_vec();
                let instead = "convert the elements to a float first, or take smaller windows";
                return Err(Error::DoesNotFit {
                    operation: "sum",
                    index,
                    into: core::any::type_name::<T::Wide>(),
                    instead,
                });
            }
        };
    }
    Ok(())
}

fn float_sums<T: Number<Wide: Optional>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [<T::Wide as Optional>::Maybe],
) -> Result<()> {
    gapped(windows, (windows.least, false), &SumNarrow, out).map(drop)
}

fn short_means<T: Number<Mean: Optional<Maybe = T::Mean>>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [T::Mean],
) -> Result<()> {
    match windows.plan.window_len() {
        n if n > T::FEW && n <= T::SOME => gapped(windows, (windows.least.max(1), false), &MeanMiddle, out).map(drop),
        _ => long_means(windows, out),
    }
}

fn long_means<T: Number<Mean: Optional<Maybe = T::Mean>>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [T::Mean],
) -> Result<()> {
    if windows.plan.window_len() <= T::FEW {
        return gapped(windows, (windows.least.max(1), false), &MeanNarrow::new(false), out).map(drop);
    }
    let mut means = vec![0.0; out.len()];
    let counts = exactly(windows, &ExactMean, &mut means)?;
    for ((out, mean), n) in out.iter_mut().zip(means).zip(counts) {
        *out = T::from_f64(if n.number() < windows.least { f64::NAN } else { mean });
    }
    Ok(())
}

/// As means of all elements are taken: where a sum overflows, once more with all elements made smaller.
fn float_means<T: Number<Mean: Optional<Maybe = T::Mean>>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [T::Mean],
) -> Result<()> {
    let (cells, least) = (windows.plan.window_len(), windows.least.max(1));
    let overflows = |x: &T| x.narrow().overflows(cells);
    let odd = gapped(windows, (least, true), &MeanNarrow::new(false), out)?;
    if !odd || !windows.source.iter().chain(&windows.fill).any(overflows) {
        return Ok(());
    }
    let mut means = vec![<T::Mean as Optional>::none(); out.len()];
    gapped(windows, (least, false), &MeanNarrow::new(true), &mut means)?;
    let finite = |mean: &T::Mean| T::Narrow::is_finite(*mean);
    out.iter_mut().zip(means).filter(|(out, _)| !finite(out)).for_each(|(out, mean)| *out = mean);
    Ok(())
}

/// Reduces integers that are too long for a sum of their own; gives how many count.
fn exactly<T: Number, R: Reduction<T, Count = usize>>(
    windows: &ValidWindows<'_, T>,
    reduction: &R,
    out: &mut [R::Out],
) -> Result<vec::Vec<u64>> {
    windows.windows()?.check_buffer(out.len())?;
    let counts = tally::<T, u64>(windows)?;
    let mut k = 0;
    by_ranges(windows, reduction.lifting(), (reduction.op(), reduction.identity(), R::IDEMPOTENT), &mut |value| {
        out[k] = reduction.lower(value, counts[k].number());
        k += 1;
    })?;
    Ok(counts)
}
