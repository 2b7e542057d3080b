//! Plans without data, their parts, and the way back.

use crate::failed;
use crate::request::{Keywords, Per, request, sizes};
use crate::windows::{Given, Windows};
use ndwindow::{OutAxis, Part as InnerPart};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::ops::Range;

/// Where the windows of a request lie on an array of one shape: numbers, no data. Can be pickled, and written as JSON.
#[pyclass(frozen, eq, module = "ndwindow")]
#[derive(Clone, PartialEq)]
pub(crate) struct Plan(pub(crate) ndwindow::Plan);

pub(crate) type Box = Vec<(usize, usize)>;

pub(crate) fn ranges(given: Box) -> Vec<Range<usize>> {
    given.into_iter().map(|(start, end)| start..end).collect()
}

pub(crate) fn pairs(ranges: &[Range<usize>]) -> Box {
    ranges.iter().map(|r| (r.start, r.end)).collect()
}

pub(crate) fn tuple<'py>(py: Python<'py>, numbers: &[usize]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, numbers)
}

#[pymethods]
impl Plan {
    /// A plan for arrays of this shape.
    #[new]
    #[pyo3(signature = (shape, axes, window, step=None, *, dilation=None, base_dilation=None, pad=None, mode=None, tail=None,
        grid_first=false))]
    #[allow(clippy::too_many_arguments)] // they are the request
    fn new(
        shape: Vec<usize>,
        axes: &Bound<'_, PyAny>,
        window: &Bound<'_, PyAny>,
        step: Option<&Bound<'_, PyAny>>,
        dilation: Option<&Bound<'_, PyAny>>,
        base_dilation: Option<&Bound<'_, PyAny>>,
        pad: Option<&Bound<'_, PyAny>>,
        mode: Option<&Bound<'_, PyAny>>,
        tail: Option<&Bound<'_, PyAny>>,
        grid_first: bool,
    ) -> PyResult<Plan> {
        let keywords = Keywords { dilation, base_dilation, pad, mode, tail, grid_first };
        let request = request(shape.len(), axes, window, step, keywords)?;
        request.plan(&shape[..]).map(Plan).map_err(failed)
    }

    /// The plan that `to_json` wrote.
    #[staticmethod]
    fn from_json(text: &str) -> PyResult<Plan> {
        serde_json::from_str(text).map(Plan).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// The plan as people write it; see docs/semantics.md, "As data".
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Plan>().getattr("from_json")?, (self.to_json()?,)))
    }

    /// The windows of this plan over an array of its shape.
    #[allow(clippy::too_many_arguments)]
    #[pyo3(signature = (x, *, fill=None, mask=None, skip_nan=false, valid=None, min_count=None, threads=None))]
    fn windows(
        &self,
        x: &Bound<'_, PyAny>,
        fill: Option<Py<PyAny>>,
        mask: Option<&Bound<'_, PyAny>>,
        skip_nan: bool,
        valid: Option<&Bound<'_, PyAny>>,
        min_count: Option<usize>,
        threads: Option<usize>,
    ) -> PyResult<Windows> {
        Windows::of_plan(self.0.clone(), x, Given { fill, mask, skip_nan, valid, min_count, threads })
    }

    /// The shape of the array.
    #[getter]
    fn input_shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.0.input_shape())
    }

    /// The shape of views and copies.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.0.shape())
    }

    /// The shape of reductions: the array's, with grid counts in place of the unfolded axes.
    #[getter]
    fn reduced_shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, &self.0.reduced_shape())
    }

    /// How many windows there are along each unfolded axis.
    #[getter]
    fn grid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.0.grid())
    }

    /// The unfolded axes.
    #[getter]
    fn axes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, &self.0.axes().iter().map(|a| a.axis()).collect::<Vec<_>>())
    }

    /// For each axis of `shape` the axis of `reduced_shape` it runs along; None for one of the window itself.
    #[getter]
    fn order(&self) -> Vec<Option<usize>> {
        let axis = |out: OutAxis| match out {
            OutAxis::Plain(axis) => Some(axis),
            OutAxis::Grid(k) => Some(self.0.axes()[k].axis()),
            OutAxis::Window(_) => None,
        };
        self.0.order().into_iter().map(axis).collect()
    }

    /// The window's size along each unfolded axis.
    #[getter]
    fn window<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, &self.0.axes().iter().map(|a| a.window()).collect::<Vec<_>>())
    }

    /// How many windows there are.
    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Where window `i` along the `k`-th unfolded axis starts; negative in the leading padding.
    fn start(&self, k: usize, i: usize) -> PyResult<isize> {
        match self.0.grid().get(k) {
            Some(&count) if i < count => Ok(self.0.start(k, i)),
            _ => Err(PyIndexError::new_err(format!("no window {i} along unfolded axis {k} of {:?}", self.0.grid()))),
        }
    }

    /// The grid positions along each unfolded axis whose windows lie wholly inside the data, as (start, end).
    #[getter]
    fn interior(&self) -> Box {
        pairs(&self.0.interior())
    }

    /// How many elements along each unfolded axis no window covers.
    #[getter]
    fn remainder<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, &self.0.remainder())
    }

    /// Whether some element is read more than once.
    #[getter]
    fn is_overlapping(&self) -> bool {
        self.0.is_overlapping()
    }

    /// The box of the input that the windows in a box of the result read; boxes are a (start, end) for each axis.
    fn reads(&self, ranges: Box) -> PyResult<Box> {
        self.0.reads(&self::ranges(ranges)).map(|read| pairs(&read)).map_err(failed)
    }

    /// The box of the result that holds every window which reads some element in a box of the input.
    fn touched(&self, ranges: Box) -> PyResult<Box> {
        self.0.touched(&self::ranges(ranges)).map(|touched| pairs(&touched)).map_err(failed)
    }

    /// A box of the result, and what it reads.
    fn part(&self, ranges: Box) -> PyResult<Part> {
        self.0.part(&self::ranges(ranges)).map(Part).map_err(failed)
    }

    /// The result cut into boxes of `chunk`: a list of parts, in row-major order.
    fn parts(&self, chunk: &Bound<'_, PyAny>) -> PyResult<Parts> {
        let parts = match sizes(chunk, "chunk")? {
            Per::One(chunk) => self.0.parts(chunk),
            Per::Each(chunks) => self.0.parts(&chunks[..]),
        };
        parts.map(Parts).map_err(failed)
    }

    /// The picture of the plan.
    fn to_svg(&self) -> String {
        self.0.to_svg()
    }

    fn _repr_svg_(&self) -> String {
        self.0.to_svg()
    }

    fn __repr__(&self) -> String {
        self.0.to_string()
    }
}

