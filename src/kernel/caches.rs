//! What this crate takes a machine for: its caches, and how it reads and writes memory. Every number of bytes that was found by measuring
//! stands here; what was measured is said by verb in `docs/why`.
//!
//! Three sizes are behind most of them: 32 KiB of a first-level cache, half a megabyte or more of a second-level cache, and pages of
//! 4 KiB, in which alone a machine runs ahead of what is read.
#![allow(unsafe_code)] // asks the processor who made it

use core::ops::Range;

/// Bytes of a page, at whose end processors but AMD's stop reading ahead.
const PAGE: usize = 4 * 1024;

/// Whether the processor is one of AMD's (measured: Zen 3 and Zen 4).
fn reads_on() -> bool {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use core::sync::atomic::{AtomicU8, Ordering};
        // 0: not asked yet. Threads that ask at once store the same answer.
        static FOUND: AtomicU8 = AtomicU8::new(0);
        if FOUND.load(Ordering::Relaxed) == 0 {
            // SAFETY: every x86-64 has this instruction. (Later versions of Rust call it safe.)
            #[allow(unused_unsafe)]
            let maker = unsafe { core::arch::x86_64::__cpuid(0) };
            let amd = [maker.ebx, maker.edx, maker.ecx].map(u32::to_le_bytes) == [*b"Auth", *b"enti", *b"cAMD"];
            FOUND.store(1 + u8::from(amd), Ordering::Relaxed);
        }
        FOUND.load(Ordering::Relaxed) == 2
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    false
}

/// Bytes of a cache line.
pub(crate) const LINE: usize = 64;

/// Results of at least this many bytes are worth streaming: smaller ones are better left in the caches.
pub(crate) const STREAM: usize = 4 * 1024 * 1024;
/// Rows of fewer bytes are stored as they are, a few lines being written for the caches anyway.
pub(super) const STREAMED_ROW: usize = 256;
/// What an output written front to back has collected is sent on as soon as it is so many bytes: larger bursts hold up the reading.
pub(super) const BURST: usize = 512;
/// The largest block that is collected at once: it must stay in a first-level cache.
pub(super) const STAGE: usize = 8 * 1024;
/// Bytes of a tile of a copy across memory: little more than a burst, so that reading and writing alternate quickly.
pub(super) const COPIED_TILE: usize = 768;
/// Runs of more bytes are left to the library's copy, whose call then costs little.
pub(super) const COPIED_RUN: usize = 512;
/// How far ahead of the row that is multiplied memory is asked for.
pub(super) const PRODUCT_AHEAD: usize = 4 * 1024;

/// Work that takes less than to move so many bytes stays on its thread: waking another takes as long as copying them.
pub(super) const THREAD: usize = 1024 * 1024;

/// Bytes of a result that a copy fills at a time: small enough for a second-level cache, large enough to dwarf its set-up.
pub(crate) const COPIED_UNIT: usize = 256 * 1024;
/// A thread takes windows of about so many bytes at a time where a closure is called for each.
pub(crate) const SHARE: usize = 16 * 1024;

/// Bytes of a reduction's rows in flight: what a second-level cache of a server holds.
const IN_FLIGHT: usize = 1024 * 1024;
/// The same where long rows are worth more: a core's share of the third level. (Window 101 of `f32` 4096 x 4096, a mean 30.5 and 23.2 ms, a
/// maximum 25.5 and 19.8; of the volumes 9 x 9 x 9 over 256 a side 0.92 of the time; EPYC with AVX-512, November 2026.)
const LONG_FLIGHT: usize = 3 * 1024 * 1024;
/// A row of fewer bytes spends its time on calls; one of more leaves the first-level cache without reading memory in longer
/// stretches.
const ROW: Range<usize> = 1024..PAGE;
/// Rows where the processor reads on [beyond a page](reads_on): those of a picture are whole. (Maxima of `f32` 4096 x 4096, rows of 4, 8 and
/// 16 KiB: window 3 17.4, 17.5 and 13.0 ms, window 15 24, 21.5 and 15.8 ms; EPYC with AVX-512, November 2026. On an Intel Sapphire Rapids 7.0,
/// 7.1 and 10.4 ms for window 3.)
const LONG_ROW: Range<usize> = 1024..16 * 1024;

/// How many bytes of rows may be in flight.
pub(crate) fn in_flight() -> usize {
    if reads_on() { LONG_FLIGHT } else { IN_FLIGHT }
}

/// How long rows may be.
pub(crate) fn row() -> Range<usize> {
    if reads_on() { LONG_ROW } else { ROW }
}

/// Whether what is read after a row or a part of a line of so many bytes is to be asked for, because the processor does not read on by
/// itself. (Asking all the same took 1.1 times as long for rows of 16 KiB, 1.5 times for parts of a line; rows of 1 KiB take 1.4 times
/// as long unless they are asked for.)
pub(crate) fn asks_ahead(row: usize) -> bool {
    row <= PAGE || !reads_on()
}
/// Rows of fewer bytes stay in a first-level cache with all that are made of them.
pub(crate) const SHORT_ROW: usize = 4 * 1024;
/// Lines of at most so many bytes are combined several at a time: eight of them, and what is made of them, stay in a first-level cache.
pub(crate) const SHEET: usize = 3 * 1024;
/// A part of a line, where windows lie along the only axis: nothing is read in stretches there, the line is one.
pub(crate) const LINE_PART: usize = 8 * 1024;
/// With more bytes of blocks than this in a window a line is scanned: doubling is as fast as long as its rows stay in a first-level
/// cache.
pub(crate) const SCANNED: usize = 2 * 1024;
/// Results that are combined, lowered and stored before the next ones: with their rows they stay in a first-level cache.
pub(crate) const PIECE: usize = 4 * 1024;
/// A box of small windows: with the results between it stays in a first-level cache.
pub(crate) const BOX: usize = 24 * 1024;
/// A box of rows that are reduced along themselves alone: nothing is read twice, a second-level cache holds what is between.
pub(crate) const ROWS_BOX: usize = 192 * 1024;
/// Rows of a box that are lifted before they are combined.
pub(crate) const LIFTED: usize = 4 * 1024;
/// How far ahead of a box's row memory is asked for.
pub(crate) const BOX_AHEAD: usize = 8 * 1024;
/// Rows that are kept at once under a mask: what a second-level cache holds beside results.
pub(crate) const MASKED: usize = 512 * 1024;
/// A row under a mask: whole lines of a picture are read in one stretch (a disk of radius 3 over `f32`: rows of 16 KiB take 0.72 of the time of
/// rows of 2 KiB; EPYC with AVX-512, November 2026).
pub(crate) const MASKED_ROW: Range<usize> = 1024..16 * 1024;

/// Sums that one unit of a fold keeps: they are read and written once a cell, so they should stay in a first-level cache.
pub(crate) const FOLDED: usize = 32 * 1024;
/// The same where every sum is written once: only the setting up is to be done seldom.
pub(crate) const FOLDED_ROWS: usize = 256 * 1024;

/// What a strip of a convolution may have: most of a small second-level cache, next to a tile of accumulators and a block of weights.
pub(crate) const STRIP: usize = 896 * 1024;
/// Weights that are packed at once when they are used only once.
pub(crate) const PACKED: usize = 2560 * 1024;
/// Sums of a gradient that are kept while all windows pass.
pub(crate) const GRADIENT: usize = 768 * 1024;
