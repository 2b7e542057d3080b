//! Windows of few cells, whose elements are put in order along rows: every shape, rank, step, border and layout against a sorted list.

mod cells;

use cells::{Along, Asked};
use ndwindow::{Number, PadMode, Tail, View};

/// What orders elements, and tells any two of them apart.
trait Bits: Number + std::fmt::Debug {
    fn bits(self) -> i128;
    fn float(self) -> f64;
}

macro_rules! bits {
    ($($t:ty)*) => { $( impl Bits for $t {
        fn bits(self) -> i128 { self as i128 }
        fn float(self) -> f64 { self as f64 }
    } )* };
}

bits! { u8 i8 u16 i16 u32 i32 u64 i64 }

macro_rules! float_bits {
    ($($t:ty, $signed:ty;)*) => { $(
        impl Bits for $t {
            fn bits(self) -> i128 {
                let bits = self.to_bits() as $signed as i128;
                match bits {
                    _ if self.is_nan() => i128::MAX,
                    b if b < 0 => i128::from(<$signed>::MIN) - b - 1,
                    b => b,
                }
            }
            fn float(self) -> f64 {
                self.into()
            }
        }
    )* };
}

float_bits! { f32, i32; f64, i64; }

/// Numbers of few values or of many, the same ones again for the same seed.
fn noise<T>(n: usize, mut seed: u64, make: impl Fn(u64) -> T) -> Vec<T> {
    let next = move || {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        make(seed >> 33)
    };
    std::iter::repeat_with(next).take(n).collect()
}

