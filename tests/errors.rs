//! Every refusal of the core with its exact words, and numbers at the ends of their types in every place one goes in:
//! each gets an error, none a panic, a wrapped number, a hang or an allocation.

mod refused;

use ndwindow::{Array, Error, PadMode, Plan, Tail, Unfold, View, ViewMut, unfold};
use refused::refused;

/// The longest line, span or shape accepted, as the messages name it.
const LIMIT: usize = isize::MAX as usize / 4;

#[test]
fn zeros() {
    let x = [0u8; 12];
    let image = View::new(&x, [3, 4]).unwrap();
    refused!(
        unfold([0, 1], [2, 0], 1).plan([3, 4]) => "window on axis 1 is 0: it must hold at least 1 element",
        unfold(-2, 0, 1).windows(&image) => "window on axis 0 is 0: it must hold at least 1 element",
        unfold(0, 2, 0).plan([3]) => "step on axis 0 is 0: windows must start at least 1 element apart",
        unfold(0, 2, 1).dilation(0).plan([3]) => "dilation on axis 0 is 0: use 1 for neighbouring elements",
        unfold(0, 2, 1).base_dilation(0).plan([3]) => "base dilation on axis 0 is 0: use 1 for an array without holes",
    );
}

#[test]
fn nothing_unfolded() {
    let x = [1.0f32, 2.0];
    let none: [isize; 0] = [];
    let request = unfold(&none[..], &[][..], &[][..]);
    let text = "a convolution needs an axis to run along, but the request names none: unfold one, with a window of 1 if need be";
    refused!(
        request.windows(&View::new(&x, [2]).unwrap()).unwrap().conv(View::new(&x, [1, 2]).unwrap()) => text,
        request.plan([2]).unwrap().prepare_conv(View::with_strides(&x, [], [], 0).unwrap()) => text,
    );
}

#[test]
fn empty_cells() {
    #[derive(Clone)]
    struct NoDefault;
    let x = [NoDefault, NoDefault, NoDefault];
    let seen = |request: Unfold| request.windows(&x).unwrap().map_into(&mut [0u8; 0], 0, |_, _| {});
    refused!(
        seen(unfold(0, 2, 1).pad((0, 1))) =>
            "cell 1 of window 2 on axis 0 is empty, and elements of this type have no default: give a value with fill(..)",
        seen(unfold(0, 2, 1).base_dilation(2)) =>
            "cell 1 of window 0 on axis 0 is empty, and elements of this type have no default: give a value with fill(..)",
        seen(unfold(0, 3, 2).pad((1, 0)).pad_mode(PadMode::Edge).tail(Tail::Partial)) =>
            "cell 2 of window 1 on axis 0 is empty, and elements of this type have no default: give a value with fill(..)",
    );
}

#[test]
fn spans() {
    refused!(
        unfold(0, 4, 1).plan([3]) =>
            "window 4 spans 4 with dilation 1, but axis 0 has 3 elements: pad it, or use Tail::Partial",
        unfold(-1, 3, 1).dilation(2).pad((0, 1)).plan([7, 3]) =>
            "window 3 spans 5 with dilation 2, but axis 1 has 4 elements with its padding: pad it, or use Tail::Partial",
        unfold(0, 1, 1).plan([0]) =>
            "window 1 spans 1 with dilation 1, but axis 0 has 0 elements: pad it, or use Tail::Partial",
        unfold(0, 2, 1).pad(-9).tail(Tail::Spread).plan([5]) =>
            "window 2 spans 2 with dilation 1, but axis 0 has 0 elements with its padding: pad it, or use Tail::Partial",
        unfold(0, 3, 1).same().plan([0]) =>
            "window 3 spans 3 with dilation 1, but axis 0 has 2 elements with its padding: pad it, or use Tail::Partial",
        unfold(0, 2, 1).pad(1).pad_mode(PadMode::Wrap).plan([0]) =>
            "pad mode Wrap on axis 0 has no element to repeat: use PadMode::Empty",
    );
}

