//! Sums, means and products of integers that may leave every type: computed so wide that they cannot, then told whether they fit.

use super::accumulator::quotient;
use super::masking::AnyMask;
use super::number::Number;
use super::{engine, ranges};
use crate::array::View;
use crate::kernel::level::Level;
use crate::kernel::rows::{AsTheyAre, Lifting, Op, Reduction};
use crate::ops::Windows;
use alloc::vec;
use alloc::vec::Vec;

/// A sum in 256 bits, two's complement.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sum {
    low: u128,
    high: i128,
}

impl Sum {
    const ZERO: Sum = Sum { low: 0, high: 0 };
    pub(super) const HOW: ranges::How<Adding> = ranges::How { op: Adding, identity: Sum::ZERO, idempotent: false };

    /// The sum, if it fits.
    pub(super) fn fits<T: Number>(self) -> Option<T::Wide> {
        match self.magnitude() {
            (negative, 0, low) => T::from_magnitude(negative, low),
            _ => None,
        }
    }

    /// The mean of so many elements, rounded once.
    pub(super) fn mean(self, n: usize) -> f64 {
        let (negative, high, low) = self.magnitude();
        let mean = quotient(high, low, n);
        if negative { -mean } else { mean }
    }

    fn of((negative, magnitude): (bool, u128)) -> Sum {
        let low = if negative { magnitude.wrapping_neg() } else { magnitude };
        Sum { low, high: -i128::from(negative && magnitude > 0) }
    }

    fn plus(self, other: Sum) -> Sum {
        let (low, carry) = self.low.overflowing_add(other.low);
        Sum { low, high: self.high.wrapping_add(other.high).wrapping_add(carry.into()) }
    }

    /// Its sign, and its magnitude in two halves.
    fn magnitude(self) -> (bool, u128, u128) {
        match self.high < 0 {
            false => (false, self.high as u128, self.low),
            true => (true, (!self.high as u128).wrapping_add((self.low == 0).into()), self.low.wrapping_neg()),
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Signed;

impl<T: Number> Lifting<T> for Signed {
    type Acc = Sum;
    fn lift(&self, x: T) -> Sum {
        Sum::of(x.magnitude())
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Adding;

impl Op for Adding {
    type Acc = Sum;
    fn combine(&self, a: Sum, b: Sum) -> Sum {
        a.plus(b)
    }
}

/// Sums, with how many elements are in each.
struct Counted;

impl Reduction<Sum> for Counted {
    type Acc = Sum;
    type Lift = AsTheyAre;
    type Op = Adding;
    type Out = (Sum, usize);
    type Count = usize;
    const IDEMPOTENT: bool = false;
    const EXACT: bool = true;
    const COUNTED: bool = true;
    fn identity(&self) -> Sum {
        Sum::ZERO
    }
    fn lifting(&self) -> AsTheyAre {
        AsTheyAre
    }
    fn op(&self) -> Adding {
        Adding
    }
    fn count(&self, n: usize) -> usize {
        n
    }
    fn lower(&self, sum: Sum, n: usize) -> (Sum, usize) {
        (sum, n)
    }
}

/// Calls `f` with the sum of each window, or of the cells of a mask, in order, and with how many elements are in it.
pub(super) fn sums<T: Number>(windows: &Windows<'_, T>, mask: Option<AnyMask<'_>>, f: &mut dyn FnMut(Sum, usize)) {
    let (plan, source, fill) = (windows.plan(), windows.source(), windows.fill_value().copied());
    if mask.is_none() {
        return ranges::each(plan, source, fill, Signed, Sum::HOW, true, f);
    }
    let there = ranges::distinct(source.shape(), source.strides(), false);
    let elements: Vec<Sum> = ranges::elements(source, &there).into_iter().map(|x| Signed.lift(x)).collect();
    let Ok(view) = View::with_strides(&elements, source.shape(), ranges::strides(source.shape(), &there), 0) else {
        unreachable!("elements of an array with its shape")
    };
    let mut results = vec![<(Sum, usize)>::default(); plan.reduced_dims().iter().product()];
    engine::reduce(plan, &view, fill.map(|x| Signed.lift(x)), (&Counted, mask), Level::detect(), &mut results);
    results.iter().for_each(|&(sum, n)| f(sum, n));
}

/// A product's sign and magnitude; `None` for one that is longer than 128 bits.
#[derive(Clone, Copy)]
pub(crate) struct Product {
    negative: bool,
    magnitude: Option<u128>,
}

#[derive(Clone, Copy)]
pub(crate) struct Factor;

impl<T: Number> Lifting<T> for Factor {
    type Acc = Product;
    fn lift(&self, x: T) -> Product {
        let (negative, magnitude) = x.magnitude();
        Product { negative, magnitude: Some(magnitude) }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Multiplying;

impl Op for Multiplying {
    type Acc = Product;
    fn combine(&self, a: Product, b: Product) -> Product {
        let magnitude = match (a.magnitude, b.magnitude) {
            // Nothing times too much is nothing.
            (Some(0), _) | (_, Some(0)) => Some(0),
            (Some(a), Some(b)) => a.checked_mul(b),
            _ => None,
        };
        Product { negative: a.negative != b.negative, magnitude }
    }
}

impl Product {
    /// The product, if it fits.
    pub(super) fn fits<T: Number>(self) -> Option<T::Wide> {
        T::from_magnitude(self.negative && self.magnitude != Some(0), self.magnitude?)
    }
}

/// Calls `f` with the product of each window, in order.
pub(super) fn products<T: Number>(windows: &Windows<'_, T>, f: &mut dyn FnMut(Product)) {
    let how =
        ranges::How { op: Multiplying, identity: Product { negative: false, magnitude: Some(1) }, idempotent: false };
    let fill = windows.fill_value().copied();
    ranges::each(windows.plan(), windows.source(), fill, Factor, how, false, &mut |product, _| f(product));
}
