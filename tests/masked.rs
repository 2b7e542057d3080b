//! Windows of which only some cells count, against plain loops over the cells that do.

mod cells;

#[path = "masked/checks.rs"]
mod checks;
#[path = "masked/filters.rs"]
mod filters;
#[path = "masked/order.rs"]
mod order;

use cells::{Along, Asked, cases, exhaustive};
use checks::{check, check_floats, check_order, check_sums};
use ndwindow::{Error, Mask, PadMode, Tail, View, unfold};
use proptest::prelude::*;

/// The mask of a window of this shape whose `k`-th cell counts if that bit is set.
fn mask(shape: &[usize], bits: u64) -> Mask {
    let mut k = 0;
    Mask::from_fn(shape, |_| {
        k += 1;
        bits.rotate_right(k - 1) & 1 == 1
    })
    .unwrap()
}

fn shape(asked: &Asked) -> Vec<usize> {
    asked.0.iter().map(|a| a.window).collect()
}

#[test]
fn every_small_request_of_one_axis_and_every_mask() {
    let x = [5u8, 200, 5, 200, 16];
    for (n, along) in exhaustive().step_by(53) {
        let asked = Asked(vec![along]);
        let n = n.min(5);
        for bits in 0..1 << along.window {
            let fill = if bits % 3 == 1 { Some(7) } else { None };
            check(&View::new(&x[..n], [n]).unwrap(), &asked, fill, &mask(&[along.window], bits));
        }
    }
}

#[test]
fn every_mask_of_three_by_three() {
    let x: Vec<i16> = (0..5 * 6).map(|k| (k * k * 37 + k * 5) % 64 - 30).collect();
    let x = View::new(&x, [5, 6]).unwrap();
    for bits in 0..1 << 9 {
        let axis = |axis| Along { pads: (1, 1), ..Along::new(axis, 3, 1) };
        check(&x, &Asked(vec![axis(0), axis(1)]), None, &mask(&[3, 3], bits));
        if bits % 5 == 0 {
            let axis =
                |axis| Along { pads: (1, 2), mode: PadMode::Reflect, tail: Tail::Partial, ..Along::new(axis, 3, 2) };
            check(&x, &Asked(vec![axis(1), axis(0)]), None, &mask(&[3, 3], bits));
        }
    }
}

/// Masks large enough for boxes, with long rows, many elements behind, and runs that are cut.
#[test]
fn large_masks() {
    let x: Vec<u8> = (0..1u32 << 14).map(|k| (k.wrapping_mul(2654435761) >> 24) as u8).collect();
    let disk = Mask::disk(6);
    let holes = Mask::from_fn([13, 13], |at| at != [0, 12] && at != [5, 5]).unwrap();
    for mask in [&disk, &holes, &Mask::ring(3, 6), &Mask::cross([13, 13]).unwrap()] {
        for (shape, dims) in [(&[9usize, 21][..], [0, 1]), (&[5, 2, 13], [0, 2]), (&[4, 5, 40], [0, 1])] {
            let x = View::new(&x[..shape.iter().product()], shape).unwrap();
            let along = |axis| Along { pads: (5, 6), ..Along::new(axis, 13, 1) };
            let near = Asked(vec![along(dims[0]), along(dims[1])]);
            check_order(&x, &near, None, mask, 3);
            let wide: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
            check_order(&View::new(&wide, shape).unwrap(), &near, Some(9.0), mask, 0);
            for (step, dilation) in [(1, 1), (2, 1), (3, 2)] {
                let pads = (7 * dilation as isize, 6 * dilation as isize);
                let axis = |axis| Along { pads, dilation, mode: PadMode::Symmetric, ..Along::new(axis, 13, step) };
                check_sums(&x, &Asked(vec![axis(dims[0]), axis(dims[1])]), None, mask);
            }
        }
    }
}

