//! Sums, means and products in accumulators as narrow as the window allows.

use super::accumulator::{Total, Wrap};
use super::number::Number;
use super::ops::{Plus, Times};
use crate::kernel::rows::{Lifting, Reduction};
use core::sync::atomic::{AtomicBool, Ordering};

/// What sums of a type are added up in.
pub(super) type Bits<A> = <A as Total>::Bits;

/// Elements in a type that holds sums of few of them, made smaller first where `small` sums are asked for.
#[derive(Clone, Copy)]
pub(crate) struct InNarrow {
    pub(crate) small: bool,
}

impl<T: Number> Lifting<T> for InNarrow {
    type Acc = Bits<T::Narrow>;
    #[inline(always)]
    fn lift(&self, x: T) -> Bits<T::Narrow> {
        x.narrow().shrunk(self.small).bits()
    }
    #[inline(always)]
    fn lifted<'a>(&self, elements: &'a [T]) -> Option<&'a [Bits<T::Narrow>]> {
        if self.small { None } else { T::narrow_all(elements) }
    }
}

/// The same of many of them.
#[derive(Clone, Copy)]
pub(crate) struct InMiddle;

impl<T: Number> Lifting<T> for InMiddle {
    type Acc = Bits<T::Medium>;
    #[inline(always)]
    fn lift(&self, x: T) -> Bits<T::Medium> {
        x.middle().bits()
    }
}

/// A reduction that adds: what it adds up in, what it counts with, and what becomes of a sum.
macro_rules! adding {
    ($name:ident of $bound:ident in $acc:ident by $lift:ident { $lifting:expr }, counted: $counted:literal,
        |$n:ident| $count:ty { $made:expr }, |$a:ident, $of:ident| $out:ty { $lowered:expr }
        $(, all by $all:ident)?) => {
        pub(crate) struct $name;

        impl<T: $bound> Reduction<T> for $name {
            type Acc = Bits<T::$acc>;
            type Lift = $lift;
            type Op = Plus<Bits<T::$acc>>;
            type Out = $out;
            type Count = $count;
            const IDEMPOTENT: bool = false;
            const EXACT: bool = T::EXACT;
            const COUNTED: bool = $counted;
            const PAIRWISE: bool = !T::EXACT;
            #[inline(always)]
            fn op(&self) -> Plus<Bits<T::$acc>> {
                Plus::OP
            }
            #[inline(always)]
            fn identity(&self) -> Bits<T::$acc> {
                T::$acc::ZERO.bits()
            }
            #[inline(always)]
            fn lifting(&self) -> $lift {
                $lifting
            }
            #[inline(always)]
            fn count(&self, $n: usize) -> $count {
                $made
            }
            #[inline(always)]
            fn lower(&self, sum: Bits<T::$acc>, $of: $count) -> $out {
                let $a = T::$acc::of_bits(sum);
                $lowered
            }
            $(
                #[inline(always)]
                fn lower_all<const FUSED: bool>(&self, values: &[Bits<T::$acc>], n: $count, out: &mut [$out]) {
                    T::$acc::$all::<FUSED>(values, n, out);
                }
            )?
        }
    };
}
pub(super) use adding;

adding! {
    SumNarrow of Number in Narrow by InNarrow { InNarrow { small: false } }, counted: false,
    |_n| () { () }, |sum, _n| T::Wide { T::from_narrow(sum.total()) }
}
adding! {
    SumMiddle of Number in Medium by InMiddle { InMiddle }, counted: false,
    |_n| () { () }, |sum, _n| T::Wide { T::from_middle(sum.total()) }
}
adding! {
    MeanMiddle of Number in Medium by InMiddle { InMiddle }, counted: true,
    |n| <T::Medium as Total>::Count { T::Medium::count(n) }, |sum, n| T::Mean { sum.mean(n) }, all by means
}

/// The mean, of summands that are made smaller first where their sum may overflow.
pub(crate) struct MeanNarrow {
    small: bool,
    /// Whether some mean is none that is finite.
    lost: AtomicBool,
}

impl MeanNarrow {
    pub(crate) fn new(small: bool) -> Self {
        MeanNarrow { small, lost: AtomicBool::new(false) }
    }

    pub(crate) fn lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

impl<T: Number> Reduction<T> for MeanNarrow {
    type Acc = Bits<T::Narrow>;
    type Lift = InNarrow;
    type Op = Plus<Bits<T::Narrow>>;
    type Out = T::Mean;
    type Count = <T::Narrow as Total>::Count;
    const IDEMPOTENT: bool = false;
    const EXACT: bool = T::EXACT;
    const COUNTED: bool = true;
    const PAIRWISE: bool = !T::EXACT;
    #[inline(always)]
    fn op(&self) -> Plus<Bits<T::Narrow>> {
        Plus::OP
    }
    #[inline(always)]
    fn identity(&self) -> Bits<T::Narrow> {
        T::Narrow::ZERO.bits()
    }
    #[inline(always)]
    fn lifting(&self) -> InNarrow {
        InNarrow { small: self.small }
    }
    #[inline(always)]
    fn seen(&self, means: &[T::Mean]) {
        if const { !T::EXACT } && !means.iter().fold(true, |all, &mean| all & T::Narrow::is_finite(mean)) {
            self.lost.store(true, Ordering::Relaxed);
        }
    }
    #[inline(always)]
    fn count(&self, n: usize) -> Self::Count {
        T::Narrow::count(n)
    }
    #[inline(always)]
    fn lower(&self, a: Bits<T::Narrow>, n: Self::Count) -> T::Mean {
        T::Narrow::grown(T::Narrow::of_bits(a).mean(n), self.small)
    }
    #[inline(always)]
    fn lower_all<const FUSED: bool>(&self, values: &[Bits<T::Narrow>], n: Self::Count, out: &mut [T::Mean]) {
        T::Narrow::means::<FUSED>(values, n, out);
        if self.small {
            out.iter_mut().for_each(|mean| *mean = T::Narrow::grown(*mean, true));
        }
    }
}

/// The product of floats.
pub(crate) struct Product;

impl<T: Number<Narrow = <T as Number>::Wide>> Reduction<T> for Product {
    type Acc = Bits<T::Wide>;
    type Lift = InNarrow;
    type Op = Times<Bits<T::Wide>>;
    type Out = T::Wide;
    type Count = ();
    const IDEMPOTENT: bool = false;
    const EXACT: bool = T::EXACT;
    const COUNTED: bool = false;
    #[inline(always)]
    fn identity(&self) -> Bits<T::Wide> {
        T::Wide::ONE.bits()
    }
    #[inline(always)]
    fn lifting(&self) -> InNarrow {
        InNarrow { small: false }
    }
    #[inline(always)]
    fn op(&self) -> Times<Bits<T::Wide>> {
        Times::OP
    }
    #[inline(always)]
    fn count(&self, _: usize) {}
    #[inline(always)]
    fn lower(&self, a: Bits<T::Wide>, _: ()) -> T::Wide {
        T::Wide::of_bits(a)
    }
}
