//! Windows under a mask: `max`, `min`, `sum`, `argmax`, `argmin`, `rank`.

use super::arg::check_places;
use super::largest::{Extreme, exact, laid, largest, read, smallest};
use super::order::{ranked, sort};
use crate::check::{Done, Verdict, answered, refused};
use crate::oracle::flat;
use crate::request::{ALL, Case};
use crate::source::Source;
use crate::value::{Value, values};
use ndwindow::{Mask, Number};

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.below(4) {
        0 => of::<u8>(s, Some(|held| held.iter().map(|&x| u64::from(x)).sum())),
        1 => of::<i64>(s, Some(|held| held.iter().map(|&x| i128::from(x)).sum())),
        _ => of::<f32>(s, None),
    }
}

/// The exact sum of what a window holds.
type Total<T> = fn(&[T]) -> <T as Number>::Wide;

fn of<T: Extreme + PartialOrd>(s: &mut Source, total: Option<Total<T>>) -> Verdict
where
    T::Wide: Value,
{
    let case = Case::decode(s, ALL);
    let data = values::<T>(s, case.elements());
    let (windows, layout, fill) = match laid(s, &case, &data)? {
        Ok(laid) => laid,
        Err(done) => return Ok(done),
    };
    let shape: Vec<usize> = layout.lines.iter().map(|line| line.window()).collect();
    // Sparse, dense, and now and then full or empty.
    let often = s.pick(&[2usize, 2, 5, 8, 1, 9]);
    let mut dice = s.dice();
    let cells: Vec<bool> = (0..shape.iter().product()).map(|_| (1 + dice.below(8)) < often).collect();
    s.say(|| format!("mask {shape:?}: {cells:?}"));
    let mask = Mask::from_fn(&shape[..], |at| cells[flat(at, &shape)]).map_err(|e| e.to_string())?;
    let masked = answered("masked", windows.masked(&mask))?;
    let kept = |filled: bool| layout.held_where(filled, |tap| cells[flat(tap, &shape)]);
    let reduced = layout.reduced();
    let mut held: Vec<Vec<T>> = kept(fill.is_some()).iter().map(|h| read(&case, &data, h, fill)).collect();
    exact("max", masked.max(), &reduced, &held.iter().map(|h| largest(h)).collect::<Vec<_>>())?;
    exact("min", masked.min(), &reduced, &held.iter().map(|h| smallest(h)).collect::<Vec<_>>())?;
    if let Some(total) = total {
        exact("sum", masked.sum(), &reduced, &held.iter().map(|h| total(h)).collect::<Vec<_>>())?;
    }
    let k = s.below(4);
    s.say(|| format!("rank {k}"));
    if held.iter().any(|h| h.len() <= k) {
        refused("rank", masked.rank(k), "a window of fewer elements")?;
    } else {
        held.iter_mut().for_each(|h| sort(h));
        exact("rank", masked.rank(k), &reduced, &held.iter().map(|h| ranked(h, k)).collect::<Vec<_>>())?;
    }
    // A fill is no element: it has no index.
    let value = |at: usize| data[case.account.places[at]];
    check_places(&layout, &kept(false), value, [masked.argmax(), masked.argmin()])?;
    Ok(Done::Same)
}
