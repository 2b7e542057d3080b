//! Associative operations: the caller's own, and the ones that come with the crate.

use super::number::{Number, Real};
use crate::element::Element;
use crate::kernel::rows::{Lifting, Op, Reduction};
use core::marker::PhantomData;

/// An associative operation over elements of type `T`: lift each, combine two at a time, lower the result.
///
/// A reduction by a `Monoid` runs on the same loops as [`max`](crate::Windows::max) or [`sum`](crate::Windows::sum) (which are
/// monoids themselves): the compiler inlines it there and vectorises it for every instruction set.
///
/// Three laws are taken on trust; a type that breaks them gets some result, never undefined behaviour:
/// - `combine(a, combine(b, c))` is `combine(combine(a, b), c)`, up to rounding;
/// - `combine(identity, a)` and `combine(a, identity)` are `a`;
/// - if [`IDEMPOTENT`](Self::IDEMPOTENT), `combine(a, a)` is `a`.
///
/// Elements are combined in row-major order (the operation need not be commutative; only where windows over several axes hold
/// far more padding than elements, whole axes may change places), and how they are bracketed follows from the plan and the window's place in it: never from other elements, threads, the width of vectors,
/// or how the array lies in memory. Windows of many steps are scanned: of an operation that rounds, some hundred roundings may
/// add up in a window of some hundred cells (the sums, means and moments of this crate are never scanned).
///
/// ```
/// use ndwindow::{Monoid, unfold};
///
/// /// log(sum(exp(x))), without overflow.
/// struct LogSumExp;
///
/// impl Monoid<f64> for LogSumExp {
///     type Acc = (f64, f64); // the largest x, and the sum of exp(x - largest)
///     type Out = f64;
///     fn identity(&self) -> (f64, f64) {
///         (f64::NEG_INFINITY, 0.0)
///     }
///     fn lift(&self, x: f64) -> (f64, f64) {
///         (x, 1.0)
///     }
///     fn combine(&self, a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
///         let top = a.0.max(b.0);
///         let scaled = |p: (f64, f64)| if p.1 == 0.0 { 0.0 } else { p.1 * (p.0 - top).exp() };
///         (top, scaled(a) + scaled(b))
///     }
///     fn lower(&self, a: (f64, f64)) -> f64 {
///         a.0 + a.1.ln()
///     }
/// }
///
/// let y = unfold(0, 2, 2).windows(&[1000.0, 1000.0, 0.0, 0.0])?.reduce(&LogSumExp);
/// assert_eq!(y.as_slice(), [1000.0 + 2f64.ln(), 2f64.ln()]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
pub trait Monoid<T>: Sync {
    /// What is accumulated.
    type Acc: Copy + Send + Sync;
    /// What comes out.
    type Out: Element;
    /// Whether combining anything with itself gives it back, as for a maximum: such windows are covered by overlapping
    /// halves.
    const IDEMPOTENT: bool = false;
    /// What combines with anything to that thing; the result of a window without elements is it, lowered.
    fn identity(&self) -> Self::Acc;
    /// An element as an accumulator.
    fn lift(&self, x: T) -> Self::Acc;
    /// Two accumulators as one; `a` holds the elements in front of those of `b`.
    fn combine(&self, a: Self::Acc, b: Self::Acc) -> Self::Acc;
    /// The result.
    fn lower(&self, a: Self::Acc) -> Self::Out;
    /// Whether `combine` never rounds, so that cells may be bracketed as it suits. Claiming it for one that does makes results
    /// depend on where a window lies.
    const EXACT: bool = false;
    /// Whether windows must not be scanned, as rounding would add up.
    #[doc(hidden)]
    const PAIRWISE: bool = false;
    /// Whether short windows are lifted and combined at once.
    #[doc(hidden)]
    const FUSED: bool = false;
    #[doc(hidden)]
    #[inline(always)]
    fn lifted<'a>(&self, _elements: &'a [T]) -> Option<&'a [Self::Acc]> {
        None
    }
    #[doc(hidden)]
    #[inline(always)]
    fn unlowered<'a>(&self, _out: &'a mut [Self::Out]) -> Option<&'a mut [Self::Acc]> {
        None
    }
}

/// A monoid as the engine takes it, with how its accumulators are combined.
pub(crate) struct By<'a, M, O>(pub(crate) &'a M, pub(crate) O);

/// A caller's own monoid.
pub(crate) fn own<T, M: Monoid<T>>(monoid: &M) -> By<'_, M, Own<'_, T, M>> {
    By(monoid, Own::of(monoid))
}

