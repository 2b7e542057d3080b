//! Boxes of a Zarr array: read from whole chunks, written as whole chunks.

use crate::Result;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zarrs::array::codec::{Crc32cCodec, ZstdCodec};
use zarrs::array::{Array, ArrayBuilder, ArrayMetadataOptions, CodecOptions, data_type};
use zarrs::filesystem::FilesystemStore;

/// A box: one range an axis.
pub type Ranges = Vec<Range<usize>>;

/// A Zarr v3 array of `f32` in a folder.
pub struct Store {
    array: Array<FilesystemStore>,
    path: PathBuf,
    options: CodecOptions,
}

impl Store {
    /// Opens the array at `path`.
    ///
    /// # Errors
    /// No array there, or one of another type than `float32`.
    pub fn open(path: &Path) -> Result<Store> {
        let store = Arc::new(FilesystemStore::new(path).map_err(|e| in_path(path, e))?);
        let array = Array::open(store, "/").map_err(|e| in_path(path, e))?;
        if *array.data_type() != data_type::float32() {
            return Err(in_path(path, format!("elements are {}, and only float32 is taken", array.data_type())));
        }
        Ok(Store::with(array, path))
    }

    /// Writes the metadata of a new array of `shape` in `chunks`, compressed and with a checksum behind every chunk.
    ///
    /// # Errors
    /// A chunk of no elements; a folder that cannot be written.
    pub fn create(
        path: &Path,
        shape: &[usize],
        chunks: &[usize],
        attributes: serde_json::Map<String, serde_json::Value>,
    ) -> Result<Store> {
        let store = Arc::new(FilesystemStore::new(path).map_err(|e| in_path(path, e))?);
        let mut builder = ArrayBuilder::new(wide(shape), wide(chunks), data_type::float32(), f32::NAN);
        builder.bytes_to_bytes_codecs(vec![Arc::new(ZstdCodec::new(1, false)), Arc::new(Crc32cCodec::new())]);
        builder.attributes(attributes);
        let array = builder.build(store, "/").map_err(|e| in_path(path, e))?;
        array.store_metadata_opt(&ArrayMetadataOptions::default().with_include_zarrs_metadata(false))?;
        Ok(Store::with(array, path))
    }

    fn with(array: Array<FilesystemStore>, path: &Path) -> Store {
        // A chunk of nothing but fill values is written like any other, so that one that is missing was lost.
        let options = CodecOptions::default().with_concurrent_target(1).with_store_empty_chunks(true);
        Store { array, path: path.to_path_buf(), options: options.with_validate_checksums(true) }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn shape(&self) -> Vec<usize> {
        self.array.shape().iter().map(|&n| n as usize).collect()
    }

    pub fn attributes(&self) -> &serde_json::Map<String, serde_json::Value> {
        self.array.attributes()
    }

    /// The size of the first chunk, which is every chunk's on a regular grid.
    pub fn chunk(&self) -> Result<Vec<usize>> {
        Ok(self.array.chunk_shape_usize(&vec![0; self.array.dimensionality()])?)
    }

    /// The elements of a box, row-major. A chunk that was never written reads as the fill value, as Zarr has it.
    ///
    /// Chunks are decoded whole, even where a few elements are wanted: partial decoding takes the checksum off without looking at it.
    ///
    /// # Errors
    /// A chunk whose checksum or compressed data is broken; it is named.
    pub fn read(&self, ranges: &[Range<usize>]) -> Result<Vec<f32>> {
        let mut elements = vec![0.0; ranges.iter().map(Range::len).product()];
        for index in self.chunks(ranges)? {
            let chunk: Vec<f32> =
                self.array.retrieve_chunk_opt(&index, &self.options).map_err(|e| self.in_chunk(&index, e))?;
            copy_shared(&chunk, &self.place(&index)?, &mut elements, ranges);
        }
        Ok(elements)
    }

    /// Writes a box that fills the chunks it touches (those at the array's end as far as the array goes).
    pub fn write(&self, ranges: &[Range<usize>], elements: &[f32]) -> Result<()> {
        for index in self.chunks(ranges)? {
            let place = self.place(&index)?;
            let mut chunk = vec![f32::NAN; place.iter().map(Range::len).product()];
            copy_shared(elements, ranges, &mut chunk, &place);
            self.array.store_chunk_opt(&index, chunk, &self.options).map_err(|e| self.in_chunk(&index, e))?;
        }
        Ok(())
    }

    /// Whether every chunk of a box is there.
    pub fn holds(&self, ranges: &[Range<usize>]) -> Result<bool> {
        let keys = self.chunks(ranges)?.into_iter().map(|index| self.array.chunk_key(&index));
        Ok(keys.into_iter().all(|key| self.array.storage().key_to_fspath(&key).is_file()))
    }

    /// The chunks that a box touches.
    fn chunks(&self, ranges: &[Range<usize>]) -> Result<Vec<Vec<u64>>> {
        let subset: Vec<Range<u64>> = ranges.iter().map(|r| r.start as u64..r.end as u64).collect();
        let chunks = self.array.chunks_in_array_subset(&subset)?.ok_or("a box of another rank than the array")?;
        Ok(chunks.indices().iter().map(|index| index.to_vec()).collect())
    }

    /// Where a chunk lies, at the array's end also beyond it.
    fn place(&self, index: &[u64]) -> Result<Ranges> {
        let subset = self.array.chunk_subset(index)?;
        Ok(subset.to_ranges().into_iter().map(|r| r.start as usize..r.end as usize).collect())
    }

    fn in_chunk(&self, index: &[u64], error: impl std::fmt::Display) -> crate::Error {
        in_path(&self.path, format!("chunk {index:?}: {error}"))
    }
}

fn in_path(path: &Path, error: impl std::fmt::Display) -> crate::Error {
    format!("{}: {error}", path.display()).into()
}

fn wide(numbers: &[usize]) -> Vec<u64> {
    numbers.iter().map(|&n| n as u64).collect()
}

/// Copies what two boxes share; each lies row-major in its slice.
fn copy_shared(from: &[f32], from_box: &[Range<usize>], to: &mut [f32], to_box: &[Range<usize>]) {
    let shared: Ranges = from_box.iter().zip(to_box).map(|(f, t)| f.start.max(t.start)..f.end.min(t.end)).collect();
    let Some((last, outer)) = shared.split_last() else { return };
    let mut row: Vec<usize> = outer.iter().map(|r| r.start).collect();
    for _ in 0..outer.iter().map(Range::len).product() {
        let [f, t] = [from_box, to_box].map(|ranges| {
            let at = row.iter().chain([&last.start]);
            ranges.iter().zip(at).fold(0, |place, (range, at)| place * range.len() + (at - range.start))
        });
        to[t..t + last.len()].copy_from_slice(&from[f..f + last.len()]);
        for axis in (0..outer.len()).rev() {
            row[axis] += 1;
            if row[axis] < outer[axis].end {
                break;
            }
            row[axis] = outer[axis].start;
        }
    }
}
