//! `max`, `min`, `minmax`, their NaN-blind monoids, `any` and `all`.

use crate::check::{Answer, Done, Verdict, answered, refused, same_array};
use crate::oracle::Layout;
use crate::request::{ALL, Case, cells};
use crate::source::Source;
use crate::value::{Value, values};
use ndwindow::{MaxNum, MinNum, Number, Windows};

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.below(6) {
        0 => of::<u8>(s),
        1 => of::<i64>(s),
        2 => of::<f64>(s),
        3 => truth(s),
        _ => of::<f32>(s),
    }
}

/// How the oracle orders elements.
pub(crate) trait Extreme: Value + Number {
    const LOWEST: Self;
    const HIGHEST: Self;
    fn nan(&self) -> bool {
        false
    }
    fn below(&self, other: &Self) -> bool;
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl Extreme for $t {
            const LOWEST: $t = <$t>::MIN;
            const HIGHEST: $t = <$t>::MAX;
            fn below(&self, other: &$t) -> bool {
                self < other
            }
        }
    )*};
}
integers!(u8 i64);

macro_rules! floats {
    ($($t:ty)*) => {$(
        impl Extreme for $t {
            const LOWEST: $t = <$t>::NEG_INFINITY;
            const HIGHEST: $t = <$t>::INFINITY;
            fn nan(&self) -> bool {
                self.is_nan()
            }
            fn below(&self, other: &$t) -> bool {
                self < other || (self == other && self.is_sign_negative() && !other.is_sign_negative())
            }
        }
    )*};
}
floats!(f32 f64);

/// The largest, the first NaN before all others.
pub(crate) fn largest<T: Extreme>(held: &[T]) -> T {
    held.iter().fold(<T as Extreme>::LOWEST, |a, b| if b.nan() || (!a.nan() && a.below(b)) { *b } else { a })
}

pub(crate) fn smallest<T: Extreme>(held: &[T]) -> T {
    held.iter().fold(<T as Extreme>::HIGHEST, |a, b| if b.nan() || (!a.nan() && b.below(&a)) { *b } else { a })
}

/// Windows, how they lie, and what fills padding.
pub(crate) type Laid<'a, T> = (Windows<'a, T>, Layout, Option<T>);

/// The windows of a case over data; or why there is none.
pub(crate) fn laid<'a, T: Value + ndwindow::Element>(
    s: &mut Source,
    case: &Case,
    data: &'a [T],
) -> Result<Result<Laid<'a, T>, Done>, String> {
    let fill = s.flag().then(|| T::small(&mut s.dice()));
    s.say(|| format!("fill {fill:?}"));
    let view = case.view(data);
    let found = case.request().windows(&view);
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => return refused("windows", found.map(|_| ()), &format!("{why:?}")).map(Err),
    };
    let mut windows = answered("windows", found)?;
    if cells(&layout) > ALL.cells {
        return Ok(Err(Done::PassedOver));
    }
    if let Some(fill) = fill {
        windows = windows.fill(fill);
    }
    Ok(Ok((windows, layout, fill)))
}

/// Windows, the shape of a reduction, and what each window holds.
pub(crate) type Held<'a, T> = (Windows<'a, T>, Vec<usize>, Vec<Vec<T>>);

/// The windows of a case over data, and what each holds; or why there is none.
pub(crate) fn windows<'a, T: Value + ndwindow::Element>(
    s: &mut Source,
    case: &Case,
    data: &'a [T],
) -> Result<Result<Held<'a, T>, Done>, String> {
    let (windows, layout, fill) = match laid(s, case, data)? {
        Ok(laid) => laid,
        Err(done) => return Ok(Err(done)),
    };
    let held = layout.held(fill.is_some()).iter().map(|h| read(case, data, h, fill)).collect();
    Ok(Ok((windows, layout.reduced(), held)))
}

/// What stands in the cells of a window.
pub(crate) fn read<T: Copy>(case: &Case, data: &[T], held: &[Option<usize>], fill: Option<T>) -> Vec<T> {
    let place = |at: usize| data[case.account.places[at]];
    held.iter().map(|at| at.map_or_else(|| fill.expect("padding counts if filled"), place)).collect()
}

/// An answer to the bit.
pub(crate) fn exact<A: Answer>(what: &str, found: A, shape: &[usize], expected: &[A::Out]) -> Result<(), String>
where
    A::Out: Value,
{
    same_array(what, &answered(what, found.answer())?, shape, expected)
}

fn of<T: Extreme>(s: &mut Source) -> Verdict {
    let case = Case::decode(s, ALL);
    let data = values::<T>(s, case.elements());
    let (windows, shape, held) = match windows(s, &case, &data)? {
        Ok(all) => all,
        Err(done) => return Ok(done),
    };
    let max: Vec<T> = held.iter().map(|h| largest(h)).collect();
    let min: Vec<T> = held.iter().map(|h| smallest(h)).collect();
    exact("max", windows.max(), &shape, &max)?;
    exact("min", windows.min(), &shape, &min)?;
    let both: Vec<(T, T)> = min.iter().copied().zip(max).collect();
    exact("minmax", windows.minmax(), &shape, &both)?;
    let seen = |h: &Vec<T>| h.iter().copied().filter(|x| !x.nan()).collect::<Vec<_>>();
    let max: Vec<T> = held.iter().map(|h| largest(&seen(h))).collect();
    let min: Vec<T> = held.iter().map(|h| smallest(&seen(h))).collect();
    exact("reduce(MaxNum)", windows.reduce(&MaxNum), &shape, &max)?;
    exact("reduce(MinNum)", windows.reduce(&MinNum), &shape, &min)?;
    Ok(Done::Same)
}

fn truth(s: &mut Source) -> Verdict {
    let case = Case::decode(s, ALL);
    let data = values::<bool>(s, case.elements());
    let (windows, shape, held) = match windows(s, &case, &data)? {
        Ok(all) => all,
        Err(done) => return Ok(done),
    };
    let any: Vec<bool> = held.iter().map(|h| h.iter().any(|&x| x)).collect();
    let all: Vec<bool> = held.iter().map(|h| h.iter().all(|&x| x)).collect();
    exact("any", windows.any(), &shape, &any)?;
    exact("all", windows.all(), &shape, &all)?;
    exact("max of bool", windows.max(), &shape, &any)?;
    exact("min of bool", windows.min(), &shape, &held.iter().map(|h| h.iter().all(|&x| x)).collect::<Vec<_>>())?;
    Ok(Done::Same)
}
