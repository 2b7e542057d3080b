//! Tiles along their axes: where each lies, how its weight falls towards its edges, and what the weights add up to.

use super::paper::{MARGIN, Paper};
use super::strip::{PATIENCE, listed};
use crate::spec::axis::AxisPlan;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use core::ops::Range;

/// How wide the elements shown are drawn together.
const WIDTH: usize = 640;
/// Where they begin; names stand before.
const LEFT: isize = MARGIN + 170;
/// The room between the first tiles and the last ones, where some are left out.
const BREAK: isize = 24;
/// How high a weight of 1 is.
const HEIGHT: isize = 56;
/// How high a tile is.
const BAR: isize = 10;
/// How many points a curve has at most.
const POINTS: usize = 120;
/// How different tiles are told apart; the last ones repeat.
const MARKS: usize = 6;

/// Draws tiles along each axis, given with the weights across one of them.
pub(crate) fn tapers<'w>(code: &str, about: &str, axes: impl Iterator<Item = (&'w AxisPlan, &'w [f64])>) -> String {
    let mut paper = Paper::new();
    paper.say("head", code);
    paper.say("soft", about);
    axes.for_each(|(axis, weights)| tiles(&mut paper, axis, weights));
    paper.finish(code, about)
}

/// One axis.
fn tiles(paper: &mut Paper, axis: &AxisPlan, weights: &[f64]) {
    paper.y += 10;
    paper.say("head", format_args!("axis {}: {} elements in {} tiles", axis.axis(), axis.len(), axis.count()));
    let shown: Vec<usize> = listed(axis.count()).into_iter().flatten().collect();
    let scale = Scale::new(axis, &shown);
    for &i in &shown {
        let y = paper.y + 3;
        let (from, to) = (scale.edge(axis.start(i) as usize), scale.edge(end(axis, i)));
        paper.text("soft", MARGIN, y + BAR, format_args!("tile {i}: {}..{}", axis.start(i), end(axis, i)));
        paper.rect("read", from, y, to - from, BAR);
        paper.rect(&mark(i), from, y, to - from, BAR);
        paper.y = y + BAR + 2;
        if i + 1 < axis.count() && !shown.contains(&(i + 1)) {
            paper.say("soft", format_args!("... {} more", axis.count() - shown.len()));
        }
    }
    let tallest = weights.iter().fold(0.0f64, |tallest, w| tallest.max(num_traits::Float::abs(*w)));
    curves(paper, axis, &scale, &shown, "weights", |_, j| weights[j] / tallest);
    let sum = |p: usize| {
        let over = axis.covering(p as isize);
        let weight = |i: usize| p.checked_sub(axis.start(i) as usize).and_then(|j| weights.get(j)).copied();
        (over.len() <= PATIENCE).then(|| over.filter_map(weight).sum::<f64>())
    };
    let sums: Option<Vec<Vec<(usize, f64)>>> = scale.shown.iter().map(|r| sampled(r, sum)).collect();
    let Some(sums) = sums else {
        return paper.say("soft", "the weights are not added up: too many tiles lie over an element");
    };
    let most = sums.iter().flatten().map(|s| s.1).fold(f64::NEG_INFINITY, f64::max);
    area(paper, &scale, &sums, most, &format!("their sum, to {most:.2}"));
    curves(paper, axis, &scale, &shown, "share of each", |i, j| {
        let p = axis.start(i) as usize + j;
        weights[j] / sum(p).filter(|&s| s != 0.0).unwrap_or(f64::INFINITY)
    });
}

/// One curve a tile.
fn curves(
    paper: &mut Paper,
    axis: &AxisPlan,
    scale: &Scale,
    shown: &[usize],
    name: &str,
    value: impl Fn(usize, usize) -> f64,
) {
    let base = paper.y + HEIGHT + 10;
    for &i in shown {
        let start = axis.start(i) as usize;
        let cells = 0..end(axis, i) - start;
        let points = sampled(&cells, |j| Some(value(i, j))).unwrap_or_default();
        let line = points.iter().map(|&(j, v)| (scale.middle(start + j), v));
        let mut line: Vec<(isize, f64)> = line.collect();
        // To the tile's edges, where the outermost cells end.
        if let (Some(&first), Some(&last)) = (line.first(), line.last()) {
            line.insert(0, (scale.edge(start), first.1));
            line.push((scale.edge(end(axis, i)), last.1));
        }
        let mut path = String::new();
        for (k, (x, v)) in line.into_iter().enumerate() {
            let _ = write!(path, "{}{x} {}", if k == 0 { 'M' } else { 'L' }, base - height(v));
        }
        paper.path(&mark(i), &path);
    }
    finish(paper, scale, base, name);
}

