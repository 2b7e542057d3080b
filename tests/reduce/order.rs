//! The order of combination: the same bits wherever a window lies, for any number of threads.

use ndwindow::{PadMode, Unfold, View, unfold};

fn noise(n: usize) -> Vec<f32> {
    let mut s = 1u64;
    (0..n)
        .map(|_| {
            s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((s >> 40) as f32 / 1e7 - 0.5) * 10f32.powi((s >> 33) as i32 % 7)
        })
        .collect()
}

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|v| v.to_bits()).collect()
}

/// Every window of a long line has the sum of the same request on its own cells alone.
#[test]
fn a_sum_does_not_depend_on_its_neighbours() {
    let n = 300;
    let x = noise(n);
    for window in (1..=40).chain([64, 100]) {
        for step in [1, 2, 3, 4, 6, 10, 50] {
            for dilation in [1, 2, 3] {
                let request = unfold(0, window, step).dilation(dilation);
                let span = (window - 1) * dilation + 1;
                if span > n {
                    continue;
                }
                let all = request.windows(&x).unwrap().sum();
                for (i, &s) in all.as_slice().iter().enumerate() {
                    let alone = request.windows(&x[i * step..i * step + span]).unwrap().sum();
                    assert_eq!(s.to_bits(), alone.as_slice()[0].to_bits(), "{window} {step} {dilation} {i}");
                }
            }
        }
    }
}

/// Across rows the order is the same as along them.
#[test]
fn a_sum_does_not_depend_on_the_layout() {
    let (h, w) = (61, 83);
    let x = noise(h * w);
    let mut turned = vec![0.0; h * w];
    for i in 0..h {
        for j in 0..w {
            turned[j * h + i] = x[i * w + j];
        }
    }
    for (window, step) in [(3, 1), (5, 2), (8, 1), (9, 1), (21, 1), (21, 3), (21, 4), (21, 6), (33, 5)] {
        let plain = View::new(&x, [h, w]).unwrap();
        let view = View::new(&turned, [w, h]).unwrap();
        let view = view.permute(&[1, 0]).unwrap();
        for axes in [vec![0], vec![1], vec![0, 1]] {
            let request = unfold(&axes[..], window, step).pad(2);
            let (a, b) = (request.windows(&plain).unwrap().sum(), request.windows(&view).unwrap().sum());
            assert_eq!(bits(a.as_slice()), bits(b.as_slice()), "{axes:?} {window} {step}");
        }
        // Along one axis, rows and columns; longer windows are scanned across rows.
        if window / step > 8 {
            continue;
        }
        let along = unfold(1, window, step).windows(&plain).unwrap().sum();
        let across = unfold(0, window, step).windows(View::new(&turned, [w, h]).unwrap()).unwrap().sum();
        let (rows, cols) = (along.shape()[0], along.shape()[1]);
        for i in 0..rows {
            for j in 0..cols {
                let (a, b) = (along.as_slice()[i * cols + j], across.as_slice()[j * rows + i]);
                assert_eq!(a.to_bits(), b.to_bits(), "{window} {step} {i} {j}");
            }
        }
    }
}

/// A long line is summed part by part, and every part goes on from what the one before left.
#[test]
fn a_line_in_parts_has_the_sums_of_its_windows_alone() {
    let n = 9000;
    let x = noise(n);
    let bytes: Vec<u8> = x.iter().map(|v| v.to_bits() as u8).collect();
    let signed: Vec<i8> = bytes.iter().map(|&b| b as i8).collect();
    for (window, pad) in [(9, 0), (100, 7), (301, 0), (1000, 0), (1024, 300)] {
        let request = unfold(0, window, 1).pad(pad);
        let floats = request.windows(&x).unwrap().sum();
        let unsigned = request.windows(&bytes).unwrap().sum();
        let integers = request.windows(&signed).unwrap().sum();
        for i in (pad..=n + pad - window).filter(|i| i % 61 < 2 || (i + 3) % 128 < 6) {
            let cells = i - pad..i - pad + window;
            let alone = unfold(0, window, 1).windows(&x[cells.clone()]).unwrap().sum();
            assert_eq!(floats.as_slice()[i].to_bits(), alone.as_slice()[0].to_bits(), "{window} {pad} {i}");
            let exact: u64 = bytes[cells.clone()].iter().map(|&b| u64::from(b)).sum();
            assert_eq!(unsigned.as_slice()[i], exact, "{window} {pad} {i}");
            let exact: i64 = signed[cells].iter().map(|&b| i64::from(b)).sum();
            assert_eq!(integers.as_slice()[i], exact, "{window} {pad} {i}");
        }
    }
}

