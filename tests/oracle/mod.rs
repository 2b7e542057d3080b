//! A second, naive answer to every request: an axis laid out cell by cell, windows found by walking along it, copies made
//! one element at a time. It follows the words of the contract and shares no code with the library.
#![allow(dead_code)] // every test file uses its own part

pub(crate) mod held;
pub(crate) mod library;
pub(crate) mod memory;

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    /// The element with this index along the axis.
    Element(usize),
    /// Padding without an element.
    Pad,
    /// A hole of the base dilation, or nothing at all: behind the padded end.
    Gap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Empty,
    Edge,
    Reflect,
    Symmetric,
    Wrap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    Drop,
    Partial,
    ShiftBack,
    Spread,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pads {
    Numbers(i128, i128),
    Same,
    SameLower,
    Full,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    ZeroWindow,
    ZeroStep,
    ZeroDilation,
    ZeroBase,
    NothingToRepeat,
    SpanTooLong,
}

/// What is asked along one axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub(crate) len: usize,
    pub(crate) window: i128,
    pub(crate) step: i128,
    pub(crate) dilation: i128,
    pub(crate) base: i128,
    pub(crate) pads: Pads,
    pub(crate) mode: Mode,
    pub(crate) tail: Tail,
}

/// An axis laid out: every cell of the padded line, and where the windows start on it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) cells: Vec<Stand>,
    /// Starts as indices into `cells`.
    pub(crate) starts: Vec<i128>,
    /// Padding as numbers: position 0, the first element, is `cells[before]`.
    pub(crate) before: i128,
    pub(crate) after: i128,
    pub(crate) span: i128,
    ask: Ask,
}

impl Ask {
    pub(crate) fn new(len: usize, window: i128, step: i128) -> Self {
        let (pads, mode, tail) = (Pads::Numbers(0, 0), Mode::Empty, Tail::Drop);
        Ask { len, window, step, dilation: 1, base: 1, pads, mode, tail }
    }

    pub(crate) fn lay(&self) -> Result<Line, Refusal> {
        for (number, refusal) in [
            (self.window, Refusal::ZeroWindow),
            (self.step, Refusal::ZeroStep),
            (self.dilation, Refusal::ZeroDilation),
            (self.base, Refusal::ZeroBase),
        ] {
            if number == 0 {
                return Err(refusal);
            }
        }
        // The extent of one window: its last cell is window - 1 dilations behind its first.
        let span = (0..self.window).map(|j| j * self.dilation).max().unwrap() + 1;
        let data = self.data();
        let (before, after) = self.pads(data.len() as i128, span);
        let data = crop(data, before, after);
        let cells = self.padded(&data, before, after)?;
        let starts = self.starts(cells.len() as i128, !data.is_empty(), after, span)?;
        Ok(Line { cells, starts, before, after, span, ask: *self })
    }

    /// The elements drawn apart, with holes between them.
    fn data(&self) -> Vec<Stand> {
        let mut data = Vec::new();
        for i in 0..self.len {
            if i > 0 {
                data.extend((1..self.base).map(|_| Stand::Gap));
            }
            data.push(Stand::Element(i));
        }
        data
    }

    fn pads(&self, data: i128, span: i128) -> (i128, i128) {
        let same = || {
            // As many windows as there are multiples of the step on the data; enough padding for the last of them.
            let count = (0..data).filter(|p| p % self.step == 0).count() as i128;
            let total = ((count - 1) * self.step + span - data).max(0);
            (total / 2, total - total / 2)
        };
        match self.pads {
            Pads::Numbers(before, after) => (before, after),
            Pads::Same => same(),
            Pads::SameLower => (same().1, same().0),
            Pads::Full => (span - 1, span - 1),
        }
    }

    /// Pads what the crop left by walking outward from either end of it.
    fn padded(&self, data: &[Stand], before: i128, after: i128) -> Result<Vec<Stand>, Refusal> {
        let n = data.len();
        if n == 0 {
            // A crop takes from the padding on the other side what it could not take from the data.
            let whole = if self.len == 0 { 0 } else { (self.len as i128 - 1) * self.base + 1 };
            let total = (before + whole + after).max(0);
            return match self.mode != Mode::Empty && total > 0 {
                true => Err(Refusal::NothingToRepeat),
                false => Ok(vec![Stand::Pad; total as usize]),
            };
        }
        let at = |index: &Option<usize>| index.map_or(Stand::Pad, |i| data[i]);
        let mut line: Vec<Stand> = outward(self.mode, before, n, 0).iter().rev().map(at).collect();
        line.extend(data);
        line.extend(outward(self.mode, after, n, n - 1).iter().map(at));
        Ok(line)
    }

