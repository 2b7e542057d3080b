//! Convolution as the matrix product it is, on a 4 by 4 array; then edge, blur and emboss filters on a picture.
//!
//! ```text
//! cargo run --release --example conv_im2col [PICTURE [FOLDER]]
//! ```

#[path = "common/picture.rs"]
mod picture;

use ndwindow::nn::Conv;
use ndwindow::{Array, PadMode, View, unfold};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    small()?;
    let mut arguments = std::env::args().skip(1);
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/chelsea.png");
    let file = arguments.next().unwrap_or_else(|| shipped.to_string());
    let folder = arguments.next().unwrap_or_else(|| "out".to_string());
    picture(&file, Path::new(&folder))
}

/// Every step of a 2 by 2 convolution of a 4 by 4 array, to read.
fn small() -> Result<(), Box<dyn Error>> {
    let x: Vec<f32> = (1..=16).map(|i| (i * 7 % 10) as f32).collect();
    let x = View::new(&x, [4, 4])?;
    let kernel = View::new(&[1.0, 0.0, 0.0, -1.0], [2, 2])?;
    println!("the array\n{}\nthe kernel\n{}", table(&x), table(&kernel));

    // im2col: one row for each tap of the kernel, one column for each window.
    let request = unfold([0, 1], 2, 1);
    let windows = request.windows(&x)?;
    let rows = windows.view()?.permute(&[2, 3, 0, 1])?.to_array().reshape([4, 9])?;
    println!("the im2col matrix: 4 taps by 3 x 3 windows\n{}", table(&rows.view()));

    // The kernel as one row, times the matrix.
    let product: Vec<f32> =
        (0..9).map(|window| kernel.iter().enumerate().map(|(tap, k)| k * rows[[tap, window]]).sum()).collect();
    let product = Array::new(product, [3, 3])?;
    println!("the kernel as a row, times the matrix, as 3 x 3\n{}", table(&product.view()));

    let direct = windows.conv(&kernel)?;
    assert_eq!(direct, product);
    println!("windows.conv(&kernel) gives the same and never builds the matrix\n");

    // The same with a batch and channels, in the words of neural networks.
    let networks =
        Conv::new().run(&x.insert_axis(0)?.insert_axis(0)?, &kernel.insert_axis(0)?.insert_axis(0)?, None)?;
    assert_eq!((networks.shape(), networks.as_slice()), (&[1, 1, 3, 3][..], product.as_slice()));
    Ok(())
}

/// A kernel, what it does, and what is added to the result to make it a picture.
const FILTERS: [(&str, [f32; 9], f32); 3] = [
    ("edge", [-1.0, -1.0, -1.0, -1.0, 8.0, -1.0, -1.0, -1.0, -1.0], 0.0),
    ("blur", [1.0 / 9.0; 9], 0.0),
    ("emboss", [-2.0, -1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 1.0, 2.0], 128.0),
];

fn picture(file: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let picture = picture::read(file)?.map(f32::from);
    let image = picture.view();
    std::fs::create_dir_all(folder)?;

    let (height, width) = (image.shape()[0], image.shape()[1]);
    // All four on one sheet, for those who look at them together.
    let mut sheet = picture::plain([2 * height + GAP, 2 * width + GAP], [250, 250, 248]);
    for (k, (name, kernel, gray)) in FILTERS.into_iter().enumerate() {
        let kernel = View::new(&kernel, [3, 3])?;
        // A kernel of the window's shape filters every channel; the border repeats the outermost pixels.
        let filtered = unfold([0, 1], 3, 1).same().pad_mode(PadMode::Edge).windows(&image)?.conv(&kernel)?;
        assert_eq!(filtered.shape(), image.shape());
        check(name, &image, &kernel, &filtered);
        let path = folder.join(format!("conv_{name}.png"));
        let filtered = filtered.map(|v| (v + gray).clamp(0.0, 255.0) as u8);
        picture::write(&filtered, &path)?;
        println!("wrote {}", path.display());
        paint(&mut sheet, [k / 2 * (height + GAP), k % 2 * (width + GAP)], &filtered);
    }

    // Three channels contracted into one: how strongly brightness changes from left to right (Sobel's kernel).
    let gray = [0.299, 0.587, 0.114];
    let sobel = [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0];
    let weights: Vec<f32> = gray.iter().flat_map(|g| sobel.iter().map(move |s| g * s / 4.0)).collect();
    let slope = Conv::new().pad(1).channels_last().run(&image, View::new(&weights, [1, 3, 3, 3])?, None)?;
    assert_eq!(slope.shape(), [image.shape()[0], image.shape()[1], 1]);
    let path = folder.join("conv_slope.png");
    let slope = slope.map(|v| (v + 128.0).clamp(0.0, 255.0) as u8);
    picture::write(&slope, &path)?;
    println!("wrote {}", path.display());
    paint(&mut sheet, [height + GAP, width + GAP], &slope);
    picture::write(&sheet, folder.join("conv_im2col.png"))?;
    if std::env::args().len() == 1 {
        picture::shown(&sheet, "conv_im2col", 3)?;
    }
    Ok(())
}

/// Space between the pictures of the sheet.
const GAP: usize = 12;

/// Paints a picture of colours or of grays.
fn paint(sheet: &mut Array<u8>, [top, left]: [usize; 2], picture: &Array<u8>) {
    for (y, row) in picture.view().outer_iter(1).enumerate() {
        for (x, pixel) in row.outer_iter(1).enumerate() {
            let color = [0, 1, 2].map(|c| pixel[[c.min(pixel.len() - 1)]]);
            picture::put(sheet, [top + y, left + x], color);
        }
    }
}

/// One inner pixel by hand.
fn check(name: &str, image: &View<'_, f32>, kernel: &View<'_, f32>, filtered: &Array<f32>) {
    let (y, x) = (image.shape()[0] / 2, image.shape()[1] / 2);
    for channel in 0..3 {
        let taps = (0..3).flat_map(|i| (0..3).map(move |j| (i, j)));
        let sum: f32 = taps.map(|(i, j)| kernel[[i, j]] * image[[y + i - 1, x + j - 1, channel]]).sum();
        assert!((filtered[[y, x, channel]] - sum).abs() < 1e-2, "{name} at {y}, {x}");
    }
}

/// Rows and columns of whole numbers.
fn table(x: &View<'_, f32>) -> String {
    let row = |row: View<'_, f32>| row.iter().map(|v| format!("{v:4}")).collect::<String>() + "\n";
    x.outer_iter(1).map(row).collect()
}
