//! Sums, means and products of integers that may leave every type: computed so wide that they cannot, then told whether they fit.

use super::accumulator::quotient;
use super::number::Number;
use crate::kernel::rows::{Lifting, Op, Reduction};
use core::marker::PhantomData;

/// A sum in 256 bits, two's complement.
#[derive(Clone, Copy)]
pub(crate) struct Sum {
    low: u128,
    high: i128,
}

impl Sum {
    const ZERO: Sum = Sum { low: 0, high: 0 };

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

/// The sum, if it fits.
pub(crate) struct SumIfFits;
/// The mean, rounded once.
pub(crate) struct ExactMean;

macro_rules! sums {
    ($($name:ident: $out:ty, counted: $counted:literal, |$sum:ident, $n:ident| $lower:expr;)*) => { $(
        impl<T: Number> Reduction<T> for $name {
            type Acc = Sum;
            type Lift = Signed;
            type Op = Adding;
            type Out = $out;
            type Count = usize;
            const IDEMPOTENT: bool = false;
            const EXACT: bool = true;
            const COUNTED: bool = $counted;
            fn identity(&self) -> Sum {
                Sum::ZERO
            }
            fn lifting(&self) -> Signed {
                Signed
            }
            fn op(&self) -> Adding {
                Adding
            }
            fn count(&self, n: usize) -> usize {
                n
            }
            fn lower(&self, $sum: Sum, $n: usize) -> $out {
                $lower
            }
        }
    )* };
}

sums! {
    SumIfFits: Option<T::Wide>, counted: false, |sum, _n| match sum.magnitude() {
        (negative, 0, low) => T::from_magnitude(negative, low),
        _ => None,
    };
    ExactMean: f64, counted: true, |sum, n| {
        let (negative, high, low) = sum.magnitude();
        let mean = quotient(high, low, n);
        if negative { -mean } else { mean }
    };
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

/// The product, if it fits.
pub(crate) struct ProductIfFits<T>(pub(crate) PhantomData<fn(T)>);

impl<T: Number> Reduction<T> for ProductIfFits<T> {
    type Acc = Product;
    type Lift = Factor;
    type Op = Multiplying;
    type Out = Option<T::Wide>;
    type Count = ();
    const IDEMPOTENT: bool = false;
    const EXACT: bool = true;
    const COUNTED: bool = false;
    fn identity(&self) -> Product {
        Product { negative: false, magnitude: Some(1) }
    }
    fn lifting(&self) -> Factor {
        Factor
    }
    fn op(&self) -> Multiplying {
        Multiplying
    }
    fn count(&self, _: usize) {}
    fn lower(&self, a: Product, _: ()) -> Option<T::Wide> {
        T::from_magnitude(a.negative && a.magnitude != Some(0), a.magnitude?)
    }
}
