//! `ndarray` arrays in and out, without copying, negative and zero strides included.
#![cfg(feature = "ndarray")]

use ndarray::{Array1, Array2, Array3, ArrayRef2, ArrayView2, ArrayViewD, Axis, ShapeBuilder, s};
use ndwindow::image::Filter;
use ndwindow::nn::{adaptive_avg_pool, adaptive_max_pool};
use ndwindow::{Array, Error, IntoView, IntoViewMut, unfold};

#[test]
fn owned_views_and_references_come_in() {
    let a = Array2::from_shape_fn((3, 4), |(r, c)| r * 4 + c);
    let request = unfold([0, 1], 2, 1);
    let from_owned = request.windows(&a).unwrap().view().unwrap();
    let from_view = request.windows(a.view()).unwrap().view().unwrap();
    let reference: &ArrayRef2<usize> = &a;
    let from_ref = request.windows(reference).unwrap().view().unwrap();
    assert_eq!(from_owned.shape(), [2, 3, 2, 2]);
    assert_eq!(from_owned.as_ptr(), a.as_ptr());
    assert_eq!(from_owned, from_view);
    assert_eq!(from_owned, from_ref);
}

#[test]
fn the_view_outlives_the_reference() {
    let a = Array1::from_vec(vec![1, 2, 3, 4]);
    let view = {
        let short = a.view();
        unfold(0, 2, 2).windows(short).unwrap().view().unwrap()
    };
    assert_eq!(format!("{view:?}"), "[[1, 2], [3, 4]]");
}

#[test]
fn negative_strides_go_round_trip() {
    let a = Array3::from_shape_fn((4, 5, 3), |(i, j, k)| i * 100 + j * 10 + k);
    let turned = a.slice(s![..;-1, 1..;-2, ..]);
    let ours = turned.into_view();
    assert_eq!(ours.strides(), [-15, -6, 1]);
    let back = ours.to_ndarray();
    assert_eq!(back, turned.into_dyn());
    assert_eq!(back.as_ptr(), turned.as_ptr());
    let windows = unfold([0, 1], 2, 1).windows(&turned).unwrap().view().unwrap();
    let out: ArrayViewD<'_, usize> = windows.to_ndarray();
    assert_eq!(out.shape(), [3, 1, 3, 2, 2]);
    assert_eq!(out[[2, 0, 1, 0, 1]], turned[[2, 1, 1]]);
}

#[test]
fn zero_strides_and_single_positions() {
    let a = Array2::from_shape_vec((1, 3), vec![7, 8, 9]).unwrap();
    let wide = a.broadcast((4, 3)).unwrap();
    let ours = wide.into_view();
    assert_eq!(ours.strides()[0], 0);
    assert_eq!(ours.to_ndarray(), wide.into_dyn());
    let one = a.slice(s![..;-1, ..]);
    assert_eq!(one.into_view().to_ndarray(), one.into_dyn());
}

#[test]
fn overlapping_windows_go_out() {
    let x = [1, 2, 3, 4];
    let windows = unfold(0, 3, 1).windows(&x).unwrap().view().unwrap().to_ndarray();
    assert_eq!(windows, ndarray::arr2(&[[1, 2, 3], [2, 3, 4]]).into_dyn());
}

#[test]
fn empty_arrays() {
    let a = Array2::<f32>::zeros((0, 3));
    let ours = (&a).into_view();
    assert_eq!((ours.shape(), ours.len()), (&[0, 3][..], 0));
    assert_eq!(ours.to_ndarray().shape(), [0, 3]);
    assert!(matches!(unfold(0, 1, 1).windows(&a), Err(Error::SpanTooLong { .. })));
    let none: ArrayView2<'_, f32> = a.view();
    assert_eq!(unfold(1, 2, 1).windows(none).unwrap().view().unwrap().to_ndarray().shape(), [0, 2, 2]);
}

#[test]
fn owned_arrays_go_out() {
    let a = Array::new(vec![1, 2, 3, 4, 5, 6], [2, 3]).unwrap().into_ndarray();
    assert_eq!(a, ndarray::arr2(&[[1, 2, 3], [4, 5, 6]]).into_dyn());
}

