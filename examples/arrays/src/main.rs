//! A picture through an ONNX model, tile by tile: cut, run, blended, with progress, on all cores.
//!
//! ```text
//! cargo run --manifest-path examples/arrays/Cargo.toml [-- PICTURE.png [TILE [OVERLAP]]]
//! ```
//!
//! The model is a blur that takes what lies beyond its input for black, as trained networks do: every tile comes back with dark
//! edges. Pasted together they make a grid; with tiles that overlap, each element can come from the tile whose middle is nearest
//! (`Merge::crop`), or fade from tile to tile (`Taper::Hann`).

use image::{Rgb32FImage, RgbImage};
use indicatif::{ProgressBar, ProgressStyle};
use ndwindow::image::Tiles;
use ndwindow::{Array, IntoView, Merge, Taper, View};
use ndwindow_arrays::model;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use tract_onnx::prelude::*;

/// What fails in a closure that several threads run.
type Failure = Box<dyn Error + Send + Sync>;

/// Pixels the model averages along each side.
const BLUR: usize = 9;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/chelsea.png");
    let file = arguments.next().unwrap_or_else(|| shipped.to_string());
    let size: usize = arguments.next().map_or(Ok(96), |s| s.parse())?;
    let overlap: usize = arguments.next().map_or(Ok(2 * BLUR), |s| s.parse())?;

    // Pixels as they lie in the picture, [H, W, C]: no element is copied on the way in, nor on the way out below.
    let picture: Rgb32FImage = image::open(&file)?.into_rgb32f();
    let tiles = Tiles::new([0, 1], size, overlap);
    let tiling = tiles.taper(Taper::Hann).on((&picture).into_view().shape())?;
    println!("{} tiles of {size} x {size} that overlap by {overlap}", tiling.len());

    let network = Network::load(&model::blur(BLUR, [size, size]))?;
    let bar = ProgressBar::new(tiling.len() as u64);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos} of {len} tiles, {eta} left")?);
    let watched = tiling.with_progress(|done, _| {
        bar.set_position(done as u64);
        ControlFlow::Continue(())
    });
    let blended = watched.process(&picture, |tile| network.run(tile))?;
    bar.finish();

    // The same tiles without a blend, and the same model on the whole picture, which here fits in memory.
    let results =
        (0..tiling.len()).map(|k| network.run(&tiling.view_tile(k, &picture)?)).collect::<Result<Vec<_>, _>>()?;
    let all = results.iter().flat_map(|tile| tile.iter().copied()).collect();
    let all = Array::new(all, tiling.shape())?;
    let pasted = tiling.merge(&all, Merge::last())?;
    let cropped = tiling.merge(&all, Merge::crop())?;
    let shape = [picture.height() as usize, picture.width() as usize];
    let whole = Network::load(&model::blur(BLUR, shape))?.run(&(&picture).into_view())?;

    let off = |result: &Array<f32>| result.iter().zip(&whole).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("largest difference to the model run on the whole picture, of 1:");
    println!("  pasted {:.3}, blended {:.3}, cropped {:.1e}", off(&pasted), off(&blended), off(&cropped));
    assert!(off(&cropped) < 1e-6, "overlaps of twice the blur hide every edge");
    assert!(off(&blended) < off(&pasted) / 2.0);

    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    for (name, result) in [("pasted", pasted), ("blended", blended)] {
        let path = out.join(format!("model_{name}.png"));
        let picture: RgbImage = result.map(|v| (v * 255.0).round() as u8).into_image()?;
        picture.save(&path)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// A model that is ready to run; any thread may.
struct Network(Arc<TypedRunnableModel>);

impl Network {
    fn load(file: &[u8]) -> Result<Self, Failure> {
        let model = tract_onnx::onnx().model_for_read(&mut &file[..])?.into_optimized()?.into_runnable()?;
        Ok(Network(model))
    }

    /// `[H, W, 3] -> [H, W, 3]`, by way of the model's `[1, 3, H, W]`.
    fn run(&self, tile: &View<'_, f32>) -> Result<Array<f32>, Failure> {
        let channels_first = tile.permute(&[2, 0, 1])?.to_array();
        let shape = [&[1], channels_first.shape()].concat();
        let input = Tensor::from_shape(&shape, channels_first.as_slice())?;
        let output = self.0.run(tvec!(input.into()))?;
        let output = output[0].to_plain_array_view::<f32>()?;
        Ok(output.into_view().index_axis(0, 0)?.permute(&[1, 2, 0])?.to_array())
    }
}
