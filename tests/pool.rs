//! Pooling in PyTorch's and ONNX's words: golden cases, plain loops over random requests, and what is refused.

mod cells;

use cells::indices;
use ndwindow::nn::{Divisor, Indices, Pool, adaptive_avg_pool, adaptive_max_pool, global_avg_pool, global_max_pool};
use ndwindow::{Array, Error, View, unfold};
use proptest::prelude::*;

fn row<T>(x: &[T]) -> View<'_, T> {
    View::new(x, [1, 1, x.len()]).unwrap()
}

#[test]
fn golden_cases() {
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let pool = Pool::new([3]).step(2).pad(1).ceil();
    assert_eq!(pool.max_pool(row(&x)).unwrap().as_slice(), [2.0, 4.0, 6.0, 6.0]);
    assert_eq!(pool.avg_pool(row(&x), Divisor::Padded).unwrap().as_slice(), [1.0, 3.0, 5.0, 3.0]);
    assert_eq!(pool.avg_pool(row(&x), Divisor::Elements).unwrap().as_slice(), [1.5, 3.0, 5.0, 6.0]);
    assert_eq!(pool.avg_pool(row(&x), Divisor::Fixed(2)).unwrap().as_slice(), [1.5, 4.5, 7.5, 3.0]);
    let pool = Pool::new([2]).step(3).pad(1).ceil();
    assert_eq!(pool.max_pool(row(&x[..5])).unwrap().as_slice(), [1.0, 4.0]);
    let pool = Pool::new([4]).step(4).ceil();
    for divisor in [Divisor::Padded, Divisor::Elements] {
        assert_eq!(pool.avg_pool(row(&x[..5]), divisor).unwrap().as_slice(), [2.5, 5.0]);
    }
}

#[test]
fn nans_and_ties_have_a_place() {
    let x = [1.0, f64::NAN, 3.0, f64::NAN, 5.0, 5.0];
    let pool = Pool::new([3]);
    let (y, at) = pool.max_pool_with_indices(row(&x), Indices::Plane).unwrap();
    assert!(y.as_slice()[0].is_nan() && y.as_slice()[1].is_nan());
    assert_eq!(at.as_slice(), [1, 3]);
    let long = Pool::new([6]);
    assert_eq!(long.max_pool_with_indices(row(&x), Indices::Plane).unwrap().1.as_slice(), [3]);
    assert_eq!(long.max_pool_with_indices(row(&x), Indices::Tensor).unwrap().1.as_slice(), [1]);
    assert_eq!(Pool::new([2]).max_pool_with_indices(row(&x[4..]), Indices::Plane).unwrap().1.as_slice(), [0]);
    assert_eq!(unfold(0, 6, 1).windows(&x).unwrap().argmax().unwrap().as_slice(), [1]);
}

#[test]
fn integers_divide_towards_zero() {
    let x = [-3i64, 0, -2, 5];
    assert_eq!(Pool::new([2]).avg_pool(row(&x), Divisor::Elements).unwrap().as_slice(), [-1, 1]);
    let big = [250u8, 251, 252, 255];
    assert_eq!(Pool::new([4]).avg_pool(row(&big), Divisor::Elements).unwrap().as_slice(), [252]);
}

#[test]
fn lp_pooling_of_both_kinds() {
    let x = [3.0f64, -4.0, 0.0, 12.0, 5.0];
    let pool = Pool::new([2]).ceil();
    assert_eq!(pool.lp_pool(row(&x), 2.0).unwrap().as_slice(), [5.0, 12.0, 5.0]);
    let y = pool.lp_pool_signed(row(&x), 2.0).unwrap();
    // The last window overhangs: its mean square 25 is taken for both cells.
    assert_eq!(y.as_slice()[..2], [5.0, 12.0]);
    assert!((y.as_slice()[2] - 50f64.sqrt()).abs() < 1e-12);
    let odd = pool.lp_pool_signed(row(&[2.0, -1.0, 1.0, -2.0]), 3.0).unwrap();
    assert!((odd.as_slice()[0] - 7f64.cbrt()).abs() < 1e-12 && odd.as_slice()[1].is_nan());
    assert_eq!(
        pool.lp_pool(row(&x), 0.0).unwrap_err().to_string(),
        "p of a norm is 0: it must be above 0 (1 sums absolute values, 2 is Euclid's, infinity is the largest)"
    );
    assert!(pool.lp_pool_signed(row(&x), f64::NAN).is_err());
}

