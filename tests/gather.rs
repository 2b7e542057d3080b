//! Views, copies and windows one by one against the naive oracle: random requests over random strided sources.

mod oracle;
#[path = "oracle/random.rs"]
mod random;
mod threads;

use ndwindow::{Element, Error, View, Windows};
use oracle::library::{self, MODES, TAILS, refusal};
use oracle::memory::{Account, Twist, twist};
use oracle::{Ask, Layout, Line, Out, Pads, Refusal};
use proptest::prelude::*;
use random::twists;
use std::fmt::Debug;
use threads::in_pools;

/// A pixel: three bytes, alignment of one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Rgb(u8, u8, u8);

/// What is asked along an axis, before its length is known.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    unfolded: bool,
    /// Its place among the unfolded axes.
    rank: u8,
    from_end: bool,
    window: i128,
    step: i128,
    dilation: i128,
    base: i128,
    pads: (i128, i128),
    mode: usize,
    tail: usize,
}

#[derive(Clone, Debug)]
struct Case {
    shape: Vec<usize>,
    twists: Vec<Twist>,
    axes: Vec<Numbers>,
    grid_first: bool,
    /// Sort keys of a permutation of the result's axes.
    order: Option<Vec<u8>>,
    fill: bool,
    kind: u8,
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let sizes = (
        1..5i128,
        1..5i128,
        prop_oneof![2 => Just(1i128), 1 => 2..4i128],
        prop_oneof![3 => Just(1i128), 1 => 2..4i128],
    );
    let pads = prop_oneof![2 => Just((0, 0)), 3 => (-2..6i128, -2..6i128)];
    let kinds = (prop_oneof![2 => Just(0usize), 3 => 1..5usize], 0..4usize);
    (any::<(bool, u8, bool)>(), sizes, pads, kinds).prop_map(|(which, sizes, pads, (mode, tail))| Numbers {
        unfolded: which.0,
        rank: which.1,
        from_end: which.2,
        window: sizes.0,
        step: sizes.1,
        dilation: sizes.2,
        base: sizes.3,
        pads,
        mode,
        tail,
    })
}

fn case() -> impl Strategy<Value = Case> {
    let longest = |rank: usize| [60usize, 12, 6, 4, 3][rank - 1];
    let shape = (1..6usize).prop_flat_map(move |rank| {
        let size = prop_oneof![1 => 0..2usize, 9 => 1..longest(rank) + 1];
        (proptest::collection::vec(size, rank), proptest::collection::vec(numbers(), rank))
    });
    let order = proptest::option::of(proptest::collection::vec(any::<u8>(), 10));
    (shape, twists(), order, any::<(bool, bool, u8)>()).prop_map(
        |((shape, axes), twists, order, (first, fill, kind))| Case {
            shape,
            twists,
            axes,
            grid_first: first,
            order,
            fill,
            kind,
        },
    )
}

const CASES: u32 = if cfg!(miri) { 4 } else { 1024 };
/// The sizes above give results of up to this many cells; the few larger ones are left out.
const LARGEST: usize = if cfg!(miri) { 300 } else { 20_000 };

