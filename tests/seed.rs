//! The example the library started from: 2x2 patches of a 4x4 byte matrix, and of a picture with three channels.

use ndwindow::{Array, View, unfold};

#[test]
fn a_byte_matrix_in_patches() {
    let x: Vec<u8> = (0..16).collect();
    let image = View::new(&x, [4, 4]).unwrap();
    assert_eq!(image.strides(), [4, 1]);
    let patches = unfold([0, 1], 2, 2).windows(&image).unwrap().view().unwrap();
    assert_eq!(patches.shape(), [2, 2, 2, 2]);
    assert_eq!(patches.strides(), [8, 2, 4, 1]);
    assert_eq!(
        format!("{patches:?}"),
        "[[[[0, 1], [4, 5]], [[2, 3], [6, 7]]], [[[8, 9], [12, 13]], [[10, 11], [14, 15]]]]"
    );
    assert_eq!(patches.as_ptr(), x.as_ptr());
    let copy = unfold([0, 1], 2, 2).windows(&image).unwrap().to_array();
    assert_eq!(copy, patches);
    assert_eq!(copy.as_slice(), [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
}

#[test]
fn a_picture_with_three_channels() {
    let x: Vec<u8> = (0..48).collect();
    let image = View::new(&x, [4, 4, 3]).unwrap();
    assert_eq!(image.strides(), [12, 3, 1]);
    let request = unfold([0, 1], 2, 2).grid_first();
    let patches = request.windows(&image).unwrap().view().unwrap();
    assert_eq!(patches.shape(), [2, 2, 2, 2, 3]);
    assert_eq!(patches.strides(), [24, 6, 12, 3, 1]);
    let lower_left = patches.index_axis(0, 1).unwrap().index_axis(0, 0).unwrap();
    assert_eq!(lower_left.to_array().into_vec(), [24, 25, 26, 27, 28, 29, 36, 37, 38, 39, 40, 41]);
    assert_eq!(request.windows(&image).unwrap().to_array(), patches);
}

#[test]
fn overlapping_windows_share_memory() {
    let x = [1.0f32, 2.0, 3.0, 4.0, 5.0];
    let w = unfold(0, 3, 1).windows(&x).unwrap().view().unwrap();
    assert_eq!((w.shape(), w.strides()), (&[3, 3][..], &[1, 1][..]));
    let want = Array::new(vec![1.0, 2.0, 3.0, 2.0, 3.0, 4.0, 3.0, 4.0, 5.0], [3, 3]).unwrap();
    assert_eq!(want, w);
}

#[test]
fn padded_copies() {
    let x = [1, 2, 3];
    let w = unfold(0, 3, 1).pad(1);
    assert_eq!(w.windows(&x).unwrap().to_array().into_vec(), [0, 1, 2, 1, 2, 3, 2, 3, 0]);
    assert_eq!(w.windows(&x).unwrap().fill(9).to_array().into_vec(), [9, 1, 2, 1, 2, 3, 2, 3, 9]);
    let sums = w.windows(&x).unwrap().map(|v| v.iter().sum::<i32>());
    assert_eq!(sums.into_vec(), [3, 6, 5]);
}
