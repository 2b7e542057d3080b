//! Extremes by keys some bits of which are turned: largest and smallest elements, of integers with a sign and without, by the same
//! loops.

use super::extreme::Extreme;
use super::ops::{Larger, Smaller};
use super::ordered::Ordered;
use crate::kernel::rows::{Lifting, Op, Reduction};
use core::ops::{BitXor, Not};

/// What is turned of keys: what the request says, or what the compiler is to know. (Floats are lifted again and again where layers pool
/// them, and there one operation more shows.)
const ASKED: u8 = 0;
const NOTHING: u8 = 1;
const ALL: u8 = 2;

/// The keys of elements, turned.
#[derive(Clone, Copy)]
pub(super) struct Turning<K, const WHAT: u8> {
    nan: K,
    turn: K,
    /// Whether nothing is turned.
    plain: bool,
}

impl<T: Ordered, const WHAT: u8> Lifting<T> for Turning<T::Key, WHAT> {
    type Acc = T::Key;
    const FUSED: bool = T::FUSED;
    #[inline(always)]
    fn lift(&self, x: T) -> T::Key {
        match WHAT {
            NOTHING => x.key(T::NAN_ABOVE),
            ALL => !x.key(T::NAN_BELOW),
            _ => x.key(self.nan) ^ self.turn,
        }
    }
    #[inline(always)]
    fn lifted<'a>(&self, elements: &'a [T]) -> Option<&'a [T::Key]> {
        if self.plain { T::keys(elements) } else { None }
    }
}

/// The extreme of turned keys.
pub(super) struct Turned<O: Op, const WHAT: u8 = ASKED> {
    op: O,
    identity: O::Acc,
    turning: Turning<O::Acc, WHAT>,
}

/// The largest floats, and the smallest.
pub(super) type Highest<K> = Turned<Larger<K>, NOTHING>;
pub(super) type Lowest<K> = Turned<Larger<K>, ALL>;

impl<K: Copy + Default + Ord + Not<Output = K> + BitXor<Output = K> + Send + Sync, const WHAT: u8>
    Turned<Larger<K>, WHAT>
{
    /// Any extreme; minima are maxima of complements.
    pub(super) fn largest<T: Ordered<Key = K>>(of: Extreme) -> Self {
        let nothing = K::default();
        let (all, nan) = if of.least { (!nothing, T::NAN_BELOW) } else { (nothing, T::NAN_ABOVE) };
        let turn = if of.turned { all ^ T::TOP } else { all };
        let identity = if of.least && !of.turned { !T::HIGHEST } else { T::LOWEST };
        Turned { op: Larger::OP, identity, turning: Turning { nan, turn, plain: turn == nothing } }
    }
}

impl Turned<Smaller<u8>> {
    /// The smallest byte, which is compared as it is.
    pub(super) fn smallest(of: Extreme) -> Self {
        let turn = if of.turned { u8::TOP } else { 0 };
        Turned { op: Smaller::OP, identity: u8::MAX, turning: Turning { nan: 0, turn, plain: turn == 0 } }
    }
}

impl<T: Ordered, O: Op<Acc = T::Key>, const WHAT: u8> Reduction<T> for Turned<O, WHAT> {
    type Acc = T::Key;
    type Lift = Turning<T::Key, WHAT>;
    type Op = O;
    type Out = T;
    type Count = ();
    const IDEMPOTENT: bool = true;
    const EXACT: bool = true;
    const COUNTED: bool = false;
    #[inline(always)]
    fn op(&self) -> O {
        self.op
    }
    #[inline(always)]
    fn identity(&self) -> T::Key {
        self.identity
    }
    #[inline(always)]
    fn lifting(&self) -> Turning<T::Key, WHAT> {
        self.turning
    }
    #[inline(always)]
    fn count(&self, _: usize) {}
    #[inline(always)]
    fn unlowered<'a>(&self, out: &'a mut [T]) -> Option<&'a mut [T::Key]> {
        if self.turning.plain { T::keys_mut(out) } else { None }
    }
    #[inline(always)]
    fn lower(&self, a: T::Key, _: ()) -> T {
        T::value(match WHAT {
            NOTHING => a,
            ALL => !a,
            _ => a ^ self.turning.turn,
        })
    }
}
