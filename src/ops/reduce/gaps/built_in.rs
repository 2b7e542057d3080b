//! Sums, means, extremes and their places among what counts, compiled here once for the built-in types.

use super::super::accumulator::Total;
use super::super::compiled::Gaps;
use super::super::exact::{Signed, Sum};
use super::super::extreme::Extreme;
use super::super::keys::{Highest, Lowest, Turned};
use super::super::number::Number;
use super::super::total::{MeanMiddle, MeanNarrow, SumMiddle, SumNarrow};
use super::arg::search;
use super::optional::Optional;
use super::run::{by_ranges, reduce};
use super::tallies::Tallies;
use super::tally::tally;
use super::turned::{turned_extremes, turned_search};
use super::whole;
use super::windows::ValidWindows;
use crate::error::{Error, Result};
use crate::kernel::rows::Reduction;
use crate::spec::index_of;
use alloc::vec;
use alloc::vec::Vec;

/// Reduces what counts; where fewer than `least` elements do there is no result. Gives how many count.
fn gapped<T: Number, R: Reduction<T, Out: Optional>>(
    windows: &ValidWindows<'_, T>,
    least: usize,
    reduction: &R,
    out: &mut [<R::Out as Optional>::Maybe],
) -> Result<Tallies> {
    windows.windows()?.check_buffer(out.len())?;
    let tallies = tally(windows)?;
    match R::Out::values(out) {
        Some(values) => {
            reduce(windows, reduction, Some(&tallies), values)?;
            withhold::<R::Out>(&tallies, least, out, &|_, _| {});
        }
        None => {
            let mut values = vec![R::Out::default(); out.len()];
            reduce(windows, reduction, Some(&tallies), &mut values)?;
            withhold::<R::Out>(&tallies, least, out, &|out, k| *out = values[k].some());
        }
    }
    Ok(tallies)
}

/// Puts what `f` makes into the results of windows that have enough elements, none into all others.
#[inline(always)]
fn withhold<O: Optional>(tallies: &Tallies, least: usize, out: &mut [O::Maybe], f: &impl Fn(&mut O::Maybe, usize)) {
    tallies.each(0..out.len(), |k, n| match n < least {
        true => out[k] = O::none(),
        false => f(&mut out[k], k),
    });
}

/// As [`Sums`](super::super::compiled::Sums) are: by how long sums may become.
macro_rules! gaps {
    ($($t:ty)*; $sums:path, $means:path, $extremes:path, $places:path) => { $(
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
                of: Extreme,
                out: &mut [<$t as Number>::Maybe],
            ) -> Result<()> {
                $extremes(windows, of, out)
            }
            #[inline(never)]
            fn gapped_places(
                windows: &ValidWindows<'_, $t>,
                of: Extreme,
                out: &mut [Option<usize>],
            ) -> Result<()> {
                $places(windows, of, out)
            }
        }
    )* };
}

/// Extremes of elements that stand in the order of their own keys.
fn extremes<T: Number + Optional>(
    windows: &ValidWindows<'_, T>,
    of: Extreme,
    out: &mut [<T as Optional>::Maybe],
) -> Result<()> {
    // A window without elements has no extreme, whatever is asked.
    gapped(windows, windows.least.max(1), &Turned::<_>::largest::<T>(of), out).map(drop)
}

/// Those of floats, by the loops of all windows.
fn float_extremes<T: Number + Optional>(
    windows: &ValidWindows<'_, T>,
    of: Extreme,
    out: &mut [<T as Optional>::Maybe],
) -> Result<()> {
    let least = windows.least.max(1);
    match of.least {
        true => gapped(windows, least, &Lowest::largest::<T>(of), out),
        false => gapped(windows, least, &Highest::largest::<T>(of), out),
    }
    .map(drop)
}

