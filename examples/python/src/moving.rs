//! Moving statistics: results of the elements behind each one.

use crate::arrays::{Dtype, array, cast, each_float, filled, readable, view};
use crate::threads;
use crate::windows::Float;
use ndwindow::{View, Windows, unfold};
use numpy::{PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// What is asked, checked.
struct Moving {
    window: usize,
    min_count: usize,
    axis: usize,
    ddof: usize,
    verb: Verb,
}

#[derive(Clone, Copy)]
enum Verb {
    Sum,
    Mean,
    Var,
    Std,
    Max,
    Min,
    Median,
    ArgMax,
    ArgMin,
    Rank,
}

impl Verb {
    fn new(name: &str) -> PyResult<Verb> {
        Ok(match name {
            "sum" => Verb::Sum,
            "mean" => Verb::Mean,
            "var" => Verb::Var,
            "std" => Verb::Std,
            "max" => Verb::Max,
            "min" => Verb::Min,
            "median" => Verb::Median,
            "argmax" => Verb::ArgMax,
            "argmin" => Verb::ArgMin,
            "rank" => Verb::Rank,
            _ => return Err(PyValueError::new_err(format!("verb {name:?}"))),
        })
    }
}

/// The moving statistics of an array along an axis, of its shape, in `float32` or `float64`.
#[pyfunction]
pub(crate) fn moving<'py>(
    py: Python<'py>,
    verb: &str,
    a: &Bound<'py, PyAny>,
    window: isize,
    min_count: Option<isize>,
    axis: isize,
    ddof: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let source = array(a)?;
    let source = match Dtype::of(&source) {
        Ok(own @ (Dtype::F32 | Dtype::F64)) => readable(source, own)?,
        Ok(_) => cast(&source, Dtype::F64)?,
        Err(_) if source.dtype().kind() == b'f' => cast(&source, Dtype::F64)?,
        Err(error) => return Err(error),
    };
    let rank = source.ndim() as isize;
    if rank == 0 {
        return Err(PyValueError::new_err("moving window functions require ndim > 0"));
    }
    if axis < -rank || axis >= rank {
        return Err(PyValueError::new_err(format!("axis(={axis}) out of bounds [-{rank}, {rank})")));
    }
    let axis = axis.rem_euclid(rank) as usize;
    let length = source.shape()[axis];
    if window < 1 || window as usize > length {
        return Err(PyValueError::new_err(format!("Moving window (={window}) must between 1 and {length}, inclusive")));
    }
    let min_count = min_count.unwrap_or(window);
    if min_count < 1 || min_count > window {
        return Err(PyValueError::new_err(format!(
            "min_count must be between 1 and {window}, inclusive, but it is {min_count}"
        )));
    }
    let asked = Moving { window: window as usize, min_count: min_count as usize, axis, ddof, verb: Verb::new(verb)? };
    let dtype = Dtype::of(&source)?;
    each_float!(dtype, T => asked.run::<T>(py, &source, dtype), Err(PyTypeError::new_err("float32 or float64")))
}

