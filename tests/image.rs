//! Pictures of the crate `image` in and out: rows, columns and channels where that crate has them, and nothing copied.
//! `cargo test --features image --test image`.

use image::{GrayImage, ImageBuffer, Luma, LumaA, Rgb, Rgb32FImage, RgbImage, Rgba};
use ndwindow::image::Filter;
use ndwindow::{Array, IntoView, IntoViewMut, View, unfold};

/// A picture that is wider than high, every channel of which says where it is.
fn picture() -> RgbImage {
    RgbImage::from_fn(7, 4, |x, y| Rgb([x as u8, y as u8, (10 * y + x) as u8]))
}

#[test]
fn rows_come_first() {
    let picture = picture();
    let view = (&picture).into_view();
    assert_eq!((view.shape(), view.strides()), (&[4, 7, 3][..], &[21, 3, 1][..]));
    assert_eq!(view.as_ptr(), picture.as_raw().as_ptr());
    for (x, y, pixel) in picture.enumerate_pixels() {
        for (channel, &value) in pixel.0.iter().enumerate() {
            assert_eq!(view[[y as usize, x as usize, channel]], value);
        }
    }
}

#[test]
fn windows_of_a_picture_are_views_of_it() {
    let picture = picture();
    let patches = unfold([0, 1], 2, 2).grid_first().windows(&picture).unwrap().view().unwrap();
    assert_eq!(patches.shape(), [2, 3, 2, 2, 3]);
    assert_eq!(patches.as_ptr(), picture.as_raw().as_ptr());
    assert_eq!(patches[[1, 2, 0, 1, 2]], picture.get_pixel(5, 2).0[2]);
}

#[test]
fn any_pixel_and_any_container() {
    let alpha = ImageBuffer::from_fn(3, 2, |x, y| LumaA([x as u16, 500 + y as u16]));
    assert_eq!((&alpha).into_view()[[1, 2, 1]], 501);
    let float = Rgb32FImage::from_pixel(2, 1, Rgb([0.25, 0.5, 0.75]));
    assert_eq!((&float).into_view()[[0, 1, 2]], 0.75);
    // A container may be borrowed, and longer than its picture.
    let bytes: Vec<u8> = (0..20).collect();
    let borrowed = ImageBuffer::<Rgba<u8>, &[u8]>::from_raw(2, 2, &bytes).unwrap();
    let view: View<'_, u8> = (&borrowed).into_view();
    assert_eq!((view.shape(), view.as_ptr()), (&[2, 2, 4][..], bytes.as_ptr()));
    let longer = ImageBuffer::<Rgba<u8>, Vec<u8>>::from_raw(2, 2, bytes).unwrap();
    assert_eq!(Array::from_image(longer).as_slice(), (0..16).collect::<Vec<u8>>());
}

#[test]
fn pictures_are_written() {
    let mut picture = picture();
    unfold([0, 1], 2, 2)
        .windows_mut(&mut picture)
        .unwrap()
        .outer_iter_mut(2)
        .for_each(|mut patch| patch[[2, 1, 0]] = 200);
    let marked = |x: u32, y: u32| x < 6 && (x % 2, y % 2) == (0, 1);
    for (x, y, pixel) in picture.enumerate_pixels() {
        assert_eq!(pixel.0[2] == 200, marked(x, y), "{x}, {y}");
    }
    let mut bytes = [0u8; 9];
    let mut borrowed = ImageBuffer::<Luma<u8>, &mut [u8]>::from_raw(2, 3, &mut bytes[..]).unwrap();
    (&mut borrowed).into_view_mut()[[2, 1, 0]] = 7;
    assert_eq!(bytes, [0, 0, 0, 0, 0, 7, 0, 0, 0]);
}

#[test]
fn there_and_back_is_the_same_memory() {
    let picture = picture();
    let (kept, at) = (picture.clone(), picture.as_raw().as_ptr());
    let array = Array::from_image(picture);
    assert_eq!((array.shape(), array.as_slice().as_ptr()), (&[4, 7, 3][..], at));
    let back: RgbImage = array.into_image().unwrap();
    assert_eq!((back.as_raw().as_ptr(), &back), (at, &kept));
}

#[test]
fn results_are_pictures() {
    let picture = picture();
    let filtered: RgbImage = Filter::new(3).max_filter(&picture).unwrap().into_image().unwrap();
    assert_eq!(filtered.dimensions(), (7, 4));
    assert_eq!(filtered.get_pixel(6, 0).0, [6, 1, 16]);
    // One channel may be left out.
    let gray: GrayImage = Array::new(vec![1u8, 2, 3, 4, 5, 6], [2, 3]).unwrap().into_image().unwrap();
    assert_eq!((gray.dimensions(), gray.get_pixel(2, 1).0), ((3, 2), [6]));
    let empty: RgbImage = Array::new(Vec::<u8>::new(), [0, 5, 3]).unwrap().into_image().unwrap();
    assert_eq!(empty.dimensions(), (5, 0));
}

#[test]
fn what_is_no_picture() {
    let refused = |shape: &[usize]| {
        let array = Array::from_elem(0u8, shape).unwrap();
        array.into_image::<Rgb<u8>>().unwrap_err().to_string()
    };
    let says =
        |shape: &str| format!("an array of shape {shape} is no picture of 3 channels: it must be [height, width, 3]");
    // Channels first, no channels, a batch, the wrong number of them.
    assert_eq!(refused(&[3, 4, 7]), says("[3, 4, 7]"));
    assert_eq!(refused(&[4, 7]), says("[4, 7]"));
    assert_eq!(refused(&[1, 4, 7, 3]), says("[1, 4, 7, 3]"));
    assert_eq!(refused(&[4, 7, 4]), says("[4, 7, 4]"));
}

#[test]
#[cfg(target_pointer_width = "64")]
fn more_rows_than_a_picture_counts() {
    let wide = Array::new(Vec::<u8>::new(), [1 << 32, 0, 3]).unwrap();
    let error = wide.into_image::<Rgb<u8>>().unwrap_err();
    assert!(matches!(error, ndwindow::Error::TooLarge { what: "a picture", .. }), "{error}");
}
