//! im2col and col2im against plain loops, in both orders, batched and not.

use ndwindow::nn::Columns;
use ndwindow::{Array, Error, View};

/// `[N, C * k * k, L]` of `[N, C, H, W]` by the definition in PyTorch's documentation.
fn naive(x: &[i32], [n, c, h, w]: [usize; 4], k: usize, s: usize, d: usize, p: usize) -> (Vec<i32>, [usize; 3]) {
    let grid = |len: usize| (len + 2 * p - d * (k - 1) - 1) / s + 1;
    let (gh, gw) = (grid(h), grid(w));
    let mut out = Vec::new();
    for row in 0..n * c * k * k {
        let (plane, i, j) = (row / (k * k), row / k % k, row % k);
        for l in 0..gh * gw {
            let (y, x0) = ((l / gw * s + i * d) as isize - p as isize, (l % gw * s + j * d) as isize - p as isize);
            let inside = (0..h as isize).contains(&y) && (0..w as isize).contains(&x0);
            out.push(if inside { x[plane * h * w + y as usize * w + x0 as usize] } else { 0 });
        }
    }
    (out, [n, c * k * k, gh * gw])
}

#[test]
fn columns_as_in_pytorch() {
    let shape = [2, 3, 7, 6];
    let x: Vec<i32> = (1..=252).collect();
    for (k, s, d, p) in [(3, 1, 1, 1), (2, 2, 1, 0), (3, 2, 2, 3), (1, 1, 1, 0), (4, 3, 1, 2)] {
        let columns = Columns::new([k, k]).step(s).dilation(d).pad(p);
        let (want, matrix) = naive(&x, shape, k, s, d, p);
        let got = columns.im2col(View::new(&x, shape).unwrap()).unwrap();
        assert_eq!((got.shape(), got.as_slice()), (&matrix[..], &want[..]), "k {k} s {s} d {d} p {p}");
        let mut buffer = vec![0; want.len()];
        columns.im2col_into(View::new(&x, shape).unwrap(), &mut buffer).unwrap();
        assert_eq!(buffer, want);

        // Back: coverage times the array, where the coverage is the fold of windows of ones.
        let ones = vec![1; x.len()];
        let (cover, _) = naive(&ones, shape, k, s, d, p);
        let cover = columns.col2im(View::new(&cover, matrix).unwrap(), [7, 6]).unwrap();
        let back = columns.col2im(&got, [7, 6]).unwrap();
        assert_eq!(back.shape(), shape);
        assert!(back.iter().zip(&cover).zip(&x).all(|((b, c), x)| b == &(c * x)));
        let mut buffer = vec![7; x.len()];
        columns.col2im_into(&got, [7, 6], &mut buffer).unwrap();
        assert_eq!(buffer, back.as_slice());

        // Channels last is the same numbers with axes moved.
        let last = View::new(&x, shape).unwrap().permute(&[0, 2, 3, 1]).unwrap().to_array();
        let rows = columns.clone().channels_last().im2col(&last).unwrap();
        let [n, _, l] = matrix;
        let same = View::new(&want, [n, 3, k * k, l]).unwrap().permute(&[0, 3, 2, 1]).unwrap().to_array();
        assert_eq!((rows.shape(), rows.as_slice()), (&[n, l, 3 * k * k][..], same.as_slice()));
        let picture = columns.clone().channels_last().col2im(&rows, [7, 6]).unwrap();
        assert_eq!(picture.permute(&[0, 3, 1, 2]).unwrap().to_array(), back);

        // A strided matrix is folded where it lies.
        let turned = got.permute(&[0, 2, 1]).unwrap().to_array();
        assert_eq!(columns.col2im(turned.permute(&[0, 2, 1]).unwrap(), [7, 6]).unwrap(), back);
    }
}

#[test]
fn without_a_batch_and_on_other_ranks() {
    let x: Vec<f64> = (0..3 * 4 * 5 * 6).map(f64::from).collect();
    let volume = View::new(&x, [3, 4, 5, 6]).unwrap(); // [C, D, H, W]
    let columns = Columns::new([2, 3, 2]).pad([(0, 1), (1, 0), (0, 0)]);
    let matrix = columns.im2col(&volume).unwrap();
    assert_eq!(matrix.shape(), [3 * 12, 4 * 4 * 5]);
    let batched = columns.im2col(View::new(&x, [1, 3, 4, 5, 6]).unwrap()).unwrap();
    assert_eq!((batched.shape(), batched.as_slice()), (&[1, 36, 80][..], matrix.as_slice()));
    let back = columns.col2im(&matrix, [4, 5, 6]).unwrap();
    assert_eq!(back.shape(), [3, 4, 5, 6]);
    assert_eq!(back[[0, 2, 2, 3]], volume[[0, 2, 2, 3]] * 12.0);
    let signal = Columns::new([3]).im2col(View::new(&x[..10], [1, 2, 5]).unwrap()).unwrap();
    assert_eq!(signal.shape(), [1, 6, 3]);
    assert_eq!(signal.as_slice()[..6], [0.0, 1.0, 2.0, 1.0, 2.0, 3.0]);
    // No pictures, no columns.
    let none = Columns::new([2, 2]).im2col(&Array::<f32>::new(vec![], [0, 3, 4, 4]).unwrap()).unwrap();
    assert_eq!(none.shape(), [0, 12, 9]);
    assert_eq!(Columns::new(2).col2im(&none, [4, 4]).unwrap().shape(), [0, 3, 4, 4]);
}

#[test]
fn what_is_not_columns_says_why() {
    let matrix = Array::from_elem(1.0f32, [1, 18, 9]).unwrap();
    let text = |e: Result<Array<f32>, Error>| e.unwrap_err().to_string();
    assert_eq!(
        text(Columns::new(2).col2im(&matrix, [4, 4])),
        "18 rows of columns are no multiple of 4 cells of a window: there must be that many for each channel"
    );
    assert_eq!(
        text(Columns::new(3).col2im(&matrix, [4, 4])),
        "the matrix of columns has shape [1, 18, 9], but [1, 18, 4] was planned"
    );
    assert_eq!(
        text(Columns::new([3, 3, 3]).im2col(&matrix)),
        "an array of rank 3 with 3 spatial axes: arrays are [N, C, spatial..] or [C, spatial..], matrices [N, rows, columns] or [rows, columns]"
    );
    assert_eq!(
        text(Columns::new(3).pad(1).im2col(&matrix)),
        "a window of 3 in one number leaves open how many of 3 axes are spatial: \
         give one an axis, [3] for [N, C, spatial] or [3, 3] for [C, spatial, spatial]"
    );
    // Any list says it, and so do the sizes on the way back.
    for columns in [Columns::new(3).step([1]), Columns::new(3).dilation([1]), Columns::new(3).pad([0])] {
        assert_eq!(columns.im2col(&matrix), Columns::new([3]).im2col(&matrix));
    }
    assert_eq!(
        text(Columns::new([3, 3]).col2im(&matrix, [4, 4, 4])),
        "2 numbers for window, but 3 axes are unfolded: give one number for all, or one per axis"
    );
    assert!(matches!(Columns::new(0).col2im(&matrix, [4, 4]), Err(Error::ZeroWindow { .. })));
}