#[test]
fn axes_and_counts() {
    refused!(
        unfold(2, 1, 1).plan([3, 4]) => "axis 2 is out of range for an array of rank 2: use -2 to 1",
        unfold(-3, 1, 1).plan([3, 4]) => "axis -3 is out of range for an array of rank 2: use -2 to 1",
        unfold(0, 1, 1).plan([0usize; 0]) => "axis 0 is out of range for an array of rank 0: use no axis at all",
        unfold([1, -1], 1, 1).plan([3, 4]) =>
            "axis 1 is named twice: unfold it once, and unfold the result again if you need to",
        unfold([0, 1], [2, 2, 2], 1).plan([3, 4]) =>
            "3 numbers for window, but 2 axes are unfolded: give one number for all, or one per axis",
        unfold(.., 2, [1]).plan([3, 4]) =>
            "1 numbers for step, but 2 axes are unfolded: give one number for all, or one per axis",
        unfold(0, 2, 1).dilation([1, 1]).plan([3, 4]) =>
            "2 numbers for dilation, but 1 axes are unfolded: give one number for all, or one per axis",
        unfold(0, 2, 1).base_dilation([1, 1]).plan([3, 4]) =>
            "2 numbers for base dilation, but 1 axes are unfolded: give one number for all, or one per axis",
        unfold(.., 2, 1).pad([1, 2, 3]).plan([3, 4]) =>
            "3 numbers for padding, but 2 axes are unfolded: give one number for all, or one per axis",
        unfold(.., 2, 1).pad_mode([PadMode::Edge]).plan([3, 4]) =>
            "1 numbers for pad mode, but 2 axes are unfolded: give one number for all, or one per axis",
        unfold(.., 2, 1).tail(&[Tail::Drop][..]).plan([3, 4]) =>
            "1 numbers for tail, but 2 axes are unfolded: give one number for all, or one per axis",
        unfold(.., 2, 1).onnx([1, 1]).plan([3, 4]) =>
            "2 ONNX pads for 2 axes: give 4, all pads before the data and then all behind it",
        unfold(0, 2, 1).onnx([0, 1, 1]).plan([3]) =>
            "3 ONNX pads for 1 axes: give 2, all pads before the data and then all behind it",
    );
}

#[test]
fn slices_and_layouts() {
    let x = [0u8; 6];
    let mut y = [0u8; 6];
    refused!(
        View::new(&x, [2, 4]) => "shape [2, 4] holds 8 elements, but the slice has 6: give sizes whose product is 6",
        ViewMut::new(&mut y, [5]) => "shape [5] holds 5 elements, but the slice has 6: give sizes whose product is 6",
        Array::new(vec![1, 2, 3], [2, 2]) => "shape [2, 2] holds 4 elements, but the slice has 3: give sizes whose product is 3",
        Array::new(vec![1, 2, 3], [3]).unwrap().reshape([1, 2]) => "shape [1, 2] holds 2 elements, but the slice has 3: give sizes whose product is 3",
        View::with_strides(&x, [2, 3], [4, 1], 0) =>
            "shape [2, 3] with strides [4, 1] and offset 0 reaches outside a slice of 6 elements",
        View::with_strides(&x, [3], [-1], 1) =>
            "shape [3] with strides [-1] and offset 1 reaches outside a slice of 6 elements",
        View::with_strides(&x, [0], [1], 7) =>
            "shape [0] with strides [1] and offset 7 reaches outside a slice of 6 elements",
        View::with_strides(&x, [2, 3], [1], 0) =>
            "list of strides has 1 entries, but the array has rank 2: give one for each axis",
        ViewMut::with_strides(&mut y, [2, 3], [1, 1], 0) =>
            "shape [2, 3] with strides [1, 1] may reach an element twice (axis 1): \
             elements of a mutable view must be distinct",
        ViewMut::with_strides(&mut y, [3], [0], 0) =>
            "shape [3] with strides [0] may reach an element twice (axis 0): elements of a mutable view must be distinct",
        ViewMut::new(&mut y, [6]).unwrap().slice(0, 1, 0, 3) =>
            "shape [3] with strides [0] may reach an element twice (axis 0): elements of a mutable view must be distinct",
    );
}

