//! A picture processed tile by tile: pasted tiles show seams, tapered ones do not.
//!
//! Each tile gets its own contrast, as a neural network or an automatic exposure would give it: neighbours do not agree on
//! the pixels they share. Left in the result: every tile pasted over those before; right: all of them blended.
//!
//! Then the same with a picture that is never in memory: tiles are read from a file where they lie, and what no later tile lies over
//! is written to another.
//!
//! ```text
//! cargo run --release --example tiled_blend [PICTURE [TILE [OVERLAP]]]
//! ```

#[path = "common/picture.rs"]
mod picture;

use indicatif::{ProgressBar, ProgressStyle};
use ndwindow::image::{Tiles, Tiling};
use ndwindow::{Array, Merge, Taper, View};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::{ControlFlow, Range};
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

    let tiles = (0..tiling.len()).map(|k| tiling.view_tile(k, &image)).collect::<Result<Vec<_>, _>>()?;
    let processed: Vec<f32> = tiles.iter().flat_map(own_contrast).collect();
    let processed = Array::new(processed, tiling.shape())?;
    let pasted = tiling.merge(&processed, Merge::last())?;
    let blended = tiling.blend(&processed)?;

    let (seams, smooth) = (seam(&tiling, &pasted), seam(&tiling, &blended));
    println!("steps across the borders of tiles, against steps elsewhere: pasted {seams:.2}, blended {smooth:.2}");
    let differences = pasted.iter().zip(&blended).map(|(p, b)| (p - b).abs());
    println!("largest difference between pasted and blended: {:.0} of 255", differences.fold(0.0, f32::max));

    // Tiles left as they are blend into the picture they were cut from.
    let bar = progress_bar(tiling.len());
    let watched = tiling.with_progress(|done, _| {
        bar.set_position(done as u64);
        ControlFlow::Continue(())
    });
    let same = watched.process(&image, |tile| tile.to_array())?;
    bar.finish();
    let off = same.iter().zip(&picture).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("largest difference of unprocessed tiles, blended, to the picture: {off:.5}");
    assert!(off < 1e-3, "a taper's weights are divided out");
    if file == shipped && size == 96 {
        assert!(seams > 1.3 && smooth < 1.1, "pasting shows seams, blending none");
    }

    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    let path = out.join("tiled_blend.png");
    let both = side_by_side(&pasted, &blended);
    picture::write(&both, &path)?;
    println!("wrote {} (left pasted, right blended)", path.display());
    if std::env::args().len() == 1 {
        picture::shown(&both, "tiled_blend", 2)?;
    }
    larger_than_memory(&picture, out)
}

/// The negative of a picture that is far larger than the memory this takes: in a file, and into another.
fn larger_than_memory(small: &Array<f32>, out: &Path) -> Result<(), Box<dyn Error>> {
    let (height, width) = (8192, 4096);
    let header = format!("P6\n{width} {height}\n255\n");
    let (from, to) = (out.join("large.ppm"), out.join("large_negative.ppm"));
    let mut file = BufWriter::new(File::create(&from)?);
    file.write_all(header.as_bytes())?;
    for y in 0..height {
        let row = small.view().index_axis(0, y % small.shape()[0])?.to_array();
        let row: Vec<u8> = row.iter().cycle().take(width * 3).map(|&v| v as u8).collect();
        file.write_all(&row)?;
    }
    file.into_inner()?.sync_all()?;

    let tiling = Tiles::new([0, 1], 256, 32).on([height, width, 3])?;
    let (mut picture, mut negative) = (File::open(&from)?, File::create(&to)?);
    negative.write_all(header.as_bytes())?;
    // Where the elements of a row's range stand in the files.
    let place = |y: usize, x: usize| SeekFrom::Start((header.len() + (y * width + x) * 3) as u64);
    let mut written: io::Result<()> = Ok(());
    let mut blender = tiling.blender(|ranges: &[Range<usize>], region: &View<'_, f32>| {
        for (y, row) in ranges[0].clone().zip(region.outer_iter(1)) {
            let bytes: Vec<u8> = row.iter().map(|v| v.round() as u8).collect();
            if written.is_ok() {
                let seek = negative.seek(place(y, ranges[1].start));
                written = seek.and_then(|_| negative.write_all(&bytes));
            }
        }
    })?;
    let promised = blender.peak_bytes();
    let bar = progress_bar(tiling.len());
    for k in 0..tiling.len() {
        let Some(tile) = tiling.tile(k) else { break };
        let [rows, columns] = [0, 1].map(|a| tile.read()[a].clone());
        let mut bytes = vec![0; rows.len() * columns.len() * 3];
        for (y, row) in rows.clone().zip(bytes.chunks_mut(columns.len() * 3)) {
            picture.seek(place(y, columns.start))?;
            picture.read_exact(row)?;
        }
        let cells = bytes.into_iter().map(|v| 255.0 - f32::from(v)).collect();
        blender.push(k, &Array::new(cells, [rows.len(), columns.len(), 3])?)?;
        bar.set_position(k as u64 + 1);
    }
    blender.finish()?;
    written?;
    bar.finish();

    let bytes = height * width * 3;
    let mib = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    println!("\n{} tiles of a picture of {:.0} MiB ({:.0} as f32)", tiling.len(), mib(bytes), mib(4 * bytes));
    print!("the blender said it holds {:.1} MiB at most", mib(promised));
    match peak_memory() {
        Some(peak) => {
            println!(", the whole program held {:.1}", mib(peak));
            assert!(peak < bytes, "more memory than the picture's file");
        }
        None => println!(),
    }
    let mut both = [&from, &to].map(|path| File::open(path).map(BufReader::new));
    let [Ok(picture), Ok(negative)] = &mut both else { return Err("the pictures were just written".into()) };
    picture.seek(place(0, 0))?;
    negative.seek(place(0, 0))?;
    let (mut a, mut b) = (vec![0; width * 3], vec![0; width * 3]);
    for _ in 0..height {
        picture.read_exact(&mut a)?;
        negative.read_exact(&mut b)?;
        assert!(a.iter().zip(&b).all(|(a, b)| 255 - a == *b), "the negative of every pixel");
    }
    std::fs::remove_file(from)?;
    std::fs::remove_file(to)?;
    println!("every pixel of the result is the negative of its own; both files are removed again");
    Ok(())
}

fn progress_bar(len: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} tiles, {eta} left");
    ProgressBar::new(len as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The most memory this program held at once, where the system tells.
fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<usize>().ok().map(|kib| kib * 1024)
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
