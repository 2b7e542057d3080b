//! NumPy arrays in and out.

use crate::failed;
use ndwindow::View;
use numpy::npyffi::{
    _PyArray_GET_ITEM_DATA, NPY_ARRAY_ALIGNED, NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_WRITEABLE, NpyTypes, PY_ARRAY_API,
    get_type_object, npy_intp,
};
use numpy::{PyArrayDescr, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyEllipsis;
use std::ops::Range;

/// The element types that are reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dtype {
    F32,
    F64,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    /// Read as `u8`, of which only 0 and 1 are let in.
    Bool,
}

/// Runs `$body` with `$T` as the type that elements of `$dtype` are read as.
macro_rules! each_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::arrays::Dtype::F32 => {
                type $T = f32;
                $body
            }
            $crate::arrays::Dtype::F64 => {
                type $T = f64;
                $body
            }
            $crate::arrays::Dtype::U8 | $crate::arrays::Dtype::Bool => {
                type $T = u8;
                $body
            }
            $crate::arrays::Dtype::I8 => {
                type $T = i8;
                $body
            }
            $crate::arrays::Dtype::U16 => {
                type $T = u16;
                $body
            }
            $crate::arrays::Dtype::I16 => {
                type $T = i16;
                $body
            }
            $crate::arrays::Dtype::U32 => {
                type $T = u32;
                $body
            }
            $crate::arrays::Dtype::I32 => {
                type $T = i32;
                $body
            }
            $crate::arrays::Dtype::U64 => {
                type $T = u64;
                $body
            }
            $crate::arrays::Dtype::I64 => {
                type $T = i64;
                $body
            }
        }
    };
}
/// The same for the two float types; `$other` is what becomes of the others.
macro_rules! each_float {
    ($dtype:expr, $T:ident => $body:expr, $other:expr) => {
        match $dtype {
            $crate::arrays::Dtype::F32 => {
                type $T = f32;
                $body
            }
            $crate::arrays::Dtype::F64 => {
                type $T = f64;
                $body
            }
            _ => $other,
        }
    };
}
/// The same by the size of elements alone, for copies.
macro_rules! each_size {
    ($size:expr, $T:ident => $body:expr) => {
        match $size {
            1 => {
                type $T = u8;
                $body
            }
            2 => {
                type $T = u16;
                $body
            }
            4 => {
                type $T = u32;
                $body
            }
            _ => {
                type $T = u64;
                $body
            }
        }
    };
}
pub(crate) use {each_dtype, each_float, each_size};

impl Dtype {
    /// The type of an array's elements, or why they cannot be reduced.
    pub(crate) fn of(array: &Bound<'_, PyUntypedArray>) -> PyResult<Dtype> {
        let dtype = array.dtype();
        let found = match (dtype.kind(), dtype.itemsize()) {
            (b'f', 4) => Dtype::F32,
            (b'f', 8) => Dtype::F64,
            (b'u', 1) => Dtype::U8,
            (b'i', 1) => Dtype::I8,
            (b'u', 2) => Dtype::U16,
            (b'i', 2) => Dtype::I16,
            (b'u', 4) => Dtype::U32,
            (b'i', 4) => Dtype::I32,
            (b'u', 8) => Dtype::U64,
            (b'i', 8) => Dtype::I64,
            (b'b', 1) => Dtype::Bool,
            (b'O', _) => {
                return Err(PyTypeError::new_err(
                    "an array of Python objects: convert it to numbers first, as with x.astype(float)",
                ));
            }
            _ => {
                return Err(PyTypeError::new_err(format!(
                    "elements of {dtype}: convert them to float32, float64, bool or an integer of 8, 16, 32 or 64 bits first, as with x.astype(numpy.float32)"
                )));
            }
        };
        match dtype.is_native_byteorder() {
            Some(false) => Err(PyTypeError::new_err(format!(
                "elements of {dtype}, not in this machine's byte order: convert them first, with x.astype(x.dtype.newbyteorder('='))"
            ))),
            _ => Ok(found),
        }
    }

