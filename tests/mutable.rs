//! Mutable views and windows: which are handed out, that no two share an element, and what is written where.

use ndwindow::{Array, Error, Tail, ViewMut, unfold};
use std::collections::BTreeSet;

/// Whether no index of a layout reaches an element another index reaches, by looking at all of them.
fn distinct(shape: &[usize], strides: &[isize]) -> bool {
    let mut offsets = vec![0isize];
    for (&n, &s) in shape.iter().zip(strides) {
        offsets = offsets.iter().flat_map(|o| (0..n as isize).map(move |i| o + i * s)).collect();
    }
    offsets.iter().collect::<BTreeSet<_>>().len() == offsets.len()
}

const SIDE: usize = if cfg!(miri) { 4 } else { 9 };

#[test]
fn mutable_windows_are_given_exactly_where_they_are_distinct() {
    for len in 1..=2 * SIDE {
        for window in 1..=5 {
            for step in 1..=5 {
                for dilation in 1..=4 {
                    for tail in [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread] {
                        let request = unfold(0, window, step).dilation(dilation).tail(tail);
                        let Ok(plan) = request.plan([len]) else { continue };
                        let mut x = vec![0u8; len];
                        let want = plan.axes()[0].coverage();
                        match request.windows_mut(&mut x) {
                            Ok(mut windows) => {
                                assert_eq!(windows.shape(), plan.shape());
                                windows.iter_mut().for_each(|e| *e += 1);
                                // Each cell wrote once, and no element twice.
                                assert!(x.iter().zip(&want).all(|(&e, &c)| e as usize == c && c <= 1), "{plan}");
                            }
                            Err(Error::NotStrided { .. }) => assert!(!plan.is_strided()),
                            Err(Error::WindowsOverlap { .. }) => assert!(want.iter().any(|&c| c > 1), "{plan}"),
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn dilated_windows_may_interleave() {
    // Windows 0 3, 1 4, 2 5: they cross, but share nothing.
    let mut x = [0; 6];
    let mut windows = unfold(0, 2, 1).dilation(3).windows_mut(&mut x[..]).unwrap();
    assert_eq!((windows.shape(), windows.strides()), (&[3, 2][..], &[1, 3][..]));
    for (i, mut window) in windows.outer_iter_mut(1).enumerate() {
        (window[[0]], window[[1]]) = (10 + i, 20 + i);
    }
    assert_eq!(x, [10, 11, 12, 20, 21, 22]);
    // One element more, and window 3 starts where window 0 ends.
    let error = unfold(0, 2, 1).dilation(3).windows_mut(&mut [0; 7][..]).unwrap_err();
    assert_eq!(error, Error::WindowsOverlap { axis: 0, window: 2, step: 1, span: 4 });
    // Steps of 4 between taps of 6: 0 6 12, 4 10 16, 8 14 20; the fourth window would meet 12.
    assert!(unfold(0, 3, 4).dilation(6).windows_mut(&mut [0; 21][..]).is_ok());
    assert!(unfold(0, 3, 4).dilation(6).windows_mut(&mut [0; 25][..]).is_err());
}

#[test]
fn windows_on_several_axes_are_distinct_axis_by_axis() {
    let mut x = Array::from_elem(0u32, [4, 6, 2]).unwrap();
    let mut patches = unfold([0, 1], 2, 2).grid_first().windows_mut(&mut x).unwrap();
    for (i, patch) in patches.outer_iter_mut(2).enumerate() {
        patch.into_iter_mut().for_each(|e| *e = i as u32);
    }
    for ([i, j, c], want) in [([0, 0, 0], 0), ([1, 1, 1], 0), ([0, 2, 0], 1), ([3, 5, 1], 5), ([2, 1, 0], 3)] {
        assert_eq!(x[[i, j, c]], want);
    }
    let refused = unfold([0, 1], 2, [2, 1]).windows_mut(&mut x).unwrap_err();
    assert_eq!(refused, Error::WindowsOverlap { axis: 1, window: 2, step: 1, span: 2 });
    let plan = unfold([0, 1], 2, 2).plan([4, 6, 2]).unwrap().permute(&[-1, 0, -2, 1, 2]).unwrap();
    assert_eq!(plan.windows_mut(&mut x).unwrap().shape(), [2, 2, 2, 3, 2]);
}

#[test]
fn windows_that_live_at_once() {
    let mut x: Vec<u8> = (0..12).collect();
    let mut windows = unfold(0, 3, 4).windows_mut(&mut x[..]).unwrap();
    let mut all: Vec<ViewMut<'_, u8>> = windows.outer_iter_mut(1).collect();
    let (first, rest) = all.split_first_mut().unwrap();
    std::mem::swap(&mut first[[0]], &mut rest[1][[2]]);
    first.iter_mut().zip(rest[0].iter_mut()).for_each(|(a, b)| std::mem::swap(a, b));
    assert_eq!(x, [4, 5, 6, 3, 10, 1, 2, 7, 8, 9, 0, 11]);
}

#[test]
fn layouts_for_writing_reach_no_element_twice() {
    let n = if cfg!(miri) { 2 } else { 3 };
    let mut x = [0u8; 60];
    let (mut given, mut refused, mut cautious) = (0, 0, 0);
    for shape in (0..=n).flat_map(|a| (0..=n).flat_map(move |b| (0..=2).map(move |c| [a, b, c]))) {
        for strides in (-4..=4).flat_map(|a| (-4..=4).flat_map(move |b| [-7, 0, 1, 6].map(|c| [a, b, c]))) {
            match ViewMut::with_strides(&mut x, shape, strides, 30) {
                Ok(mut view) => {
                    assert!(shape.contains(&0) || distinct(&shape, &strides), "{shape:?} {strides:?}");
                    view.iter_mut().for_each(|e| *e += 1);
                    let written = x.iter().map(|&e| e as usize).sum::<usize>();
                    assert!(written == shape.iter().product::<usize>() && x.iter().all(|&e| e <= 1));
                    x.fill(0);
                    given += 1;
                }
                Err(Error::LayoutOverlaps { axis, .. }) => {
                    assert!(shape[axis] > 1);
                    // The proof by nesting refuses a few layouts that are distinct, as it says.
                    if distinct(&shape, &strides) { cautious += 1 } else { refused += 1 }
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(given > refused && refused > cautious, "{given} {refused} {cautious}");
    // Distinct (0 2 4, 3 5 7), but not nested.
    assert!(ViewMut::with_strides(&mut x, [3, 2], [2, 3], 0).is_err());
}

#[test]
fn reading_and_writing_by_index() {
    let mut x: Vec<i32> = (0..6).collect();
    let mut view = ViewMut::with_strides(&mut x, [3, 2], [-1, 3], 2).unwrap();
    assert_eq!((view.rank(), view.len(), view.is_empty()), (2, 6, false));
    assert_eq!(view.view().iter().copied().collect::<Vec<_>>(), [2, 5, 1, 4, 0, 3]);
    view[[0, 1]] += 50;
    *view.get_mut(&[2, 0]).unwrap() -= 1;
    assert_eq!((view[[0, 1]], view.get(&[2, 0]), view.get(&[3, 0]), view.get(&[0])), (55, Some(&-1), None, None));
    assert_eq!(format!("{view:?}"), "[[2, 55], [1, 4], [-1, 3]]");
    assert!(view.as_mut_slice().is_none());
    let mut row = view.permute(&[1, 0]).unwrap().index_axis(0, 1).unwrap().slice(0, 2, -2, 2).unwrap();
    row.iter_mut().for_each(|e| *e *= 10);
    assert_eq!(x, [-1, 1, 2, 30, 4, 550]);
    let mut whole = ViewMut::new(&mut x, [2, 3]).unwrap();
    whole.as_mut_slice().unwrap()[0] = 7;
    whole.reborrow().into_slice().unwrap()[1] = 8;
    assert_eq!(x, [7, 8, 2, 30, 4, 550]);
}

#[test]
#[should_panic(expected = "index [0, 2] is outside shape [3, 2]")]
fn writing_outside() {
    let mut x = [0; 6];
    ViewMut::new(&mut x, [3, 2]).unwrap()[[0, 2]] = 1;
}

#[test]
#[should_panic(expected = "outer iteration over 3 axes of an array of rank 2")]
fn walking_over_more_axes_than_there_are() {
    let mut x = [0; 6];
    ViewMut::new(&mut x, [3, 2]).unwrap().outer_iter_mut(3);
}

#[test]
fn walking_over_none_and_over_all_axes() {
    let mut x = [1, 2, 3, 4];
    let mut view = ViewMut::new(&mut x, [2, 2]).unwrap();
    let whole: Vec<_> = view.outer_iter_mut(0).map(|v| v.shape().to_vec()).collect();
    assert_eq!(whole, [[2, 2]]);
    for mut one in view.outer_iter_mut(2) {
        assert_eq!(one.rank(), 0);
        one[[]] *= 2;
    }
    assert_eq!(view.iter_mut().len(), 4);
    assert_eq!(x, [2, 4, 6, 8]);
    let mut none: [u8; 0] = [];
    let mut view = ViewMut::new(&mut none, [3, 0]).unwrap();
    assert_eq!((view.iter_mut().count(), view.outer_iter_mut(1).len()), (0, 3));
    assert!(view.outer_iter_mut(1).all(|row| row.is_empty()));
}

#[test]
fn seven_axes() {
    let mut x: Vec<u16> = (0..128).collect();
    let mut view = ViewMut::new(&mut x, [2; 7]).unwrap();
    for (i, part) in view.outer_iter_mut(0).enumerate() {
        assert_eq!((i, part.rank()), (0, 7));
    }
    view[[1, 0, 1, 0, 1, 0, 1]] = 999;
    assert_eq!(x[0b1010101], 999);
}

#[test]
fn elements_that_own_memory() {
    let mut x: Vec<String> = ["a", "b", "c", "d"].map(String::from).into();
    unfold(0, 2, 2).windows_mut(&mut x).unwrap().outer_iter_mut(1).for_each(|mut w| w[[1]].push('!'));
    assert_eq!(x, ["a", "b!", "c", "d!"]);
}
