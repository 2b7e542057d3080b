//! Elements lifted to what changes nothing where they do not count.

use super::super::rankable::Rankable;
use super::super::rows::Strided;
use super::super::source::{Blank, Elements, Source};
use crate::array::View;
use crate::kernel::level::{Level, Writer};
use crate::kernel::phases::Row;
use crate::kernel::rows::{AsTheyAre, Lifting, Op};
use crate::kernel::straight::{Straight, reduce_rows};
use crate::spec::Cell;
use alloc::vec::Vec;

/// Lifts as another lifting does, NaNs to nothing.
#[derive(Clone, Copy)]
pub(super) struct Skipping<L, A> {
    pub(super) lifting: L,
    pub(super) nothing: A,
}

impl<T: Rankable, L: Lifting<T>> Lifting<T> for Skipping<L, L::Acc> {
    type Acc = L::Acc;
    const PLACED: bool = L::PLACED;
    #[inline(always)]
    fn lift(&self, x: T) -> L::Acc {
        let lifted = self.lifting.lift(x);
        if x.unordered() { self.nothing } else { lifted }
    }
    #[inline(always)]
    fn lift_at(&self, x: T, k: usize) -> L::Acc {
        let lifted = self.lifting.lift_at(x, k);
        if x.unordered() { self.nothing } else { lifted }
    }
    #[inline]
    fn behind(self, places: &[usize]) -> Self {
        Skipping { lifting: self.lifting.behind(places), ..self }
    }
    #[inline]
    fn along(self, first: usize, step: usize) -> Self {
        Skipping { lifting: self.lifting.along(first, step), ..self }
    }
}

/// The elements of a mask, which need no lifting.
#[derive(Clone, Copy)]
struct Plainly;

impl Lifting<bool> for Plainly {
    type Acc = bool;
    #[inline(always)]
    fn lift(&self, x: bool) -> bool {
        x
    }
    #[inline(always)]
    fn lifted<'a>(&self, elements: &'a [bool]) -> Option<&'a [bool]> {
        Some(elements)
    }
}

/// Masks are read like any array; nobody combines what is read.
#[derive(Clone, Copy)]
struct Either;

impl Op for Either {
    type Acc = bool;
    const BOXED: bool = true;
    const STRAIGHT: bool = false;
    #[inline(always)]
    fn combine(&self, a: bool, b: bool) -> bool {
        a | b
    }
}

/// The elements of an array behind a mask of its shape, if there is one.
pub(super) struct Sifted<'a, T, L: Lifting<T>> {
    elements: Elements<'a, T, L>,
    mask: Option<Elements<'a, bool, Plainly>>,
    nothing: L::Acc,
    level: Level,
    flags: Vec<bool>,
}

impl<'a, T: Copy, L: Lifting<T>> Sifted<'a, T, L> {
    pub(super) fn new(
        (lifting, nothing): (L, L::Acc),
        level: Level,
        source: &'a View<'a, T>,
        mask: Option<&'a View<'a, bool>>,
    ) -> Self {
        let elements = Elements::new(lifting, level, source);
        let mask = mask.map(|mask| Elements::new(Plainly, level, mask));
        Sifted { elements, mask, nothing, level, flags: Vec::new() }
    }
}

impl<T: Copy, L: Lifting<T>, O: Op<Acc = L::Acc>> Source<O> for Sifted<'_, T, L> {
    fn enter(&mut self, index: &[usize], places: &[usize]) {
        Source::<O>::enter(&mut self.elements, index, places);
        if let Some(mask) = &mut self.mask {
            Source::<Either>::enter(mask, index, places);
        }
    }

    fn row(&self) -> Option<&[O::Acc]> {
        if self.mask.is_some() { None } else { Source::<O>::row(&self.elements) }
    }

    fn lift(&mut self, to: &mut [O::Acc], from: Strided, ahead: isize) {
        Source::<O>::lift(&mut self.elements, to, from, ahead);
        let Some(mask) = &mut self.mask else { return };
        match Source::<Either>::row(mask) {
            Some(row) if from.step == 1 => {
                sift(self.level, self.nothing, to, &row[from.first * from.inner..]);
            }
            _ => {
                self.flags.resize(to.len(), true);
                Source::<Either>::lift(mask, &mut self.flags, from, 0);
                sift(self.level, self.nothing, to, &self.flags);
            }
        }
    }

    fn border(&mut self, to: &mut [O::Acc], cells: &[(Cell, usize)], inner: usize, blank: Blank<O::Acc>) {
        Source::<O>::border(&mut self.elements, to, cells, inner, blank);
        if let Some(mask) = &mut self.mask {
            self.flags.resize(to.len(), true);
            // What is no element is what it is.
            let blank = Blank { fill: true, nothing: true };
            Source::<Either>::border(mask, &mut self.flags, cells, inner, blank);
            sift(self.level, self.nothing, to, &self.flags);
        }
    }

    fn open(&mut self, index: &[usize]) {
        Source::<O>::open(&mut self.elements, index);
        if let Some(mask) = &mut self.mask {
            Source::<Either>::open(mask, index);
        }
    }

    fn boxed(&self) -> Option<&[O::Acc]> {
        if self.mask.is_some() { None } else { Source::<O>::boxed(&self.elements) }
    }

    fn lift_boxed(&self, from: usize, to: &mut [O::Acc]) {
        Source::<O>::lift_boxed(&self.elements, from, to);
        if let Some(flags) = self.mask.as_ref().and_then(Source::<Either>::boxed) {
            sift(self.level, self.nothing, to, &flags[from..]);
        }
    }

    fn reduce_boxed(&self, op: O, to: &mut [O::Acc], rows: &[Row], how: &Straight<O::Acc>) -> bool {
        self.mask.is_none() && self.elements.reduce_boxed(op, to, rows, how)
    }

    fn reduce_lifted(&self, op: O, to: &mut [O::Acc], lifted: &[O::Acc], rows: &[Row], how: &Straight<O::Acc>) {
        if const { O::STRAIGHT } {
            reduce_rows(self.level, (AsTheyAre, op), to, lifted, rows, how);
        }
    }
}

/// `if !flags[k] { to[k] = nothing }`; there are as many flags, or more.
#[inline(never)]
fn sift<A: Copy>(level: Level, nothing: A, to: &mut [A], flags: &[bool]) {
    level.write(to, Sift { nothing, flags });
}

struct Sift<'a, A> {
    nothing: A,
    flags: &'a [bool],
}

impl<A: Copy> Writer<A> for Sift<'_, A> {
    #[inline(always)]
    fn write<const FUSED: bool>(self, to: &mut [A]) {
        let flags = &self.flags[..to.len()];
        for k in 0..to.len() {
            to[k] = if flags[k] { to[k] } else { self.nothing };
        }
    }
}