#[test]
fn the_four_spaces_of_indices() {
    let x: Vec<i32> = (0..2 * 2 * 3 * 4).map(|i| i * 7 % 48).collect();
    let image = View::new(&x, [2, 2, 3, 4]).unwrap();
    let pool = Pool::new([2, 2]).step(1).pad(1);
    let (y, plane) = pool.max_pool_with_indices(&image, Indices::Plane).unwrap();
    let at = |space| pool.max_pool_with_indices(&image, space).unwrap().1;
    let (tensor, column, window) = (at(Indices::Tensor), at(Indices::TensorColumnMajor), at(Indices::Window));
    for i in indices(y.shape()) {
        let i = &i[..];
        let lead = i[0] * 2 + i[1];
        let (r, c) = (plane[i] / 4, plane[i] % 4);
        assert_eq!(image[[i[0], i[1], r, c]], y[i]);
        assert_eq!(tensor[i], lead * 12 + plane[i]);
        assert_eq!(column[i], lead * 12 + c * 3 + r);
        assert_eq!(window[i], (r + 1 - i[2]) * 2 + (c + 1 - i[3]));
    }
    for (space, at) in [
        (Indices::Plane, plane),
        (Indices::Tensor, tensor),
        (Indices::TensorColumnMajor, column),
        (Indices::Window, window),
    ] {
        let back = pool.max_unpool(&y, &at, space, [2, 2, 3, 4]).unwrap();
        for i in indices(&[2, 2, 3, 4]) {
            let i = &i[..];
            let chosen = y.iter().any(|&v| v == image[i]);
            assert_eq!(back[i], if chosen { image[i] } else { 0 }, "{space:?}");
        }
    }
}

#[test]
fn unpooling_sizes_and_what_is_refused() {
    let pool = Pool::new([2, 3]).step([2, 1]).pad([0, 1]);
    assert_eq!(pool.unpooled_shape([4, 3, 5, 6]).unwrap()[..], [4, 3, 10, 6]);
    let (y, at) = (Array::new(vec![1.0, 2.0], [1, 1, 2]).unwrap(), Array::new(vec![0usize, 4], [1, 1, 2]).unwrap());
    let pool = Pool::new([2]);
    let text = |e: Result<Array<f64>, Error>| e.unwrap_err().to_string();
    assert_eq!(
        text(pool.max_unpool(&y, &at, Indices::Plane, [1, 1, 4])),
        "index 4 at [0, 0, 1] is outside of a plane of shape [4], which holds 4 elements: \
         use the indices and the input shape of the pooling"
    );
    assert_eq!(
        text(pool.max_unpool(&y, &at.clone().reshape([1, 2, 1]).unwrap(), Indices::Plane, [1, 1, 5])),
        "indices have shape [1, 2, 1], but the values have [1, 1, 2]: give one index for each value"
    );
    assert_eq!(
        text(pool.max_unpool(&y, &at, Indices::Plane, [2, 1, 5])),
        "the pooled array has shape [1, 1, 2], but [2, 1, 2] was planned"
    );
    assert!(text(pool.max_unpool(&y, &at, Indices::Window, [1, 1, 4])).contains("index 4"));
    assert_eq!(pool.max_unpool(&y, &at, Indices::Plane, [1, 1, 5]).unwrap().as_slice(), [1.0, 0.0, 0.0, 0.0, 2.0]);
    assert_eq!(
        text(pool.avg_pool(&y, Divisor::Fixed(0))),
        "the divisor of a mean is 0: it must be at least 1 (or count the elements)"
    );
    let padded = Pool::new([1]).step(1).pad(1);
    assert_eq!(padded.max_pool(&y).unwrap().as_slice(), [f64::NEG_INFINITY, 1.0, 2.0, f64::NEG_INFINITY]);
    assert!(matches!(
        padded.max_pool_with_indices(&y, Indices::Plane),
        Err(Error::EmptyWindow { what: "argmax", index }) if index == [0, 0, 0]
    ));
    assert!(padded.avg_pool(&y, Divisor::Elements).unwrap().as_slice()[0].is_nan());
    let whole = Array::new(vec![1u8, 2], [1, 1, 2]).unwrap();
    assert!(matches!(padded.avg_pool(&whole, Divisor::Elements), Err(Error::EmptyWindow { .. })));
    assert_eq!(padded.avg_pool(&whole, Divisor::Padded).unwrap().as_slice(), [0, 1, 2, 0]);
}

