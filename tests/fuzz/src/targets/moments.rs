//! `var` and `norm`.

use super::largest::windows;
use super::sum::exact_mean;
use crate::check::{Answer, Done, Verdict, answered, close_by, refused, same_shape};
use crate::request::{ALL, Case};
use crate::source::Source;
use crate::value::{Value, values};
use ndwindow::Real;

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.below(4) {
        0 => of::<u8>(s, |x| x, f64::MAX, 1e-9),
        1 => of::<i64>(s, |x| x, f64::MAX, 1e-9),
        2 => of::<f64>(s, |x| x, f64::MAX, 1e-9),
        _ => of::<f32>(s, f64::from, f32::MAX.into(), 1e-6),
    }
}

fn of<T: Value + Real>(s: &mut Source, back: fn(T::Mean) -> f64, largest: f64, close: f64) -> Verdict {
    let case = Case::decode(s, ALL);
    let mut data = values::<T>(s, case.elements());
    if s.rarely(3) {
        // Close together, far from zero.
        let far = data.first().copied().unwrap_or(T::small(&mut s.dice()));
        let near = s.flag();
        data.iter_mut().enumerate().for_each(|(i, x)| *x = if near && i % 3 > 0 { far } else { *x });
    }
    let (windows, shape, held) = match windows(s, &case, &data)? {
        Ok(all) => all,
        Err(done) => return Ok(done),
    };
    let reals: Vec<Vec<f64>> = held.iter().map(|h| h.iter().map(|x| x.real()).collect()).collect();
    let rounded = |x: f64| if x.abs() > largest { x * f64::INFINITY } else { x };
    let near = |size: f64, a: f64, b: f64| {
        let fine = (a - b).abs() <= close * b.abs() + size + f64::from(f32::MIN_POSITIVE);
        // At the end of the range rounding decides.
        a.same(&b)
            || fine
            || (a.is_infinite() && b > largest * 0.999_999)
            || (b.is_infinite() && a > largest * 0.999_999)
    };
    let found = answered("var", windows.var(0).answer())?;
    same_shape("var", found.shape(), &shape)?;
    let found: Vec<f64> = found.iter().map(|&x| back(x)).collect();
    let expected: Vec<f64> = reals.iter().map(|h| rounded(variance(h))).collect();
    close_by("var", &found, &expected, |i, a, b| {
        let size = reals[i].iter().map(|x| x.abs()).fold(0.0, f64::max) * 1e-14;
        near(size * size, *a, *b)
    })?;
    let p = s.pick(&[2.0, 1.0, f64::INFINITY, 3.0, 0.5, 100.0, 1.7, -1.0, 0.0, f64::NAN]);
    s.say(|| format!("norm {p}"));
    if p.is_nan() || p <= 0.0 {
        refused("norm", windows.norm(p), "no order of a norm")?;
        return Ok(Done::Same);
    }
    let found = answered("norm", windows.norm(p))?;
    same_shape("norm", found.shape(), &shape)?;
    let found: Vec<f64> = found.iter().map(|&x| back(x)).collect();
    let expected: Vec<f64> = reals.iter().map(|h| rounded(norm(h, p))).collect();
    close_by("norm", &found, &expected, |_, a, b| near(0.0, *a, *b))?;
    Ok(Done::Same)
}

/// In two passes, scaled so that no square leaves the range.
fn variance(h: &[f64]) -> f64 {
    if h.is_empty() || h.iter().any(|x| !x.is_finite()) {
        return f64::NAN;
    }
    let mean = exact_mean(h);
    let size = h.iter().map(|x| (x / 4.0 - mean / 4.0).abs()).fold(0.0, f64::max) * 2.0;
    if size == 0.0 {
        return 0.0;
    }
    let squares: f64 = h.iter().map(|x| ((x / 2.0 - mean / 2.0) / size).powi(2)).sum();
    squares / h.len() as f64 * size * 4.0 * size
}

fn norm(h: &[f64], p: f64) -> f64 {
    if h.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let size = h.iter().map(|x| x.abs()).fold(0.0, f64::max);
    if size == 0.0 || size.is_infinite() || p.is_infinite() {
        return size;
    }
    h.iter().map(|x| (x.abs() / size).powf(p)).sum::<f64>().powf(p.recip()) * size
}
