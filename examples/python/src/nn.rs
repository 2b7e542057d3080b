//! Pools and convolutions of `[N, C, spatial..]` arrays.

use crate::arrays::{Dtype, array, each_dtype, each_float, filled, readable, view};
use crate::request::{Pads, modes, set, sizes};
use crate::{failed, threads};
use ndwindow::nn::{Conv, Divisor, Indices, Pool};
use numpy::PyUntypedArrayMethods;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// Puts step, dilation and pads on a builder.
macro_rules! spatial {
    ($builder:expr, $step:expr, $dilation:expr, $pad:expr) => {{
        let mut builder = $builder;
        if let Some(step) = $step {
            builder = set!(builder, step, sizes(step, "step")?);
        }
        if let Some(dilation) = $dilation {
            builder = set!(builder, dilation, sizes(dilation, "dilation")?);
        }
        match $pad.map(Pads::new).transpose()? {
            None => builder,
            Some(Pads::Numbers(pads)) => set!(builder, pad, pads),
            Some(Pads::Same) => builder.same(),
            Some(Pads::SameLower) => builder.same_lower(),
            Some(Pads::Full) => {
                return Err(PyValueError::new_err("pad \"full\": give numbers, \"same\" or \"same_lower\" here"));
            }
        }
    }};
}

/// The largest element of each window: `[.., H, W] -> [.., H', W']`; as many axes at the end are pooled as `window` has numbers.
///
/// `step` is the window's size unless it is given; `ceil` lets the last windows overhang. With `indices`, also where in its plane each
/// largest element lies: PyTorch's `max_pool2d(.., return_indices=True)`.
#[pyfunction]
#[pyo3(signature = (x, window, step=None, *, dilation=None, pad=None, ceil=false, indices=false, out=None, threads=None))]
#[allow(clippy::too_many_arguments)]
pub(crate) fn max_pool<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    window: &Bound<'py, PyAny>,
    step: Option<&Bound<'py, PyAny>>,
    dilation: Option<&Bound<'py, PyAny>>,
    pad: Option<&Bound<'py, PyAny>>,
    ceil: bool,
    indices: bool,
    out: Option<&Bound<'py, PyAny>>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let pool = pool(window, step, dilation, pad, ceil)?;
    let source = array(x)?;
    let dtype = Dtype::of(&source)?;
    let source = readable(source, dtype)?;
    let threads = threads::checked(threads)?;
    let plan = pool.plan(source.shape()).map_err(failed)?;
    let work = plan.len().saturating_mul(plan.window_len());
    let shape = plan.reduced_shape();
    each_dtype!(dtype, T => {
        let elements = view::<T>(&source);
        if !indices {
            return filled(py, dtype.descr(py), &shape, out, &[&source], |out: &mut [T]| {
                threads::run(py, threads, work, || pool.max_pool_into(&elements, out))
            });
        }
        let mut places = vec![0usize; shape.iter().product()];
        let values = filled(py, dtype.descr(py), &shape, out, &[&source], |out: &mut [T]| {
            threads::run(py, threads, work, || {
                pool.max_pool_with_indices_into(&elements, Indices::Plane, out, &mut places)
            })
        })?;
        let places = filled(py, Dtype::INDEX.descr(py), &shape, None, &[], |out: &mut [usize]| {
            out.copy_from_slice(&places);
            Ok(())
        })?;
        Ok((values, places).into_pyobject(py)?.into_any())
    })
}

