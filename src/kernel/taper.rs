//! Frames times a window, and sums of frames: plain loops over slices, compiled for AVX2 as well.
#![allow(unsafe_code)] // calls code compiled for an instruction set that was detected

use num_traits::Float;

/// Defines a function by its body, compiles the body once more for AVX2 and chooses at run time. No operation is
/// fused or reordered, so both give the same bits.
macro_rules! with_avx2 {
    ($(#[$doc:meta])* $name:ident, $body:ident, $wide:ident, ($($arg:ident: $type:ty),*)) => {
        $(#[$doc])*
        #[inline]
        pub(crate) fn $name<T: Float>($($arg: $type),*) {
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            {
                #[target_feature(enable = "avx2")]
                fn $wide<T: Float>($($arg: $type),*) {
                    $body($($arg),*)
                }
                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: the CPU has AVX2.
                    return unsafe { $wide($($arg),*) };
                }
            }
            $body($($arg),*)
        }
    };
}
#[cfg(feature = "fft")]
pub(crate) use with_avx2;

with_avx2! {
    /// `out = a * w`.
    put_product, put_product_body, put_product_avx2, (out: &mut [T], a: &[T], w: &[T])
}
with_avx2! {
    /// `out += a * w`, rounded twice.
    add_product, add_product_body, add_product_avx2, (out: &mut [T], a: &[T], w: &[T])
}
with_avx2! {
    /// `out += a`.
    add, add_body, add_avx2, (out: &mut [T], a: &[T])
}
with_avx2! {
    /// `out *= w`.
    scale, scale_body, scale_avx2, (out: &mut [T], w: &[T])
}

#[inline(always)]
fn put_product_body<T: Float>(out: &mut [T], a: &[T], w: &[T]) {
    for ((o, &a), &w) in out.iter_mut().zip(a).zip(w) {
        *o = a * w;
    }
}

#[inline(always)]
fn add_product_body<T: Float>(out: &mut [T], a: &[T], w: &[T]) {
    for ((o, &a), &w) in out.iter_mut().zip(a).zip(w) {
        *o = *o + a * w;
    }
}

#[inline(always)]
fn add_body<T: Float>(out: &mut [T], a: &[T]) {
    for (o, &a) in out.iter_mut().zip(a) {
        *o = *o + a;
    }
}

#[inline(always)]
fn scale_body<T: Float>(out: &mut [T], w: &[T]) {
    for (o, &w) in out.iter_mut().zip(w) {
        *o = *o * w;
    }
}
