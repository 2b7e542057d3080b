//! Fold, by every merge.

use crate::check::{Done, Verdict, answered, close_by, equal, refused, same, same_shape};
use crate::oracle::{Layout, Mode, Stand};
use crate::request::{ALL, Case, cells};
use crate::source::Source;
use crate::strew::Strewn;
use crate::value::{Value, values};
use ndwindow::{FoldElement, Merge, Taper};

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.below(5) {
        0 => of::<u8>(s),
        1 => of::<i64>(s),
        2 => of::<f64>(s),
        _ => of::<f32>(s),
    }
}

/// Elements as numbers of more room.
trait Cells: Value + FoldElement {
    const WHOLE: bool;
    const EPSILON: f64;
    fn real(self) -> f64;
    fn exact(self) -> i128;
    fn from_exact(x: i128) -> Option<Self>;
    fn from_real(x: f64) -> Self;
    fn wide(x: Self::Wide) -> f64;
}

macro_rules! cells_of {
    ($($t:ident: $whole:literal, $epsilon:expr, $wide:ty;)*) => {$(
        impl Cells for $t {
            const WHOLE: bool = $whole;
            const EPSILON: f64 = $epsilon;
            fn real(self) -> f64 {
                self as f64
            }
            fn exact(self) -> i128 {
                self as i128
            }
            fn from_exact(x: i128) -> Option<$t> {
                let back = x as $t;
                (back as i128 == x).then_some(back)
            }
            fn from_real(x: f64) -> $t {
                x as $t
            }
            fn wide(x: $wide) -> f64 {
                x as f64
            }
        }
    )*};
}
cells_of! {
    u8: true, 0.0, i64;
    i64: true, 0.0, i128;
    f32: false, f32::EPSILON as f64, f64;
    f64: false, f64::EPSILON, f64;
}

/// What lies over an element: value and weight, in the order of the windows.
type Over<T> = Vec<(T, f64)>;

fn of<T: Cells>(s: &mut Source) -> Verdict {
    let case = Case::decode(s, ALL);
    let found = case.request().plan(case.shape());
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => return refused("plan", found, &format!("{why:?}")),
    };
    if cells(&layout) > ALL.cells / 2 {
        return Ok(Done::PassedOver);
    }
    let plan = answered("plan", found)?;
    let shape = layout.out_shape(&layout.order(case.grid_first));
    let mut patches = values::<T>(s, shape.iter().product());
    // Cells that a mode repeats are added last, in an order that is not said: sums must not round.
    let repeats = case.asks.iter().any(|a| a.mode != Mode::Empty);
    if repeats && !T::WHOLE {
        patches.iter_mut().for_each(|x| *x = T::from_real((x.real() % 8.0).round()));
        patches.iter_mut().filter(|x| x.real().is_nan()).for_each(|x| *x = T::from_real(1.0));
    }
    let strewn = Strewn::new(s, &shape, &patches, T::from_real(77.0));
    let tapers: Vec<Taper> = case.asks.iter().map(|a| taper(s, a.window as usize)).collect();
    let rule = s.below(8);
    let uncovered = s.flag().then(|| T::small(&mut s.dice()));
    let wide = s.rarely(4);
    s.say(|| format!("rule {rule} uncovered {uncovered:?} wide {wide} tapers {tapers:?}"));
    let merge = match rule {
        0 => Merge::sum(),
        1 => Merge::mean(),
        2 => Merge::weighted_sum(tapers.clone()),
        3 => Merge::weighted(tapers.clone()),
        4 => Merge::first(),
        5 => Merge::last(),
        6 => Merge::max(),
        _ => Merge::min(),
    };
    let merge = uncovered.map_or(merge.clone(), |u| merge.uncovered(u));
    let merge = if wide { merge.wide() } else { merge };
    let weights: Vec<Vec<f64>> = tapers.iter().zip(&layout.lines).map(|(t, l)| weights(t, l.window())).collect();
    let over = lying_over(&layout, case.grid_first, &patches, &weights);
    let bare = over.iter().any(|o| o.is_empty());
    let weightless =
        rule == 3 && over.iter().any(|o| !o.is_empty() && o.iter().map(|c| c.1).sum::<f64>().abs() < 1e-12);
    let folding = plan.prepare_fold(merge);
    if weightless {
        // Weights that cancel may do so but for their rounding.
        return Ok(Done::PassedOver);
    }
    if bare && uncovered.is_none() && ![0, 2].contains(&rule) {
        return refused("folding", folding.map(|_| ()), "an element without windows");
    }
    let folding = answered("folding", folding)?;
    let what = ["sum", "mean", "weighted sum", "weighted", "first", "last", "max", "min"][rule];
    let found = folding.fold(strewn.view());
    if T::WHOLE && rule < 4 {
        return whole(
            what,
            rule,
            uncovered,
            &over,
            found.map(|f| f.as_slice().to_vec()),
            folding.fold_wide(strewn.view()).map(|w| w.iter().map(|&x| T::wide(x)).collect()),
        );
    }
    let found = answered(what, found)?;
    same_shape(what, found.shape(), case.shape())?;
    let blank = uncovered.unwrap_or(T::from_real(0.0));
    let expected: Vec<T> = over.iter().map(|o| if o.is_empty() { blank } else { merged(rule, o, wide) }).collect();
    if rule == 0 && !wide {
        same(what, found.as_slice(), &expected)?;
        return Ok(Done::Same);
    }
    close_by(what, found.as_slice(), &expected, |i, a, b| {
        let size: f64 =
            over[i].iter().map(|c| c.0.real().abs() * if rule < 4 { c.1.abs().max(1.0) } else { 0.0 }).sum();
        let by = over[i].iter().map(|c| c.1).sum::<f64>().abs();
        let by = if rule == 3 { by.min(1.0) } else { 1.0 };
        // A sum that leaves the range may do so on the way.
        let lost = !size.is_finite() || size * 16.0 / by > T::from_real(f64::MAX).real().min(f64::from(f32::MAX));
        let bound = size * T::EPSILON * (over[i].len() as f64 + 6.0) / by;
        a.same(b) || (a.real() - b.real()).abs() <= bound || (rule < 4 && lost)
    })?;
    Ok(Done::Same)
}

