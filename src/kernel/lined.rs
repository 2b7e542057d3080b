//! Writing an output front to back in whole lines, past the caches, without allocating: runs go to memory directly, and only the
//! line in which one run ends and the next begins is put together first.
//!
//! A line that is stored in two parts costs more than several whole ones. See `sink.rs` for outputs made of short runs.
#![allow(unsafe_code)] // streaming stores

use super::caches::LINE;
use super::level::Level;
use super::stream::{fence, stream_lines, streams_lines};
use crate::element::Element;
use core::fmt;

/// An output being written front to back.
pub(crate) struct Lined<'a, T> {
    level: Level,
    out: &'a mut [T],
    /// How many elements of `out` are written or in the edge.
    done: usize,
    /// None if the output is not streamed.
    edge: Option<Edge<T>>,
}

/// The line that `out[done]` lies in, up to that element.
#[repr(align(64))]
struct Edge<T> {
    /// As many as a line has are used.
    cells: [T; LINE],
    filled: usize,
}

impl<'a, T: Element> Lined<'a, T> {
    /// Past the caches, with the stores of `level`, if `streaming` and machine and element type allow it.
    #[inline]
    pub(crate) fn new(out: &'a mut [T], streaming: bool, level: Level) -> Self {
        let edge = (streaming && streams_lines::<T>())
            .then(|| Edge { cells: [T::default(); LINE], filled: out.as_ptr().addr() % LINE / size_of::<T>() });
        Lined { level, out, done: 0, edge }
    }

    /// Whether lines go past the caches.
    #[inline(always)]
    pub(super) fn streams(&self) -> bool {
        self.edge.is_some()
    }

    /// How many elements are not written yet.
    #[inline]
    pub(crate) fn left(&self) -> usize {
        self.out.len() - self.done
    }

    /// Appends a run.
    ///
    /// # Panics
    /// If there is no room for it.
    #[inline]
    pub(crate) fn copy(&mut self, run: &[T]) {
        let level = self.level;
        // SAFETY: `stream_lines` writes all it is given; the drop fences.
        unsafe {
            self.append(
                run.len(),
                |to, at| to.copy_from_slice(&run[at..][..to.len()]),
                |to, at| stream_lines(level, to, &run[at..][..to.len()]),
            );
        }
    }

    /// Appends `len` elements: `put` writes those from its second argument on to a slice, and so does `stream` to whole
    /// lines of the output, with streaming stores.
    ///
    /// # Panics
    /// If there is no room for them.
    ///
    /// # Safety
    /// Calling `stream` with whole lines that stand on a line must be sound where [`streams_lines`] holds for `T` and a
    /// [`fence`] follows before the output is given back.
    #[inline(always)]
    pub(super) unsafe fn append(
        &mut self,
        len: usize,
        put: impl Fn(&mut [T], usize),
        stream: impl Fn(&mut [T], usize),
    ) {
        let room = &mut self.out[self.done..][..len];
        let Some(edge) = &mut self.edge else {
            put(room, 0);
            self.done += len;
            return;
        };
        let line = LINE / size_of::<T>();
        let mut at = 0;
        if edge.filled > 0 {
            at = (line - edge.filled).min(len);
            put(&mut edge.cells[edge.filled..][..at], 0);
            edge.filled += at;
            self.done += at;
            if edge.filled < line {
                return;
            }
            self.flush();
        }
        let whole = (len - at) / line * line;
        // The edge is empty, so that a line begins here.
        stream(&mut self.out[self.done..][..whole], at);
        self.done += whole;
        at += whole;
        if let Some(edge) = &mut self.edge {
            put(&mut edge.cells[..len - at], at);
            edge.filled = len - at;
            self.done += len - at;
        }
    }

    /// Writes what is still on its way.
    pub(crate) fn finish(mut self) {
        self.flush();
    }

    /// Stores the cells of the edge that belong to the output, and empties it.
    fn flush(&mut self) {
        let Some(edge) = &mut self.edge else { return };
        // The output may have begun in the middle of the line.
        let ours = edge.filled.min(self.done);
        let (to, from) = (&mut self.out[self.done - ours..self.done], &edge.cells[edge.filled - ours..edge.filled]);
        // SAFETY: the drop fences.
        unsafe { stream_lines(self.level, to, from) };
        edge.filled = 0;
    }
}

impl<T> fmt::Debug for Lined<'_, T> {
    /// How far it is, and none of the elements: those that went past the caches may not be read before the fence, not even by
    /// the thread that wrote them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, streams) = (self.done, self.edge.is_some());
        f.debug_struct("Lined").field("len", &self.out.len()).field("done", &done).field("streams", &streams).finish()
    }
}

impl<T> Drop for Lined<'_, T> {
    fn drop(&mut self) {
        if self.edge.is_some() {
            fence();
        }
    }
}
