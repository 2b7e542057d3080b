//! Means in the type of the elements, rounded to the nearest.

use super::accumulator::{Total, Wrap};
use super::built_in::under;
use super::compiled::Sums;
use super::engine;
use super::held::{cell_counts, short_window};
use super::masking::AnyMask;
use super::monoid::{By, Monoid};
use super::number::Number;
use super::ops::Plus;
use super::total::{Bits, InMiddle, InNarrow, adding};
use crate::error::{Error, Result};
use crate::kernel::level::Level;
use crate::kernel::rows::Reduction;
use crate::kernel::weigh::Tone;
use crate::ops::Windows;
use crate::spec::{Dims, unravel};
use alloc::vec;

/// The most integers whose mean is rounded.
const MOST: usize = 1 << 31;

/// An element type that a mean can be rounded to: integers of 8 and 16 bits, `f32`, `f64`, and with the feature `half` `f16`
/// and `bf16`.
pub trait Pixel: Number + Tone {
    /// One over a number of elements.
    #[doc(hidden)]
    type Share: Copy + Send + Sync;
    /// The most elements whose mean [`near`](Self::near) rounds as it should.
    #[doc(hidden)]
    const NEAR: usize;
    #[doc(hidden)]
    fn share(n: usize) -> Self::Share;
    #[doc(hidden)]
    fn nearest_narrow(sum: Self::Narrow, share: Self::Share) -> Self;
    #[doc(hidden)]
    fn nearest_middle(sum: Self::Medium, share: Self::Share) -> Self;
    #[doc(hidden)]
    fn nearest_wide(sum: Self::Wide, n: f64) -> Self;
    /// Means of windows of `n` cells by a way of the type's own, if it has one for them.
    #[doc(hidden)]
    fn quick_into(
        _windows: &Windows<'_, Self>,
        _mask: Option<AnyMask<'_>>,
        _n: usize,
        _out: &mut [Self],
    ) -> Result<bool> {
        Ok(false)
    }
}

/// Division of a sum of bytes by their number, halves upwards: a multiplication of two bytes by two, and a shift.
struct Quick {
    half: u16,
    magic: u16,
    shift: u32,
}

impl Quick {
    /// With `magic * n = 2^k + e` and `k = 16 + shift`, the product of a sum `x` and `magic` is `(x / n) 2^k + x e / n`, which has the integer part it
    /// should as long as `x e < 2^k`. There is no such number for some `n`.
    fn new(n: usize) -> Option<Quick> {
        let most = 255 * n + n / 2;
        if most > usize::from(u16::MAX) {
            return None;
        }
        (0..=8).find_map(|shift| {
            let magic = (1usize << (16 + shift)).div_ceil(n);
            let error = magic * n - (1 << (16 + shift));
            let magic = u16::try_from(magic).ok()?;
            (most * error < 1 << (16 + shift)).then_some(Quick { half: n as u16 / 2, magic, shift })
        })
    }
}

impl Monoid<u8> for Quick {
    // Added as all short sums are.
    type Acc = i16;
    type Out = u8;
    const EXACT: bool = true;
    #[inline(always)]
    fn identity(&self) -> i16 {
        0
    }
    #[inline(always)]
    fn lift(&self, x: u8) -> i16 {
        x.into()
    }
    #[inline(always)]
    fn combine(&self, a: i16, b: i16) -> i16 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    fn lower(&self, a: i16) -> u8 {
        let product = u32::from((a as u16).wrapping_add(self.half)) * u32::from(self.magic);
        ((product >> 16) as u16 >> self.shift) as u8
    }
}

/// The integer nearest to `sum * share`, where `share` is `1 / n`, halves upwards; its low bits.
///
/// A quarter is added to the sum, so that what lies halfway goes up and nothing else comes closer to halfway than `1 / 4n`. For sums
/// of up to 10900 bytes the sum is exact, and the two roundings, of the share and of the product, move the quotient, which is
/// at most 256, by less than `1.5 * 2^-16 < 1 / 4n`. The addition of `1.5 * 2^23` then rounds to an integer, whose low bits
/// end the mantissa.
#[inline(always)]
fn nearest_few(sum: i32, share: f32) -> u32 {
    ((sum as f32 + 0.25) * share + 12_582_912.0).to_bits()
}

/// The same in `f64`, for `n` up to 2^31 and quotients of up to 2^16: the sum is exact, and the rounding of the quotient
/// moves it by at most `2^-37 < 1 / 4n`.
#[inline(always)]
fn nearest_many(sum: f64, n: f64) -> u64 {
    ((sum + 0.25) / n + 6_755_399_441_055_744.0).to_bits()
}

