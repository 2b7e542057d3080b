//! The definition, one cell at a time, sharing nothing with the library but the names of its modes.

use ndwindow::{PadMode, Tail, Unfold, unfold};

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    Element(usize),
    Padding,
    Nothing,
}

/// One axis of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) axis: usize,
    pub(crate) window: usize,
    pub(crate) step: usize,
    pub(crate) dilation: usize,
    pub(crate) base: usize,
    pub(crate) pads: (isize, isize),
    pub(crate) mode: PadMode,
    pub(crate) tail: Tail,
}

impl Axis {
    pub(crate) fn new(axis: usize, window: usize, step: usize) -> Axis {
        let (mode, tail) = (PadMode::Empty, Tail::Drop);
        Axis { axis, window, step, dilation: 1, base: 1, pads: (0, 0), mode, tail }
    }

    /// The cells of every window on an axis of `n` elements; `None` where the request is an error.
    pub(crate) fn windows(&self, n: usize) -> Option<Vec<Vec<Stands>>> {
        let mut line = Vec::new();
        for i in 0..n {
            if i > 0 {
                line.extend(vec![Stands::Nothing; self.base - 1]);
            }
            line.push(Stands::Element(i));
        }
        let crop = |p: isize| (-p).max(0) as usize;
        let (from, to) = (crop(self.pads.0), line.len().saturating_sub(crop(self.pads.1)));
        // Negative pads may crop more than there is: what is left of the padding is all there is then.
        let (length, (first, last)) = (line.len() as isize, self.pads);
        let total = (length + first + last).max(0) as usize;
        let visible = (first + length + last.min(0)).max(0) as usize;
        let line: Vec<Stands> = line.get(from..to).unwrap_or(&[]).to_vec();
        if line.is_empty() && total > 0 && self.mode != PadMode::Empty {
            return None;
        }
        let cell = |p: usize| if line.is_empty() { Stands::Padding } else { self.at(&line, p as isize - first.max(0)) };
        let padded: Vec<Stands> = (0..total).map(cell).collect();
        let span = (self.window - 1) * self.dilation + 1;
        let starts: Vec<usize> = match self.tail {
            Tail::Drop => (0..total).step_by(self.step).filter(|s| s + span <= total).collect(),
            Tail::Partial => (0..visible)
                .step_by(self.step)
                .filter(|&s| (s == 0 && !line.is_empty()) || s + span < total + self.step)
                .collect(),
            _ if span > total => return None,
            Tail::ShiftBack => {
                let count = (total - span).div_ceil(self.step) + 1;
                (0..count).map(|i| (i * self.step).min(total - span)).collect()
            }
            Tail::Spread => {
                let count = (total - span).div_ceil(self.step) + 1;
                (0..count).map(|i| if i == 0 { 0 } else { i * (total - span) / (count - 1) }).collect()
            }
            _ => unreachable!(),
        };
        // Under `Partial` nothing may be left to window, which is an axis of no windows.
        if starts.is_empty() && self.tail != Tail::Partial {
            return None;
        }
        let cell = |p: usize| padded.get(p).copied().unwrap_or(Stands::Nothing);
        Some(starts.iter().map(|s| (0..self.window).map(|j| cell(s + j * self.dilation)).collect()).collect())
    }

    /// The padded line, one position at a time; walks instead of computing remainders.
    fn at(&self, line: &[Stands], position: isize) -> Stands {
        let n = line.len() as isize;
        if (0..n).contains(&position) {
            return line[position as usize];
        }
        let mut p = position;
        match self.mode {
            PadMode::Empty => return Stands::Padding,
            PadMode::Edge => p = if p < 0 { 0 } else { n - 1 },
            PadMode::Wrap => {
                while p < 0 {
                    p += n;
                }
                while p >= n {
                    p -= n;
                }
            }
            PadMode::Symmetric | PadMode::Reflect if n == 1 => p = 0,
            PadMode::Symmetric => {
                while !(0..n).contains(&p) {
                    p = if p < 0 { -1 - p } else { 2 * n - 1 - p };
                }
            }
            PadMode::Reflect => {
                while !(0..n).contains(&p) {
                    p = if p < 0 { -p } else { 2 * n - 2 - p };
                }
            }
            _ => unreachable!(),
        }
        line[p as usize]
    }
}

/// The request these axes make.
pub(crate) fn request(axes: &[Axis]) -> Unfold {
    let list = |f: fn(&Axis) -> usize| axes.iter().map(f).collect::<Vec<_>>();
    let names: Vec<isize> = axes.iter().map(|a| a.axis as isize).collect();
    let pads: Vec<(isize, isize)> = axes.iter().map(|a| a.pads).collect();
    let modes: Vec<PadMode> = axes.iter().map(|a| a.mode).collect();
    let tails: Vec<Tail> = axes.iter().map(|a| a.tail).collect();
    unfold(&names[..], list(|a| a.window), list(|a| a.step))
        .dilation(list(|a| a.dilation))
        .base_dilation(list(|a| a.base))
        .pad(&pads[..])
        .pad_mode(&modes[..])
        .tail(&tails[..])
}

/// Every window's elements in row-major order, `fill` standing in for padding if there is one; `None` for an error.
pub(crate) fn windows<T: Copy>(x: &[T], shape: &[usize], axes: &[Axis], fill: Option<T>) -> Option<Vec<Vec<T>>> {
    // For each axis of the array the list of windows; a plain axis has windows of one element.
    let mut along: Vec<Vec<Vec<Stands>>> =
        shape.iter().map(|&n| (0..n).map(|i| vec![Stands::Element(i)]).collect()).collect();
    for a in axes {
        along[a.axis] = a.windows(shape[a.axis])?;
    }
    let grid: Vec<usize> = along.iter().map(Vec::len).collect();
    let results = grid.iter().product::<usize>();
    let mut all = Vec::with_capacity(results);
    for number in 0..results {
        let at = unravel(number, &grid);
        let cells: Vec<&Vec<Stands>> = at.iter().zip(&along).map(|(&i, windows)| &windows[i]).collect();
        let sizes: Vec<usize> = cells.iter().map(|c| c.len()).collect();
        let mut elements = Vec::new();
        for cell in 0..sizes.iter().product() {
            let stands: Vec<Stands> = unravel(cell, &sizes).iter().zip(&cells).map(|(&j, c)| c[j]).collect();
            if stands.contains(&Stands::Nothing) {
                continue;
            }
            if stands.contains(&Stands::Padding) {
                elements.extend(fill);
                continue;
            }
            let place = stands.iter().zip(shape).fold(0, |place, (s, n)| match s {
                Stands::Element(i) => place * n + i,
                _ => unreachable!(),
            });
            elements.push(x[place]);
        }
        all.push(elements);
    }
    Some(all)
}

fn unravel(mut number: usize, shape: &[usize]) -> Vec<usize> {
    let mut at = vec![0; shape.len()];
    for k in (0..shape.len()).rev() {
        at[k] = number % shape[k];
        number /= shape[k];
    }
    at
}
