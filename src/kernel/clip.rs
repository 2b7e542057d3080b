//! Copying windows that overhang their array into a row-major slice, in the order of the output.
//!
//! [`Frame`] says which cells hold elements; here they are written: planes without a border several at a time, others row by
//! row, none with a test a cell.
#![allow(unsafe_code)] // reads through a view's pointer

use super::caches::{COPIED_TILE, STAGE, STREAM};
use super::frame::{Along, Axis, Frame, Placement};
use super::level::{Kernel, Level};
use super::moved::{Bits, bits, bits_mut, bits_of, moved_size};
use super::run::{copy_every, copy_rows};
use super::sink::Sink;
use super::stream::streams_lines;
use super::threads::each_unit;
use crate::array::View;
use crate::element::Element;
use core::ops::Range;
use smallvec::SmallVec;

/// Copies windows; cells without an element read `fill`.
///
/// # Panics
/// If `out` has not as many elements as the output, a line's inside is not inside the array, or positions overflow.
pub(crate) fn copy_clipped<T: Element>(
    out: &mut [T],
    source: &View<'_, T>,
    along: &[Along],
    lines: &[Placement],
    fill: T,
) {
    let streaming = size_of_val(out) >= STREAM && streams_lines::<T>();
    let frame = (along, lines);
    match const { moved_size::<T>() } {
        // SAFETY: what is written are elements of the source and copies of `fill`.
        1 => clip_bytes(unsafe { bits_mut(out) }, &bits_of(source), frame, bits(fill), streaming),
        // SAFETY: as above.
        2 => clip_twos(unsafe { bits_mut(out) }, &bits_of(source), frame, bits(fill), streaming),
        // SAFETY: as above.
        4 => clip_fours(unsafe { bits_mut(out) }, &bits_of(source), frame, bits(fill), streaming),
        // SAFETY: as above.
        8 => clip_eights(unsafe { bits_mut(out) }, &bits_of(source), frame, bits(fill), streaming),
        _ => clip_with(out, source, frame, fill, streaming, Level::detect()),
    }
}

/// [`clip_with`], compiled in this crate.
macro_rules! compiled {
    ($($name:ident: $number:ty;)*) => { $(
        #[inline(never)]
        fn $name(
            out: &mut [Bits<$number>],
            source: &View<'_, Bits<$number>>,
            frame: (&[Along], &[Placement]),
            fill: Bits<$number>,
            streaming: bool,
        ) {
            clip_with(out, source, frame, fill, streaming, Level::detect());
        }
    )* };
}

compiled! { clip_bytes: u8; clip_twos: u16; clip_fours: u32; clip_eights: u64; }

pub(super) fn clip_with<T: Element>(
    out: &mut [T],
    source: &View<'_, T>,
    (along, lines): (&[Along], &[Placement]),
    fill: T,
    streaming: bool,
    level: Level,
) {
    let frame = Frame::new(source, along, lines);
    assert_eq!(
        out.len(),
        along.iter().map(|a| a.count).product::<usize>(),
        "an output for exactly the cells of the windows"
    );
    if out.is_empty() || size_of::<T>() == 0 {
        return;
    }
    let multiple = if frame.is_long::<T>() { COPIED_TILE } else { frame.columns.count };
    each_unit(out, multiple, |first, part| {
        let job = Job { frame: &frame, source: source.as_ptr(), fill };
        let left = part.len();
        let mut sink = Sink::new(part, streaming, level);
        level.run_short(Unit { job: &job, sink: &mut sink, first, left });
        sink.finish();
    });
}

/// One copy of a frame's cells.
struct Job<'f, T> {
    frame: &'f Frame,
    source: *const T,
    fill: T,
}

/// A unit of the output. The frame of its job is that of the view at its source, and the unit is a part of its cells.
struct Unit<'p, 'o, T> {
    job: &'p Job<'p, T>,
    sink: &'p mut Sink<'o, T>,
    first: usize,
    left: usize,
}

impl<T: Element> Kernel for Unit<'_, '_, T> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        // SAFETY: as the type says.
        unsafe { self.job.unit(self.sink, self.first, self.left) }
    }
}

/// Rows of a plane, or of several, that hold the same columns.
#[derive(Clone)]
struct Rectangle {
    planes: usize,
    rows: usize,
    columns: Range<usize>,
}