/// Runs a case with elements made by `make` from their place in memory.
fn check<T: Element + PartialEq + Debug>(case: &Case, make: fn(usize) -> T) -> Result<(), TestCaseError> {
    let memory: Vec<T> = (0..case.shape.iter().product()).map(make).collect();
    let (mut view, mut account) = (View::new(&memory, &case.shape).unwrap(), Account::new(&case.shape));
    for &t in &case.twists {
        (view, account) = twist(view, account, t);
    }
    prop_assert_eq!(view.shape(), &account.shape[..]);
    prop_assert!(view.iter().copied().eq(account.elements(&memory)));

    let (axes, asks) = asked(case, &account.shape);
    let request = library::request(&axes, &asks, case.grid_first);
    let laid: Result<Vec<Line>, Refusal> = asks.iter().map(Ask::lay).collect();
    let (windows, lines) = match (request.windows(&view), laid) {
        (Ok(windows), Ok(lines)) => (windows, lines),
        (Err(error), Err(want)) => {
            prop_assert_eq!(refusal(&error), Some(want));
            return Ok(());
        }
        (got, want) => {
            return Err(TestCaseError::fail(format!("library {:?}, oracle {want:?}", got.map(|w| w.plan().clone()))));
        }
    };
    let rank = account.shape.len() as isize;
    let axes = axes.iter().map(|&a| if a < 0 { a + rank } else { a } as usize).collect();
    let layout = Layout { shape: account.shape.clone(), axes, lines };
    let elements = account.elements(&memory);
    let blank = if case.fill { make(201) } else { T::default() };
    let windows = if case.fill { windows.fill(blank) } else { windows };
    let order = layout.order(case.grid_first);
    prop_assume!(layout.out_shape(&order).iter().product::<usize>() <= LARGEST);
    copies_agree(&windows, &layout, &order, &elements, blank)?;
    one_by_one(&windows, &layout, &elements, blank)?;
    if let Some(keys) = &case.order {
        let mut permutation: Vec<isize> = (0..order.len() as isize).collect();
        permutation.sort_by_key(|&o| keys[o as usize]);
        let order: Vec<Out> = permutation.iter().map(|&o| order[o as usize]).collect();
        let windows = windows.permute(&permutation).unwrap();
        copies_agree(&windows, &layout, &order, &elements, blank)?;
        one_by_one(&windows, &layout, &elements, blank)?;
    }
    Ok(())
}

/// The unfolded axes in their order, and what is asked on each.
fn asked(case: &Case, shape: &[usize]) -> (Vec<isize>, Vec<Ask>) {
    let mut axes: Vec<usize> = (0..shape.len()).filter(|&a| case.axes[a].unfolded).collect();
    axes.sort_by_key(|&a| case.axes[a].rank);
    let ask = |&a: &usize| {
        let n = &case.axes[a];
        Ask {
            dilation: n.dilation,
            base: n.base,
            pads: Pads::Numbers(n.pads.0, n.pads.1),
            mode: MODES[n.mode].1,
            tail: TAILS[n.tail].1,
            ..Ask::new(shape[a], n.window, n.step)
        }
    };
    let asks = axes.iter().map(ask).collect();
    let signed = |&a: &usize| a as isize - if case.axes[a].from_end { shape.len() as isize } else { 0 };
    (axes.iter().map(signed).collect(), asks)
}

/// `to_array`, `copy_into`, `view` and its walks, all against the oracle's copy.
fn copies_agree<T: Element + PartialEq + Debug>(
    windows: &Windows<'_, T>,
    layout: &Layout,
    order: &[Out],
    elements: &[T],
    blank: T,
) -> Result<(), TestCaseError> {
    let (shape, want) = (layout.out_shape(order), layout.copy(order, elements, blank));
    prop_assert_eq!(windows.plan().shape(), &shape[..]);
    prop_assert!(windows.plan().order().iter().map(|&o| library::out(o)).eq(order.iter().copied()));
    let copy = windows.to_array();
    prop_assert_eq!(copy.shape(), &shape[..]);
    prop_assert_eq!(copy.as_slice(), &want[..]);
    let mut buffer = vec![blank; want.len()];
    windows.copy_into(&mut buffer).unwrap();
    prop_assert_eq!(&buffer, &want);
    let wrong = windows.copy_into(&mut vec![blank; want.len() + 1]);
    let refused = matches!(wrong, Err(Error::BufferLength { .. }));
    prop_assert!(refused);
    prop_assert_eq!(windows.view().is_ok(), windows.plan().is_strided());
    let view = windows.view().unwrap_or(copy.view());
    prop_assert_eq!(view.shape(), &shape[..]);
    prop_assert!(view.iter().eq(&want));
    prop_assert_eq!(view.iter().len(), want.len());
    prop_assert_eq!(&view.to_array(), &copy);
    for k in 0..=shape.len() {
        let mut at = 0;
        for part in view.outer_iter(k) {
            prop_assert_eq!(part.shape(), &shape[k..]);
            prop_assert!(part.iter().eq(&want[at..at + part.len()]));
            at += part.len();
        }
        prop_assert_eq!(at, want.len());
    }
    Ok(())
}

