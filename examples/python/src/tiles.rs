//! Pictures and volumes cut into overlapping tiles, and put together again.

use crate::arrays::{Dtype, Plain, array, each_float, each_size, filled, readable, view};
use crate::fold::tapers;
use crate::plan::{Box as Region, Plan, pairs, tuple};
use crate::request::{Per, axes, set, sizes, tails};
use crate::{failed, threads};
use ndwindow::image::{Blender as Inner, Tiles, Tiling as InnerTiling};
use ndwindow::{FoldElement, View};
use numpy::{PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyIndexError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// The tiles of a picture of one shape: numbers, no data. Made by `tiles`.
#[pyclass(frozen, module = "ndwindow")]
pub(crate) struct Tiling(InnerTiling);

/// A number, a (numerator, denominator) as a tuple, or a list of these, one an axis.
fn scales(given: &Bound<'_, PyAny>) -> PyResult<Per<(usize, usize)>> {
    let one = |item: &Bound<'_, PyAny>| match item.extract::<usize>() {
        Ok(times) => Ok((times, 1)),
        Err(_) => item.extract::<(usize, usize)>(),
    };
    let wrong = |_| {
        PyTypeError::new_err(
            "scale is a whole number, (numerator, denominator) for all axes, or a list of these, one for each",
        )
    };
    if given.is_instance_of::<PyTuple>() || given.extract::<usize>().is_ok() {
        return one(given).map(Per::One).map_err(wrong);
    }
    let each = given.try_iter().and_then(|items| items.map(|item| one(&item?)).collect::<PyResult<Vec<_>>>());
    each.map(Per::Each).map_err(wrong)
}

/// Asks for tiles of `size` along `axes` of pictures of `shape`, neighbours sharing `overlap` elements.
///
/// `scale` is how many times the size of a tile its result has: 4, or (1, 2) for a half. `taper` says how a tile's weight falls towards
/// its edges; `channels` how many channels results have, where that is another number than the picture's.
#[pyfunction]
#[pyo3(signature = (shape, axes, size, overlap, *, tail="shift_back", taper=None, scale=None, channels=None))]
#[allow(clippy::too_many_arguments)] // they are the request
pub(crate) fn tiles(
    py: Python<'_>,
    shape: Vec<usize>,
    axes: &Bound<'_, PyAny>,
    size: &Bound<'_, PyAny>,
    overlap: &Bound<'_, PyAny>,
    tail: &str,
    taper: Option<&Bound<'_, PyAny>>,
    scale: Option<&Bound<'_, PyAny>>,
    channels: Option<usize>,
) -> PyResult<Tiling> {
    let axes = self::axes(axes, shape.len())?;
    let size = sizes(size, "size")?.list(axes.len());
    let overlap = sizes(overlap, "overlap")?.list(axes.len());
    let Per::One(tail) = tails(tail.into_pyobject(py)?.as_any())? else { unreachable!("one name, one tail") };
    let mut tiles = Tiles::new(&axes[..], &size[..], &overlap[..]).tail(tail);
    if let Some(taper) = taper {
        tiles = tiles.taper(tapers(taper)?);
    }
    if let Some(scale) = scale {
        tiles = set!(tiles, scale, scales(scale)?);
    }
    if let Some(channels) = channels {
        tiles = tiles.channels(channels);
    }
    tiles.on(&shape[..]).map(Tiling).map_err(failed)
}

impl Tiling {
    fn tile(&self, k: usize) -> PyResult<ndwindow::image::Tile> {
        self.0.tile(k).ok_or_else(|| PyIndexError::new_err(format!("tile {k} of {}", self.0.len())))
    }
}