/// One number does not say how many axes are spatial: no axis is pooled by a guess.
#[test]
fn the_spatial_axes_are_said() {
    let x: Vec<f32> = (0..2 * 4 * 6).map(|i| i as f32).collect();
    let picture = View::new(&x, [2, 4, 6]).unwrap(); // [C, H, W]
    let both = Pool::new([2, 2]).max_pool(&picture).unwrap();
    assert_eq!(both.shape(), [2, 2, 3]);
    assert_eq!(Pool::new(2).step([2, 2]).max_pool(&picture).unwrap(), both);
    assert_eq!(Pool::new(2).dilation([1, 1]).max_pool(&picture).unwrap(), both);
    assert_eq!(Pool::new(2).pad([0, 0]).max_pool(&picture).unwrap(), both);
    assert_eq!(Pool::new([2]).max_pool(&picture).unwrap().shape(), [2, 4, 3]); // a batch of lines: [N, C, L]
    let words = |e: Error| e.to_string();
    assert_eq!(
        words(Pool::new(2).step(1).pad(1).max_pool(&picture).unwrap_err()),
        "a window of 2 in one number leaves open how many of 3 axes are spatial: \
         give one an axis, [2] for [N, C, spatial] or [2, 2] for [C, spatial, spatial]"
    );
    let unsaid = "in one number leaves open how many of";
    for (rank, ways) in [
        (1, "give one an axis"),
        (2, "give one an axis, [3] for [C, spatial]"),
        (4, "give one an axis, [3, 3] for [N, C, spatial..] or [3, 3, 3] for [C, spatial..]"),
    ] {
        let want = format!("a window of 3 {unsaid} {rank} axes are spatial: {ways}");
        assert_eq!(words(Pool::new(3).plan(vec![6; rank]).unwrap_err()), want);
    }
    let places = Array::from_elem(0usize, [2, 2, 3]).unwrap();
    assert!(matches!(Pool::new(2).request(3), Err(Error::SpatialUnsaid { size: 2, rank: 3, .. })));
    assert!(matches!(Pool::new(2).unpooled_shape([2, 2, 3]), Err(Error::SpatialUnsaid { .. })));
    assert!(matches!(
        Pool::new(2).max_unpool(&both, &places, Indices::Plane, [2, 4, 6]),
        Err(Error::SpatialUnsaid { .. })
    ));
    let want = format!(
        "a size of 1 {unsaid} 3 axes are spatial: give one an axis, [1] for [N, C, spatial] or [1, 1] for [C, spatial, spatial]"
    );
    assert_eq!(words(adaptive_avg_pool(&picture, 1).unwrap_err()), want);
    assert_eq!(words(adaptive_max_pool(&picture, 1).unwrap_err()), want);
}

