//! Weighted sums of rows: what a separable filter does along one axis.

use super::level::{Level, Writer};
use crate::element::Element;
use num_traits::Float;

/// Taps that are added up by themselves, so that the error of long sums does not grow with their length.
const TAPS: usize = 64;

/// A number that can be weighted: it is widened to a float, and sums of those are rounded to it once.
pub trait Tone: Element {
    /// What weights and sums are.
    type Sum: Tone<Sum = Self::Sum> + Blend;
    #[doc(hidden)]
    fn tone(self) -> Self::Sum;
    /// The nearest number of this type, halves upwards.
    #[doc(hidden)]
    fn of(sum: Self::Sum) -> Self;
    /// Where sums are what is wanted: the numbers themselves.
    #[doc(hidden)]
    #[inline(always)]
    fn sums(_out: &mut [Self]) -> Option<&mut [Self::Sum]> {
        None
    }
}

/// A float that is summed.
pub trait Blend: Element {
    #[doc(hidden)]
    fn from_f64(x: f64) -> Self;
    /// `to[k]` is the sum of `w[j] * rows[j][k]`, in the order of the rows.
    #[doc(hidden)]
    fn blend<const FUSED: bool, S: Tone<Sum = Self>>(to: &mut [Self], rows: &[&[S]], w: &[Self]);
}

macro_rules! blends {
    ($($t:ident of $lanes:literal;)*) => { $(
        impl Blend for $t {
            #[inline(always)]
            fn from_f64(x: f64) -> $t {
                x as $t
            }
            #[inline(always)]
            fn blend<const FUSED: bool, S: Tone<Sum = $t>>(to: &mut [$t], rows: &[&[S]], w: &[$t]) {
                let n = to.len();
                for (block, (rows, w)) in rows.chunks(TAPS).zip(w.chunks(TAPS)).enumerate() {
                    let mut at = 0;
                    while at < n {
                        // The last registers once more, in a block of their own, unless blocks are added up.
                        let from = if block == 0 && n >= $lanes { at.min(n - $lanes) } else { at };
                        let end = n.min(from + $lanes);
                        let mut acc = [0.0; $lanes];
                        if end - from == $lanes {
                            for (row, &w) in rows.iter().zip(w) {
                                let row = &row[from..from + $lanes];
                                for i in 0..$lanes {
                                    let x = row[i].tone();
                                    acc[i] = if FUSED { Float::mul_add(x, w, acc[i]) } else { x * w + acc[i] };
                                }
                            }
                        } else {
                            for (row, &w) in rows.iter().zip(w) {
                                for (acc, x) in acc.iter_mut().zip(&row[from..end]) {
                                    let x = x.tone();
                                    *acc = if FUSED { Float::mul_add(x, w, *acc) } else { x * w + *acc };
                                }
                            }
                        }
                        let to = &mut to[from..end];
                        match block {
                            0 => to.copy_from_slice(&acc[..end - from]),
                            _ => to.iter_mut().zip(acc).for_each(|(to, acc)| *to += acc),
                        }
                        at = end;
                    }
                }
            }
        }
        impl Tone for $t {
            type Sum = $t;
            #[inline(always)]
            fn tone(self) -> $t {
                self
            }
            #[inline(always)]
            fn of(sum: $t) -> $t {
                sum
            }
            #[inline(always)]
            fn sums(out: &mut [$t]) -> Option<&mut [$t]> {
                Some(out)
            }
        }
    )* };
}

// Four registers of AVX-512, eight of AVX2.
blends! { f32 of 64; f64 of 32; }

macro_rules! integers {
    ($($t:ty)*) => { $(
        impl Tone for $t {
            type Sum = f32;
            #[inline(always)]
            fn tone(self) -> f32 {
                self.into()
            }
            #[inline(always)]
            fn of(sum: f32) -> $t {
                const LOW: f32 = <$t>::MIN as f32;
                // Above the lowest one nothing is negative, so that cutting off a fraction rounds down.
                let above = sum.clamp(LOW, <$t>::MAX as f32) - LOW + 0.5;
                (above as i32 + <$t>::MIN as i32) as $t
            }
        }
    )* };
}

integers! { u8 u16 i8 i16 }

#[cfg(feature = "half")]
macro_rules! halves {
    ($($t:ty)*) => { $(
        impl Tone for $t {
            type Sum = f32;
            #[inline(always)]
            fn tone(self) -> f32 {
                self.to_f32()
            }
            #[inline(always)]
            fn of(sum: f32) -> $t {
                <$t>::from_f32(sum)
            }
        }
    )* };
}
#[cfg(feature = "half")]
halves! { half::f16 half::bf16 }

/// `to[k]` becomes the sum of `w[j] * rows[j][k]`; rows are as long, or longer. At every level tap by tap, in blocks of
/// [`TAPS`]; levels that fuse products with additions round once less.
pub(crate) fn weigh<S: Tone>(level: Level, to: &mut [S::Sum], rows: &[&[S]], w: &[S::Sum]) {
    level.write(to, Weigh { rows, w });
}

struct Weigh<'a, S: Tone> {
    rows: &'a [&'a [S]],
    w: &'a [S::Sum],
}

impl<S: Tone> Writer<S::Sum> for Weigh<'_, S> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [S::Sum]) {
        S::Sum::blend::<FUSED, S>(to, self.rows, self.w);
    }
}

/// `to[k]` becomes `from[k]`, rounded; `from` is as long, or longer.
pub(crate) fn settle<S: Tone>(level: Level, to: &mut [S], from: &[S::Sum]) {
    level.write(to, Settle::<S> { from });
}

struct Settle<'a, S: Tone> {
    from: &'a [S::Sum],
}

impl<S: Tone> Writer<S> for Settle<'_, S> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [S]) {
        for (to, &sum) in to.iter_mut().zip(self.from) {
            *to = S::of(sum);
        }
    }
}
