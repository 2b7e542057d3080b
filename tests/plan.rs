//! Plans against the naive oracle, on every small axis.

mod oracle;

use ndwindow::{Cell, Error, Plan, Tail, Unfold, unfold};
use oracle::library::{self, MODES, TAILS, refusal};
use oracle::{Ask, Line, Pads, Stand};

fn request(ask: &Ask) -> Unfold {
    library::request(&[0], &[*ask], false)
}

fn stand(cell: Cell) -> Stand {
    match cell {
        Cell::Element(e) => Stand::Element(e),
        Cell::Pad => Stand::Pad,
        Cell::Gap => Stand::Gap,
    }
}

/// Everything a plan says about an axis, against the oracle.
fn agree(ask: &Ask) {
    let (plan, line) = match (request(ask).plan([ask.len]), ask.lay()) {
        (Ok(plan), Ok(line)) => (plan, line),
        (Err(error), Err(want)) => return assert_eq!(refusal(&error), Some(want), "{ask:?}: {error}"),
        (plan, want) => panic!("{ask:?}\nlibrary: {plan:?}\noracle: {want:?}"),
    };
    let axis = &plan.axes()[0];
    assert_eq!(axis.count(), line.count(), "count {ask:?}");
    assert_eq!((axis.pads().0 as i128, axis.pads().1 as i128), (line.before, line.after), "pads {ask:?}");
    assert_eq!(axis.span() as i128, line.span, "span {ask:?}");
    for i in 0..line.count() {
        assert_eq!(axis.start(i) as i128, line.start(i), "start {i} {ask:?}");
        for j in 0..line.window() {
            assert_eq!(stand(axis.cell(i, j)), line.cell(i, j), "cell {i}, {j} {ask:?}");
        }
    }
    let inside: Vec<usize> = (0..line.count()).filter(|&i| line.inside(i)).collect();
    assert_eq!(axis.interior().collect::<Vec<_>>(), inside, "interior {ask:?}");
    let coverage = line.coverage();
    assert_eq!(axis.coverage(), coverage, "coverage {ask:?}");
    assert_eq!(axis.remainder(), coverage.iter().filter(|&&c| c == 0).count(), "remainder {ask:?}");
    assert_eq!(axis.is_overlapping(), coverage.iter().any(|&c| c > 1), "overlap {ask:?}");
    strides_or_not(ask, &plan, &line);
}

/// Strides are given exactly where every cell is an element and a straight line goes through them.
fn strides_or_not(ask: &Ask, plan: &Plan, line: &Line) {
    let cells: Vec<Vec<Stand>> =
        (0..line.count()).map(|i| (0..line.window()).map(|j| line.cell(i, j)).collect()).collect();
    match plan.strides(&[1]) {
        Ok(strides) => {
            assert!(plan.is_strided());
            for (i, window) in cells.iter().enumerate() {
                for (j, &cell) in window.iter().enumerate() {
                    let at = plan.start(0, 0) + i as isize * strides[0] + j as isize * strides[1];
                    assert_eq!(cell, Stand::Element(at as usize), "strides {ask:?}");
                }
            }
        }
        Err(error) => {
            assert!(matches!(error, Error::NotStrided { axis: 0, .. }) && !plan.is_strided(), "{error}");
            let even = line.starts.windows(3).all(|s| s[1] - s[0] == s[2] - s[1]);
            let full = (0..line.count()).all(|i| line.inside(i));
            assert!(!even || !full || (ask.base > 1 && ask.len > 1), "could be strided: {ask:?} {error}");
        }
    }
}

/// Calls `f` with every combination of window, step and tail on axes of up to `longest` elements.
fn every(longest: usize, mut f: impl FnMut(Ask)) {
    for len in 0..=longest {
        for window in 1..=5 {
            for step in 1..=4 {
                for tail in TAILS {
                    f(Ask { tail: tail.1, ..Ask::new(len, window, step) });
                }
            }
        }
    }
}

const LONGEST: usize = if cfg!(miri) { 2 } else { 9 };

#[test]
fn every_small_axis_with_empty_padding() {
    every(LONGEST, |ask| {
        for dilation in 1..=3 {
            for base in 1..=3 {
                for before in -3..=5 {
                    for after in -3..=5 {
                        agree(&Ask { dilation, base, pads: Pads::Numbers(before, after), ..ask });
                    }
                }
            }
        }
    });
}