#[test]
fn adaptive_and_global() {
    let x: Vec<f64> = (0..2 * 5 * 7).map(|i| f64::from(i * 31 % 70)).collect();
    let image = View::new(&x, [1, 2, 5, 7]).unwrap();
    for size in [[1, 1], [2, 3], [5, 7], [6, 9]] {
        let (mean, max) = (adaptive_avg_pool(&image, size).unwrap(), adaptive_max_pool(&image, size).unwrap());
        assert_eq!(mean.shape(), [1, 2, size[0], size[1]]);
        for at in indices(mean.shape()) {
            let along = |k: usize, n: usize| at[k] * n / size[k - 2]..((at[k] + 1) * n).div_ceil(size[k - 2]);
            let held: Vec<f64> = along(2, 5)
                .flat_map(|i| along(3, 7).map(move |j| (i, j)))
                .map(|(i, j)| image[[0, at[1], i, j]])
                .collect();
            assert!((mean[&at[..]] - held.iter().sum::<f64>() / held.len() as f64).abs() < 1e-12);
            assert_eq!(max[&at[..]], held.iter().fold(0.0, |a: f64, &b| a.max(b)));
        }
    }
    let (whole, one) = (global_avg_pool(&image).unwrap(), adaptive_avg_pool(&image, [1, 1]).unwrap());
    assert_eq!(whole.shape(), [1, 2, 1, 1]);
    assert!(whole.iter().zip(&one).all(|(a, b)| (a - b).abs() < 1e-12));
    assert_eq!(global_max_pool(&image).unwrap(), adaptive_max_pool(&image, [1, 1]).unwrap());
    assert!(matches!(global_max_pool(&x), Err(Error::AxisOutOfRange { axis: 2, rank: 1 })));
    let none = View::new(&x[..0], [1, 1, 0]).unwrap();
    assert!(matches!(adaptive_avg_pool(&none, [2]), Err(Error::SpanTooLong { axis: 2, .. })));
    assert!(matches!(adaptive_max_pool(&x, [2, 2]), Err(Error::AxisOutOfRange { .. })));
    assert!(adaptive_max_pool(row(&[1.0, f64::NAN]), [2]).unwrap().as_slice()[1].is_nan());
}

/// A result's shape, and each window's plane, elements and number of cells.
type Windows = (Vec<usize>, Vec<(usize, Vec<usize>, usize)>);

#[derive(Clone, Debug)]
struct Case {
    shape: Vec<usize>,
    window: Vec<usize>,
    step: Vec<usize>,
    dilation: Vec<usize>,
    pads: Vec<(isize, isize)>,
    ceil: bool,
    data: Vec<i8>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1usize..=3, 0usize..=2, any::<bool>()).prop_flat_map(|(spatial, lead, ceil)| {
        let longest = [0usize, 12, 7, 5][spatial];
        let shape = (prop::collection::vec(1usize..=3, lead), prop::collection::vec(1usize..=longest, spatial));
        shape.prop_flat_map(move |(mut shape, plane)| {
            shape.extend(plane);
            let total: usize = shape.iter().product();
            let each = |low: usize, high: usize| prop::collection::vec(low..=high, spatial);
            let pads = prop::collection::vec((0isize..=2, 0isize..=2), spatial);
            (each(1, 4), each(1, 3), each(1, 2), pads, prop::collection::vec(-9i8..9, total)).prop_map(
                move |(window, step, dilation, pads, data)| {
                    let shape = shape.clone();
                    Case { shape, window, step, dilation, pads, ceil, data }
                },
            )
        })
    })
}

impl Case {
    fn pool(&self) -> Pool {
        let pool = Pool::new(self.window.clone()).step(self.step.clone()).dilation(self.dilation.clone());
        let pool = pool.pad(self.pads.clone());
        if self.ceil { pool.ceil() } else { pool }
    }