    pub(crate) fn descr(self, py: Python<'_>) -> Bound<'_, PyArrayDescr> {
        match self {
            Dtype::F32 => numpy::dtype::<f32>(py),
            Dtype::F64 => numpy::dtype::<f64>(py),
            Dtype::U8 => numpy::dtype::<u8>(py),
            Dtype::I8 => numpy::dtype::<i8>(py),
            Dtype::U16 => numpy::dtype::<u16>(py),
            Dtype::I16 => numpy::dtype::<i16>(py),
            Dtype::U32 => numpy::dtype::<u32>(py),
            Dtype::I32 => numpy::dtype::<i32>(py),
            Dtype::U64 => numpy::dtype::<u64>(py),
            Dtype::I64 => numpy::dtype::<i64>(py),
            Dtype::Bool => numpy::dtype::<bool>(py),
        }
    }

    /// The type ranks are found in: there is code for some types only, which the others are converted to.
    pub(crate) fn ranked_in(self) -> Dtype {
        match self {
            Dtype::U16 | Dtype::I16 => Dtype::I32,
            Dtype::U32 => Dtype::I64,
            other => other,
        }
    }

    /// The type ranks under masks are found in.
    pub(crate) fn ranked_under_masks_in(self) -> PyResult<Dtype> {
        match self {
            Dtype::F32 | Dtype::F64 | Dtype::U8 | Dtype::Bool => Ok(self),
            Dtype::U64 => Err(PyTypeError::new_err(
                "ranks of uint64 under a mask: convert the elements to int64 or float64 first",
            )),
            _ => Ok(Dtype::I64),
        }
    }

    /// The type squares are summed in: what an `f64` holds exactly is converted to it.
    pub(crate) fn summed_in(self) -> Dtype {
        match self {
            Dtype::F32 | Dtype::I64 | Dtype::U64 => self,
            _ => Dtype::F64,
        }
    }

    /// NumPy's type of indices.
    pub(crate) const INDEX: Dtype = if size_of::<usize>() == 8 { Dtype::I64 } else { Dtype::I32 };
}

/// Types that may stand in a buffer of results: what bytes hold, any bytes do.
pub(crate) trait Plain: Copy + Send + Sync {}

macro_rules! plain {
    ($($t:ty)*) => { $(impl Plain for $t {})* };
}

plain! { f32 f64 u8 i8 u16 i16 u32 i32 u64 i64 usize numpy::Complex32 numpy::Complex64 }

/// A Rust type that has a NumPy type.
pub(crate) trait Typed: Plain {
    const DTYPE: Dtype;
    /// Its bytes, as a number.
    fn bits(self) -> u64;
}

macro_rules! typed {
    ($($t:ty: $dtype:ident)*) => { $(
        impl Typed for $t {
            const DTYPE: Dtype = Dtype::$dtype;
            fn bits(self) -> u64 {
                self as u64
            }
        }
    )* };
}

typed! { u8: U8 i8: I8 u16: U16 i16: I16 u32: U32 i32: I32 u64: U64 i64: I64 }

macro_rules! floats {
    ($($t:ty: $dtype:ident)*) => { $(
        impl Typed for $t {
            const DTYPE: Dtype = Dtype::$dtype;
            fn bits(self) -> u64 {
                self.to_bits().into()
            }
        }
    )* };
}

floats! { f32: F32 f64: F64 }

/// Whatever NumPy makes an array of; masked arrays, whose masks would be lost, are refused.
pub(crate) fn array<'py>(x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    static ASARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static MASKED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = x.py();
    if let Ok(array) = x.cast_exact::<PyUntypedArray>() {
        return Ok(array.clone());
    }
    let masked =
        MASKED.get_or_try_init(py, || Ok::<_, PyErr>(py.import("numpy.ma")?.getattr("MaskedArray")?.unbind()))?;
    if x.is_instance(masked.bind(py))? {
        return Err(PyTypeError::new_err(
            "a masked array, whose mask would be lost: give x.filled(value), or x.data if no mask is meant",
        ));
    }
    let made = if !x.hasattr("__array__")? && x.hasattr("__dlpack__")? {
        py.import("numpy")?.call_method1("from_dlpack", (x,))?
    } else {
        let asarray =
            ASARRAY.get_or_try_init(py, || Ok::<_, PyErr>(py.import("numpy")?.getattr("asarray")?.unbind()))?;
        asarray.bind(py).call1((x,))?
    };
    Ok(made.cast_into::<PyUntypedArray>()?)
}

