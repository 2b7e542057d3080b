//! Frames times a window, and sums of frames: plain loops over slices, compiled once per instruction set. Nothing is
//! fused or reordered, so every level gives the same bits.

use super::level::{Kernel, Level};
use num_traits::Float;

/// `out = a * w`.
#[inline]
pub(crate) fn put_product<T: Float>(out: &mut [T], a: &[T], w: &[T]) {
    Level::detect().run(Binary { out, a, w, f: |_, a, w| a * w });
}

/// `out += a * w`, rounded twice.
#[inline]
pub(crate) fn add_product<T: Float>(out: &mut [T], a: &[T], w: &[T]) {
    Level::detect().run(Binary { out, a, w, f: |o, a, w| o + a * w });
}

/// `out += a`.
#[inline]
pub(crate) fn add<T: Float>(out: &mut [T], a: &[T]) {
    Level::detect().run(Unary { out, a, f: |o, a| o + a });
}

/// `out *= w`.
#[inline]
pub(crate) fn scale<T: Float>(out: &mut [T], w: &[T]) {
    Level::detect().run(Unary { out, a: w, f: |o, w| o * w });
}

/// `out = f(out, a, w)`, element by element.
struct Binary<'a, T, F> {
    out: &'a mut [T],
    a: &'a [T],
    w: &'a [T],
    f: F,
}

impl<T: Float, F: Fn(T, T, T) -> T> Kernel for Binary<'_, T, F> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        for ((o, &a), &w) in self.out.iter_mut().zip(self.a).zip(self.w) {
            *o = (self.f)(*o, a, w);
        }
    }
}

/// `out = f(out, a)`, element by element.
struct Unary<'a, T, F> {
    out: &'a mut [T],
    a: &'a [T],
    f: F,
}

impl<T: Float, F: Fn(T, T) -> T> Kernel for Unary<'_, T, F> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        for (o, &a) in self.out.iter_mut().zip(self.a) {
            *o = (self.f)(*o, a);
        }
    }
}