fn taper(s: &mut Source, window: usize) -> Taper {
    match s.below(5) {
        0 => Taper::Flat,
        1 => Taper::Hann,
        2 => Taper::Linear,
        3 => Taper::Gaussian(0.25),
        _ => {
            let mut dice = s.dice();
            Taper::Weights((0..window).map(|_| dice.below(9) as f64 - 1.0).collect())
        }
    }
}

fn weights(taper: &Taper, window: usize) -> Vec<f64> {
    let at = |j: usize| (j as f64 + 0.5) / window as f64;
    (0..window)
        .map(|j| match taper {
            Taper::Hann => (std::f64::consts::PI * at(j)).sin().powi(2),
            Taper::Linear => 1.0 - (2.0 * at(j) - 1.0).abs(),
            Taper::Gaussian(d) => (-((at(j) - 0.5) / d).powi(2) / 2.0).exp(),
            Taper::Weights(own) => own[j],
            _ => 1.0,
        })
        .collect()
}

/// The cells over each element: windows in row-major order of the grid, taps likewise.
fn lying_over<T: Cells>(layout: &Layout, grid_first: bool, patches: &[T], weights: &[Vec<f64>]) -> Vec<Over<T>> {
    let order = layout.order(grid_first);
    let shape = layout.out_shape(&order);
    let elements = layout.shape.iter().product();
    let mut over = vec![Vec::new(); elements];
    let grid: Vec<usize> = layout.lines.iter().map(|l| l.count()).collect();
    let sizes: Vec<usize> = layout.lines.iter().map(|l| l.window()).collect();
    let plain: Vec<usize> = (0..layout.shape.len()).filter(|a| !layout.axes.contains(a)).collect();
    let lengths: Vec<usize> = plain.iter().map(|&a| layout.shape[a]).collect();
    let taps = crate::oracle::indices(&sizes);
    for window in crate::oracle::indices(&grid) {
        for tap in &taps {
            let mut element = Vec::new();
            for (k, line) in layout.lines.iter().enumerate() {
                let Stand::Element(e) = line.cell(window[k], tap[k]) else { break };
                element.push(e);
            }
            if element.len() < layout.lines.len() {
                continue;
            }
            let weight = tap.iter().zip(weights).map(|(&j, w)| w[j]).product();
            for other in crate::oracle::indices(&lengths) {
                let mut at = vec![0; layout.shape.len()];
                layout.axes.iter().zip(&element).for_each(|(&a, &e)| at[a] = e);
                plain.iter().zip(&other).for_each(|(&a, &i)| at[a] = i);
                let place: Vec<usize> = order
                    .iter()
                    .map(|o| match *o {
                        crate::oracle::Out::Plain(a) => at[a],
                        crate::oracle::Out::Grid(k) => window[k],
                        crate::oracle::Out::Window(k) => tap[k],
                    })
                    .collect();
                let cell = (patches[crate::oracle::flat(&place, &shape)], weight);
                over[crate::oracle::flat(&at, &layout.shape)].push(cell);
            }
        }
    }
    over
}

