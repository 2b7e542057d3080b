//! Pictures as arrays `[rows, columns, 3]`, read from PNG files and written to them.

#![allow(dead_code)] // an example takes what it needs

use ndwindow::{Array, unfold};
use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Transformations};
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The picture in a file, whatever its colours: gray stands for all three, and what is transparent is not.
pub(crate) fn read(path: impl AsRef<Path>) -> Result<Array<u8>, Box<dyn Error>> {
    let mut decoder = Decoder::new(BufReader::new(File::open(path)?));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut samples = vec![0; reader.output_buffer_size().ok_or("a picture larger than memory")?];
    let frame = reader.next_frame(&mut samples)?;
    let each = frame.color_type.samples();
    let color = |pixel: &[u8]| if each < 3 { [pixel[0]; 3] } else { [pixel[0], pixel[1], pixel[2]] };
    let colors = samples[..frame.buffer_size()].chunks_exact(each).flat_map(color).collect();
    Ok(Array::new(colors, [frame.height as usize, frame.width as usize, 3])?)
}

/// Writes a picture `[rows, columns, 3]` of colours or `[rows, columns, 1]` of grays.
pub(crate) fn write(picture: &Array<u8>, path: impl AsRef<Path>) -> Result<(), Box<dyn Error>> {
    encode(picture, path.as_ref(), Compression::Balanced)
}

fn encode(picture: &Array<u8>, path: &Path, compression: Compression) -> Result<(), Box<dyn Error>> {
    let [height, width, channels] = *picture.shape() else { return Err("a picture has three axes".into()) };
    let mut encoder = Encoder::new(File::create(path)?, width.try_into()?, height.try_into()?);
    encoder.set_color(if channels == 1 { ColorType::Grayscale } else { ColorType::Rgb });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(compression);
    encoder.write_header()?.write_image_data(picture.as_slice())?;
    Ok(())
}

/// The example's picture as the pages show it, `docs/images/NAME.png`: `times` times smaller, in 32 levels a colour. `IMAGES=bless` writes
/// the file; `IMAGES=check`, which the checks set, refuses any other picture.
pub(crate) fn shown(picture: &Array<u8>, name: &str, times: usize) -> Result<(), Box<dyn Error>> {
    let Some(what) = std::env::var_os("IMAGES") else { return Ok(()) };
    let small = unfold([0, 1], times, times).windows(picture)?.mean();
    let small = small.map(|mean| (mean.round() as u8 & 0xf8) | (mean.round() as u8 >> 5));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images").join(name).with_extension("png");
    match what.to_str() {
        Some("bless") => encode(&small, &path, Compression::High)?,
        Some("check") => {
            let want = read(&path)?;
            // Floats may round another way on another machine: a level more or less, or a point of a line beside its place.
            let off = small.iter().zip(&want).filter(|(a, b)| a.abs_diff(**b) > 9).count();
            if small.shape() != want.shape() || off > small.len() / 500 {
                return Err(format!("{} shows something else: look at it, then IMAGES=bless", path.display()).into());
            }
        }
        _ => return Err("IMAGES is bless or check".into()),
    }
    Ok(())
}

/// A picture of `[rows, columns]` pixels in one colour.
pub(crate) fn plain([rows, columns]: [usize; 2], color: [u8; 3]) -> Array<u8> {
    Array::new(color.repeat(rows * columns), [rows, columns, 3]).expect("three numbers a pixel")
}

/// Gives the pixel in row `y` and column `x` a colour.
pub(crate) fn put(picture: &mut Array<u8>, [y, x]: [usize; 2], color: [u8; 3]) {
    for (c, value) in color.into_iter().enumerate() {
        picture[[y, x, c]] = value;
    }
}
