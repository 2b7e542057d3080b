//! The way back: windows to the array, and tapers.

use crate::arrays::{Dtype, Typed, array, cast, delivered, each_float, filled, readable, view};
use crate::plan::{Box, Plan, ranges};
use crate::{failed, threads};
use ndwindow::{FoldElement, Merge, Taper, Tapers};
use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;

/// A name, `("gaussian", deviation)`, or an array of weights; or a list of these, one for each axis.
pub(crate) fn tapers(given: &Bound<'_, PyAny>) -> PyResult<Tapers> {
    if let Ok(one) = taper(given) {
        return Ok(one.into());
    }
    match given.try_iter() {
        Ok(each) if !given.is_instance_of::<PyString>() => {
            Ok(each.map(|item| taper(&item?)).collect::<PyResult<Vec<_>>>()?.into())
        }
        _ => taper(given).map(Tapers::from),
    }
}

fn taper(given: &Bound<'_, PyAny>) -> PyResult<Taper> {
    if let Ok((name, deviation)) = given.extract::<(String, f64)>() {
        return match name.as_str() {
            "gaussian" => Ok(Taper::Gaussian(deviation)),
            _ => Err(unknown(&name)),
        };
    }
    if let Ok(name) = given.extract::<String>() {
        return match name.as_str() {
            "flat" => Ok(Taper::Flat),
            "hann" => Ok(Taper::Hann),
            "linear" => Ok(Taper::Linear),
            _ => Err(unknown(&name)),
        };
    }
    given.extract::<Vec<f64>>().map(Taper::Weights).map_err(|_| {
        PyTypeError::new_err(
            "a taper is \"flat\", \"hann\", \"linear\", (\"gaussian\", deviation) or a weight for each cell; or a list of these, one for each axis",
        )
    })
}

fn unknown(name: &str) -> PyErr {
    PyValueError::new_err(format!(
        "taper {name:?}: use \"flat\", \"hann\", \"linear\", (\"gaussian\", deviation) or weights"
    ))
}

/// A merge by its name, and a taper where it is weighted.
fn merge<T>(name: &str, taper: Option<&Bound<'_, PyAny>>) -> PyResult<Merge<T>> {
    let weights = || taper.map_or_else(|| Ok(Taper::Linear.into()), tapers);
    let merge = match name {
        "sum" => Merge::sum(),
        "mean" => Merge::mean(),
        "weighted_sum" => return Ok(Merge::weighted_sum(weights()?)),
        "weighted" => return Ok(Merge::weighted(weights()?)),
        "first" => Merge::first(),
        "last" => Merge::last(),
        "crop" => Merge::crop(),
        "max" => Merge::max(),
        "min" => Merge::min(),
        _ => {
            return Err(PyValueError::new_err(format!(
                "merge {name:?}: use \"sum\", \"mean\", \"weighted\", \"weighted_sum\", \"first\", \"last\", \"crop\", \"max\" or \"min\""
            )));
        }
    };
    match taper {
        Some(_) => {
            Err(PyValueError::new_err(format!("merge {name:?} takes no taper: use \"weighted\" or \"weighted_sum\"")))
        }
        None => Ok(merge),
    }
}

