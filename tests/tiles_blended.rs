//! Tiles put together one after another, in parallel, at other scales: the same bits as all at once, and what a plain loop gives.

use ndwindow::image::{Tile, Tiles, Tiling};
use ndwindow::{Array, Error, FoldElement, Merge, Tail, Taper, View};
use proptest::prelude::*;
use std::ops::{ControlFlow, Range};

/// All index tuples of a box, in row-major order.
fn indices(ranges: &[Range<usize>]) -> Vec<Vec<usize>> {
    ranges.iter().fold(vec![vec![]], |list, r| {
        list.iter().flat_map(|at: &Vec<usize>| r.clone().map(move |i| [&at[..], &[i]].concat())).collect()
    })
}

fn whole(shape: &[usize]) -> Vec<Range<usize>> {
    shape.iter().map(|&n| 0..n).collect()
}

/// Numbers that no sum of a few holds exactly.
fn noise(shape: &[usize], seed: u64) -> Array<f64> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64 * 10.0 - 5.0
    };
    Array::new((0..shape.iter().product()).map(|_| next()).collect(), shape).unwrap()
}

/// What is asked along one axis: length, tile, overlap, scale.
#[derive(Clone, Copy, Debug)]
struct Asked {
    len: usize,
    size: usize,
    overlap: usize,
    scale: (usize, usize),
}

fn asked() -> impl Strategy<Value = Asked> {
    let scale = prop::sample::select(vec![(1, 1), (1, 1), (2, 1), (3, 1), (1, 2), (3, 2)]);
    (0..14usize, 1..7usize, 0..7usize, scale).prop_map(|(more, size, overlap, scale)| {
        // Whole numbers of what the scale divides.
        let (len, size, overlap) = (more + size, size, overlap % size);
        Asked { len: len * scale.1, size: size * scale.1, overlap: overlap * scale.1, scale }
    })
}

fn tail() -> impl Strategy<Value = Tail> {
    prop::sample::select(vec![Tail::ShiftBack, Tail::Partial, Tail::Spread])
}

fn tiling(axes: &[Asked], channels: usize, tail: Tail, taper: &Taper) -> Result<Tiling, Error> {
    let list = |f: fn(&Asked) -> usize| axes.iter().map(f).collect::<Vec<_>>();
    let scales: Vec<(usize, usize)> = axes.iter().map(|a| a.scale).collect();
    let shape = [&list(|a| a.len)[..], &[channels]].concat();
    let tiles = Tiles::new((0..axes.len()).collect::<Vec<_>>(), list(|a| a.size), list(|a| a.overlap));
    tiles.scale(scales).tail(tail).taper(taper.clone()).on(shape)
}

/// The shape of all results of a tiling, with some number of channels.
fn results_shape(tiling: &Tiling, axes: &[Asked], channels: usize) -> Vec<usize> {
    let sizes = axes.iter().map(|a| a.size * a.scale.0 / a.scale.1);
    std::iter::once(tiling.len()).chain(sizes).chain([channels]).collect()
}

/// Pushes all tiles and puts the regions together, each of which must be what its tile says.
fn pushed<T: FoldElement + PartialEq + std::fmt::Debug>(
    tiling: &Tiling,
    tiles: &Array<T>,
    merge: Merge<T>,
) -> Array<T> {
    let mut out = Array::from_elem(T::default(), tiling.result_shape()).unwrap();
    let mut written = Array::from_elem(0, tiling.result_shape()).unwrap();
    let mut handed = 0;
    let mut blender = tiling
        .blender_with(merge, |place, region| {
            assert_eq!(place, tiling.tile(handed).unwrap().finished());
            handed += 1;
            assert_eq!(region.shape(), place.iter().map(Range::len).collect::<Vec<_>>());
            for (at, value) in indices(place).iter().zip(region.iter()) {
                out[&at[..]] = *value;
                written[&at[..]] += 1;
            }
        })
        .unwrap();
    for (k, tile) in tiles.view().outer_iter(1).enumerate() {
        assert_eq!(blender.next(), k);
        blender.push(k, &tile).unwrap();
    }
    blender.finish().unwrap();
    assert_eq!(handed, tiling.len());
    assert!(written.iter().all(|&n| n == 1), "every element once");
    out
}

