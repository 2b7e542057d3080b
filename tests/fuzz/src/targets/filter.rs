//! Filters and morphology.

use super::largest::{Extreme, largest, smallest};
use crate::check::{Done, Verdict, answered, close_by, refused, same, same_array};
use crate::oracle::library::MODES;
use crate::oracle::{Ask, Mode, Pads};
use crate::request::{Case, Kind, cells};
use crate::source::Source;
use crate::value::{Value, values};
use ndwindow::image::{Distance, Filter};

const KIND: Kind = Kind { base_dilation: false, modes: false, tails: false, cells: 30_000 };

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.flag() {
        true => of::<u8>(s, f64::from, |x| x, 0.0),
        false => of::<f32>(s, f64::from, f64::from, f32::EPSILON.into()),
    }
}

fn of<T: Extreme + Distance>(s: &mut Source, real: fn(T) -> f64, mean: fn(T::Mean) -> f64, epsilon: f64) -> Verdict {
    let mut case = Case::decode(s, KIND);
    if case.axes.is_empty() {
        return Ok(Done::PassedOver);
    }
    let border = s.pick(&MODES);
    let constant = s.rarely(3).then(|| T::small(&mut s.dice()));
    let sizes: Vec<usize> = case.axes.iter().map(|_| s.from_to(1, 5)).collect();
    let moved = s.rarely(3);
    let origin: Vec<isize> =
        sizes.iter().map(|&w| if moved { s.below(w) as isize - (w / 2) as isize } else { 0 }).collect();
    let mode = if constant.is_some() { Mode::Empty } else { border.1 };
    case.asks = (0..sizes.len())
        .map(|k| {
            let before = (sizes[k] / 2) as i128 + origin[k] as i128;
            let pads = Pads::Numbers(before, sizes[k] as i128 - 1 - before);
            Ask { pads, mode, ..Ask::new(case.account.shape[case.axes[k]], sizes[k] as i128, 1) }
        })
        .collect();
    s.say(|| format!("box {sizes:?} on {:?}, origin {origin:?}, {mode:?}, constant {constant:?}", case.axes));
    let data = values::<T>(s, case.elements());
    let view = case.view(&data);
    let axes: Vec<isize> = case.axes.iter().map(|&a| a as isize).collect();
    let filter = Filter::<T>::new(&sizes[..]).axes(&axes[..]).origin(&origin);
    let filter = match constant {
        Some(value) => filter.constant(value),
        None => filter.border(border.0),
    };
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => return refused("max_filter", filter.max_filter(&view), &format!("{why:?}")),
    };
    if cells(&layout) > KIND.cells {
        return Ok(Done::PassedOver);
    }
    let elements = case.account.elements(&data);
    let value = |at: &Option<usize>| at.map_or_else(|| constant.expect("a constant"), |at| elements[at]);
    let held: Vec<Vec<T>> = layout.held(constant.is_some()).iter().map(|h| h.iter().map(value).collect()).collect();
    let shape = case.shape();
    let max: Vec<T> = held.iter().map(|h| largest(h)).collect();
    let min: Vec<T> = held.iter().map(|h| smallest(h)).collect();
    same_array("max_filter", &answered("max_filter", filter.max_filter(&view))?, shape, &max)?;
    same_array("min_filter", &answered("min_filter", filter.min_filter(&view))?, shape, &min)?;
    let found = answered("mean_filter", filter.mean_filter(&view))?;
    let found: Vec<f64> = found.iter().map(|&x| mean(x)).collect();
    let reals: Vec<Vec<f64>> = held.iter().map(|h| h.iter().map(|&x| real(x)).collect()).collect();
    let means: Vec<f64> = reals.iter().map(|h| super::sum::exact_mean(h)).collect();
    close_by("mean_filter", &found, &means, |i, a, b| {
        let size: f64 = reals[i].iter().map(|x| x.abs()).filter(|x| x.is_finite()).sum();
        let lost = size > 3e38 && !reals[i].iter().all(|x| x.is_finite());
        // Beside zero there are numbers only so far apart.
        let least = if epsilon > 1e-10 { 3e-45 } else { 1e-323 };
        a.same(b) || lost || (a - b).abs() <= size / reals[i].len() as f64 * epsilon.max(1e-15) * 12.0 + least
    })?;
    middle(&filter, &view, &held)?;
    if constant.is_none() && !moved && !elements.iter().any(|x| x.nan()) {
        morphology(&filter, &view, &elements)?;
    }
    Ok(Done::Same)
}

fn middle<T: Extreme>(filter: &Filter<T>, view: &ndwindow::View<'_, T>, held: &[Vec<T>]) -> Result<(), String> {
    // Every box holds its own pixel.
    let sorted = |h: &Vec<T>| {
        let mut h = h.clone();
        h.sort_by(|a, b| match (a.nan(), b.nan()) {
            (false, false) if a.below(b) => std::cmp::Ordering::Less,
            (false, false) if b.below(a) => std::cmp::Ordering::Greater,
            (a, b) => a.cmp(&b),
        });
        if h[h.len() - 1].nan() { h[h.len() - 1] } else { h[h.len() / 2] }
    };
    let expected: Vec<T> = held.iter().map(sorted).collect();
    same("median_filter", answered("median_filter", filter.median_filter(view))?.as_slice(), &expected)
}

/// Opening lies below the picture, closing above it, and both change nothing a second time.
fn morphology<T: Extreme + Distance>(
    filter: &Filter<T>,
    view: &ndwindow::View<'_, T>,
    elements: &[T],
) -> Result<(), String> {
    let open = answered("open", filter.open(view))?;
    let close = answered("close", filter.close(view))?;
    if open.iter().zip(elements).any(|(o, x)| x.below(o)) {
        return Err(format!("open: above the picture\n    {elements:?}\n    {open:?}"));
    }
    if close.iter().zip(elements).any(|(c, x)| c.below(x)) {
        return Err(format!("close: below the picture\n    {elements:?}\n    {close:?}"));
    }
    same("open twice", answered("open", filter.open(&open))?.as_slice(), open.as_slice())?;
    same("close twice", answered("close", filter.close(&close))?.as_slice(), close.as_slice())?;
    let [white, black] = [filter.white_top_hat(view), filter.black_top_hat(view)];
    answered("white_top_hat", white)?;
    answered("black_top_hat", black).map(|_| ())
}
