//! Convolution of 8-bit integers: exact 32-bit sums, and the same scaled back to 8 bits.

use super::conv::{Conv, check_bias};
use crate::array::{Array, IntoView};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::contract::{Input, grouped};

/// Products of two 8-bit differences that surely fit an `i32`.
const MOST_TERMS: usize = i32::MAX as usize / (255 * 255);

/// An 8-bit integer: `u8` or `i8`.
pub trait Quantized: Element + Into<i32> + private::Sealed {
    /// The nearest value of this type.
    #[doc(hidden)]
    fn saturated(x: i32) -> Self;
}

mod private {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for i8 {}
}

impl Quantized for u8 {
    fn saturated(x: i32) -> u8 {
        x.clamp(0, 255) as u8
    }
}

impl Quantized for i8 {
    fn saturated(x: i32) -> i8 {
        x.clamp(-128, 127) as i8
    }
}

/// How 8-bit numbers stand for real ones: `real = scale * (number - zero)`. Weights have one scale and zero, or one an output.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantization<'a, X, W, Y> {
    /// The array's scale and zero.
    pub array: (f32, X),
    /// The weights' scales.
    pub weight_scales: &'a [f32],
    /// The weights' zeros; none is zero.
    pub weight_zeros: &'a [W],
    /// The result's scale and zero.
    pub result: (f32, Y),
}

impl Conv {
    /// The exact convolution of 8-bit integers less their zeros (ONNX's `ConvInteger`); padding counts as the zero.
    ///
    /// `weight_zeros` has no entry (zero), one, or one an output.
    ///
    /// ```
    /// use ndwindow::{View, nn::Conv};
    ///
    /// let x = View::new(&[130u8, 128, 125], [1, 1, 3])?;
    /// let w = View::new(&[-1i8, 2], [1, 1, 2])?;
    /// assert_eq!(Conv::new().integer(x, w, 128, &[])?.as_slice(), [-2, -6]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`run`](Self::run); [`Error::SumTooLong`] where a sum might not fit an `i32`; [`Error::ShapeMismatch`] for a
    /// wrong number of zeros.
    pub fn integer<'x, 'w, X: Quantized, W: Quantized>(
        &self,
        array: impl IntoView<'x, Elem = X>,
        weights: impl IntoView<'w, Elem = W>,
        array_zero: X,
        weight_zeros: &[W],
    ) -> Result<Array<i32>> {
        let (array, weights) = (array.into_view(), weights.into_view());
        let (_, contraction) = self.contraction(array.shape(), weights.shape())?;
        one_or_each("the weights' zeros", weight_zeros.len(), weights.shape()[0], true)?;
        if contraction.terms() > MOST_TERMS {
            return Err(Error::SumTooLong { terms: contraction.terms(), limit: MOST_TERMS });
        }
        let mut out = Array::try_zeros("a convolution", contraction.shape().clone())?;
        let zero: i32 = array_zero.into();
        let input = Input { view: &array, empty: 0, lift: |x: X| x.into() - zero };
        let weight = |o: usize, w: W| w.into() - pick(weight_zeros, o).map_or(0, Into::into);
        contraction.run_once(&grouped(&weights, self.groups), weight, &input, None, out.as_mut_slice());
        Ok(out)
    }

    /// The convolution of quantised numbers, quantised again (ONNX's `QLinearConv`): the exact sums of
    /// [`integer`](Self::integer), plus the bias, times `array scale * weight scale / result scale` in `f32`, rounded half to
    /// even, plus the result's zero, saturated.
    ///
    /// # Errors
    /// Those of [`integer`](Self::integer); [`Error::ShapeMismatch`] for a wrong number of scales, zeros or biases.
    pub fn quantized<'x, 'w, X: Quantized, W: Quantized, Y: Quantized>(
        &self,
        array: impl IntoView<'x, Elem = X>,
        weights: impl IntoView<'w, Elem = W>,
        bias: Option<&[i32]>,
        numbers: &Quantization<'_, X, W, Y>,
    ) -> Result<Array<Y>> {
        let (array, weights) = (array.into_view(), weights.into_view());
        let outputs = weights.shape().first().copied().unwrap_or(0);
        one_or_each("the weights' scales", numbers.weight_scales.len(), outputs, false)?;
        check_bias(bias, outputs)?;
        let sums = self.integer(&array, &weights, numbers.array.1, numbers.weight_zeros)?;
        let batch = array.rank() + 1 - weights.rank();
        let channel = if self.is_channels_last() { sums.rank() - 1 } else { batch };
        let inner: usize = sums.shape()[channel + 1..].iter().product();
        let zero: i32 = numbers.result.1.into();
        let mut at = 0;
        Ok(sums.map(|sum| {
            let o = at / inner % outputs;
            at += 1;
            let scale = numbers.array.0 * pick(numbers.weight_scales, o).unwrap_or(1.0) / numbers.result.0;
            // A sum with its bias has more bits than an i32; its nearest f32 is the same from i64.
            let sum = i64::from(sum) + bias.map_or(0, |b| i64::from(b[o]));
            Y::saturated(round_half_even(sum as f32 * scale) + zero)
        }))
    }
}

/// The number for output `o`: the only one, or its own.
fn pick<V: Copy>(list: &[V], o: usize) -> Option<V> {
    if list.len() == 1 { Some(list[0]) } else { list.get(o).copied() }
}

fn one_or_each(what: &'static str, found: usize, outputs: usize, or_none: bool) -> Result<()> {
    if found == 1 || found == outputs || (or_none && found == 0) {
        return Ok(());
    }
    Err(Error::ShapeMismatch { what, expected: [outputs].to_vec(), found: [found].to_vec() })
}

/// The nearest integer, of two the even one; far beyond 8 bits it saturates.
fn round_half_even(x: f32) -> i32 {
    // Between 2^23 and 2^24 neighbouring floats are integers: adding 1.5 * 2^23 rounds, half to even.
    const SHIFT: f32 = 12_582_912.0;
    ((x.clamp(-65_536.0, 65_536.0) + SHIFT) - SHIFT) as i32
}