    fn starts(&self, total: i128, holds: bool, after: i128, span: i128) -> Result<Vec<i128>, Refusal> {
        let regular = |i: i128| i * self.step;
        if self.tail == Tail::Partial {
            // The end of the data: behind it there is only trailing padding, a place where no window may start.
            let visible = total - after.max(0);
            let mut starts = Vec::new();
            for i in 0.. {
                let start = regular(i);
                let inside_data_or_lead = start < visible;
                let inside_previous = i > 0 && regular(i - 1) + span >= total;
                if !inside_data_or_lead || inside_previous {
                    break;
                }
                starts.push(start);
            }
            // A window over padding alone counts only if it is less than a step longer than the line.
            if !holds && span - total >= self.step {
                starts.clear();
            }
            return Ok(starts);
        }
        if span > total {
            return Err(Refusal::SpanTooLong);
        }
        let free = total - span;
        let whole: Vec<i128> = (0..).map(regular).take_while(|&s| s <= free).collect();
        let last = *whole.last().unwrap();
        if self.tail == Tail::Drop {
            return Ok(whole);
        }
        // One more window where the whole ones leave something over.
        let count = whole.len() as i128 + (last < free) as i128;
        if self.tail == Tail::ShiftBack {
            return Ok((0..count).map(|i| regular(i).min(free)).collect());
        }
        // The largest start that is not behind the exact place i * free / (count - 1).
        let spread = |i: i128| (0..=free).rev().find(|s| s * (count - 1) <= i * free).unwrap();
        Ok(if count == 1 { vec![0] } else { (0..count).map(spread).collect() })
    }
}

/// Takes cells away from either end where a pad is negative.
fn crop(mut data: Vec<Stand>, before: i128, after: i128) -> Vec<Stand> {
    for _ in 0..(-before).max(0) {
        if !data.is_empty() {
            data.remove(0);
        }
    }
    for _ in 0..(-after).max(0) {
        data.pop();
    }
    data
}

/// The data indices met walking `steps` outward from the end `from` (index 0 or n - 1) of `n` cells.
fn outward(mode: Mode, steps: i128, n: usize, from: usize) -> Vec<Option<usize>> {
    let other = n - 1 - from;
    let mut here = from;
    let mut inward: i128 = if from == 0 { 1 } else { -1 };
    let mut met = Vec::new();
    for k in 0..steps {
        let next = here as i128 + inward;
        let leaves = next < 0 || next >= n as i128;
        met.push(match mode {
            Mode::Empty => None,
            Mode::Edge => Some(from),
            Mode::Wrap => {
                // Enter at the other end and walk towards the end the padding hangs on.
                here = match k {
                    0 => other,
                    _ if here == from => other,
                    _ => (here as i128 - inward) as usize,
                };
                Some(here)
            }
            Mode::Reflect => {
                // Turn at the end without repeating it.
                if leaves && n > 1 {
                    inward = -inward;
                }
                if n > 1 {
                    here = (here as i128 + inward) as usize;
                }
                Some(here)
            }
            Mode::Symmetric => {
                // The end itself comes first; turning repeats it.
                if k > 0 {
                    if leaves {
                        inward = -inward;
                    } else {
                        here = next as usize;
                    }
                }
                Some(here)
            }
        });
    }
    met
}

impl Line {
    pub(crate) fn count(&self) -> usize {
        self.starts.len()
    }

    pub(crate) fn window(&self) -> usize {
        self.ask.window as usize
    }

    /// Where window `i` starts, counted from the first element.
    pub(crate) fn start(&self, i: usize) -> i128 {
        self.starts[i] - self.before
    }

    pub(crate) fn cell(&self, i: usize, j: usize) -> Stand {
        let at = self.starts[i] + j as i128 * self.ask.dilation;
        self.cells.get(at as usize).copied().unwrap_or(Stand::Gap)
    }