/// A merge by its plain meaning: the cells over each element with their weights and how far off their tile's middle they are.
fn naive(tiling: &Tiling, tiles: &Array<f64>, weights: &[Vec<f64>], name: &str) -> Array<f64> {
    let shape = tiling.result_shape().to_vec();
    let mut over: Vec<Vec<(f64, f64, usize)>> = vec![vec![]; shape.iter().product()];
    for k in 0..tiling.len() {
        let tile = tiling.tile(k).unwrap();
        for (at, cell) in indices(tile.place()).iter().zip(indices(tile.weights())) {
            let flat = at.iter().zip(&shape).fold(0, |flat, (i, n)| flat * n + i);
            let weight = cell.iter().zip(weights).map(|(&j, w)| w[j]).product();
            let off = cell.iter().zip(weights).map(|(&j, w)| (2 * j + 1).abs_diff(w.len()).pow(2)).sum();
            let index = [&[k], &cell[..]].concat();
            over[flat].push((tiles[&index[..]], weight, off));
        }
    }
    let merged = over.iter().map(|cells| match name {
        "weighted" => cells.iter().map(|c| c.0 * c.1).sum::<f64>() / cells.iter().map(|c| c.1).sum::<f64>(),
        "mean" => cells.iter().map(|c| c.0).sum::<f64>() / cells.len() as f64,
        "last" => cells.last().unwrap().0,
        "max" => cells.iter().map(|c| c.0).fold(f64::NEG_INFINITY, f64::max),
        // The first of the least.
        _ => cells.iter().fold(cells[0], |best, &c| if c.2 < best.2 { c } else { best }).0,
    });
    Array::new(merged.collect(), &shape[..]).unwrap()
}