/// An array whose elements can be read where they lie.
pub(crate) fn readable<'py>(array: Bound<'py, PyUntypedArray>, dtype: Dtype) -> PyResult<Bound<'py, PyUntypedArray>> {
    let size = array.dtype().itemsize() as isize;
    if flags(&array) & NPY_ARRAY_ALIGNED == 0 || array.strides().iter().any(|s| s % size != 0) {
        // Fields of packed records, and what was cut out of bytes.
        return Ok(array.call_method0("copy")?.cast_into::<PyUntypedArray>()?);
    }
    if dtype == Dtype::Bool {
        let odd = view::<u8>(&array).iter().any(|&byte| byte > 1);
        if odd {
            return Ok(array.call_method1("__ne__", (0,))?.cast_into::<PyUntypedArray>()?);
        }
    }
    Ok(array)
}

fn flags(array: &Bound<'_, PyUntypedArray>) -> i32 {
    // SAFETY: a NumPy array is one; the field is only read.
    unsafe { (*_PyArray_GET_ITEM_DATA(array.as_array_ptr())).flags }
}

fn data(array: &Bound<'_, PyUntypedArray>) -> *mut u8 {
    // SAFETY: a NumPy array is one; the field is only read.
    unsafe { (*_PyArray_GET_ITEM_DATA(array.as_array_ptr())).data.cast() }
}

/// The lowest and the highest place of an element along the strides, from the first one on; `None` for no element.
fn reach(shape: &[usize], strides: &[isize]) -> Option<(isize, isize)> {
    if shape.contains(&0) {
        return None;
    }
    let far = |(&n, &s): (&usize, &isize)| s * (n as isize - 1);
    let (below, above): (Vec<isize>, Vec<isize>) = shape.iter().zip(strides).map(far).partition(|&d| d < 0);
    Some((below.iter().sum(), above.iter().sum()))
}

/// The elements of an array whose type was found to be `T`'s and which went through [`readable`].
pub(crate) fn view<'a, T>(array: &'a Bound<'_, PyUntypedArray>) -> View<'a, T> {
    let size = size_of::<T>() as isize;
    let strides: Vec<isize> = array.strides().iter().map(|s| s / size).collect();
    let made = match reach(array.shape(), &strides) {
        None => View::new(&[], array.shape()),
        Some((low, high)) => {
            // SAFETY: NumPy keeps all elements of an array inside one allocation, from the lowest to the highest, aligned as
            // its flag says; it lives as long as the array, which is borrowed. Every bit pattern is a value of the types
            // there are. Other threads may write meanwhile, which is documented to give any numbers.
            let slice = unsafe {
                let first = data(array).cast::<T>().offset(low);
                std::slice::from_raw_parts(first, (high - low) as usize + 1)
            };
            View::with_strides(slice, array.shape(), &strides, -low as usize)
        }
    };
    match made {
        Ok(view) => view,
        Err(_) => unreachable!("NumPy's own strides stay inside its array"),
    }
}

/// A new array of this type and shape; what it holds is to be written.
pub(crate) fn empty<'py>(
    py: Python<'py>,
    descr: Bound<'py, PyArrayDescr>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyUntypedArray>> {
    let mut dims: Vec<npy_intp> = shape.iter().map(|&n| n as npy_intp).collect();
    // SAFETY: the reference to the descriptor is handed over, as the function wants; the dimensions live through the call.
    unsafe {
        let array = PY_ARRAY_API.PyArray_NewFromDescr(
            py,
            get_type_object(py, NpyTypes::PyArray_Type),
            descr.into_ptr().cast(),
            dims.len() as i32,
            dims.as_mut_ptr(),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            0,
            std::ptr::null_mut(),
        );
        Ok(Bound::from_owned_ptr_or_err(py, array)?.cast_into_unchecked())
    }
}

/// A read-only array over the elements of `base`, from `first` bytes behind its first one on, with a shape and strides (in bytes)
/// that stay inside of it.
pub(crate) fn strided<'py>(
    base: &Bound<'py, PyUntypedArray>,
    first: isize,
    shape: &[usize],
    strides: &[isize],
) -> PyResult<Bound<'py, PyAny>> {
    let py = base.py();
    let mut dims: Vec<npy_intp> = shape.iter().map(|&n| n as npy_intp).collect();
    let mut strides: Vec<npy_intp> = strides.iter().map(|&s| s as npy_intp).collect();
    // SAFETY: as in `empty`; the plan proved shape and strides to stay inside the array, which the new one keeps alive.
    unsafe {
        let array = PY_ARRAY_API.PyArray_NewFromDescr(
            py,
            get_type_object(py, NpyTypes::PyArray_Type),
            base.dtype().into_ptr().cast(),
            dims.len() as i32,
            dims.as_mut_ptr(),
            strides.as_mut_ptr(),
            data(base).wrapping_offset(first).cast(),
            0,
            std::ptr::null_mut(),
        );
        let array = Bound::from_owned_ptr_or_err(py, array)?;
        if PY_ARRAY_API.PyArray_SetBaseObject(py, array.as_ptr().cast(), base.clone().into_ptr()) < 0 {
            return Err(PyErr::fetch(py));
        }
        Ok(array)
    }
}

