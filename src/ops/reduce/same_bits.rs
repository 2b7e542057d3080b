//! Types whose reductions are those of another type with the same bits: all those of `usize`, `isize` and `bool`; extremes of integers
//! that have a sign where another type of their size has none, or none where it has one.

use super::compiled::{Extremes, Gaps, Sums};
use super::extreme::{Extreme, Search};
use super::gaps::ValidWindows;
use super::masking::AnyMask;
use crate::array::bits_mut;
use crate::error::Result;
use crate::ops::Windows;
use alloc::vec;

macro_rules! sums_of_bits {
    ($($t:ty as $bits:ty, sums $wide:ty, |$x:ident| $value:expr;)*) => { $(
        impl Sums<$wide, f64> for $t {
            fn total(windows: &Windows<'_, $t>, mask: Option<AnyMask<'_>>, out: &mut [$wide]) -> Result<()> {
                <$bits>::total(&windows.bits(), mask, out)
            }
            fn average(windows: &Windows<'_, $t>, mask: Option<AnyMask<'_>>, out: &mut [f64]) -> Result<()> {
                <$bits>::average(&windows.bits(), mask, out)
            }
            fn multiplied(windows: &Windows<'_, $t>, out: &mut [$wide]) -> Result<()> {
                <$bits>::multiplied(&windows.bits(), out)
            }
        }

        impl Gaps<Option<$t>, Option<$wide>, f64> for $t {
            fn gapped_sums(windows: &ValidWindows<'_, $t>, out: &mut [Option<$wide>]) -> Result<()> {
                <$bits>::gapped_sums(&windows.bits(), out)
            }
            fn gapped_means(windows: &ValidWindows<'_, $t>, out: &mut [f64]) -> Result<()> {
                <$bits>::gapped_means(&windows.bits(), out)
            }
            fn gapped_extremes(windows: &ValidWindows<'_, $t>, of: Extreme, out: &mut [Option<$t>]) -> Result<()> {
                let mut found = vec![None; out.len()];
                <$bits>::gapped_extremes(&windows.bits(), of, &mut found)?;
                out.iter_mut().zip(found).for_each(|(out, found)| *out = found.map(|$x| $value));
                Ok(())
            }
            fn gapped_places(windows: &ValidWindows<'_, $t>, of: Extreme, out: &mut [Option<usize>]) -> Result<()> {
                <$bits>::gapped_places(&windows.bits(), of, out)
            }
        }
    )* };
}

sums_of_bits! { bool as u8, sums u64, |byte| byte != 0; }
#[cfg(target_pointer_width = "64")]
sums_of_bits! {
    usize as u64, sums u128, |n| n as usize;
    isize as i64, sums i128, |n| n as isize;
}

/// Of integers of the same size, in the same order or with the highest bit [turned](Extreme::turned).
macro_rules! extremes_of_bits {
    ($($t:ty as $bits:ty, |$of:ident| $order:expr;)*) => { $(
        impl Extremes for $t {
            #[inline]
            fn extreme(windows: &Windows<'_, $t>, mask: Option<AnyMask<'_>>, $of: Extreme, out: &mut [$t]) -> Result<()> {
                <$bits>::extreme(&windows.bits(), mask, $order, bits_mut(out))
            }
            fn search(
                windows: &Windows<'_, $t>,
                mask: Option<AnyMask<'_>>,
                what: &'static str,
                how: Search,
                indices: &mut [usize],
                values: Option<&mut [$t]>,
            ) -> Result<()> {
                let $of = how.of;
                <$bits>::search(&windows.bits(), mask, what, Search { of: $order, ..how }, indices, values.map(bits_mut))
            }
        }
    )* };
}

extremes_of_bits! {
    i8 as u8, |of| of.turned();
    u16 as i16, |of| of.turned();
    u32 as i32, |of| of.turned();
    u64 as i64, |of| of.turned();
    u128 as i128, |of| of.turned();
}
#[cfg(target_pointer_width = "64")]
extremes_of_bits! { usize as u64, |of| of; isize as i64, |of| of; }

/// By way of bytes, as not every byte is a `bool`.
impl Extremes for bool {
    fn extreme(windows: &Windows<'_, bool>, mask: Option<AnyMask<'_>>, of: Extreme, out: &mut [bool]) -> Result<()> {
        by_bytes(out, |bytes| u8::extreme(&windows.bits(), mask, of, bytes))
    }

    fn search(
        windows: &Windows<'_, bool>,
        mask: Option<AnyMask<'_>>,
        what: &'static str,
        how: Search,
        indices: &mut [usize],
        values: Option<&mut [bool]>,
    ) -> Result<()> {
        let windows = windows.bits();
        match values {
            Some(values) => by_bytes(values, |bytes| u8::search(&windows, mask, what, how, indices, Some(bytes))),
            None => u8::search(&windows, mask, what, how, indices, None),
        }
    }
}

/// Lets `f` write bytes. (A window of nothing has 255 for its smallest one, which is `true`.)
fn by_bytes(out: &mut [bool], f: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<()> {
    let mut bytes = vec![0; out.len()];
    f(&mut bytes)?;
    out.iter_mut().zip(bytes).for_each(|(out, byte)| *out = byte != 0);
    Ok(())
}