fn bits(array: &Array<f64>) -> Vec<u64> {
    array.iter().map(|v| v.to_bits()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pushed_one_by_one_is_all_at_once(
        axes in prop::collection::vec(asked(), 1..=3),
        channels in 1..=3usize,
        tail in tail(),
        bell in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let taper = if bell { Taper::Gaussian(0.2) } else { Taper::Linear };
        let axes = &axes[..if axes.iter().map(|a| a.len).product::<usize>() > 4_000 { 2 } else { axes.len() }];
        let Ok(tiling) = tiling(axes, channels, tail, &taper) else {
            // Starts that a half does not make whole.
            prop_assert_eq!(tail, Tail::Spread);
            return Ok(());
        };
        let tiles = noise(&results_shape(&tiling, axes, channels), seed);
        let sizes: Vec<usize> = tiles.shape()[1..=axes.len()].to_vec();
        let weights: Vec<Vec<f64>> = sizes
            .iter()
            .map(|&n| (0..n).map(|j| {
                let u = (j as f64 + 0.5) / n as f64;
                if bell { (-((u - 0.5) / 0.2).powi(2) / 2.0).exp() } else { 1.0 - (2.0 * u - 1.0).abs() }
            }).collect())
            .collect();
        for (name, merge) in [
            ("weighted", Merge::weighted(taper.clone())),
            ("mean", Merge::mean()),
            ("last", Merge::last()),
            ("max", Merge::max()),
            ("crop", Merge::crop()),
        ] {
            let at_once = tiling.merge(&tiles, merge.clone()).unwrap();
            let one_by_one = pushed(&tiling, &tiles, merge);
            prop_assert_eq!(bits(&one_by_one), bits(&at_once), "{} of {:?}", name, tiling.plan());
            for (a, b) in at_once.iter().zip(&naive(&tiling, &tiles, &weights, name)) {
                prop_assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{}: {} instead of {}", name, a, b);
            }
        }
        let integers = Array::new(tiles.iter().map(|v| (v * 50.0) as i16).collect(), tiles.shape()).unwrap();
        for merge in [Merge::weighted(taper.clone()), Merge::mean(), Merge::min(), Merge::first(), Merge::sum()] {
            prop_assert_eq!(pushed(&tiling, &integers, merge.clone()), tiling.merge(&integers, merge).unwrap());
        }
    }

    #[test]
    fn threads_and_batches_change_nothing(
        axes in prop::collection::vec(asked(), 1..=2),
        channels in 1..=3usize,
        classes in 1..=4usize,
        tail in tail(),
        threads in 1..=4usize,
        batch in 1..=5usize,
    ) {
        let Ok(tiling) = tiling(&axes, channels, tail, &Taper::Hann) else { return Ok(()) };
        let picture = noise(tiling.plan().input_shape(), 7);
        // Some function of all of a tile that gives another size and other channels.
        let shape = results_shape(&tiling, &axes, classes)[1..].to_vec();
        let f = |tile: &View<'_, f64>| {
            let sum: f64 = tile.iter().sum();
            let cells = indices(&whole(&shape)).into_iter().map(|at| {
                let from: Vec<usize> = at.iter().zip(tile.shape()).map(|(i, n)| i % n).collect();
                sum + tile[&from[..]] * (at[shape.len() - 1] + 1) as f64
            });
            Array::new(cells.collect(), &shape[..]).unwrap()
        };
        let all: Vec<f64> = tiling.cut(&picture).unwrap().view().outer_iter(1).flat_map(|t| f(&t).into_vec()).collect();
        let expected = tiling.blend(&Array::new(all, results_shape(&tiling, &axes, classes)).unwrap()).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut seen = vec![];
        let parallel = pool.install(|| {
            tiling
                .with_progress(|done, total| {
                    seen.push((done, total));
                    ControlFlow::Continue(())
                })
                .process(&picture, f)
        });
        prop_assert_eq!(seen, (1..=tiling.len()).map(|done| (done, tiling.len())).collect::<Vec<_>>());
        prop_assert_eq!(bits(&parallel.unwrap()), bits(&expected));
        prop_assert_eq!(bits(&tiling.process_in_order(&picture, f).unwrap()), bits(&expected));
        let batches = tiling.process_batches(&picture, batch, |tiles| {
            let all: Vec<f64> = tiles.outer_iter(1).flat_map(|t| f(&t).into_vec()).collect();
            Array::new(all, [&tiles.shape()[..1], &shape[..]].concat()).unwrap()
        });
        prop_assert_eq!(bits(&batches.unwrap()), bits(&expected));
    }

    #[test]
    fn a_tile_alone_is_that_of_all(axes in prop::collection::vec(asked(), 1..=3), tail in tail()) {
        let axes = axes.into_iter().map(|a| Asked { scale: (1, 1), ..a }).collect::<Vec<_>>();
        let tiling = tiling(&axes, 2, tail, &Taper::Flat).unwrap();
        let picture = noise(tiling.plan().input_shape(), 3);
        let all = tiling.cut(&picture).unwrap();
        let mut covered = vec![0; picture.len()];
        for (k, expected) in all.view().outer_iter(1).enumerate().collect::<Vec<_>>().into_iter().rev() {
            let alone = tiling.cut_tile(k, &picture).unwrap();
            prop_assert_eq!(&alone, &expected.to_array());
            let tile = tiling.tile(k).unwrap();
            prop_assert_eq!((tile.number(), tile.read()), (k, tile.place()));
            match tiling.view_tile(k, &picture) {
                Ok(view) => {
                    prop_assert_eq!(&view, &expected);
                    prop_assert!(view.strides() == picture.view().strides());
                }
                Err(error) => {
                    prop_assert_eq!(tail, Tail::Partial, "{}", error);
                }
            }
            for at in indices(tile.finished()) {
                covered[at.iter().zip(picture.shape()).fold(0, |flat, (i, n)| flat * n + i)] += 1;
            }
        }
        prop_assert!(covered.iter().all(|&n| n == 1));
        for n in 1..5 {
            prop_assert_eq!(tiling.batches(n).flatten().collect::<Vec<_>>(), (0..tiling.len()).collect::<Vec<_>>());
            prop_assert!(tiling.batches(n).all(|r| r.len() <= n && !r.is_empty()));
        }
    }
}

fn starts(len: usize, size: usize, overlap: usize) -> Vec<usize> {
    let tiling = Tiles::new(0, size, overlap).on(len).unwrap();
    (0..tiling.len()).map(|k| tiling.tile(k).unwrap().read()[0].start).collect()
}