    /// The result's shape; for each window the flat indices in its plane that it holds, and its cells but for overhang.
    fn windows(&self) -> Option<Windows> {
        let spatial = self.window.len();
        let lead = self.shape.len() - spatial;
        let mut shape = self.shape.clone();
        for k in 0..spatial {
            let (n, (low, high)) = (self.shape[lead + k] as isize, self.pads[k]);
            let span = ((self.window[k] - 1) * self.dilation[k]) as isize + 1;
            let (total, step) = (n + low + high, self.step[k] as isize);
            let mut count = (total - span).div_euclid(step) + 1;
            if self.ceil {
                count = -(-(total - span)).div_euclid(step) + 1;
                while count > 1 && (count - 1) * step >= n + low {
                    count -= 1;
                }
            }
            if count < 1 || span > total {
                return None;
            }
            shape[lead + k] = count as usize;
        }
        let plane: usize = self.shape[..lead].iter().product::<usize>().max(1);
        let planes = if lead == 0 { 1 } else { plane };
        let grid = indices(&shape[lead..]).collect::<Vec<_>>();
        let mut windows = Vec::new();
        for p in 0..planes {
            for at in &grid {
                let (mut held, mut cells) = (Vec::new(), 0);
                'cells: for cell in indices(&self.window) {
                    let mut flat = Some(0);
                    for k in 0..spatial {
                        let n = self.shape[lead + k] as isize;
                        let i = (at[k] * self.step[k] + cell[k] * self.dilation[k]) as isize - self.pads[k].0;
                        if i >= n + self.pads[k].1 {
                            continue 'cells;
                        }
                        flat = flat.filter(|_| (0..n).contains(&i)).map(|f| f * n as usize + i as usize);
                    }
                    cells += 1;
                    held.extend(flat);
                }
                windows.push((p, held, cells));
            }
        }
        Some((shape, windows))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn pooling_is_what_plain_loops_say(case in cases()) {
        let pool = case.pool();
        let Some((shape, windows)) = case.windows() else { return Ok(()) };
        let x: Vec<f64> = case.data.iter().map(|&v| f64::from(v)).collect();
        let (view, ints) = (View::new(&x, &case.shape).unwrap(), View::new(&case.data, &case.shape).unwrap());
        let spatial = case.window.len();
        let plane: usize = case.shape[case.shape.len() - spatial..].iter().product();
        let max = pool.max_pool(&view).unwrap();
        prop_assert_eq!(max.shape(), &shape[..]);
        let padded = pool.avg_pool(&view, Divisor::Padded).unwrap();
        let norm = pool.lp_pool(&view, 3.0).unwrap();
        let fixed = pool.avg_pool(&ints, Divisor::Fixed(3)).unwrap();
        let some_empty = windows.iter().any(|w| w.1.is_empty());
        for (i, (p, held, cells)) in windows.iter().enumerate() {
            let values: Vec<f64> = held.iter().map(|&f| x[p * plane + f]).collect();
            let sum: f64 = values.iter().sum();
            prop_assert_eq!(max.as_slice()[i], values.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b)));
            prop_assert!((padded.as_slice()[i] - sum / *cells as f64).abs() < 1e-12);
            let cubes: f64 = values.iter().map(|v| v.abs().powi(3)).sum();
            prop_assert!((norm.as_slice()[i] - cubes.cbrt()).abs() < 1e-9);
            prop_assert_eq!(fixed.as_slice()[i], (sum as i32 / 3) as i8);
        }
        let found = pool.max_pool_with_indices(&view, Indices::Plane);
        if some_empty {
            let refused = matches!(found, Err(Error::EmptyWindow { .. }));
            prop_assert!(refused);
            return Ok(());
        }
        let (y, at) = found.unwrap();
        prop_assert_eq!(&y, &max);
        // Ones back to the maxima, and shares back to the elements.
        let ones = Array::from_elem(1.0, &shape).unwrap();
        let back = pool.max_pool_gradient(&ones, &at, Indices::Plane, &case.shape).unwrap();
        let spread = pool.avg_pool_gradient(&ones, Divisor::Elements, &case.shape).unwrap();
        let (mut want, mut want_spread) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        for (i, (p, held, _)) in windows.iter().enumerate() {
            let best = held.iter().copied().rev().max_by(|&a, &b| x[p * plane + a].total_cmp(&x[p * plane + b])).unwrap();
            prop_assert_eq!(at.as_slice()[i], best);
            want[p * plane + best] += 1.0;
            for &f in held {
                want_spread[p * plane + f] += 1.0 / held.len() as f64;
            }
        }
        prop_assert_eq!(back.as_slice(), &want[..]);
        prop_assert!(spread.iter().zip(&want_spread).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}

