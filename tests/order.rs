//! Ranks, medians and quantiles: what they promise, and every window against a sorted list.

mod cells;

use cells::{Asked, cases, exhaustive};
use ndwindow::{Array, Error, Number, PadMode, Tail, View, unfold};
use proptest::prelude::*;

/// The element of rank `k`, or NaN's stand-in, of a window by sorting it.
fn sorted<T: Copy + PartialOrd>(held: &[cells::Held<T>]) -> Option<Vec<T>> {
    let mut list: Vec<T> = held.iter().map(|h| h.0).collect();
    if list.iter().any(|x| x.partial_cmp(x).is_none()) {
        return None;
    }
    list.sort_by(|a, b| a.partial_cmp(b).unwrap());
    Some(list)
}

/// NumPy's linear quantile.
fn quantile(list: &[f64], q: f64) -> f64 {
    let at = (list.len() - 1) as f64 * q;
    let (low, t) = (list[at.floor() as usize], at - at.floor());
    if t == 0.0 { low } else { low + (list[at.ceil() as usize] - low) * t }
}

/// Compares every order statistic of a request with sorting.
fn check<T: Number<Middle = f64> + PartialOrd + Into<f64> + std::fmt::Debug>(
    x: &View<'_, T>,
    asked: &Asked,
    fill: Option<T>,
) {
    let request = asked.request();
    let Some((shape, windows)) = asked.windows(x, fill) else {
        assert!(request.windows(x).is_err(), "{asked:?}");
        return;
    };
    let w = match fill {
        Some(fill) => request.windows(x).unwrap().fill(fill),
        None => request.windows(x).unwrap(),
    };
    let index = |short: usize| cells::indices(&shape).nth(short).unwrap();
    if let Some(empty) = windows.iter().position(|w| w.is_empty()) {
        assert_eq!(w.median(), Err(Error::EmptyWindow { what: "median", index: index(empty) }), "{asked:?}");
        return;
    }
    let least = windows.iter().map(|w| w.len()).min().unwrap_or(1);
    for k in [0, least / 2, least - 1] {
        let got = w.rank(k).unwrap();
        assert_eq!(got.shape(), shape);
        for (g, held) in got.iter().zip(&windows) {
            match sorted(held) {
                Some(list) => assert_eq!(*g, list[k], "{asked:?}"),
                None => assert!(g.partial_cmp(g).is_none()),
            }
        }
    }
    if !windows.is_empty() {
        let short = windows.iter().position(|w| w.len() == least).unwrap();
        assert_eq!(w.rank(least), Err(Error::RankOutside { rank: least, held: least, index: index(short) }));
    }
    for q in [0.0, 0.3, 0.5, 1.0] {
        let got = w.quantile(q).unwrap();
        for (g, held) in got.iter().zip(&windows) {
            match sorted(held) {
                Some(list) => {
                    let list: Vec<f64> = list.iter().map(|&x| x.into()).collect();
                    assert!((g - quantile(&list, q)).abs() < 1e-9, "{g} for {list:?} at {q}, {asked:?}");
                }
                None => assert!(g.is_nan()),
            }
        }
    }
}