/// Numbers that other libraries had to mend.
#[test]
fn cases_from_the_field() {
    // The last tile moves back, and only as far as it must.
    assert_eq!(starts(11, 4, 1), [0, 3, 6, 7]);
    assert_eq!(starts(10, 3, 0), [0, 3, 6, 7]);
    // A picture a little larger than a tile has two, not three.
    assert_eq!(starts(600, 512, 256), [0, 88]);
    assert_eq!(starts(512, 512, 256), [0]);
    // The bell's middle is that of the cells: weights are the same from both sides, whether there is a middle cell or not.
    for n in [4, 5] {
        let tiling = Tiles::new(0, n, 0).taper(Taper::Gaussian(0.125)).on(n).unwrap();
        let weights = |x: &[f64]| {
            let pair = Tiles::new(0, n, n - 1).taper(Taper::Gaussian(0.125)).on(n + 1).unwrap();
            // Over element `i` the first tile's cell `i` and the second one's `i - 1`: the share of the first.
            let tiles = Array::new([x, &vec![0.0; n][..]].concat(), [2, n]).unwrap();
            pair.blend(&tiles).unwrap().into_vec()
        };
        let share = weights(&vec![1.0; n]);
        for i in 1..n {
            assert!((share[i] + share[n - i] - 1.0).abs() < 1e-12, "{share:?}");
        }
        assert_eq!(tiling.len(), 1);
    }
}

/// Weights whose products are far below what a half or a float holds are no divisors of zero.
#[test]
fn narrow_bells_do_not_vanish() {
    for deviation in [0.125, 0.0625, 0.04] {
        let tiling = Tiles::new(.., 16, 8).taper(Taper::Gaussian(deviation)).on([24, 40, 16]).unwrap();
        let tiles = Array::from_elem(3.0f32, tiling.shape()).unwrap();
        let blended = tiling.blend(&tiles).unwrap();
        assert!(blended.iter().all(|v| (v - 3.0).abs() < 1e-5), "{deviation}");
        assert_eq!(pushed(&tiling, &tiles, Merge::weighted(Taper::Gaussian(deviation))), blended);
    }
}

/// Sums that overflow on the way are taken again with smaller numbers, for regions as for the whole.
#[test]
fn large_numbers_blend() {
    let tiling =
        Tiles::new(.., 5, 3).taper(Taper::Weights(vec![1e100, 3e100, 5e100, 3e100, 1e100])).on([11, 9]).unwrap();
    let tiles = noise(tiling.shape(), 5).map(|v| v * 1e300);
    let merge = Merge::weighted(Taper::Weights(vec![1e100, 3e100, 5e100, 3e100, 1e100]));
    let at_once = tiling.merge(&tiles, merge.clone()).unwrap();
    assert!(at_once.iter().all(|v| v.is_finite()));
    assert_eq!(bits(&pushed(&tiling, &tiles, merge)), bits(&at_once));
}

#[test]
fn other_scales_and_channels() {
    let picture = noise(&[12, 10, 3], 1);
    let tiling = Tiles::new([0, 1], [4, 5], [2, 1]).scale([(1, 2), (4, 1)]).channels(7).on([12, 10, 3]).unwrap();
    assert_eq!(tiling.result_shape(), [6, 40, 7]);
    let tile: Tile = tiling.tile(4).unwrap();
    assert_eq!((tile.index(), tile.read()), (&[1, 1][..], &[2..6, 4..9, 0..3][..]));
    assert_eq!(tile.place(), [1..3, 16..36, 0..7]);
    assert_eq!(tile.weights(), [0..2, 0..20, 0..7]);
    let fives = tiling.process(&picture, |tile| {
        assert_eq!(tile.shape(), [4, 5, 3]);
        Array::from_elem(5.0f32, [2, 20, 7]).unwrap()
    });
    assert!(fives.unwrap().iter().all(|v| (v - 5.0).abs() < 1e-5));
    // Every element doubled: what upscaling the whole gives.
    let tiling = Tiles::new([0, 1], 5, 2).scale(2).tail(Tail::Spread).on([13, 12, 3]).unwrap();
    let picture = noise(&[13, 12, 3], 2);
    let twice = |x: &View<'_, f64>| {
        let shape = [2 * x.shape()[0], 2 * x.shape()[1], 3];
        let cells = indices(&whole(&shape)).into_iter().map(|at| x[[at[0] / 2, at[1] / 2, at[2]]]);
        Array::new(cells.collect(), shape).unwrap()
    };
    let blended = tiling.process(&picture, twice).unwrap();
    assert!(blended.iter().zip(&twice(&picture.view())).all(|(a, b)| (a - b).abs() < 1e-12));
}

