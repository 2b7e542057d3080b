//! Where the work runs: on the calling thread with the global pool behind it, or in a pool of the asked size.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::HashMap;
use std::process;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Pools by process and size. After a fork the threads of the parent's pools, the global one too, are not there.
static POOLS: LazyLock<Mutex<Pools>> = LazyLock::new(Mutex::default);

type Pools = HashMap<(u32, usize), Arc<ThreadPool>>;

/// The process that loaded this module.
static LOADED_BY: LazyLock<u32> = LazyLock::new(process::id);

/// A job of fewer combinations than this is not worth waking a thread for.
const SMALL: usize = 1 << 15;

pub(crate) fn loaded() {
    LazyLock::force(&LOADED_BY);
}

/// The `threads` argument: a number from 1 on.
pub(crate) fn checked(threads: Option<usize>) -> PyResult<Option<usize>> {
    match threads {
        Some(0) => Err(PyValueError::new_err("threads is 0: it must be at least 1, or None for all")),
        threads => Ok(threads),
    }
}

/// Runs `f`, about `work` combinations, with the interpreter released.
pub(crate) fn run<R: Send>(py: Python<'_>, threads: Option<usize>, work: usize, f: impl FnOnce() -> R + Send) -> R {
    py.detach(|| {
        let here = process::id() == *LOADED_BY;
        if work < SMALL || (threads.is_none() && here) {
            return f();
        }
        // 0 is what RAYON_NUM_THREADS says, or one a core.
        match pool(threads.unwrap_or(0)) {
            Some(pool) => pool.install(f),
            None => f(),
        }
    })
}

fn pool(threads: usize) -> Option<Arc<ThreadPool>> {
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (process::id(), threads);
    if let Some(pool) = pools.get(&key) {
        return Some(pool.clone());
    }
    let pool = Arc::new(ThreadPoolBuilder::new().num_threads(threads).build().ok()?);
    pools.insert(key, pool.clone());
    Some(pool)
}
