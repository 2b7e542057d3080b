//! `argmax` and `argmin`.

use super::largest::Extreme;
use crate::check::{Done, Verdict, answered, refused, same_array};
use crate::oracle::flat;
use crate::request::{ALL, Case, cells};
use crate::source::Source;
use crate::value::values;

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
    let places = crate::oracle::indices(&layout.shape);
    let index = |at: usize| {
        let at = &places[at];
        let along = |list: &[usize]| layout.axes.iter().map(|&a| list[a]).collect::<Vec<_>>();
        flat(&along(at), &along(&layout.shape))
    };
    for (what, found, upward) in [("argmax", windows.argmax(), true), ("argmin", windows.argmin(), false)] {
        if held.iter().any(|h| h.is_empty()) {
            refused(what, found, "a window without elements")?;
            continue;
        }
        // Equal as numbers: the two zeros are.
        let better = |a: T, b: T| if upward { b < a } else { a < b };
        let first = |h: &Vec<Option<usize>>| {
            let places = h.iter().map(|at| at.expect("an element"));
            let best = places.reduce(|a, b| {
                let (x, y) = (elements[a], elements[b]);
                if (y.nan() && !x.nan()) || (!x.nan() && better(y, x)) { b } else { a }
            });
            index(best.expect("a window with elements"))
        };
        let expected: Vec<usize> = held.iter().map(first).collect();
        same_array(what, &answered(what, found)?, &layout.reduced(), &expected)?;
    }
    Ok(if held.iter().any(|h| h.is_empty()) { Done::Refused } else { Done::Same })
}