    /// Whether window `i`, from its first to its last cell, lies on data and holes alone.
    pub(crate) fn inside(&self, i: usize) -> bool {
        let n = if self.ask.len == 0 { 0 } else { (self.ask.len as i128 - 1) * self.ask.base + 1 };
        let (low, high) = ((-self.before).max(0), (n + self.after).min(n));
        (self.start(i)..self.start(i) + self.span).all(|p| low <= p && p < high)
    }

    pub(crate) fn coverage(&self) -> Vec<usize> {
        let mut counts = vec![0; self.ask.len];
        for i in 0..self.count() {
            for j in 0..self.window() {
                if let Stand::Element(e) = self.cell(i, j) {
                    counts[e] += 1;
                }
            }
        }
        counts
    }
}

/// An axis of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Out {
    Plain(usize),
    Grid(usize),
    Window(usize),
}

/// A request laid out on a whole shape; `lines[k]` belongs to axis `axes[k]`.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) shape: Vec<usize>,
    pub(crate) axes: Vec<usize>,
    pub(crate) lines: Vec<Line>,
}

impl Layout {
    /// Grid counts in place, window axes behind; or grid first, then a patch in the array's order.
    pub(crate) fn order(&self, grid_first: bool) -> Vec<Out> {
        let unfolded = |a: &usize| self.axes.iter().position(|b| b == a);
        let mut order = Vec::new();
        if grid_first {
            order.extend((0..self.axes.len()).map(Out::Grid));
            for a in 0..self.shape.len() {
                order.push(unfolded(&a).map_or(Out::Plain(a), Out::Window));
            }
        } else {
            for a in 0..self.shape.len() {
                order.push(unfolded(&a).map_or(Out::Plain(a), Out::Grid));
            }
            order.extend((0..self.axes.len()).map(Out::Window));
        }
        order
    }

    pub(crate) fn out_shape(&self, order: &[Out]) -> Vec<usize> {
        let size = |o: &Out| match *o {
            Out::Plain(a) => self.shape[a],
            Out::Grid(k) => self.lines[k].count(),
            Out::Window(k) => self.lines[k].window(),
        };
        order.iter().map(size).collect()
    }

    /// Calls `f` for every cell of the result in row-major order with the array's index, or `None` where it is empty.
    pub(crate) fn each(&self, order: &[Out], mut f: impl FnMut(Option<&[usize]>)) {
        let mut at = vec![0; self.shape.len()];
        let (mut i, mut j) = (vec![0; self.axes.len()], vec![0; self.axes.len()]);
        each_index(&self.out_shape(order), |index| {
            for (o, &x) in order.iter().zip(index) {
                match *o {
                    Out::Plain(a) => at[a] = x,
                    Out::Grid(k) => i[k] = x,
                    Out::Window(k) => j[k] = x,
                }
            }
            let mut empty = false;
            for (k, line) in self.lines.iter().enumerate() {
                match line.cell(i[k], j[k]) {
                    Stand::Element(e) => at[self.axes[k]] = e,
                    _ => empty = true,
                }
            }
            f(if empty { None } else { Some(&at) });
        });
    }

    /// The copy: `elements` row-major in the array's shape, `blank` in the empty cells.
    pub(crate) fn copy<T: Copy>(&self, order: &[Out], elements: &[T], blank: T) -> Vec<T> {
        let mut out = Vec::new();
        self.each(order, |at| out.push(at.map_or(blank, |at| elements[flat(at, &self.shape)])));
        out
    }
}

/// Every index of a shape, in row-major order.
pub(crate) fn each_index(shape: &[usize], mut f: impl FnMut(&[usize])) {
    if shape.contains(&0) {
        return;
    }
    let mut index = vec![0; shape.len()];
    loop {
        f(&index);
        // The last axis that can still count up does; those behind it start again.
        let Some(a) = (0..shape.len()).rev().find(|&a| index[a] + 1 < shape[a]) else { return };
        index[a] += 1;
        index[a + 1..].fill(0);
    }
}

/// [`each_index`] as a list.
pub(crate) fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    each_index(shape, |index| all.push(index.to_vec()));
    all
}

/// The place of an index in row-major order.
pub(crate) fn flat(index: &[usize], shape: &[usize]) -> usize {
    index.iter().zip(shape).fold(0, |at, (i, n)| at * n + i)
}

/// Steps of one along each axis in a row-major array.
pub(crate) fn row_major(shape: &[usize]) -> Vec<isize> {
    (0..shape.len()).map(|a| shape[a + 1..].iter().map(|&n| n as isize).product()).collect()
}