/// Windows so long that they are scanned in groups: what stands outside one does not show in it.
#[test]
fn a_long_sum_across_rows_does_not_depend_on_other_elements() {
    let (h, w, window) = (300, 5, 90);
    let x = noise(h * w);
    let request = unfold(0, window, 1);
    let all = request.windows(View::new(&x, [h, w]).unwrap()).unwrap().sum();
    for i in [0, 1, 44, 89, 90, 91, 150, 210] {
        let mut other: Vec<f32> = x.iter().map(|v| v * -3.0 + 1e8).collect();
        other[i * w..(i + window) * w].copy_from_slice(&x[i * w..(i + window) * w]);
        let again = request.windows(View::new(&other, [h, w]).unwrap()).unwrap().sum();
        assert_eq!(bits(&all.as_slice()[i * w..][..w]), bits(&again.as_slice()[i * w..][..w]), "window {i}");
        // And it is the sum, to rounding.
        for j in 0..w {
            let exact: f64 = (0..window).map(|k| f64::from(x[(i + k) * w + j])).sum();
            let size: f64 = (0..window).map(|k| f64::from(x[(i + k) * w + j].abs())).sum();
            let found = f64::from(all.as_slice()[i * w + j]);
            assert!((found - exact).abs() <= window as f64 * f64::from(f32::EPSILON) * size, "{found} for {exact}");
        }
    }
}

/// The same of a line, whose windows are scanned from some hundred cells on, in parts that begin anywhere.
#[test]
fn a_long_sum_along_a_line_depends_on_nothing_else() {
    let (n, window) = (400_000, 1100);
    let x = noise(n);
    let request = unfold(0, window, 1);
    let sums = |x: &[f32], threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bits(request.windows(x).unwrap().sum().as_slice()))
    };
    let one = sums(&x, 1);
    assert!(one == sums(&x, 2) && one == sums(&x, 3), "threads");
    for i in [0, 1, 1099, 1100, 5000, 9999, 123_456, n - window] {
        let mut other: Vec<f32> = x.iter().map(|v| v * -3.0 + 1e8).collect();
        other[i..i + window].copy_from_slice(&x[i..i + window]);
        assert_eq!(sums(&other, 1)[i], one[i], "window {i}");
        let exact: f64 = x[i..i + window].iter().map(|&v| f64::from(v)).sum();
        let size: f64 = x[i..i + window].iter().map(|&v| f64::from(v.abs())).sum();
        let found = f64::from(f32::from_bits(one[i]));
        assert!((found - exact).abs() <= window as f64 * f64::from(f32::EPSILON) * size, "{found} for {exact}");
    }
}

/// One, two and three threads give the same bits.
#[test]
fn any_number_of_threads() {
    let shape = [3, 260, 700];
    let x = noise(shape.iter().product());
    let requests: Vec<Unfold> = vec![
        unfold([1, 2], 3, 1).same(),
        unfold([1, 2], 21, 1).same(),
        unfold([0, 1, 2], [2, 9, 12], [1, 3, 2]),
        unfold(1, 100, 1),
        unfold(2, 100, 7).pad(5),
        unfold(0, 2, 1),
        unfold([1, 2], 2, 2),
    ];
    for request in requests {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let w = request.windows(View::new(&x, shape).unwrap()).unwrap();
                (bits(w.sum().as_slice()), bits(w.mean().as_slice()), bits(w.max().as_slice()))
            })
        };
        let one = run(1);
        assert!(one == run(2), "{request:?} on two threads");
        assert!(one == run(3), "{request:?} on three threads");
    }
}

/// Requests of each kind of loop: few cells along and across rows, doubling, every window for itself, scans along and across, with and
/// without cells left over, boxes, uneven starts, windows over a tree.
fn kinds() -> Vec<(Unfold, Vec<usize>)> {
    let tail = ndwindow::Tail::Spread;
    vec![
        (unfold(1, 5, 1), vec![40, 300]),
        (unfold(0, 7, 2), vec![90, 40]),
        (unfold(1, 60, 1), vec![3, 900]),
        (unfold(1, 61, 7).dilation(2), vec![3, 900]),
        (unfold(1, 20, 30), vec![3, 900]),
        (unfold(1, 1000, 1), vec![2, 5000]),
        (unfold(1, 1003, 2).pad(11), vec![2, 5000]),
        (unfold(0, 30, 1), vec![200, 70]),
        (unfold(0, 31, 2).pad(3), vec![200, 70]),
        (unfold(0, 400, 1), vec![1000, 3]),
        (unfold(0, 10, 1).dilation(3), vec![200, 70]),
        (unfold([0, 1], 3, 2).pad(1), vec![50, 60]),
        (unfold([0, 1], [40, 30], [1, 3]).pad(2), vec![150, 130]),
        (unfold([0, 2], [12, 9], 1), vec![40, 3, 50]),
        (unfold(1, 40, 7).tail(tail), vec![3, 300]),
        (unfold(1, 6, 4).tail(tail), vec![3, 301]),
    ]
}

