//! How the built-in reductions combine: the same for all element types that are accumulated alike.

use super::accumulator::Wrap;
use crate::kernel::rows::Op;
use core::marker::PhantomData;

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident of $bound:path: $acc:ty, boxed if $boxed:expr, |$a:ident, $b:ident| $combine:expr;)*) => { $(
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
            const BOXED: bool = $boxed;
            #[inline(always)]
            fn combine(&self, $a: $acc, $b: $acc) -> $acc {
                $combine
            }
        }
    )* };
}

// What is pooled: bytes, and floats, by their keys of four and eight bytes.
ops! {
    /// The larger one.
    Larger of Ord: A, boxed if matches!(size_of::<A>(), 1 | 4 | 8), |a, b| a.max(b);
    /// The smaller one.
    Smaller of Ord: A, boxed if size_of::<A>() == 1, |a, b| a.min(b);
    /// The sum.
    Plus of Wrap: A, boxed if A::ROUNDS, |a, b| a.plus(b);
    /// The product.
    Times of Wrap: A, boxed if false, |a, b| a.times(b);
}