#[pymethods]
impl Tiling {
    /// How many tiles there are.
    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// The shape of all tiles: `[tiles, ..]`, then the picture's axes with the tile's size.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.0.shape())
    }

    /// The shape of what the tiles are put together to.
    #[getter]
    fn result_shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.0.result_shape())
    }

    /// Where the tiles lie.
    #[getter]
    fn plan(&self) -> Plan {
        Plan(self.0.plan().clone())
    }

    /// What tile `k` reads of the picture: a (start, end) for each axis.
    fn read(&self, k: usize) -> PyResult<Region> {
        Ok(pairs(self.tile(k)?.read()))
    }

    /// Where the result of tile `k` lies: a (start, end) for each axis.
    fn place(&self, k: usize) -> PyResult<Region> {
        Ok(pairs(self.tile(k)?.place()))
    }

    /// The box of the result that is finished with tile `k`.
    fn finished(&self, k: usize) -> PyResult<Region> {
        Ok(pairs(self.tile(k)?.finished()))
    }

    /// All tiles of a picture: `[H, W, ..] -> [tiles, size, size, ..]`.
    #[pyo3(signature = (picture, *, out=None, threads=None))]
    fn cut<'py>(
        &self,
        py: Python<'py>,
        picture: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        threads: Option<usize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (source, dtype) = input(picture)?;
        let threads = threads::checked(threads)?;
        each_size!(source.dtype().itemsize(), T => {
            filled(py, dtype.descr(py), self.0.shape(), out, &[&source], |out: &mut [T]| {
                let windows = self.0.plan().windows(view::<T>(&source))?;
                threads::run(py, threads, out.len(), || windows.copy_into(out))
            })
        })
    }

    /// Tile `k` of a picture, copied; what overhangs the picture is zero.
    fn cut_tile<'py>(&self, py: Python<'py>, k: usize, picture: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.tile(k)?;
        let (source, dtype) = input(picture)?;
        each_size!(source.dtype().itemsize(), T => {
            let tile = self.0.cut_tile(k, view::<T>(&source)).map_err(failed)?;
            let shape = tile.shape().to_vec();
            copied(py, dtype, &shape, tile.as_slice())
        })
    }

    /// Tiles put together, each fading into its neighbours: `[tiles, size, size, ..] -> [H, W, ..]`.
    #[pyo3(signature = (tiles, *, threads=None))]
    fn blend<'py>(
        &self,
        py: Python<'py>,
        tiles: &Bound<'py, PyAny>,
        threads: Option<usize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (source, dtype) = input(tiles)?;
        let threads = threads::checked(threads)?;
        each_float!(dtype, T => {
            let tiles = view::<T>(&source);
            let made = threads::run(py, threads, tiles.len(), || self.0.blend(&tiles)).map_err(failed)?;
            let shape = made.shape().to_vec();
            copied(py, dtype, &shape, made.as_slice())
        }, Err(no_float(py, dtype)))
    }

    /// What puts tiles together one after another: `hand(box, region)` is called with each region of the result as soon as it is
    /// finished, and `push(k, tile)` raises what it raises.
    #[pyo3(signature = (hand, dtype=None))]
    fn blender(&self, py: Python<'_>, hand: Py<PyAny>, dtype: Option<&Bound<'_, PyAny>>) -> PyResult<Blender> {
        let dtype = match dtype {
            None => Dtype::F32,
            Some(dtype) => Dtype::of(&py.import("numpy")?.call_method1("empty", (0, dtype))?.cast_into()?)?,
        };
        let raised: Raised = Arc::default();
        let inner = each_float!(dtype, T => {
            let hand = handing::<T>(dtype, hand, raised.clone());
            Box::new(Joining(Some(self.0.blender::<T, _>(hand).map_err(failed)?))) as Box<dyn Join>
        }, return Err(no_float(py, dtype)));
        Ok(Blender { inner: Mutex::new(inner), dtype, raised })
    }

    fn _repr_svg_(&self) -> String {
        self.0.plan().to_svg()
    }

    fn __repr__(&self) -> String {
        format!(
            "Tiling of {:?} into {} tiles, results of {:?}",
            self.0.plan().input_shape(),
            self.0.len(),
            self.0.result_shape()
        )
    }
}

fn no_float(py: Python<'_>, dtype: Dtype) -> PyErr {
    PyTypeError::new_err(format!(
        "tiles of {} cannot fade into each other: convert them to float32 or float64",
        dtype.descr(py)
    ))
}

fn input<'py>(x: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyUntypedArray>, Dtype)> {
    let source = array(x)?;
    let dtype = Dtype::of(&source)?;
    Ok((readable(source, dtype)?, dtype))
}

