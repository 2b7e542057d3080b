//! How many elements of each window count.

use super::super::accumulator::{Total, Wrap};
use super::super::engine;
use super::super::ops::Plus;
use super::super::rankable::Rankable;
use super::super::total::Bits;
use super::run::reduce;
use super::tallies::Tallies;
use super::windows::ValidWindows;
use crate::array::View;
use crate::error::Result;
use crate::kernel::level::Level;
use crate::kernel::rows::{Lifting, Reduction};
use crate::spec::Plan;
use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

/// 1 for an element that is lifted at all.
#[derive(Clone, Copy)]
struct Ones<B>(PhantomData<fn(B)>);

impl<T: Rankable, B: Wrap> Lifting<T> for Ones<B> {
    type Acc = B;
    #[inline(always)]
    fn lift(&self, _: T) -> B {
        B::ONE
    }
}

/// 1 for what is true in a mask.
#[derive(Clone, Copy)]
struct Flags<B>(PhantomData<fn(B)>);

impl<B: Wrap> Lifting<bool> for Flags<B> {
    type Acc = B;
    #[inline(always)]
    fn lift(&self, counts: bool) -> B {
        if counts { B::ONE } else { B::ZERO }
    }
}

/// 1 for a NaN.
#[derive(Clone, Copy)]
struct Nans;

impl<T: Rankable> Lifting<T> for Nans {
    type Acc = i64;
    #[inline(always)]
    fn lift(&self, x: T) -> i64 {
        x.unordered().into()
    }
}

/// Adds up what is lifted.
struct Count<C, L>(L, PhantomData<fn(C)>);

impl<T, C: Total, L: Lifting<T, Acc = Bits<C>>> Reduction<T> for Count<C, L> {
    type Acc = L::Acc;
    type Lift = L;
    type Op = Plus<L::Acc>;
    type Out = C;
    type Count = ();
    const IDEMPOTENT: bool = false;
    const EXACT: bool = true;
    const COUNTED: bool = false;
    #[inline(always)]
    fn op(&self) -> Plus<L::Acc> {
        Plus::OP
    }
    #[inline(always)]
    fn identity(&self) -> L::Acc {
        L::Acc::ZERO
    }
    #[inline(always)]
    fn lifting(&self) -> L {
        self.0
    }
    #[inline(always)]
    fn count(&self, _: usize) {}
    #[inline(always)]
    fn unlowered<'a>(&self, out: &'a mut [C]) -> Option<&'a mut [L::Acc]> {
        Some(C::all_bits(out))
    }
    #[inline(always)]
    fn lower(&self, a: L::Acc, _: ()) -> C {
        C::of_bits(a)
    }
}

/// How many elements count, for every result.
pub(super) fn tally<T: Rankable>(windows: &ValidWindows<'_, T>) -> Result<Tallies> {
    Ok(match windows.plan.window_len() < u16::MAX.into() {
        true => Tallies::Short(counts(windows)?),
        false => Tallies::Long(counts(windows)?),
    })
}

fn counts<T: Rankable, C: Total>(windows: &ValidWindows<'_, T>) -> Result<Vec<C>> {
    let mut counts = vec![C::ZERO; windows.plan.reduced_dims().iter().product()];
    if const { T::NANS } && windows.skips() {
        reduce(windows, &Count(Ones::<Bits<C>>(PhantomData), PhantomData), None, &mut counts)?;
        return Ok(counts);
    }
    marked(&windows.plan, windows.mask.as_ref(), windows.fill.is_some(), &mut counts)?;
    Ok(counts)
}

/// How many elements of each window a mask marks, or how many there are; what they are does not matter, so they are not read.
fn marked<C: Total>(plan: &Plan, mask: Option<&View<'_, bool>>, filled: bool, counts: &mut [C]) -> Result<()> {
    let (every, shape) = ([true], plan.input_shape());
    let mask = match mask {
        Some(mask) => mask.clone(),
        None => View::with_strides(&every, shape, vec![0; shape.len()], 0)?,
    };
    let flags = Count(Flags::<Bits<C>>(PhantomData), PhantomData);
    engine::reduce(plan, &mask, filled.then_some(true), (&flags, None), Level::detect(), counts);
    Ok(())
}

/// How many NaNs are among the elements that count, for every result.
pub(super) fn nans<T: Rankable>(windows: &ValidWindows<'_, T>) -> Result<Vec<u64>> {
    let mut nans = vec![0; windows.plan.reduced_dims().iter().product()];
    reduce(windows, &Count(Nans, PhantomData), None, &mut nans)?;
    Ok(nans)
}