/// Puts windows back where they were read from: `[grid.., window..] -> [input shape]`.
///
/// `patches` has `plan.shape`. "sum" is the exact adjoint of `copy()`: overlap-add, PyTorch's `fold`; "mean" undoes a copy. "weighted"
/// divides by the weights that meet, "linear" ones unless `taper` says otherwise. `uncovered` stands where no window lies.
///
/// With `box`, a (start, end) for each axis of the input, only that box is folded, from the patches of the windows in
/// `plan.touched(box)`: the whole's bits.
#[pyfunction]
#[pyo3(signature = (patches, plan, merge="sum", *, taper=None, uncovered=None, r#box=None, out=None, threads=None))]
#[allow(clippy::too_many_arguments)]
pub(crate) fn fold<'py>(
    py: Python<'py>,
    patches: &Bound<'py, PyAny>,
    plan: &Bound<'py, Plan>,
    merge: &str,
    taper: Option<&Bound<'py, PyAny>>,
    uncovered: Option<&Bound<'py, PyAny>>,
    r#box: Option<Box>,
    out: Option<&Bound<'py, PyAny>>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let source = array(patches)?;
    let own = Dtype::of(&source)?;
    let source = readable(source, own)?;
    let whole = match own {
        Dtype::Bool => {
            return Err(PyTypeError::new_err("windows of bool cannot be added: convert them to uint8 first"));
        }
        Dtype::F32 | Dtype::F64 => false,
        _ => true,
    };
    // Integers are folded in 64 bits, which hold all sums of shorter ones that there is memory for.
    let (source, dtype) = if whole { (integers(&source, own)?, Dtype::I64) } else { (source, own) };
    let direct = out.filter(|_| own == dtype);
    let job = Job {
        py,
        plan: &plan.get().0,
        dtype,
        source: &source,
        merge,
        taper,
        uncovered,
        region: r#box,
        out: direct,
        threads,
    };
    if !whole {
        return each_float!(dtype, T => job.run::<T>(), unreachable!("two floats"));
    }
    let made = job.run::<i64>()?;
    if own == dtype {
        return Ok(made);
    }
    delivered(&shortened(made.cast::<PyUntypedArray>()?, own)?, out)
}

/// Integers as `i64`.
fn integers<'py>(source: &Bound<'py, PyUntypedArray>, own: Dtype) -> PyResult<Bound<'py, PyUntypedArray>> {
    match own {
        Dtype::I64 => Ok(source.clone()),
        Dtype::U64 if view::<u64>(source).iter().any(|&x| x > i64::MAX as u64) => Err(PyValueError::new_err(
            "windows of uint64 with numbers beyond those of int64: convert them to float64 first",
        )),
        _ => cast(source, Dtype::I64),
    }
}

/// `i64` as shorter integers, which must hold them.
fn shortened<'py>(made: &Bound<'py, PyUntypedArray>, own: Dtype) -> PyResult<Bound<'py, PyUntypedArray>> {
    let short = cast(made, own)?;
    let back = cast(&short, Dtype::I64)?;
    let (wide, back) = (view::<i64>(made), view::<i64>(&back));
    match wide.iter().zip(back.iter()).find(|(a, b)| a != b || (own == Dtype::U64 && **a < 0)) {
        Some((sum, _)) => Err(PyValueError::new_err(format!(
            "a result of {sum} does not fit the patches' type {}: convert them to int64 or a float first",
            short.dtype()
        ))),
        None => Ok(short),
    }
}

struct Job<'a, 'py> {
    py: Python<'py>,
    plan: &'a ndwindow::Plan,
    dtype: Dtype,
    source: &'a Bound<'py, PyUntypedArray>,
    merge: &'a str,
    taper: Option<&'a Bound<'py, PyAny>>,
    uncovered: Option<&'a Bound<'py, PyAny>>,
    region: Option<Box>,
    out: Option<&'a Bound<'py, PyAny>>,
    threads: Option<usize>,
}

impl<'py> Job<'_, 'py> {
    fn run<T: FoldElement + Typed + for<'a, 'p> FromPyObject<'a, 'p>>(self) -> PyResult<Bound<'py, PyAny>> {
        let Job { py, plan, source, .. } = self;
        let mut merge = merge::<T>(self.merge, self.taper)?;
        if let Some(value) = self.uncovered {
            let wrong = || PyTypeError::new_err(format!("uncovered is {value}, which is none of the patches' numbers"));
            merge = merge.uncovered(value.extract::<T>().map_err(|_| wrong())?);
        }
        let threads = threads::checked(self.threads)?;
        let fold = plan.prepare_fold(merge).map_err(failed)?;
        let patches = view::<T>(source);
        let work = patches.len();
        let descr = self.dtype.descr(py);
        match self.region {
            None => filled(py, descr, plan.input_shape(), self.out, &[source], |out| {
                threads::run(py, threads, work, || fold.fold_into(&patches, out))
            }),
            Some(region) => {
                let part = fold.part(&ranges(region)).map_err(failed)?;
                let shape: Vec<usize> = part.write().iter().map(|r| r.len()).collect();
                filled(py, descr, &shape, self.out, &[source], |out| {
                    threads::run(py, threads, work, || part.fold_into(&patches, out))
                })
            }
        }
    }
}
