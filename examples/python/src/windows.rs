//! The windows of a request over one array, and what can be made of them.

use crate::arrays::{
    Dtype, Plain, Typed, array, cast, delivered, each_dtype, each_float, each_size, filled, readable, strided, view,
};
use crate::plan::Plan;
use crate::request::{Keywords, request};
use crate::{failed, threads};
use ndwindow::{Array, Mask, Masked, Part, Real, ValidWindows, View, Windows as Inner};
use numpy::{PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// An element type, with all that is made of its windows.
pub(crate) trait Elem:
    PartialEq + Real<Mean: Typed, Middle: Typed> + Typed + for<'a, 'py> FromPyObject<'a, 'py>
{
    /// The type of sums.
    type Sum: Typed;
    fn sums(windows: &Inner<'_, Self>, out: &mut [Self::Sum]) -> ndwindow::Result<()>;
    fn masked_sums(windows: &Masked<'_, Self>, out: &mut [Self::Sum]) -> ndwindow::Result<()>;
}

macro_rules! elem {
    ($($t:ty: $sum:ty)*) => { $(
        impl Elem for $t {
            type Sum = $sum;
            fn sums(windows: &Inner<'_, $t>, out: &mut [$sum]) -> ndwindow::Result<()> {
                windows.sum_into(out)
            }
            fn masked_sums(windows: &Masked<'_, $t>, out: &mut [$sum]) -> ndwindow::Result<()> {
                windows.sum_into(out)
            }
        }
    )* };
}

elem! { f32: f32 f64: f64 u8: u64 i8: i64 u16: u64 i16: i64 u32: u64 i32: i64 }

/// NumPy has no integers of 128 bits, in which these are summed.
macro_rules! long {
    ($($t:ty)*) => { $(
        impl Elem for $t {
            type Sum = $t;
            fn sums(windows: &Inner<'_, $t>, out: &mut [$t]) -> ndwindow::Result<()> {
                shortened(&windows.sum(), out, stringify!($t))
            }
            fn masked_sums(windows: &Masked<'_, $t>, out: &mut [$t]) -> ndwindow::Result<()> {
                shortened(&windows.sum(), out, stringify!($t))
            }
        }
    )* };
}

long! { u64 i64 }

fn shortened<W: Copy, T: TryFrom<W>>(sums: &Array<W>, out: &mut [T], into: &'static str) -> ndwindow::Result<()> {
    for (number, (out, &sum)) in out.iter_mut().zip(sums.as_slice()).enumerate() {
        *out = T::try_from(sum).map_err(|_| ndwindow::Error::DoesNotFit {
            operation: "sum",
            index: unravel(number, sums.shape()),
            into,
            instead: "convert the elements to a float first",
        })?;
    }
    Ok(())
}

/// The index of the element with this number in row-major order.
fn unravel(mut number: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (place, &n) in index.iter_mut().zip(shape).rev() {
        (*place, number) = (number % n, number / n);
    }
    index
}

/// What is made of every window.
#[derive(Clone, Copy)]
enum Verb {
    Max,
    Min,
    Sum,
    Mean,
    /// Divided by the number of elements less this.
    Var(usize),
    Std(usize),
    Median,
    Rank(usize),
    Quantile(f64),
    ArgMax,
    ArgMin,
    Any,
    All,
    Norm(f64),
    Count,
}

/// An array of bools, copied.
fn bools(given: &Bound<'_, PyAny>, what: &str) -> PyResult<Array<bool>> {
    let given = array(given)?;
    match Dtype::of(&given)? {
        Dtype::Bool => {
            let cells = view::<u8>(&given).iter().map(|&cell| cell != 0).collect::<Vec<bool>>();
            Array::new(cells, given.shape()).map_err(failed)
        }
        _ => Err(PyTypeError::new_err(format!("{what} has elements of {}: give bools", given.dtype()))),
    }
}

/// Which elements do not count, and how many must.
struct Gaps {
    skip_nan: bool,
    valid: Option<Array<bool>>,
    min_count: Option<usize>,
}

impl Gaps {
    /// What was asked for, if anything.
    fn new(
        shape: &[usize],
        skip_nan: bool,
        valid: Option<&Bound<'_, PyAny>>,
        min_count: Option<usize>,
    ) -> PyResult<Option<Gaps>> {
        let valid = match valid {
            Some(valid) => Some(bools(valid, "valid")?),
            // A NaN that is not skipped counts.
            None if min_count.is_some() && !skip_nan => Some(Array::from_elem(true, shape).map_err(failed)?),
            None => None,
        };
        Ok((skip_nan || valid.is_some() || min_count.is_some()).then_some(Gaps { skip_nan, valid, min_count }))
    }

    fn over<'a, T: Elem>(&'a self, windows: &Inner<'a, T>) -> ndwindow::Result<ValidWindows<'a, T>> {
        let mut counting = match &self.valid {
            Some(mask) => windows.valid(mask)?,
            None => windows.skip_nan(),
        };
        if self.skip_nan {
            counting = counting.skip_nan();
        }
        Ok(counting.min_count(self.min_count.unwrap_or(1)))
    }
}

/// A float, of which everything is of its own type.
pub(crate) trait Float: Elem<Wide = Self, Maybe = Self, MaybeWide = Self, Mean = Self, Middle = Self> {}

impl Float for f32 {}
impl Float for f64 {}

/// Whose windows they are: a whole plan's, or those in a box of its result.
enum Cut {
    Whole(ndwindow::Plan),
    Part(Box<Part>, ndwindow::Plan),
}

/// The windows of a request over an array: nothing is computed or copied until asked for.
///
/// Made by `unfold` and `Part.windows`. Every reduction gives an array of the input's shape with grid counts in place of the
/// unfolded axes: `[.., H, W] -> [.., H', W']`. `out=` takes an array of that shape and of the result's type, and is returned.
#[pyclass(frozen, module = "ndwindow")]
pub(crate) struct Windows {
    source: Py<PyUntypedArray>,
    cut: Cut,
    fill: Option<Py<PyAny>>,
    mask: Option<Mask>,
    gaps: Option<Gaps>,
    threads: Option<usize>,
}

/// What may be said of windows over a plan.
pub(crate) struct Given<'a, 'py> {
    pub(crate) fill: Option<Py<PyAny>>,
    pub(crate) mask: Option<&'a Bound<'py, PyAny>>,
    pub(crate) skip_nan: bool,
    pub(crate) valid: Option<&'a Bound<'py, PyAny>>,
    pub(crate) min_count: Option<usize>,
    pub(crate) threads: Option<usize>,
}

impl Windows {
    pub(crate) fn of_part(part: Part, piece: &Bound<'_, PyAny>, given: Given<'_, '_>) -> PyResult<Windows> {
        let source = array(piece)?;
        let piece = part.windows(no_data(source.shape())?).map_err(failed)?.plan().clone();
        Windows::new(source, Cut::Part(Box::new(part), piece), given)
    }

    pub(crate) fn of_plan(plan: ndwindow::Plan, x: &Bound<'_, PyAny>, given: Given<'_, '_>) -> PyResult<Windows> {
        let source = array(x)?;
        plan.windows(no_data(source.shape())?).map_err(failed)?;
        Windows::new(source, Cut::Whole(plan), given)
    }

    fn new(source: Bound<'_, PyUntypedArray>, cut: Cut, given: Given<'_, '_>) -> PyResult<Windows> {
        let gaps = Gaps::new(source.shape(), given.skip_nan, given.valid, given.min_count)?;
        if let Some(mask) = gaps.as_ref().and_then(|gaps| gaps.valid.as_ref())
            && mask.shape() != source.shape()
        {
            return Err(PyValueError::new_err(format!(
                "valid has shape {:?}, but the array has {:?}",
                mask.shape(),
                source.shape()
            )));
        }
        let mask = given.mask.map(|mask| bools(mask, "mask")).transpose()?.map(|cells| Mask::new(&cells));
        if let Some(mask) = &mask {
            if gaps.is_some() {
                return Err(PyValueError::new_err("a mask beside skip_nan, valid or min_count: use one of them"));
            }
            let (Cut::Whole(plan) | Cut::Part(_, plan)) = &cut;
            plan.windows(no_data(plan.input_shape())?).and_then(|w| w.masked(mask).map(|_| ())).map_err(failed)?;
        }
        Ok(Windows {
            source: source.unbind(),
            cut,
            fill: given.fill,
            mask,
            gaps,
            threads: threads::checked(given.threads)?,
        })
    }

    fn inner(&self) -> &ndwindow::Plan {
        match &self.cut {
            Cut::Whole(plan) | Cut::Part(_, plan) => plan,
        }
    }

    fn over<'a, T>(&self, source: View<'a, T>, fill: Option<T>) -> ndwindow::Result<Inner<'a, T>> {
        let windows = match &self.cut {
            Cut::Whole(plan) => plan.windows(source)?,
            Cut::Part(part, _) => part.windows(source)?,
        };
        Ok(match fill {
            Some(value) => windows.fill(value),
            None => windows,
        })
    }

    /// What empty padding is filled with, as an element.
    fn fill_as<T: Elem>(&self, py: Python<'_>) -> PyResult<Option<T>> {
        let Some(fill) = &self.fill else { return Ok(None) };
        fill.bind(py).extract::<T>().map(Some).map_err(|_| {
            PyTypeError::new_err(format!("fill is {}, which is no {:?}", fill.bind(py), T::DTYPE).to_lowercase())
        })
    }

    fn reduce<'py>(&self, py: Python<'py>, verb: Verb, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let source = self.source.bind(py);
        let own = Dtype::of(source)?;
        let float = matches!(own, Dtype::F32 | Dtype::F64);
        // No integer is a NaN.
        let some = self.gaps.as_ref().filter(|gaps| float || gaps.valid.is_some());
        if some.is_some() || matches!(verb, Verb::Count) {
            return self.reduce_some(py, own, verb, out);
        }
        let dtype = match verb {
            Verb::Rank(_) | Verb::Median | Verb::Quantile(_) if self.mask.is_some() => own.ranked_under_masks_in()?,
            Verb::Rank(_) | Verb::Median | Verb::Quantile(_) => own.ranked_in(),
            Verb::Var(_) | Verb::Std(_) => own.summed_in(),
            Verb::Norm(_) if own != Dtype::F32 => Dtype::F64,
            _ => own,
        };
        if dtype == own {
            return Job { py, windows: self, dtype, source: &readable(source.clone(), own)?, out }.run(verb);
        }
        let source = &cast(source, dtype)?;
        match verb {
            Verb::Rank(_) => {
                let made = Job { py, windows: self, dtype, source, out: None }.run(verb)?;
                delivered(&cast(made.cast::<PyUntypedArray>()?, own)?, out)
            }
            _ => Job { py, windows: self, dtype, source, out }.run(verb),
        }
    }

    /// A reduction of the elements that count: in floats, which have a number for too few.
    fn reduce_some<'py>(
        &self,
        py: Python<'py>,
        own: Dtype,
        verb: Verb,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let source = self.source.bind(py);
        let source = match own {
            Dtype::F32 | Dtype::F64 => readable(source.clone(), own)?,
            Dtype::I64 | Dtype::U64 if !matches!(verb, Verb::Count) => {
                return Err(PyTypeError::new_err(format!(
                    "elements of {} with a mask or min_count: there is no integer for too few, convert them to float64 first",
                    source.dtype()
                )));
            }
            _ => cast(source, Dtype::F64)?,
        };
        let dtype = if own == Dtype::F32 { own } else { Dtype::F64 };
        let all = Gaps::new(source.shape(), false, None, Some(0))?;
        let gaps = self.gaps.as_ref().or(all.as_ref());
        let job = Job { py, windows: self, dtype, source: &source, out };
        match gaps {
            Some(gaps) => each_float!(dtype, T => job.some::<T>(verb, gaps), unreachable!("floats")),
            None => unreachable!("a count was asked for"),
        }
    }

    /// Whether any, or all, elements of a window are not zero.
    fn truths<T: Elem>(&self, windows: &Inner<'_, T>, verb: Verb, out: &mut [u8]) -> ndwindow::Result<()> {
        let truth = |x: &T| u8::from(*x != T::default());
        let source = windows.source();
        let truths = Array::new(source.iter().map(truth).collect::<Vec<u8>>(), source.shape())?;
        let windows = self.over(truths.view(), windows.fill_value().map(truth))?;
        match (verb, &self.mask) {
            (Verb::Any, None) => windows.max_into(out)?,
            (_, None) => windows.min_into(out)?,
            (Verb::Any, Some(mask)) => windows.masked(mask)?.max_into(out)?,
            (_, Some(mask)) => windows.masked(mask)?.min_into(out)?,
        }
        // A window without elements has the highest byte as its least.
        out.iter_mut().for_each(|x| *x = u8::from(*x != 0));
        Ok(())
    }
}

