//! Order statistics under a mask: a window that moves by one loses the cells at one edge of the mask and gains those at the other.
//!
//! A tile of windows is laid out cell by cell, padding and all; from each window to the next (back and forth along the last axis,
//! then one on along the others) only the mask's edges come and go: a histogram of bytes, or a set of ranks of anything else.

use super::super::line::{Line, Run};
use super::super::masked::{Masked, most, sorted};
use super::super::masking::Masking;
use super::super::number::Number;
use super::bits::Ranks;
use super::tile::{Moving, Tile};
use super::wanted::{Place, Wanted};
use crate::array::{Array, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::kernel::histogram::Histogram;
use crate::kernel::threads::{made, threads_for};
use crate::ops::mask::Mask;
use crate::ops::windows::Windows;
use crate::spec::{Dims, index_of, row_major, unravel};
use alloc::vec;
use alloc::vec::Vec;

impl<T: Number> Masked<'_, T> {
    /// The element under the mask with `k` smaller ones (or equal ones before it): `[.., H, W] -> [.., H', W']`; see
    /// [`Windows::rank`].
    ///
    /// Time: for each window the cells at the mask's edges along one axis (twice its runs); for other types than bytes also one sort of each
    /// tile of the array. Memory: tiles of a few windows' elements.
    ///
    /// ```
    /// use ndwindow::{Mask, unfold};
    ///
    /// let x = [5, 1, 4, 2, 3];
    /// let ends = Mask::new(&[true, false, true]);
    /// let windows = unfold(0, 3, 1).windows(&x)?.masked(&ends)?; // 5 4, 1 2, 4 3
    /// assert_eq!(windows.rank(0)?.as_slice(), [4, 1, 3]);
    /// assert_eq!(windows.median()?.as_slice(), [4.5, 1.5, 3.5]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::RankOutside`] where a window holds `k` elements or fewer under the mask; it names the first such window.
    /// [`Error::TooLarge`] for a window of 2^31 cells.
    pub fn rank(&self, k: usize) -> Result<Array<T>> {
        let mut out = Array::zeros(self.windows().plan().reduced_dims());
        self.rank_into(k, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`rank`](Self::rank) into the caller's buffer.
    ///
    /// # Errors
    /// As [`rank`](Self::rank); [`Error::BufferLength`].
    pub fn rank_into(&self, k: usize, out: &mut [T]) -> Result<()> {
        let Some(mask) = self.some() else { return self.windows().rank_into(k, out) };
        self.windows().check_buffer(out.len())?;
        if let Some((index, held)) = self.short(mask, k.saturating_add(1)) {
            return Err(Error::RankOutside { rank: k, held, index });
        }
        let nan = T::unordered_value();
        order(
            self.windows(),
            mask,
            &Wanted { place: Place::Rank(k), make: |low: T, _: T, _: f64| low, nan, least: None },
            out,
        )
    }

    /// The median of the elements under the mask: the middle one, or the mean of the two in the middle; see
    /// [`Windows::median`]. Time and memory as [`rank`](Self::rank).
    ///
    /// # Errors
    /// [`Error::EmptyWindow`] names the first window that holds no element under the mask.
    pub fn median(&self) -> Result<Array<T::Middle>> {
        let mut out = Array::zeros(self.windows().plan().reduced_dims());
        self.median_into(out.as_mut_slice())?;
        Ok(out)
    }

    /// [`median`](Self::median) into the caller's buffer.
    ///
    /// # Errors
    /// As [`median`](Self::median); [`Error::BufferLength`].
    pub fn median_into(&self, out: &mut [T::Middle]) -> Result<()> {
        match self.some() {
            Some(mask) => self.quantiles(mask, "median", 0.5, out),
            None => self.windows().median_into(out),
        }
    }

    /// The `q`-th quantile of the elements under the mask, `0 <= q <= 1`, linear between neighbours; see
    /// [`Windows::quantile`]. Time and memory as [`rank`](Self::rank).
    ///
    /// # Errors
    /// [`Error::Parameter`] for a `q` outside 0 to 1, NaN included; [`Error::EmptyWindow`].
    pub fn quantile(&self, q: f64) -> Result<Array<T::Middle>> {
        let mut out = Array::zeros(self.windows().plan().reduced_dims());
        self.quantile_into(q, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`quantile`](Self::quantile) into the caller's buffer.
    ///
    /// # Errors
    /// As [`quantile`](Self::quantile); [`Error::BufferLength`].
    pub fn quantile_into(&self, q: f64, out: &mut [T::Middle]) -> Result<()> {
        match self.some() {
            Some(mask) => self.quantiles(mask, "quantile", q, out),
            None => self.windows().quantile_into(q, out),
        }
    }

    /// The element in the middle of each window's order, the upper one of two.
    ///
    /// # Errors
    /// [`Error::EmptyWindow`], [`Error::BufferLength`], [`Error::TooLarge`].
    pub(crate) fn middle_into(&self, out: &mut [T]) -> Result<()> {
        let Some(mask) = self.some() else { return self.windows().middle_into(out) };
        self.windows().check_buffer(out.len())?;
        if let Some((index, _)) = self.short(mask, 1) {
            return Err(Error::EmptyWindow { what: "median", index });
        }
        let nan = T::unordered_value();
        order(
            self.windows(),
            mask,
            &Wanted { place: Place::Middle, make: |low: T, _: T, _: f64| low, nan, least: None },
            out,
        )
    }

    fn quantiles(&self, mask: &Mask, what: &'static str, q: f64, out: &mut [T::Middle]) -> Result<()> {
        Error::check_quantile(q)?;
        self.windows().check_buffer(out.len())?;
        if let Some((index, _)) = self.short(mask, 1) {
            return Err(Error::EmptyWindow { what, index });
        }
        let wanted = Wanted { place: Place::Quantile(q), make: T::between, nan: T::nan_middle(), least: None };
        order(self.windows(), mask, &wanted, out)
    }

    /// The first window that holds fewer than so many elements under the mask, and how many it holds.
    fn short(&self, mask: &Mask, need: usize) -> Option<(Vec<usize>, usize)> {
        let (plan, filled) = (self.windows().plan(), self.windows().fill_value().is_some());
        mask.held(plan, filled).short(plan, need)
    }
}

/// Any type: ranks among a tile's elements.
struct Sorted<'s, T: Number, R, F> {
    values: &'s [Option<T>],
    /// The spots in order, and of each spot its rank; none is behind all.
    order: &'s [u32],
    ranks: &'s [u32],
    set: &'s mut Ranks,
    held: usize,
    wanted: &'s Wanted<R, F>,
    out: &'s mut [R],
}

impl<T: Number, R: Element, F: Fn(T, T, f64) -> R> Moving for Sorted<'_, T, R, F> {
    fn change(&mut self, base: usize, cells: &[usize], come: bool) {
        for &cell in cells {
            let rank = self.ranks[base + cell];
            if rank == u32::MAX {
                continue;
            }
            match come {
                true => self.set.add(&[rank]),
                false => self.set.remove(&[rank]),
            }
            self.held = if come { self.held + 1 } else { self.held - 1 };
        }
    }

    fn answer(&mut self, place: usize) {
        self.out[place] = if self.set.holds_nan() {
            self.wanted.nan
        } else {
            let (k, t) = self.wanted.place.among(self.held);
            let element = |rank: usize| self.values[self.order[rank] as usize].unwrap_or_default();
            let low = element(self.set.select(k));
            let high = if t > 0.0 { element(self.set.select(k + 1)) } else { low };
            (self.wanted.make)(low, high, t)
        };
    }
}

