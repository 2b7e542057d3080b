//! A picture as a vision transformer sees it: cut into patches without copying, laid out, and put together again.
//!
//! ```text
//! cargo run --release --example vit_patches [PICTURE [PATCH_SIZE]]
//! ```

#[path = "common/picture.rs"]
mod picture;

use ndwindow::image::Patches;
use ndwindow::{Array, Tail, View, unfold};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/chelsea.png");
    let file = arguments.next().unwrap_or_else(|| shipped.to_string());
    let size: usize = arguments.next().map_or(Ok(16), |s| s.parse())?;

    let picture = picture::read(&file)?;
    let image = picture.view();
    let name = Path::new(&file).file_name().unwrap_or_default().display();
    println!("{name}: {} rows, {} columns, 3 channels", image.shape()[0], image.shape()[1]);
    print_strides("picture", &image);

    // The request, what it means on this picture, and the windows themselves: no pixel has moved yet.
    let request = unfold([0, 1], size, size).grid_first();
    let windows = request.windows(&image)?;
    println!("\n{}\n", windows.plan());
    let patches = windows.view()?;
    print_strides("patches", &patches);
    let (rows, cols) = (patches.shape()[0], patches.shape()[1]);
    assert_eq!(patches.as_ptr(), picture.as_slice().as_ptr(), "the view reads the picture's own memory");
    let left = windows.plan().remainder();
    println!("the tail drops the last {} rows and the last {} columns\n", left[0], left[1]);

    // The matrix a transformer takes: one row a patch, copied once.
    let cut = Patches::new(size).tail(Tail::Drop);
    let matrix = cut.split(&image)?;
    println!("matrix for the model: {:?}, {} bytes", matrix.shape(), matrix.len());

    // And back, equal to the last bit over what the patches cover.
    let covered = image.slice(0, 0, 1, rows * size)?.slice(1, 0, 1, cols * size)?;
    let joined = Patches::new(size).join(&matrix, covered.shape())?;
    assert!(joined == covered, "patches put together again are the picture");
    // Zeros in the last patches, instead of dropping them, keep the whole picture.
    let whole = Patches::new(size).tail(Tail::Partial);
    assert!(whole.join(&whole.split(&image)?, image.shape())? == image);
    println!("put together again: equal to the last bit");

    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    let sheet = out.join("vit_patches.png");
    let laid_out = lay_out(&patches, 4);
    picture::write(&laid_out, &sheet)?;
    println!("wrote {}", sheet.display());
    if std::env::args().len() == 1 {
        picture::shown(&laid_out, "patches", 1)?;
    }
    Ok(())
}

/// Strides in elements and, as NumPy counts them, in bytes.
fn print_strides(name: &str, view: &View<u8>) {
    let bytes: Vec<isize> = view.strides().iter().map(|s| s * size_of::<u8>() as isize).collect();
    println!("{name}: shape {:?}, strides {:?} elements = {bytes:?} bytes", view.shape(), view.strides());
}

/// Patches `[rows, cols, size, size, 3]` on a sheet, with gaps between them.
fn lay_out(patches: &View<u8>, gap: usize) -> Array<u8> {
    let [rows, cols, size] = [patches.shape()[0], patches.shape()[1], patches.shape()[2]];
    let place = |i: usize| gap + i * (size + gap);
    let mut sheet = picture::plain([place(rows), place(cols)], [255; 3]);
    for (i, patch) in patches.outer_iter(2).enumerate() {
        let (top, left) = (place(i / cols), place(i % cols));
        for (p, pixel) in patch.outer_iter(2).enumerate() {
            picture::put(&mut sheet, [top + p / size, left + p % size], [pixel[[0]], pixel[[1]], pixel[[2]]]);
        }
    }
    sheet
}