/// A view of this shape that is nothing else.
fn no_data(shape: &[usize]) -> PyResult<View<'static, ()>> {
    static NOTHING: [(); 1] = [()];
    View::with_strides(&NOTHING, shape, vec![0; shape.len()], 0).map_err(failed)
}

/// One reduction of an array whose elements are of a type that there is code for.
struct Job<'a, 'py> {
    py: Python<'py>,
    windows: &'a Windows,
    dtype: Dtype,
    source: &'a Bound<'py, PyUntypedArray>,
    out: Option<&'a Bound<'py, PyAny>>,
}

impl<'py> Job<'_, 'py> {
    /// By groups, so that a verb is compiled for those types only that it runs on.
    fn run(self, verb: Verb) -> PyResult<Bound<'py, PyAny>> {
        if let Some(mask) = &self.windows.mask {
            return match verb {
                Verb::Rank(_) | Verb::Median | Verb::Quantile(_) => match self.dtype {
                    Dtype::F32 => self.ranks_under::<f32>(mask, verb),
                    Dtype::F64 => self.ranks_under::<f64>(mask, verb),
                    Dtype::I64 => self.ranks_under::<i64>(mask, verb),
                    _ => self.ranks_under::<u8>(mask, verb),
                },
                _ => each_dtype!(self.dtype, T => self.under::<T>(mask, verb)),
            };
        }
        match verb {
            Verb::Rank(_) | Verb::Median | Verb::Quantile(_) => match self.dtype {
                Dtype::F32 => self.ranks::<f32>(verb),
                Dtype::F64 => self.ranks::<f64>(verb),
                Dtype::I8 => self.ranks::<i8>(verb),
                Dtype::I32 => self.ranks::<i32>(verb),
                Dtype::U64 => self.ranks::<u64>(verb),
                Dtype::I64 => self.ranks::<i64>(verb),
                _ => self.ranks::<u8>(verb),
            },
            Verb::Var(_) | Verb::Std(_) => match self.dtype {
                Dtype::F32 => self.spreads::<f32>(verb),
                Dtype::U64 => self.spreads::<u64>(verb),
                Dtype::I64 => self.spreads::<i64>(verb),
                _ => self.spreads::<f64>(verb),
            },
            Verb::Norm(p) => {
                each_float!(self.dtype, T => self.norms::<T>(p), unreachable!("norms are those of floats"))
            }
            _ => each_dtype!(self.dtype, T => self.others::<T>(verb)),
        }
    }

    fn ranks<T: Elem>(self, verb: Verb) -> PyResult<Bound<'py, PyAny>> {
        let own = self.dtype;
        match verb {
            Verb::Rank(k) => self.fill::<T, T>(own, move |w, out| w.rank_into(k, out)),
            Verb::Quantile(q) => self.fill::<T, T::Middle>(T::Middle::DTYPE, move |w, out| w.quantile_into(q, out)),
            _ => self.fill::<T, T::Middle>(T::Middle::DTYPE, |w, out| w.median_into(out)),
        }
    }

    fn spreads<T: Elem>(self, verb: Verb) -> PyResult<Bound<'py, PyAny>> {
        self.fill::<T, T::Mean>(T::Mean::DTYPE, move |w, out| match verb {
            Verb::Std(ddof) => w.std_into(ddof, out),
            Verb::Var(ddof) => w.var_into(ddof, out),
            _ => unreachable!("var or std"),
        })
    }

    fn some<T: Float>(self, verb: Verb, gaps: &Gaps) -> PyResult<Bound<'py, PyAny>> {
        let own = self.dtype;
        let places = |w: &Inner<'_, T>, least: bool, out: &mut [usize]| {
            let mut found = vec![None; out.len()];
            match least {
                false => gaps.over(w)?.argmax_into(&mut found)?,
                true => gaps.over(w)?.argmin_into(&mut found)?,
            }
            // -1, as NumPy writes "none".
            out.iter_mut().zip(found).for_each(|(out, place)| *out = place.unwrap_or(usize::MAX));
            Ok(())
        };
        match verb {
            Verb::Max => self.fill::<T, T>(own, |w, out| gaps.over(&w)?.max_into(out)),
            Verb::Min => self.fill::<T, T>(own, |w, out| gaps.over(&w)?.min_into(out)),
            Verb::Sum => self.fill::<T, T>(own, |w, out| gaps.over(&w)?.sum_into(out)),
            Verb::Mean => self.fill::<T, T>(own, |w, out| gaps.over(&w)?.mean_into(out)),
            Verb::Var(ddof) => self.fill::<T, T>(own, |w, out| gaps.over(&w)?.var_into(ddof, out)),
            Verb::Std(ddof) => self.fill::<T, T>(own, |w, out| gaps.over(&w)?.std_into(ddof, out)),
            Verb::Median => self.fill::<T, T>(own, |w, out| gaps.over(&w)?.median_into(out)),
            Verb::Quantile(q) => self.fill::<T, T>(own, |w, out| gaps.over(&w)?.quantile_into(q, out)),
            Verb::Count => self.fill::<T, usize>(Dtype::INDEX, |w, out| gaps.over(&w)?.count_into(out)),
            Verb::ArgMax => self.fill::<T, usize>(Dtype::INDEX, |w, out| places(&w, false, out)),
            Verb::ArgMin => self.fill::<T, usize>(Dtype::INDEX, |w, out| places(&w, true, out)),
            Verb::Rank(_) | Verb::Any | Verb::All | Verb::Norm(_) => Err(PyValueError::new_err(
                "skip_nan, valid and min_count are for max, min, sum, mean, var, std, median, quantile, argmax, argmin and count",
            )),
        }
    }

    fn norms<T: Elem>(self, p: f64) -> PyResult<Bound<'py, PyAny>> {
        self.fill::<T, T::Mean>(T::Mean::DTYPE, move |w, out| w.norm_into(p, out))
    }

    fn others<T: Elem>(self, verb: Verb) -> PyResult<Bound<'py, PyAny>> {
        let (own, windows) = (self.dtype, self.windows);
        match verb {
            Verb::Max => self.fill::<T, T>(own, |w, out| w.max_into(out)),
            Verb::Min => self.fill::<T, T>(own, |w, out| w.min_into(out)),
            Verb::Sum => self.fill::<T, T::Sum>(T::Sum::DTYPE, |w, out| T::sums(&w, out)),
            Verb::Mean => self.fill::<T, T::Mean>(T::Mean::DTYPE, |w, out| w.mean_into(out)),
            Verb::ArgMax => self.fill::<T, usize>(Dtype::INDEX, |w, out| w.argmax_into(out)),
            Verb::ArgMin => self.fill::<T, usize>(Dtype::INDEX, |w, out| w.argmin_into(out)),
            _ => self.fill::<T, u8>(Dtype::Bool, move |w, out| windows.truths(&w, verb, out)),
        }
    }

    fn ranks_under<T: Elem>(self, mask: &Mask, verb: Verb) -> PyResult<Bound<'py, PyAny>> {
        let own = self.dtype;
        match verb {
            Verb::Rank(k) => self.fill::<T, T>(own, move |w, out| w.masked(mask)?.rank_into(k, out)),
            Verb::Quantile(q) => {
                self.fill::<T, T::Middle>(T::Middle::DTYPE, move |w, out| w.masked(mask)?.quantile_into(q, out))
            }
            _ => self.fill::<T, T::Middle>(T::Middle::DTYPE, |w, out| w.masked(mask)?.median_into(out)),
        }
    }

    fn under<T: Elem>(self, mask: &Mask, verb: Verb) -> PyResult<Bound<'py, PyAny>> {
        let (own, windows) = (self.dtype, self.windows);
        match verb {
            Verb::Max => self.fill::<T, T>(own, |w, out| w.masked(mask)?.max_into(out)),
            Verb::Min => self.fill::<T, T>(own, |w, out| w.masked(mask)?.min_into(out)),
            Verb::Sum => self.fill::<T, T::Sum>(T::Sum::DTYPE, |w, out| T::masked_sums(&w.masked(mask)?, out)),
            Verb::Mean => self.fill::<T, T::Mean>(T::Mean::DTYPE, |w, out| w.masked(mask)?.mean_into(out)),
            Verb::ArgMax => self.fill::<T, usize>(Dtype::INDEX, |w, out| w.masked(mask)?.argmax_into(out)),
            Verb::ArgMin => self.fill::<T, usize>(Dtype::INDEX, |w, out| w.masked(mask)?.argmin_into(out)),
            Verb::Any | Verb::All => self.fill::<T, u8>(Dtype::Bool, move |w, out| windows.truths(&w, verb, out)),
            _ => Err(PyValueError::new_err(
                "a mask is for max, min, sum, mean, median, rank, quantile, argmax, argmin, any and all",
            )),
        }
    }

    /// An array of results of type `result`, which `f` writes.
    fn fill<T: Elem, O: Plain>(
        self,
        result: Dtype,
        f: impl FnOnce(Inner<'_, T>, &mut [O]) -> ndwindow::Result<()> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, threads) = (self.py, self.windows.threads);
        let fill = self.windows.fill_as::<T>(py)?;
        let windows = self.windows.over(view::<T>(self.source), fill).map_err(failed)?;
        let plan = windows.plan();
        let shape = plan.reduced_shape();
        let work = windows.source().len().saturating_add(plan.len()).saturating_mul(plan.window_len());
        filled(py, result.descr(py), &shape, self.out, &[self.source], |out| {
            threads::run(py, threads, work, || f(windows, out))
        })
    }
}

