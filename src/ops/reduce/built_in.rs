//! The built-in reductions of the built-in types, compiled here once: a program that calls them does not compile them again.

use super::accumulator::{Total, Wrap};
use super::arg::search;
use super::compiled::{Extremes, Sums};
use super::extreme::{Extreme, Search};
use super::keys::{Highest, Lowest, Turned};
use super::masking::AnyMask;
use super::number::Number;
use super::ops::Larger;
use super::ordered::Ordered;
use super::total::{MeanMiddle, MeanNarrow, Product, SumMiddle, SumNarrow};
use super::{engine, exact};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::kernel::level::Level;
use crate::kernel::rows::Reduction;
use crate::ops::Windows;
use crate::spec::index_of;
use alloc::vec;
use alloc::vec::Vec;

/// Elements that stand in the order of their own keys. Largest and smallest ones apart, so that a program that asks for one has no
/// loops of the other where they differ.
macro_rules! extremes {
    ($t:ty: $largest:expr, $smallest:expr) => {
        impl Extremes for $t {
            #[inline]
            fn extreme(
                windows: &Windows<'_, $t>,
                mask: Option<AnyMask<'_>>,
                of: Extreme,
                out: &mut [$t],
            ) -> Result<()> {
                #[inline(never)]
                fn largest(
                    windows: &Windows<'_, $t>,
                    mask: Option<AnyMask<'_>>,
                    of: Extreme,
                    out: &mut [$t],
                ) -> Result<()> {
                    under(windows, mask, &$largest(of), out)
                }
                #[inline(never)]
                fn smallest(
                    windows: &Windows<'_, $t>,
                    mask: Option<AnyMask<'_>>,
                    of: Extreme,
                    out: &mut [$t],
                ) -> Result<()> {
                    under(windows, mask, &$smallest(of), out)
                }
                if of.least { smallest(windows, mask, of, out) } else { largest(windows, mask, of, out) }
            }
            #[inline(never)]
            fn search(
                windows: &Windows<'_, $t>,
                mask: Option<AnyMask<'_>>,
                what: &'static str,
                how: Search,
                indices: &mut [usize],
                values: Option<&mut [$t]>,
            ) -> Result<()> {
                search(windows, mask, what, how, indices, values)
            }
        }
    };
}

// Bytes are compared as they are both ways.
extremes! { u8: any::<u8>, Turned::smallest }
extremes! { i16: any::<i16>, any::<i16> }
extremes! { i32: any::<i32>, any::<i32> }
extremes! { i64: any::<i64>, any::<i64> }
extremes! { i128: any::<i128>, any::<i128> }
#[cfg(not(target_pointer_width = "64"))]
extremes! { usize: any::<usize>, any::<usize> }
#[cfg(not(target_pointer_width = "64"))]
extremes! { isize: any::<isize>, any::<isize> }
extremes! { f32: Highest::largest::<f32>, Lowest::largest::<f32> }
extremes! { f64: Highest::largest::<f64>, Lowest::largest::<f64> }
#[cfg(feature = "half")]
extremes! { half::f16: any::<half::f16>, any::<half::f16> }
#[cfg(feature = "half")]
extremes! { half::bf16: any::<half::bf16>, any::<half::bf16> }

/// Any extreme, as it is asked.
fn any<T: Ordered>(of: Extreme) -> Turned<Larger<T::Key>> {
    Turned::<_>::largest::<T>(of)
}

/// By how long sums may become: in the types there are for them, and in a way of its own beyond.
macro_rules! sums {
    ($($t:ty)*; $total:path, $average:path, $product:path) => { $(
        impl Sums<<$t as Number>::Wide, <$t as Number>::Mean> for $t {
            #[inline(never)]
            fn total(windows: &Windows<'_, $t>, mask: Option<AnyMask<'_>>, out: &mut [<$t as Number>::Wide]) -> Result<()> {
                $total(windows, mask, out)
            }
            #[inline(never)]
            fn average(windows: &Windows<'_, $t>, mask: Option<AnyMask<'_>>, out: &mut [<$t as Number>::Mean]) -> Result<()> {
                $average(windows, mask, out)
            }
            #[inline(never)]
            fn multiplied(windows: &Windows<'_, $t>, out: &mut [<$t as Number>::Wide]) -> Result<()> {
                $product(windows, out)
            }
        }
    )* };
}

sums! { u8 u16 i8 i16; short_totals, short_means, products }
sums! { u32 u64 u128 i32 i64 i128; long_totals, long_means, products }
#[cfg(not(target_pointer_width = "64"))]
sums! { usize isize; long_totals, long_means, products }
sums! { f32 f64; float_totals, float_means, float_products }
#[cfg(feature = "half")]
sums! { half::f16 half::bf16; float_totals, float_means, float_products }

/// Sums of numbers that have two types for them; [`Error::DoesNotFit`] where the type of results does not hold one.
fn short_totals<T: Number>(windows: &Windows<'_, T>, mask: Option<AnyMask<'_>>, out: &mut [T::Wide]) -> Result<()> {
    match windows.plan().window_len() {
        n if n > T::FEW && n <= T::SOME => under(windows, mask, &SumMiddle, out),
        _ => long_totals(windows, mask, out),
    }
}

