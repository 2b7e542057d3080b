//! Elements that do not count: `skip_nan`, `valid` and `min_count`, for `count`, `max`, `min`, `sum` and `argmax`.

use super::largest::{Extreme, exact, laid, largest, smallest};
use crate::check::{Done, Verdict, answered};
use crate::oracle::{flat, indices};
use crate::request::{ALL, Case};
use crate::source::Source;
use crate::value::{Value, values};
use ndwindow::{Array, Number};

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.flag() {
        false => of::<f32>(
            s,
            |x| (true, *x),
            |x, none| (true, if none { f32::NAN } else { x.unwrap_or(f32::NAN) }),
            |_| None,
            |x| (true, *x),
        ),
        true => of::<u8>(
            s,
            |x| (x.is_some(), x.unwrap_or(0)),
            |x, none| (!none, if none { 0 } else { x.unwrap_or(0) }),
            |held| Some(held.iter().map(|&x| u64::from(x)).sum()),
            |x| (x.is_some(), x.unwrap_or(0)),
        ),
    }
}

/// `some` says whether there is a result and which; `want` the same of a result that may be none.
fn of<T: Extreme + PartialOrd>(
    s: &mut Source,
    some: fn(&T::Maybe) -> (bool, T),
    want: fn(Option<T>, bool) -> (bool, T),
    total: fn(&[T]) -> Option<T::Wide>,
    wide: fn(&<T as Number>::MaybeWide) -> (bool, T::Wide),
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
    let of = |filled: bool| -> Vec<Vec<Option<usize>>> {
        layout.held(filled).into_iter().map(|h| h.into_iter().filter(|at| counts(at)).collect()).collect()
    };
    let (held, reduced) = (of(fill.is_some()), layout.reduced());
    let numbers: Vec<Vec<T>> = held.iter().map(|h| h.iter().map(value).collect()).collect();
    exact("count", gaps.count(), &reduced, &held.iter().map(|h| h.len()).collect::<Vec<_>>())?;
    let none = |h: &Vec<T>| h.is_empty() || h.len() < least;
    let expected = |f: fn(&[T]) -> T| numbers.iter().map(|h| want(Some(f(h)), none(h))).collect::<Vec<_>>();
    for (what, found, f) in [("max", gaps.max(), largest as fn(&[T]) -> T), ("min", gaps.min(), smallest)] {
        let found: Vec<(bool, T)> = found.as_slice().iter().map(some).collect();
        exact(what, Array::new(found, &reduced[..]), &reduced, &expected(f))?;
    }
    let sums: Option<Vec<T::Wide>> = numbers.iter().map(|h| total(h)).collect();
    if let Some(sums) = sums {
        let found: Vec<(bool, T::Wide)> = gaps.sum().as_slice().iter().map(wide).collect();
        let expected = numbers.iter().zip(sums).map(|(h, sum)| match h.len() < least {
            true => (false, T::Wide::default()),
            false => (true, sum),
        });
        exact("sum", Array::new(found, &reduced[..]), &reduced, &expected.collect::<Vec<_>>())?;
    }
    let places = indices(&layout.shape);
    let index = |at: usize| {
        let along = |list: &[usize]| layout.axes.iter().map(|&a| list[a]).collect::<Vec<_>>();
        flat(&along(&places[at]), &along(&layout.shape))
    };
    let first = |h: &Vec<Option<usize>>| {
        let best = h.iter().flatten().copied().reduce(|a, b| {
            let (x, y) = (value(&Some(a)), value(&Some(b)));
            if (y.nan() && !x.nan()) || (!x.nan() && x < y) { b } else { a }
        });
        best.filter(|_| h.len() >= least).map_or((false, 0), |at| (true, index(at)))
    };
    let expected: Vec<(bool, usize)> = of(false).iter().map(first).collect();
    let found: Vec<(bool, usize)> = gaps.argmax().as_slice().iter().map(|at| (at.is_some(), at.unwrap_or(0))).collect();
    exact("argmax", Array::new(found, &reduced[..]), &reduced, &expected)?;
    Ok(Done::Same)
}
