//! argmax and argmin: what they promise, and every window against a plain search.

mod cells;

use cells::{Asked, Held, cases, exhaustive, indices};
use ndwindow::{Array, Error, Number, PadMode, View, unfold};
use proptest::prelude::*;

/// The flat index of the first largest (or smallest) element, a NaN above everything; filled padding is not looked at.
fn search<T: Copy + PartialOrd>(held: &[Held<T>], least: bool, flat: impl Fn(&[usize]) -> usize) -> Option<usize> {
    let mut best: Option<(T, usize)> = None;
    for (x, at) in held {
        let Some(at) = at else { continue };
        let better = match best {
            None => true,
            Some((b, _)) if b.partial_cmp(&b).is_none() => false,
            Some((b, _)) => x.partial_cmp(x).is_none() || if least { *x < b } else { *x > b },
        };
        if better {
            best = Some((*x, flat(at)));
        }
    }
    best.map(|b| b.1)
}

fn check<T: Number + PartialOrd>(x: &View<'_, T>, asked: &Asked, fill: Option<T>) {
    let request = asked.request();
    let Some((shape, windows)) = asked.windows(x, fill) else {
        assert!(request.windows(x).is_err(), "{asked:?}");
        return;
    };
    let w = match fill {
        Some(fill) => request.windows(x).unwrap().fill(fill),
        None => request.windows(x).unwrap(),
    };
    let flat = |at: &[usize]| asked.0.iter().fold(0, |i, a| i * x.shape()[a.axis] + at[a.axis]);
    for (least, what, got) in [(false, "argmax", w.argmax()), (true, "argmin", w.argmin())] {
        let wanted: Vec<Option<usize>> = windows.iter().map(|h| search(h, least, flat)).collect();
        if let Some(empty) = wanted.iter().position(Option::is_none) {
            let index = indices(&shape).nth(empty).unwrap();
            assert_eq!(got, Err(Error::EmptyWindow { what, index }), "{asked:?}");
            continue;
        }
        let wanted: Vec<usize> = wanted.into_iter().flatten().collect();
        assert_eq!(got, Ok(Array::new(wanted, &shape).unwrap()), "{what} {asked:?}");
    }
}

