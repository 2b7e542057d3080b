//! A picture processed tile by tile: pasted tiles show seams, tapered ones do not.
//!
//! Each tile gets its own contrast, as a neural network or an automatic exposure would give it: neighbours do not agree on
//! the pixels they share. Left in the result: every tile pasted over those before; right: all of them blended.
//!
//! ```text
//! cargo run --release --example tiled_blend [PICTURE [TILE [OVERLAP]]]
//! ```

#[path = "common/picture.rs"]
mod picture;

use ndwindow::image::{Tiles, Tiling};
use ndwindow::{Array, Merge, Taper, View};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/chelsea.png");
    let file = arguments.next().unwrap_or_else(|| shipped.to_string());
    let size: usize = arguments.next().map_or(Ok(96), |s| s.parse())?;
    let overlap: usize = arguments.next().map_or(Ok(size / 2), |s| s.parse())?;

    let picture = picture::read(&file)?.map(f32::from);
    let image = picture.view();

    let tiling = Tiles::new([0, 1], size, overlap).taper(Taper::Hann).on(image.shape())?;
    println!("{} tiles of {size} x {size} that overlap by {overlap}\n{}\n", tiling.len(), tiling.plan());

    let tiles = tiling.cut(&image)?;
    let processed: Vec<f32> = tiles.view().outer_iter(1).flat_map(|tile| own_contrast(&tile)).collect();
    let processed = Array::new(processed, tiling.shape())?;
    let pasted = tiling.merge(&processed, Merge::last())?;
    let blended = tiling.blend(&processed)?;

    let (seams, smooth) = (seam(&tiling, &pasted), seam(&tiling, &blended));
    println!("steps across the borders of tiles, against steps elsewhere: pasted {seams:.2}, blended {smooth:.2}");
    let differences = pasted.iter().zip(&blended).map(|(p, b)| (p - b).abs());
    println!("largest difference between pasted and blended: {:.0} of 255", differences.fold(0.0, f32::max));

    // Tiles left as they are blend into the picture they were cut from.
    let same = tiling.blend(&tiles)?;
    let off = same.iter().zip(&picture).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("largest difference of unprocessed tiles, blended, to the picture: {off:.5}");
    assert!(off < 1e-3, "a taper's weights are divided out");
    if file == shipped && size == 96 {
        assert!(seams > 1.3 && smooth < 1.1, "pasting shows seams, blending none");
    }

    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    let path = out.join("tiled_blend.png");
    picture::write(&side_by_side(&pasted, &blended), &path)?;
    println!("wrote {} (left pasted, right blended)", path.display());
    Ok(())
}

/// A tile stretched so that its values have mean 128 and standard deviation 56.
fn own_contrast(tile: &View<'_, f32>) -> Vec<f32> {
    let n = tile.len() as f32;
    let mean = tile.iter().sum::<f32>() / n;
    let deviation = (tile.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n).sqrt().max(1.0);
    tile.iter().map(|v| (128.0 + (v - mean) * 56.0 / deviation).clamp(0.0, 255.0)).collect()
}

/// The mean step between neighbouring pixels where a pasted tile begins or ends, over the mean step everywhere.
fn seam(tiling: &Tiling, picture: &Array<f32>) -> f32 {
    let axes = tiling.plan().axes();
    // Pasting in order, a tile keeps what the next one does not cover: borders are where tiles start.
    let starts: Vec<Vec<usize>> = axes.iter().map(|a| (1..a.count()).map(|i| a.start(i) as usize).collect()).collect();
    let (mut at_seams, mut all) = ((0.0, 0), (0.0, 0));
    for y in 1..picture.shape()[0] {
        for x in 1..picture.shape()[1] {
            for c in 0..3 {
                let here = picture[[y, x, c]];
                let steps = [(here - picture[[y - 1, x, c]]).abs(), (here - picture[[y, x - 1, c]]).abs()];
                for (k, at) in [y, x].into_iter().enumerate() {
                    all = (all.0 + steps[k], all.1 + 1);
                    if starts[k].contains(&at) {
                        at_seams = (at_seams.0 + steps[k], at_seams.1 + 1);
                    }
                }
            }
        }
    }
    (at_seams.0 / at_seams.1.max(1) as f32) / (all.0 / all.1.max(1) as f32)
}

fn side_by_side(left: &Array<f32>, right: &Array<f32>) -> Array<u8> {
    let (height, width) = (left.shape()[0], left.shape()[1]);
    let gap = 8;
    let mut sheet = picture::plain([height, 2 * width + gap], [255; 3]);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let pixel = |from: &Array<f32>| [0, 1, 2].map(|c| from[[y, x, c]].round() as u8);
        picture::put(&mut sheet, [y, x], pixel(left));
        picture::put(&mut sheet, [y, width + gap + x], pixel(right));
    }
    sheet
}