fn copied<'py, T: Plain>(py: Python<'py>, dtype: Dtype, shape: &[usize], from: &[T]) -> PyResult<Bound<'py, PyAny>> {
    filled(py, dtype.descr(py), shape, None, &[], |out: &mut [T]| {
        out.copy_from_slice(from);
        Ok(())
    })
}

/// What a callback raised, until somebody can raise it on.
type Raised = Arc<Mutex<Option<PyErr>>>;

type Hand<T> = Box<dyn FnMut(&[Range<usize>], &View<'_, T>) + Send + Sync>;

/// Hands regions to a Python callable; after it raised, none.
fn handing<T: Plain>(dtype: Dtype, hand: Py<PyAny>, raised: Raised) -> Hand<T> {
    // The lock is never held while the interpreter is waited for: who has that may be waiting for the lock.
    Box::new(move |place, region| {
        if raised.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return;
        }
        let called = Python::attach(|py| {
            let cells: Vec<T> = region.iter().copied().collect();
            let array = copied(py, dtype, region.shape(), &cells)?;
            hand.call1(py, (pairs(place), array)).map(|_| ())
        });
        if let Err(error) = called {
            *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    })
}

/// A blender of any element type.
trait Join: Send + Sync {
    fn push(&mut self, py: Python<'_>, k: usize, tile: &Bound<'_, PyUntypedArray>) -> PyResult<()>;
    fn next(&self) -> usize;
    fn peak(&self) -> usize;
    fn finish(&mut self) -> PyResult<()>;
}

struct Joining<T>(Option<Inner<T, Hand<T>>>);

impl<T: FoldElement + Plain> Join for Joining<T> {
    fn push(&mut self, py: Python<'_>, k: usize, tile: &Bound<'_, PyUntypedArray>) -> PyResult<()> {
        let Some(inner) = &mut self.0 else { return Err(ended()) };
        let tile = view::<T>(tile);
        threads::run(py, None, tile.len(), || inner.push(k, &tile)).map_err(failed)
    }

    fn next(&self) -> usize {
        self.0.as_ref().map_or(0, Inner::next)
    }

    fn peak(&self) -> usize {
        self.0.as_ref().map_or(0, Inner::peak_bytes)
    }

    fn finish(&mut self) -> PyResult<()> {
        self.0.take().ok_or_else(ended)?.finish().map_err(failed)
    }
}

fn ended() -> PyErr {
    PyValueError::new_err("this blender was ended by finish: make another")
}

/// Puts tiles together one after another; made by `Tiling.blender`.
#[pyclass(frozen, module = "ndwindow")]
pub(crate) struct Blender {
    inner: Mutex<Box<dyn Join>>,
    dtype: Dtype,
    raised: Raised,
}

impl Blender {
    fn locked<R>(&self, f: impl FnOnce(&mut dyn Join) -> PyResult<R>) -> PyResult<R> {
        // Somebody else's push, or this one's own callback: waiting could wait for ever.
        match self.inner.try_lock() {
            Ok(mut inner) => f(&mut **inner),
            Err(_) => Err(PyRuntimeError::new_err("this blender is in use: push tiles one after another")),
        }
    }
}

#[pymethods]
impl Blender {
    /// Takes tile `k`, which must be the next one, and hands out the region that it finishes.
    fn push(&self, py: Python<'_>, k: usize, tile: &Bound<'_, PyAny>) -> PyResult<()> {
        let (tile, dtype) = input(tile)?;
        if dtype != self.dtype {
            return Err(PyTypeError::new_err(format!(
                "a tile of {}, but the blender was made for {}",
                tile.dtype(),
                self.dtype.descr(py)
            )));
        }
        self.locked(|inner| inner.push(py, k, &tile))?;
        match self.raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// The number of the tile that is to come.
    #[getter]
    fn next(&self) -> PyResult<usize> {
        self.locked(|inner| Ok(inner.next()))
    }

    /// The most bytes it ever holds.
    #[getter]
    fn peak_bytes(&self) -> PyResult<usize> {
        self.locked(|inner| Ok(inner.peak()))
    }

    /// Ends it: every region was handed out, or a `ValueError` says which tiles are missing.
    fn finish(&self) -> PyResult<()> {
        self.locked(|inner| inner.finish())
    }
}
