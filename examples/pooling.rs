//! Pooling: a 4x4 table first, then the shipped picture by max, mean and min, at three sizes, on one sheet.
//!
//! ```text
//! cargo run --release --example pooling [PICTURE]
//! ```

#[path = "common/picture.rs"]
mod picture;

use ndwindow::{Array, Tail, View, unfold};
use std::error::Error;
use std::path::Path;

/// Space around the pictures of the sheet.
const GAP: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    small_table()?;

    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/chelsea.png");
    let file = std::env::args().nth(1).unwrap_or_else(|| shipped.to_string());
    let picture = picture::read(&file)?;
    let (height, width) = (picture.shape()[0], picture.shape()[1]);
    let image = picture.view();

    // One row of the sheet a size, one column an operation.
    let mut sheet = picture::plain([GAP + 3 * (height + GAP), GAP + 3 * (width + GAP)], [250, 250, 248]);
    for (row, size) in [4, 8, 16].into_iter().enumerate() {
        // The last windows hang over the end, so that no pixel is left out; they hold fewer.
        let windows = unfold([0, 1], size, size).tail(Tail::Partial).windows(&image)?;
        let mean = windows.mean().map(|m| m.round() as u8);
        let pooled = [windows.max(), mean, windows.min()];
        println!("windows of {size}x{size}: {:?} -> {:?} (max, mean, min)", image.shape(), pooled[0].shape());
        for ((max, mean), min) in pooled[0].iter().zip(&pooled[1]).zip(&pooled[2]) {
            assert!(min <= mean && mean <= max);
        }
        for (column, pooled) in pooled.iter().enumerate() {
            let (left, top) = (GAP + column * (width + GAP), GAP + row * (height + GAP));
            paint(&mut sheet, [top, left], [height, width], pooled, size);
        }
    }
    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    let file = out.join("pooling.png");
    picture::write(&sheet, &file)?;
    println!("wrote {}: columns max, mean, min; rows windows of 4, 8 and 16", file.display());
    if std::env::args().len() == 1 {
        picture::shown(&sheet, "pooling", 3)?;
    }
    Ok(())
}

/// Pools sixteen numbers that one can check by eye.
fn small_table() -> Result<(), Box<dyn Error>> {
    let x = [1, 3, 2, 0, 5, 4, 1, 1, 7, 0, 9, 8, 2, 6, 3, 4];
    let table = View::new(&x, [4, 4])?;
    let windows = unfold([0, 1], 2, 2).windows(&table)?;
    let (max, mean, min, at) = (windows.max(), windows.mean(), windows.min(), windows.argmax()?);
    assert_eq!((max.as_slice(), min.as_slice()), (&[5, 2, 7, 9][..], &[1, 0, 0, 3][..]));
    println!("   4x4 table       max of 2x2   mean         min          where the max is");
    for i in 0..4 {
        let row: Vec<String> = (0..4).map(|j| format!("{:>3}", table[[i, j]])).collect();
        print!("{}", row.concat());
        if i < 2 {
            print!("{:>11}{:>4}", max[[i, 0]], max[[i, 1]]);
            print!("{:>9}{:>6}", mean[[i, 0]], mean[[i, 1]]);
            print!("{:>7}{:>4}", min[[i, 0]], min[[i, 1]]);
            print!("{:>9}{:>4}", at[[i, 0]], at[[i, 1]]);
        }
        println!();
    }
    println!();
    Ok(())
}

/// Paints a pooled picture at the size of the original: every window's result as a square.
fn paint(sheet: &mut Array<u8>, [top, left]: [usize; 2], [height, width]: [usize; 2], pooled: &Array<u8>, size: usize) {
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let color = [0, 1, 2].map(|c| pooled[[y / size, x / size, c]]);
        picture::put(sheet, [top + y, left + x], color);
    }
}
