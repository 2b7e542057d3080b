//! Work cut for the caller's threads.

use super::caches::THREAD;
use alloc::vec::Vec;
#[cfg(feature = "rayon")]
use rayon::prelude::*;

/// How many threads the caller's pool has.
pub(crate) fn threads() -> usize {
    #[cfg(feature = "rayon")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "rayon"))]
    1
}

/// For how many of them work should be cut that takes as long as to move so many bytes.
pub(crate) fn threads_for(bytes: usize) -> usize {
    // The pool is asked last: that may start it.
    if bytes < THREAD { 1 } else { threads() }
}

/// Calls `f` for every number below `n`, in parallel if asked; `scratch` is made once a thread (or oftener).
pub(crate) fn each_number<S>(
    n: usize,
    parallel: bool,
    scratch: impl Fn() -> S + Sync + Send,
    f: impl Fn(&mut S, usize) + Sync + Send,
) {
    #[cfg(feature = "rayon")]
    if parallel && n > 1 {
        return (0..n).into_par_iter().for_each_init(scratch, f);
    }
    let _ = parallel;
    let mut scratch = scratch();
    (0..n).for_each(|number| f(&mut scratch, number));
}

/// What `f` makes of every number, in order, in the caller's threads.
pub(crate) fn made<S, R: Send>(
    numbers: core::ops::Range<usize>,
    scratch: impl Fn() -> S + Sync + Send,
    f: impl Fn(&mut S, usize) -> R + Sync + Send,
) -> Vec<R> {
    #[cfg(feature = "rayon")]
    return numbers.into_par_iter().map_init(scratch, f).collect();
    #[cfg(not(feature = "rayon"))]
    {
        let mut scratch = scratch();
        numbers.map(|number| f(&mut scratch, number)).collect()
    }
}

/// Calls `f` with consecutive chunks of every row of `out` (row, number of the chunk, chunk), in parallel if the whole takes as
/// long as to move so many `bytes`; `scratch` is made once a thread and row.
pub(crate) fn each_chunk<T: Send, S>(
    out: &mut [T],
    row: usize,
    chunk: usize,
    bytes: usize,
    scratch: impl Fn() -> S + Sync,
    f: impl Fn(&mut S, usize, usize, &mut [T]) + Sync,
) {
    if out.is_empty() {
        return;
    }
    #[cfg(feature = "rayon")]
    if threads_for(bytes) > 1 {
        return out.par_chunks_mut(row).enumerate().for_each(|(r, part)| {
            part.par_chunks_mut(chunk).enumerate().for_each_init(&scratch, |s, (i, part)| f(s, r, i, part));
        });
    }
    let _ = bytes;
    let mut scratch = scratch();
    for (r, part) in out.chunks_mut(row).enumerate() {
        for (i, part) in part.chunks_mut(chunk).enumerate() {
            f(&mut scratch, r, i, part);
        }
    }
}

/// A few units of `out` for each thread, so that one that is held up does not hold up all: calls `f` with each unit and the index
/// of its first element, a multiple of `multiple`.
pub(super) fn each_unit<T: Send>(out: &mut [T], multiple: usize, f: impl Fn(usize, &mut [T]) + Sync) {
    let (bytes, all) = (size_of_val(out), out.len());
    let unit = match threads_for(bytes) {
        1 => all,
        threads => all.div_ceil(4 * threads).next_multiple_of(multiple),
    };
    each_chunk(out, all, unit, bytes, || (), |(), _, k, part| f(k * unit, part));
}

/// What is written in parts by several threads.
pub(crate) trait Divide: Sized + Send {
    /// The first so many results, and the others.
    fn split(self, at: usize) -> (Self, Self);
}

impl<O: Send> Divide for &mut [O] {
    fn split(self, at: usize) -> (Self, Self) {
        self.split_at_mut(at)
    }
}

/// Results that know how many stand before them in the whole.
pub(crate) struct Placed<'o, O> {
    pub(crate) out: &'o mut [O],
    pub(crate) before: usize,
}

impl<O: Send> Divide for Placed<'_, O> {
    fn split(self, at: usize) -> (Self, Self) {
        let (out, rest) = self.out.split_at_mut(at);
        (Placed { out, before: self.before }, Placed { out: rest, before: self.before + at })
    }
}

/// Calls `f` with each part of a result, of so many elements, and its number, in the caller's threads if there are several.
pub(crate) fn each_part<P: Divide>(out: P, lengths: &[usize], f: &(dyn Fn(usize, P) + Sync)) {
    let mut rest = Some(out);
    let parts = lengths.iter().filter_map(|&len| {
        let (part, more) = rest.take()?.split(len);
        rest = Some(more);
        Some(part)
    });
    #[cfg(feature = "rayon")]
    if lengths.len() > 1 {
        use std::sync::Mutex;
        let parts: Vec<Mutex<Option<P>>> = parts.map(|part| Mutex::new(Some(part))).collect();
        return numbers(parts.len(), &|number| {
            if let Some(part) = parts[number].lock().ok().and_then(|mut part| part.take()) {
                f(number, part);
            }
        });
    }
    parts.enumerate().for_each(|(number, part)| f(number, part));
}

/// Compiled once, for whatever parts.
#[cfg(feature = "rayon")]
fn numbers(n: usize, f: &(dyn Fn(usize) + Sync)) {
    (0..n).into_par_iter().for_each(f);
}
