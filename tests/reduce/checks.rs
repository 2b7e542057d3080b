//! One request held against the definition, by operations that see every element and its place.

use crate::oracle::{Axis, request, windows};
use ndwindow::{Monoid, View};

/// Composition of `x -> a x + b` modulo 2^64: associative to the last bit, and no two elements may change places.
///
/// `SCANS` allows every bracketing, so that long windows are scanned instead of doubled.
pub(crate) struct Compose<const SCANS: bool>;

impl<const SCANS: bool> Monoid<u32> for Compose<SCANS> {
    type Acc = (u64, u64);
    type Out = u64;
    const EXACT: bool = SCANS;
    fn identity(&self) -> (u64, u64) {
        (1, 0)
    }
    fn lift(&self, x: u32) -> (u64, u64) {
        (2 * u64::from(x) + 3, u64::from(x) * u64::from(x) + 1)
    }
    fn combine(&self, f: (u64, u64), g: (u64, u64)) -> (u64, u64) {
        (f.0.wrapping_mul(g.0), f.0.wrapping_mul(g.1).wrapping_add(f.1))
    }
    fn lower(&self, f: (u64, u64)) -> u64 {
        f.0 ^ f.1.rotate_left(32)
    }
}

/// Elements in no order and without repetition, up to 2^32.
pub(crate) fn values(n: usize) -> Vec<u32> {
    (0..n as u32).map(|i| i.wrapping_add(1).wrapping_mul(2654435761)).collect()
}

/// Holds composition, maximum, minimum, sum and mean against the definition; `false` where the request is an error, for the
/// library as for the definition.
pub(crate) fn check(view: &View<'_, u32>, axes: &[Axis], fill: Option<u32>) -> bool {
    let x: Vec<u32> = view.iter().copied().collect();
    let expected = windows(&x, view.shape(), axes, fill);
    let described = || format!("shape {:?} strides {:?} axes {axes:?} fill {fill:?}", view.shape(), view.strides());
    let (mut w, expected) = match (request(axes).windows(view), expected) {
        (Ok(w), Some(expected)) => (w, expected),
        (Err(_), None) => return false,
        (Err(error), Some(_)) => panic!("{error}: {}", described()),
        (Ok(w), None) => panic!("{:?} windows of what is no request: {}", w.plan().grid(), described()),
    };
    if let Some(value) = fill {
        w = w.fill(value);
    }
    let one = Compose::<false>;
    let composed: Vec<u64> = expected
        .iter()
        .map(|e| one.lower(e.iter().fold(one.identity(), |a, &x| one.combine(a, one.lift(x)))))
        .collect();
    assert_eq!(w.reduce(&one).as_slice(), composed, "composed: {}", described());
    assert_eq!(w.reduce(&Compose::<true>).as_slice(), composed, "scanned: {}", described());
    let max: Vec<u32> = expected.iter().map(|e| e.iter().copied().max().unwrap_or(u32::MIN)).collect();
    assert_eq!(w.max().as_slice(), max, "max: {}", described());
    let min: Vec<u32> = expected.iter().map(|e| e.iter().copied().min().unwrap_or(u32::MAX)).collect();
    assert_eq!(w.min().as_slice(), min, "min: {}", described());
    let sum: Vec<u64> = expected.iter().map(|e| e.iter().map(|&x| u64::from(x)).sum()).collect();
    assert_eq!(w.sum().as_slice(), sum, "sum: {}", described());
    let mean: Vec<u64> = sum.iter().zip(&expected).map(|(&s, e)| s as f64 / e.len() as f64).map(bits).collect();
    assert_eq!(w.mean().as_slice().iter().map(|&x| bits(x)).collect::<Vec<_>>(), mean, "mean: {}", described());
    let pairs: Vec<(u32, u32)> = min.into_iter().zip(max).collect();
    assert_eq!(w.minmax().as_slice(), pairs, "minmax: {}", described());
    true
}

/// Bits, with all NaNs one.
fn bits(x: f64) -> u64 {
    if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() }
}