#[pymethods]
impl Windows {
    /// The array the windows lie on.
    #[getter]
    fn x(&self, py: Python<'_>) -> Py<PyUntypedArray> {
        self.source.clone_ref(py)
    }

    /// Where the windows lie: a `Plan`. For windows of a part, the plan over its piece.
    #[getter]
    fn plan(&self) -> Plan {
        Plan(self.inner().clone())
    }

    /// The shape of `view()` and `copy()`.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyTuple>> {
        pyo3::types::PyTuple::new(py, self.inner().shape())
    }

    /// All windows as one strided array, read-only, nothing copied: its `base` is the input (or what that is a view of).
    fn view<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let source = self.source.bind(py);
        let plan = self.inner();
        let strides = plan.strides(source.strides()).map_err(failed)?;
        // No element is behind the first one's place where some axis of the array is empty, nor is any then looked at; else
        // the first window begins where the plan says (a negative pad crops).
        let first: isize = match plan.len() {
            0 => 0,
            _ => plan.axes().iter().map(|a| a.start(0) * source.strides()[a.axis()]).sum(),
        };
        strided(source, first, plan.shape(), &strides)
    }

    /// All windows copied, in `shape`; empty cells are zero, or the fill.
    #[pyo3(signature = (out=None))]
    fn copy<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let source = self.source.bind(py);
        let dtype = match Dtype::of(source) {
            Ok(dtype) => dtype,
            // Complex numbers, dates, half floats: NumPy copies what it can see.
            Err(_) if self.inner().is_strided() && out.is_none() => return self.view(py)?.call_method0("copy"),
            Err(error) => return Err(error),
        };
        let source = readable(source.clone(), dtype)?;
        let bits = each_dtype!(dtype, T => self.fill_as::<T>(py)?.map(Typed::bits));
        let shape = self.inner().shape();
        let work = shape.iter().product::<usize>();
        each_size!(source.dtype().itemsize(), T => {
            let windows = self.over(view::<T>(&source), bits.map(|bits| bits as T)).map_err(failed)?;
            filled(py, dtype.descr(py), shape, out, &[&source], |out: &mut [T]| {
                threads::run(py, self.threads, work, || windows.copy_into(out))
            })
        })
    }

    /// The largest element of every window; NaN if there is one. The time does not grow with the window.
    #[pyo3(signature = (out=None))]
    fn max<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Max, out)
    }

    /// The smallest element of every window; NaN if there is one. The time does not grow with the window.
    #[pyo3(signature = (out=None))]
    fn min<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Min, out)
    }

    /// The sum of every window: floats in their own type, pairwise; integers in 64 bits, exact or a `ValueError`.
    #[pyo3(signature = (out=None))]
    fn sum<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Sum, out)
    }

    /// The mean of the elements each window holds (padding is none); NaN for none. `float64` for integers.
    #[pyo3(signature = (out=None))]
    fn mean<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Mean, out)
    }

    /// The variance of every window, divided by the number of elements less `ddof`, from differences: never negative.
    #[pyo3(signature = (out=None, *, ddof=0))]
    fn var<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>, ddof: usize) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Var(ddof), out)
    }

    /// The square root of `var`.
    #[pyo3(signature = (out=None, *, ddof=0))]
    fn std<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>, ddof: usize) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Std(ddof), out)
    }

    /// How many elements of every window count.
    #[pyo3(signature = (out=None))]
    fn count<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Count, out)
    }

    /// The median of every window, the mean of the two in the middle of an even number: `float32` for `float32`, else `float64`.
    #[pyo3(signature = (out=None))]
    fn median<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Median, out)
    }

    /// The element with `k` smaller ones in every window: 0 is the minimum, negative ones count from the maximum.
    #[pyo3(signature = (k, out=None))]
    fn rank<'py>(&self, py: Python<'py>, k: isize, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let cells = self.mask.as_ref().map_or_else(|| self.inner().window_len(), Mask::count);
        let place = if k < 0 { k.checked_add_unsigned(cells) } else { Some(k) };
        match place.filter(|&place| place >= 0) {
            Some(place) => self.reduce(py, Verb::Rank(place as usize), out),
            None => Err(PyValueError::new_err(format!("rank {k} is outside of windows of {cells} elements"))),
        }
    }

    /// The `q`-th quantile of every window, `0 <= q <= 1`, linear between neighbours.
    #[pyo3(signature = (q, out=None))]
    fn quantile<'py>(&self, py: Python<'py>, q: f64, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Quantile(q), out)
    }

    /// Where the largest element of every window lies: its flat index in the unfolded axes of the input, the first of equals.
    #[pyo3(signature = (out=None))]
    fn argmax<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::ArgMax, out)
    }

    /// Where the smallest element of every window lies: its flat index in the unfolded axes of the input, the first of equals.
    #[pyo3(signature = (out=None))]
    fn argmin<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::ArgMin, out)
    }

    /// Whether any element of a window is not zero.
    #[pyo3(signature = (out=None))]
    fn any<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Any, out)
    }

    /// Whether no element of a window is zero.
    #[pyo3(signature = (out=None))]
    fn all<'py>(&self, py: Python<'py>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::All, out)
    }

    /// The `p`-norm of every window: `sum(abs(x) ** p) ** (1 / p)`, scaled so that it does not overflow on the way.
    #[pyo3(signature = (p=2.0, out=None))]
    fn norm<'py>(&self, py: Python<'py>, p: f64, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.reduce(py, Verb::Norm(p), out)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("Windows over {}\n{}", self.source.bind(py).dtype(), self.inner())
    }

    /// The picture of the plan, for notebooks.
    fn _repr_svg_(&self) -> String {
        self.inner().to_svg()
    }
}

