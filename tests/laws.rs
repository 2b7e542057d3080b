//! Laws that hold between the answers, and sizes that went wrong elsewhere.

mod oracle;
#[path = "oracle/random.rs"]
mod random;

use ndwindow::{Array, OutAxis, PadMode, Plan, Tail, View, unfold};
use oracle::library::{self, MODES, TAILS};
use oracle::memory::{Account, twist};
use oracle::{Ask, Pads, flat, indices, row_major};
use proptest::prelude::*;
use random::twists;

/// A request on an axis of up to `longest` elements that has an answer.
fn ask(longest: usize, padded: bool) -> impl Strategy<Value = Ask> {
    let pads = if padded { 0..5i128 } else { 0..1i128 };
    let sizes = (1..=longest, 1..5i128, 1..5i128, 1..3i128);
    let base = if padded { 1..3i128 } else { 1..2i128 };
    (sizes, base, (pads.clone(), pads), 0..5usize, if padded { 0..4usize } else { 0..1 })
        .prop_map(|((len, window, step, dilation), base, pads, mode, tail)| Ask {
            dilation,
            base,
            pads: Pads::Numbers(pads.0, pads.1),
            mode: MODES[mode].1,
            tail: TAILS[tail].1,
            ..Ask::new(len, window, step)
        })
        .prop_filter("no window fits", |ask| ask.lay().is_ok())
}

fn asks(padded: bool) -> impl Strategy<Value = Vec<Ask>> {
    proptest::collection::vec(ask(7, padded), 1..4)
}