/// Bytes, counted.
struct Counted<'s, R, F> {
    /// Nothing is behind all bytes.
    bytes: &'s [u16],
    counts: Histogram,
    held: usize,
    wanted: &'s Wanted<R, F>,
    out: &'s mut [R],
}

const NOTHING: u16 = 256;

impl<R: Element, F> Counted<'_, R, F> {
    fn each(&mut self, base: usize, cells: &[usize], come: bool) {
        for &cell in cells {
            let byte = self.bytes[base + cell];
            if byte == NOTHING {
                continue;
            }
            match come {
                true => self.counts.add(byte as u8),
                false => self.counts.remove(byte as u8),
            }
            self.held = if come { self.held + 1 } else { self.held - 1 };
        }
    }
}

/// [`Counted`] bytes as the type they are of.
struct Bytes<'s, T, R, F>(Counted<'s, R, F>, core::marker::PhantomData<T>);

impl<T: Number, R: Element, F: Fn(T, T, f64) -> R> Moving for Bytes<'_, T, R, F> {
    fn change(&mut self, base: usize, cells: &[usize], come: bool) {
        self.0.each(base, cells, come);
    }

    fn answer(&mut self, place: usize) {
        let Counted { counts, held, wanted, out, .. } = &mut self.0;
        let (k, t) = wanted.place.among(*held);
        let low = counts.select(k);
        let high = if t > 0.0 { counts.select(k + 1) } else { low };
        out[place] = (wanted.make)(T::from_byte(low), T::from_byte(high), t);
    }
}

