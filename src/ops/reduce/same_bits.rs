//! Types whose reductions are those of another type with the same bits: `usize`, `isize`, `bool`.

use super::compiled::{Extremes, Gaps, Sums};
use super::gaps::ValidWindows;
use super::masking::AnyMask;
#[cfg(target_pointer_width = "64")]
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
            fn gapped_extremes(windows: &ValidWindows<'_, $t>, least: bool, out: &mut [Option<$t>]) -> Result<()> {
                let mut found = vec![None; out.len()];
                <$bits>::gapped_extremes(&windows.bits(), least, &mut found)?;
                out.iter_mut().zip(found).for_each(|(out, found)| *out = found.map(|$x| $value));
                Ok(())
            }
            fn gapped_places(windows: &ValidWindows<'_, $t>, least: bool, out: &mut [Option<usize>]) -> Result<()> {
                <$bits>::gapped_places(&windows.bits(), least, out)
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

#[cfg(target_pointer_width = "64")]
macro_rules! extremes_of_bits {
    ($($t:ty as $bits:ty;)*) => { $(
        impl Extremes for $t {
            fn largest(windows: &Windows<'_, $t>, mask: Option<AnyMask<'_>>, out: &mut [$t]) -> Result<()> {
                <$bits>::largest(&windows.bits(), mask, bits_mut(out))
            }
            fn smallest(windows: &Windows<'_, $t>, mask: Option<AnyMask<'_>>, out: &mut [$t]) -> Result<()> {
                <$bits>::smallest(&windows.bits(), mask, bits_mut(out))
            }
            fn search(
                windows: &Windows<'_, $t>,
                mask: Option<AnyMask<'_>>,
                what: &'static str,
                how: (bool, bool),
                indices: &mut [usize],
                values: Option<&mut [$t]>,
            ) -> Result<()> {
                <$bits>::search(&windows.bits(), mask, what, how, indices, values.map(bits_mut))
            }
        }
    )* };
}

#[cfg(target_pointer_width = "64")]
extremes_of_bits! { usize as u64; isize as i64; }

/// By way of bytes, as not every byte is a `bool`.
impl Extremes for bool {
    fn largest(windows: &Windows<'_, bool>, mask: Option<AnyMask<'_>>, out: &mut [bool]) -> Result<()> {
        by_bytes(out, |bytes| u8::largest(&windows.bits(), mask, bytes))
    }

    fn smallest(windows: &Windows<'_, bool>, mask: Option<AnyMask<'_>>, out: &mut [bool]) -> Result<()> {
        by_bytes(out, |bytes| u8::smallest(&windows.bits(), mask, bytes))
    }

    fn search(
        windows: &Windows<'_, bool>,
        mask: Option<AnyMask<'_>>,
        what: &'static str,
        how: (bool, bool),
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
