//! Elements that do not count: `skip_nan`, `valid` and `min_count`, for `count`, `max`, `min`, `sum` and `argmax`.

use super::arg::{foremost, indices_of};
use super::largest::{Extreme, exact, laid, largest, smallest};
use crate::check::{Done, Verdict, answered};
use crate::oracle::held::Held;
use crate::request::{ALL, Case};
use crate::source::Source;
use crate::value::{Value, values};
use ndwindow::{Array, Number};

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.flag() {
        false => of::<f32>(s, (true, f32::NAN), |x| (true, *x), None),
        true => {
            let sums: Sums<u8> = (|held| held.iter().map(|&x| u64::from(x)).sum(), |x| (x.is_some(), x.unwrap_or(0)));
            of::<u8>(s, (false, 0), |x| (x.is_some(), x.unwrap_or(0)), Some(sums))
        }
    }
}

/// The exact sum of what a window holds, and whether a sum is there and which.
type Sums<T> = (fn(&[T]) -> <T as Number>::Wide, fn(&<T as Number>::MaybeWide) -> (bool, <T as Number>::Wide));

/// `some` says whether a result is there and which, as `nothing` says it of one that is not.
fn of<T: Extreme + PartialOrd>(
    s: &mut Source,
    nothing: (bool, T),
    some: fn(&T::Maybe) -> (bool, T),
    sums: Option<Sums<T>>,
) -> Verdict
where
    T::Wide: Value + Default,
{
    let case = Case::decode(s, ALL);
    let data = values::<T>(s, case.elements());
    let (windows, layout, fill) = match laid(s, &case, &data)? {
        Ok(laid) => laid,
        Err(done) => return Ok(done),
    };
    let mut dice = s.dice();
    let often = s.pick(&[4usize, 1, 7, 8]);
    let marks: Vec<bool> = (0..data.len()).map(|_| dice.below(8) < often).collect();
    let (by_mask, skips, least) = (s.flag(), s.flag(), s.below(5));
    s.say(|| format!("mask {by_mask} {marks:?}, skip_nan {skips}, min_count {least}"));
    let seen = case.view(&marks);
    let gaps = match (by_mask, skips) {
        (true, true) => answered("valid", windows.valid(&seen))?.skip_nan(),
        (true, false) => answered("valid", windows.valid(&seen))?,
        (false, _) => windows.skip_nan(),
    };
    let skips = skips || !by_mask;
    let gaps = gaps.min_count(least);
    let value = |at: &Option<usize>| at.map_or_else(|| fill.expect("a fill"), |at| data[case.account.places[at]]);
    let counts = |at: &Option<usize>| {
        let marked = !by_mask || at.is_none_or(|at| marks[case.account.places[at]]);
        marked && !(skips && value(at).nan())
    };
    let of = |filled: bool| -> Vec<Held> {
        layout.held(filled).into_iter().map(|h| h.into_iter().filter(|at| counts(at)).collect()).collect()
    };
    let (held, reduced) = (of(fill.is_some()), layout.reduced());
    let numbers: Vec<Vec<T>> = held.iter().map(|h| h.iter().map(value).collect()).collect();
    exact("count", gaps.count(), &reduced, &held.iter().map(|h| h.len()).collect::<Vec<_>>())?;
    let none = |h: &Vec<T>| h.is_empty() || h.len() < least;
    let expected = |f: fn(&[T]) -> T| -> Vec<(bool, T)> {
        numbers.iter().map(|h| if none(h) { nothing } else { (true, f(h)) }).collect()
    };
    for (what, found, f) in [("max", gaps.max(), largest as fn(&[T]) -> T), ("min", gaps.min(), smallest)] {
        let found: Vec<(bool, T)> = found.as_slice().iter().map(some).collect();
        exact(what, Array::new(found, &reduced[..]), &reduced, &expected(f))?;
    }
    if let Some((total, wide)) = sums {
        let found: Vec<(bool, T::Wide)> = gaps.sum().as_slice().iter().map(wide).collect();
        let expected = numbers.iter().map(|h| match h.len() < least {
            true => (false, T::Wide::default()),
            false => (true, total(h)),
        });
        exact("sum", Array::new(found, &reduced[..]), &reduced, &expected.collect::<Vec<_>>())?;
    }
    let index = indices_of(&layout);
    let first = |h: &Held| {
        let best = foremost(h, |at| value(&Some(at)), true);
        best.filter(|_| h.len() >= least).map_or((false, 0), |at| (true, index(at)))
    };
    let expected: Vec<(bool, usize)> = of(false).iter().map(first).collect();
    let found: Vec<(bool, usize)> = gaps.argmax().as_slice().iter().map(|at| (at.is_some(), at.unwrap_or(0))).collect();
    exact("argmax", Array::new(found, &reduced[..]), &reduced, &expected)?;
    Ok(Done::Same)
}
