//! The extension module behind the Python package `ndwindow`: arguments and arrays of NumPy for the crate of that name.

mod arrays;
mod audio;
mod fold;
mod moving;
mod nn;
mod plan;
mod request;
mod threads;
mod tiles;
mod weigh;
mod windows;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Errors of the crate are `ValueError`s with its words.
pub(crate) fn failed(error: ndwindow::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

#[pymodule(gil_used = false)]
mod _core {
    use super::*;

    #[pymodule_export]
    use super::audio::{istft, stft};
    #[pymodule_export]
    use super::fold::fold;
    #[pymodule_export]
    use super::moving::moving;
    #[pymodule_export]
    use super::nn::{avg_pool, conv, max_pool};
    #[pymodule_export]
    use super::plan::{Part, Parts, Plan};
    #[pymodule_export]
    use super::tiles::{Blender, Tiling, tiles};
    #[pymodule_export]
    use super::weigh::weigh;
    #[pymodule_export]
    use super::windows::{Windows, unfold};

    #[pymodule_init]
    fn init(_module: &Bound<'_, PyModule>) -> PyResult<()> {
        threads::loaded();
        Ok(())
    }
}