/// The mean of each window in the elements' own type: `[.., H, W] -> [.., H', W']`.
///
/// `divisor`: "padded" counts the cells in the padding (PyTorch's default), "elements" only what is there (ONNX's); or a number.
#[pyfunction]
#[pyo3(signature = (x, window, step=None, *, dilation=None, pad=None, ceil=false, divisor=None, out=None, threads=None))]
#[allow(clippy::too_many_arguments)]
pub(crate) fn avg_pool<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    window: &Bound<'py, PyAny>,
    step: Option<&Bound<'py, PyAny>>,
    dilation: Option<&Bound<'py, PyAny>>,
    pad: Option<&Bound<'py, PyAny>>,
    ceil: bool,
    divisor: Option<&Bound<'py, PyAny>>,
    out: Option<&Bound<'py, PyAny>>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let divisor = match divisor {
        None => Divisor::Padded,
        Some(given) => match (given.extract::<usize>(), given.extract::<String>().as_deref()) {
            (Ok(number), _) => Divisor::Fixed(number),
            (_, Ok("padded")) => Divisor::Padded,
            (_, Ok("elements")) => Divisor::Elements,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "divisor {given}: use \"padded\", \"elements\" or a number"
                )));
            }
        },
    };
    let pool = pool(window, step, dilation, pad, ceil)?;
    let source = array(x)?;
    let dtype = Dtype::of(&source)?;
    if dtype == Dtype::Bool {
        return Err(PyTypeError::new_err("means of bool are no bool: convert the array to a float first"));
    }
    let source = readable(source, dtype)?;
    let threads = threads::checked(threads)?;
    let plan = pool.plan(source.shape()).map_err(failed)?;
    let work = plan.len().saturating_mul(plan.window_len());
    each_dtype!(dtype, T => {
        let elements = view::<T>(&source);
        filled(py, dtype.descr(py), &plan.reduced_shape(), out, &[&source], |out: &mut [T]| {
            threads::run(py, threads, work, || pool.avg_pool_into(&elements, divisor, out))
        })
    })
}

fn pool(
    window: &Bound<'_, PyAny>,
    step: Option<&Bound<'_, PyAny>>,
    dilation: Option<&Bound<'_, PyAny>>,
    pad: Option<&Bound<'_, PyAny>>,
    ceil: bool,
) -> PyResult<Pool> {
    let pool = match sizes(window, "window")? {
        crate::request::Per::One(window) => Pool::new(window),
        crate::request::Per::Each(window) => Pool::new(&window[..]),
    };
    let pool = spatial!(pool, step, dilation, pad);
    Ok(if ceil { pool.ceil() } else { pool })
}

/// A convolution as neural networks mean it: `[N, C, H, W] * [O, C / groups, h, w] -> [N, O, H', W']`, any number of spatial axes.
#[pyfunction]
#[pyo3(signature = (x, weights, bias=None, *, step=None, dilation=None, base_dilation=None, pad=None, mode=None, groups=1,
    channels_last=false, out=None, threads=None))]
#[allow(clippy::too_many_arguments)]
pub(crate) fn conv<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    weights: &Bound<'py, PyAny>,
    bias: Option<Bound<'py, PyAny>>,
    step: Option<&Bound<'py, PyAny>>,
    dilation: Option<&Bound<'py, PyAny>>,
    base_dilation: Option<&Bound<'py, PyAny>>,
    pad: Option<&Bound<'py, PyAny>>,
    mode: Option<&Bound<'py, PyAny>>,
    groups: usize,
    channels_last: bool,
    out: Option<&Bound<'py, PyAny>>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut conv = spatial!(Conv::new().groups(groups), step, dilation, pad);
    if let Some(base) = base_dilation {
        conv = set!(conv, base_dilation, sizes(base, "base_dilation")?);
    }
    if let Some(mode) = mode {
        conv = set!(conv, pad_mode, modes(mode)?);
    }
    if channels_last {
        conv = conv.channels_last();
    }
    let (source, weights) = (array(x)?, array(weights)?);
    let (dtype, weight_type) = (Dtype::of(&source)?, Dtype::of(&weights)?);
    if dtype != weight_type {
        return Err(PyTypeError::new_err(format!(
            "an array of {} and weights of {}: give both in one type",
            source.dtype(),
            weights.dtype()
        )));
    }
    let (source, weights) = (readable(source, dtype)?, readable(weights, dtype)?);
    let threads = threads::checked(threads)?;
    let shape = conv.shape(source.shape(), weights.shape()).map_err(failed)?;
    let wrong =
        || PyTypeError::new_err(format!("convolutions of {}: convert it to float32 or float64 first", source.dtype()));
    each_float!(dtype, T => {
        let bias = bias.map(|bias| bias.extract::<Vec<T>>()).transpose()?;
        let (x, w) = (view::<T>(&source), view::<T>(&weights));
        let work = shape.iter().product::<usize>().saturating_mul(w.len());
        filled(py, dtype.descr(py), &shape, out, &[&source, &weights], |out: &mut [T]| {
            threads::run(py, threads, work, || conv.run_into(&x, &w, bias.as_deref(), out))
        })
    }, Err(wrong()))
}