/// Compares ranks of every window, and its median, with a sorted list.
fn check<T: Bits>(x: &View<'_, T>, asked: &Asked, fill: Option<T>, ranks: impl Fn(usize) -> Vec<usize>)
where
    T::Middle: PartialEq + std::fmt::Debug + Into<f64>,
{
    let Some((shape, windows)) = asked.windows(x, fill) else { return };
    let request = asked.request();
    let some = request.windows(x).unwrap();
    let some = match fill {
        Some(fill) => some.fill(fill),
        None => some,
    };
    let sort = |held: &Vec<cells::Held<T>>| {
        let mut list: Vec<T> = held.iter().map(|h| h.0).collect();
        list.sort_by_key(|x| x.bits());
        list
    };
    let lists: Vec<Vec<T>> = windows.iter().map(sort).collect();
    let Some(least) = lists.iter().map(Vec::len).min().filter(|&n| n > 0) else { return };
    let nan = |list: &[T]| list.last().is_some_and(|x| x.bits() == i128::MAX);
    for k in ranks(least) {
        let got = some.rank(k).unwrap();
        assert_eq!(got.shape(), shape);
        for (i, (g, list)) in got.iter().zip(&lists).enumerate() {
            let want = if nan(list) { i128::MAX } else { list[k].bits() };
            assert_eq!(g.bits(), want, "rank {k} of window {i}, {list:?}, {asked:?}");
        }
    }
    for (q, got) in [(0.5, some.median().unwrap()), (0.3, some.quantile(0.3).unwrap())] {
        for (g, list) in got.iter().zip(&lists) {
            let g: f64 = (*g).into();
            if nan(list) {
                assert!(g.is_nan());
                continue;
            }
            let one = |k: usize| -> f64 { list[k.min(list.len() - 1)].float() };
            let at = (list.len() - 1) as f64 * q;
            let (low, high) = (one(at as usize), one(at as usize + 1));
            let want = low + (high - low) * (at - at.floor());
            assert!(
                (g - want).abs() <= 1e-6 * low.abs().max(high.abs()).max(1e-3),
                "{g} for {list:?} at {q}, {asked:?}"
            );
        }
    }
}

/// A window along each of some axes.
fn asked(windows: &[usize], change: impl Fn(usize, &mut Along)) -> Asked {
    let along = |(axis, &window)| {
        let mut along = Along::new(axis, window, 1);
        change(axis, &mut along);
        along
    };
    Asked(windows.iter().enumerate().map(along).collect())
}

fn every(cells: usize) -> Vec<usize> {
    (0..cells).collect()
}

#[test]
fn every_rank_of_windows_along_a_line() {
    let x = noise(160, 1, |s| s as i64 % 40 - 20);
    let y = noise(600, 2, |s| s as u8);
    for window in (1..=17).chain([25, 32, 33]) {
        check(&View::new(&x, [160]).unwrap(), &asked(&[window], |_, _| ()), None, every);
        let edges = asked(&[window], |_, a| (a.pads, a.mode) = ((2, 1), PadMode::Edge));
        check(&View::new(&y, [600]).unwrap(), &edges, None, |n| vec![0, n / 2, n - 1]);
        for step in [2, 3] {
            let apart = asked(&[window], |_, a| (a.step, a.dilation) = (step, step % 2 + 1));
            check(&View::new(&x, [160]).unwrap(), &apart, None, |n| vec![n / 3]);
        }
    }
}

#[test]
fn every_rank_of_windows_of_two_axes() {
    let (h, w) = (21, 70);
    let x = noise(h * w, 3, |s| (s % 97) as i32 - 48);
    let view = View::new(&x, [h, w]).unwrap();
    for (a, b) in (1..=6).flat_map(|a| (1..=6).map(move |b| (a, b))) {
        check(&view, &asked(&[a, b], |_, _| ()), None, every);
    }
    for (a, b) in [(7, 7), (9, 4), (1, 12), (12, 1)] {
        check(&view, &asked(&[a, b], |_, _| ()), None, |n| vec![0, 1, n / 2, n - 2, n - 1]);
    }
    let x = noise(58 * 101, 8, |s| s as i16);
    check(&View::new(&x, [58, 101]).unwrap(), &asked(&[11, 11], |_, _| ()), None, |n| vec![n / 2]);
}

#[test]
fn windows_of_three_and_four_axes() {
    let x = noise(10 * 11 * 20, 4, |s| s as u16);
    let view = View::new(&x, [10, 11, 20]).unwrap();
    for window in [[3, 3, 3], [2, 3, 2], [1, 2, 5], [4, 1, 3], [2, 2, 1], [5, 4, 3]] {
        check(&view, &asked(&window, |_, _| ()), None, |n| vec![0, n / 2, n - 1]);
    }
    let view = View::new(&x[..5 * 4 * 9 * 12], [5, 4, 9, 12]).unwrap();
    check(&view, &asked(&[2, 2, 3, 3], |_, _| ()), None, |n| vec![n / 2]);
    // Some axes only: the others are walked over.
    let some = Asked(vec![Along::new(2, 3, 1), Along::new(0, 3, 1)]);
    check(&view, &some, None, every);
}

#[test]
fn borders_steps_and_fills() {
    let (h, w) = (19, 23);
    let x = noise(h * w, 5, |s| (s % 50) as i8 - 25);
    let view = View::new(&x, [h, w]).unwrap();
    for mode in [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap] {
        for (window, step, dilation) in [(3, 1, 1), (5, 1, 1), (3, 2, 1), (5, 2, 1), (3, 3, 2), (4, 1, 2), (2, 3, 1)] {
            let request = asked(&[window, window], |axis, a| {
                (a.step, a.dilation, a.mode) = (step + axis % 2, dilation, mode);
                a.pads = (window as isize / 2, 1);
            });
            check(&view, &request, None, |n| vec![0, n / 2]);
            if mode == PadMode::Empty {
                check(&view, &request, Some(7), |n| vec![0, n / 2, n - 1]);
            }
            // Elements are left out, and the last windows hang over.
            let cut = asked(&[window, window], |_, a| {
                (a.step, a.dilation, a.mode, a.pads, a.tail) = (step, dilation, mode, (-1, -2), Tail::Partial);
            });
            check(&view, &cut, None, |n| vec![0, n / 2]);
        }
    }
}

#[test]
fn every_type_and_what_is_not_a_number() {
    fn both<T: Bits>(make: impl Fn(u64) -> T)
    where
        T::Middle: PartialEq + std::fmt::Debug + Into<f64>,
    {
        // Wider than a row of steps, and less wide.
        for (h, w) in [(11, 1100), (18, 31)] {
            let x = noise(h * w, 6, &make);
            for window in [[3, 3], [5, 5], [2, 4]] {
                let edges = asked(&window, |_, a| (a.pads, a.mode) = ((2, 2), PadMode::Edge));
                check(&View::new(&x, [h, w]).unwrap(), &edges, None, |n| vec![n / 2]);
            }
        }
    }
    both(|s| s as u8);
    both(|s| s as i8);
    both(|s| s as u16);
    both(|s| s as i16);
    both(|s| s as u32 ^ 1 << 31);
    both(|s| s as i32);
    both(|s| s | s << 40);
    both(|s| s as i64 * if s % 2 == 0 { 1 } else { -1 });
    let few = |s: u64| [0.0f32, -0.0, 1.5, -2.0, f32::MAX, f32::MIN_POSITIVE, -7.25][s as usize % 7];
    both(few);
    both(|s| if s % 50 == 0 { f32::NAN } else { few(s) });
    both(|s| if s % 2 == 0 { -f64::NAN } else { s as f64 });
    both(|s| if s % 300 == 7 { f64::NAN } else { f64::from(few(s)) });
}

/// No NaN, one here and there, and many: beside windows that hold all their cells, and where padding leaves some of them empty.
#[test]
fn medians_of_what_counts() {
    fn some<const N: usize>(shape: [usize; N], window: [usize; N], every: u64, least: usize) {
        let make = |s: u64| if s.is_multiple_of(every) { f64::NAN } else { (s % 1000) as f64 - 500.0 };
        let x = noise(shape.iter().product(), 9, make);
        let view = View::new(&x, shape).unwrap();
        let request = asked(&window, |_, a| a.pads = (a.window as isize - 1, 1));
        let (_, windows) = request.windows(&view, None).unwrap();
        let got = request.request().windows(&view).unwrap().skip_nan().min_count(least).median();
        for (got, held) in got.iter().zip(&windows) {
            let mut list: Vec<f64> = held.iter().map(|h| h.0).filter(|x| !x.is_nan()).collect();
            list.sort_by(f64::total_cmp);
            let n = list.len();
            let want = if n < least { None } else { Some((list[(n - 1) / 2] + list[n / 2]) / 2.0) };
            assert_eq!((!got.is_nan()).then_some(*got), want, "{list:?} of {window:?}, at least {least}");
        }
    }
    for every in [u64::MAX, 700, 3] {
        for window in [2, 7, 10] {
            some([9000], [window], every, 1);
            some([9000], [window], every, window - 1);
        }
        some([300], [4], every, 5);
        some([40, 150], [3, 4], every, 2);
        some([9, 10, 60], [2, 3, 2], every, 12);
    }
}

#[test]
fn any_strides() {
    let (h, w) = (17, 29);
    let x = noise(2 * h * w, 7, |s| (s % 1000) as f64 / 8.0);
    let layouts =
        [([1, h as isize], 0), ([-(w as isize), 1], (h - 1) * w), ([2 * w as isize, -2], 2 * w - 2), ([1, 1], 0)];
    for (strides, first) in layouts {
        let view = View::with_strides(&x, [h, w], strides, first).unwrap();
        for window in [[3, 3], [5, 5], [1, 7]] {
            check(&view, &asked(&window, |_, _| ()), None, |n| vec![n / 2, n - 1]);
        }
    }
}
