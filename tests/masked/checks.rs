//! Every verb of masked windows against a loop over the cells that count.

use super::cells::{Asked, indices};
use ndwindow::{Error, Mask, Masked, Number, View};

/// The masked windows, and the cells of each that count; nothing where the request is refused.
#[allow(clippy::type_complexity)] // used twice
pub(crate) fn both<'a, T: Number>(
    x: &View<'a, T>,
    asked: &Asked,
    fill: Option<T>,
    mask: &Mask,
) -> Option<(Masked<'a, T>, Vec<usize>, Vec<Vec<(T, Option<Vec<usize>>)>>)> {
    let held = asked.held(x, fill, &|cell| mask.cells()[cell]);
    let windows = asked.request().windows(x.clone());
    let Some((shape, held)) = held else {
        assert!(windows.is_err(), "{asked:?}");
        return None;
    };
    let windows = match fill {
        Some(fill) => windows.unwrap().fill(fill),
        None => windows.unwrap(),
    };
    Some((windows.masked(mask).unwrap(), shape, held))
}

/// Integers: every verb.
pub(crate) fn check<T>(x: &View<'_, T>, asked: &Asked, fill: Option<T>, mask: &Mask)
where
    T: Number<Mean = f64> + Ord + Into<i64> + std::fmt::Debug,
    T::Wide: TryInto<i64>,
{
    let Some((windows, shape, held)) = both(x, asked, fill, mask) else { return };
    check_sums(x, asked, fill, mask);
    let (max, min) = (windows.max(), windows.min());
    assert_eq!(max.shape(), shape);
    let flat = |at: &[usize]| asked.0.iter().fold(0, |i, a| i * x.shape()[a.axis] + at[a.axis]);
    let (mut most, mut least) = (Vec::new(), Vec::new());
    for (k, cells) in held.iter().enumerate() {
        if let Some(largest) = cells.iter().map(|c| c.0).max() {
            assert_eq!(max.as_slice()[k], largest, "{asked:?} {mask:?}");
            assert_eq!(min.as_slice()[k], cells.iter().map(|c| c.0).min().unwrap(), "{asked:?} {mask:?}");
        }
        let elements = || cells.iter().filter_map(|(x, at)| Some((*x, flat(at.as_deref()?))));
        most.push(elements().rev().max_by_key(|e| e.0).map(|e| e.1));
        least.push(elements().min_by_key(|e| e.0).map(|e| e.1));
    }
    for (what, found, want) in [("argmax", windows.argmax(), most), ("argmin", windows.argmin(), least)] {
        match want.iter().position(Option::is_none) {
            Some(empty) => {
                let index = indices(&shape).nth(empty).unwrap();
                assert_eq!(found, Err(Error::EmptyWindow { what, index }), "{asked:?} {mask:?}");
            }
            None => {
                let want: Vec<usize> = want.into_iter().flatten().collect();
                assert_eq!(found.unwrap().as_slice(), want, "{what} {asked:?} {mask:?}");
            }
        }
    }
}

/// Ranks, medians and quantiles.
pub(crate) fn check_order<T: Number<Middle = f64> + PartialOrd + Into<f64> + std::fmt::Debug>(
    x: &View<'_, T>,
    asked: &Asked,
    fill: Option<T>,
    mask: &Mask,
    k: usize,
) {
    let Some((windows, shape, held)) = both(x, asked, fill, mask) else { return };
    let (rank, median, quantile) = (windows.rank(k), windows.median(), windows.quantile(0.3));
    let index = |n| indices(&shape).nth(n).unwrap();
    if let Some(n) = held.iter().position(|cells| cells.len() <= k) {
        assert_eq!(
            rank,
            Err(Error::RankOutside { rank: k, held: held[n].len(), index: index(n) }),
            "{asked:?} {mask:?}"
        );
    }
    if let Some(n) = held.iter().position(Vec::is_empty) {
        assert_eq!(median, Err(Error::EmptyWindow { what: "median", index: index(n) }), "{asked:?} {mask:?}");
        assert_eq!(quantile, Err(Error::EmptyWindow { what: "quantile", index: index(n) }), "{asked:?} {mask:?}");
        return;
    }
    let (median, quantile) = (median.unwrap(), quantile.unwrap());
    for (n, cells) in held.iter().enumerate() {
        let mut sorted: Vec<f64> = cells.iter().map(|c| c.0.into()).collect();
        sorted.sort_by(f64::total_cmp);
        let nan = sorted.iter().any(|x| x.is_nan());
        let same =
            |got: f64, want: f64| got.is_nan() && nan || !nan && (got - want).abs() <= 1e-9 * want.abs().max(1.0);
        let last = sorted.len() - 1;
        assert!(same(median.as_slice()[n], (sorted[last / 2] + sorted[last - last / 2]) / 2.0), "{asked:?} {mask:?}");
        let at = 0.3 * last as f64;
        let (low, t) = (at as usize, at.fract());
        let want = sorted[low] + t * (sorted[(low + 1).min(last)] - sorted[low]);
        assert!(same(quantile.as_slice()[n], want), "{asked:?} {mask:?}");
        if let Ok(rank) = &rank {
            assert!(same(rank.as_slice()[n].into(), sorted[k]), "{asked:?} {mask:?}");
        }
    }
}

/// Sums, means and extremes, which take less time to check.
pub(crate) fn check_sums<T>(x: &View<'_, T>, asked: &Asked, fill: Option<T>, mask: &Mask)
where
    T: Number<Mean = f64> + Ord + Into<i64> + std::fmt::Debug,
    T::Wide: TryInto<i64>,
{
    let Some((windows, shape, held)) = both(x, asked, fill, mask) else { return };
    let (sum, mean, max) = (windows.sum(), windows.mean(), windows.max());
    assert_eq!((sum.shape(), mean.shape()), (&shape[..], &shape[..]));
    for (k, cells) in held.iter().enumerate() {
        let want: i64 = cells.iter().map(|c| c.0.into()).sum();
        assert_eq!(sum.as_slice()[k].try_into().ok(), Some(want), "window {k} {asked:?} {mask:?}");
        let (got, want) = (mean.as_slice()[k], want as f64 / cells.len() as f64);
        assert!(got == want || got.is_nan() && cells.is_empty(), "window {k}: {got} {want} {asked:?} {mask:?}");
        if let Some(largest) = cells.iter().map(|c| c.0).max() {
            assert_eq!(max.as_slice()[k], largest, "window {k} {asked:?} {mask:?}");
        }
    }
}

/// Floats with NaNs, infinities and zeros of both signs.
pub(crate) fn check_floats(x: &View<'_, f32>, asked: &Asked, fill: Option<f32>, mask: &Mask) {
    let Some((windows, _, held)) = both(x, asked, fill, mask) else { return };
    let (max, min, mean) = (windows.max(), windows.min(), windows.mean());
    for (k, cells) in held.iter().enumerate() {
        let values = || cells.iter().map(|c| c.0);
        let nan = values().any(f32::is_nan);
        let same = |got: f32, want: Option<f32>, empty: f32| {
            let want = if nan { f32::NAN } else { want.unwrap_or(empty) };
            assert!(
                got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan(),
                "{got} {want} {asked:?} {mask:?}"
            );
        };
        same(max.as_slice()[k], values().max_by(f32::total_cmp), f32::NEG_INFINITY);
        same(min.as_slice()[k], values().min_by(f32::total_cmp), f32::INFINITY);
        let exact = values().map(f64::from).sum::<f64>() / cells.len() as f64;
        let got = f64::from(mean.as_slice()[k]);
        let size = values().map(|x| f64::from(x.abs())).fold(0.0, f64::max);
        assert!(
            got == exact || got.is_nan() && exact.is_nan() || (got - exact).abs() <= size * 1e-5,
            "{got} {exact} {asked:?}"
        );
    }
}