impl<'a, T, M: Monoid<T>, O: Op<Acc = M::Acc>> Reduction<T> for By<'a, M, O> {
    type Acc = M::Acc;
    type Lift = Own<'a, T, M>;
    type Op = O;
    type Out = M::Out;
    type Count = ();
    const IDEMPOTENT: bool = M::IDEMPOTENT;
    const EXACT: bool = M::EXACT;
    const COUNTED: bool = false;
    const PAIRWISE: bool = M::PAIRWISE;
    #[inline(always)]
    fn op(&self) -> O {
        self.1
    }
    #[inline(always)]
    fn identity(&self) -> M::Acc {
        self.0.identity()
    }
    #[inline(always)]
    fn lifting(&self) -> Own<'a, T, M> {
        Own::of(self.0)
    }
    #[inline(always)]
    fn unlowered<'o>(&self, out: &'o mut [M::Out]) -> Option<&'o mut [M::Acc]> {
        self.0.unlowered(out)
    }
    #[inline(always)]
    fn count(&self, _: usize) {}
    #[inline(always)]
    fn lower(&self, a: M::Acc, _: ()) -> M::Out {
        self.0.lower(a)
    }
}

/// An operation whose rounding must not add up: its windows are combined pairwise, never scanned.
pub(crate) struct Pairwise<M>(pub(crate) M);

impl<T, M: Monoid<T>> Monoid<T> for Pairwise<M> {
    type Acc = M::Acc;
    type Out = M::Out;
    const PAIRWISE: bool = true;
    #[inline(always)]
    fn identity(&self) -> M::Acc {
        self.0.identity()
    }
    #[inline(always)]
    fn lift(&self, x: T) -> M::Acc {
        self.0.lift(x)
    }
    #[inline(always)]
    fn combine(&self, a: M::Acc, b: M::Acc) -> M::Acc {
        self.0.combine(a, b)
    }
    #[inline(always)]
    fn lower(&self, a: M::Acc) -> M::Out {
        self.0.lower(a)
    }
}

/// A monoid from closures; see [`monoid`].
struct Closures<A, L, C, F> {
    identity: A,
    lift: L,
    combine: C,
    lower: F,
}

/// A [`Monoid`] from an identity and three closures.
///
/// ```
/// use ndwindow::{monoid, unfold};
///
/// let bits = monoid(0u8, |x: u8| x, |a, b| a | b, |a| a);
/// let y = unfold(0, 2, 1).windows(&[1u8, 2, 4])?.reduce(&bits);
/// assert_eq!(y.as_slice(), [3, 6]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
pub fn monoid<T, A, O, L, C, F>(
    identity: A,
    lift: L,
    combine: C,
    lower: F,
) -> impl Monoid<T, Acc = A, Out = O> + use<T, A, O, L, C, F>
where
    A: Copy + Send + Sync,
    O: Element,
    L: Fn(T) -> A + Sync,
    C: Fn(A, A) -> A + Sync,
    F: Fn(A) -> O + Sync,
{
    Closures { identity, lift, combine, lower }
}

impl<T, A, O, L, C, F> Monoid<T> for Closures<A, L, C, F>
where
    A: Copy + Send + Sync,
    O: Element,
    L: Fn(T) -> A + Sync,
    C: Fn(A, A) -> A + Sync,
    F: Fn(A) -> O + Sync,
{
    type Acc = A;
    type Out = O;
    #[inline(always)]
    fn identity(&self) -> A {
        self.identity
    }
    #[inline(always)]
    fn lift(&self, x: T) -> A {
        (self.lift)(x)
    }
    #[inline(always)]
    fn combine(&self, a: A, b: A) -> A {
        (self.combine)(a, b)
    }
    #[inline(always)]
    fn lower(&self, a: A) -> O {
        (self.lower)(a)
    }
}

macro_rules! extremes {
    ($($(#[$doc:meta])* $name:ident: $pick:ident, identity $identity:ident, NaN as $nan:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name;

        impl<T: Number> Monoid<T> for $name {
            type Acc = T::Key;
            type Out = T;
            const IDEMPOTENT: bool = true;
            const EXACT: bool = true;
            const FUSED: bool = T::FUSED;
            #[inline(always)]
            fn identity(&self) -> T::Key {
                T::$identity
            }
            #[inline(always)]
            fn lift(&self, x: T) -> T::Key {
                x.key(T::$nan)
            }
            #[inline(always)]
            fn lifted<'a>(&self, elements: &'a [T]) -> Option<&'a [T::Key]> {
                T::keys(elements)
            }
            #[inline(always)]
            fn unlowered<'a>(&self, out: &'a mut [T]) -> Option<&'a mut [T::Key]> {
                T::keys_mut(out)
            }
            #[inline(always)]
            fn combine(&self, a: T::Key, b: T::Key) -> T::Key {
                core::cmp::$pick(a, b)
            }
            #[inline(always)]
            fn lower(&self, a: T::Key) -> T {
                T::value(a)
            }
        }
    )* };
}

