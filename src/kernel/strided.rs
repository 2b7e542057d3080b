//! Copying a strided view into a row-major slice, in the order of the output.
//!
//! The view's axes are joined where they continue each other, and the last ones taken as `planes x rows x columns`:
//!
//! 1. If the last axis runs along memory, rows are runs.
//! 2. Else, if an earlier axis does, that one becomes the rows and everything behind it the columns, so that whole cache
//!    lines are read and turned over in registers.
//! 3. Else rows are picked element by element.
//!
//! Tiles of less than a kilobyte go to a [`Sink`] one after another, which stores whole lines with the level's widest stores. The loops
//! themselves gain nothing from AVX-512 (patches and columns took 0.9 to 1.1 of the time, on one core of an Intel Xeon, November 2026).
#![allow(unsafe_code)] // reads through a view's pointer

use super::caches::{COPIED_TILE, STAGE, STREAM};
use super::level::{Kernel, Level};
use super::moved::{Bits, bits_mut, bits_of, moved_size};
use super::run::{TURN, copy_every, copy_rows, turn, weave};
use super::sink::Sink;
use super::stream::streams_lines;
use super::threads::each_unit;
use crate::array::View;
use crate::element::Element;
use alloc::vec;
use alloc::vec::Vec;
use smallvec::SmallVec;

/// Columns at most whose offsets are listed.
const LISTED: usize = 4096;

/// Copies a view into `out` in row-major order.
///
/// # Panics
/// If `out` has not as many elements as the view.
pub(crate) fn copy_view<T: Element>(out: &mut [T], view: &View<'_, T>) {
    let streaming = size_of_val(out) >= STREAM && streams_lines::<T>();
    match const { moved_size::<T>() } {
        // SAFETY: what is written are elements of the view.
        1 => copy_bytes(unsafe { bits_mut(out) }, &bits_of(view), streaming),
        // SAFETY: as above.
        2 => copy_twos(unsafe { bits_mut(out) }, &bits_of(view), streaming),
        // SAFETY: as above.
        4 => copy_fours(unsafe { bits_mut(out) }, &bits_of(view), streaming),
        // SAFETY: as above.
        8 => copy_eights(unsafe { bits_mut(out) }, &bits_of(view), streaming),
        _ => copy_with(out, view, streaming, Level::detect()),
    }
}

/// [`copy_with`], compiled in this crate.
macro_rules! compiled {
    ($($name:ident: $number:ty;)*) => { $(
        #[inline(never)]
        fn $name(out: &mut [Bits<$number>], view: &View<'_, Bits<$number>>, streaming: bool) {
            copy_with(out, view, streaming, Level::detect());
        }
    )* };
}

compiled! { copy_bytes: u8; copy_twos: u16; copy_fours: u32; copy_eights: u64; }

pub(super) fn copy_with<T: Element>(out: &mut [T], view: &View<'_, T>, streaming: bool, level: Level) {
    assert_eq!(out.len(), view.len(), "an output for exactly the view's elements");
    if out.is_empty() || size_of::<T>() == 0 {
        return;
    }
    let layout = Layout::new(view.shape(), view.strides());
    each_unit(out, layout.multiple::<T>(), |first, part| {
        let job = Job { layout: &layout, source: view.as_ptr() };
        // SAFETY: `layout` describes the view, none of whose axes is empty, and `part` are its elements from `first` on.
        unsafe { job.unit(part, first, streaming, level) }
    });
}

/// An axis: how many positions, and the elements of memory between them.
#[derive(Clone, Copy, Debug)]
struct Axis {
    count: usize,
    stride: isize,
}

/// What a row of the output consists of.
#[derive(Debug)]
enum Columns {
    /// Neighbours in memory.
    Run,
    /// Elements this far apart.
    Every(isize),
    /// Elements at these offsets, few rows or many axes of them; the rows run along memory.
    Listed(Vec<isize>),
    /// Elements this far apart, while the rows run along memory.
    Across(isize),
}

/// A view as the loops see it: `outer x planes x rows x width`.
#[derive(Debug)]
struct Layout {
    outer: SmallVec<[Axis; 6]>,
    planes: Axis,
    rows: Axis,
    width: usize,
    columns: Columns,
}

impl Layout {
    fn new(shape: &[usize], strides: &[isize]) -> Layout {
        const ONE: Axis = Axis { count: 1, stride: 0 };
        let mut axes: SmallVec<[Axis; 6]> = SmallVec::new();
        for (&count, &stride) in shape.iter().zip(strides).filter(|(n, _)| **n != 1) {
            match axes.last_mut() {
                // A step along the last axis passes this one's whole length: they are one axis.
                Some(last) if last.stride == stride.wrapping_mul(count as isize) => {
                    *last = Axis { count: last.count * count, stride };
                }
                _ => axes.push(Axis { count, stride }),
            }
        }
        let (columns, width) = take_columns(&mut axes);
        let rows = axes.pop().unwrap_or(ONE);
        let planes = axes.pop().unwrap_or(ONE);
        Layout { outer: axes, planes, rows, width, columns }
    }

