//! Exhaustive small grids.

use crate::checks::{check, values};
use crate::oracle::Axis;
use ndwindow::{PadMode, Tail, View};

const MODES: [PadMode; 5] = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
const TAILS: [Tail; 4] = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];

fn each_axis(windows: &[usize], pads: &[(isize, isize)], mut f: impl FnMut(Axis)) {
    for &window in windows {
        for step in [1, 2, 3, 5] {
            for dilation in 1..=3 {
                for base in 1..=2 {
                    for &pads in pads {
                        for mode in MODES {
                            for tail in TAILS {
                                if pads == (0, 0) && mode != PadMode::Empty {
                                    continue;
                                }
                                f(Axis { axis: 0, window, step, dilation, base, pads, mode, tail });
                            }
                        }
                    }
                }
            }
        }
    }
}

/// One axis alone: every window up to where blocks and chains begin, every step, dilation, pad, mode and tail.
#[test]
fn one_axis() {
    let mut held = 0;
    for n in [0, 1, 5, 14] {
        let x = values(n);
        each_axis(&[1, 2, 3, 9, 13], &[(0, 0), (1, 2), (-1, 1), (4, 9)], |axis| {
            for fill in [None, Some(7)].into_iter().take(1 + usize::from(axis.pads != (0, 0))) {
                held += usize::from(check(&View::new(&x, [n]).unwrap(), &[axis], fill));
            }
        });
    }
    assert!(held > 5_000, "{held}");
}

/// The same axis in front of a short row, of a long one, and between others.
#[test]
fn one_axis_of_several() {
    let mut held = 0;
    for (shape, at) in [(vec![13, 3], 0), (vec![13, 40], 0), (vec![2, 13, 2], 1), (vec![3, 13], 1)] {
        let x = values(shape.iter().product());
        each_axis(&[3, 9], &[(0, 0), (-1, 1), (4, 6)], |axis| {
            held += usize::from(check(&View::new(&x, &shape).unwrap(), &[Axis { axis: at, ..axis }], None));
        });
    }
    assert!(held > 2_000, "{held}");
}

/// Long windows: every number of blocks up to 40 in one chain, steps that cut them.
#[test]
fn long_windows() {
    let n = 97;
    let x = values(n);
    for window in 1..=40 {
        for step in 1..=7 {
            for dilation in 1..=2 {
                let axis = Axis { dilation, pads: (3, 2), ..Axis::new(0, window, step) };
                assert!(check(&View::new(&x, [n]).unwrap(), &[axis], None));
            }
        }
    }
    let wide = values(n * 33);
    for window in (1..=16).chain([24, 25, 31, 40]) {
        for step in [1, 3] {
            for tail in TAILS {
                let axis = Axis { tail, pads: (3, 2), ..Axis::new(0, window, step) };
                assert!(check(&View::new(&wide, [n, 33]).unwrap(), &[axis], None));
            }
        }
    }
}

/// Windows of so many blocks that a line is scanned: several groups, parts of one at the end, blocks and cells that are left over,
/// dilation, runs of neighbouring cells.
#[test]
fn windows_longer_than_rows() {
    for (n, window, step, dilation, inner) in [
        (2900, 257, 1, 1, 1),
        (1500, 263, 1, 1, 1),
        (1400, 264, 1, 1, 1),
        (700, 300, 1, 1, 1),
        (2000, 600, 2, 1, 1),
        (2600, 1000, 3, 1, 1),
        (1200, 150, 2, 2, 1),
        (1700, 602, 2, 1, 3),
        (900, 260, 1, 1, 2),
    ] {
        let x = values(n * inner);
        let view = View::new(&x, [n, inner]).unwrap();
        let axis = Axis { dilation, pads: (30, 41), ..Axis::new(0, window, step) };
        assert!(check(&view, &[axis], None));
        assert!(check(&view, &[axis], Some(5)));
        let turned = view.permute(&[1, 0]).unwrap().to_array();
        assert!(check(&turned.view(), &[Axis { axis: 1, tail: TAILS[1], ..axis }], None));
    }
    // Below another axis, row by row.
    let x = values(3 * 800);
    let axes = [Axis { pads: (1, 0), ..Axis::new(0, 2, 1) }, Axis { pads: (30, 41), ..Axis::new(1, 300, 1) }];
    assert!(check(&View::new(&x, [3, 800]).unwrap(), &axes, None));
}

/// Short windows across rows: those that may all be kept from a window's first to its last, and those that are too far apart.
#[test]
fn dilated_windows_across_rows() {
    let x = values(90 * 20);
    for (window, step, dilation) in [(8, 1, 4), (8, 1, 5), (8, 5, 10), (2, 7, 3), (8, 3, 9), (3, 2, 40), (5, 1, 8)] {
        let axis = Axis { dilation, pads: (4, 3), ..Axis::new(0, window, step) };
        assert!(check(&View::new(&x, [90, 20]).unwrap(), &[axis], None), "{axis:?}");
    }
}