fn short_means<T: Number>(windows: &Windows<'_, T>, mask: Option<AnyMask<'_>>, out: &mut [T::Mean]) -> Result<()> {
    match windows.plan().window_len() {
        n if n > T::FEW && n <= T::SOME => under(windows, mask, &MeanMiddle, out),
        _ => long_means(windows, mask, out),
    }
}

fn long_totals<T: Number>(windows: &Windows<'_, T>, mask: Option<AnyMask<'_>>, out: &mut [T::Wide]) -> Result<()> {
    match windows.plan().window_len() <= T::FEW {
        true => under(windows, mask, &SumNarrow, out),
        false => {
            fitting(windows, "sum", out, &mut |put| exact::sums(windows, mask, &mut |sum, _| put(sum.fits::<T>())))
        }
    }
}

fn long_means<T: Number>(windows: &Windows<'_, T>, mask: Option<AnyMask<'_>>, out: &mut [T::Mean]) -> Result<()> {
    if windows.plan().window_len() <= T::FEW {
        return under(windows, mask, &MeanNarrow::new(false), out);
    }
    windows.check_buffer(out.len())?;
    let mut out = out.iter_mut();
    exact::sums(windows, mask, &mut |sum, n| {
        if let Some(out) = out.next() {
            *out = T::from_f64(sum.mean(n));
        }
    });
    Ok(())
}

fn products<T: Number>(windows: &Windows<'_, T>, out: &mut [T::Wide]) -> Result<()> {
    fitting(windows, "product", out, &mut |put| exact::products(windows, &mut |product| put(product.fits::<T>())))
}

fn float_totals<T: Number>(windows: &Windows<'_, T>, mask: Option<AnyMask<'_>>, out: &mut [T::Wide]) -> Result<()> {
    under(windows, mask, &SumNarrow, out)
}

fn float_products<T: Number<Narrow = <T as Number>::Wide>>(
    windows: &Windows<'_, T>,
    out: &mut [<T as Number>::Wide],
) -> Result<()> {
    run(windows, &Product, out)
}

/// Means of floats: where a sum overflows, once more with all elements made smaller.
fn float_means<T: Number>(windows: &Windows<'_, T>, mask: Option<AnyMask<'_>>, out: &mut [T::Mean]) -> Result<()> {
    let cells = windows.plan().window_len();
    let means = MeanNarrow::new(false);
    under(windows, mask, &means, out)?;
    let finite = |mean: &T::Mean| T::Narrow::is_finite(*mean);
    let overflows = |x: &T| x.narrow().overflows(cells);
    if !means.lost() || !windows.source().iter().chain(windows.fill_value()).any(overflows) {
        return Ok(());
    }
    let mut means = vec![T::Mean::ZERO; out.len()];
    under(windows, mask, &MeanNarrow::new(true), &mut means)?;
    out.iter_mut().zip(means).filter(|(out, _)| !finite(out)).for_each(|(out, mean)| *out = mean);
    Ok(())
}

/// Takes the next result.
type Put<'p, W> = dyn FnMut(Option<W>) + 'p;

/// Stores the results that `run` puts, in order: all, or none if one of them does not fit.
fn fitting<T: Number>(
    windows: &Windows<'_, T>,
    operation: &'static str,
    out: &mut [T::Wide],
    run: &mut dyn FnMut(&mut Put<'_, T::Wide>),
) -> Result<()> {
    windows.check_buffer(out.len())?;
    let mut results = Vec::with_capacity(out.len());
    run(&mut |result| results.push(result));
    if let Some(number) = results.iter().position(Option::is_none) {
        let shape = windows.plan().reduced_dims();
        let index = index_of(number, &shape);
        return Err(Error::DoesNotFit {
            operation,
            index: index.to_vec(),
            into: core::any::type_name::<T::Wide>(),
            instead: "convert the elements to a float first, or reduce by WrappingSum or WrappingProduct",
        });
    }
    out.iter_mut().zip(results.into_iter().flatten()).for_each(|(out, result)| *out = result);
    Ok(())
}

/// Reduces the cells of a mask, or all, into a buffer of the right length.
pub(super) fn under<T: Element, R: Reduction<T>>(
    windows: &Windows<'_, T>,
    mask: Option<AnyMask<'_>>,
    reduction: &R,
    out: &mut [R::Out],
) -> Result<()> {
    windows.check_buffer(out.len())?;
    let (plan, source, fill) = (windows.plan(), windows.source(), windows.fill_value().copied());
    engine::reduce(plan, source, fill, (reduction, mask), Level::detect(), out);
    Ok(())
}

/// Reduces into a buffer of the right length.
pub(super) fn run<T: Element, R: Reduction<T>>(
    windows: &Windows<'_, T>,
    reduction: &R,
    out: &mut [R::Out],
) -> Result<()> {
    under(windows, None, reduction, out)
}