#[test]
fn views_of_views() {
    let x = [0u8; 6];
    let view = View::new(&x, [2, 3]).unwrap();
    refused!(
        view.permute(&[0]) => "[0] is not an order of 2 axes: name every axis exactly once",
        view.permute(&[1, -1]) => "[1, -1] is not an order of 2 axes: name every axis exactly once",
        view.permute(&[0, 2]) => "[0, 2] is not an order of 2 axes: name every axis exactly once",
        unfold(0, 1, 1).windows(&view).unwrap().permute(&[0, 1]) =>
            "[0, 1] is not an order of 3 axes: name every axis exactly once",
        view.slice(1, 1, 1, 3) => "a slice of 3 from 1 by 1 leaves axis 1, which has 3 elements",
        view.slice(-1, 1, -1, 3) => "a slice of 3 from 1 by -1 leaves axis 1, which has 3 elements",
        view.slice(0, 3, 1, 0) => "a slice of 0 from 3 by 1 leaves axis 0, which has 2 elements",
        view.slice(2, 0, 1, 1) => "axis 2 is out of range for an array of rank 2: use -2 to 1",
        view.index_axis(0, 2) => "a slice of 1 from 2 by 1 leaves axis 0, which has 2 elements",
        view.index_axis(-3, 0) => "axis -3 is out of range for an array of rank 2: use -2 to 1",
        view.broadcast(1, 4) => "axis 1 has 3 elements and cannot be broadcast: only an axis of 1 can",
        view.insert_axis(4) => "axis 4 is out of range for an array of rank 3: use -3 to 2",
    );
    let mut y = [0u8; 6];
    let y = &mut y;
    refused!(ViewMut::new(y, [2, 3]).unwrap().permute(&[0, 0]) => "[0, 0] is not an order of 2 axes: name every axis exactly once");
    refused!(ViewMut::new(y, [2, 3]).unwrap().slice(1, 4, 1, 0) => "a slice of 0 from 4 by 1 leaves axis 1, which has 3 elements");
    refused!(ViewMut::new(y, [2, 3]).unwrap().index_axis(1, 3) => "a slice of 1 from 3 by 1 leaves axis 1, which has 3 elements");
}

#[test]
fn windows() {
    let x = [0u8; 6];
    let w = unfold(0, 3, 2);
    refused!(
        w.windows(&x).unwrap().copy_into(&mut [0; 5]) =>
            "the result of shape [2, 3] holds 6 elements, but the buffer has 5: make it that long",
        View::new(&x, [2, 3]).unwrap().copy_into(&mut [0; 7]) =>
            "the result of shape [2, 3] holds 6 elements, but the buffer has 7: make it that long",
        w.plan([6]).unwrap().windows(&[0u8; 7]) => "the array has shape [7], but [6] was planned",
        w.plan([6]).unwrap().strides(&[1, 1]) =>
            "list of strides has 2 entries, but the array has rank 1: give one for each axis",
        w.clone().pad(1).windows(&x).unwrap().view() =>
            "windows on axis 0 reach into padding: no strides describe them, use to_array() or copy_into()",
        unfold(0, 4, 4).tail(Tail::Partial).windows(&x).unwrap().view() =>
            "windows on axis 0 overhang the end: no strides describe them, use to_array() or copy_into()",
        unfold(0, 2, 3).tail(Tail::ShiftBack).windows(&x).unwrap().view() =>
            "windows on axis 0 start at uneven distances: no strides describe them, use to_array() or copy_into()",
        unfold(0, 2, 1).base_dilation(2).windows(&x).unwrap().view() =>
            "windows on axis 0 contain holes of the base dilation: no strides describe them, use to_array() or copy_into()",
        unfold(0, 3, 2).windows_mut(&mut [0u8; 6][..]) =>
            "windows of 3 by step 2 on axis 0 share elements: mutable windows need distinct ones, use a step of at least 3",
        unfold(0, 3, 1).dilation(2).windows_mut(&mut [0u8; 9][..]) =>
            "windows of 3 by step 1 on axis 0 share elements: mutable windows need distinct ones, use a step of at least 5",
        unfold(0, 2, 2).pad(1).windows_mut(&mut [0u8; 6][..]) =>
            "windows on axis 0 reach into padding: no strides describe them, use to_array() or copy_into()",
        w.plan([6]).unwrap().windows_mut(&mut [0u8; 7][..]) => "the array has shape [7], but [6] was planned",
    );
}