gaps! { u8 i16; short_sums, short_means, extremes, search }
gaps! { i8 u16; short_sums, short_means, turned_extremes, turned_search }
gaps! { i32 i64 i128; long_sums, long_means, extremes, search }
gaps! { u32 u64 u128; long_sums, long_means, turned_extremes, turned_search }
#[cfg(not(target_pointer_width = "64"))]
gaps! { usize isize; long_sums, long_means, extremes, search }
gaps! { f32 f64; float_sums, float_means, float_extremes, search }
#[cfg(feature = "half")]
gaps! { half::f16 half::bf16; float_sums, float_means, extremes, search }

fn short_sums<T: Number<Wide: Optional>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [<T::Wide as Optional>::Maybe],
) -> Result<()> {
    match windows.plan.window_len() {
        n if n > T::FEW && n <= T::SOME => gapped(windows, windows.least, &SumMiddle, out).map(drop),
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
    let mut sums = Vec::with_capacity(out.len());
    let tallies = exactly(windows, out.len(), &mut |sum, _| sums.push(sum.fits::<T>()))?;
    for (k, out) in out.iter_mut().enumerate() {
        *out = match sums[k] {
            _ if tallies.of(k) < windows.least => <T::Wide as Optional>::none(),
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
    gapped(windows, windows.least, &SumNarrow, out).map(drop)
}

fn short_means<T: Number<Mean: Optional<Maybe = T::Mean>>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [T::Mean],
) -> Result<()> {
    match windows.plan.window_len() {
        n if n > T::FEW && n <= T::SOME => gapped(windows, windows.least.max(1), &MeanMiddle, out).map(drop),
        _ => long_means(windows, out),
    }
}

fn long_means<T: Number<Mean: Optional<Maybe = T::Mean>>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [T::Mean],
) -> Result<()> {
    if windows.plan.window_len() <= T::FEW {
        return gapped(windows, windows.least.max(1), &MeanNarrow::new(false), out).map(drop);
    }
    let (mut k, least) = (0, windows.least);
    exactly(windows, out.len(), &mut |sum, n| {
        out[k] = T::from_f64(if n < least { f64::NAN } else { sum.mean(n) });
        k += 1;
    })
    .map(drop)
}

/// As means of all elements are taken: where a sum overflows, once more with all elements made smaller.
fn float_means<T: Number<Mean: Optional<Maybe = T::Mean>>>(
    windows: &ValidWindows<'_, T>,
    out: &mut [T::Mean],
) -> Result<()> {
    let (cells, least) = (windows.plan.window_len(), windows.least.max(1));
    let overflows = |x: &T| x.narrow().overflows(cells);
    if whole::means(windows, least, out)? {
        return Ok(());
    }
    let narrow = MeanNarrow::new(false);
    let tallies = gapped(windows, least, &narrow, out)?;
    if !narrow.lost() {
        return Ok(());
    }
    let finite = |mean: &T::Mean| T::Narrow::is_finite(*mean);
    let odd = |k: usize, mean: &T::Mean| tallies.of(k) >= least && !finite(mean);
    if !out.iter().enumerate().any(|(k, mean)| odd(k, mean))
        || !windows.source.iter().chain(&windows.fill).any(overflows)
    {
        return Ok(());
    }
    let mut means = vec![<T::Mean as Optional>::none(); out.len()];
    gapped(windows, least, &MeanNarrow::new(true), &mut means)?;
    out.iter_mut().zip(means).filter(|(out, _)| !finite(out)).for_each(|(out, mean)| *out = mean);
    Ok(())
}

/// Calls `f` with sums of integers that are too long for a type of their own, and with how many elements are in each; gives how many
/// count.
fn exactly<T: Number>(windows: &ValidWindows<'_, T>, results: usize, f: &mut dyn FnMut(Sum, usize)) -> Result<Tallies> {
    windows.windows()?.check_buffer(results)?;
    let tallies = tally(windows)?;
    let mut k = 0;
    by_ranges(windows, Signed, Sum::HOW, &mut |sum| {
        f(sum, tallies.of(k));
        k += 1;
    });
    Ok(tallies)
}