fn planned(asks: &[Ask], grid_first: bool) -> Plan {
    let axes: Vec<isize> = (0..asks.len() as isize).rev().collect();
    let asks: Vec<Ask> = asks.iter().rev().copied().collect();
    let shape: Vec<usize> = asks.iter().rev().map(|a| a.len).collect();
    library::request(&axes, &asks, grid_first).plan(shape).unwrap()
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: if cfg!(miri) { 3 } else { 256 }, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_view_equals_its_copy(asks in asks(false), twists in twists(), first: bool) {
        let shape: Vec<usize> = asks.iter().map(|a| a.len).collect();
        let memory: Vec<u32> = (0..shape.iter().product::<usize>() as u32).collect();
        let mut source = View::new(&memory, &shape).unwrap();
        for t in twists {
            let account = Account::new(source.shape());
            source = twist(source, account, t).0;
        }
        let axes: Vec<isize> = (0..asks.len() as isize).collect();
        let Ok(windows) = library::request(&axes, &asks, first).windows(&source) else { return Ok(()) };
        let view = windows.view().unwrap();
        prop_assert_eq!(&windows.to_array(), &view);
        prop_assert_eq!(view.strides(), &windows.plan().strides(source.strides()).unwrap()[..]);
        prop_assert_eq!(view.len(), windows.plan().len() * windows.plan().window_len());
    }

    #[test]
    fn strides_times_index_is_the_position(asks in asks(false), first: bool) {
        let plan = planned(&asks, first);
        let input = row_major(plan.input_shape());
        let strides = plan.strides(&input).unwrap();
        for index in indices(plan.shape()) {
            let offset: isize = index.iter().zip(&strides).map(|(&i, &s)| i as isize * s).sum();
            // Along every axis the start of the window and the tap's dilations; a window of the first starts at 0.
            let mut position = vec![0isize; plan.input_shape().len()];
            for (&x, out) in index.iter().zip(plan.order()) {
                match out {
                    OutAxis::Plain(a) => position[a] += x as isize,
                    OutAxis::Grid(k) => position[plan.axes()[k].axis()] += plan.start(k, x),
                    OutAxis::Window(k) => position[plan.axes()[k].axis()] += (x * plan.axes()[k].dilation()) as isize,
                }
            }
            let want: isize = position.iter().zip(&input).map(|(p, s)| p * s).sum();
            prop_assert_eq!(offset, want);
        }
    }

    #[test]
    fn coverage_is_a_count_by_hand(asks in asks(true)) {
        let plan = planned(&asks, false);
        let shape = plan.input_shape().to_vec();
        // Number the elements, copy the windows, and count how often each number comes up; empty cells read as 0.
        let numbers = Array::new((1..=shape.iter().product::<usize>()).collect(), &shape).unwrap();
        let mut counts = vec![0usize; numbers.len() + 1];
        plan.windows(&numbers).unwrap().to_array().iter().for_each(|&n| counts[n] += 1);
        let coverage = plan.coverage();
        prop_assert_eq!(coverage.shape(), &shape[..]);
        prop_assert_eq!(coverage.as_slice(), &counts[1..]);
        prop_assert_eq!(plan.is_overlapping(), counts[1..].iter().any(|&c| c > 1));
        for (axis, left) in plan.axes().iter().zip(plan.remainder()) {
            // An element of the axis is left over if no window along this axis reads it.
            let uncovered = axis.coverage().iter().filter(|&&c| c == 0).count();
            prop_assert_eq!(left, uncovered);
        }
        let covered: usize = plan.axes().iter().zip(plan.remainder()).map(|(a, left)| a.len() - left).product();
        prop_assert_eq!(counts[1..].iter().filter(|&&c| c > 0).count(), covered);
    }

    #[test]
    fn the_interior_is_where_windows_need_no_padding(asks in asks(true)) {
        let plan = planned(&asks, false);
        let interior = plan.interior();
        for grid in indices(plan.grid()) {
            let inside = grid.iter().zip(&interior).all(|(i, r)| r.contains(i));
            let fits = grid.iter().enumerate().all(|(k, &i)| {
                let axis = &plan.axes()[k];
                let start = plan.start(k, i);
                axis.line().contains(&start) && axis.line().contains(&(start + axis.span() as isize - 1))
            });
            prop_assert_eq!(inside, fits);
        }
    }

    #[test]
    fn permuting_the_plan_permutes_the_view(asks in asks(false), keys: [u8; 6], first: bool) {
        let plan = planned(&asks, first);
        let x: Vec<u16> = (0..plan.input_shape().iter().product::<usize>() as u16).collect();
        let source = View::new(&x, plan.input_shape()).unwrap();
        let mut order: Vec<isize> = (0..plan.shape().len() as isize).collect();
        order.sort_by_key(|&o| keys[o as usize]);
        let after = plan.windows(&source).unwrap().view().unwrap().permute(&order).unwrap();
        let permuted = plan.permute(&order).unwrap();
        prop_assert_eq!(permuted.shape(), after.shape());
        let before = permuted.windows(&source).unwrap();
        prop_assert_eq!(&before.view().unwrap(), &after);
        let view = before.view().unwrap();
        prop_assert_eq!(view.strides(), after.strides());
        prop_assert_eq!(&before.to_array(), &after.to_array());
        // And back again.
        let mut inverse = vec![0isize; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| inverse[old as usize] = new as isize);
        prop_assert_eq!(permuted.permute(&inverse).unwrap(), plan);
    }

    #[test]
    fn axes_are_independent(asks in asks(true)) {
        // Unfolding several axes at once is unfolding one after another.
        let shape: Vec<usize> = asks.iter().map(|a| a.len).collect();
        let x = Array::new((1..=shape.iter().product::<usize>() as u32).collect(), &shape).unwrap();
        let axes: Vec<isize> = (0..asks.len() as isize).collect();
        let together = library::request(&axes, &asks, false).windows(&x).unwrap().to_array();
        let mut chained = x;
        for (k, ask) in asks.iter().enumerate() {
            chained = library::request(&[k as isize], &[*ask], false).windows(&chained).unwrap().to_array();
        }
        prop_assert_eq!(together, chained);
    }

    #[test]
    fn the_two_orders_hold_the_same_windows(asks in asks(true)) {
        let (place, first) = (planned(&asks, false), planned(&asks, true));
        let x = Array::new((1..=place.input_shape().iter().product::<usize>() as u32).collect(), place.input_shape());
        let x = x.unwrap();
        let (a, b) = (place.windows(&x).unwrap().to_array(), first.windows(&x).unwrap().to_array());
        let place_of = |out: OutAxis| place.order().iter().position(|&o| o == out).unwrap();
        for index in indices(first.shape()) {
            let mut old = vec![0; index.len()];
            index.iter().zip(first.order()).for_each(|(&i, out)| old[place_of(out)] = i);
            prop_assert_eq!(b.as_slice()[flat(&index, first.shape())], a.as_slice()[flat(&old, place.shape())]);
        }
    }
}

