//! Views and copies of windows.

use crate::check::{Done, Verdict, answered, equal, refused, same, same_array, same_shape};
use crate::oracle::{Layout, Out};
use crate::request::{ALL, Case, cells};
use crate::source::Source;
use crate::value::{Value, values};
use ndwindow::{Element, Windows};

pub(crate) fn run(s: &mut Source) -> Verdict {
    // A type a size, and a float whose blank is not all that is zero.
    match s.below(5) {
        0 => of::<u8>(s),
        1 => of::<i16>(s),
        2 => of::<f64>(s),
        3 => of::<u128>(s),
        _ => of::<f32>(s),
    }
}

fn of<T: Value + Element>(s: &mut Source) -> Verdict {
    let case = Case::decode(s, ALL);
    let data = values::<T>(s, case.elements());
    let fill = s.flag().then(|| T::any(&mut s.dice()));
    let view = case.view(&data);
    let found = case.request().windows(&view);
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => return refused("windows", found.map(|_| ()), &format!("{why:?}")),
    };
    let mut windows = answered("windows", found)?;
    if cells(&layout) > ALL.cells {
        return Ok(Done::PassedOver);
    }
    if let Some(fill) = fill {
        windows = windows.fill(fill);
    }
    let mut order = layout.order(case.grid_first);
    if s.flag() {
        let turned = shuffled(s, order.len());
        s.say(|| format!("permuted by {turned:?}"));
        windows = answered("permute", windows.permute(&turned))?;
        order = turned.iter().map(|&o| order[o.rem_euclid(order.len() as isize) as usize]).collect();
    }
    let elements = case.account.elements(&data);
    let blank = fill.unwrap_or(T::default());
    let expected = layout.copy(&order, &elements, blank);
    let shape = layout.out_shape(&order);
    same_array("to_array", &windows.to_array(), &shape, &expected)?;
    let mut out = vec![blank.wrong(); expected.len()];
    answered("copy_into", windows.copy_into(&mut out))?;
    same("copy_into", &out, &expected)?;
    view_alike(&case, &layout, &order, &windows, &expected)?;
    mapped(&layout, &elements, &windows, blank)?;
    Ok(Done::Same)
}

/// An order of axes, some of them named from the end.
fn shuffled(s: &mut Source, rank: usize) -> Vec<isize> {
    let mut left: Vec<isize> = (0..rank as isize).collect();
    (0..rank).map(|_| left.remove(s.below(left.len())) - if s.rarely(4) { rank as isize } else { 0 }).collect()
}

/// A view is there exactly where strides can describe the windows, and shows what the copy holds.
fn view_alike<T: Value + Element>(
    case: &Case,
    layout: &Layout,
    order: &[Out],
    windows: &Windows<'_, T>,
    expected: &[T],
) -> Result<(), String> {
    let strided = case.asks.iter().zip(&layout.lines).all(|(ask, line)| {
        let even = (2..line.count()).all(|i| line.start(i) - line.start(i - 1) == line.start(1) - line.start(0));
        let solid = ask.base == 1 || ask.len <= 1;
        // A span whose first and last cell are elements is one without padding.
        even && solid && (0..line.count()).all(|i| line.inside(i))
    });
    equal("is_strided", &windows.plan().is_strided(), &strided)?;
    match windows.view() {
        Ok(view) if strided => {
            same_shape("view", view.shape(), &layout.out_shape(order))?;
            let cells: Vec<T> = view.iter().copied().collect();
            same("view", &cells, expected)?;
            same("copy of a view", view.to_array().as_slice(), expected)
        }
        Err(_) if !strided => Ok(()),
        Ok(_) => Err("view answered: should be refused".into()),
        Err(e) => Err(format!("view refused: {e}")),
    }
}

/// `map` sees every window whole.
fn mapped<T: Value + Element>(
    layout: &Layout,
    elements: &[T],
    windows: &Windows<'_, T>,
    blank: T,
) -> Result<(), String> {
    let mut order: Vec<Out> = layout.order(false);
    order.truncate(layout.shape.len());
    let mut window = Vec::new();
    let grids = order.clone();
    order.extend((0..layout.axes.len()).map(Out::Window));
    let expected = layout.copy(&order, elements, blank);
    let mut shapes = true;
    let sizes: Vec<usize> = layout.lines.iter().map(|l| l.window()).collect();
    let array = windows.map_in_order(|w| {
        shapes &= w.shape() == sizes;
        window.extend(w.iter().copied());
        w.len()
    });
    if !shapes {
        return Err("map: a window of another shape".into());
    }
    same("map", &window, &expected)?;
    let each = sizes.iter().product::<usize>();
    let mut rows = vec![blank; expected.len()];
    answered("map_into", windows.map_into(&mut rows, each, |window, row| row.copy_from_slice(window)))?;
    same("map_into", &rows, &expected)?;
    same_array("map", &array, &layout.out_shape(&grids), &vec![each; array.len()])
}
