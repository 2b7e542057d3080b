//! Morphology by structuring elements that are no boxes: opening and closing of a picture by disks, its gradient by a cross, and an
//! opening by a box of the disk's size beside it, on one sheet.
//!
//! ```text
//! cargo run --release --example morphology [PICTURE]
//! ```

#[path = "common/picture.rs"]
mod picture;

use ndwindow::image::Filter;
use ndwindow::{Array, Mask, Result, View};
use std::path::Path;
use std::time::Instant;

/// Space around the pictures of the sheet.
const GAP: usize = 12;
/// The disk's radius: whiskers and glints are narrower.
const RADIUS: usize = 6;

/// What is made of the picture, by name.
type Named = (&'static str, fn(&View<'_, u8>) -> Result<Array<u8>>);

const MADE: [Named; 5] = [
    ("opened by a disk", |x| Filter::mask(&Mask::disk(RADIUS)).open(x)),
    ("opened by a box", |x| Filter::new(2 * RADIUS + 1).open(x)),
    ("closed by a disk", |x| Filter::mask(&Mask::disk(RADIUS)).close(x)),
    ("median of a ring", |x| Filter::mask(&Mask::ring(RADIUS - 2, RADIUS)).median_filter(x)),
    ("gradient by a cross", |x| Filter::mask(&Mask::cross([3, 3])?).gradient(x)),
];

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/chelsea.png");
    let file = std::env::args().nth(1).unwrap_or_else(|| shipped.to_string());
    let picture = picture::read(&file)?;
    let (height, width) = (picture.shape()[0], picture.shape()[1]);
    let image = picture.view();
    println!("{height} rows, {width} columns, 3 channels; a disk of radius {RADIUS}:\n");
    for row in Mask::disk(RADIUS).cells().outer_iter(1) {
        println!("    {}", row.iter().map(|&cell| if cell { "# " } else { ". " }).collect::<String>());
    }
    println!();

    // The picture in the first place, what is made of it behind it, three in a row.
    let mut sheet = picture::plain([GAP + 2 * (height + GAP), GAP + 3 * (width + GAP)], [250, 250, 248]);
    let place = |k: usize| [GAP + k / 3 * (height + GAP), GAP + k % 3 * (width + GAP)];
    paint(&mut sheet, place(0), &image);
    for (k, (name, make)) in MADE.into_iter().enumerate() {
        let start = Instant::now();
        let made = make(&image)?;
        println!("{name:20} {:8.2} ms", start.elapsed().as_secs_f64() * 1e3);
        paint(&mut sheet, place(k + 1), &made.view());
    }

    // What morphology promises: opening is nowhere above the picture, and opening twice changes nothing more.
    let disk = Filter::mask(&Mask::disk(RADIUS));
    let opened = disk.open(&image)?;
    assert!(opened.iter().zip(&picture).all(|(o, x)| o <= x));
    assert_eq!(disk.open(&opened)?, opened);

    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    let file = out.join("morphology.png");
    picture::write(&sheet, &file)?;
    println!("\nwrote {}: the picture, then as above, three in a row", file.display());
    if std::env::args().len() == 1 {
        picture::shown(&sheet, "morphology", 3)?;
    }
    Ok(())
}

/// Puts a picture onto the sheet.
fn paint(sheet: &mut Array<u8>, [top, left]: [usize; 2], picture: &View<'_, u8>) {
    for i in 0..picture.shape()[0] {
        for j in 0..picture.shape()[1] {
            for c in 0..3 {
                sheet[[top + i, left + j, c]] = picture[[i, j, c]];
            }
        }
    }
}