/// Asks for windows of `window` elements along `axes` of `x`, whose starts lie `step` apart.
///
/// `pad` is a number, `(before, after)` as a tuple, a list with a number or a pair for each axis, "same", "same_lower" or "full"; `mode` says
/// what it holds: "empty" (nothing, or `fill`), "edge", "reflect", "symmetric", "wrap". `tail` is "drop", "partial", "shift_back" or
/// "spread". `mask`, bools of the window's shape, says which cells of a window count. With `skip_nan`, NaNs do not count, nor does what the mask `valid` says; a window with fewer than `min_count` elements that
/// count is NaN. Large jobs run on `threads` threads (RAYON_NUM_THREADS unless given).
#[pyfunction]
#[pyo3(signature = (x, axes, window, step=None, *, dilation=None, base_dilation=None, pad=None, mode=None, tail=None,
    grid_first=false, fill=None, mask=None, skip_nan=false, valid=None, min_count=None, threads=None))]
#[allow(clippy::too_many_arguments)] // they are the request
pub(crate) fn unfold<'py>(
    x: &Bound<'py, PyAny>,
    axes: &Bound<'py, PyAny>,
    window: &Bound<'py, PyAny>,
    step: Option<&Bound<'py, PyAny>>,
    dilation: Option<&Bound<'py, PyAny>>,
    base_dilation: Option<&Bound<'py, PyAny>>,
    pad: Option<&Bound<'py, PyAny>>,
    mode: Option<&Bound<'py, PyAny>>,
    tail: Option<&Bound<'py, PyAny>>,
    grid_first: bool,
    fill: Option<Py<PyAny>>,
    mask: Option<&Bound<'py, PyAny>>,
    skip_nan: bool,
    valid: Option<&Bound<'py, PyAny>>,
    min_count: Option<usize>,
    threads: Option<usize>,
) -> PyResult<Windows> {
    let source = array(x)?;
    let keywords = Keywords { dilation, base_dilation, pad, mode, tail, grid_first };
    let request = request(source.ndim(), axes, window, step, keywords)?;
    let plan = request.plan(source.shape()).map_err(failed)?;
    Windows::new(source, Cut::Whole(plan), Given { fill, mask, skip_nan, valid, min_count, threads })
}
