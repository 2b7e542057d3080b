//! Sliding filters whose cost does not grow with the window: dilation, erosion, gradient, box blur and median of a
//! picture with windows of 3, 15 and 101, and Gaussians that reach as far; the time each one takes, and all results on one sheet.
//!
//! ```text
//! cargo run --release --example sliding_filters [PICTURE]
//! ```

#[path = "common/picture.rs"]
mod picture;

use ndwindow::image::Filter;
use ndwindow::{Array, Result, View};
use std::path::Path;
use std::time::{Duration, Instant};

/// Space around the pictures of the sheet.
const GAP: usize = 12;
const WINDOWS: [usize; 3] = [3, 15, 101];

/// A filter by name.
type Named = (&'static str, fn(&View<'_, u8>, usize) -> Result<Array<u8>>);

const FILTERS: [Named; 6] = [
    ("dilation", |x, window| Filter::new(window).max_filter(x)),
    ("erosion", |x, window| Filter::new(window).min_filter(x)),
    ("gradient", |x, window| Filter::new(window).gradient(x)),
    ("box blur", |x, window| Ok(Filter::new(window).mean_filter(x)?.map(|m| m.round() as u8))),
    ("gaussian", |x, window| Filter::gaussian(window as f64 / 8.0).radius(window / 2).run(x)),
    ("median", |x, window| Filter::new(window).median_filter(x)),
];

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/chelsea.png");
    let file = std::env::args().nth(1).unwrap_or_else(|| shipped.to_string());
    let picture = picture::read(&file)?;
    let (height, width) = (picture.shape()[0], picture.shape()[1]);
    let image = picture.view();
    println!("{height} rows, {width} columns, 3 channels; milliseconds by window:\n");
    println!("{:10} {:>8} {:>8} {:>8}", "", "3x3", "15x15", "101x101");

    // One row of the sheet a filter, one column a window, the picture itself on the left.
    let size = [GAP + FILTERS.len() * (height / 2 + GAP), GAP + 4 * (width / 2 + GAP)];
    let mut sheet = picture::plain(size, [250, 250, 248]);
    for (row, (name, filter)) in FILTERS.into_iter().enumerate() {
        let top = GAP + row * (height / 2 + GAP);
        paint(&mut sheet, (GAP, top), &image);
        let mut times = Vec::new();
        for (column, window) in WINDOWS.into_iter().enumerate() {
            let (time, result) = least_of_five(|| filter(&image, window))?;
            times.push(format!("{:8.2}", time.as_secs_f64() * 1e3));
            assert_eq!(result.shape(), image.shape(), "as large as the picture");
            paint(&mut sheet, (GAP + (column + 1) * (width / 2 + GAP), top), &result.view());
        }
        println!("{name:10} {}", times.join(" "));
    }

    // What morphology promises: erosion is nowhere above the picture, dilation nowhere below.
    let filter = Filter::new(15);
    let (low, high) = (filter.min_filter(&image)?, filter.max_filter(&image)?);
    assert!(low.iter().zip(&picture).zip(&high).all(|((l, x), h)| l <= x && x <= h));

    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    let file = out.join("sliding_filters.png");
    picture::write(&sheet, &file)?;
    println!("\nwrote {}: rows as above, columns the picture and windows of 3, 15, 101", file.display());
    if std::env::args().len() == 1 {
        picture::shown(&sheet, "sliding_filters", 3)?;
    }
    Ok(())
}

/// The shortest time of five runs, and a result.
fn least_of_five<R>(mut f: impl FnMut() -> Result<R>) -> Result<(Duration, R)> {
    let mut least = None;
    for _ in 0..5 {
        let start = Instant::now();
        let result = f()?;
        let time = start.elapsed();
        if least.as_ref().is_none_or(|(t, _)| time < *t) {
            least = Some((time, result));
        }
    }
    Ok(least.expect("there were five runs"))
}

/// Paints a picture `[rows, columns, 3]` at half its size, the mean of each 2x2 square.
fn paint(sheet: &mut Array<u8>, (left, top): (usize, usize), image: &View<'_, u8>) {
    let half = ndwindow::unfold([0, 1], 2, 2).windows(image).expect("a picture of two pixels at least").mean();
    for (y, row) in half.view().outer_iter(1).enumerate() {
        for (x, pixel) in row.outer_iter(1).enumerate() {
            let color = [0, 1, 2].map(|c| pixel[[c]].round() as u8);
            picture::put(sheet, [top + y, left + x], color);
        }
    }
}
