//! Pooling: values, indices, the ways back.

use super::largest::{Extreme, largest};
use crate::check::{Done, Verdict, answered, close_by, refused, same, same_array, same_shape};
use crate::oracle::{Ask, Layout, Pads, Tail, flat, indices};
use crate::request::{Case, Kind, cells};
use crate::source::Source;
use crate::value::values;
use ndwindow::nn::{Average, Divisor, Indices, Pool, adaptive_avg_pool, adaptive_max_pool};

const KIND: Kind = Kind { base_dilation: false, modes: false, tails: false, cells: 30_000 };

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.flag() {
        true => of::<i64>(s, |x| x as f64, |x| x as i64),
        false => of::<f32>(s, f64::from, |x| x as f32),
    }
}

fn of<T: Extreme + Average + PartialOrd>(s: &mut Source, real: fn(T) -> f64, back: fn(f64) -> T) -> Verdict {
    let mut case = Case::decode(s, KIND);
    let rank = case.shape().len();
    let spatial = s.from_to(1, rank.min(3));
    let ceil = s.flag();
    let tail = if ceil { Tail::Partial } else { Tail::Drop };
    let pads = s.pick(&[None, None, None, Some(Pads::Same), Some(Pads::SameLower)]);
    case.axes = (rank - spatial..rank).collect();
    case.asks =
        case.axes.iter().map(|&a| Ask { tail, ..crate::request::ask(s, case.account.shape[a], KIND, pads) }).collect();
    s.say(|| format!("pooling {:?} by {:?}", case.axes, case.asks));
    let data = values::<T>(s, case.elements());
    let view = case.view(&data);
    let pool = pool_of(&case.asks, ceil);
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => return refused("max_pool", pool.max_pool(&view), &format!("{why:?}")),
    };
    if cells(&layout) > KIND.cells {
        return Ok(Done::PassedOver);
    }
    let elements = case.account.elements(&data);
    let held = layout.held(false);
    let of = |h: &Vec<Option<usize>>| h.iter().map(|at| elements[at.expect("an element")]).collect::<Vec<T>>();
    let shape = layout.reduced();
    let max: Vec<T> = held.iter().map(|h| largest(&of(h))).collect();
    same_array("max_pool", &answered("max_pool", pool.max_pool(&view))?, &shape, &max)?;
    averages(s, &pool, &view, &layout, &elements, real, back)?;
    with_indices(s, &pool, &view, &layout, &elements)?;
    shares(s, &view, &layout.shape, &elements, spatial, real, back)?;
    Ok(Done::Same)
}

fn pool_of(asks: &[Ask], ceil: bool) -> Pool {
    let each = |f: fn(&Ask) -> i128| asks.iter().map(|a| f(a) as usize).collect::<Vec<_>>();
    let pool = Pool::new(each(|a| a.window)).step(each(|a| a.step)).dilation(each(|a| a.dilation));
    let pool = match asks[0].pads {
        Pads::Same => pool.same(),
        Pads::SameLower => pool.same_lower(),
        _ => pool.pad(
            asks.iter()
                .map(|a| match a.pads {
                    Pads::Numbers(before, after) => (before as isize, after as isize),
                    _ => (0, 0),
                })
                .collect::<Vec<_>>(),
        ),
    };
    if ceil { pool.ceil() } else { pool }
}