#[test]
fn every_small_axis_with_padding_that_repeats() {
    // Pads of up to 5 beyond 0 to 7 elements: wider than the axis, than its mirror period and than its crop.
    every(if cfg!(miri) { 2 } else { 7 }, |ask| {
        for mode in &MODES[1..] {
            for (dilation, base) in [(1, 1), (2, 1), (1, 2), (3, 2), (2, 3)] {
                for before in [-3, -1, 0, 1, 2, 5] {
                    for after in [-2, -1, 0, 1, 3, 5] {
                        let pads = Pads::Numbers(before, after);
                        agree(&Ask { dilation, base, pads, mode: mode.1, ..ask });
                    }
                }
            }
        }
    });
}

#[test]
fn every_small_axis_with_named_padding() {
    every(LONGEST, |ask| {
        for pads in [Pads::Same, Pads::SameLower, Pads::Full] {
            for dilation in 1..=3 {
                for base in 1..=3 {
                    for mode in MODES {
                        agree(&Ask { dilation, base, pads, mode: mode.1, ..ask });
                    }
                }
            }
        }
    });
}

#[test]
fn zeros_are_refused_before_anything_else() {
    for (window, step, dilation, base) in [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0), (0, 0, 0, 0)] {
        for len in 0..3 {
            agree(&Ask { dilation, base, ..Ask::new(len, window, step) });
        }
    }
}

/// `ceil(a / b)` for any `a`.
fn ceil(a: i128, b: i128) -> i128 {
    -(-a).div_euclid(b)
}

#[test]
fn counts_follow_the_formulas() {
    every(LONGEST, |ask| {
        for (before, after) in [(0, 0), (1, 0), (0, 2), (3, 1), (5, 5)] {
            for base in 1..=2 {
                let n = if ask.len == 0 { 0 } else { (ask.len as i128 - 1) * base + 1 };
                let (total, span, step) = (before + n + after, ask.window, ask.step);
                let count = match ask.tail {
                    oracle::Tail::Drop if total < span => None,
                    oracle::Tail::Drop => Some((total - span) / step + 1),
                    oracle::Tail::Partial => {
                        let count = (ceil(total - span, step) + 1).min(ceil(before + n, step));
                        Some(count.max((ask.len > 0) as i128).max(0))
                    }
                    _ if total < span => None,
                    _ => Some(ceil(total - span, step) + 1),
                };
                let plan = request(&Ask { base, pads: Pads::Numbers(before, after), ..ask }).plan([ask.len]);
                assert_eq!(plan.ok().map(|p| p.len() as i128), count, "{ask:?} {before} {after} {base}");
            }
        }
    });
}

#[test]
fn the_last_partial_window_starts_in_the_data_or_before_it_and_shows_something_new() {
    every(12, |ask| {
        for (before, after) in [(0, 0), (2, 0), (0, 3), (1, 1), (4, 4), (-1, 2), (2, -2)] {
            let ask = Ask { tail: oracle::Tail::Partial, pads: Pads::Numbers(before, after), ..ask };
            let plan = request(&ask).plan([ask.len]).unwrap();
            let (axis, data) = (&plan.axes()[0], (ask.len as i128).min(ask.len as i128 + after));
            assert!(ask.len == 0 || data <= (-before).max(0) || axis.count() >= 1, "{ask:?}");
            for i in 0..axis.count() {
                assert!((axis.start(i) as i128) < data.max(-before + 1), "{ask:?}");
            }
            let end = ask.len as i128 + after;
            for i in 1..axis.count() {
                let previous = axis.start(i - 1) as i128 + ask.window;
                assert!(previous < end, "window {i} lies inside the one before it: {ask:?}");
            }
            // And no window is missing: a next one would break one of the two rules.
            let next = -before + axis.count() as i128 * ask.step;
            let previous = next - ask.step + ask.window;
            assert!(next >= data || (previous >= end), "a window is missing: {ask:?}");
        }
    });
}