impl Moving {
    fn run<'py, T: Number>(
        &self,
        py: Python<'py>,
        source: &Bound<'py, PyUntypedArray>,
        dtype: Dtype,
    ) -> PyResult<Bound<'py, PyAny>> {
        let elements = view::<T>(source);
        let work = elements.len().saturating_mul(self.window);
        filled(py, dtype.descr(py), source.shape(), None, &[source], |out: &mut [T]| {
            threads::run(py, None, work, || match self.verb {
                Verb::Rank => {
                    self.ranks(&elements, out);
                    Ok(())
                }
                Verb::ArgMax | Verb::ArgMin => self.places(&elements, out),
                _ => self.statistics(&elements, out),
            })
        })
    }

    fn statistics<T: Number>(&self, elements: &View<'_, T>, out: &mut [T]) -> ndwindow::Result<()> {
        let request = unfold(self.axis, self.window, 1).pad((self.window as isize - 1, 0));
        let windows = request.windows(elements)?;
        // Whether there are NaNs, these ask for themselves.
        if matches!(self.verb, Verb::Mean | Verb::Median) || has_nan(elements) {
            let some = windows.skip_nan().min_count(self.min_count);
            return match self.verb {
                Verb::Sum => some.sum_into(out),
                Verb::Mean => some.mean_into(out),
                Verb::Var => some.var_into(self.ddof, out),
                Verb::Std => some.std_into(self.ddof, out),
                Verb::Max => some.max_into(out),
                Verb::Min => some.min_into(out),
                _ => some.median_into(out),
            };
        }
        match self.verb {
            Verb::Sum => windows.sum_into(out),
            Verb::Var => windows.var_into(self.ddof, out),
            Verb::Std => windows.std_into(self.ddof, out),
            Verb::Max => windows.max_into(out),
            _ => windows.min_into(out),
        }?;
        // Only the first ones have fewer elements than the window.
        let (length, inner) = self.lengths(elements.shape());
        for line in out.chunks_exact_mut((length * inner).max(1)) {
            line[..(self.min_count - 1) * inner].fill(T::NAN);
        }
        Ok(())
    }

    /// How long the axis is, and what lies behind it.
    fn lengths(&self, shape: &[usize]) -> (usize, usize) {
        (shape[self.axis], shape[self.axis + 1..].iter().product())
    }

    /// How far behind its last element a window's largest, or smallest, lies; the last of equals.
    ///
    /// From behind, the first of equals is the last one, and places count from a window's last element.
    fn places<T: Number>(&self, elements: &View<'_, T>, out: &mut [T]) -> ndwindow::Result<()> {
        let (length, inner) = self.lengths(elements.shape());
        let behind = elements.slice(self.axis as isize, length - 1, -1, length)?;
        let request = unfold(self.axis, self.window, 1).pad((0, self.window as isize - 1));
        let windows: Windows<'_, T> = request.windows(&behind)?;
        let some = windows.skip_nan().min_count(self.min_count);
        let mut found = vec![None; out.len()];
        match self.verb {
            Verb::ArgMin => some.argmin_into(&mut found)?,
            _ => some.argmax_into(&mut found)?,
        }
        let whole = (length * inner).max(1);
        for (out, found) in out.chunks_exact_mut(whole).zip(found.chunks_exact(whole)) {
            for (at, place) in found.iter().enumerate() {
                let (i, k) = (at / inner, at % inner);
                out[(length - 1 - i) * inner + k] = place.map_or(T::NAN, |place| T::from_usize(place - i));
            }
        }
        Ok(())
    }

    /// The rank of each window's last element, along the last axis of an array in one piece.
    fn ranks<T: Number>(&self, elements: &View<'_, T>, out: &mut [T]) {
        let (length, inner) = self.lengths(elements.shape());
        debug_assert_eq!(inner, 1);
        let elements = elements.as_slice().unwrap_or_default();
        for (line, out) in elements.chunks_exact(length).zip(out.chunks_exact_mut(length)) {
            for (i, out) in out.iter_mut().enumerate() {
                *out = rank(&line[(i + 1).saturating_sub(self.window)..=i], self.min_count);
            }
        }
    }
}

/// `f32` and `f64`, with what is done to single ones here.
trait Number: Float + PartialOrd + Copy {
    const NAN: Self;
    fn from_usize(n: usize) -> Self;
    fn near(value: f64) -> Self;
}

macro_rules! number {
    ($($t:ident)*) => { $(
        impl Number for $t {
            const NAN: $t = $t::NAN;
            fn from_usize(n: usize) -> $t {
                n as $t
            }
            fn near(value: f64) -> $t {
                value as $t
            }
        }
    )* };
}

number! { f32 f64 }

#[allow(clippy::eq_op)] // a NaN is what does not equal itself
fn has_nan<T: Number>(elements: &View<'_, T>) -> bool {
    match elements.as_slice() {
        Some(slice) => slice.chunks(4096).any(|chunk| chunk.iter().fold(false, |found, x| found | (x != x))),
        None => elements.iter().any(|x| x != x),
    }
}

/// The rank of the last of some elements, from -1 to 1; NaN where it is none, or there are too few.
#[allow(clippy::eq_op)]
fn rank<T: Number>(elements: &[T], min_count: usize) -> T {
    let (mut less, mut equal, mut numbers) = (0usize, 0usize, 0usize);
    let last = elements[elements.len() - 1];
    for x in elements {
        less += usize::from(*x < last);
        equal += usize::from(*x == last);
        numbers += usize::from(x == x);
    }
    match numbers {
        _ if last != last || numbers < min_count => T::NAN,
        1 => T::near(0.0),
        _ => T::near(2.0 * (less as f64 + 0.5 * (equal - 1) as f64) / (numbers - 1) as f64 - 1.0),
    }
}