/// `map` shows every window once, in the shape of a reduction.
fn one_by_one<T: Element + PartialEq + Debug>(
    windows: &Windows<'_, T>,
    layout: &Layout,
    elements: &[T],
    blank: T,
) -> Result<(), TestCaseError> {
    let sizes: Vec<usize> = layout.lines.iter().map(Line::window).collect();
    let seen = windows.map(|w| (w.shape().to_vec(), w.iter().copied().collect::<Vec<T>>()));
    let order = layout.order(false);
    let shape = layout.out_shape(&order);
    prop_assert_eq!(seen.shape(), &shape[..layout.shape.len()]);
    let want = layout.copy(&order, elements, blank);
    let length: usize = sizes.iter().product();
    prop_assert_eq!(seen.len() * length, want.len());
    for (window, want) in seen.iter().zip(want.chunks_exact(length)) {
        prop_assert_eq!(&window.0, &sizes);
        prop_assert_eq!(&window.1[..], want);
    }
    let mut rows = vec![T::default(); want.len()];
    windows.map_into(&mut rows, length, |window, row| row.copy_from_slice(window)).unwrap();
    prop_assert_eq!(&rows, &want);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_requests_over_random_sources(case in case()) {
        match case.kind % 7 {
            0 => check::<u8>(&case, |i| i as u8)?,
            1 => check::<u16>(&case, |i| i as u16 * 31)?,
            2 => check::<f32>(&case, |i| i as f32 + 0.5)?,
            3 => check::<f64>(&case, |i| i as f64 - 0.25)?,
            4 => check::<u128>(&case, |i| (i as u128) << 64 | 7)?,
            5 => check::<bool>(&case, |i| i.wrapping_mul(0x9e37_79b9) >> 13 & 1 == 1)?,
            _ => check::<Rgb>(&case, |i| Rgb(i as u8, (i >> 3) as u8, 255 - i as u8))?,
        }
    }
}

/// Two plain axes behind a padded one: what lies behind the end must not be read along all of them.
#[test]
fn padding_in_front_of_several_whole_axes() {
    let x: Vec<u16> = (1..=24).collect();
    let source = View::new(&x, [2, 2, 3, 2]).unwrap();
    let copy = ndwindow::unfold(0, 2, 1).pad((0, 1)).windows(&source).unwrap().to_array();
    let behind = copy.permute(&[0, 4, 1, 2, 3]).unwrap().index_axis(0, 1).unwrap().to_array();
    assert_eq!(behind.as_slice()[..12], x[12..]);
    assert_eq!(behind.as_slice()[12..], [0; 12]);
}

/// Runs a request over a row-major source of `elements` against the oracle, in pools of one, two and three threads.
fn large<T: Element + PartialEq + Debug>(
    shape: &[usize],
    axes: &[usize],
    asks: &[Ask],
    first: bool,
    make: fn(usize) -> T,
) {
    let elements: Vec<T> = (0..shape.iter().product()).map(make).collect();
    let lines = asks.iter().map(|a| a.lay().unwrap()).collect();
    let layout = Layout { shape: shape.to_vec(), axes: axes.to_vec(), lines };
    let signed: Vec<isize> = axes.iter().map(|&a| a as isize).collect();
    let request = library::request(&signed, asks, first);
    let windows = request.windows(View::new(&elements, shape).unwrap()).unwrap().fill(make(77));
    let order = layout.order(first);
    // The order of the request, and the one in which source and result run against each other most.
    let backwards: Vec<isize> = (0..order.len() as isize).rev().collect();
    for (windows, order) in [
        (windows.permute(&backwards).unwrap(), order.iter().rev().copied().collect()),
        (request.windows(View::new(&elements, shape).unwrap()).unwrap().fill(make(77)), order),
    ] {
        let want = layout.copy(&order, &elements, make(77));
        in_pools(|| {
            let copy = windows.to_array();
            // Not assert_eq: a failure would print megabytes.
            let wrong = copy.iter().zip(&want).position(|(a, b)| a != b);
            assert!(copy.len() == want.len() && wrong.is_none(), "element {wrong:?} of {:?}", copy.shape());
        });
    }
}