/// `ndarray` lets views have up to `isize::MAX` elements, four times as many as a request takes.
#[test]
#[cfg(target_pointer_width = "64")]
fn views_of_more_elements_than_a_request_takes() {
    let one = Array2::from_elem((1, 1), 7u8);
    const SIDE: usize = 1 << 31;
    for (rows, columns) in [(isize::MAX as usize, 1), (1, isize::MAX as usize), (SIDE, SIDE), (SIDE, SIDE / 2 + 1)] {
        let wide = one.broadcast((rows, columns)).unwrap();
        let view = wide.into_view();
        assert_eq!((view.shape(), view.len()), (&[rows, columns][..], rows * columns));
        // Whatever no limit is needed for works ..
        let turned = view.permute(&[1, 0]).unwrap();
        let strides = [view.strides()[1], view.strides()[0]];
        assert_eq!((turned.shape(), turned.strides()), (&[columns, rows][..], &strides[..]));
        assert_eq!(turned.index_axis(0, columns - 1).unwrap().shape(), [rows]);
        assert_eq!(view.slice(0, rows - 1, -1, rows).unwrap().shape(), [rows, columns]);
        assert_eq!(view.slice(0, rows - 1, 1, 1).unwrap().slice(1, 0, 1, 1).unwrap().to_array().as_slice(), [7]);
        assert_eq!(view.insert_axis(1).unwrap().shape(), [rows, 1, columns]);
        assert_eq!(view.outer_iter(1).next().unwrap().shape(), [columns]);
        assert_eq!(view.iter().len(), rows * columns);
        assert_eq!(view.to_ndarray().shape(), [rows, columns]);
        assert_eq!(view.get(&[rows - 1, columns - 1]), Some(&7));
        assert!(view.as_slice().is_none());
        // .. and whatever needs one says so.
        let limit = isize::MAX as usize / 4;
        let expected = Error::TooLarge { what: "an array", shape: vec![rows, columns], limit, unit: "elements" };
        assert_eq!(unfold([0isize; 0], 1, 1).windows(&view).err(), Some(expected.clone()));
        assert_eq!(unfold([0isize; 0], 1, 1).windows(wide).err(), Some(expected));
        assert!(unfold(0, 1, 1).windows(&view).is_err() && unfold([0, 1], 2, 3).plan(view.shape()).is_err());
        assert!(view.broadcast(0, 2).is_err());
        assert!(view.insert_axis(0).unwrap().broadcast(0, 2).is_err());
        assert!(view.slice(0, 0, 0, 1 << 62).is_err() || rows * columns >= 1 << 62);
        assert!(view.copy_into(&mut [0; 3]).is_err());
        for adaptive in [adaptive_avg_pool(&view, [1]), adaptive_max_pool(&view, [1]), Filter::new(1).max_filter(&view)]
        {
            assert!(matches!(adaptive, Err(Error::TooLarge { .. } | Error::OutOfMemory { .. })), "{adaptive:?}");
        }
    }
    let empty = Array2::<u8>::zeros((0, 1));
    let none = empty.broadcast((0, isize::MAX as usize)).unwrap().into_view();
    assert_eq!(none.permute(&[1, 0]).unwrap().shape(), [isize::MAX as usize, 0]);
    assert!(unfold(1, 1, 1).windows(&none).is_err());
}

#[test]
fn owned_views_and_references_are_written() {
    let mut a = Array2::<i32>::zeros((3, 4));
    (&mut a).into_view_mut()[[1, 2]] = 12;
    a.view_mut().into_view_mut()[[0, 3]] = 3;
    let reference: &mut ArrayRef2<i32> = &mut a;
    reference.into_view_mut()[[2, 0]] = 20;
    assert_eq!(a, ndarray::arr2(&[[0, 0, 0, 3], [0, 0, 12, 0], [20, 0, 0, 0]]));
}

