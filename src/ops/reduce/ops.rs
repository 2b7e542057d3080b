//! How the built-in reductions combine: the same for all element types that are accumulated alike.

use super::accumulator::Wrap;
use super::monoid::Monoid;
use crate::kernel::rows::{Lifting, Op};
use core::marker::PhantomData;

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident of $bound:path: $acc:ty, |$a:ident, $b:ident| $combine:expr $(, $carries:item)*;)*) => { $(
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
            $(#[inline(always)] $carries)*
        }
    )* };
}

ops! {
    /// The larger one.
    Larger of Ord: A, |a, b| a.max(b);
    /// The smaller one.
    Smaller of Ord: A, |a, b| a.min(b);
    /// The sum.
    Plus of Wrap: A, |a, b| a.plus(b),
        fn with(&self, a: A, b: A, took: A) -> (A, A) { a.with(b, took) },
        fn settle(&self, a: A, took: A) -> A { a.settled(took) },
        fn untaken(&self, _: A) -> A { A::ZERO };
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
    #[inline(always)]
    fn with(&self, a: M::Acc, b: M::Acc, took: M::Acc) -> (M::Acc, M::Acc) {
        self.0.with(a, b, took)
    }
    #[inline(always)]
    fn settle(&self, a: M::Acc, took: M::Acc) -> M::Acc {
        self.0.settle(a, took)
    }
    #[inline(always)]
    fn untaken(&self, _: M::Acc) -> M::Acc {
        self.0.identity()
    }
}

impl<T, M: Monoid<T>> Lifting<T> for Own<'_, T, M> {
    type Acc = M::Acc;
    #[inline(always)]
    fn lift(&self, x: T) -> M::Acc {
        self.0.lift(x)
    }
    #[inline(always)]
    fn lifted<'a>(&self, elements: &'a [T]) -> Option<&'a [M::Acc]> {
        self.0.lifted(elements)
    }
}