impl<T: Element> Job<'_, T> {
    /// Writes `left` cells from the `first` on.
    ///
    /// # Safety
    /// The frame must be that of a view whose first element is at `source`; `first + left` must not pass its cells.
    #[inline(always)]
    unsafe fn unit(&self, sink: &mut Sink<'_, T>, first: usize, mut left: usize) {
        let frame = self.frame;
        let width = frame.columns.count;
        let (mut row, mut column) = (first / width, first % width);
        let mut walk = Walk::new(frame, row / frame.rows.count);
        row %= frame.rows.count;
        while left > 0 {
            if column == 0 && row == 0 && !frame.is_long::<T>() && walk.whole.contains(&walk.plane) {
                // SAFETY: the contract; `walk` stands at a plane.
                let planes = unsafe { self.whole_planes(sink, &walk, left / width / frame.rows.count) };
                left -= planes * frame.rows.count * width;
                walk.pass_planes(frame, planes);
                if planes > 0 {
                    continue;
                }
            }
            let plane = frame.plane(&walk.at);
            while row < frame.rows.count && left > 0 {
                let (until, columns) = frame.alike(&plane, row);
                let offset = walk.offset.wrapping_add(frame.rows.stride.wrapping_mul(row as isize));
                // SAFETY: the contract; in these rows exactly `columns` lie inside all bounds, so by F they are elements
                // at these offsets; the cells written do not pass `left`.
                unsafe {
                    if frame.is_long::<T>() {
                        let cells = column..width.min(column + left);
                        self.long_row(sink, offset, cells.clone(), columns);
                        left -= cells.len();
                        column = cells.end % width;
                        row += (column == 0) as usize;
                    } else {
                        let rows = (until - row).min(left / width);
                        self.rows(sink, offset, rows, columns);
                        left -= rows * width;
                        row += rows;
                    }
                }
            }
            if row == frame.rows.count {
                row = 0;
                walk.pass_planes(frame, 1);
            }
        }
    }

    /// Up to `most` planes without empty cells; says how many.
    ///
    /// # Safety
    /// As [`unit`](Self::unit); `walk.plane` must be one of `walk.whole`.
    #[inline(always)]
    unsafe fn whole_planes(&self, sink: &mut Sink<'_, T>, walk: &Walk, most: usize) -> usize {
        let frame = self.frame;
        let (rows, width) = (frame.rows.count, frame.columns.count);
        let tile = COPIED_TILE / (rows * width * size_of::<T>());
        let planes = most.min(walk.whole.end - walk.plane);
        let mut done = 0;
        while tile > 0 && done < planes {
            let now = tile.min(planes - done);
            let offset = walk.offset.wrapping_add(frame.planes.stride.wrapping_mul(done as isize));
            let to = sink.block(now * rows * width).as_mut_ptr();
            // SAFETY: all cells of these planes lie inside all bounds; F. The block has room for them.
            unsafe { self.tile(to, offset, Rectangle { planes: now, rows, columns: 0..width }) };
            sink.commit(now * rows * width);
            done += now;
        }
        done
    }

    /// Whole short rows with the same columns; `offset` is that of the first one's column 0.
    ///
    /// # Safety
    /// `columns` of the rows must be elements.
    #[inline(always)]
    unsafe fn rows(&self, sink: &mut Sink<'_, T>, offset: isize, rows: usize, columns: Range<usize>) {
        let width = self.frame.columns.count;
        if columns.is_empty() {
            return sink.fill(self.fill, rows * width);
        }
        let most = (COPIED_TILE / (width * size_of::<T>())).max(1);
        let mut done = 0;
        while done < rows {
            let now = most.min(rows - done);
            let from = offset.wrapping_add(self.frame.rows.stride.wrapping_mul(done as isize));
            let to = sink.block(now * width).as_mut_ptr();
            // SAFETY: the contract; the block has room for the rows.
            unsafe { self.tile(to, from, Rectangle { planes: 1, rows: now, columns: columns.clone() }) };
            sink.commit(now * width);
            done += now;
        }
    }

    /// The `cells` of a long row of which `columns` are elements; `offset` is that of column 0.
    ///
    /// # Safety
    /// `columns` of the row must be elements.
    #[inline(always)]
    unsafe fn long_row(&self, sink: &mut Sink<'_, T>, offset: isize, cells: Range<usize>, columns: Range<usize>) {
        let start = columns.start.clamp(cells.start, cells.end);
        let end = columns.end.clamp(start, cells.end);
        let every = self.frame.columns.stride;
        sink.fill(self.fill, start - cells.start);
        let mut at = start;
        while at < end {
            let from = self.source.wrapping_offset(offset.wrapping_add(every.wrapping_mul(at as isize)));
            let now = if every == 1 { end - at } else { (end - at).min(STAGE / size_of::<T>()) };
            // SAFETY: columns `at..at + now` are elements, by the contract.
            unsafe {
                if every == 1 {
                    sink.run(core::slice::from_raw_parts(from, now));
                } else {
                    copy_every(sink.block(now).as_mut_ptr(), from, now, every);
                    sink.commit(now);
                }
            }
            at += now;
        }
        sink.fill(self.fill, cells.end - end);
    }

    /// Writes a tile; `offset` is that of its first cell.
    ///
    /// # Safety
    /// The tile's columns must be elements, and all its cells writable at `to`.
    #[inline(always)]
    unsafe fn tile(&self, to: *mut T, offset: isize, tile: Rectangle) {
        let (frame, width) = (self.frame, self.frame.columns.count);
        let Range { start, end } = tile.columns;
        for p in 0..tile.planes {
            let offset = offset
                .wrapping_add(frame.planes.stride.wrapping_mul(p as isize))
                .wrapping_add(frame.columns.stride.wrapping_mul(start as isize));
            let from = self.source.wrapping_offset(offset);
            // SAFETY: the contract.
            unsafe {
                let to = to.add(p * tile.rows * width);
                if frame.columns.stride == 1 {
                    copy_rows(to.add(start), from, end - start, (tile.rows, width, frame.rows.stride));
                } else {
                    for r in 0..tile.rows {
                        let from = from.offset(frame.rows.stride * r as isize);
                        copy_every(to.add(r * width + start), from, end - start, frame.columns.stride);
                    }
                }
                for k in (0..start).chain(end..width) {
                    for r in 0..tile.rows {
                        *to.add(r * width + k) = self.fill;
                    }
                }
            }
        }
    }
}

