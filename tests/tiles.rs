//! Tiles: cut, processed, blended.

use ndwindow::image::Tiles;
use ndwindow::{Array, Error, Merge, Tail, Taper, View};

#[test]
fn what_is_cut_and_blended_is_the_picture() {
    let x: Vec<f32> = (0..37 * 29 * 3).map(|v| (v * 7919 % 251) as f32).collect();
    let picture = View::new(&x, [37, 29, 3]).unwrap();
    for tail in [Tail::ShiftBack, Tail::Spread, Tail::Partial] {
        for taper in [Taper::Linear, Taper::Hann, Taper::Gaussian(0.125), Taper::Flat] {
            let tiling = Tiles::new([0, 1], [10, 8], [3, 2]).tail(tail).taper(taper.clone()).on([37, 29, 3]).unwrap();
            let tiles = tiling.cut(&picture).unwrap();
            assert_eq!(tiles.shape(), tiling.shape());
            assert_eq!(tiling.shape()[1..], [10, 8, 3]);
            let same = tiling.blend(&tiles).unwrap();
            assert_eq!(same.shape(), [37, 29, 3]);
            assert!(same.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-3), "{tail:?} {taper:?}");
            let pasted = tiling.merge(&tiles, Merge::last()).unwrap();
            assert_eq!(pasted.as_slice(), x);
            let tripled = tiling.process(&picture, |tile| tile.to_array().map(|v| 3.0 * v)).unwrap();
            assert!(tripled.iter().zip(&x).all(|(a, b)| (a - 3.0 * b).abs() < 3e-3));
        }
    }
}

#[test]
fn bytes_come_back_exactly() {
    let x: Vec<u8> = (0..50 * 41).map(|v| (v * 7919 % 256) as u8).collect();
    let picture = View::new(&x, [50, 41]).unwrap();
    let tiling = Tiles::new(.., 16, 5).taper([Taper::Hann, Taper::Linear]).on([50, 41]).unwrap();
    let blended = tiling.blend(&tiling.cut(&picture).unwrap()).unwrap();
    assert_eq!(blended.as_slice(), x);
}

#[test]
fn volumes_and_planes() {
    let x: Vec<f64> = (0..2 * 9 * 10 * 11).map(f64::from).collect();
    let volume = View::new(&x, [2, 9, 10, 11]).unwrap();
    let tiling = Tiles::new([1, 2, 3], 4, [1, 2, 0]).on([2, 9, 10, 11]).unwrap();
    assert_eq!(tiling.plan().grid(), [3, 4, 3]);
    assert_eq!(tiling.shape(), [36, 2, 4, 4, 4]);
    let same = tiling.blend(&tiling.cut(&volume).unwrap()).unwrap();
    assert!(same.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-9));
    // Smaller than a tile.
    let tiling = Tiles::new(.., 8, 2).tail(Tail::Partial).on([5, 6]).unwrap();
    let small = View::new(&x[..30], [5, 6]).unwrap();
    assert_eq!(tiling.shape(), [1, 8, 8]);
    let same = tiling.blend(&tiling.cut(&small).unwrap()).unwrap();
    assert!(same.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-9));
}

#[test]
fn tiles_that_cannot_be_say_why() {
    let text = |tiles: Tiles, shape: [usize; 2]| tiles.on(shape).unwrap_err().to_string();
    assert_eq!(
        text(Tiles::new(.., 4, 4), [8, 8]),
        "an overlap of 4 is not below the 4 of a window: the next one would not move on"
    );
    assert_eq!(
        text(Tiles::new(.., 4, 1).tail(Tail::Drop), [10, 9]),
        "no window covers index [0, 7], so the merge by weighted mean has nothing there: give Merge::uncovered, or \
         windows that reach it"
    );
    assert!(matches!(Tiles::new(.., 0, 0).on([4, 4]), Err(Error::ZeroWindow { .. })));
    assert!(matches!(Tiles::new(.., 9, 0).on([4, 4]), Err(Error::SpanTooLong { .. })));
    assert!(matches!(Tiles::new(.., 4, [1, 1, 1]).on([4, 4]), Err(Error::CountMismatch { .. })));
    let tiling = Tiles::new(.., 4, 1).on([10, 10]).unwrap();
    let wrong = Array::from_elem(0.0f32, [9, 4, 5]).unwrap();
    assert!(matches!(tiling.blend(&wrong), Err(Error::ShapeMismatch { .. })));
    let picture = Array::from_elem(0.0f32, [10, 10]).unwrap();
    assert!(matches!(tiling.process(&picture, |_| wrong.clone()), Err(Error::ShapeMismatch { .. })));
}