/// A result follows from elements, plan and place: neither memory, nor threads, nor other elements show in it.
#[test]
fn bits_follow_from_elements_plan_and_place() {
    for (request, shape) in kinds() {
        let x = noise(shape.iter().product());
        let plain = View::new(&x, &shape).unwrap();
        let run = |view: &View<'_, f32>, threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let w = request.windows(view).unwrap();
                (bits(w.sum().as_slice()), bits(w.mean().as_slice()))
            })
        };
        let right = run(&plain, 1);
        assert!(right == run(&plain, 2) && right == run(&plain, 3), "{request:?}: threads");
        // The same elements, the last axis in front, every axis backwards, and with gaps.
        let rank = shape.len() as isize;
        let order: Vec<isize> = (0..rank).map(|k| (k + rank - 1) % rank).collect();
        let back: Vec<isize> = (0..rank).map(|k| (k + 1) % rank).collect();
        let turned = plain.permute(&order).unwrap().to_array();
        assert!(right == run(&turned.view().permute(&back).unwrap(), 1), "{request:?}: another order of axes");
        let mut backwards = x.clone();
        backwards.reverse();
        let mut view = View::new(&backwards, &shape).unwrap();
        for (axis, &n) in shape.iter().enumerate() {
            view = view.slice(axis as isize, n - 1, -1, n).unwrap();
        }
        assert!(right == run(&view, 1), "{request:?}: backwards");
        let wide: Vec<f32> = x.iter().flat_map(|&v| [v, 1e30, -7.0]).collect();
        let mut strides: Vec<isize> = vec![3; shape.len()];
        for a in (1..shape.len()).rev() {
            strides[a - 1] = strides[a] * shape[a] as isize;
        }
        assert!(right == run(&View::with_strides(&wide, &shape, &strides, 0).unwrap(), 1), "{request:?}: gaps");
        // One window at a time: everything outside of it is changed.
        let w = request.windows(&plain).unwrap();
        let inside = w.plan().axes().iter().map(|a| (a.axis(), a.start(a.count() / 2), a.span() as isize));
        let inside: Vec<(usize, isize, isize)> = inside.collect();
        let mut other = x.clone();
        for (number, v) in other.iter_mut().enumerate() {
            let mut rest = number;
            let mut index = vec![0; shape.len()];
            for a in (0..shape.len()).rev() {
                index[a] = rest % shape[a];
                rest /= shape[a];
            }
            if inside.iter().any(|&(a, start, span)| !(start..start + span).contains(&(index[a] as isize))) {
                *v = *v * -3.0 + 1e8;
            }
        }
        let again = run(&View::new(&other, &shape).unwrap(), 1);
        let reduced = w.plan().reduced_shape();
        let middle = (0..shape.len()).fold(0, |at, a| {
            let k = w.plan().axes().iter().find(|p| p.axis() == a).map_or(0, |p| p.count() / 2);
            at * reduced[a] + k
        });
        assert_eq!(
            (right.0[middle], right.1[middle]),
            (again.0[middle], again.1[middle]),
            "{request:?}: other elements"
        );
    }
}

/// The error of a sum does not grow with its window, whatever loop adds it.
#[test]
fn errors_do_not_grow() {
    for (request, shape) in kinds() {
        // Tenths, so that every addition is rounded, and all in one direction.
        let x = vec![0.1f32; shape.iter().product()];
        let w = request.windows(View::new(&x, &shape).unwrap()).unwrap();
        let cells =
            w.fill_value().map_or_else(|| w.map(|v| v.iter().filter(|&&v| v != 0.0).count()), |_| unreachable!());
        for ((&sum, &mean), &n) in w.sum().iter().zip(&w.mean()).zip(&cells) {
            let right = f64::from(0.1f32) * n as f64;
            let error = (f64::from(sum) - right).abs() / right;
            assert!(error < 4.0 * f64::from(f32::EPSILON), "{request:?}: {sum} for {right}");
            assert!((mean - 0.1).abs() < 4.0 * 0.1 * f32::EPSILON, "{request:?}: {mean}");
        }
    }
    // So many that adding one by one would stop.
    let ones = vec![1.0f32; 1 << 25];
    let w = unfold(0, 1 << 25, 1).windows(&ones).unwrap();
    assert_eq!((w.sum().as_slice(), w.mean().as_slice()), (&[33_554_432.0][..], &[1.0][..]));
}

