//! Sums, means and products in accumulators as narrow as the window allows.

use super::number::{Number, Total, Wrap};
use crate::kernel::rows::Reduction;

macro_rules! totals {
    ($($sum:ident, $mean:ident: $acc:ident, $lift:ident, |$a:ident| $widen:expr;)*) => { $(
        pub(crate) struct $sum;
        pub(crate) struct $mean;

        impl<T: Number> Reduction<T> for $sum {
            type Acc = T::$acc;
            type Out = T::Wide;
            type Count = ();
            const IDEMPOTENT: bool = false;
            const EXACT: bool = T::EXACT;
            const COUNTED: bool = false;
            #[inline(always)]
            fn identity(&self) -> T::$acc {
                T::$acc::ZERO
            }
            #[inline(always)]
            fn lift(&self, x: T) -> T::$acc {
                x.$lift()
            }
            #[inline(always)]
            fn combine(&self, a: T::$acc, b: T::$acc) -> T::$acc {
                a.plus(b)
            }
            #[inline(always)]
            fn count(&self, _: usize) {}
            #[inline(always)]
            fn lower(&self, a: T::$acc, _: ()) -> T::Wide {
                let $a = a.total();
                $widen
            }
        }

        impl<T: Number> Reduction<T> for $mean {
            type Acc = T::$acc;
            type Out = T::Mean;
            type Count = <T::$acc as Total>::Count;
            const IDEMPOTENT: bool = false;
            const EXACT: bool = T::EXACT;
            const COUNTED: bool = true;
            #[inline(always)]
            fn identity(&self) -> T::$acc {
                T::$acc::ZERO
            }
            #[inline(always)]
            fn lift(&self, x: T) -> T::$acc {
                x.$lift()
            }
            #[inline(always)]
            fn combine(&self, a: T::$acc, b: T::$acc) -> T::$acc {
                a.plus(b)
            }
            #[inline(always)]
            fn count(&self, n: usize) -> Self::Count {
                T::$acc::count(n)
            }
            #[inline(always)]
            fn lower(&self, a: T::$acc, n: Self::Count) -> T::Mean {
                a.mean(n)
            }
        }
    )* };
}

totals! {
    SumNarrow, MeanNarrow: Narrow, narrow, |a| T::from_narrow(a);
    SumMiddle, MeanMiddle: Middle, middle, |a| T::from_middle(a);
    SumWide, MeanWide: Wide, wide, |a| a;
}

/// The product; the accumulator is known to hold it.
pub(crate) struct Product;

impl<T: Number> Reduction<T> for Product {
    type Acc = T::Wide;
    type Out = T::Wide;
    type Count = ();
    const IDEMPOTENT: bool = false;
    const EXACT: bool = T::EXACT;
    const COUNTED: bool = false;
    #[inline(always)]
    fn identity(&self) -> T::Wide {
        T::Wide::ONE
    }
    #[inline(always)]
    fn lift(&self, x: T) -> T::Wide {
        x.wide()
    }
    #[inline(always)]
    fn combine(&self, a: T::Wide, b: T::Wide) -> T::Wide {
        a.times(b)
    }
    #[inline(always)]
    fn count(&self, _: usize) {}
    #[inline(always)]
    fn lower(&self, a: T::Wide, _: ()) -> T::Wide {
        a
    }
}