/// Rows longer than a tile, so that windows cross the cuts.
#[test]
fn windows_across_tiles() {
    for (shape, axes) in [
        (vec![7, 9001], vec![Axis::new(0, 3, 1), Axis::new(1, 5, 1)]),
        (vec![25, 5000], vec![Axis::new(0, 11, 2), Axis::new(1, 31, 1)]),
        (vec![12, 70, 700], vec![Axis::new(0, 3, 1), Axis::new(1, 9, 1), Axis::new(2, 10, 3)]),
        (vec![300, 1100], vec![Axis::new(0, 33, 1), Axis::new(1, 14, 1)]),
        (vec![9, 40, 30], vec![Axis::new(1, 3, 2), Axis::new(2, 3, 2)]),
        (vec![9, 40, 30], vec![Axis::new(0, 2, 2), Axis::new(1, 2, 2), Axis::new(2, 2, 2)]),
        // Boxes with rows of several chunks.
        (vec![3, 40, 150], vec![Axis::new(1, 3, 2), Axis::new(2, 3, 2)]),
        (vec![3, 40, 300], vec![Axis::new(1, 2, 2), Axis::new(2, 2, 2)]),
        (vec![12, 140], vec![Axis::new(0, 2, 2), Axis::new(1, 5, 1)]),
        (vec![6, 9, 140], vec![Axis::new(0, 2, 2), Axis::new(1, 3, 2), Axis::new(2, 2, 2)]),
        (vec![70001], vec![Axis::new(0, 100, 1)]),
        (vec![5, 20000], vec![Axis::new(0, 2, 1)]),
    ] {
        let x = values(shape.iter().product());
        let axes: Vec<Axis> = axes.into_iter().map(|a| Axis { pads: (2, 1), ..a }).collect();
        check_fast(&x, &shape, &axes);
    }
}

/// The maximum only, by one axis after the other: the full definition takes too long on large arrays.
fn check_fast(x: &[u32], shape: &[usize], axes: &[Axis]) {
    let mut data = x.to_vec();
    let mut now = shape.to_vec();
    for a in axes {
        let windows = a.windows(now[a.axis]).unwrap();
        let inner: usize = now[a.axis + 1..].iter().product();
        let outer: usize = now[..a.axis].iter().product();
        let mut next = Vec::new();
        for o in 0..outer {
            for cells in &windows {
                for i in 0..inner {
                    let read = |c: &crate::oracle::Stands| match c {
                        crate::oracle::Stands::Element(e) => Some(data[(o * now[a.axis] + e) * inner + i]),
                        _ => None,
                    };
                    next.push(cells.iter().filter_map(read).max().unwrap_or(0));
                }
            }
        }
        now[a.axis] = windows.len();
        data = next;
    }
    let w = crate::oracle::request(axes).windows(View::new(x, shape).unwrap()).unwrap();
    assert!(w.max().as_slice() == data, "shape {shape:?} axes {axes:?}");
}

/// Small windows over small planes, which have a kernel of their own: every window and step it has, pads, tails, fills.
#[test]
fn pooled_planes() {
    for (window, step) in [(2, 1), (2, 2), (3, 1), (3, 2), (3, 3)] {
        for shape in [vec![2, 5, 6], vec![7, 4], vec![3, 3], vec![2, 9, 2, 8]] {
            let x = values(shape.iter().product());
            let rank = shape.len();
            for pads in [(0, 0), (1, 1), (0, 2)] {
                for tail in TAILS {
                    for fill in [None, Some(9)] {
                        for axes in [vec![rank - 2, rank - 1], (0..rank).collect()] {
                            let axis = |&a: &usize| Axis { pads, tail, ..Axis::new(a, window, step) };
                            let axes: Vec<Axis> = axes.iter().map(axis).collect();
                            check(&View::new(&x, &shape).unwrap(), &axes, fill);
                        }
                    }
                }
            }
        }
    }
}

/// Uneven windows are ranges of a tree: over several axes too their cells stay in order.
#[test]
fn uneven_windows_over_two_axes() {
    let x = values(9 * 7);
    for (shape, other) in [([9, 1], (0, 1)), ([9, 7], (2, 3)), ([3, 7], (4, 4)), ([9, 2], (0, 30))] {
        for mode in MODES {
            for fill in [None, Some(0), Some(3)] {
                let spread = Axis { pads: (3, 4), tail: Tail::Spread, ..Axis::new(0, 11, 2) };
                let axes = [spread, Axis { pads: other, mode, ..Axis::new(1, 2, 1) }];
                check(&View::new(&x[..shape[0] * shape[1]], shape).unwrap(), &axes, fill);
                let axes = [axes[0], Axis { tail: Tail::Spread, window: 9, ..axes[1] }];
                check(&View::new(&x[..shape[0] * shape[1]], shape).unwrap(), &axes, fill);
            }
        }
    }
}
