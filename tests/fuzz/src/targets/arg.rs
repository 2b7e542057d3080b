//! `argmax` and `argmin`.

use super::largest::Extreme;
use crate::check::{Done, Verdict, answered, refused, same_array};
use crate::oracle::held::Held;
use crate::oracle::{Layout, flat, indices};
use crate::request::{ALL, Case, cells};
use crate::source::Source;
use crate::value::values;
use ndwindow::{Array, Error};

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.below(3) {
        0 => of::<u8>(s),
        1 => of::<i64>(s),
        _ => of::<f32>(s),
    }
}

fn of<T: Extreme + PartialOrd>(s: &mut Source) -> Verdict {
    let case = Case::decode(s, ALL);
    let data = values::<T>(s, case.elements());
    let fill = s.flag().then(|| T::any(&mut s.dice()));
    let view = case.view(&data);
    let found = case.request().windows(&view);
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => return refused("windows", found.map(|_| ()), &format!("{why:?}")),
    };
    if cells(&layout) > ALL.cells {
        return Ok(Done::PassedOver);
    }
    let mut windows = answered("windows", found)?;
    if let Some(fill) = fill {
        windows = windows.fill(fill);
    }
    let elements = case.account.elements(&data);
    // A fill is no element: it has no index.
    let held = layout.held(false);
    check_places(&layout, &held, |at| elements[at], [windows.argmax(), windows.argmin()])?;
    Ok(if held.iter().any(|h| h.is_empty()) { Done::Refused } else { Done::Same })
}

/// `argmax` and `argmin` of the elements that windows hold, by their places in the array.
pub(crate) fn check_places<T: Extreme + PartialOrd>(
    layout: &Layout,
    held: &[Held],
    value: impl Fn(usize) -> T,
    [largest, smallest]: [Result<Array<usize>, Error>; 2],
) -> Result<(), String> {
    let index = indices_of(layout);
    for (what, found, upward) in [("argmax", largest, true), ("argmin", smallest, false)] {
        if held.iter().any(|h| h.is_empty()) {
            refused(what, found, "a window without elements")?;
            continue;
        }
        let first = |h: &Held| index(foremost(h, &value, upward).expect("a window with elements"));
        let expected: Vec<usize> = held.iter().map(first).collect();
        same_array(what, &answered(what, found)?, &layout.reduced(), &expected)?;
    }
    Ok(())
}

/// The place of the largest element (or the smallest) that is held, the first of equals; the first NaN before all numbers.
pub(crate) fn foremost<T: Extreme + PartialOrd>(
    held: &Held,
    value: impl Fn(usize) -> T,
    upward: bool,
) -> Option<usize> {
    // Equal as numbers: the two zeros are.
    let better = |a: T, b: T| if upward { b < a } else { a < b };
    held.iter().flatten().copied().reduce(|a, b| {
        let (x, y) = (value(a), value(b));
        if (y.nan() && !x.nan()) || (!x.nan() && better(y, x)) { b } else { a }
    })
}

/// Turns a place in the array into the flat index in its unfolded axes.
pub(crate) fn indices_of(layout: &Layout) -> impl Fn(usize) -> usize {
    let places = indices(&layout.shape);
    move |at| {
        let along = |list: &[usize]| layout.axes.iter().map(|&a| list[a]).collect::<Vec<_>>();
        flat(&along(&places[at]), &along(&layout.shape))
    }
}