    /// Whether rows of the output run across memory.
    fn is_turned(&self) -> bool {
        matches!(self.columns, Columns::Listed(_) | Columns::Across(_))
    }

    /// Whether rows are long enough to be written one after another, in any pieces.
    fn is_long<T>(&self) -> bool {
        !self.is_turned() && self.width * size_of::<T>() > COPIED_TILE
    }

    /// Units of the output start at multiples of this.
    fn multiple<T>(&self) -> usize {
        match (self.is_long::<T>(), self.is_turned()) {
            (true, _) => COPIED_TILE,
            (false, true) => self.width * TURN,
            (false, false) => self.width,
        }
    }
}

/// Takes the axes that make a row off the end of the list.
fn take_columns(axes: &mut SmallVec<[Axis; 6]>) -> (Columns, usize) {
    let Some(&inner) = axes.last() else { return (Columns::Run, 1) };
    // The axis closest to running along memory; the last one of equals.
    let along = (0..axes.len()).rev().min_by_key(|&a| axes[a].stride.unsigned_abs()).unwrap_or(0);
    let behind = &axes[along + 1..];
    let width = behind.iter().map(|a| a.count).product::<usize>();
    let listed = behind.len() > 1 || width <= 4;
    if inner.stride == 1 || behind.is_empty() || axes[along].stride == 0 || (listed && width > LISTED) {
        axes.pop();
        return (if inner.stride == 1 { Columns::Run } else { Columns::Every(inner.stride) }, inner.count);
    }
    let columns = if listed {
        let mut offsets = vec![0];
        for axis in behind {
            let next = |o: isize| (0..axis.count as isize).map(move |i| o + i * axis.stride);
            offsets = offsets.into_iter().flat_map(next).collect();
        }
        Columns::Listed(offsets)
    } else {
        Columns::Across(inner.stride)
    };
    axes.truncate(along + 1);
    (columns, width)
}

/// One copy of a layout's elements.
struct Job<'l, T> {
    layout: &'l Layout,
    source: *const T,
}

impl<T: Element> Job<'_, T> {
    /// Writes `part`, the elements from `first` on.
    ///
    /// # Safety
    /// Every index of the layout must be readable from `source`; `first + part.len()` must not pass their number.
    unsafe fn unit(&self, part: &mut [T], first: usize, streaming: bool, level: Level) {
        let (layout, len) = (self.layout, part.len());
        // A block of a turned layout has several rows, which must fit the stage.
        let block = layout.rows.count.min(TURN) * layout.width * size_of::<T>();
        let mut sink = Sink::new(part, streaming && !(layout.is_turned() && block > STAGE), level);
        level.run_short(Unit { job: self, sink: &mut sink, first, len });
        sink.finish();
    }

    /// Rows in pieces, each of them run by run.
    ///
    /// # Safety
    /// As [`unit`](Self::unit).
    #[inline(always)]
    unsafe fn long_rows(&self, sink: &mut Sink<'_, T>, first: usize, mut left: usize) {
        let layout = self.layout;
        let mut column = first % layout.width;
        let mut walk = Walk::new(layout, first / layout.width);
        while left > 0 {
            let mut now = left.min(layout.width - column);
            // SAFETY: `walk` stands at an index and `column + now` does not pass the row's end, so these are elements of
            // the layout; blocks have room for them.
            unsafe {
                if let Columns::Every(every) = layout.columns {
                    now = now.min(STAGE / size_of::<T>());
                    let from = self.source.offset(walk.offset + column as isize * every);
                    copy_every(sink.block(now).as_mut_ptr(), from, now, every);
                    sink.commit(now);
                } else {
                    let from = self.source.offset(walk.offset + column as isize);
                    sink.run(core::slice::from_raw_parts(from, now));
                }
            }
            left -= now;
            column += now;
            if column == layout.width {
                column = 0;
                walk.pass_rows(layout, 1);
            }
        }
    }

    /// `left` rows from the `row`-th on, several at a time.
    ///
    /// # Safety
    /// As [`unit`](Self::unit).
    #[inline(always)]
    unsafe fn tiles(&self, sink: &mut Sink<'_, T>, row: usize, mut left: usize) {
        let layout = self.layout;
        let bytes = layout.width * size_of::<T>();
        let most = match (layout.is_turned(), sink.is_staged()) {
            (false, _) => (COPIED_TILE / bytes).max(1),
            (true, true) => (COPIED_TILE / bytes).max((STAGE / bytes).min(TURN)),
            (true, false) => (COPIED_TILE / bytes).max(TURN),
        };
        // Planes of equal tiles rather than full ones and a rest.
        let planes = (most / layout.rows.count).max(1);
        let planes = layout.planes.count.div_ceil(layout.planes.count.div_ceil(planes));
        let mut walk = Walk::new(layout, row);
        while left > 0 {
            let room = left.min(layout.rows.count - walk.row);
            let (planes, rows) = if room == layout.rows.count && room <= most {
                (planes.min(left / room).min(layout.planes.count - walk.plane), room)
            } else {
                (1, room.min(most))
            };
            let count = planes * rows * layout.width;
            let to = sink.block(count).as_mut_ptr();
            // SAFETY: `walk` stands at an index, and as many rows and planes are left behind it; the block has room for
            // all of them.
            unsafe { layout.tile(to, self.source.offset(walk.offset), planes, rows) };
            sink.commit(count);
            left -= planes * rows;
            if rows == layout.rows.count { walk.pass_planes(layout, planes) } else { walk.pass_rows(layout, rows) }
        }
    }
}

