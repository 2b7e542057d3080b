//! Short-time Fourier transforms.

use crate::arrays::{Dtype, Plain, Typed, array, each_float, filled, readable, view};
use crate::request::{Per, modes};
use crate::{failed, threads};
use ndwindow::audio::{FftNum, Sample, Scale, Stft, WindowFn};
use numpy::{Complex32, Complex64, PyArrayDescr, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// `f32` and `f64`, and the complex numbers of them.
trait Real: Sample + FftNum + Typed {
    fn complex(py: Python<'_>) -> Bound<'_, PyArrayDescr>;
}

impl Real for f32 {
    fn complex(py: Python<'_>) -> Bound<'_, PyArrayDescr> {
        numpy::dtype::<Complex32>(py)
    }
}

impl Real for f64 {
    fn complex(py: Python<'_>) -> Bound<'_, PyArrayDescr> {
        numpy::dtype::<Complex64>(py)
    }
}

/// What both directions are asked.
#[derive(FromPyObject)]
struct Asked<'py> {
    #[pyo3(item)]
    window: Option<Bound<'py, PyAny>>,
    #[pyo3(item)]
    center: bool,
    #[pyo3(item)]
    mode: Bound<'py, PyAny>,
    #[pyo3(item)]
    scale: Option<String>,
    #[pyo3(item)]
    two_sided: bool,
    #[pyo3(item)]
    whole_hops: bool,
    #[pyo3(item)]
    window_first: bool,
    #[pyo3(item)]
    allow_gaps: bool,
}

impl Asked<'_> {
    fn stft(&self, n_fft: usize, hop: usize) -> PyResult<Stft> {
        let mut stft = Stft::new(n_fft, hop);
        if let Some(window) = &self.window {
            stft = stft.window(&self::window(window, n_fft)?);
        }
        if self.center {
            let Per::One(mode) = modes(&self.mode)? else {
                return Err(PyTypeError::new_err("mode is one name"));
            };
            stft = stft.centered(mode);
        }
        stft = match self.scale.as_deref() {
            None => stft,
            Some("unitary") => stft.scale(Scale::Unitary),
            Some("spectrum") => stft.scale(Scale::Spectrum),
            Some("density") => stft.scale(Scale::Density),
            Some(other) => {
                return Err(PyValueError::new_err(format!(
                    "scale {other:?}: use None, \"unitary\", \"spectrum\" or \"density\""
                )));
            }
        };
        if self.two_sided {
            stft = stft.two_sided();
        }
        if self.whole_hops {
            stft = stft.whole_hops();
        }
        if self.window_first {
            stft = stft.window_first();
        }
        Ok(if self.allow_gaps { stft.allow_gaps() } else { stft })
    }
}

/// Values, or the name of a window function, periodic.
fn window(given: &Bound<'_, PyAny>, n: usize) -> PyResult<Vec<f64>> {
    let Ok(name) = given.extract::<String>() else {
        return given
            .extract::<Vec<f64>>()
            .map_err(|_| PyTypeError::new_err("window is a name or a sequence of numbers, one for each sample"));
    };
    let function = match name.as_str() {
        "boxcar" => WindowFn::Rectangular,
        "hann" => WindowFn::Hann,
        "hamming" => WindowFn::Hamming,
        "blackman" => WindowFn::Blackman,
        "cosine" => WindowFn::Sine,
        _ => {
            return Err(PyValueError::new_err(format!(
                "window {name:?}: use \"hann\", \"hamming\", \"blackman\", \"cosine\", \"boxcar\", or give its values"
            )));
        }
    };
    function.periodic(n).map_err(failed)
}

/// `[.., time] -> [.., frames, bins]`, complex.
#[pyfunction]
pub(crate) fn stft<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    n_fft: usize,
    hop: usize,
    asked: &Bound<'py, PyAny>,
    out: Option<&Bound<'py, PyAny>>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let source = array(x)?;
    let dtype = Dtype::of(&source)?;
    let source = readable(source, dtype)?;
    let stft = asked.extract::<Asked<'_>>()?.stft(n_fft, hop)?;
    let job = Job { py, stft, source: &source, out, threads: threads::checked(threads)? };
    each_float!(dtype, T => job.forward::<T>(), Err(PyTypeError::new_err(format!(
        "a signal of {}: convert it to float32 or float64 first",
        source.dtype()
    ))))
}

/// `[.., frames, bins] -> [.., time]`.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub(crate) fn istft<'py>(
    py: Python<'py>,
    spectra: &Bound<'py, PyAny>,
    n_fft: usize,
    hop: usize,
    asked: &Bound<'py, PyAny>,
    length: Option<usize>,
    out: Option<&Bound<'py, PyAny>>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let source = array(spectra)?;
    let dtype = source.dtype();
    let native = dtype.is_native_byteorder() != Some(false);
    let source = match (native, dtype.kind(), dtype.itemsize()) {
        (true, b'c', 8 | 16) => readable(source.clone(), Dtype::F64)?,
        _ => return Err(PyTypeError::new_err(format!("spectra of {dtype}: give complex64 or complex128"))),
    };
    let stft = asked.extract::<Asked<'_>>()?.stft(n_fft, hop)?;
    let job = Job { py, stft, source: &source, out, threads: threads::checked(threads)? };
    match dtype.itemsize() {
        8 => job.inverse::<f32>(length),
        _ => job.inverse::<f64>(length),
    }
}

struct Job<'a, 'py> {
    py: Python<'py>,
    stft: Stft,
    source: &'a Bound<'py, PyUntypedArray>,
    out: Option<&'a Bound<'py, PyAny>>,
    threads: Option<usize>,
}

impl<'py> Job<'_, 'py> {
    fn forward<T: Real>(self) -> PyResult<Bound<'py, PyAny>>
    where
        ndwindow::audio::Complex<T>: Plain,
    {
        let Job { py, source, threads, .. } = self;
        let analysis = self.stft.analysis::<T>().map_err(failed)?;
        let Some((&samples, leading)) = source.shape().split_last() else {
            return Err(PyValueError::new_err("a signal without axes: it needs one, of samples"));
        };
        let mut shape = leading.to_vec();
        shape.extend([analysis.frames(samples).map_err(failed)?, analysis.bins()]);
        let signal = view::<T>(source);
        filled(py, T::complex(py), &shape, self.out, &[source], |out| {
            let work = out.len().saturating_mul(16);
            threads::run(py, threads, work, || analysis.forward_into(&signal, out))
        })
    }

    fn inverse<T: Real>(self, length: Option<usize>) -> PyResult<Bound<'py, PyAny>> {
        let Job { py, source, threads, .. } = self;
        let synthesis = self.stft.synthesis::<T>().map_err(failed)?;
        let [leading @ .., frames, _] = source.shape() else {
            return Err(PyValueError::new_err("spectra need two axes at the end: frames and bins"));
        };
        let mut shape = leading.to_vec();
        shape.push(match length {
            Some(length) => length,
            None => synthesis.samples(*frames).map_err(failed)?,
        });
        let spectra = view::<ndwindow::audio::Complex<T>>(source);
        filled(py, T::DTYPE.descr(py), &shape, self.out, &[source], |out| {
            let work = out.len().saturating_mul(16);
            threads::run(py, threads, work, || synthesis.inverse_into(&spectra, out))
        })
    }
}
