//! The order of combination: the same bits wherever a window lies, for any number of threads.

use ndwindow::{Unfold, View, unfold};

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