/// A result cut into boxes: a sequence of parts, none of which is made before it is asked for.
#[pyclass(frozen, sequence, module = "ndwindow")]
pub(crate) struct Parts(ndwindow::Parts);

#[pymethods]
impl Parts {
    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__(&self, k: isize) -> PyResult<Part> {
        let place = if k < 0 { k.checked_add_unsigned(self.0.len()) } else { Some(k) };
        match place.and_then(|k| self.0.get(usize::try_from(k).ok()?)) {
            Some(part) => Ok(Part(part)),
            None => Err(PyIndexError::new_err(format!("part {k} of {}", self.0.len()))),
        }
    }

    /// How many parts there are along each axis of the result.
    #[getter]
    fn grid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.0.grid())
    }
}

/// A box of a plan's result: numbers, no data. Can be pickled.
#[pyclass(frozen, module = "ndwindow")]
pub(crate) struct Part(InnerPart);

#[pymethods]
impl Part {
    /// The box of the result: a (start, end) for each axis.
    #[getter]
    fn write(&self) -> Box {
        pairs(self.0.write())
    }

    /// The box of the input that it reads: a (start, end) for each axis.
    #[getter]
    fn read(&self) -> Box {
        pairs(self.0.read())
    }

    /// Its windows over an array of nothing but `read`, with the whole's bits.
    #[allow(clippy::too_many_arguments)]
    #[pyo3(signature = (piece, *, fill=None, mask=None, skip_nan=false, valid=None, min_count=None, threads=None))]
    fn windows(
        &self,
        piece: &Bound<'_, PyAny>,
        fill: Option<Py<PyAny>>,
        mask: Option<&Bound<'_, PyAny>>,
        skip_nan: bool,
        valid: Option<&Bound<'_, PyAny>>,
        min_count: Option<usize>,
        threads: Option<usize>,
    ) -> PyResult<Windows> {
        Windows::of_part(self.0.clone(), piece, Given { fill, mask, skip_nan, valid, min_count, threads })
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Box,))> {
        Ok((Bound::new(py, Plan(self.0.plan().clone()))?.getattr("part")?, (self.write(),)))
    }

    fn __repr__(&self) -> String {
        format!("Part(write={:?}, read={:?})", self.0.write(), self.0.read())
    }
}