extremes! {
    /// The largest element; a NaN makes the result NaN, and 0.0 is larger than -0.0. Nothing gives the lowest value.
    Max: max, identity LOWEST, NaN as NAN_ABOVE;
    /// The smallest element; a NaN makes the result NaN, and -0.0 is smaller than 0.0. Nothing gives the highest value.
    Min: min, identity HIGHEST, NaN as NAN_BELOW;
    /// The largest element that is a number; NaNs count as nothing at all, and nothing gives the lowest value.
    MaxNum: max, identity LOWEST, NaN as LOWEST;
    /// The smallest element that is a number; NaNs count as nothing at all, and nothing gives the highest value.
    MinNum: min, identity HIGHEST, NaN as HIGHEST;
}

/// Smallest and largest element in one pass, each as [`Min`] and [`Max`] give it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MinMax;

impl<T: Number> Monoid<T> for MinMax {
    type Acc = (T::Key, T::Key);
    type Out = (T, T);
    const IDEMPOTENT: bool = true;
    const EXACT: bool = true;
    #[inline(always)]
    fn identity(&self) -> Self::Acc {
        (T::HIGHEST, T::LOWEST)
    }
    #[inline(always)]
    fn lift(&self, x: T) -> Self::Acc {
        (x.key(T::NAN_BELOW), x.key(T::NAN_ABOVE))
    }
    #[inline(always)]
    fn combine(&self, a: Self::Acc, b: Self::Acc) -> Self::Acc {
        (a.0.min(b.0), a.1.max(b.1))
    }
    #[inline(always)]
    fn lower(&self, a: Self::Acc) -> (T, T) {
        (T::value(a.0), T::value(a.1))
    }
}

/// The sum of integers modulo two to the number of their bits, of floats their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrappingSum;

/// The product of integers modulo two to the number of their bits, of floats their product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrappingProduct;

macro_rules! wrapping {
    ($($name:ident: $identity:ident $combine:ident { $($rounds:item)* })*) => { $(
        impl<T: Real> Monoid<T> for $name {
            type Acc = T;
            type Out = T;
            $($rounds)*
            #[inline(always)]
            fn identity(&self) -> T {
                T::$identity
            }
            #[inline(always)]
            fn lift(&self, x: T) -> T {
                x
            }
            #[inline(always)]
            fn lifted<'a>(&self, elements: &'a [T]) -> Option<&'a [T]> {
                Some(elements)
            }
            #[inline(always)]
            fn unlowered<'a>(&self, out: &'a mut [T]) -> Option<&'a mut [T]> {
                Some(out)
            }
            #[inline(always)]
            fn combine(&self, a: T, b: T) -> T {
                a.$combine(b)
            }
            #[inline(always)]
            fn lower(&self, a: T) -> T {
                a
            }
        }
    )* };
}

wrapping! {
    WrappingSum: ZERO plus { const PAIRWISE: bool = T::ROUNDS; }
    WrappingProduct: ONE times {}
}

/// Whether all elements are true; nothing is.
pub(crate) struct All;
/// Whether any element is true; nothing is not.
pub(crate) struct Any;

macro_rules! logic {
    ($($name:ident: $identity:literal $op:tt;)*) => { $(
        impl Monoid<bool> for $name {
            // One byte an element, as a number: the loops vectorise like those of `u8`.
            type Acc = u8;
            type Out = bool;
            const IDEMPOTENT: bool = true;
            const EXACT: bool = true;
            #[inline(always)]
            fn identity(&self) -> u8 {
                $identity
            }
            #[inline(always)]
            fn lift(&self, x: bool) -> u8 {
                x as u8
            }
            #[inline(always)]
            fn combine(&self, a: u8, b: u8) -> u8 {
                a $op b
            }
            #[inline(always)]
            fn lower(&self, a: u8) -> bool {
                a != 0
            }
        }
    )* };
}

logic! {
    All: 1 &;
    Any: 0 |;
}

/// As a caller's monoid says.
pub(crate) struct Own<'a, T, M>(pub(crate) &'a M, PhantomData<fn(T)>);

impl<'a, T, M> Own<'a, T, M> {
    pub(crate) fn of(monoid: &'a M) -> Self {
        Own(monoid, PhantomData)
    }
}

impl<T, M> Clone for Own<'_, T, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, M> Copy for Own<'_, T, M> {}

impl<T, M: Monoid<T>> Op for Own<'_, T, M> {
    type Acc = M::Acc;
    #[inline(always)]
    fn combine(&self, a: M::Acc, b: M::Acc) -> M::Acc {
        self.0.combine(a, b)
    }
}

impl<T, M: Monoid<T>> Lifting<T> for Own<'_, T, M> {
    type Acc = M::Acc;
    const FUSED: bool = M::FUSED;
    #[inline(always)]
    fn lift(&self, x: T) -> M::Acc {
        self.0.lift(x)
    }
    #[inline(always)]
    fn lifted<'a>(&self, elements: &'a [T]) -> Option<&'a [M::Acc]> {
        self.0.lifted(elements)
    }
}