macro_rules! bytes {
    ($($t:ty $(: $quick:item)?;)*) => { $(
        impl Pixel for $t {
            $($quick)?
            type Share = f32;
            const NEAR: usize = 10_900;
            #[inline(always)]
            fn share(n: usize) -> f32 {
                1.0 / n as f32
            }
            #[inline(always)]
            fn nearest_narrow(sum: Self::Narrow, share: f32) -> $t {
                nearest_few(sum as i32, share) as $t
            }
            #[inline(always)]
            fn nearest_middle(sum: Self::Medium, share: f32) -> $t {
                nearest_few(sum as i32, share) as $t
            }
            #[inline(always)]
            fn nearest_wide(sum: Self::Wide, n: f64) -> $t {
                nearest_many(sum as f64, n) as $t
            }
        }
    )* };
}

bytes! {
    u8: fn quick_into(windows: &Windows<'_, u8>, mask: Option<AnyMask<'_>>, n: usize, out: &mut [u8]) -> Result<bool> {
        let fill = windows.fill_value().copied();
        let whole = || mask.is_none() && short_window(windows.plan(), fill.is_some(), n).is_none();
        let Some(quick) = Quick::new(n).filter(|_| whole()) else { return Ok(false) };
        engine::reduce(windows.plan(), windows.source(), fill, (&By(&quick, Plus::OP), None), Level::detect(), out);
        Ok(true)
    };
    i8;
}

macro_rules! shorts {
    ($($t:ty)*) => { $(
        impl Pixel for $t {
            type Share = f64;
            const NEAR: usize = MOST;
            #[inline(always)]
            fn share(n: usize) -> f64 {
                n as f64
            }
            #[inline(always)]
            fn nearest_narrow(sum: Self::Narrow, n: f64) -> $t {
                nearest_many(sum as f64, n) as $t
            }
            #[inline(always)]
            fn nearest_middle(sum: Self::Medium, n: f64) -> $t {
                nearest_many(sum as f64, n) as $t
            }
            #[inline(always)]
            fn nearest_wide(sum: Self::Wide, n: f64) -> $t {
                nearest_many(sum as f64, n) as $t
            }
        }
    )* };
}

shorts! { u16 i16 }

macro_rules! floats {
    ($($t:ty: |$x:ident| $narrow:expr, |$windows:ident, $mask:ident, $out:ident| $means:expr;)*) => { $(
        impl Pixel for $t {
            fn quick_into($windows: &Windows<'_, $t>, $mask: Option<AnyMask<'_>>, _n: usize, $out: &mut [$t]) -> Result<bool> {
                $means;
                Ok(true)
            }
            type Share = <Self::Wide as Total>::Count;
            const NEAR: usize = usize::MAX;
            #[inline(always)]
            fn share(n: usize) -> Self::Share {
                Self::Wide::count(n)
            }
            #[inline(always)]
            fn nearest_narrow(sum: Self::Wide, n: Self::Share) -> $t {
                let $x = sum.mean(n);
                $narrow
            }
            #[inline(always)]
            fn nearest_middle(sum: Self::Wide, n: Self::Share) -> $t {
                Self::nearest_narrow(sum, n)
            }
            #[inline(always)]
            fn nearest_wide(sum: Self::Wide, n: f64) -> $t {
                Self::nearest_narrow(sum, n as Self::Share)
            }
        }
    )* };
}

floats! {
    f32: |x| x, |windows, mask, out| Sums::average(windows, mask, out)?;
    f64: |x| x, |windows, mask, out| Sums::average(windows, mask, out)?;
}
#[cfg(feature = "half")]
floats! {
    half::f16: |x| half::f16::from_f32(x), |windows, mask, out| {
        let mut means = vec![0.0; out.len()];
        Sums::average(windows, mask, &mut means)?;
        out.iter_mut().zip(means).for_each(|(out, mean)| *out = half::f16::from_f32(mean))
    };
    half::bf16: |x| half::bf16::from_f32(x), |windows, mask, out| {
        let mut means = vec![0.0; out.len()];
        Sums::average(windows, mask, &mut means)?;
        out.iter_mut().zip(means).for_each(|(out, mean)| *out = half::bf16::from_f32(mean))
    };
}

adding! { Narrow of Pixel in Narrow by InNarrow { InNarrow { small: false } }, counted: true, |n| T::Share { T::share(n) }, |a, n| T { T::nearest_narrow(a, n) } }
adding! { Middle of Pixel in Medium by InMiddle { InMiddle }, counted: true, |n| T::Share { T::share(n) }, |a, n| T { T::nearest_middle(a, n) } }
adding! { Far of Pixel in Medium by InMiddle { InMiddle }, counted: true, |n| f64 { n as f64 }, |a, n| T { T::nearest_wide(T::from_middle(a), n) } }