/// A unit of the output; made only by [`Job::unit`], whose contract its loops rely on.
struct Unit<'p, 'o, T> {
    job: &'p Job<'p, T>,
    sink: &'p mut Sink<'o, T>,
    first: usize,
    len: usize,
}

impl<T: Element> Kernel for Unit<'_, '_, T> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let layout = self.job.layout;
        // SAFETY: the contract of `Job::unit`; units of short rows start and end at whole rows.
        unsafe {
            if layout.is_long::<T>() {
                self.job.long_rows(self.sink, self.first, self.len);
            } else {
                self.job.tiles(self.sink, self.first / layout.width, self.len / layout.width);
            }
        }
    }
}

impl Layout {
    /// Rows of one plane, or whole planes.
    ///
    /// # Safety
    /// From `from` on, `planes x rows` rows of the layout must be readable, and as many writable at `to`, without overlap.
    #[inline(always)]
    unsafe fn tile<T: Copy>(&self, to: *mut T, from: *const T, planes: usize, rows: usize) {
        let (width, stride) = (self.width, self.rows.stride);
        macro_rules! each_plane {
            (|$to:ident, $from:ident| $copy:expr) => {
                for p in 0..planes {
                    // SAFETY: plane `p` of the tile: readable and writable by the contract.
                    unsafe {
                        let ($to, $from) = (to.add(p * rows * width), from.offset(p as isize * self.planes.stride));
                        $copy
                    }
                }
            };
        }
        match &self.columns {
            Columns::Run => each_plane!(|to, from| copy_rows(to, from, width, (rows, width, stride))),
            Columns::Every(every) => each_plane!(|to, from| {
                for r in 0..rows {
                    copy_every(to.add(r * width), from.offset(r as isize * stride), width, *every);
                }
            }),
            Columns::Listed(at) => match at[..] {
                [a, b] => each_plane!(|to, from| weave(to, from, rows, stride, &[a, b])),
                [a, b, c] => each_plane!(|to, from| weave(to, from, rows, stride, &[a, b, c])),
                [a, b, c, d] => each_plane!(|to, from| weave(to, from, rows, stride, &[a, b, c, d])),
                ref at => each_plane!(|to, from| turn(to, from, rows, stride, width, |j| at[j])),
            },
            Columns::Across(across) => {
                each_plane!(|to, from| turn(to, from, rows, stride, width, |j| j as isize * *across))
            }
        }
    }
}

/// Where in `outer x planes x rows` a copy stands.
struct Walk {
    outer: SmallVec<[usize; 6]>,
    plane: usize,
    row: usize,
    /// The sum of index times stride.
    offset: isize,
}

impl Walk {
    /// At the `at`-th row.
    fn new(layout: &Layout, at: usize) -> Walk {
        let row = at % layout.rows.count;
        let mut rest = at / layout.rows.count;
        let plane = rest % layout.planes.count;
        rest /= layout.planes.count;
        let mut offset = row as isize * layout.rows.stride + plane as isize * layout.planes.stride;
        let mut outer = SmallVec::from_elem(0, layout.outer.len());
        for (index, axis) in outer.iter_mut().zip(&layout.outer).rev() {
            *index = rest % axis.count;
            rest /= axis.count;
            offset += *index as isize * axis.stride;
        }
        Walk { outer, plane, row, offset }
    }

    /// Passes some rows, at most to the end of the plane.
    #[inline]
    fn pass_rows(&mut self, layout: &Layout, rows: usize) {
        self.row += rows;
        self.offset += rows as isize * layout.rows.stride;
        if self.row == layout.rows.count {
            self.offset -= self.row as isize * layout.rows.stride;
            self.row = 0;
            self.pass_planes(layout, 1);
        }
    }

    /// Passes some planes, at most to the end of their axis.
    #[inline]
    fn pass_planes(&mut self, layout: &Layout, planes: usize) {
        self.plane += planes;
        self.offset += planes as isize * layout.planes.stride;
        if self.plane < layout.planes.count {
            return;
        }
        self.offset -= self.plane as isize * layout.planes.stride;
        self.plane = 0;
        for (index, axis) in self.outer.iter_mut().zip(&layout.outer).rev() {
            *index += 1;
            self.offset += axis.stride;
            if *index < axis.count {
                return;
            }
            self.offset -= axis.stride * axis.count as isize;
            *index = 0;
        }
    }
}
