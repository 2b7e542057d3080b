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

    /// Every rank, border, size (longer than the picture, too) and origin: closing is nowhere below the picture, opening
    /// nowhere above it, doing either twice changes nothing more, each is the other upside down (and turned around), and both are increasing.
    #[test]
    fn laws_of_morphology((filter, shape, boxed) in requests(), data in prop::collection::vec(any::<i8>(), 4 * 4 * 4 * 4)) {
        let x = View::new(&data[..shape.iter().product()], &shape).unwrap();
        let (open, close) = (filter.open(&x).unwrap(), filter.close(&x).unwrap());
        let what = format!("{filter:?} of {x:?}");
        prop_assert!(open.iter().zip(x.iter()).all(|(o, x)| o <= x), "{open:?} by {what}");
        prop_assert!(close.iter().zip(x.iter()).all(|(c, x)| c >= x), "{close:?} by {what}");
        prop_assert_eq!(&filter.open(&open).unwrap(), &open, "opened twice by {}", &what);
        prop_assert_eq!(&filter.close(&close).unwrap(), &close, "closed twice by {}", &what);
        let turned = Array::new(x.iter().map(|&v| !v).collect(), &shape).unwrap();
        let upside_down = boxed.turned(|v| !v).close(&turned).unwrap().map(|v| !v);
        prop_assert_eq!(&upside_down, &open, "{}", &what);
        let lower = Array::new(x.iter().map(|&v| v.saturating_sub(9).max(-100)).collect(), &shape).unwrap();
        let lower: Array<i8> = Array::new(lower.iter().zip(x.iter()).map(|(&l, &v)| l.min(v)).collect(), &shape).unwrap();
        prop_assert!(filter.close(&lower).unwrap().iter().zip(&close).all(|(l, c)| l <= c), "{}", &what);
        let (white, black) = (filter.white_top_hat(&x).unwrap(), filter.black_top_hat(&x).unwrap());
        for (i, &v) in x.iter().enumerate() {
            prop_assert_eq!(i16::from(open.as_slice()[i]) + i16::from(white.as_slice()[i]), i16::from(v));
            prop_assert_eq!(i16::from(close.as_slice()[i]) - i16::from(black.as_slice()[i]), i16::from(v));
        }
        let (top, low) = (boxed.turned(|v| v).max_filter(&x).unwrap(), filter.min_filter(&x).unwrap());
        for ((g, t), l) in filter.gradient(&x).unwrap().iter().zip(&top).zip(&low) {
            prop_assert_eq!(i16::from(*g), i16::from(*t) - i16::from(*l));
        }
    }

    /// Where something stands around the picture, closing is the least of the maxima of all boxes over a pixel; nothing
    /// around it leaves only boxes around pixels of the picture.
    #[test]
    fn closing_is_the_least_maximum_over_a_pixel(
        n in 1usize..7,
        z in 1usize..16,
        shift in 0usize..16,
        mode in 0usize..5,
        constant in prop::option::of(-50i32..50),
        data in prop::collection::vec(-50i32..50, 7),
    ) {
        let (x, origin) = (&data[..n], (shift % z) as isize - (z / 2) as isize);
        let filter = Filter::new([z]).origin([origin]);
        let filter = match constant {
            Some(value) => filter.constant(value),
            None => filter.border(MODES[mode]),
        };
        let mode = if constant.is_some() { PadMode::Empty } else { MODES[mode] };
        let at = |i: isize| mirrored(mode, i, n as isize).map(|i| x[i]).or(constant);
        let only_around = constant.is_none() && matches!(mode, PadMode::Edge | PadMode::Empty);
        let (z, before) = (z as isize, (z / 2) as isize + origin);
        let want: Vec<i32> = (0..n as isize)
            .map(|p| {
                (p - z + 1..=p)
                    .filter(|first| !only_around || (0..n as isize).contains(&(first + z - 1 - before)))
                    .filter_map(|first| (first..first + z).filter_map(at).max())
                    .min()
                    .unwrap()
            })
            .collect();
        let line = View::new(x, [n]).unwrap();
        let closed = filter.close(&line).unwrap();
        prop_assert_eq!(closed.as_slice(), &want[..], "{:?} of {:?}", filter, x);
    }
}

/// A filter as numbers, from which its relatives can be made.
#[derive(Clone, Debug)]
struct Boxed {
    sizes: Vec<usize>,
    origin: Vec<isize>,
    mode: PadMode,
    constant: Option<i8>,
}

impl Boxed {
    fn filter(&self, constant: impl Fn(i8) -> i8) -> Filter<i8> {
        let filter = Filter::new(&self.sizes[..]).axes(..).origin(&self.origin);
        match self.constant {
            Some(value) => filter.constant(constant(value)),
            None => filter.border(self.mode),
        }
    }

    /// The box turned around its pixel: as many pixels behind it as there were before.
    fn turned(&self, constant: impl Fn(i8) -> i8) -> Filter<i8> {
        let origin = self.sizes.iter().zip(&self.origin).map(|(&z, &o)| -o - isize::from(z % 2 == 0)).collect();
        Boxed { origin, ..self.clone() }.filter(constant)
    }
}