#[test]
fn what_cannot_be_scaled_says_what_could() {
    let text = |tiles: Tiles, shape: [usize; 2]| tiles.on(shape).unwrap_err().to_string();
    let tiles = |size, overlap, scale: (usize, usize)| Tiles::new(.., size, overlap).scale(scale);
    assert_eq!(text(tiles(10, 4, (1, 4)), [40, 40]), "a tile size of 10 on axis 0 times 1/4 is not whole: use 8 or 12");
    assert_eq!(text(tiles(3, 0, (1, 4)), [40, 40]), "a tile size of 3 on axis 0 times 1/4 is not whole: use 4");
    assert_eq!(text(tiles(9, 4, (4, 6)), [18, 18]), "a tile overlap of 4 on axis 0 times 2/3 is not whole: use 3 or 6");
    assert_eq!(text(tiles(8, 4, (1, 4)), [40, 42]), "a length of 42 on axis 1 times 1/4 is not whole: use 40 or 44");
    assert_eq!(
        text(tiles(4, 0, (1, 2)).tail(Tail::Spread), [10, 14]),
        "a tile start of 3 on axis 0 times 1/2 is not whole: use 2 or 4"
    );
    assert_eq!(
        text(tiles(8, 4, (0, 1)), [40, 40]),
        "the scale 0/1 on axis 0 makes nothing of something: both numbers must be at least 1"
    );
    assert!(matches!(Tiles::new(.., 4, 0).scale([2, 2, 2]).on([8, 8]), Err(Error::CountMismatch { .. })));
    assert!(Tiles::new(.., 4, 0).scale(usize::MAX).on([8, 8]).is_err());
    assert_eq!(
        text(Tiles::new(.., 4, 1).channels(3), [8, 8]),
        "0 axes are not tiled, but channels need exactly 1: leave one axis out of the tiles"
    );
}

#[test]
fn tiles_out_of_order_are_named() {
    let tiling = Tiles::new(.., 4, 1).on([10, 10]).unwrap();
    let tile = Array::from_elem(1.0f32, [4, 4]).unwrap();
    let mut handed = 0;
    let mut blender = tiling.blender(|_, _| handed += 1).unwrap();
    let text = |result: Result<(), Error>| result.unwrap_err().to_string();
    blender.push(0, &tile).unwrap();
    blender.push(1, &tile).unwrap();
    assert_eq!(text(blender.push(1, &tile)), "tile 1 was pushed before: the next one is tile 2");
    assert_eq!(
        text(blender.push(5, &tile)),
        "tile 5 was pushed before tile 2: push all tiles in the order of their numbers"
    );
    assert_eq!(text(blender.push(9, &tile)), "tile 9 is none of the 9 tiles: they are numbered from 0");
    let wrong = Array::from_elem(1.0f32, [4, 5]).unwrap();
    assert_eq!(
        blender.push(2, &wrong),
        Err(Error::ShapeMismatch { what: "a processed tile", expected: vec![4, 4], found: vec![4, 5] })
    );
    blender.push(2, &tile).unwrap();
    assert_eq!(text(blender.finish()), "tile 3 is missing, and 6 of 9 in all: push every tile before the end");
    assert_eq!(handed, 3);
    assert_eq!(
        tiling.cut_tile(9, &Array::from_elem(0u8, [10, 10]).unwrap()),
        Err(Error::TileOutside { tile: 9, len: 9 })
    );
    assert_eq!(tiling.tile(9), None);
}

#[derive(Debug, PartialEq)]
enum Mine {
    Library(Error),
    Own(usize),
}

