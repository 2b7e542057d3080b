//! Filters of the picture's own size against plain loops, SciPy's placement, morphology's laws, and what is refused.

use ndwindow::image::Filter;
use ndwindow::{Array, Error, PadMode, View};
use proptest::prelude::*;

/// Where a filter reads outside of the picture.
fn mirrored(mode: PadMode, i: isize, n: isize) -> Option<usize> {
    if (0..n).contains(&i) {
        return Some(i as usize);
    }
    let at = match mode {
        PadMode::Empty => return None,
        PadMode::Edge => i.clamp(0, n - 1),
        PadMode::Wrap => i.rem_euclid(n),
        PadMode::Symmetric => {
            let at = i.rem_euclid(2 * n);
            at.min(2 * n - 1 - at)
        }
        _ if n == 1 => 0,
        _ => {
            let at = i.rem_euclid(2 * n - 2);
            at.min(2 * n - 2 - at)
        }
    };
    Some(at as usize)
}

const MODES: [PadMode; 5] = [PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap, PadMode::Empty];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn filters_are_what_plain_loops_say(
        (h, w) in (1usize..8, 1usize..8),
        (zh, zw) in (1usize..10, 1usize..6),
        shift in (0usize..10, 0usize..6),
        mode in 0usize..5,
        constant in prop::option::of(-20i32..20),
        data in prop::collection::vec(-50i32..50, 64 * 2),
    ) {
        // Two channels on the last axis, which the box does not lie on.
        let x = View::new(&data[..h * w * 2], [h, w, 2]).unwrap();
        let origin = [(shift.0 % zh) as isize - (zh / 2) as isize, (shift.1 % zw) as isize - (zw / 2) as isize];
        let filter = Filter::new([zh, zw]).origin(origin);
        let filter = match constant {
            Some(value) => filter.constant(value),
            None => filter.border(MODES[mode]),
        };
        let (max, min) = (filter.max_filter(&x).unwrap(), filter.min_filter(&x).unwrap());
        let (mean, median) = (filter.mean_filter(&x).unwrap(), filter.median_filter(&x).unwrap());
        let lowest = filter.rank_filter(&x, 0).unwrap();
        prop_assert_eq!(max.shape(), x.shape());
        for (i, j, c) in (0..h).flat_map(|i| (0..w).flat_map(move |j| [(i, j, 0), (i, j, 1)])) {
            let mut held = Vec::new();
            for di in 0..zh as isize {
                for dj in 0..zw as isize {
                    let (a, b) = (i as isize - (zh / 2) as isize - origin[0] + di, j as isize - (zw / 2) as isize - origin[1] + dj);
                    let mode = if constant.is_some() { PadMode::Empty } else { MODES[mode] };
                    match (mirrored(mode, a, h as isize), mirrored(mode, b, w as isize)) {
                        (Some(a), Some(b)) => held.push(x[[a, b, c]]),
                        _ => held.extend(constant),
                    }
                }
            }
            held.sort_unstable();
            prop_assert_eq!(max[[i, j, c]], held[held.len() - 1]);
            prop_assert_eq!((min[[i, j, c]], lowest[[i, j, c]]), (held[0], held[0]));
            prop_assert_eq!(median[[i, j, c]], held[held.len() / 2]);
            let sum: i32 = held.iter().sum();
            prop_assert!((mean[[i, j, c]] - f64::from(sum) / held.len() as f64).abs() < 1e-12);
        }
    }

    #[test]
    fn laws_of_morphology(
        (h, w) in (1usize..8, 1usize..8),
        (zh, zw) in (1usize..6, 1usize..6),
        data in prop::collection::vec(any::<i8>(), 64),
    ) {
        let x = View::new(&data[..h * w], [h, w]).unwrap();
        let filter = Filter::new([zh, zw]).border(PadMode::Empty);
        let (open, close) = (filter.open(&x).unwrap(), filter.close(&x).unwrap());
        prop_assert!(open.iter().zip(x.iter()).zip(&close).all(|((o, x), c)| o <= x && x <= c));
        prop_assert_eq!(filter.open(&open).unwrap(), open.clone());
        prop_assert_eq!(filter.close(&close).unwrap(), close.clone());
        let (white, black) = (filter.white_top_hat(&x).unwrap(), filter.black_top_hat(&x).unwrap());
        for i in 0..h * w {
            prop_assert_eq!(i16::from(open.as_slice()[i]) + i16::from(white.as_slice()[i]), i16::from(data[i]));
            prop_assert_eq!(i16::from(close.as_slice()[i]) - i16::from(black.as_slice()[i]), i16::from(data[i]));
        }
        let odd = Filter::new([3, 3]);
        let gradient = odd.gradient(&x).unwrap();
        let (top, low) = (odd.max_filter(&x).unwrap(), odd.min_filter(&x).unwrap());
        for ((g, t), l) in gradient.iter().zip(&top).zip(&low) {
            prop_assert_eq!(i16::from(*g), i16::from(*t) - i16::from(*l));
        }
    }
}