#[test]
#[cfg(target_pointer_width = "64")]
fn too_large() {
    let one = [0u8];
    let point = View::new(&one, [1]).unwrap();
    refused!(
        unfold(isize::MAX, 1, 1).plan([3]) =>
            "axis 9223372036854775807 is out of range for an array of rank 1: use -1 to 0",
        unfold(isize::MIN, 1, 1).plan([3]) =>
            "axis -9223372036854775808 is out of range for an array of rank 1: use -1 to 0",
        unfold(0, usize::MAX, 1).plan([3]) =>
            "window 18446744073709551615 with dilation 1 on axis 0 spans more than 2305843009213693951 elements: \
             use a smaller window or dilation",
        unfold(0, 3, 1).dilation(usize::MAX / 2).plan([3]) =>
            "window 3 with dilation 9223372036854775807 on axis 0 spans more than 2305843009213693951 elements: \
             use a smaller window or dilation",
        unfold(0, 1, 1).base_dilation(usize::MAX).plan([3]) =>
            "axis 0 with 3 elements, base dilation 18446744073709551615 and pads 0 and 0 is longer than \
             2305843009213693951: pad or dilate it less",
        unfold(0, 1, 1).pad((isize::MIN, 3)).plan([3]) =>
            "axis 0 with 3 elements, base dilation 1 and pads -9223372036854775808 and 3 is longer than \
             2305843009213693951: pad or dilate it less",
        unfold(0, 1, 1).pad(usize::MAX).plan([3]) =>
            "axis 0 with 3 elements, base dilation 1 and pads 9223372036854775807 and 9223372036854775807 is longer \
             than 2305843009213693951: pad or dilate it less",
        unfold(0, 1, 1).plan([usize::MAX]) =>
            "axis 0 with 18446744073709551615 elements, base dilation 1 and pads 0 and 0 is longer than \
             2305843009213693951: pad or dilate it less",
        unfold(0, 1, 1).plan([3, usize::MAX]) =>
            "an array of shape [3, 18446744073709551615] holds more than 2305843009213693951 elements: \
             ask for less at a time",
        unfold(.., 1, LIMIT).plan([LIMIT, LIMIT]) =>
            "an array of shape [2305843009213693951, 2305843009213693951] holds more than 2305843009213693951 elements: \
             ask for less at a time",
        unfold(0, LIMIT / 2, 1).plan([LIMIT]) =>
            "a view of windows of shape [1152921504606846977, 1152921504606846975] holds more than 2305843009213693951 \
             elements: ask for less at a time",
        point.broadcast(0, usize::MAX) =>
            "a view of shape [18446744073709551615] holds more than 2305843009213693951 elements: ask for less at a time",
        Array::from_elem(0u64, [LIMIT]) =>
            "an array of shape [2305843009213693951] holds more than 9223372036854775807 bytes: ask for less at a time",
        unfold(0, 1, 4).plan([9]).unwrap().strides(&[isize::MAX / 3]) =>
            "stride 3074457345618258602 on axis 0 times 4 is more than 9223372036854775807: no array has such strides",
    );
}

/// Sizes at the ends of their range, and at every limit of ours.
const SIZES: [usize; 8] = [0, 1, 3, LIMIT - 1, LIMIT + 1, isize::MAX as usize, isize::MAX as usize + 1, usize::MAX];
/// The same for signed numbers.
const SIGNED: [isize; 9] =
    [isize::MIN, isize::MIN + 1, -(LIMIT as isize) - 1, -3, 0, 2, LIMIT as isize, isize::MAX - 1, isize::MAX];
const TAILS: [Tail; 4] = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];

/// What a plan says without data must hold together whatever its numbers are.
fn coherent(plan: &Plan) {
    let axis = &plan.axes()[0];
    let (count, (low, high)) = (axis.count(), (axis.line().start as i128, axis.line().end as i128));
    let end = axis.len() as i128 * axis.base_dilation() as i128 + axis.pads().1 as i128;
    assert!(axis.span() as i128 == (axis.window() as i128 - 1) * axis.dilation() as i128 + 1);
    assert!(high <= end.max(high) && plan.len() == count && plan.shape().contains(&axis.window()));
    for i in [0, count / 2, count.saturating_sub(1)] {
        if i < count {
            let start = axis.start(i) as i128;
            let last = start + axis.span() as i128;
            assert!(start >= -(axis.pads().0 as i128), "{axis:?}");
            assert!(axis.tail() == Tail::Partial || last <= end, "{axis:?}");
            for j in [0, axis.window() - 1] {
                axis.cell(i, j);
            }
            let inside = low <= start && last <= high;
            assert_eq!(axis.interior().contains(&i), inside, "{i} {axis:?}");
        }
    }
    let _ = (plan.strides(&[isize::MAX]), plan.strides(&[isize::MIN]), plan.irregular(), plan.bytes::<u128>());
    let _ = (plan.to_string(), plan.reduced_shape(), plan.window_len());
    // Where each cell is the element at its position, these are counted without walking.
    if axis.base_dilation() == 1
        && axis.pad_mode() == PadMode::Empty
        && !matches!(axis.tail(), Tail::ShiftBack | Tail::Spread)
    {
        assert!(axis.remainder() <= axis.len());
        axis.is_overlapping();
    }
}

