//! How the built-in reductions combine: the same for all element types that are accumulated alike.

use super::accumulator::Wrap;
use super::monoid::Monoid;
use crate::kernel::rows::{Lifting, Op};
use core::marker::PhantomData;

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident of $bound:path: $acc:ty, |$a:ident, $b:ident| $combine:expr;)*) => { $(
        $(#[$doc])*
        pub(crate) struct $name<A>(PhantomData<fn(A)>);

        impl<A> $name<A> {
            pub(crate) const OP: Self = $name(PhantomData);
        }

        impl<A> Clone for $name<A> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<A> Copy for $name<A> {}

        impl<A: Copy + Send + Sync + $bound> Op for $name<A> {
            type Acc = $acc;
            #[inline(always)]
            fn combine(&self, $a: $acc, $b: $acc) -> $acc {
                $combine
            }
        }
    )* };
}

ops! {
    /// The larger one.
    Larger of Ord: A, |a, b| a.max(b);
    /// The smaller one.
    Smaller of Ord: A, |a, b| a.min(b);
    /// The sum.
    Plus of Wrap: A, |a, b| a.plus(b);
    /// The product.
    Times of Wrap: A, |a, b| a.times(b);
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