#[allow(clippy::too_many_arguments)]
fn averages<T: Extreme + Average>(
    s: &mut Source,
    pool: &Pool,
    view: &ndwindow::View<'_, T>,
    layout: &Layout,
    elements: &[T],
    real: fn(T) -> f64,
    back: fn(f64) -> T,
) -> Result<(), String> {
    let divisor =
        s.pick(&[Divisor::Padded, Divisor::Elements, Divisor::Fixed(1), Divisor::Fixed(7), Divisor::Fixed(0)]);
    s.say(|| format!("{divisor:?}"));
    let found = pool.avg_pool(view, divisor);
    let (held, padded) = (layout.held(false), layout.held(true));
    let by = |i: usize| match divisor {
        Divisor::Padded => padded[i].len(),
        Divisor::Elements => held[i].len(),
        Divisor::Fixed(n) => n,
        other => unreachable!("{other:?} was not chosen"),
    };
    let whole = !real(back(0.5)).eq(&0.5);
    if divisor == Divisor::Fixed(0) || (whole && (0..held.len()).any(|i| by(i) == 0)) {
        return refused("avg_pool", found, "nothing to divide by").map(|_| ());
    }
    let found = answered("avg_pool", found)?;
    same_shape("avg_pool", found.shape(), &layout.reduced())?;
    let reals: Vec<Vec<f64>> =
        held.iter().map(|h| h.iter().map(|at| real(elements[at.expect("an element")])).collect()).collect();
    let expected: Vec<T> = reals
        .iter()
        .enumerate()
        .map(|(i, h)| {
            // A fixed divisor is the caller's: what is added up may leave the range.
            let mean = super::sum::exact_sum(h) / by(i) as f64;
            back(if whole { mean.trunc() } else { mean })
        })
        .collect();
    close_by("avg_pool", found.as_slice(), &expected, |i, a, b| {
        let size: f64 = reals[i].iter().map(|x| x.abs()).filter(|x| x.is_finite()).sum();
        let lost = if whole {
            size > 9e15
        } else {
            size > 3e38
                && (divisor == Divisor::Fixed(1)
                    || !reals[i].iter().all(|x| x.is_finite())
                    || divisor == Divisor::Fixed(7))
        };
        let epsilon = if whole { 0.0 } else { f64::from(f32::EPSILON) };
        a.same(b)
            || lost
            || (real(*a) - real(*b)).abs() <= size / by(i) as f64 * epsilon * (reals[i].len() as f64 + 4.0)
    })
}

fn with_indices<T: Extreme + PartialOrd>(
    s: &mut Source,
    pool: &Pool,
    view: &ndwindow::View<'_, T>,
    layout: &Layout,
    elements: &[T],
) -> Result<(), String> {
    let space = s.pick(&[Indices::Plane, Indices::Tensor, Indices::TensorColumnMajor, Indices::Window]);
    s.say(|| format!("{space:?}"));
    let held = layout.held(false);
    let found = pool.max_pool_with_indices(view, space);
    if held.iter().any(|h| h.is_empty()) {
        return refused("max_pool_with_indices", found, "a window without elements").map(|_| ());
    }
    let (values, at) = answered("max_pool_with_indices", found)?;
    let lead = layout.shape.len() - layout.axes.len();
    let lengths = &layout.shape[lead..];
    let plane: usize = lengths.iter().product();
    let best = |h: &Vec<Option<usize>>| {
        let better = |a: T, b: T| match (a.nan(), b.nan()) {
            (true, true) => space == Indices::Plane,
            (false, true) => true,
            (true, false) => false,
            _ => a < b,
        };
        let places = h.iter().map(|at| at.expect("an element"));
        places.reduce(|a, b| if better(elements[a], elements[b]) { b } else { a }).expect("a window with elements")
    };
    let places: Vec<usize> = held.iter().map(best).collect();
    let starts = indices(&layout.reduced());
    let index = |(i, &place): (usize, &usize)| {
        let at = &indices_of(place, &layout.shape)[lead..];
        match space {
            Indices::Plane => place % plane,
            Indices::Tensor => place,
            Indices::TensorColumnMajor => {
                let (back, sizes): (Vec<_>, Vec<_>) =
                    (at.iter().rev().copied().collect(), lengths.iter().rev().copied().collect());
                place / plane * plane + flat(&back, &sizes)
            }
            Indices::Window => {
                // The first tap that reads the element.
                let grid = &starts[i][lead..];
                let tap: Vec<usize> = (0..at.len())
                    .map(|k| {
                        let line = &layout.lines[k];
                        let reads = |j: &usize| line.cell(grid[k], *j) == crate::oracle::Stand::Element(at[k]);
                        (0..line.window()).find(reads).expect("the window reads it")
                    })
                    .collect();
                flat(&tap, &layout.lines.iter().map(|l| l.window()).collect::<Vec<_>>())
            }
            other => unreachable!("{other:?} was not chosen"),
        }
    };
    let expected: Vec<usize> = places.iter().enumerate().map(index).collect();
    same("indices", at.as_slice(), &expected)?;
    let largest: Vec<T> = places.iter().map(|&p| elements[p]).collect();
    close_by("values of indices", values.as_slice(), &largest, |_, a, b| a == b || (a.nan() && b.nan()))?;
    let back = answered("max_unpool", pool.max_unpool(&values, &at, space, &layout.shape[..]))?;
    let mut put = vec![T::default(); elements.len()];
    places.iter().zip(values.iter()).for_each(|(&p, &v)| put[p] = v);
    same_array("max_unpool", &back, &layout.shape, &put)
}