#[test]
fn shifted_and_spread_windows_cover_the_end() {
    every(30, |ask| {
        if !matches!(ask.tail, oracle::Tail::ShiftBack | oracle::Tail::Spread) || ask.len < ask.window as usize {
            return;
        }
        let plan = request(&ask).plan([ask.len]).unwrap();
        let axis = &plan.axes()[0];
        let starts: Vec<isize> = (0..axis.count()).map(|i| axis.start(i)).collect();
        assert_eq!(starts[0], 0);
        assert_eq!(*starts.last().unwrap(), ask.len as isize - ask.window as isize, "{ask:?}");
        let gaps: Vec<isize> = starts.windows(2).map(|s| s[1] - s[0]).collect();
        assert!(gaps.iter().all(|&g| 0 < g && g <= ask.step as isize), "{ask:?}");
        if ask.tail == oracle::Tail::Spread {
            let (least, most) = (gaps.iter().min().unwrap_or(&0), gaps.iter().max().unwrap_or(&0));
            assert!(most - least <= 1, "uneven by more than one: {ask:?} {starts:?}");
        } else {
            assert!(gaps.iter().rev().skip(1).all(|&g| g == ask.step as isize), "{ask:?}");
        }
    });
}

#[test]
fn same_gives_a_window_a_step() {
    every(LONGEST, |ask| {
        for (pads, lower) in [(Pads::Same, false), (Pads::SameLower, true)] {
            let ask = Ask { pads, tail: oracle::Tail::Drop, ..ask };
            let Ok(plan) = request(&ask).plan([ask.len]) else {
                // Nothing to make a window of: zero windows are an error, never an empty axis.
                assert_eq!(ask.len, 0, "{ask:?}");
                continue;
            };
            assert_eq!(plan.len(), ask.len.div_ceil(ask.step as usize), "{ask:?}");
            let (before, after) = plan.axes()[0].pads();
            let extra = if lower { before - after } else { after - before };
            assert!(extra == 0 || extra == 1, "the odd element is on the wrong side: {ask:?}");
        }
    });
}

#[test]
fn several_axes_are_planned_one_by_one() {
    let plan = unfold([-1, 0], [2, 3], [1, 2])
        .pad([(1, 0), (0, 2)])
        .tail([Tail::Drop, Tail::Partial])
        .plan([4, 7, 5])
        .unwrap();
    assert_eq!(plan.grid(), [5, 2]);
    assert_eq!(plan.shape(), [2, 7, 5, 2, 3]);
    assert_eq!(plan.reduced_shape()[..], [2, 7, 5]);
    assert_eq!((plan.len(), plan.window_len()), (10, 6));
    assert_eq!((plan.axes()[0].axis(), plan.axes()[1].axis()), (2, 0));
    assert_eq!(plan.interior(), [1..5, 0..1]);
    assert_eq!(plan.bytes::<u16>(), 2 * 7 * 5 * 2 * 3 * 2);
    assert_eq!((plan.start(0, 0), plan.start(1, 1)), (-1, 2));
}

#[test]
fn axes_are_given_in_any_form() {
    let shape = [4, 5, 6];
    let want = unfold([0, 2], 2, 1).plan(shape).unwrap();
    let (signed, unsigned, short): (Vec<isize>, Vec<usize>, [i32; 2]) = (vec![0, -1], vec![0, 2], [0, -1]);
    for request in [
        unfold(&signed, 2, 1),
        unfold(&signed[..], 2, 1),
        unfold(signed.clone(), 2, 1),
        unfold(&unsigned, 2, 1),
        unfold(&unsigned[..], 2, 1),
        unfold(unsigned.clone(), 2, 1),
        unfold(short, 2, 1),
        unfold(&short[..], 2, 1),
        unfold([0, -1], 2, 1),
    ] {
        assert_eq!(request.plan(shape).unwrap().axes(), want.axes());
    }
    let last = shape.len() - 1;
    assert_eq!(unfold(last, 2, 1).plan(shape), unfold(-1, 2, 1).plan(shape));
    assert_eq!(unfold(.., 2, 1).plan(shape), unfold(vec![0, 1, 2], 2, 1).plan(shape));
    let error = unfold(usize::MAX, 2, 1).plan(shape).unwrap_err();
    assert_eq!(error, ndwindow::Error::AxisOutOfRange { axis: isize::MAX, rank: 3 });
}
