//! Random elements, and when two of them are the same.

use crate::source::{Dice, Source};

/// Elements whose operations have one right answer.
pub trait Value: Copy + std::fmt::Debug {
    /// One of a few values, so that equals are common.
    fn small(dice: &mut Dice) -> Self;
    /// Any value, the extremes included.
    fn any(dice: &mut Dice) -> Self;
    /// The same to the bit; NaNs are all alike.
    fn same(&self, other: &Self) -> bool;
    /// Another value, for oracles that are wrong on purpose.
    fn wrong(self) -> Self;
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl Value for $t {
            fn small(dice: &mut Dice) -> Self {
                dice.below(5) as $t
            }
            fn any(dice: &mut Dice) -> Self {
                match dice.below(8) {
                    0 => <$t>::MIN,
                    1 => <$t>::MAX,
                    2 => dice.below(3) as $t,
                    _ => dice.roll() as $t,
                }
            }
            fn same(&self, other: &Self) -> bool {
                self == other
            }
            fn wrong(self) -> Self {
                self.wrapping_add(1)
            }
        }
    )*};
}
integers!(u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 usize);

macro_rules! floats {
    ($($t:ident)*) => {$(
        impl Value for $t {
            fn small(dice: &mut Dice) -> Self {
                dice.below(5) as $t - 2.0
            }
            fn any(dice: &mut Dice) -> Self {
                match dice.below(24) {
                    0 => $t::NAN,
                    1 => $t::INFINITY,
                    2 => $t::NEG_INFINITY,
                    3 => -0.0,
                    4 => 0.0,
                    5 => $t::MIN_POSITIVE / 4.0,
                    6 => $t::MAX,
                    _ => (dice.roll() as i32 as $t) / 65536.0,
                }
            }
            fn same(&self, other: &Self) -> bool {
                self.to_bits() == other.to_bits() || (self.is_nan() && other.is_nan())
            }
            fn wrong(self) -> Self {
                if self.is_finite() { self * 1.5 + 1.0 } else { 0.0 }
            }
        }
    )*};
}
floats!(f32 f64);

impl Value for bool {
    fn small(dice: &mut Dice) -> Self {
        dice.below(4) == 0
    }
    fn any(dice: &mut Dice) -> Self {
        dice.below(2) == 0
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
    fn wrong(self) -> Self {
        !self
    }
}

impl<A: Value, B: Value> Value for (A, B) {
    fn small(dice: &mut Dice) -> Self {
        (A::small(dice), B::small(dice))
    }
    fn any(dice: &mut Dice) -> Self {
        (A::any(dice), B::any(dice))
    }
    fn same(&self, other: &Self) -> bool {
        self.0.same(&other.0) && self.1.same(&other.1)
    }
    fn wrong(self) -> Self {
        (self.0.wrong(), self.1)
    }
}

/// `n` elements, of a few values or of any.
pub fn values<T: Value>(s: &mut Source, n: usize) -> Vec<T> {
    let any = s.flag();
    let mut dice = s.dice();
    let data: Vec<T> = (0..n).map(|_| if any { T::any(&mut dice) } else { T::small(&mut dice) }).collect();
    s.say(|| match n {
        0..=40 => format!("data: {} {data:?}", std::any::type_name::<T>()),
        _ => format!("data: {n} of {}, any: {any}", std::any::type_name::<T>()),
    });
    data
}
