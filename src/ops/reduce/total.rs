//! Sums, means and products in accumulators as narrow as the window allows.

use super::number::{Number, Total, Wrap};
use crate::kernel::rows::Reduction;

/// A reduction that adds: what it adds up in, what it counts with, and what becomes of a sum.
macro_rules! adding {
    ($name:ident of $bound:ident in $acc:ident by $lift:ident, counted: $counted:literal,
        |$n:ident| $count:ty { $made:expr }, |$a:ident, $of:ident| $out:ty { $lowered:expr }
        $(, lifted by $lifted:ident)? $(, all by $all:ident)?) => {
        pub(crate) struct $name;

        impl<T: $bound> Reduction<T> for $name {
            type Acc = T::$acc;
            type Out = $out;
            type Count = $count;
            const IDEMPOTENT: bool = false;
            const EXACT: bool = T::EXACT;
            const COUNTED: bool = $counted;
            #[inline(always)]
            fn identity(&self) -> T::$acc {
                T::$acc::ZERO
            }
            #[inline(always)]
            fn lift(&self, x: T) -> T::$acc {
                x.$lift()
            }
            $(
                #[inline(always)]
                fn lifted<'a>(&self, elements: &'a [T]) -> Option<&'a [T::$acc]> {
                    T::$lifted(elements)
                }
            )?
            #[inline(always)]
            fn combine(&self, a: T::$acc, b: T::$acc) -> T::$acc {
                a.plus(b)
            }
            #[inline(always)]
            fn count(&self, $n: usize) -> $count {
                $made
            }
            #[inline(always)]
            fn lower(&self, $a: T::$acc, $of: $count) -> $out {
                $lowered
            }
            $(
                #[inline(always)]
                fn lower_all<const FUSED: bool, const L: usize>(
                    &self,
                    values: &[T::$acc; L],
                    n: $count,
                    out: &mut [$out; L],
                ) {
                    T::$acc::$all::<FUSED, L>(values, n, out);
                }
            )?
        }
    };
}
pub(super) use adding;

macro_rules! totals {
    ($($sum:ident, $mean:ident: $acc:ident, $lift:ident $(or $lifted:ident)?, |$a:ident| $widen:expr;)*) => { $(
        adding! {
            $sum of Number in $acc by $lift, counted: false,
            |_n| () { () }, |sum, _n| T::Wide {{ let $a = sum.total(); $widen }} $(, lifted by $lifted)?
        }
        adding! {
            $mean of Number in $acc by $lift, counted: true,
            |n| <T::$acc as Total>::Count { T::$acc::count(n) }, |sum, n| T::Mean { sum.mean(n) } $(, lifted by $lifted)?, all by means
        }
    )* };
}

totals! {
    SumNarrow, MeanNarrow: Narrow, narrow or narrow_all, |a| T::from_narrow(a);
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