/// Few cells far apart are copied, counted and reduced like any others.
fn copied(plan: &Plan) {
    let axis = &plan.axes()[0];
    let (count, window) = (axis.count(), axis.window());
    if axis.len() > 8 || count.max(1).saturating_mul(window) > 64 {
        return;
    }
    let x: Vec<u16> = (1..=axis.len() as u16).collect();
    let windows = plan.windows(&x).unwrap().fill(99);
    let cell = |i: usize, j: usize| match axis.cell(i, j) {
        ndwindow::Cell::Element(e) => x[e],
        _ => 99,
    };
    let want: Vec<u16> = (0..count).flat_map(|i| (0..window).map(move |j| (i, j))).map(|(i, j)| cell(i, j)).collect();
    assert_eq!(windows.to_array().as_slice(), want, "{axis:?}");
    let turned = windows.map(|w| w.iter().map(|&e| e as usize).sum::<usize>());
    assert_eq!(turned.iter().sum::<usize>(), want.iter().map(|&e| e as usize).sum());
    let coverage = axis.coverage();
    assert_eq!(axis.remainder(), coverage.iter().filter(|&&c| c == 0).count(), "{axis:?}");
    assert_eq!(axis.is_overlapping(), coverage.iter().any(|&c| c > 1), "{axis:?}");
    let (most, sums) = (windows.max(), windows.sum());
    assert_eq!((most.len(), sums.len(), windows.mean().len()), (count, count, count));
    assert!(windows.argmax().map_or(true, |a| a.iter().all(|&e| e < axis.len())));
    assert!(windows.median().map_or(true, |m| m.len() == count));
    let back = plan.fold(&windows.to_array()).unwrap();
    assert!(back.iter().zip(x.iter().zip(&coverage)).all(|(&b, (&e, &c))| b as usize == e as usize * c), "{axis:?}");
}

fn answered(request: &Unfold, shape: &[usize]) -> bool {
    match request.plan(shape) {
        Ok(plan) => {
            coherent(&plan);
            copied(&plan);
            true
        }
        Err(error) => {
            assert!(error.to_string().len() < 400);
            false
        }
    }
}