/// Parts have the whole's bits, whatever they cut: rows, columns, channels so many that they are no row's cells any more.
#[test]
fn parts_and_layouts_have_the_same_bits() {
    let shape = [14, 12, 600];
    let x: Vec<f32> = (0..shape.iter().product::<usize>()).map(|k| ((k * 7919) % 10007) as f32 / 77.0 - 60.0).collect();
    let x = View::new(&x, shape).unwrap();
    let mask = Mask::from_fn([5, 5], |at| at != [0, 4] && at != [2, 2]).unwrap();
    for tail in [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread] {
        let request = unfold([0, 1], 5, [1, 2]).pad(2).pad_mode(PadMode::Reflect).tail(tail);
        let plan = request.plan(shape).unwrap();
        let run = |x: &View<'_, f32>| plan.windows(x).unwrap().masked(&mask).unwrap().sum();
        let whole = run(&x);
        let transposed: Vec<f32> = x.permute(&[2, 1, 0]).unwrap().iter().copied().collect();
        let turned = View::new(&transposed, [600, 12, 14]).unwrap();
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(alone.install(|| run(&x)), whole);
        assert_eq!(run(&turned.permute(&[2, 1, 0]).unwrap()), whole);
        for part in plan.parts([5, 3, 7]).unwrap().iter().step_by(17) {
            let mut piece = x.clone();
            for (axis, read) in part.read().iter().enumerate() {
                piece = piece.slice(axis as isize, read.start, 1, read.len()).unwrap();
            }
            let sums = part.windows(&piece).unwrap().masked(&mask).unwrap().sum();
            let mut want = whole.view();
            for (axis, write) in part.write().iter().enumerate() {
                want = want.slice(axis as isize, write.start, 1, write.len()).unwrap();
            }
            assert!(sums.iter().map(|s| s.to_bits()).eq(want.iter().map(|s| s.to_bits())), "{tail:?} {part:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_request_and_mask(
        (layout, asked) in cases(),
        bits in any::<u64>(),
        data in prop::collection::vec(any::<i16>(), 1024),
        fill in prop::option::of(any::<i16>()),
    ) {
        let x = layout.view(&data);
        let mask = mask(&shape(&asked), bits);
        check(&x, &asked, fill, &mask);
        let bytes: Vec<u8> = data.iter().map(|&x| x as u8).collect();
        check(&layout.view(&bytes), &asked, fill.map(|x| x as u8), &mask);
        let floats: Vec<f32> = data.iter().map(|&x| [f32::NAN, -0.0, 0.0, f32::INFINITY, 0.1 * f32::from(x)][(x & 7).unsigned_abs().min(4) as usize]).collect();
        check_floats(&layout.view(&floats), &asked, fill.map(f32::from), &mask);
        check_order(&x, &asked, fill, &mask, (bits >> 60) as usize);
        check_order(&layout.view(&bytes), &asked, fill.map(|x| x as u8), &mask, (bits >> 61) as usize);
        let wide: Vec<f64> = data.iter().map(|&x| if x == 77 { f64::NAN } else { f64::from(x) }).collect();
        check_order(&layout.view(&wide), &asked, fill.map(f64::from), &mask, (bits >> 62) as usize);
        let sums: Vec<f32> = data.iter().map(|&x| 0.1 * f32::from(x)).collect();
        order::check(&layout.view(&sums), &asked, fill.map(f32::from), &mask);
    }

    /// Longer windows, of one and two axes, so that runs, boxes and groups of eight come in.
    #[test]
    fn sums_are_added_in_the_order_that_is_stated(
        (h, w) in (1usize..12, 1usize..17),
        (step, dilation) in (1usize..4, 1usize..3),
        (axes, tail, mode) in (0usize..3, 0usize..4, 0usize..3),
        bits in any::<u64>(),
        sparse in any::<bool>(),
        data in prop::collection::vec(-1e3f32..1e3, 11 * 17),
    ) {
        let x = View::new(&data, [11, 17]).unwrap();
        let along = |axis, window| Along {
            dilation,
            pads: (3, 5),
            tail: [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread][tail],
            mode: [PadMode::Empty, PadMode::Edge, PadMode::Reflect][mode],
            ..Along::new(axis, window, step)
        };
        let asked = Asked(match axes {
            0 => vec![along(0, h), along(1, w)],
            1 => vec![along(1, w), along(0, h)],
            _ => vec![along(0, h)],
        });
        // Most cells of a box, or every other one.
        let mask = Mask::from_fn(shape(&asked), |at| {
            let k = at.iter().fold(0, |k, i| k * 31 + i) as u32;
            let bit = bits.rotate_right(k.wrapping_mul(2654435761) >> 26) & 1 == 1;
            bit || !sparse && at.iter().sum::<usize>() % 5 != 0
        }).unwrap();
        order::check(&x, &asked, None, &mask);
    }
}

#[test]
fn what_is_refused() {
    let x = [1i32, 2, 3, 4];
    let windows = || unfold(0, 3, 1).pad(2).windows(&x).unwrap();
    let said = |error: Option<Error>| error.unwrap().to_string();
    assert_eq!(said(windows().masked(&Mask::full([4]).unwrap()).err()), "the mask has shape [4], but [3] was planned");
    assert_eq!(
        said(windows().masked(&Mask::full([3, 1]).unwrap()).err()),
        "the mask has shape [3, 1], but [3] was planned"
    );
    let first = windows().masked(&mask(&[3], 1)).unwrap();
    assert_eq!(
        said(first.argmax().err()),
        "window [0] holds no element, so it has no argmax: pad less, or use a pad mode that repeats elements"
    );
    let last = windows().masked(&mask(&[3], 4)).unwrap();
    assert_eq!(
        said(last.argmin().err()),
        "window [4] holds no element, so it has no argmin: pad less, or use a pad mode that repeats elements"
    );
    assert_eq!(said(last.rank(1).err()), "rank 1 is outside of window [0], which holds 1 elements: ranks count from 0");
    assert_eq!(
        said(last.median().err()),
        "window [4] holds no element, so it has no median: pad less, or use a pad mode that repeats elements"
    );
    let none = windows().masked(&mask(&[3], 0)).unwrap();
    assert_eq!((none.max().as_slice(), none.sum().as_slice()), (&[i32::MIN; 6][..], &[0; 6][..]));
    assert!(none.mean().iter().all(|m| m.is_nan()));
}

#[test]
fn truths() {
    let x = [true, false, false, true, true];
    let windows = unfold(0, 3, 1).windows(&x).unwrap().masked(&mask(&[3], 0b101)).unwrap();
    assert_eq!(
        (windows.any().as_slice(), windows.all().as_slice()),
        (&[true, true, true][..], &[false, false, false][..])
    );
    let windows = unfold(0, 2, 1).windows(&x).unwrap().masked(&mask(&[2], 0b10)).unwrap();
    assert_eq!((windows.any().as_slice(), windows.all().as_slice()), (&x[1..], &x[1..]));
}

#[test]
fn masks() {
    let drawn = |mask: &Mask| -> Vec<String> {
        mask.cells().outer_iter(1).map(|row| row.iter().map(|&b| if b { '#' } else { '.' }).collect()).collect()
    };
    assert_eq!(drawn(&Mask::disk(0)), ["#"]);
    assert_eq!(drawn(&Mask::disk(3)), ["...#...", ".#####.", ".#####.", "#######", ".#####.", ".#####.", "...#..."]);
    assert_eq!(drawn(&Mask::ring(1, 2)), ["..#..", ".#.#.", "#...#", ".#.#.", "..#.."]);
    assert_eq!(drawn(&Mask::cross([2, 4]).unwrap()), ["..#.", "####"]);
    assert_eq!(drawn(&Mask::from_fn([2, 3], |at| at == [0, 1]).unwrap().turned()), ["...", ".#."]);
    let x = [true, false, false, true, true, true];
    let view = View::new(&x, [2, 3]).unwrap();
    assert_eq!(drawn(&Mask::new(view.permute(&[1, 0]).unwrap())), ["##", ".#", ".#"]);
    assert_eq!(Mask::new(&x).count(), 4);
    assert_eq!(Mask::ring(2, 2).count(), 0);
}

/// The first of equals is the first in the window, also where rows of the mask keep different copies of a repeated row.
#[test]
fn equals_in_repeated_padding() {
    let x = [5, 4, 7, 7];
    let x = View::new(&x, [1, 4]).unwrap();
    let windows = unfold([0, 1], [2, 2], 1).pad([(1, 0), (0, 0)]).pad_mode(PadMode::Edge).windows(&x).unwrap();
    // The upper row, which is padding, keeps the right cell; the lower one, the element's own, the left.
    let windows = windows.masked(&mask(&[2, 2], 0b0110)).unwrap();
    assert_eq!(windows.argmax().unwrap().as_slice(), [0, 2, 3]);
    assert_eq!(windows.argmin().unwrap().as_slice(), [1, 1, 3]);
}
