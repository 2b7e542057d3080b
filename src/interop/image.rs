//! Pictures of the crate `image` in, shared, mutable or owned, and out; nothing is copied.
//!
//! That crate says width first, in `ImageBuffer::new(width, height)`, `get_pixel(x, y)` and `dimensions()`; its memory is rows
//! of pixels of channels, and so are our axes: `[H, W, C]`, whose index is `[y, x, channel]`.

use crate::array::{Array, IntoView, IntoViewMut, View, ViewMut};
use crate::error::{Error, Result};
use ::image::{ImageBuffer, Pixel};
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

/// `[H, W, C]`, and how many elements that is: a container may hold more.
fn shape_of<P: Pixel, C>(picture: &ImageBuffer<P, C>) -> ([usize; 3], usize)
where
    C: Deref<Target = [P::Subpixel]>,
{
    let shape = [picture.height() as usize, picture.width() as usize, P::CHANNEL_COUNT.into()];
    (shape, shape.iter().product())
}

impl<'a, P: Pixel, C> IntoView<'a> for &'a ImageBuffer<P, C>
where
    C: Deref<Target = [P::Subpixel]>,
    P::Subpixel: 'a,
{
    type Elem = P::Subpixel;

    fn into_view(self) -> View<'a, P::Subpixel> {
        let (shape, len) = shape_of(self);
        match View::new(&self.as_raw()[..len], shape) {
            Ok(view) => view,
            Err(error) => unreachable!("a picture's elements are in its container: {error}"),
        }
    }
}

impl<'a, P: Pixel, C> IntoViewMut<'a> for &'a mut ImageBuffer<P, C>
where
    C: DerefMut<Target = [P::Subpixel]>,
    P::Subpixel: 'a,
{
    type Elem = P::Subpixel;

    fn into_view_mut(self) -> ViewMut<'a, P::Subpixel> {
        let (shape, len) = shape_of(self);
        let elements: &mut [P::Subpixel] = self;
        match ViewMut::new(&mut elements[..len], shape) {
            Ok(view) => view,
            Err(error) => unreachable!("a picture's elements are in its container: {error}"),
        }
    }
}

impl<T: ::image::Primitive> Array<T> {
    /// A picture's own vector as an array `[H, W, C]`, not copied; `get_pixel(x, y)` is `array[[y, x, channel]]`.
    pub fn from_image<P: Pixel<Subpixel = T>>(picture: ImageBuffer<P, Vec<T>>) -> Self {
        let (shape, len) = shape_of(&picture);
        let mut elements = picture.into_raw();
        elements.truncate(len);
        match Array::new(elements, shape) {
            Ok(array) => array,
            Err(error) => unreachable!("a picture's elements are in its container: {error}"),
        }
    }

    /// An array `[H, W, C]` as a picture of width `W` and height `H`, its vector not copied; `[H, W]` as well where a pixel has
    /// one channel.
    ///
    /// ```
    /// use image::RgbImage;
    /// use ndwindow::image::Filter;
    ///
    /// let picture = RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8, y as u8, 0])); // width, height
    /// let blurred: RgbImage = Filter::new(5).blur(&picture)?.into_image()?; // [48, 64, 3] between
    /// assert_eq!(blurred.dimensions(), (64, 48));
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotAPicture`] for another number of axes or channels, [`Error::TooLarge`] for more rows or columns than a
    /// `u32` counts.
    pub fn into_image<P: Pixel<Subpixel = T>>(self) -> Result<ImageBuffer<P, Vec<T>>> {
        let channels = usize::from(P::CHANNEL_COUNT);
        let (height, width) = match *self.shape() {
            [height, width, c] if c == channels => (height, width),
            [height, width] if channels == 1 => (height, width),
            _ => return Err(Error::NotAPicture { shape: self.shape().to_vec(), channels }),
        };
        let (Ok(rows), Ok(columns)) = (u32::try_from(height), u32::try_from(width)) else {
            let (shape, limit) = (self.shape().to_vec(), u32::MAX as usize);
            return Err(Error::TooLarge { what: "a picture", shape, limit, unit: "rows or columns" });
        };
        match ImageBuffer::from_raw(columns, rows, self.into_vec()) {
            Some(picture) => Ok(picture),
            None => unreachable!("an array has as many elements as its shape"),
        }
    }
}