fn bytes(i: usize) -> u8 {
    (i.wrapping_mul(2_654_435_761) >> 7) as u8
}

fn words(i: usize) -> f32 {
    i as f32
}

/// Results of several units (256 KiB each) and more than the parallel threshold (1 MiB), cut in every kind of axis.
#[cfg(not(miri))]
mod several_units {
    use super::*;
    use oracle::{Mode, Tail};

    fn pads(n: usize, window: i128, step: i128, before: i128, after: i128, mode: Mode) -> Ask {
        Ask { pads: Pads::Numbers(before, after), mode, ..Ask::new(n, window, step) }
    }

    #[test]
    fn patches_of_a_picture() {
        // 1.2 MiB of bytes: grid rows are cut; 16 does not divide 451.
        large(&[900, 451, 3], &[0, 1], &[Ask::new(900, 16, 16), Ask::new(451, 16, 16)], true, bytes);
    }

    #[test]
    fn padded_columns() {
        // im2col of [2, 3, 60, 57]: 1.5 MiB.
        let asks = [pads(60, 5, 1, 2, 2, Mode::Empty), pads(57, 3, 1, 1, 1, Mode::Empty)];
        large(&[2, 3, 60, 57], &[2, 3], &asks, false, words);
    }

    #[test]
    fn reflected_columns() {
        let asks = [pads(60, 3, 1, 2, 9, Mode::Reflect), pads(57, 4, 2, 1, 70, Mode::Symmetric)];
        large(&[2, 4, 60, 57], &[3, 2], &[asks[1], asks[0]], false, words);
    }

    #[test]
    fn long_windows_cut_inside() {
        // Windows of 300,000 bytes: the cut runs through the window axis, and through its padding.
        large(&[400_000], &[0], &[pads(400_000, 300_000, 70_000, 100, 190_000, Mode::Wrap)], false, bytes);
        large(&[400_000], &[0], &[Ask { tail: Tail::Partial, ..Ask::new(400_000, 270_001, 65_537) }], false, bytes);
    }

    #[test]
    fn many_short_windows() {
        large(&[300_001], &[0], &[Ask { tail: Tail::ShiftBack, ..Ask::new(300_001, 5, 1) }], false, bytes);
        large(&[200_001], &[0], &[Ask { tail: Tail::Partial, dilation: 3, ..Ask::new(200_001, 7, 2) }], false, |i| {
            i as u16
        });
    }

    #[test]
    fn uneven_starts_and_holes() {
        large(&[50, 1013], &[1], &[Ask { tail: Tail::Spread, ..Ask::new(1013, 64, 30) }], false, |i| i as u64);
        large(&[11, 4001], &[1], &[Ask { base: 2, ..pads(4001, 3, 1, 1, 2, Mode::Edge) }], false, |i| i as u64);
    }

    #[test]
    fn axes_longer_than_a_unit_and_elements_of_all_sizes() {
        large(&[3, 133_000], &[0], &[Ask::new(3, 2, 1)], false, |i| i as u32);
        large(&[90, 3001], &[], &[], false, |i| Rgb(i as u8, (i >> 8) as u8, 3));
        large(&[12, 12, 40], &[0, 1], &[Ask::new(12, 4, 1), Ask::new(12, 4, 1)], true, |i| i as u128);
    }

    #[test]
    fn elements_larger_than_a_unit() {
        #[derive(Clone, Copy, PartialEq, Debug)]
        struct Huge([u64; 33_000]);
        impl Default for Huge {
            fn default() -> Self {
                Huge([0; 33_000])
            }
        }
        let firsts = || {
            let x: Vec<Huge> = (0..3).map(|i| Huge([i; 33_000])).collect();
            let copy = ndwindow::unfold(0, 2, 1).pad(1).windows(&x).unwrap().to_array();
            copy.iter().map(|h| h.0[32_999]).collect::<Vec<u64>>()
        };
        // Elements of 264,000 bytes are passed by value: more stack than a test has.
        let thread = std::thread::Builder::new().stack_size(1 << 26).spawn(firsts).unwrap();
        let firsts = thread.join().unwrap();
        assert_eq!(firsts, [0, 0, 0, 1, 1, 2, 2, 0]);
    }
}