#[test]
fn every_small_request_of_one_axis() {
    let x = [5u8, 200, 5, 200, 16];
    let y = [2.0, f64::NAN, 0.0, -0.0, f64::NAN];
    for (n, along) in exhaustive() {
        let asked = Asked(vec![along]);
        let n = n.min(5);
        check(&View::new(&x[..n], [n]).unwrap(), &asked, None);
        check(&View::new(&y[5 - n..], [n]).unwrap(), &asked, if along.window == 2 { Some(1.5) } else { None });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_request((layout, asked) in cases(), seed in any::<u32>(), fill in prop::option::of(0u8..9)) {
        let total: usize = layout.shape.iter().product();
        let mut state = seed;
        let bytes: Vec<u8> = (0..total)
            .map(|_| {
                state = state.wrapping_mul(1664525).wrapping_add(1013904223);
                (state >> 27) as u8
            })
            .collect();
        check(&layout.view(&bytes), &asked, fill);
        let wide: Vec<i64> = bytes.iter().map(|&b| i64::from(b) << 55).collect();
        check(&layout.view(&wide), &asked, fill.map(i64::from));
        let floats: Vec<f32> = bytes.iter().map(|&b| if b == 7 { f32::NAN } else { f32::from(b) - 9.0 }).collect();
        check(&layout.view(&floats), &asked, fill.map(f32::from));
        let widest: Vec<i128> = bytes.iter().map(|&b| i128::MAX - i128::from(b)).collect();
        check(&layout.view(&widest), &asked, fill.map(i128::from));
    }
}

/// Long windows, and blocks that meet.
#[test]
fn long_windows_cross_blocks() {
    let x: Vec<u16> = (0..20000u32).map(|i| (i.wrapping_mul(2654435761) >> 22) as u16).collect();
    for (window, pad, step) in [(9, 4, 1), (100, 0, 3), (3000, 1500, 1), (20000, 0, 1)] {
        let got = unfold(0, window, step).pad(pad as isize).windows(&x).unwrap().argmax().unwrap();
        for (i, &g) in got.iter().enumerate() {
            let from = (i * step).saturating_sub(pad);
            let to = (i * step + window).saturating_sub(pad).min(x.len());
            let first = (from..to).rev().max_by_key(|&j| x[j]).unwrap();
            assert_eq!(g, first, "window {window} at {i}");
        }
    }
    let (h, w) = (300, 500);
    let image = View::new(&x[..h * w / 10], [h / 10, w]).unwrap();
    let got = unfold([1, 0], [17, 9], 1).windows(&image).unwrap().argmin().unwrap();
    for at in indices(got.shape()).step_by(13) {
        let cells = indices(&[17, 9]).map(|c| (at[0] + c[1], at[1] + c[0]));
        let first = cells.min_by_key(|&(i, j)| image[[i, j]]).unwrap();
        assert_eq!(got[&at[..]], first.1 * (h / 10) + first.0);
    }
}

#[test]
fn ties_nans_and_zeros() {
    let first = |x: &[f64]| unfold(0, x.len(), 1).windows(x).unwrap().argmax().unwrap().into_vec()[0];
    assert_eq!(first(&[1.0, 3.0, 3.0]), 1);
    assert_eq!(first(&[1.0, f64::NAN, f64::INFINITY, f64::NAN]), 1);
    assert_eq!(first(&[-0.0, 0.0]), 0);
    assert_eq!(first(&[f64::NEG_INFINITY, f64::NEG_INFINITY]), 0);
    let least = |x: &[f64]| unfold(0, x.len(), 1).windows(x).unwrap().argmin().unwrap().into_vec()[0];
    assert_eq!(least(&[0.0, -0.0, 1.0]), 0);
    assert_eq!(least(&[0.0, -1.0, f64::NAN, -1.0]), 2);
    // The first in the window, not the one of the lowest index.
    let x = [5, 1, 5];
    let wrapped = unfold(0, 2, 1).pad((0, 1)).pad_mode(PadMode::Wrap).windows(&x).unwrap();
    assert_eq!(wrapped.argmax().unwrap().as_slice(), [0, 2, 2]);
}

#[test]
fn padding_has_no_index() {
    let x = [1, 2];
    let w = unfold(0, 3, 1).pad(1).windows(&x).unwrap().fill(9);
    assert_eq!(w.argmax().unwrap().as_slice(), [1, 1]);
    let far = unfold(0, 2, 1).pad(2).windows(&x).unwrap().fill(9);
    assert_eq!(
        far.argmin().unwrap_err().to_string(),
        "window [0] holds no element, so it has no argmin: pad less, or use a pad mode that repeats elements"
    );
    let mut short = [0; 3];
    assert!(matches!(w.argmax_into(&mut short), Err(Error::BufferLength { expected: 2, found: 3, .. })));
    let wide = [7u8];
    let huge = unfold(0, 1 << 40, 1).pad_mode(PadMode::Edge).pad((0isize, (1isize << 40) - 1)).windows(&wide).unwrap();
    assert_eq!(huge.argmax().unwrap().as_slice(), [0]);
}

/// Planes of more elements than 32 bits count: rows over and over.
#[test]
fn indices_of_large_planes() {
    let row: Vec<u8> = (0..4096u32).map(|i| (i.wrapping_mul(2654435761) >> 25) as u8).collect();
    for (rows, step) in [(1 << 20, 1 << 18), (1 << 23, 1 << 21)] {
        let plane = View::new(&row, [1, 4096]).unwrap().broadcast(0, rows).unwrap();
        let found = unfold([0, 1], [3, 5], [step, 2]).windows(&plane).unwrap().argmax().unwrap();
        assert_eq!(found.shape(), [4, 2046]);
        for at in indices(found.shape()) {
            let cells = 2 * at[1]..2 * at[1] + 5;
            let first = cells.rev().max_by_key(|&i| row[i]).unwrap();
            assert_eq!(found[&at[..]], at[0] * step * 4096 + first, "{at:?}");
        }
    }
}

#[test]
fn the_same_for_any_number_of_threads() {
    let x: Vec<u32> = (0..16 * 90 * 110u32).map(|i| i.wrapping_mul(2654435761) >> 24).collect();
    let stack = View::new(&x, [16, 90, 110]).unwrap();
    let request = unfold([1, 2], 3, 2).pad(1);
    cells::same_for_threads(|a, b| a == b, || request.windows(&stack).unwrap().argmax().unwrap());
}
