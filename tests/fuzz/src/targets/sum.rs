//! `sum`, `product`, `mean`, and the monoids that wrap.

use super::largest::{exact, windows};
use crate::check::{Answer, Done, Verdict, answered, close_by, same_shape};
use crate::request::{ALL, Case};
use crate::source::Source;
use crate::value::{Value, values};
use ndwindow::{Array, Error, Number, Real, Windows, WrappingProduct, WrappingSum};

pub(crate) fn run(s: &mut Source) -> Verdict {
    // A type a way to add: narrow first, in 64 bits, in 128, floats.
    match s.below(8) {
        0 => integer::<u8>(s),
        1 => integer::<i16>(s),
        2 => integer::<u32>(s),
        3 => integer::<i64>(s),
        4 | 5 => float::<f32>(s),
        _ => float::<f64>(s),
    }
}

/// An integer and its sum in 128 bits.
trait Integer: Value + Real {
    fn exact(self) -> i128;
    fn sum(x: i128) -> Option<Self::Wide>;
    fn back(x: Self::Mean) -> f64;
}

macro_rules! integers {
    ($($t:ty => $wide:ty),*) => {$(
        impl Integer for $t {
            fn exact(self) -> i128 {
                self as i128
            }
            fn sum(x: i128) -> Option<$wide> {
                <$wide>::try_from(x).ok()
            }
            fn back(x: f64) -> f64 {
                x
            }
        }
    )*};
}
integers!(u8 => u64, i16 => i64, u32 => u64, i64 => i128);

/// An answer, unless the library says that it does not fit.
fn bounded<A: Answer>(what: &str, found: A) -> Result<Option<Array<A::Out>>, String> {
    match found.answer() {
        Err(Error::DoesNotFit { .. }) => Ok(None),
        other => answered(what, other).map(Some),
    }
}

fn integer<T: Integer>(s: &mut Source) -> Verdict
where
    T::Wide: Value,
{
    let case = Case::decode(s, ALL);
    let data = values::<T>(s, case.elements());
    let (windows, shape, held) = match windows(s, &case, &data)? {
        Ok(all) => all,
        Err(done) => return Ok(done),
    };
    let total = |h: &Vec<T>| h.iter().map(|x| x.exact()).sum::<i128>();
    let sums: Vec<_> = held.iter().map(|h| T::sum(total(h)).expect("a sum of few")).collect();
    exact("sum", windows.sum(), &shape, &sums)?;
    let means = answered("mean", windows.mean().answer())?;
    let means: Vec<f64> = means.iter().map(|&m| T::back(m)).collect();
    // The exact sum divided, rounded once.
    let expected: Vec<f64> = held.iter().map(|h| quotient(total(h), h.len())).collect();
    close_by("mean", &means, &expected, |_, a, b| a.same(b))?;
    let wrapped =
        |f: fn(T, T) -> T, one: T| held.iter().map(|h| h.iter().fold(one, |a, &b| f(a, b))).collect::<Vec<_>>();
    exact("wrapping sum", windows.reduce(&WrappingSum), &shape, &wrapped(T::plus, T::ZERO))?;
    exact("wrapping product", windows.reduce(&WrappingProduct), &shape, &wrapped(T::times, T::ONE))?;
    let exactly = |h: &Vec<T>| match h.iter().any(|x| x.exact() == 0) {
        true => T::sum(0),
        false => h.iter().try_fold(1i128, |a, x| a.checked_mul(x.exact())).and_then(T::sum),
    };
    let products: Option<Vec<_>> = held.iter().map(exactly).collect();
    let found = product(&windows)?;
    if let (Some(found), Some(expected)) = (&found, &products) {
        same_shape("product", found.shape(), &shape)?;
        close_by("product", found.as_slice(), expected, |_, a, b| a.same(b))?;
    }
    if found.is_some() != products.is_some() {
        return Err(format!("product: answered {}, fits {}", found.is_some(), products.is_some()));
    }
    Ok(Done::Same)
}

/// The product, unless the library refuses.
fn product<T: Number>(windows: &Windows<'_, T>) -> Result<Option<Array<T::Wide>>, String> {
    bounded("product", windows.product())
}

/// `sum / n` rounded once.
pub(crate) fn quotient(sum: i128, n: usize) -> f64 {
    if n == 0 {
        return f64::NAN;
    }
    let (whole, rest) = (sum.unsigned_abs() / n as u128, sum.unsigned_abs() % n as u128);
    // Enough bits behind the point that what is left only says "more than half or not".
    let bits = 128 - whole.leading_zeros();
    let shift = 64u32.saturating_sub(bits);
    let more = (rest << shift) / n as u128;
    let sticky = (rest << shift) % n as u128 > 0;
    let scaled = ((whole << shift) + more) << 1 | u128::from(sticky);
    let value = scaled as f64 / 2f64.powi(shift as i32 + 1);
    if sum < 0 { -value } else { value }
}