/// The addresses an array's elements lie between.
fn extent(array: &Bound<'_, PyUntypedArray>) -> Range<usize> {
    match reach(array.shape(), array.strides()) {
        None => 0..0,
        Some((low, high)) => {
            let first = data(array) as isize;
            (first + low) as usize..(first + high) as usize + array.dtype().itemsize()
        }
    }
}

/// A buffer of results of type `O`, which is that of `descr`: `out`, or a new array. `f` fills it.
///
/// Where `out` is not in one piece or shares memory with an input, the results are copied there in the end.
pub(crate) fn filled<'py, O: Plain>(
    py: Python<'py>,
    descr: Bound<'py, PyArrayDescr>,
    shape: &[usize],
    out: Option<&Bound<'py, PyAny>>,
    inputs: &[&Bound<'py, PyUntypedArray>],
    f: impl FnOnce(&mut [O]) -> ndwindow::Result<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let out = match out {
        None => None,
        Some(out) => Some(checked_out(out, &descr, shape)?),
    };
    let direct = out.as_ref().filter(|out| {
        let whole = NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_ALIGNED;
        let (own, apart) = (extent(out), |a: &Range<usize>, b: &Range<usize>| a.end <= b.start || b.end <= a.start);
        flags(out) & whole == whole && inputs.iter().all(|x| apart(&extent(x), &own))
    });
    let target = match direct {
        Some(out) => (*out).clone(),
        None => empty(py, descr, shape)?,
    };
    let len = shape.iter().product();
    debug_assert_eq!(target.dtype().itemsize(), size_of::<O>());
    // SAFETY: in one piece, aligned, writable, of `len` elements of `O`'s size, by the flags or because it is new; any bits are a
    // value of a `Plain` type (new memory comes from C, where it holds whatever it holds). No input lies in it.
    f(unsafe { std::slice::from_raw_parts_mut(data(&target).cast::<O>(), len) }).map_err(failed)?;
    match out {
        Some(out) if !out.is(&target) => {
            out.set_item(PyEllipsis::get(py), &target)?;
            Ok(out.into_any())
        }
        _ => Ok(target.into_any()),
    }
}

/// An array as another type, as NumPy casts.
pub(crate) fn cast<'py>(array: &Bound<'py, PyUntypedArray>, dtype: Dtype) -> PyResult<Bound<'py, PyUntypedArray>> {
    Ok(array.call_method1("astype", (dtype.descr(array.py()),))?.cast_into()?)
}

/// Results in `out`, or as they are.
pub(crate) fn delivered<'py>(
    made: &Bound<'py, PyUntypedArray>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(out) = out else { return Ok(made.clone().into_any()) };
    let out = checked_out(out, &made.dtype(), made.shape())?;
    out.set_item(PyEllipsis::get(made.py()), made)?;
    Ok(out.into_any())
}

fn checked_out<'py>(
    out: &Bound<'py, PyAny>,
    descr: &Bound<'py, PyArrayDescr>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyUntypedArray>> {
    let array = out.cast::<PyUntypedArray>().map_err(|_| PyTypeError::new_err("out is no NumPy array"))?;
    if !array.dtype().is_equiv_to(descr) {
        return Err(PyTypeError::new_err(format!(
            "out has elements of {}, but the results are {descr}",
            array.dtype()
        )));
    }
    if array.shape() != shape {
        return Err(PyValueError::new_err(format!(
            "out has shape {:?}, but the results have {shape:?}",
            array.shape()
        )));
    }
    if flags(array) & NPY_ARRAY_WRITEABLE == 0 {
        return Err(PyValueError::new_err("out is read-only: give an array that can be written"));
    }
    Ok(array.clone())
}