fn indices_of(mut place: usize, shape: &[usize]) -> Vec<usize> {
    let mut at = vec![0; shape.len()];
    for a in (0..shape.len()).rev() {
        at[a] = place % shape[a];
        place /= shape[a];
    }
    at
}

/// Adaptive pooling: windows that share the plane.
fn shares<T: Extreme + Average>(
    s: &mut Source,
    view: &ndwindow::View<'_, T>,
    shape: &[usize],
    elements: &[T],
    spatial: usize,
    real: fn(T) -> f64,
    back: fn(f64) -> T,
) -> Result<(), String> {
    let size: Vec<usize> = (0..spatial).map(|_| s.from_to(0, 6)).collect();
    s.say(|| format!("adaptive {size:?}"));
    let (max, mean) = (adaptive_max_pool(view, &size[..]), adaptive_avg_pool(view, &size[..]));
    let lead = shape.len() - spatial;
    if (0..spatial).any(|k| shape[lead + k] == 0 && size[k] > 0) {
        refused("adaptive_max_pool", max, "an empty axis")?;
        return refused("adaptive_avg_pool", mean, "an empty axis").map(|_| ());
    }
    let out: Vec<usize> = shape[..lead].iter().chain(&size).copied().collect();
    let held: Vec<Vec<T>> = indices(&out)
        .iter()
        .map(|at| {
            let ranges: Vec<std::ops::Range<usize>> = (0..shape.len())
                .map(|a| {
                    let (i, n) = (at[a], shape[a]);
                    if a < lead { i..i + 1 } else { i * n / size[a - lead]..((i + 1) * n).div_ceil(size[a - lead]) }
                })
                .collect();
            let lengths: Vec<usize> = ranges.iter().map(|r| r.len()).collect();
            let at = |cell: &Vec<usize>| cell.iter().zip(&ranges).map(|(c, r)| c + r.start).collect::<Vec<_>>();
            indices(&lengths).iter().map(|cell| elements[flat(&at(cell), shape)]).collect()
        })
        .collect();
    let largest: Vec<T> = held.iter().map(|h| largest(h)).collect();
    same_array("adaptive_max_pool", &answered("adaptive_max_pool", max)?, &out, &largest)?;
    let mean = answered("adaptive_avg_pool", mean)?;
    same_shape("adaptive_avg_pool", mean.shape(), &out)?;
    let whole = !real(back(0.5)).eq(&0.5);
    let reals: Vec<Vec<f64>> = held.iter().map(|h| h.iter().map(|&x| real(x)).collect()).collect();
    let means: Vec<T> = reals
        .iter()
        .map(|h| {
            let mean = super::sum::exact_mean(h);
            back(if whole { mean.trunc() } else { mean })
        })
        .collect();
    close_by("adaptive_avg_pool", mean.as_slice(), &means, |i, a, b| {
        let size: f64 = reals[i].iter().map(|x| x.abs()).filter(|x| x.is_finite()).sum();
        let lost = if whole { size > 9e15 } else { size > 3e38 && !reals[i].iter().all(|x| x.is_finite()) };
        let epsilon = if whole { 0.0 } else { f64::from(f32::EPSILON) };
        let n = reals[i].len() as f64;
        a.same(b) || lost || (real(*a) - real(*b)).abs() <= size / n * epsilon * (n + 4.0)
    })
}
