//! How the built-in reductions combine: the same for all element types that are accumulated alike.

use super::accumulator::Wrap;
use crate::kernel::level::Level;
use crate::kernel::pairwise::{Along, Batch, pairwise, pairwise_along};
use crate::kernel::rows::Op;
use crate::kernel::{same, same_mut};
use core::marker::PhantomData;

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident of $bound:path: $acc:ty, boxed if $boxed:expr, |$a:ident, $b:ident| $combine:expr
        $(, { $($more:tt)* })?;)*) => { $(
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
            const TOTAL: bool = true;
            #[inline(always)]
            fn combine(&self, $a: $acc, $b: $acc) -> $acc {
                $combine
            }
            $($($more)*)?
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
    Plus of Wrap: A, boxed if A::ROUNDS, |a, b| a.plus(b), {
        const BATCHED: bool = A::ROUNDS || size_of::<A>() == 4;
        fn batch(&self, level: Level, rows: &mut [A], delays: &mut [A], batch: Batch) {
            if let (Some(rows), Some(delays)) = (same_mut(rows), same_mut(delays)) {
                pairwise::<f32>(level, rows, delays, batch);
            } else if let (Some(rows), Some(delays)) = (same_mut(rows), same_mut(delays)) {
                pairwise::<f64>(level, rows, delays, batch);
            } else if let (Some(rows), Some(delays)) = (same_mut(rows), same_mut(delays)) {
                pairwise::<i32>(level, rows, delays, batch);
            }
        }
        fn batch_along(&self, level: Level, to: &mut [A], from: &[A], delays: &mut [A], along: &mut Along) {
            if let (Some(to), Some(from), Some(delays)) = (same_mut(to), same(from), same_mut(delays)) {
                pairwise_along::<f32>(level, to, from, delays, along);
            } else if let (Some(to), Some(from), Some(delays)) = (same_mut(to), same(from), same_mut(delays)) {
                pairwise_along::<f64>(level, to, from, delays, along);
            } else if let (Some(to), Some(from), Some(delays)) = (same_mut(to), same(from), same_mut(delays)) {
                pairwise_along::<i32>(level, to, from, delays, along);
            }
        }
    };
    /// The product.
    Times of Wrap: A, boxed if false, |a, b| a.times(b);
}