/// Answers every window.
fn order<T: Number, R: Element>(
    windows: &Windows<'_, T>,
    mask: &Mask,
    wanted: &Wanted<R, impl Fn(T, T, f64) -> R + Sync>,
    out: &mut [R],
) -> Result<()> {
    const LIMIT: usize = 1 << 31;
    let (plan, source, fill) = (windows.plan(), windows.source(), windows.fill_value().copied());
    if mask.cells().len() >= LIMIT {
        return Err(Error::TooLarge {
            what: "a window",
            shape: mask.shape().to_vec(),
            limit: LIMIT - 1,
            unit: "elements",
        });
    }
    if out.is_empty() {
        return Ok(());
    }
    let cells = sorted(plan, mask);
    let lines: Vec<Line> = plan.axes_in_order().into_iter().map(|a| Line::new(*a, false)).collect();
    let runs: Vec<Vec<Run>> =
        lines.iter().enumerate().map(|(k, line)| cut(line, k + 1 == lines.len(), &lines)).collect();
    let boxes: Dims = runs.iter().map(Vec::len).collect();
    let shape = plan.reduced_dims();
    let strides = row_major(shape.iter().copied());
    let plain: Dims = (0..shape.len()).filter(|&a| lines.iter().all(|l| l.axis.axis() != a)).collect();
    let leads: usize = plain.iter().map(|&a| shape[a]).product();
    let tasks = boxes.iter().product::<usize>() * leads;
    let tile = |task: usize| {
        let these = index_of(task / leads, &boxes).iter().zip(&runs).map(|(&k, runs)| runs[k]).collect();
        Tile::new(these, &lines, &cells)
    };
    let lead = |task: usize| {
        let mut index = Dims::from_elem(0, shape.len());
        unravel(task % leads, plain.iter().copied(), &shape, &mut index);
        index
    };
    // The tile with its number: neighbouring tasks share it.
    let work = |scratch: &mut Scratch<T>, task: usize| {
        if scratch.tile.as_ref().is_none_or(|(number, _)| *number != task / leads) {
            scratch.tile = Some((task / leads, tile(task)));
        }
        scratch.run(&lines, source, fill, lead(task), wanted)
    };
    let put = |task: usize, results: &[R], out: &mut [R]| {
        let tile = index_of(task / leads, &boxes);
        let runs: Vec<Run> = tile.iter().zip(&runs).map(|(&k, runs)| runs[k]).collect();
        let counts: Dims = runs.iter().map(|r| r.count).collect();
        let lead = lead(task);
        let corner: usize = lead.iter().zip(&strides).map(|(i, stride)| i * stride).sum();
        for (number, &result) in results.iter().enumerate() {
            let at = index_of(number, &counts);
            let axes =
                at.iter().zip(&runs).zip(&lines).map(|((i, run), line)| (run.first + i) * strides[line.axis.axis()]);
            out[corner + axes.sum::<usize>()] = result;
        }
    };
    let threads = if tasks > 1 { threads_for(out.len().saturating_mul(cells.len())) } else { 1 };
    // A batch at a time, so that results that wait for their place stay few.
    let batch = if threads > 1 { threads * 16 } else { 1 };
    let mut scratch = Scratch::default();
    for from in (0..tasks).step_by(batch) {
        if batch == 1 {
            put(from, &work(&mut scratch, from), out);
            continue;
        }
        let these = from..tasks.min(from + batch);
        let done = made(these.clone(), Scratch::default, work);
        these.zip(done).for_each(|(task, results)| put(task, &results, out));
    }
    Ok(())
}