impl From<Error> for Mine {
    fn from(error: Error) -> Self {
        Mine::Library(error)
    }
}

#[test]
fn a_run_ends_with_the_closures_error_or_when_told() {
    let picture = noise(&[40, 40], 1);
    let tiling = Tiles::new(.., 8, 2).on([40, 40]).unwrap();
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let own = tiling.process(&picture, |tile| match tile[[0, 0]] == picture[[6, 6]] {
                true => Err(Mine::Own(8)),
                false => Ok(tile.to_array()),
            });
            assert_eq!(own, Err(Mine::Own(8)));
            let wrong = tiling.process(&picture, |_| Ok::<_, Mine>(Array::from_elem(0.0f32, [8, 7]).unwrap()));
            let (expected, found) = (vec![8, 8], vec![8, 7]);
            let shape = Error::ShapeMismatch { what: "a processed tile", expected, found };
            assert_eq!(wrong, Err(Mine::Library(shape)));
            let stop =
                |done: usize, _: usize| if done < 11 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
            let stopped = tiling.with_progress(stop).process(&picture, |tile| tile.to_array()).unwrap_err();
            assert_eq!(stopped, Error::Stopped { done: 11, total: tiling.len() });
            assert_eq!(stopped.to_string(), "stopped after 11 of 49 tiles, as the progress callback asked");
            // Told at the very end, nothing is left to stop.
            let last = |done: usize, total: usize| match done == total {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            };
            assert!(tiling.with_progress(last).process(&picture, |tile| tile.to_array()).is_ok());
        });
    }
    let batches = tiling.process_batches(&picture, 0, |tiles| tiles.to_array()).unwrap_err();
    assert_eq!(batches.to_string(), "the number of tiles in a batch is 0: it must be at least 1");
    let short = tiling.process_batches(&picture, 4, |tiles| tiles.slice(0, 0, 1, 1).unwrap().to_array()).unwrap_err();
    let (expected, found) = (vec![4, 8, 8], vec![1, 8, 8]);
    assert_eq!(short, Error::ShapeMismatch { what: "a processed batch of tiles", expected, found });
}

/// A closure that uses the pool itself: its thread may be given other tiles while it waits.
#[test]
fn closures_may_use_the_pool() {
    use rayon::prelude::*;
    let picture = noise(&[64, 64], 1);
    let tiling = Tiles::new(.., 8, 2).on([64, 64]).unwrap();
    let expected = tiling.process_in_order(&picture, |tile| tile.to_array().map(|v| v * 2.0)).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let doubled = pool.install(|| {
        tiling.process(&picture, |tile| {
            let cells: Vec<f64> = tile.to_array().into_vec().into_par_iter().map(|v| v * 2.0).collect();
            Array::new(cells, tile.shape()).unwrap()
        })
    });
    assert_eq!(bits(&doubled.unwrap()), bits(&expected));
}

/// Three weights have a product that depends on which two are multiplied first: it must not follow from where the patches lie.
#[test]
fn weights_multiply_in_the_order_of_the_axes() {
    for (window, step) in [([3, 9, 4], [2, 8, 3]), ([10, 9, 12], [9, 8, 11]), ([1, 12, 9], [1, 5, 8])] {
        let plan = ndwindow::unfold([2, 0, 1], window, step).tail(Tail::ShiftBack).plan([21, 22, 23]).unwrap();
        let fold = plan.prepare_fold(Merge::weighted(Taper::Gaussian(0.3))).unwrap();
        let patches = noise(plan.shape(), 9);
        let expected = bits(&fold.fold(&patches).unwrap());
        let orders: [[isize; 6]; 3] = [[5, 4, 3, 2, 1, 0], [3, 4, 5, 0, 1, 2], [0, 5, 1, 3, 2, 4]];
        for order in orders {
            // The same patches, stored with the axes in another order.
            let stored = patches.permute(&order).unwrap().to_array();
            let back: Vec<isize> = (0..6).map(|a| order.iter().position(|&o| o == a).unwrap() as isize).collect();
            let found = fold.fold(&stored.permute(&back).unwrap()).unwrap();
            assert_eq!(bits(&found), expected, "windows of {window:?}, stored as {order:?}");
        }
    }
}