fn merged<T: Cells>(rule: usize, over: &Over<T>, wide: bool) -> T {
    let reals = over.iter().map(|c| c.0.real());
    match rule {
        0 if !wide => over.iter().fold(T::from_real(0.0), |sum, c| T::from_real(sum.real() + c.0.real())),
        0 => T::from_real(reals.sum()),
        1 => T::from_real(reals.sum::<f64>() / over.len() as f64),
        2 => T::from_real(over.iter().map(|c| c.0.real() * c.1).sum()),
        3 => T::from_real(over.iter().map(|c| c.0.real() * c.1).sum::<f64>() / over.iter().map(|c| c.1).sum::<f64>()),
        4 => over[0].0,
        5 => over[over.len() - 1].0,
        _ => {
            let better = |a: T, b: T| if rule == 6 { b > a } else { b < a };
            let nan = |x: T| x.real().is_nan();
            over.iter()
                .map(|c| c.0)
                .reduce(|a, b| if nan(b) || (!nan(a) && better(a, b)) { b } else { a })
                .expect("a cell")
        }
    }
}

/// Integers: exact sums, quotients to the nearest, halves away from zero, and an error where they do not fit.
fn whole<T: Cells>(
    what: &str,
    rule: usize,
    uncovered: Option<T>,
    over: &[Over<T>],
    found: Result<Vec<T>, ndwindow::Error>,
    wide: Result<Vec<f64>, ndwindow::Error>,
) -> Verdict {
    let blank = uncovered.map_or(0, T::exact);
    let quotient = |sum: i128, n: i128| (2 * sum.abs() + n).div_euclid(2 * n) * sum.signum();
    let exact = |o: &Over<T>| {
        let sum: i128 = o.iter().map(|c| c.0.exact()).sum();
        match rule {
            _ if o.is_empty() => blank,
            0 => sum,
            1 => quotient(sum, o.len() as i128),
            _ => {
                let sum: f64 = o.iter().map(|c| c.0.real() * c.1).sum();
                (sum / if rule == 3 { o.iter().map(|c| c.1).sum() } else { 1.0 }).round() as i128
            }
        }
    };
    let expected: Vec<i128> = over.iter().map(exact).collect();
    let size = over.iter().flatten().map(|c| c.0.real().abs() * c.1.abs()).fold(0.0, f64::max);
    let by = over.iter().map(|o| o.iter().map(|c| c.1).sum::<f64>().abs()).filter(|&w| w > 0.0).fold(1.0, f64::min);
    // Weighted ones are computed in floats: one more or less at a half, more where they are large.
    let slack = if rule < 2 { 0.0 } else { 1.0 + size / if rule == 3 { by } else { 1.0 } * 1e-12 };
    let within = |a: i128, b: i128| (a as f64 - b as f64).abs() <= slack;
    if let Ok(wide) = wide {
        for (w, e) in wide.iter().zip(&expected) {
            if (w - *e as f64).abs() > slack + (*e as f64).abs() * 1e-15 {
                return Err(format!("{what}, wide: {w} instead of {e}"));
            }
        }
    } else if rule < 2 {
        return Err(format!("{what}, wide refused: {:?}", wide.err()));
    }
    let fits: Option<Vec<T>> = expected.iter().map(|&x| T::from_exact(x)).collect();
    match (found, fits) {
        (Ok(found), Some(fits)) => {
            equal(what, &found.len(), &fits.len())?;
            close_by(what, &found, &fits, |_, a, b| within(a.exact(), b.exact()))?;
            Ok(Done::Same)
        }
        (Err(_), None) => Ok(Done::Refused),
        _ if slack > 0.0 => Ok(Done::PassedOver),
        (Ok(_), None) => Err(format!("{what} answered: a sum does not fit")),
        (Err(e), Some(_)) => Err(format!("{what} refused: {e}")),
    }
}