/// Means of a picture under boxes of several sizes, rounded, against sums of `i64`; `nearest` rounds a sum of so many.
fn blurs<T>(values: &[T], wide: impl Fn(T) -> i64, nearest: impl Fn(i64, i64) -> T)
where
    T: ndwindow::Pixel + Copy + PartialEq + std::fmt::Debug,
{
    let x = View::new(&values[..35 * 37], [35, 37]).unwrap();
    // Enough sizes to pass every accumulator; under an empty border windows hold fewer pixels.
    for (h, w) in [(1, 1), (2, 2), (3, 3), (5, 4), (16, 16), (17, 17), (33, 30), (120, 91), (260, 255)] {
        for mode in [PadMode::Symmetric, PadMode::Empty] {
            let blurred = Filter::new([h, w]).border(mode).blur(&x).unwrap();
            for (i, j) in [(0, 0), (0, 20), (17, 18), (34, 36), (34, 1)] {
                let (mut sum, mut n) = (0, 0);
                for (di, dj) in (0..h as isize).flat_map(|a| (0..w as isize).map(move |b| (a, b))) {
                    let (a, b) = (i as isize - h as isize / 2 + di, j as isize - w as isize / 2 + dj);
                    if let (Some(a), Some(b)) = (mirrored(mode, a, 35), mirrored(mode, b, 37)) {
                        (sum, n) = (sum + wide(x[[a, b]]), n + 1);
                    }
                }
                assert_eq!(blurred[[i, j]], nearest(sum, n), "{h}x{w} {mode:?} at {i}, {j}");
            }
        }
    }
}

#[test]
fn rounded_means_of_every_pixel() {
    let bits = |i: u64| (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let up = |sum: i64, n: i64| (2 * sum + n).div_euclid(2 * n);
    let all: Vec<u64> = (0..35 * 37).map(bits).collect();
    blurs(&all.iter().map(|&b| b as u8).collect::<Vec<_>>(), i64::from, |s, n| up(s, n) as u8);
    blurs(&all.iter().map(|&b| b as i8).collect::<Vec<_>>(), i64::from, |s, n| up(s, n) as i8);
    blurs(&all.iter().map(|&b| b as u16).collect::<Vec<_>>(), i64::from, |s, n| up(s, n) as u16);
    blurs(&all.iter().map(|&b| b as i16).collect::<Vec<_>>(), i64::from, |s, n| up(s, n) as i16);
    for extreme in [u8::MIN, u8::MAX] {
        blurs(&[extreme; 35 * 37], i64::from, |s, n| up(s, n) as u8);
    }
    // Small integers: their sums are exact, so the mean of floats is one rounding.
    blurs(&all.iter().map(|&b| (b % 16) as f32).collect::<Vec<_>>(), |x| x as i64, |s, n| s as f32 / n as f32);
    let short = Filter::new([3, 3]).blur_into(View::new(&[1u8; 9], [3, 3]).unwrap(), &mut [0; 8]);
    assert!(matches!(short, Err(Error::BufferLength { expected: 9, .. })));
}

#[test]
fn axes_of_any_number() {
    let x: Vec<u8> = (0..24u32).map(|i| (i * 37 % 101) as u8).collect();
    let volume = View::new(&x, [2, 3, 4]).unwrap();
    let all: Array<u8> = Filter::new(3).axes(..).max_filter(&volume).unwrap();
    assert_eq!(all[[0, 0, 0]], *x[..2].iter().chain(&x[4..6]).chain(&x[12..14]).chain(&x[16..18]).max().unwrap());
    let last = Filter::new(3).axes(-1).min_filter(&volume).unwrap();
    assert_eq!(last[[1, 2, 3]], x[22].min(x[23]));
    let two = Filter::new(3).median_filter(&volume).unwrap();
    assert_eq!(two.shape(), [2, 3, 4]);
}

#[test]
fn what_is_refused() {
    let x = View::new(&[1, 2, 3, 4], [2, 2]).unwrap();
    let text = |e: Result<Array<i32>, Error>| e.unwrap_err().to_string();
    assert_eq!(
        text(Filter::new([3, 3]).origin([0, 2]).max_filter(&x)),
        "origin 2 on axis 1 moves a window of 3 off its element: use -1 to 1"
    );
    assert_eq!(
        text(Filter::new([4, 3]).origin([-3, 0]).max_filter(&x)),
        "origin -3 on axis 0 moves a window of 4 off its element: use -2 to 1"
    );
    assert_eq!(
        text(Filter::new([3, 3]).origin([1]).max_filter(&x)),
        "1 numbers for origin, but 2 axes are unfolded: give one number for all, or one per axis"
    );
    assert!(matches!(Filter::new([0, 3]).max_filter(&x), Err(Error::ZeroWindow { axis: 0 })));
    assert!(matches!(Filter::new(3).axes(2).min_filter(&x), Err(Error::AxisOutOfRange { axis: 2, rank: 2 })));
    assert!(matches!(Filter::new(3).rank_filter(&x, 9), Err(Error::RankOutside { rank: 9, held: 9, .. })));
    let mut short = [0; 3];
    assert!(matches!(Filter::new(3).max_filter_into(&x, &mut short), Err(Error::BufferLength { expected: 4, .. })));
    let far = Filter::new(usize::MAX).max_filter(&x);
    assert!(matches!(far, Err(Error::SpanOverflow { .. })), "{far:?}");
}
