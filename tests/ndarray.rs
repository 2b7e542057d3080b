//! `ndarray` arrays in and out, without copying, negative and zero strides included.
#![cfg(feature = "ndarray")]

use ndarray::{Array1, Array2, Array3, ArrayRef2, ArrayView2, ArrayViewD, s};
use ndwindow::{Array, Error, IntoView, unfold};

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