#[test]
fn every_element_of_a_long_axis_is_a_window() {
    // Counted in 32-bit floats, 16,777,219 becomes 16,777,220.
    let plan = unfold(0, 1, 1).plan([16_777_219]).unwrap();
    assert_eq!((plan.grid(), plan.start(0, 16_777_218)), (&[16_777_219][..], 16_777_218));
    // Counted in 64-bit floats, 2^53 + 1 becomes 2^53.
    let long = (1usize << 53) + 1;
    assert_eq!(unfold(0, 1, 1).plan([long]).unwrap().grid(), [long]);
    assert_eq!(unfold(0, 3, 2).pad(1).tail(Tail::Partial).plan([long]).unwrap().grid(), [(1 << 52) + 1]);
}

#[test]
fn spread_windows_cover_a_whole_picture() {
    // 844 by 1280 in tiles of 256, 128 apart: what is left over at the edge is not lost.
    let plan = unfold([0, 1], 256, 128).tail(Tail::Spread).plan([844, 1280, 3]).unwrap();
    assert_eq!(plan.grid(), [6, 9]);
    assert_eq!((plan.start(0, 5), plan.start(1, 8)), (844 - 256, 1280 - 256));
    assert_eq!(plan.remainder(), [0, 0]);
    assert!(plan.coverage().iter().all(|&c| c > 0));
    let dropped = unfold([0, 1], 256, 128).plan([844, 1280, 3]).unwrap();
    assert_eq!((dropped.grid(), &dropped.remainder()[..]), (&[5, 9][..], &[76, 0][..]));
}

#[test]
fn a_short_text_is_one_window() {
    let plan = unfold(0, 1024, 256).tail(Tail::Partial).plan([991]).unwrap();
    assert_eq!((plan.grid(), &plan.remainder()[..]), (&[1][..], &[0][..]));
    // However short it is; and without a token there is no window.
    assert_eq!(unfold(0, 1024, 256).tail(Tail::Partial).plan([1]).unwrap().grid(), [1]);
    assert_eq!(unfold(0, 1024, 256).tail(Tail::Partial).plan([0]).unwrap().grid(), [0]);
    // 1025 tokens: the second window shows the last one.
    assert_eq!(unfold(0, 1024, 256).tail(Tail::Partial).plan([1025]).unwrap().grid(), [2]);
}

#[test]
fn a_wide_pad_does_not_win_a_window() {
    // Ceil mode with a pad as wide as the span: the last window may not start in the trailing pad.
    let plan = unfold(0, 2, 2).pad(2).tail(Tail::Partial).plan([3]).unwrap();
    assert_eq!((plan.grid(), plan.start(0, 2)), (&[3][..], 2));
    assert_eq!(unfold(0, 2, 2).pad(2).plan([3]).unwrap().grid(), [3]);
    let plan = unfold(0, 3, 3).pad((0, 3)).tail(Tail::Partial).plan([6]).unwrap();
    assert_eq!(plan.grid(), [2]);
    assert_eq!(unfold(0, 3, 3).pad((0, 3)).plan([6]).unwrap().grid(), [3]);
}

#[test]
fn padding_alone_is_a_window_of_one() {
    let x = [1, 2, 3];
    let padded = |mode| unfold(0, 1, 1).pad(5).pad_mode(mode).windows(&x).unwrap().to_array().into_vec();
    assert_eq!(padded(PadMode::Edge), [1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 3]);
    assert_eq!(padded(PadMode::Reflect), [2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2]);
    assert_eq!(padded(PadMode::Symmetric), [2, 3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1, 2]);
    assert_eq!(padded(PadMode::Wrap), [2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2]);
    assert_eq!(padded(PadMode::Empty), [0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0]);
}

#[test]
fn a_plan_is_a_table_for_people() {
    let plan =
        unfold([0, 1], [3, 2], 2).pad([(1, 0), (0, 0)]).base_dilation([1, 2]).tail(Tail::Partial).plan([9, 4, 3]);
    let text = plan.unwrap().to_string();
    assert_eq!(
        text,
        "[9, 4, 3] -> 20 windows [5, 4], view [5, 4, 3, 3, 2]\n\
         axis      length  window  step  dilation         pad  windows  inside     tail  left over\n\
         \u{20}  0           9       3     2         1  1, 0 Empty        5    1..4  Partial          0\n\
         \u{20}  1  4 (base 2)       2     2         1        none        4    0..3  Partial          0"
    );
    // A remainder that would take long to count is not counted for a table.
    let long = unfold(0, 2, 3).tail(Tail::Spread).plan([1 << 50]).unwrap().to_string();
    assert!(long.ends_with("Spread          ?"), "{long}");
}
