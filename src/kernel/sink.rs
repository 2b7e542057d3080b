//! Writing an output front to back, either straight or past the caches.
//!
//! An ordinary store to a line that no cache holds reads the line first. For an output larger than the caches that is a
//! third of the traffic of a copy and half that of a fill, so a [`Sink`] collects such an output in a small buffer and
//! sends whole lines with non-temporal stores, in bursts short enough that the reading goes on meanwhile.

use super::caches::{BURST, LINE, STAGE};
use super::level::Level;
use super::stream::{fence, stream_lines, streams_lines};
use crate::element::Element;
use alloc::vec;
use alloc::vec::Vec;

/// An output being written front to back.
pub(super) struct Sink<'a, T> {
    level: Level,
    out: &'a mut [T],
    /// How many elements of `out` are written.
    done: usize,
    stage: Option<Stage<T>>,
}

/// Elements on their way. `cells[first]` stands for the line boundary at or before `out[done]`.
struct Stage<T> {
    cells: Vec<T>,
    first: usize,
    /// Elements from that boundary on, of which `phase` lie before `out[done]` and are not ours.
    filled: usize,
    phase: usize,
}

impl<'a, T: Element> Sink<'a, T> {
    /// A sink over `out`. `streaming` sends whole lines past the caches where machine and element type allow it, with the
    /// stores of `level`.
    pub(super) fn new(out: &'a mut [T], streaming: bool, level: Level) -> Self {
        let stage = (streaming && streams_lines::<T>()).then(|| {
            let size = size_of::<T>();
            let phase = out.as_ptr().addr() % LINE / size;
            let cells = vec![T::default(); (STAGE + BURST + 2 * LINE) / size];
            let first = cells.as_ptr().addr().wrapping_neg() % LINE / size;
            Stage { cells, first, filled: phase, phase }
        });
        Sink { level, out, done: 0, stage }
    }

    /// Whether a block has at most [`STAGE`] bytes.
    #[inline]
    pub(super) fn is_staged(&self) -> bool {
        self.stage.is_some()
    }

    /// Room for the next `count` elements, to be written and then [committed](Self::commit).
    #[inline]
    pub(super) fn block(&mut self, count: usize) -> &mut [T] {
        match &mut self.stage {
            None => &mut self.out[self.done..][..count],
            Some(stage) => &mut stage.cells[stage.first + stage.filled..][..count],
        }
    }

    /// Takes the first `count` elements of the block as written.
    #[inline]
    pub(super) fn commit(&mut self, count: usize) {
        match &mut self.stage {
            None => self.done += count,
            Some(stage) => {
                stage.filled += count;
                if stage.filled * size_of::<T>() >= BURST {
                    self.send();
                }
            }
        }
    }

    /// Appends a run; the whole lines of a long one go from the source to the output directly.
    #[inline]
    pub(super) fn run(&mut self, mut source: &[T]) {
        let Some(stage) = &mut self.stage else {
            self.block(source.len()).copy_from_slice(source);
            self.commit(source.len());
            return;
        };
        let line = LINE / size_of::<T>();
        let head = (stage.filled.next_multiple_of(line) - stage.filled).min(source.len());
        stage.cells[stage.first + stage.filled..][..head].copy_from_slice(&source[..head]);
        stage.filled += head;
        source = &source[head..];
        if source.len() >= line {
            if stage.filled > 0 {
                self.send();
            }
            let whole = source.len() / line * line;
            self.stream(&source[..whole]);
            source = &source[whole..];
        }
        self.block(source.len()).copy_from_slice(source);
        self.commit(source.len());
    }

    /// Appends `count` times `value`.
    #[inline]
    pub(super) fn fill(&mut self, value: T, mut count: usize) {
        let most = if self.is_staged() { STAGE / size_of::<T>() } else { count };
        while count > 0 {
            let now = count.min(most);
            self.block(now).fill(value);
            self.commit(now);
            count -= now;
        }
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) {
        self.send();
        if let Some(stage) = &self.stage {
            let rest = &stage.cells[stage.first + stage.phase..stage.first + stage.filled];
            self.out[self.done..][..rest.len()].copy_from_slice(rest);
            self.done += rest.len();
        }
        debug_assert_eq!(self.done, self.out.len(), "an output written in part");
    }

    /// Sends the whole lines of the stage.
    #[inline(never)]
    fn send(&mut self) {
        let Some(mut stage) = self.stage.take() else { return };
        let line = LINE / size_of::<T>();
        let whole = stage.filled / line * line;
        let mut from = 0;
        if stage.phase > 0 && whole > 0 {
            // The first line is shared with what stands before the output: its rest is stored as usual.
            let head = &stage.cells[stage.first + stage.phase..stage.first + line];
            self.out[self.done..][..head.len()].copy_from_slice(head);
            self.done += head.len();
            stage.phase = 0;
            from = line;
        }
        self.stream(&stage.cells[stage.first + from..stage.first + whole]);
        stage.cells.copy_within(stage.first + whole..stage.first + stage.filled, stage.first);
        stage.filled -= whole;
        self.stage = Some(stage);
    }

    /// Whole lines, from a line boundary of the output on.
    #[inline]
    #[allow(unsafe_code)]
    fn stream(&mut self, lines: &[T]) {
        // SAFETY: the borrow of `out` lasts as long as the sink, and dropping the sink fences. (No sink is forgotten.)
        unsafe { stream_lines(self.level, &mut self.out[self.done..][..lines.len()], lines) };
        self.done += lines.len();
    }
}

impl<T> Drop for Sink<'_, T> {
    fn drop(&mut self) {
        fence();
    }
}
