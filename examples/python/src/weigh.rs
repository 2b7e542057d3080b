//! Filters with separable weights.

use crate::arrays::{Dtype, array, each_float, filled, readable, view};
use crate::request::{Per, modes};
use crate::threads;
use ndwindow::PadMode;
use ndwindow::image::Filter;
use numpy::PyUntypedArrayMethods;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// The weighted sum around each element, whose weights are a product of one list an axis, in `float32` or `float64`.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub(crate) fn weigh<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    axes: Vec<isize>,
    weights: Vec<Vec<f64>>,
    origins: Vec<isize>,
    mode: &Bound<'py, PyAny>,
    fill: f64,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let source = array(x)?;
    let dtype = Dtype::of(&source)?;
    let source = readable(source, dtype)?;
    let Per::One(mode) = modes(mode)? else { return Err(PyTypeError::new_err("mode is one name")) };
    let work = weights.iter().map(Vec::len).sum::<usize>().saturating_mul(source.shape().iter().product());
    each_float!(dtype, T => {
        let filter = Filter::<T>::weights(&weights).axes(&axes[..]).origin(&origins);
        let filter = match mode {
            PadMode::Empty => filter.constant(fill as T),
            mode => filter.border(mode),
        };
        let elements = view::<T>(&source);
        filled(py, dtype.descr(py), source.shape(), out, &[&source], |out: &mut [T]| {
            threads::run(py, None, work, || filter.run_into(&elements, out))
        })
    }, Err(PyTypeError::new_err("float32 or float64")))
}