/// How the windows of an axis are cut: enough together that a tile is mostly results.
fn cut(line: &Line, last: bool, lines: &[Line]) -> Vec<Run> {
    let axis = &line.axis;
    let least = match (last, lines.len()) {
        (true, 1) => 4096,
        (true, _) => 256,
        (false, 2) => 64,
        (false, _) => 12,
    };
    let cells: usize = lines.iter().fold(1, |n, l| n.saturating_mul(l.axis.window()));
    let windows = if cells > CELLS { least / 4 } else { least.max(2 * axis.window()) };
    let parts = |r: &Run| {
        let apart = most(r.count, r.step, axis.window(), axis.dilation());
        r.parts(apart.min((windows / r.step).max(1))).collect::<Vec<_>>()
    };
    line.runs.iter().flat_map(parts).collect()
}

/// Buffers of one thread.
struct Scratch<T> {
    tile: Option<(usize, Tile)>,
    set: Ranks,
    element: core::marker::PhantomData<T>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Scratch { tile: None, set: Ranks::default(), element: core::marker::PhantomData }
    }
}

impl<T: Number> Scratch<T> {
    /// The answers of a tile, row-major, behind an index of the other axes.
    fn run<R: Element>(
        &mut self,
        lines: &[Line],
        source: &View<'_, T>,
        fill: Option<T>,
        mut index: Dims,
        wanted: &Wanted<R, impl Fn(T, T, f64) -> R>,
    ) -> Vec<R> {
        let Some((_, tile)) = &self.tile else { return Vec::new() };
        let values = tile.lay(lines, source, fill, &mut index);
        let mut out = vec![R::default(); tile.windows().iter().product()];
        if T::BYTE {
            let bytes: Vec<u16> = values.iter().map(|x| x.map_or(NOTHING, |x| x.byte().into())).collect();
            let counts = Histogram::new();
            let counted = Counted { bytes: &bytes, counts, held: 0, wanted, out: &mut out };
            tile.slide(&mut Bytes::<T, R, _>(counted, core::marker::PhantomData));
            return out;
        }
        let numbered = values.iter().enumerate();
        let mut packed: Vec<T::Packed> = numbered.filter_map(|(k, x)| Some((*x)?.place(k as u32))).collect();
        packed.sort_unstable();
        let order: Vec<u32> = packed.into_iter().map(T::position).collect();
        let mut ranks = vec![u32::MAX; values.len()];
        order.iter().enumerate().for_each(|(rank, &spot)| ranks[spot as usize] = rank as u32);
        let number = |spot: &u32| values[*spot as usize].is_some_and(|x| !x.unordered());
        self.set.clear(order.len(), order.partition_point(number) as u32);
        let (order, ranks) = (&order[..], &ranks[..]);
        tile.slide(&mut Sorted { values: &values, order, ranks, set: &mut self.set, held: 0, wanted, out: &mut out });
        out
    }
}

/// Cells of a tile, where its windows are not larger.
const CELLS: usize = 1 << 16;