/// A third of all, which still meets every number beside every other (`tests/arg.rs` asks for all of them).
#[test]
fn small_requests_of_one_axis() {
    let x = [5u8, 200, 5, 17, 16];
    let y = x.map(|b| f64::from(b) - 16.0);
    for (n, along) in exhaustive().step_by(3) {
        let asked = Asked(vec![along]);
        let n = n.min(5);
        check(&View::new(&x[..n], [n]).unwrap(), &asked, None);
        if along.window <= 2 {
            check(&View::new(&y[..n], [n]).unwrap(), &asked, Some(1.5).filter(|_| along.step == 1));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_request((layout, asked) in cases(), seed in any::<u64>(), fill in prop::option::of(0u8..9)) {
        let total: usize = layout.shape.iter().product();
        let mut state = seed | 1;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let bytes: Vec<u8> = (0..total).map(|_| (next() >> 20) as u8).collect();
        check(&layout.view(&bytes), &asked, fill);
        let few: Vec<i8> = bytes.iter().map(|b| (b % 5) as i8 - 2).collect();
        check(&layout.view(&few), &asked, fill.map(|f| f as i8 - 4));
        let shorts: Vec<i16> = bytes.iter().map(|&b| (i16::from(b) - 128) * 200).collect();
        check(&layout.view(&shorts), &asked, fill.map(i16::from));
        let floats: Vec<f64> = bytes.iter().map(|&b| if b == 7 { f64::NAN } else { f64::from(b % 16) / 4.0 - 1.0 }).collect();
        check(&layout.view(&floats), &asked, fill.map(f64::from));
    }
}

/// Pictures larger than a block, so that seams between blocks are crossed.
#[test]
fn blocks_meet_without_a_seam() {
    let (h, w) = (150, 1300);
    let mut state = 12345u32;
    let bytes: Vec<u8> = (0..h * w)
        .map(|_| {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            (state >> 24) as u8
        })
        .collect();
    let wide: Vec<u16> = bytes.iter().enumerate().map(|(i, &b)| u16::from(b) * 256 + (i % 251) as u16).collect();
    for (window, k) in [([3, 3], 4), ([15, 4], 30), ([1, 31], 0)] {
        let request = unfold([0, 1], window, 1);
        let x = View::new(&bytes, [h, w]).unwrap();
        let y = View::new(&wide, [h, w]).unwrap();
        let (a, b) = (request.windows(&x).unwrap().rank(k).unwrap(), request.windows(&y).unwrap().rank(k).unwrap());
        for i in (0..a.shape()[0]).step_by(7) {
            for j in 0..a.shape()[1] {
                let mut list: Vec<u16> = Vec::new();
                for di in 0..window[0] {
                    list.extend(&wide[(i + di) * w + j..(i + di) * w + j + window[1]]);
                }
                list.sort_unstable();
                assert_eq!(b[[i, j]], list[k]);
                assert_eq!(u16::from(a[[i, j]]), list[k] >> 8);
            }
        }
    }
}

/// A window of more cells than a 16-bit count holds, and one column of more.
#[test]
fn windows_of_very_many_bytes() {
    let (h, w) = (300, 301);
    let x: Vec<u8> = (0..h * w).map(|i| if i % 3 == 0 { 9 } else { 200 }).collect();
    let got = unfold([0, 1], [300, 300], 1).windows(&View::new(&x, [h, w]).unwrap()).unwrap().rank(30000).unwrap();
    assert_eq!(got.as_slice(), [200, 200]);
    let got = unfold([0, 1], [300, 300], 1).windows(&View::new(&x, [h, w]).unwrap()).unwrap().rank(29999).unwrap();
    assert_eq!(got.as_slice(), [9, 9]);
    let x: Vec<u8> = (0..70000 * 2).map(|i| (i % 256) as u8).collect();
    let tall = unfold([0, 1], [70000, 1], 1).windows(&View::new(&x, [70000, 2]).unwrap()).unwrap().median().unwrap();
    let column = |c: usize| {
        let mut list: Vec<u8> = x.iter().skip(c).step_by(2).copied().collect();
        list.sort_unstable();
        (f64::from(list[34999]) + f64::from(list[35000])) / 2.0
    };
    assert_eq!(tall.as_slice(), [column(0), column(1)]);
}

#[test]
fn a_nan_leaves_with_its_window() {
    let x = [1.0, f64::NAN, 3.0, 4.0, 5.0, -0.0];
    let w = unfold(0, 2, 1);
    let got = w.windows(&x).unwrap().median().unwrap();
    assert!(got.as_slice()[..2].iter().all(|v| v.is_nan()));
    assert_eq!(got.as_slice()[2..], [3.5, 4.5, 2.5]);
    assert!(w.windows(&x).unwrap().rank(0).unwrap().as_slice()[0].is_nan());
}

#[test]
fn types_and_exactness() {
    let big = [u64::MAX, u64::MAX - 1, 0, u64::MAX];
    assert_eq!(unfold(0, 3, 1).windows(&big).unwrap().rank(1).unwrap().as_slice(), [u64::MAX - 1, u64::MAX - 1]);
    let wide = [i128::MAX, i128::MIN, 5];
    assert_eq!(unfold(0, 3, 1).windows(&wide).unwrap().rank(1).unwrap().as_slice(), [5]);
    let flags = [true, false, true];
    assert_eq!(unfold(0, 3, 1).windows(&flags).unwrap().rank(1).unwrap().as_slice(), [true]);
    assert_eq!(unfold(0, 2, 1).windows(&flags).unwrap().median().unwrap().as_slice(), [0.5, 0.5]);
    let halves: Array<f32> = unfold(0, 2, 1).windows(&[1.0f32, 2.0, 4.0]).unwrap().median().unwrap();
    assert_eq!(halves.as_slice(), [1.5, 3.0]);
    let none = unfold([0isize; 0], 1, 1).windows(&[3u8, 1]).unwrap().median().unwrap();
    assert_eq!(none.as_slice(), [3.0, 1.0]);
    let none = unfold([0isize; 0], 1, 1).windows(&[3i32, 1]).unwrap().rank(0).unwrap();
    assert_eq!(none.as_slice(), [3, 1]);
    let empty: Array<f64> = unfold(1, 2, 1).windows(&View::new(&[0u8; 0], [0, 5]).unwrap()).unwrap().median().unwrap();
    assert_eq!(empty.shape(), [0, 4]);
}

#[test]
fn the_same_for_any_number_of_threads() {
    let x: Vec<u8> = (0..500 * 700u32).map(|i| (i.wrapping_mul(2654435761) >> 24) as u8).collect();
    let image = View::new(&x, [500, 700]).unwrap();
    let y: Vec<f32> = x.iter().map(|&b| f32::from(b) / 3.0).collect();
    let floats = View::new(&y, [500, 700]).unwrap();
    let request = unfold([0, 1], 9, 1).pad(4).pad_mode(PadMode::Reflect);
    cells::same_for_threads(|a, b| a == b, || request.windows(&image).unwrap().rank(40).unwrap());
    cells::same_for_threads(
        |a: &f32, b| a.to_bits() == b.to_bits(),
        || request.windows(&floats).unwrap().median().unwrap(),
    );
    // Results of a block that follow each other, behind an axis that is not unfolded or not; and such as do not.
    let cases = [
        (vec![5, 100, 700], unfold([1, 2], 3, 1).pad(1).pad_mode(PadMode::Edge)),
        (vec![5, 700, 100], unfold([1, 2], [31, 7], [2, 1])),
        (vec![100, 700, 5], unfold([0, 1], 3, 1)),
        (vec![70_000, 5], unfold([0, 1], [11, 2], 1)),
        (vec![500, 700], unfold([0, 1], 3, 1).dilation([3, 1])),
        (vec![350_000], unfold(0, 101, 1)),
    ];
    for (shape, request) in cases {
        let x = View::new(&y, &shape[..]).unwrap();
        cells::same_for_threads(
            |a: &f32, b| a.to_bits() == b.to_bits(),
            || request.windows(&x).unwrap().median().unwrap(),
        );
    }
}

#[test]
fn what_is_refused() {
    let x = [1, 2, 3, 4];
    let w = unfold(0, 2, 1).windows(&x).unwrap();
    let text = |e: Result<Array<i32>, Error>| e.unwrap_err().to_string();
    assert_eq!(text(w.rank(2)), "rank 2 is outside of window [0], which holds 2 elements: ranks count from 0");
    assert!(w.rank(usize::MAX).is_err());
    let text = |e: Result<Array<f64>, Error>| e.unwrap_err().to_string();
    assert_eq!(
        text(w.quantile(1.5)),
        "the quantile is 1.5: it must be from 0, the minimum, over 0.5, the median, to 1, the maximum"
    );
    assert!(w.quantile(f64::NAN).is_err() && w.quantile(-1e-9).is_err());
    let padded = unfold(0, 2, 1).pad(2);
    assert_eq!(
        text(padded.windows(&x).unwrap().median()),
        "window [0] holds no element, so it has no median: pad less, or use a pad mode that repeats elements"
    );
    assert_eq!(padded.windows(&x).unwrap().fill(7).median().unwrap().as_slice(), [7.0, 4.0, 1.5, 2.5, 3.5, 5.5, 7.0]);
    let mut short = [0; 2];
    assert_eq!(
        w.rank_into(0, &mut short).unwrap_err().to_string(),
        "the result of shape [3] holds 3 elements, but the buffer has 2: make it that long"
    );
    // Sizes no loop could walk through.
    let far = unfold(0, 3, 1).dilation(1 << 40).pad(1isize << 40).windows(&x).unwrap();
    assert_eq!(far.plan().len(), 4);
    assert_eq!(far.rank(0).unwrap().as_slice(), [1, 2, 3, 4]);
    let wide = unfold(0, 1 << 40, 1 << 40).tail(Tail::Partial).windows(&x).unwrap();
    assert_eq!(wide.median().unwrap().as_slice(), [2.5]);
}

/// Medians of three by three take a way of their own: every type, seams of blocks, borders with and without elements.
#[test]
fn medians_of_three_by_three() {
    fn check<T, const N: usize>(x: [T; N], h: usize, w: usize)
    where
        T: Number + std::fmt::Debug + PartialEq,
        f64: From<T> + From<T::Middle>,
    {
        // NaN on top, -0.0 below 0.0.
        let key = |x: T| {
            let x = f64::from(x);
            if x.is_nan() { f64::INFINITY } else { x }
        };
        let data: Vec<T> = (0..h * w).map(|i| x[(i * i * 31 + i / 7 * 13) % N]).collect();
        let picture = View::new(&data, [h, w]).unwrap();
        for mode in [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Wrap] {
            let request = unfold([0, 1], 3, 1).same().pad_mode(mode);
            let windows = request.windows(picture.clone()).unwrap();
            let got = windows.rank(if mode == PadMode::Empty { 3 } else { 4 }).unwrap();
            let median = windows.median().unwrap();
            for i in (0..h).flat_map(|i| (0..w).map(move |j| (i, j))).step_by(13) {
                let mut list: Vec<T> = Vec::new();
                for d in 0..9 {
                    let at = |p: usize, d: usize, n: usize| {
                        let p = p as isize + d as isize - 1;
                        match mode {
                            PadMode::Edge => Some(p.clamp(0, n as isize - 1) as usize),
                            PadMode::Wrap => Some(p.rem_euclid(n as isize) as usize),
                            PadMode::Reflect if p < 0 => Some(1),
                            PadMode::Reflect if p == n as isize => Some(n - 2),
                            _ => usize::try_from(p).ok().filter(|&p| p < n),
                        }
                    };
                    if let (Some(a), Some(b)) = (at(i.0, d / 3, h), at(i.1, d % 3, w)) {
                        list.push(data[a * w + b]);
                    }
                }
                list.sort_by(|a, b| key(*a).total_cmp(&key(*b)));
                let k = if mode == PadMode::Empty { 3 } else { 4 };
                let wanted = list.iter().copied().find(|x| f64::from(*x).is_nan()).unwrap_or(list[k]);
                let same = |a: T, b: T| f64::from(a).to_bits() == f64::from(b).to_bits();
                let found = got[[i.0, i.1]];
                assert!(
                    same(found, wanted) || (wanted != wanted && found != found),
                    "{mode:?} {i:?} {list:?} {found:?}"
                );
                if list.len() == 9 {
                    let middle = f64::from(median[[i.0, i.1]]);
                    assert!(middle == f64::from(list[4]) || (wanted != wanted && middle.is_nan()), "{i:?}");
                }
            }
        }
    }
    check([5u8, 200, 0, 255, 17, 16, 3], 40, 1100);
    check([5i8, -128, 127, 0, -1], 30, 31);
    check([5u16, 65535, 0, 40000, 17], 600, 21);
    check([-5i32, i32::MIN, i32::MAX, 0], 23, 530);
    check([-0.0f32, 0.0, 1.5, -2.0, 0.0], 40, 1030);
    check([-0.0f32, f32::NAN, 1.5, -2.0, f32::INFINITY, f32::NEG_INFINITY, 3.0, 4.0, 5.0, 6.0, 7.0], 25, 26);
    check([0.0f64, -f64::NAN, -1.0, 1.0, 2.0, 3.0, 4.0, 5.0, -0.0, 0.5, 0.25], 25, 26);
}

/// What lies between two elements, at the ends of the numbers: for `f64`, `f32` and `f16`, as the only window of a line and
/// as the window of a picture.
#[test]
fn beside_infinities_and_the_largest_numbers() {
    const INF: f64 = f64::INFINITY;
    let table: [(&[f64], f64, f64); 14] = [
        (&[4.0, INF], 0.5, INF),
        (&[-4.0, -INF], 0.5, -INF),
        (&[-INF, 3.0, -INF, 7.0], 0.5, -INF),
        (&[-INF, INF, 3.0, 7.0], 0.5, 5.0),
        (&[-INF, INF], 0.5, f64::NAN),
        (&[-INF, INF], 0.0, -INF),
        (&[INF, -INF], 1.0, INF),
        (&[INF, INF, INF, INF], 0.3, INF),
        (&[-INF, -INF], 0.7, -INF),
        (&[1.0, INF], 0.25, INF),
        (&[-1.0, -INF], 0.75, -INF),
        (&[-1.0, -INF, INF], 0.5, -1.0),
        (&[2.0, INF, 1.0], 0.25, 1.5),
        (&[-INF, 2.0, 1.0], 0.75, 1.5),
    ];
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    for (x, q, want) in table {
        let (line, n) = (unfold(0, x.len(), 1), x.len());
        let got = line.windows(x).unwrap().quantile(q).unwrap().as_slice()[0];
        assert!(same(got, want), "{got} for {x:?} at {q}");
        let picture = View::new(x, [n, 1]).unwrap();
        let got = unfold([1, 0], [1, n], 1).windows(picture).unwrap().quantile(q).unwrap().as_slice()[0];
        assert!(same(got, want), "{got} for a column of {x:?} at {q}");
        let single: Vec<f32> = x.iter().map(|&v| v as f32).collect();
        let got = line.windows(&single).unwrap().quantile(q).unwrap().as_slice()[0];
        assert!(same(f64::from(got), want), "{got} for f32 {x:?} at {q}");
        let short: Vec<half::f16> = x.iter().map(|&v| half::f16::from_f64(v)).collect();
        let got = line.windows(&short).unwrap().quantile(q).unwrap().as_slice()[0];
        assert!(same(f64::from(got), want), "{got} for f16 {x:?} at {q}");
    }
    let most = f64::MAX;
    for (x, q, want) in [
        ([-most, most], 0.5, 0.0),
        ([-most, most], 0.25, -most / 2.0),
        ([most, most / 2.0], 0.5, most * 0.75),
        ([most, most], 0.1, most),
        ([-INF, most], 0.9, -INF),
        ([-most, INF], 0.1, INF),
    ] {
        let got = unfold(0, 2, 1).windows(&x).unwrap().quantile(q).unwrap().as_slice()[0];
        assert!(got == want || (got / want - 1.0).abs() < 1e-15, "{got} for {x:?} at {q}");
    }
    let ends = [i128::MIN, i128::MAX, i128::MAX];
    assert_eq!(unfold(0, 2, 1).windows(&ends).unwrap().median().unwrap().as_slice(), [-0.5, 2f64.powi(127)]);
}