#[test]
fn windows_are_written_where_an_array_lies() {
    // Every second column, from the last to the first, in blocks of two.
    let mut a = Array2::<i32>::zeros((2, 8));
    let mut blocks = unfold(1, 2, 2).windows_mut(a.slice_mut(s![.., ..;-2])).unwrap();
    assert_eq!(blocks.shape(), [2, 2, 2]);
    blocks.outer_iter_mut(2).enumerate().for_each(|(n, mut block)| block.iter_mut().for_each(|x| *x = n as i32 + 1));
    assert_eq!(a, ndarray::arr2(&[[0, 2, 0, 2, 0, 1, 0, 1], [0, 4, 0, 4, 0, 3, 0, 3]]));
}

#[test]
fn every_layout_is_written_as_ndarray_sees_it() {
    for (rows, columns) in [(1, 1), (1, 5), (4, 1), (3, 4), (0, 3), (2, 0)] {
        for (row_step, column_step) in [(1, 1), (-1, 1), (2, -1), (-2, -2), (1, -3)] {
            for turned in [false, true] {
                let number = |(r, c): (usize, usize)| r * 10 + c;
                let mut ours = Array2::from_shape_fn((rows, columns), number);
                let mut theirs = ours.clone();
                let cut = s![..;row_step, ..;column_step];
                let (mut there, mut here) = (theirs.slice_mut(cut), ours.slice_mut(cut));
                if turned {
                    there.swap_axes(0, 1);
                    here.swap_axes(0, 1);
                }
                let shape = here.shape().to_vec();
                let mut back = here.into_view_mut().into_ndarray();
                assert_eq!(back.shape(), shape);
                back.indexed_iter_mut().enumerate().for_each(|(n, (_, x))| *x += 1000 * (n + 1));
                there.indexed_iter_mut().enumerate().for_each(|(n, (_, x))| *x += 1000 * (n + 1));
                assert_eq!(ours, theirs, "{rows} x {columns} by {row_step}, {column_step}, turned: {turned}");
            }
        }
    }
}

#[test]
fn owned_arrays_come_in_without_a_copy() {
    let a = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| i * 100 + j * 10 + k);
    let at = a.as_ptr();
    let ours = Array::from_ndarray(a.clone()).unwrap();
    assert_eq!((ours.shape(), ours[[1, 2, 3]]), (&[2, 3, 4][..], 123));
    let moved = Array::from_ndarray(a).unwrap();
    assert_eq!((moved.as_slice().as_ptr(), &moved), (at, &ours));
    assert_eq!(moved.into_ndarray().as_ptr(), at);
}

#[test]
fn owned_arrays_in_other_layouts_are_moved_in_order() {
    // Elements that are neither copied nor lost: strings.
    let text = |(r, c): (usize, usize)| format!("{r}{c}");
    let plain = Array2::from_shape_fn((3, 2), text);
    let columns = Array2::from_shape_fn((3, 2).f(), text);
    let mut turned = plain.clone();
    turned.invert_axis(Axis(0));
    let mut sliced = Array2::from_shape_fn((5, 2), text);
    sliced.slice_axis_inplace(Axis(0), (1..4).into());
    let mut narrow = Array2::from_shape_fn((3, 4), text);
    narrow.slice_axis_inplace(Axis(1), (1..3).into());
    for array in [plain, columns, turned, sliced, narrow] {
        let ours = Array::from_ndarray(array.clone()).unwrap();
        assert_eq!(ours.shape(), array.shape());
        assert!(ours.iter().eq(array.iter()), "{array}");
    }
    let empty = Array::from_ndarray(Array2::<String>::default((0, 3))).unwrap();
    assert_eq!(empty.shape(), [0, 3]);
    assert_eq!(Array::from_ndarray(ndarray::arr0(7)).unwrap()[[]], 7);
}

#[test]
fn owned_arrays_of_nothing_may_be_too_large() {
    let many = Array1::from_elem(usize::MAX / 3, ());
    assert!(matches!(Array::from_ndarray(many), Err(Error::TooLarge { .. })));
}