trait Float: Value + Number<Wide = Self, Mean = Self> {
    const EPSILON: f64;
    const LARGEST: f64;
    fn real(self) -> f64;
    fn from(x: f64) -> Self;
}

macro_rules! floats {
    ($($t:ident)*) => {$(
        impl Float for $t {
            const EPSILON: f64 = $t::EPSILON as f64;
            const LARGEST: f64 = $t::MAX as f64;
            fn real(self) -> f64 {
                self as f64
            }
            fn from(x: f64) -> Self {
                x as $t
            }
        }
    )*};
}
floats!(f32 f64);

fn float<T: Float>(s: &mut Source) -> Verdict {
    let case = Case::decode(s, ALL);
    let data = values::<T>(s, case.elements());
    let (windows, shape, held) = match windows(s, &case, &data)? {
        Ok(all) => all,
        Err(done) => return Ok(done),
    };
    let reals: Vec<Vec<f64>> = held.iter().map(|h| h.iter().map(|x| x.real()).collect()).collect();
    let sums: Vec<T> = reals.iter().map(|h| T::from(exact_sum(h))).collect();
    let found = answered("sum", windows.sum().answer())?;
    same_shape("sum", found.shape(), &shape)?;
    close_by("sum", found.as_slice(), &sums, |i, a, b| near(&reals[i], *a, *b, 1))?;
    let means: Vec<T> = reals.iter().map(|h| T::from(exact_mean(h))).collect();
    let found = answered("mean", windows.mean().answer())?;
    same_shape("mean", found.shape(), &shape)?;
    close_by("mean", found.as_slice(), &means, |i, a, b| near(&reals[i], *a, *b, reals[i].len()))?;
    floats_products(&windows, &shape, &reals)?;
    Ok(Done::Same)
}

/// Whether a sum of these, divided, is as near as a tree of rounded additions comes.
fn near<T: Float>(h: &[f64], found: T, expected: T, divisor: usize) -> bool {
    if found.same(&expected) {
        return true;
    }
    let size: f64 = h.iter().filter(|x| x.is_finite()).map(|x| x.abs()).sum();
    let finite = h.iter().all(|x| x.is_finite());
    if size >= T::LARGEST {
        // What is added first may leave the range, and meet an infinity; a mean of numbers may not.
        let near =
            (found.real() - expected.real()).abs() <= expected.real().abs() * T::EPSILON * 8.0 + size * T::EPSILON;
        return divisor == 1 || !finite || (found.real().is_finite() && near);
    }
    if !finite {
        return false;
    }
    let roundings = 4.0 + (h.len() as f64).log2().max(0.0);
    let bound = size * T::EPSILON * roundings / divisor as f64 + f64::MIN_POSITIVE * h.len() as f64;
    (found.real() - expected.real()).abs() <= bound
}

fn floats_products<T: Float>(windows: &Windows<'_, T>, shape: &[usize], reals: &[Vec<f64>]) -> Result<(), String> {
    let found = answered("product", windows.product().answer())?;
    same_shape("product", found.shape(), shape)?;
    let expected: Vec<T> = reals.iter().map(|h| T::from(h.iter().product())).collect();
    // Order matters once a partial product leaves the range; what it may come to then is anybody's.
    close_by("product", found.as_slice(), &expected, |i, a, b| {
        let h = &reals[i];
        let grown: f64 = h.iter().map(|x| x.abs().log2().abs()).filter(|x| x.is_finite()).sum();
        let tame = grown < 100.0 && h.iter().all(|x| x.is_finite());
        a.same(b) || !tame || (a.real() - b.real()).abs() <= b.real().abs() * T::EPSILON * (2.0 + h.len() as f64)
    })
}

/// The sum without rounding between: partial sums that do not overlap (Shewchuk), then rounded once.
pub(crate) fn exact_sum(h: &[f64]) -> f64 {
    if h.iter().any(|x| !x.is_finite()) {
        return h.iter().sum();
    }
    let scale = 2f64.powi(-64);
    let mut parts: Vec<f64> = Vec::new();
    for &x in h {
        // Scaled, so that nothing between overflows; the last bits of numbers near the smallest do not matter here.
        let mut x = x * scale;
        let mut kept = Vec::new();
        for &p in &parts {
            let (a, b) = if x.abs() < p.abs() { (p, x) } else { (x, p) };
            let sum = a + b;
            let rest = b - (sum - a);
            if rest != 0.0 {
                kept.push(rest);
            }
            x = sum;
        }
        kept.push(x);
        parts = kept;
    }
    parts.iter().sum::<f64>() / scale + 0.0
}

pub(crate) fn exact_mean(h: &[f64]) -> f64 {
    if h.is_empty() {
        return f64::NAN;
    }
    if h.iter().any(|x| !x.is_finite()) {
        return h.iter().sum();
    }
    let scale = 2f64.powi(-64);
    exact_sum(&h.iter().map(|x| x * scale).collect::<Vec<_>>()) / h.len() as f64 / scale
}
