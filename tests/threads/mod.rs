//! The same work on one thread and on several.

#[cfg(feature = "rayon")]
pub(crate) fn in_pools(f: impl Fn() + Send + Sync) {
    for threads in 1..=3 {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(&f);
    }
}

#[cfg(not(feature = "rayon"))]
pub(crate) fn in_pools(f: impl Fn()) {
    f();
}