/// What is under a curve over all elements shown.
fn area(paper: &mut Paper, scale: &Scale, sums: &[Vec<(usize, f64)>], most: f64, name: &str) {
    let base = paper.y + HEIGHT + 10;
    for (r, sums) in scale.shown.iter().zip(sums) {
        let mut path = format!("M{} {base}", scale.edge(r.start));
        for (k, &(p, sum)) in sums.iter().enumerate() {
            let y = base - height(sum / most);
            if k == 0 {
                let _ = write!(path, "V{y}");
            }
            let _ = write!(path, "L{} {y}", scale.middle(p));
            if k + 1 == sums.len() {
                let _ = write!(path, "H{}V{base}z", scale.edge(r.end));
            }
        }
        paper.path("read", &path);
    }
    finish(paper, scale, base, name);
}

/// The line below curves, and their name.
fn finish(paper: &mut Paper, scale: &Scale, base: isize, name: &str) {
    for r in &scale.shown {
        paper.path("line", &format!("M{} {base}H{}", scale.edge(r.start), scale.edge(r.end)));
    }
    paper.widen(LEFT + WIDTH as isize + BREAK);
    paper.text("soft", MARGIN, base - HEIGHT / 2 + 4, name);
    paper.y = base + 6;
}

/// Some numbers of a range, spread evenly, with the first and the last, and what `f` says of each; `None` if it has no answer.
fn sampled(range: &Range<usize>, f: impl Fn(usize) -> Option<f64>) -> Option<Vec<(usize, f64)>> {
    let points = range.len().min(POINTS);
    let last = (range.len().saturating_sub(1)) as u128;
    let at = |k: usize| range.start + (k as u128 * last / (points - 1).max(1) as u128) as usize;
    (0..points).map(|k| f(at(k)).map(|v| (at(k), v))).collect()
}

/// How high a number from 0 to 1 is drawn.
fn height(v: f64) -> isize {
    num_traits::Float::round(v * HEIGHT as f64) as isize
}

fn mark(i: usize) -> String {
    format!("mark mark{}", i % MARKS)
}

/// Where tile `i` ends within the array.
fn end(axis: &AxisPlan, i: usize) -> usize {
    (axis.start(i) as usize + axis.window()).min(axis.len())
}

/// Which elements are shown, and where.
struct Scale {
    shown: Vec<Range<usize>>,
    elements: usize,
}

impl Scale {
    /// All elements, or those of the first tiles and of the last ones.
    fn new(axis: &AxisPlan, tiles: &[usize]) -> Scale {
        let all = core::iter::once(0..axis.len()).collect();
        let cut = tiles.windows(2).find(|pair| pair[1] > pair[0] + 1);
        let shown: Vec<Range<usize>> = match cut {
            Some(&[a, b]) if end(axis, a) < axis.start(b) as usize => {
                Vec::from([0..end(axis, a), axis.start(b) as usize..axis.len()])
            }
            _ => all,
        };
        let elements = shown.iter().map(Range::len).sum::<usize>().max(1);
        Scale { shown, elements }
    }

    /// Where element `p` begins.
    fn edge(&self, p: usize) -> isize {
        self.half(2 * p as u128)
    }

    /// The middle of element `p`.
    fn middle(&self, p: usize) -> isize {
        self.half(2 * p as u128 + 1)
    }

    fn half(&self, halves: u128) -> isize {
        let mut left = LEFT;
        let mut before = 0;
        for (k, r) in self.shown.iter().enumerate() {
            let within = halves.saturating_sub(2 * r.start as u128).min(2 * r.len() as u128);
            if halves <= 2 * r.end as u128 || k + 1 == self.shown.len() {
                return left + ((before + within) * WIDTH as u128 / (2 * self.elements as u128)) as isize;
            }
            before += 2 * r.len() as u128;
            left += BREAK;
        }
        left
    }
}