impl<T: Pixel> Windows<'_, T> {
    /// The mean of every window as an element, halves upwards.
    ///
    /// # Errors
    /// [`Error::BufferLength`]; [`Error::EmptyWindow`] for a window without elements; [`Error::SumOverflow`] for integers and more
    /// than 2^31 cells.
    pub(crate) fn rounded_mean_into(&self, out: &mut [T]) -> Result<()> {
        self.rounded_mean(None, out)
    }

    /// The same of the cells of a mask, if there is one.
    pub(super) fn rounded_mean(&self, mask: Option<AnyMask<'_>>, out: &mut [T]) -> Result<()> {
        self.check_buffer(out.len())?;
        let fill = self.fill_value().copied();
        let held = mask.map(|mask| mask.0.held(self.plan(), fill.is_some()));
        let short = match &held {
            Some(held) => held.short(self.plan(), 1),
            None => short_window(self.plan(), fill.is_some(), 1),
        };
        if let Some((index, _)) = short {
            return Err(Error::EmptyWindow { what: "mean", index });
        }
        let cells = mask.map_or(self.plan().window_len(), |mask| mask.0.cells());
        let limit = if T::EXACT { T::MOST.min(MOST) } else { usize::MAX };
        if cells > limit {
            let element = core::any::type_name::<T>();
            return Err(Error::SumOverflow { operation: "mean", element, cells, limit });
        }
        if T::quick_into(self, mask, cells, out)? {
            return Ok(());
        }
        if const { !T::EXACT } {
            // Floats have a way of their own.
            return Ok(());
        }
        if cells <= T::FEW.min(T::NEAR) {
            under(self, mask, &Narrow, out)?;
        } else if cells <= T::SOME.min(T::NEAR) {
            under(self, mask, &Middle, out)?;
        } else if cells <= T::SOME {
            under(self, mask, &Far, out)?;
        } else {
            let mut sums = vec![T::Wide::ZERO; out.len()];
            T::total(self, mask, &mut sums)?;
            let plan = self.plan();
            let counts = cell_counts(plan, fill.is_some());
            let axes = plan.axes_in_order();
            let shape = plan.reduced_dims();
            let mut index = Dims::from_elem(0, shape.len());
            for (number, (out, &sum)) in out.iter_mut().zip(&sums).enumerate() {
                unravel(number, 0..shape.len(), &shape, &mut index);
                let mut windows = axes.iter().map(|a| index[a.axis()]);
                let held = match &held {
                    Some(held) => held.at(&mut windows),
                    None => windows.zip(&counts).map(|(i, counts)| counts[i]).product(),
                };
                *out = T::nearest_wide(sum, held as f64);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_bytes_rounds_as_integers_do() {
        for n in 1..=u8::NEAR as i64 {
            let share = u8::share(n as usize);
            for k in -128..255i64 {
                // The first sum that rounds to k + 1, and the one before it.
                let sum = (2 * k + 1) * n;
                let sum = sum.div_euclid(2) + sum.rem_euclid(2);
                assert_eq!(nearest_few(sum as i32, share) as u8, (k + 1) as u8, "{sum} / {n}");
                assert_eq!(nearest_few(sum as i32 - 1, share) as u8, k as u8, "{} / {n}", sum - 1);
            }
        }
    }

    #[test]
    fn quick_means_of_bytes_round_as_integers_do() {
        let known = (1..=300).filter_map(|n| Some((n, Quick::new(n)?)));
        let mut count = 0;
        for (n, quick) in known {
            for sum in 0..=255 * n {
                assert_eq!(usize::from(quick.lower(sum as i16)), (sum + n / 2) / n, "{sum} / {n}");
            }
            count += 1;
        }
        assert!(count > 200 && [9, 25, 49, 225].iter().all(|&n| Quick::new(n).is_some()), "{count}");
    }

    #[test]
    fn means_of_many_round_as_integers_do() {
        for n in [1, 2, 3, 255, 65536, 99_999_998, MOST as i64 - 1, MOST as i64] {
            for k in [-32768, -32767, -2, -1, 0, 1, 40000, 65533, 65534] {
                let sum = (2 * k + 1) * n;
                let sum = sum.div_euclid(2) + sum.rem_euclid(2);
                assert_eq!(nearest_many(sum as f64, n as f64) as u16, (k + 1) as u16, "{sum} / {n}");
                assert_eq!(nearest_many((sum - 1) as f64, n as f64) as u16, k as u16, "{} / {n}", sum - 1);
            }
        }
    }
}
