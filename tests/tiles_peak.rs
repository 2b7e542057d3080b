//! How much memory tiles take: a blender what it says, a run less than two rows of tiles.

mod peak;

use ndwindow::image::{Tiles, Tiling};
use ndwindow::{Array, FoldElement, Merge, Tail, Taper, View};
use peak::{alone, peak};

const SLACK: usize = 64 * 1024;

/// Pushes tiles of one value and holds the promise against what is taken.
fn held<T: FoldElement>(name: &str, tiling: &Tiling, merge: Merge<T>, threads: usize) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let tile = Array::from_elem(T::default(), &tiling.shape()[1..]).unwrap();
    let mut elements = 0;
    let run = || {
        let mut blender = tiling.blender_with(merge, |_, region: &View<'_, T>| elements += region.len()).unwrap();
        let promised = blender.peak_bytes();
        for k in 0..tiling.len() {
            blender.push(k, &tile).unwrap();
        }
        blender.finish().unwrap();
        promised
    };
    let (found, promised) = peak(|| pool.install(run));
    assert_eq!(elements, tiling.result_shape().iter().product::<usize>());
    println!("{name}, {threads} threads: {found} of {promised} bytes");
    assert!(found <= promised + SLACK, "{name}: {found} bytes, more than the {promised} promised");
    // What folding may take on each thread is most of what may be left over, and lists along each axis.
    let lists = 16 * tiling.result_shape().iter().sum::<usize>();
    let beside = 4 * 32 * 1024 * threads + lists;
    assert!(found + beside + SLACK >= promised, "{name}: {found} bytes, far below the {promised} promised");
}

#[test]
fn a_blender_holds_what_it_says() {
    let _alone = alone();
    for threads in [1, 2] {
        let plane = Tiles::new([0, 1], 96, 24).on([700, 900, 3]).unwrap();
        held("plane", &plane, Merge::<f32>::weighted(Taper::Linear), threads);
        held("bytes", &plane, Merge::<u8>::weighted(Taper::Hann), threads);
        held("crop", &plane, Merge::<f32>::crop(), threads);
        held("last", &plane, Merge::<f64>::last(), threads);
        let dense = Tiles::new([0, 1], 64, 48).tail(Tail::Spread).on([400, 390, 3]).unwrap();
        held("dense", &dense, Merge::<f64>::mean(), threads);
        let line = Tiles::new(0, 1 << 14, 1 << 10).tail(Tail::Partial).on(100_000).unwrap();
        held("line", &line, Merge::<f32>::weighted(Taper::Linear), threads);
        let volume = Tiles::new(.., 32, 8).on([90, 100, 110]).unwrap();
        held("volume", &volume, Merge::<f64>::weighted(Taper::Gaussian(0.2)), threads);
    }
}

#[test]
fn a_run_holds_the_result_and_less_than_two_rows_of_tiles() {
    let _alone = alone();
    let (size, shape) = (64, [1024, 1024, 3]);
    let picture = Array::from_elem(1.0f32, shape).unwrap();
    let tiling = Tiles::new([0, 1], size, 8).on(shape).unwrap();
    let result = picture.len() * size_of::<f32>();
    let row = tiling.plan().grid()[1] * size * size * 3 * size_of::<f32>();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let run = || pool.install(|| tiling.process(&picture, |tile| tile.to_array()));
        let (found, blended) = peak(run);
        assert!(blended.unwrap().iter().all(|v| (v - 1.0).abs() < 1e-6));
        println!("{threads} threads: {} bytes beside the result, two rows are {}", found - result, 2 * row);
        assert!(found <= result + 2 * row, "{found} bytes, the result has {result} and a row of tiles {row}");
    }
}