/// Filters of one to four axes over pictures, and the pictures' shapes.
fn requests() -> impl Strategy<Value = (Filter<i8>, Vec<usize>, Boxed)> {
    let axis = (1usize..5, 1usize..10, 0usize..10);
    (prop::collection::vec(axis, 1..=4), 0usize..5, prop::option::of(any::<i8>()), any::<bool>()).prop_map(
        |(axes, mode, constant, centred)| {
            let shift = |z: usize, s: usize| if centred { 0 } else { (s % z) as isize - (z / 2) as isize };
            let boxed = Boxed {
                sizes: axes.iter().map(|a| a.1).collect(),
                origin: axes.iter().map(|a| shift(a.1, a.2)).collect(),
                mode: MODES[mode],
                constant,
            };
            (boxed.filter(|v| v), axes.iter().map(|a| a.0).collect(), boxed)
        },
    )
}

/// Worked out by hand, and by SciPy where its borders keep the laws.
#[test]
fn closings_and_openings_by_hand() {
    use PadMode::{Edge, Empty, Reflect, Symmetric, Wrap};
    // picture, size, border, closed, opened
    type Case = (&'static [i32], usize, PadMode, &'static [i32], &'static [i32]);
    let table: [Case; 9] = [
        (&[5, 3, 3], 2, Reflect, &[5, 3, 3], &[3, 3, 3]),
        (&[5, 3, 3], 2, Symmetric, &[5, 3, 3], &[5, 3, 3]),
        (&[0, 9, 0, 5, 5, 5, 0], 2, Symmetric, &[0, 9, 5, 5, 5, 5, 0], &[0, 0, 0, 5, 5, 5, 0]),
        (&[0, 9, 0, 5, 5, 5, 0], 2, Reflect, &[9, 9, 5, 5, 5, 5, 5], &[0, 0, 0, 5, 5, 5, 0]),
        (&[0, 9, 0, 5, 5, 5, 0], 3, Symmetric, &[9, 9, 5, 5, 5, 5, 5], &[0, 0, 0, 5, 5, 5, 0]),
        (&[0, 9, 0, 5, 5, 5, 0], 2, Wrap, &[0, 9, 5, 5, 5, 5, 0], &[0, 0, 0, 5, 5, 5, 0]),
        (&[1, 5, 2, 8, 3, 7], 3, Edge, &[5, 5, 5, 8, 7, 7], &[1, 2, 2, 3, 3, 3]),
        (&[1, 5, 2, 8, 3, 7], 3, Empty, &[5, 5, 5, 8, 7, 7], &[1, 2, 2, 3, 3, 3]),
        (&[4], 100, Reflect, &[4], &[4]),
    ];
    for (x, size, mode, closed, opened) in table {
        let filter = Filter::new([size]).border(mode);
        let line = View::new(x, [x.len()]).unwrap();
        assert_eq!(filter.close(&line).unwrap().as_slice(), closed, "{x:?} by {size}, {mode:?}");
        assert_eq!(filter.open(&line).unwrap().as_slice(), opened, "{x:?} by {size}, {mode:?}");
    }
    let x = View::new(&[5, 4, 3, 0, 3, 0], [3, 2]).unwrap();
    let closed = Filter::new([2, 1]).border(Reflect).close(&x).unwrap();
    assert_eq!(closed.as_slice(), [5, 4, 3, 0, 3, 0]);
    // A constant below the picture does not eat into it, one above does not fill it.
    let line = View::new(&[5, 1, 5], [3]).unwrap();
    assert_eq!(Filter::new([3]).constant(0).close(&line).unwrap().as_slice(), [5, 5, 5]);
    assert_eq!(Filter::new([3]).constant(9).open(&line).unwrap().as_slice(), [5, 1, 5]);
    assert_eq!(Filter::new([2]).constant(0).close(&line).unwrap().as_slice(), [5, 5, 5]);
    // A box far longer than the picture costs no more than one of twice its size.
    let far = Filter::new([1 << 29, 1 << 29]).close(View::new(&[1, 2, 3, 4], [2, 2]).unwrap()).unwrap();
    assert_eq!(far.as_slice(), [4; 4]);
}

/// Means of a picture under boxes of several sizes, rounded, against sums of `i64`; `nearest` rounds a sum of so many.
fn blurs<T>(values: &[T], wide: impl Fn(T) -> i64, nearest: impl Fn(i64, i64) -> T)
where
    T: ndwindow::image::Pixel + Copy + PartialEq + std::fmt::Debug,
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
    assert_eq!(Filter::new(3).max_filter(&[1, 5, 2, 3]).unwrap().as_slice(), [5, 5, 5, 3]); // a line has one axis
    assert!(matches!(Filter::new(3).axes(2).min_filter(&x), Err(Error::AxisOutOfRange { axis: 2, rank: 2 })));
    assert!(matches!(Filter::new(3).rank_filter(&x, 9), Err(Error::RankOutside { rank: 9, held: 9, .. })));
    let mut short = [0; 3];
    assert!(matches!(Filter::new(3).max_filter_into(&x, &mut short), Err(Error::BufferLength { expected: 4, .. })));
    let far = Filter::new(usize::MAX).max_filter(&x);
    assert!(matches!(far, Err(Error::SpanOverflow { .. })), "{far:?}");
}
