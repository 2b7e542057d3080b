//! Cases with answers worked out by hand or by other libraries.

use ndwindow::{Error, Max, MaxNum, MinNum, Tail, View, WrappingProduct, WrappingSum, unfold};

#[test]
fn max_pool_in_ceil_mode() {
    let pooled = unfold(0, 3, 2).pad(1).tail(Tail::Partial).windows(&[1, 2, 3, 4, 5, 6]).unwrap().max();
    assert_eq!(pooled.as_slice(), [2, 4, 6, 6]);
    let pooled = unfold(0, 2, 3).pad(1).tail(Tail::Partial).windows(&[1, 2, 3, 4, 5]).unwrap().max();
    assert_eq!(pooled.as_slice(), [1, 4]);
}

#[test]
fn mean_with_and_without_padding() {
    let x = [1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0];
    let pool = unfold(0, 3, 2).pad(1).tail(Tail::Partial);
    assert_eq!(pool.windows(&x).unwrap().fill(0.0).mean().as_slice(), [1.0, 3.0, 5.0, 3.0]);
    assert_eq!(pool.windows(&x).unwrap().mean().as_slice(), [1.5, 3.0, 5.0, 6.0]);
    let overhang = unfold(0, 4, 4).tail(Tail::Partial).windows(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    assert_eq!(overhang.mean().as_slice(), [2.5, 5.0]);
    assert_eq!(overhang.fill(9.0).mean().as_slice(), [2.5, 5.0]);
}

#[test]
fn sums_do_not_drift() {
    let x = [1e16, 1.0, 1.0, 1.0];
    assert_eq!(unfold(0, 2, 1).windows(&x).unwrap().sum().as_slice(), [1e16, 2.0, 2.0]);
    for window in [2, 5, 9, 16, 33] {
        for step in [1, 2, 3] {
            let mut x = vec![1.0f64; 100];
            (x[20], x[60]) = (f64::NAN, 1e300);
            let sums = unfold(0, window, step).windows(&x).unwrap().sum();
            for (i, &s) in sums.as_slice().iter().enumerate() {
                let inside = i * step..i * step + window;
                match (inside.contains(&20), inside.contains(&60)) {
                    (true, _) => assert!(s.is_nan()),
                    (_, true) => assert_eq!(s, 1e300),
                    _ => assert_eq!(s, window as f64),
                }
            }
        }
    }
}

#[test]
fn nan_leaves_with_its_window() {
    for window in [3, 9, 40] {
        let mut x: Vec<f32> = (0..200).map(|i| (i * 37 % 100) as f32).collect();
        for bad in [f32::NAN, -f32::NAN, f32::from_bits(0x7f80_0001), f32::from_bits(0xff80_0001)] {
            x[100] = bad;
            let w = unfold(0, window, 1).windows(&x).unwrap();
            for (i, (&a, &b)) in w.max().as_slice().iter().zip(w.min().as_slice()).enumerate() {
                let inside = (i..i + window).contains(&100);
                assert_eq!((a.is_nan(), b.is_nan()), (inside, inside), "window {i} of {window}");
            }
            let (most, least) = (w.reduce(&MaxNum), w.reduce(&MinNum));
            for (i, (&a, &b)) in most.as_slice().iter().zip(least.as_slice()).enumerate() {
                let numbers = || x[i..i + window].iter().copied().filter(|v| !v.is_nan());
                assert_eq!(
                    (a, b),
                    (numbers().fold(f32::NEG_INFINITY, f32::max), numbers().fold(f32::INFINITY, f32::min))
                );
            }
        }
    }
}

#[test]
fn zeros_and_infinities_have_their_places() {
    let bits = |x: &[f64]| x.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    for x in [[0.0, -0.0], [-0.0, 0.0]] {
        let w = unfold(0, 2, 1).windows(&x).unwrap();
        assert_eq!(bits(w.max().as_slice()), bits(&[0.0]));
        assert_eq!(bits(w.min().as_slice()), bits(&[-0.0]));
        assert_eq!(bits(w.sum().as_slice()), bits(&[0.0]));
    }
    let zeros = [-0.0, -0.0];
    assert_eq!(bits(unfold(0, 2, 1).windows(&zeros).unwrap().sum().as_slice()), bits(&[0.0]));
    let x = [f64::NEG_INFINITY, f64::INFINITY, f64::MIN, f64::MIN_POSITIVE, -f64::MIN_POSITIVE, 5e-324, -5e-324];
    let w = unfold(0, 1, 1).windows(&x).unwrap();
    assert_eq!((w.max().as_slice(), w.min().as_slice()), (&x[..], &x[..]));
}

#[test]
fn integers_are_exact() {
    let x = [u64::MAX, u64::MAX - 1, 1 << 53, (1 << 53) + 1];
    let w = unfold(0, 2, 1).windows(&x).unwrap();
    assert_eq!(w.max().as_slice(), [u64::MAX, u64::MAX - 1, (1 << 53) + 1]);
    assert_eq!(w.min().as_slice(), [u64::MAX - 1, 1 << 53, 1 << 53]);
    assert_eq!(w.sum().as_slice()[0], 2 * u128::from(u64::MAX) - 1);
    // Rounded once: the sum has 65 digits, the mean 2^64 - 1.5 rounds to 2^64.
    assert_eq!(w.mean().as_slice()[0], 18446744073709551616.0);
    // (2^53 + 2^53 + 1) / 2 is 2^53 + 0.5, to even.
    assert_eq!(w.mean().as_slice()[2], 9007199254740992.0);
    for window in [2, 200, 300, 1000, 70_000] {
        let bytes = vec![255u8; 70_001];
        let sums = unfold(0, window, 1).windows(&bytes).unwrap().sum();
        assert!(sums.as_slice().iter().all(|&s| s == 255 * window as u64), "{window}");
        let low = vec![i8::MIN; 70_001];
        let sums = unfold(0, window, 1).windows(&low).unwrap().sum();
        assert!(sums.as_slice().iter().all(|&s| s == -128 * window as i64), "{window}");
        let means = unfold(0, window, 1).windows(&low).unwrap().mean();
        assert!(means.as_slice().iter().all(|&m| m == -128.0), "{window}");
    }
    let truth = [true, false, true, true];
    assert_eq!(unfold(0, 3, 1).windows(&truth).unwrap().sum().as_slice(), [2, 2]);
}

#[test]
fn means_of_large_integers_are_rounded_once() {
    // 3 (2^62 + 2^9) / 3: the sum rounds down to 3 * 2^62 if converted first; the mean is a tie the other way.
    let x = [(1i64 << 62) + 512, (1 << 62) + 512, (1 << 62) + 514];
    let exact = (1i128 << 62) + 512; // and 2/3: above the tie between 2^62 and 2^62 + 1024
    let mean = unfold(0, 3, 1).windows(&x).unwrap().mean().as_slice()[0];
    assert_eq!(mean, (exact + 512) as f64);
    let negative = x.map(|v| -v);
    assert_eq!(unfold(0, 3, 1).windows(&negative).unwrap().mean().as_slice()[0], -((exact + 512) as f64));
}

#[test]
fn products() {
    let x = [2.0, 3.0, 4.0, 0.5];
    assert_eq!(unfold(0, 3, 1).windows(&x).unwrap().product().unwrap().as_slice(), [24.0, 6.0]);
    assert_eq!(unfold(0, 3, 1).pad(1).windows(&x).unwrap().product().unwrap().as_slice(), [6.0, 24.0, 6.0, 2.0]);
    let x = [255u8; 8];
    assert_eq!(unfold(0, 8, 1).windows(&x).unwrap().product().unwrap().as_slice(), [255u64.pow(8)]);
    let w = unfold(0, 3, 1).windows(&[i64::MAX; 3]).unwrap();
    assert_eq!(w.reduce(&WrappingProduct).as_slice(), [i64::MAX.wrapping_mul(i64::MAX).wrapping_mul(i64::MAX)]);
    assert_eq!(w.reduce(&WrappingSum).as_slice(), [i64::MAX.wrapping_mul(3)]);
}

/// What fits comes out, however many factors there are; what does not is an error that names the window.
#[test]
fn products_fail_by_their_value() {
    let product = |x: &[i32], n| unfold(0, n, 1).windows(x).unwrap().product().map(|p| p.into_vec());
    assert_eq!(product(&[2, -3, 4, 5], 3), Ok(vec![-24, -60]));
    assert_eq!(product(&[1; 100], 100), Ok(vec![1]));
    assert_eq!(product(&[i32::MIN, i32::MIN, -2], 2), Ok(vec![1 << 62, 1 << 32]));
    assert_eq!(product(&[i32::MIN, i32::MIN, 2, -1], 4), Ok(vec![i64::MIN]));
    assert_eq!(product(&[i32::MAX, i32::MAX, i32::MAX, 0, i32::MAX], 5), Ok(vec![0]));
    assert_eq!(
        product(&[0, i32::MAX, i32::MAX, i32::MAX], 3).unwrap_err().to_string(),
        "the product at [1] does not fit i64: convert the elements to a float first, or reduce by WrappingSum or WrappingProduct"
    );
    let wide = unfold(0, 2, 1).windows(&[u128::MAX, 1, 2]).unwrap();
    assert_eq!(wide.product().unwrap().as_slice(), [u128::MAX, 2]);
    let long = unfold(0, 3, 1).windows(&[i128::MIN, -1, 1]).unwrap();
    assert!(matches!(long.product(), Err(Error::DoesNotFit { operation: "product", into: "i128", .. })));
    assert_eq!(unfold(0, 200, 1).windows(&[true; 200]).unwrap().product().unwrap().as_slice(), [1u64]);
}

/// A sum that its type does not hold ends in words, not in a number.
#[test]
#[should_panic(expected = "the sum at [0] does not fit u128: convert the elements to a float first")]
fn a_sum_that_does_not_fit() {
    unfold(0, 2, 1).windows(&[u128::MAX, 1]).unwrap().sum();
}

/// Sums of the widest integers fail by their value, too, and their means never.
#[test]
fn sums_without_a_wider_type() {
    let sum = |x: &[u128]| {
        let mut out = vec![0; x.len() - 1];
        unfold(0, 2, 1).windows(x).unwrap().sum_into(&mut out).map(|()| out)
    };
    assert_eq!(sum(&[1, 2, 3]), Ok(vec![3, 5]));
    assert_eq!(sum(&[u128::MAX - 1, 1, 0]), Ok(vec![u128::MAX, 1]));
    let expected = Error::DoesNotFit {
        operation: "sum",
        index: vec![1],
        into: "u128",
        instead: "convert the elements to a float first, or reduce by WrappingSum or WrappingProduct",
    };
    assert_eq!(sum(&[0, u128::MAX, 1]), Err(expected));
    let signed = [i128::MAX, i128::MAX, i128::MIN, i128::MIN, -1];
    assert_eq!(
        unfold(0, 4, 1).windows(&signed).unwrap().sum_into(&mut [0; 2]).unwrap_err().to_string(),
        "the sum at [1] does not fit i128: convert the elements to a float first, or reduce by WrappingSum or WrappingProduct"
    );
    assert_eq!(unfold(0, 4, 4).windows(&signed).unwrap().sum().as_slice(), [-2]);
    // Of numbers whose type nobody names, as well.
    assert_eq!(unfold(0, 2, 1).windows(&[1, 2, 3]).unwrap().sum().as_slice(), [3i64, 5]);
    let mut out = [0];
    unfold(0, 3, 3).windows(&signed).unwrap().sum_into(&mut out).unwrap();
    assert_eq!(out, [i128::MAX - 1]);
    let mean = |x: &[i128], n| unfold(0, n, 1).windows(x).unwrap().mean().into_vec();
    assert_eq!(mean(&signed[..2], 2), [i128::MAX as f64]);
    assert_eq!(mean(&signed, 4), [-0.5, (i128::MIN / 4) as f64]);
    assert_eq!(unfold(0, 3, 1).windows(&[u128::MAX; 3]).unwrap().mean().as_slice(), [u128::MAX as f64]);
    // A window of more cells than sums of two bytes, or of eight, are sure to hold.
    let many = View::new(&[u64::MAX], [1]).unwrap().broadcast(0, 5).unwrap();
    assert_eq!(unfold(0, 5, 1).windows(&many).unwrap().sum().as_slice(), [5 * u128::from(u64::MAX)]);
    let filled = unfold(0, 1 << 33, 1).pad([(0, (1isize << 33) - 1)]).windows(&[3u32]).unwrap().fill(1);
    assert_eq!(filled.sum().as_slice(), [(1u64 << 33) + 2]);
    let filled = filled.fill(u32::MAX);
    assert!(matches!(filled.sum_into(&mut [0]), Err(Error::DoesNotFit { operation: "sum", into: "u64", .. })));
    assert_eq!(
        filled.mean().as_slice(),
        [((f64::from(u32::MAX) * ((1u64 << 33) - 1) as f64) + 3.0) / (1u64 << 33) as f64]
    );
}

#[test]
fn windows_without_elements() {
    let x = [1.0f64, 2.0];
    let w = unfold(0, 2, 2).pad(2).windows(&x).unwrap();
    assert_eq!(w.max().as_slice(), [f64::NEG_INFINITY, 2.0, f64::NEG_INFINITY]);
    assert_eq!(w.min().as_slice(), [f64::INFINITY, 1.0, f64::INFINITY]);
    assert_eq!(
        w.sum().as_slice().iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
        [0.0f64, 3.0, 0.0].map(f64::to_bits)
    );
    assert_eq!(w.product().unwrap().as_slice(), [1.0, 2.0, 1.0]);
    let mean = w.mean();
    assert!(mean.as_slice()[0].is_nan() && mean.as_slice()[1] == 1.5 && mean.as_slice()[2].is_nan());
    let b = unfold(0, 1, 1).pad(1).windows(&[true]).unwrap();
    assert_eq!((b.any().as_slice(), b.all().as_slice()), (&[false, true, false][..], &[true, true, true][..]));
    let none: [i32; 0] = [];
    assert_eq!(unfold(0, 1, 1).pad(1).windows(&none).unwrap().max().as_slice(), [i32::MIN; 2]);
}

#[test]
fn any_and_all() {
    let x = [true, false, false, true, true];
    let w = unfold(0, 2, 1).windows(&x).unwrap();
    assert_eq!(w.any().as_slice(), [true, false, true, true]);
    assert_eq!(w.all().as_slice(), [false, false, false, true]);
    assert_eq!(w.max().as_slice(), w.any().as_slice());
    assert_eq!(w.min().as_slice(), w.all().as_slice());
}

#[test]
fn buffers_of_the_wrong_length() {
    let w = unfold(0, 3, 2).windows(&[1u8, 2, 3, 4, 5]).unwrap();
    let expected = "the result of shape [2] holds 2 elements, but the buffer has 3: make it that long";
    assert_eq!(w.max_into(&mut [0; 3]).unwrap_err().to_string(), expected);
    assert_eq!(w.sum_into(&mut [0; 3]).unwrap_err().to_string(), expected);
    assert_eq!(w.mean_into(&mut [0.0; 3]).unwrap_err().to_string(), expected);
    assert_eq!(w.reduce_into(&Max, &mut [0; 3]).unwrap_err().to_string(), expected);
    let mut out = [0; 2];
    w.max_into(&mut out).unwrap();
    assert_eq!(out, [3, 5]);
}

/// An array so tall that its boxes are more than are kept, with several leading indices.
#[test]
fn many_small_boxes() {
    let (planes, rows, columns) = (2, 200_003, 3);
    let at = |p: usize, i: usize, j: usize| ((p * 31 + i * 7919 + j * 13) % 100_003) as i32;
    let x: Vec<i32> =
        (0..planes * rows * columns).map(|k| at(k / (rows * columns), k / columns % rows, k % columns)).collect();
    let request = unfold([1, 2], [3, 2], [2, 1]).pad([(1, 1), (0, 0)]);
    let view = View::new(&x, [planes, rows, columns]).unwrap();
    let found = request.windows(view).unwrap().max();
    let [_, high, wide] = found.shape()[..] else { unreachable!() };
    assert_eq!((high, wide), (100_002, 2));
    for (k, &m) in found.as_slice().iter().enumerate() {
        let (p, i, j) = (k / (high * wide), k / wide % high, k % wide);
        let cells = (0..3).filter_map(|a| (2 * i + a).checked_sub(1).filter(|&r| r < rows));
        let best = cells.flat_map(|r| [at(p, r, j), at(p, r, j + 1)]).max();
        assert_eq!(Some(m), best, "plane {p}, window {i} {j}");
    }
}