/// Means of finite numbers are finite, whatever loop adds them; what is not finite stays that.
#[test]
fn means_of_finite_numbers_are_finite() {
    for (request, shape) in kinds() {
        let n = shape.iter().product();
        let x: Vec<f32> = (0..n).map(|k| if k % 3 == 0 { f32::MAX } else { 3e38 }).collect();
        let means = request.windows(View::new(&x, &shape).unwrap()).unwrap().mean();
        assert!(means.iter().all(|m| (2.99999e38..=f32::MAX).contains(m)), "{request:?}");
        let x: Vec<f64> = vec![f64::MIN; n];
        let means = request.windows(View::new(&x, &shape).unwrap()).unwrap().mean();
        assert!(means.iter().all(|&m| m.is_finite() && m < f64::MIN * 0.999_999), "{request:?}");
    }
    let mean = |x: &[f32]| unfold(0, 2, 1).windows(x).unwrap().mean().into_vec();
    assert_eq!(mean(&[3e38, 3e38, -3e38, 1e-45]), [3e38, 0.0, -1.5e38]);
    let odd = mean(&[f32::INFINITY, 3e38, 3e38, f32::NAN, f32::NEG_INFINITY, f32::INFINITY]);
    assert!(odd[0] == f32::INFINITY && odd[1] == 3e38 && odd[2..].iter().all(|m| m.is_nan()), "{odd:?}");
    let filled = unfold(0, 3, 1).pad(1).windows(&[3e38f32, 1.0]).unwrap().fill(f32::MAX).mean();
    assert!(filled.iter().all(|m| m.is_finite()), "{filled:?}");
}

/// Short lines are combined several at a time, long ones one by one: windows have the same bits either way.
#[test]
fn a_result_does_not_depend_on_how_long_lines_are() {
    let shape = [3, 29, 1200];
    let x = noise(shape.iter().product());
    let bytes: Vec<u8> = x.iter().map(|v| v.to_bits() as u8).collect();
    let ints: Vec<i32> = x.iter().map(|v| v.to_bits() as i32 >> 8).collect();
    let (long, bytes, ints) =
        (View::new(&x, shape).unwrap(), View::new(&bytes, shape).unwrap(), View::new(&ints, shape).unwrap());
    let requests = [([2, 3, 5], [1, 1, 1]), ([3, 9, 9], [1, 1, 1]), ([1, 21, 12], [2, 1, 1]), ([2, 1, 9], [1, 1, 2])];
    for (window, dilation) in requests {
        for pad in [[0, 0, 0], [1, 9, 0]] {
            for mode in [PadMode::Empty, PadMode::Reflect] {
                for axes in [&[0, 1, 2][..], &[1, 2], &[0, 2]] {
                    let of = |all: &[usize]| axes.iter().map(|&a| all[a]).collect::<Vec<_>>();
                    let request = unfold(axes, of(&window), 1).dilation(of(&dilation)).pad(of(&pad)).pad_mode(mode);
                    for (first, len) in [(0, 64), (1130, 70)] {
                        macro_rules! same {
                            ($($of:ident.$verb:ident)*) => { $(
                                let whole = request.windows(&$of).unwrap().$verb();
                                let short = $of.slice(2, first, 1, len).unwrap();
                                let short = request.windows(&short).unwrap().$verb();
                                let part = whole.view();
                                let part = part.slice(2, first, 1, short.shape()[2]).unwrap();
                                let (a, b) = (part.to_array(), short);
                                let same = a.as_slice().iter().zip(b.as_slice()).all(|(a, b)| a.to_ne_bytes() == b.to_ne_bytes());
                                let how = (axes, window, dilation, pad, mode, first);
                                assert!(a.shape() == b.shape() && same, "{} {how:?}", stringify!($of.$verb));
                            )* };
                        }
                        same!(long.sum long.mean long.max long.min ints.sum ints.mean ints.max bytes.mean bytes.max bytes.min);
                    }
                }
            }
        }
    }
}