#[test]
fn extreme_numbers_in_requests() {
    let (mut good, mut bad) = (0u32, 0u32);
    let few = if cfg!(miri) { 3 } else { 1 };
    for len in SIZES {
        for window in SIZES {
            for step in SIZES {
                for dilation in SIZES.into_iter().step_by(few) {
                    for tail in TAILS {
                        let request = unfold(0, window, step).dilation(dilation).tail(tail);
                        for request in [request.clone(), request.clone().same(), request.clone().full()] {
                            *if answered(&request, &[len]) { &mut good } else { &mut bad } += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(good > 100 && bad > 1000, "{good} {bad}");
}

#[test]
fn extreme_numbers_in_padding() {
    for len in [0, 2, LIMIT - 1, usize::MAX] {
        for (window, step) in [(1, 1), (2, usize::MAX), (LIMIT, LIMIT - 1), (3, 2)] {
            for base in [1, 2, LIMIT, usize::MAX] {
                for before in SIGNED {
                    for after in SIGNED {
                        for tail in TAILS {
                            for mode in [PadMode::Empty, PadMode::Reflect, PadMode::Wrap] {
                                let request = unfold(0, window, step).base_dilation(base).pad((before, after));
                                answered(&request.tail(tail).pad_mode(mode), &[len]);
                            }
                        }
                    }
                }
            }
        }
    }
    for pad in SIZES {
        answered(&unfold(0, 1, 1).pad(pad), &[3]);
        answered(&unfold(0, 1, 1).pad((pad, 0)), &[3]);
        answered(&unfold(0, 1, 1).pad([(0, pad)]), &[3]);
    }
}

#[test]
fn extreme_numbers_in_shapes_and_axes() {
    for a in SIZES {
        for b in SIZES {
            for c in SIZES {
                for axes in [&[0][..], &[1], &[0, 1], &[2, 0], &[]] {
                    let request = unfold(axes, 1, usize::MAX);
                    if let Ok(plan) = request.plan([a, b, c]) {
                        assert!(plan.shape().iter().try_fold(1usize, |p, &n| p.checked_mul(n.max(1))).is_some());
                        assert!(!plan.is_overlapping());
                    }
                }
            }
        }
    }
    for axis in SIGNED {
        assert_eq!(unfold(axis, 1, 1).plan([3, 3, 3]).is_ok(), (-3..3).contains(&axis));
        assert_eq!(unfold([0, axis], 1, 1).plan([3, 3, 3]).is_ok(), [-2, 2].contains(&axis));
    }
}

#[test]
fn extreme_numbers_in_layouts() {
    let x: Vec<u8> = (0..6).collect();
    for n in SIZES {
        for stride in SIGNED {
            for offset in SIZES {
                for outer in [0, 1, 2] {
                    let shape = [outer, n];
                    let Ok(view) = View::with_strides(&x, shape, [2, stride], offset) else { continue };
                    // Accepted: readable all over, or nothing to read, or one element over and over.
                    if view.len() > 12 {
                        assert!(stride == 0 && view.get(&[outer - 1, n - 1]).is_some());
                        continue;
                    }
                    assert_eq!(view.iter().count(), view.len());
                    let _ =
                        (view.get(&[1, 0]), view.get(&[1, usize::MAX]), view.as_slice(), view.outer_iter(1).count());
                    let _ = (view.permute(&[1, 0]).unwrap(), format!("{view:?}"), view.to_array());
                }
                let mut y = x.clone();
                if let Ok(mut view) = ViewMut::with_strides(&mut y, [n], [stride], offset) {
                    assert!(view.len() <= 6 && view.iter_mut().count() == view.len());
                }
            }
        }
    }
}

#[test]
fn extreme_numbers_in_views() {
    let x: Vec<u8> = (0..6).collect();
    let view = View::new(&x, [2, 3]).unwrap();
    for start in SIZES {
        for step in SIGNED {
            for count in SIZES {
                for axis in [0, 1, isize::MIN, isize::MAX] {
                    if let Ok(part) = view.slice(axis, start, step, count) {
                        assert!(count <= 3 || (step == 0 && count <= LIMIT), "{start} {step} {count}");
                        assert!(count > 3 || part.iter().all(|&e| e < 6));
                    }
                    let mut y = x.clone();
                    if let Ok(mut part) = ViewMut::new(&mut y, [2, 3]).unwrap().slice(axis, start, step, count) {
                        assert!(count <= 3 && start <= 3 && part.iter_mut().count() <= 6);
                    }
                }
            }
        }
        assert_eq!(view.index_axis(1, start).is_ok(), start < 3);
        assert_eq!(view.get(&[0, start]).is_some(), start < 3);
        let one = view.slice(0, 0, 1, 1).unwrap();
        assert_eq!(one.broadcast(0, start).is_ok(), start.checked_mul(3).is_some_and(|n| n <= LIMIT), "{start}");
    }
    for axis in SIGNED {
        assert_eq!(view.permute(&[axis, 1]).is_ok(), [0, -2].contains(&axis));
        assert_eq!(view.insert_axis(axis).is_ok(), (-3..3).contains(&axis));
    }
}

#[test]
fn elements_without_size() {
    // As many as are wanted, in no memory.
    let many = [(); LIMIT - 1];
    let view = View::new(&many, [LIMIT - 1]).unwrap();
    let w = unfold(0, 1, 7).windows(&view).unwrap();
    assert_eq!(w.view().unwrap().shape(), [(LIMIT - 2) / 7 + 1, 1]);
    let copy = w.to_array();
    assert_eq!(copy.len(), (LIMIT - 2) / 7 + 1);
    assert_eq!(w.plan().remainder(), [LIMIT - 1 - copy.len()]);
    assert_eq!(view.slice(0, LIMIT - 2, -1, LIMIT - 1).unwrap().get(&[LIMIT - 2]), Some(&()));
    assert!(unfold(0, 2, 1).windows(&view).is_err());
    let few = [(); 3];
    for (shape, strides) in [([3, 1], [1, isize::MAX]), ([2, 1], [-1, isize::MIN]), ([3, 2], [0, 2])] {
        let Ok(view) = View::with_strides(&few, shape, strides, 0) else { continue };
        assert_eq!(view.iter().count(), view.len());
        assert_eq!(view.to_array().len(), view.len());
    }
    let far = [(); isize::MAX as usize];
    let view = View::with_strides(&far, [2, 3], [1, isize::MAX / 2 - 1], 0).unwrap();
    assert_eq!((view.iter().count(), view.to_array().len(), view.outer_iter(1).count()), (6, 6, 2));
    refused_without_size(&[(); usize::MAX]);
}

fn refused_without_size(all: &[()]) {
    assert!(matches!(View::new(all, [usize::MAX]), Err(Error::TooLarge { .. })));
    assert!(matches!(View::with_strides(all, [usize::MAX], [1], 0), Err(Error::TooLarge { .. })));
    assert!(matches!(View::with_strides(all, [2], [isize::MIN], usize::MAX - 1), Err(Error::LayoutOutside { .. })));
}

#[test]
#[should_panic(expected = "a view of shape [18446744073709551615] holds more than 2305843009213693951 elements")]
#[cfg(target_pointer_width = "64")]
fn a_slice_longer_than_any_memory_is_no_view() {
    let _ = unfold(0, 1, 1).windows(&[(); usize::MAX]);
}

#[test]
#[cfg(target_pointer_width = "64")]
fn memory_that_cannot_be_had() {
    refused!(
        Array::from_elem(0u8, [1 << 50, 1 << 10]) =>
            "an array of shape [1125899906842624, 1024] needs 1152921504606846976 bytes of memory, which cannot be had: ask for less at a time",
        Array::from_elem(0f64, [1 << 60]) =>
            "an array of shape [1152921504606846976] holds more than 9223372036854775807 bytes: ask for less at a time",
    );
}

#[test]
#[should_panic(expected = "a copy of windows of shape [1152921504606846976, 1] holds more than")]
#[cfg(target_pointer_width = "64")]
fn a_copy_larger_than_memory_panics_with_its_numbers() {
    let one = View::new(&[1.0f64], [1]).unwrap().broadcast(0, 1 << 60).unwrap();
    unfold(0, 1, 1).windows(&one).unwrap().to_array();
}

#[test]
#[should_panic(expected = "an array of shape [1152921504606846976] holds more than")]
#[cfg(target_pointer_width = "64")]
fn a_whole_view_larger_than_memory_panics_with_its_numbers() {
    View::new(&[1.0f64], [1]).unwrap().broadcast(0, 1 << 60).unwrap().to_array();
}

#[test]
#[should_panic(expected = "coverage of shape [2305843009213693950] holds more than")]
#[cfg(target_pointer_width = "64")]
fn a_count_for_every_element_of_too_long_an_axis() {
    unfold(0, 1, 1).plan([LIMIT - 1]).unwrap().axes()[0].coverage();
}

#[test]
#[should_panic(expected = "cell 3 of window 0")]
fn a_cell_that_is_not_there() {
    unfold(0, 3, 1).plan([5]).unwrap().axes()[0].cell(0, 3);
}

#[test]
#[should_panic(expected = "window 3 of 3")]
fn a_window_that_is_not_there() {
    unfold(0, 3, 1).plan([5]).unwrap().start(0, 3);
}

#[test]
fn an_array_by_default_has_no_elements() {
    let a: Array<u8> = Array::default();
    assert_eq!((a.shape(), a.len(), a.view().len()), (&[0][..], 0, 0));
}

#[test]
fn an_empty_view_is_asked_for_any_index() {
    // Nothing to reach: the strides of a view without elements may be anything.
    let view = View::with_strides(&[0u8; 3], [5, 0], [isize::MAX, 1], 2).unwrap();
    assert_eq!((view.get(&[4, 0]), view.iter().next()), (None, None));
    assert!(view.outer_iter(1).all(|row| row.is_empty()));
    assert_eq!(view.slice(0, 4, -1, 5).unwrap().len(), 0);
}