/// Every small window against a walk over its cells: those with a kernel of their own and those without.
#[test]
fn maxima_of_small_windows_and_where_they_lie() {
    fn check<T: ndwindow::Number + PartialOrd + std::fmt::Debug>(values: &[T]) {
        for i in indices(&[4, 4, 3, 2, 4, 4]) {
            let (k, step, pad) = (i[0] + 1, i[1] + 1, i[2].min(i[0]));
            let (h, w) = ([2, 5, 7, 19][i[4]], [2, 6, 9, 33][i[5]]);
            if h + 2 * pad < k || w + 2 * pad < k {
                continue;
            }
            let pool = Pool::new([k, k]).step(step).pad(pad);
            let pool = if i[3] == 1 { pool.ceil() } else { pool };
            let x: Vec<T> = (0..2 * h * w).map(|i| values[(i * i * 7 + i / 5 * 3) % values.len()]).collect();
            let image = View::new(&x, [1, 2, h, w]).unwrap();
            let found = pool.max_pool_with_indices(&image, Indices::Plane);
            let first = pool.max_pool_with_indices(&image, Indices::Tensor);
            let shape = pool.shape([1, 2, h, w]).unwrap();
            let (mut wanted, mut empty) = (Vec::new(), false);
            for o in indices(&shape) {
                let mut best: Option<(usize, usize)> = None;
                for c in indices(&[k, k]) {
                    let (r, s) = ((o[2] * step + c[0]).wrapping_sub(pad), (o[3] * step + c[1]).wrapping_sub(pad));
                    if r < h && s < w {
                        let at = r * w + s;
                        let x = |at: usize| x[o[1] * h * w + at];
                        let nan = |at: usize| x(at).partial_cmp(&x(at)).is_none();
                        best = Some(match best {
                            None => (at, at),
                            Some((last, first)) => (
                                if x(at) > x(last) && !nan(last) || nan(at) { at } else { last },
                                if x(at) > x(first) || nan(at) && !nan(first) { at } else { first },
                            ),
                        });
                    }
                }
                empty |= best.is_none();
                wanted.extend(best.map(|(last, first)| (last, first + o[1] * h * w)));
            }
            if empty {
                assert!(matches!(found, Err(Error::EmptyWindow { .. })));
                continue;
            }
            let ((y, at), (z, tensor)) = (found.unwrap(), first.unwrap());
            for (n, &(last, first)) in wanted.iter().enumerate() {
                let lead = n / (shape[2] * shape[3]) * h * w;
                let case = format!("{k} by {step}, pad {pad}, {h} x {w}, {n}");
                assert_eq!((at.as_slice()[n], tensor.as_slice()[n]), (last, first), "{case}");
                // The element itself, to the sign of a zero.
                assert_eq!(format!("{:?}", y.as_slice()[n]), format!("{:?}", x[lead + last]), "{case}");
                assert_eq!(format!("{:?}", z.as_slice()[n]), format!("{:?}", x[first]), "{case}");
            }
        }
    }
    check(&[3.0f32, -1.0, f32::NAN, 0.0, -0.0, 2.0, f32::NEG_INFINITY, 1.0, 4.0, 5.0, 6.0]);
    check(&[-0.0f64, 0.0, -1.0]);
    check(&[3u8, 0, 255, 7, 3]);
    check(&[i64::MIN, 5, 5, -7]);
}

#[test]
fn maxima_and_their_places_are_the_same_for_any_number_of_threads() {
    let x: Vec<f32> = (0..64 * 90 * 91u32).map(|i| (i.wrapping_mul(2654435761) >> 20) as f32).collect();
    let image = View::new(&x, [4, 16, 90, 91]).unwrap();
    for pool in [Pool::new([3, 3]).step(2).pad(1), Pool::new([5, 5]).step(2)] {
        let (one, many) = [1, 3]
            .map(|n| {
                let threads = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
                threads.install(|| pool.max_pool_with_indices(&image, Indices::Window).unwrap())
            })
            .into();
        assert_eq!(one, many);
        assert_eq!(one.0, pool.max_pool(&image).unwrap());
        let mut short = vec![0; one.1.len() - 1];
        let mut values = vec![0.0; one.0.len()];
        let error = pool.max_pool_with_indices_into(&image, Indices::Plane, &mut values, &mut short);
        assert!(matches!(error, Err(Error::BufferLength { .. })));
    }
}