/// Where in `outer x planes` a copy stands.
struct Walk {
    outer: SmallVec<[usize; 6]>,
    plane: usize,
    /// Positions on all bounds, and the offset, of the plane's first cell.
    at: SmallVec<[isize; 3]>,
    offset: isize,
    /// The planes here that have no empty cell.
    whole: Range<usize>,
}

impl Walk {
    /// At the `at`-th plane.
    fn new(frame: &Frame, at: usize) -> Walk {
        let origins = frame.bounds.iter().map(|b| b.origin).collect();
        let outer = SmallVec::from_elem(0, frame.outer.len());
        let mut walk = Walk { outer, plane: 0, at: origins, offset: frame.offset, whole: 0..0 };
        let mut rest = at / frame.planes.count;
        for (a, axis) in frame.outer.iter().enumerate().rev() {
            walk.outer[a] = rest % axis.count;
            walk.go(axis, (rest % axis.count) as isize);
            rest /= axis.count;
        }
        walk.whole = frame.whole_planes(&walk.at);
        walk.plane = at % frame.planes.count;
        walk.go(&frame.planes, walk.plane as isize);
        walk
    }

    #[inline]
    fn go(&mut self, axis: &Axis, steps: isize) {
        self.offset = self.offset.wrapping_add(axis.stride.wrapping_mul(steps));
        if let Some((bound, step)) = axis.line {
            self.at[bound] += step * steps;
        }
    }

    /// Passes some planes, at most to the end of their axis.
    #[inline]
    fn pass_planes(&mut self, frame: &Frame, planes: usize) {
        self.plane += planes;
        self.go(&frame.planes, planes as isize);
        if self.plane < frame.planes.count {
            return;
        }
        self.go(&frame.planes, -(self.plane as isize));
        self.plane = 0;
        for a in (0..frame.outer.len()).rev() {
            self.outer[a] += 1;
            self.go(&frame.outer[a], 1);
            if self.outer[a] < frame.outer[a].count {
                break;
            }
            self.go(&frame.outer[a], -(self.outer[a] as isize));
            self.outer[a] = 0;
        }
        self.whole = frame.whole_planes(&self.at);
    }
}
