//! Frames times a window function, in one pass.

use super::rows::Rows;
use super::{Framing, Sample};
use crate::array::{Array, IntoView, checked_bytes};
use crate::error::{Error, Result};
use crate::ops::row_loops::{each_chunk, products};
use crate::spec::Dims;
use alloc::vec;

/// The result is cut into pieces of about this many bytes, each written front to back.
const PIECE_BYTES: usize = 1024 * 1024;

impl Framing {
    /// Every frame times `window`: `[.., time] -> [.., frames, size]`.
    ///
    /// Equals `frames(signal, size, hop) * window`, with empty padding and overhang read as zero. One pass over the
    /// result, in the caller's `rayon` pool if it is large; a signal that does not lie row by row in one piece is
    /// copied once before.
    ///
    /// # Errors
    /// [`Error::WindowLength`] unless `window` has `size` values; those of [`Unfold::plan`](crate::Unfold::plan);
    /// [`Error::TooLarge`], [`Error::OutOfMemory`].
    ///
    /// ```
    /// use ndwindow::audio::Framing;
    ///
    /// let f = Framing::new(3, 2).windowed(&[1.0, 2.0, 3.0, 4.0, 5.0], &[0.5, 1.0, 0.5])?;
    /// assert_eq!(f.as_slice(), [0.5, 2.0, 1.5, 1.5, 4.0, 2.5]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn windowed<'a, S, T: Sample>(&self, signal: S, window: &[T]) -> Result<Array<T>>
    where
        S: IntoView<'a, Elem = T>,
    {
        let rows = self.rows(signal, window)?;
        let shape = rows.shape(&[rows.frames(), self.size()]);
        let mut out = Array::try_zeros("frames times a window", shape)?;
        multiply(&rows, window, out.as_mut_slice());
        Ok(out)
    }

    /// [`windowed`](Self::windowed) into a caller's buffer.
    ///
    /// # Errors
    /// As there, and [`Error::BufferLength`] unless `out` has exactly as many elements as the result.
    pub fn windowed_into<'a, S, T: Sample>(&self, signal: S, window: &[T], out: &mut [T]) -> Result<()>
    where
        S: IntoView<'a, Elem = T>,
    {
        let rows = self.rows(signal, window)?;
        check_buffer::<T>("frames times a window", rows.shape(&[rows.frames(), self.size()]), out.len())?;
        multiply(&rows, window, out);
        Ok(())
    }

    fn rows<'a, S, T: Sample>(&self, signal: S, window: &[T]) -> Result<Rows<'a, T>>
    where
        S: IntoView<'a, Elem = T>,
    {
        let rows = Rows::new(signal.into_view(), self)?;
        if window.len() != self.size() {
            return Err(Error::WindowLength { found: window.len(), expected: self.size() });
        }
        Ok(rows)
    }
}

/// Refuses a buffer that does not have exactly the elements of `shape`.
pub(super) fn check_buffer<T>(what: &'static str, shape: Dims, found: usize) -> Result<()> {
    let expected = checked_bytes::<T>(what, &shape)?;
    if found == expected { Ok(()) } else { Err(Error::BufferLength { shape: shape.to_vec(), expected, found }) }
}

fn multiply<T: Sample>(rows: &Rows<'_, T>, window: &[T], out: &mut [T]) {
    let size = window.len();
    let bytes = size_of_val(out);
    let piece = (PIECE_BYTES / size_of::<T>() / size).max(1);
    let (inside, step) = rows.inside();
    each_chunk(
        out,
        rows.frames() * size,
        piece * size,
        bytes,
        || vec![T::zero(); size],
        |border, row, chunk, part| {
            let end = chunk * piece + part.len() / size;
            let mut products = products(part, window, bytes);
            let mut i = chunk * piece;
            while i < end {
                if inside.contains(&i) {
                    let count = inside.end.min(end) - i;
                    products.push(rows.samples_from(row, i), step, count);
                    i += count;
                } else {
                    products.push(rows.frame(row, i, border), 0, 1);
                    i += 1;
                }
            }
            products.finish();
        },
    );
}