/// What a negative pad cuts off is not there, even where a window overhangs the cut.
#[test]
fn cropped_planes() {
    let x: Vec<u8> = (1..=36).collect();
    let image = View::new(&x, [1, 6, 6]).unwrap();
    for (pads, values, places) in [
        ((0, -1), [8, 10, 11, 20, 22, 23, 26, 28, 29], [7, 9, 10, 19, 21, 22, 25, 27, 28]),
        ((-1, 0), [15, 17, 18, 27, 29, 30, 33, 35, 36], [14, 16, 17, 26, 28, 29, 32, 34, 35]),
    ] {
        let pool = Pool::new([2, 2]).pad([pads, pads]).ceil();
        let (y, at) = pool.max_pool_with_indices(&image, Indices::Plane).unwrap();
        assert_eq!((y.as_slice(), at.as_slice()), (&values[..], &places[..]), "{pads:?}");
        assert_eq!(pool.max_pool(&image).unwrap(), y);
    }
}

/// Means of very many cells, of which plain sums of the element's type lose more and more; and of numbers whose sums are none.
#[test]
fn means_do_not_drift_and_do_not_overflow() {
    const N: usize = (1 << 24) + (1 << 22);
    let tenths = vec![0.1f32; N];
    let long = View::new(&tenths, [1, 1, N]).unwrap();
    let square = View::new(&tenths, [1, 1, 1 << 12, N >> 12]).unwrap();
    for mean in [
        adaptive_avg_pool(&long, [1]).unwrap(),
        adaptive_avg_pool(&square, [1, 1]).unwrap(),
        adaptive_avg_pool(&square, [1, 3]).unwrap(),
    ] {
        assert!(mean.iter().all(|m| (m / 0.1 - 1.0).abs() < 1e-6), "{mean:?}");
    }
    // value, how many, which mean
    macro_rules! finite {
        ($($t:ty: $values:expr, $want:expr;)*) => { $(
            let values: Vec<$t> = $values;
            let n = values.len();
            let x = View::new(&values, [1, 1, n]).unwrap();
            let want: $t = $want;
            assert_eq!(adaptive_avg_pool(&x, [1]).unwrap().as_slice(), [want]);
            let fixed = Pool::new([n]).avg_pool(&x, Divisor::Fixed(n)).unwrap();
            assert!((f64::from(fixed.as_slice()[0]) / f64::from(want) - 1.0).abs() < 1e-2, "{fixed:?}");
        )* };
    }
    let inf = f64::INFINITY;
    finite! {
        half::f16: vec![half::f16::MAX; 5000], half::f16::MAX;
        half::bf16: vec![half::bf16::from_f32(3e38); 3], half::bf16::from_f32(3e38);
    }
    let adaptive = |x: &[f64]| adaptive_avg_pool(View::new(x, [1, 1, x.len()]).unwrap(), [1]).unwrap().into_vec()[0];
    let single = |x: &[f32]| adaptive_avg_pool(View::new(x, [1, 1, x.len()]).unwrap(), [1]).unwrap().into_vec()[0];
    assert_eq!(single(&[3e38, 3e38]), 3e38);
    assert_eq!(single(&[f32::MAX; 9]), f32::MAX);
    assert_eq!(adaptive(&[f64::MAX; 3]), f64::MAX);
    assert_eq!(adaptive(&[f64::MAX, f64::MAX, -f64::MAX, -f64::MAX]), 0.0);
    assert_eq!(adaptive(&[1e16, 1.0, 1.0, -1e16]), 0.5);
    assert_eq!(adaptive(&[5e-324, 5e-324]), 5e-324);
    assert_eq!(adaptive(&[1.0, inf]), inf);
    assert!(adaptive(&[-inf, inf]).is_nan() && adaptive(&[f64::NAN, 1.0]).is_nan());
    // Windows that end in the same element add up in its gradient.
    let ones = vec![1.0f32; (1 << 24) + 9];
    let ones = View::new(&ones, [1, 1, (1 << 24) + 9]).unwrap();
    let places = vec![2usize; (1 << 24) + 9];
    let places = View::new(&places, [1, 1, (1 << 24) + 9]).unwrap();
    let gradient = Pool::new([1]).max_pool_gradient(&ones, &places, Indices::Plane, [1, 1, 4]).unwrap();
    assert_eq!(gradient.as_slice(), [0.0, 0.0, ((1 << 24) + 9) as f32, 0.0]);
}
