//! In which order a window's cells are combined, and which partial results neighbouring windows share.
//!
//! The order depends on window, step and dilation alone, never on where a window lies, so that a result has the same
//! bits wherever it is computed. (Windows of many blocks are scanned instead where rounding does not add up, see `choice.rs`.) `T(n)` names the order for `n`
//! neighbouring cells: the binary digits of `n`, the smallest first, each digit a balanced tree; `T(5)` is
//! `x0 . ((x1 . x2) . (x3 . x4))`.
//!
//! A window of up to [`TAPS`] cells is `T(window)`. A longer one is cut into *blocks* of as many cells as the next window
//! is ahead, `block = step / gcd(step, dilation)`: windows `i` and `i + ahead` (`ahead = dilation / gcd`) lie exactly one block
//! apart, so a block is combined once and used by all windows that hold it. The window is `T(blocks)` of its whole
//! blocks' `T(block)`, then `T(rest)` of the cells left over.
//!
//! `T(blocks)` for every window at once is a chain of combinations of whole rows, up to [`TAPS`] at a time: each row that is stored
//! and read again costs as much as two that are only read. Idempotent operations cover a window by overlapping parts of one size,
//! others take its binary digits, each as two or four parts.

use crate::kernel::rows::TAPS;
use crate::spec::{gcd, sort_few};
use alloc::vec;
use alloc::vec::Vec;

/// How the windows of one axis are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// Cells of a window.
    pub(crate) window: usize,
    /// Distance of neighbouring cells on the line.
    pub(crate) dilation: usize,
    /// Cells of a block.
    pub(crate) block: usize,
    /// Whole blocks of a window.
    pub(crate) blocks: usize,
    /// Cells of a window behind its last whole block.
    pub(crate) rest: usize,
    /// How many windows further a window starts one block later.
    pub(crate) ahead: usize,
    /// Whether blocks are shared between windows at all.
    pub(crate) shares: bool,
}

impl Order {
    /// The order for windows `step` apart.
    pub(crate) fn new(window: usize, step: usize, dilation: usize) -> Order {
        let common = gcd(step, dilation);
        let (block, ahead) = (step / common, dilation / common);
        if window <= TAPS || block >= window {
            // Few cells, or none that two windows share: blocks of one.
            return Order { window, dilation, block: 1, blocks: window, rest: 0, ahead: dilation, shares: false };
        }
        Order { window, dilation, block, blocks: window / block, rest: window % block, ahead, shares: true }
    }
}

/// One combination of a chain: `node[i]` is its parts combined in order, `from[i + gap]` each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) parts: Vec<Part>,
    /// How many blocks are in it.
    pub(crate) size: usize,
}

/// A node as a part of a larger one, so many blocks behind its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) from: usize,
    pub(crate) gap: usize,
}

/// What the rows of a chain are to a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Rows of their own that begin where registers do, so short that those of a chain stay in a first-level cache: what a pass
    /// costs beside its reads is what counts.
    Short,
    /// All others: of the parts of a pass only the newest is at hand, or is not read across the ends of cache lines.
    Long,
}

impl Shape {
    /// Half the cost of so many parts: reading them, and writing and calling once.
    fn cost(self, parts: usize) -> usize {
        match self {
            Shape::Short => 2 * parts + 3,
            Shape::Long => 2 * (2 * parts - 1) + 4,
        }
    }
}

/// The combinations that give `T(n)` at every position; node 0 is the row of single blocks itself.
#[derive(Clone, Debug)]
pub(crate) struct Doubling {
    pub(crate) nodes: Vec<Node>,
    /// For each node, which buffer holds it when all of it is computed at once.
    pub(crate) slots: Vec<usize>,
    /// How many such buffers there are.
    pub(crate) slot_count: usize,
}

impl Doubling {
    pub(crate) fn new(n: usize, idempotent: bool, rows: Shape) -> Doubling {
        let mut nodes = vec![Node { parts: Vec::new(), size: 1 }];
        match idempotent {
            _ if n <= TAPS => nodes.extend(covered(n, 1)),
            true => cover(&mut nodes, n, rows),
            false => {
                digits(&mut nodes, n, rows);
                by_size(&mut nodes);
            }
        }
        let (slots, slot_count) = assign(&nodes);
        Doubling { nodes, slots, slot_count }
    }
}

/// A node of `n` blocks, covered by parts that may overlap, in as many levels as cost least.
fn cover(nodes: &mut Vec<Node>, n: usize, rows: Shape) {
    // Of two parts each level is as many cells as two of the level before: more levels than that have nothing to do.
    let best = (1..=n.ilog2() as usize + 1)
        .filter(|&levels| root(n, levels).is_some_and(|parts| parts <= TAPS))
        .map(|levels| covered(n, levels))
        .min_by_key(|all| all.iter().map(|node| rows.cost(node.parts.len())).sum::<usize>());
    nodes.extend(best.unwrap_or_default());
}

/// The nodes of a number of levels, with about as many parts each.
fn covered(n: usize, levels: usize) -> Vec<Node> {
    let (mut nodes, mut own) = (Vec::new(), 1);
    for left in (1..=levels).rev() {
        if own >= n {
            break;
        }
        let most = n.div_ceil(own);
        let parts = root(most, left).unwrap_or(most);
        let size = if parts == most { n } else { own * parts };
        let parts = (0..parts).map(|k| Part { from: nodes.len(), gap: (k * own).min(size - own) }).collect();
        nodes.push(Node { parts, size });
        own = size;
    }
    nodes
}

/// The least number whose `power`-th power is `n` or more, if it is at most one more than [`TAPS`].
fn root(n: usize, power: usize) -> Option<usize> {
    let reaches = |r: usize| (0..power).try_fold(1usize, |p, _| p.checked_mul(r)).is_none_or(|p| p >= n);
    (1..=n.min(1 + TAPS)).find(|&r| reaches(r))
}

/// The node of `T(n)`: all smaller digits and the largest one. Of short rows powers of four are made of quarters, others of halves:
/// by the costs above within a twentieth of the best there is, on average of all `n` up to 128.
fn digits(nodes: &mut Vec<Node>, n: usize, rows: Shape) -> usize {
    if let Some(known) = nodes.iter().position(|node| node.size == n) {
        return known;
    }
    let largest = 1 << n.ilog2();
    let (rest, even) = (n - largest, n.ilog2().is_multiple_of(2));
    let parts = match (rows, rest) {
        (Shape::Short, 0) if even => 4,
        (Shape::Short, 1..) if !even => 2,
        (_, 0) => 2,
        _ => 1,
    };
    let size = largest / parts;
    let from = digits(nodes, size, rows);
    let front = (rest > 0).then(|| Part { from: digits(nodes, rest, rows), gap: 0 });
    let largest = (0..parts).map(|k| Part { from, gap: rest + k * size });
    nodes.push(Node { parts: front.into_iter().chain(largest).collect(), size: n });
    nodes.len() - 1
}

/// In the order of their sizes, so that what is read was made just before: it is still in a first-level cache.
fn by_size(nodes: &mut [Node]) {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    sort_few(&mut order, |&k| nodes[k].size);
    let mut place = vec![0; nodes.len()];
    order.iter().enumerate().for_each(|(at, &k)| place[k] = at);
    sort_few(nodes, |node| node.size);
    nodes.iter_mut().flat_map(|node| &mut node.parts).for_each(|part| part.from = place[part.from]);
}

/// Gives each node a buffer that no node still needed is in. Node 0 keeps its own, the input; the last one needs none.
fn assign(nodes: &[Node]) -> (Vec<usize>, usize) {
    let last_use = |k: usize| (k + 1..nodes.len()).rev().find(|&m| nodes[m].parts.iter().any(|p| p.from == k));
    let mut slots = vec![usize::MAX; nodes.len()];
    let mut count = 0;
    for k in 1..nodes.len() {
        let busy =
            |slot: usize, slots: &[usize]| (1..k).any(|m| slots[m] == slot && last_use(m).is_some_and(|u| u >= k));
        let slot = (0..count).find(|&s| !busy(s, &slots)).unwrap_or(count);
        count = count.max(slot + 1);
        slots[k] = slot;
    }
    (slots, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rows::tree;
    use alloc::format;
    use alloc::string::{String, ToString};

    /// What stands in a window of `n` blocks: node by node, over strings.
    fn written(doubling: &Doubling, n: usize, joined: &dyn Fn(&[String]) -> String) -> String {
        let mut rows: Vec<Vec<String>> = vec![(0..n).map(|k| k.to_string()).collect()];
        for node in &doubling.nodes[1..] {
            assert!((2..=TAPS).contains(&node.parts.len()), "{node:?}");
            let at = |i: usize| {
                let parts: Vec<String> = node.parts.iter().map(|p| rows[p.from][i + p.gap].clone()).collect();
                joined(&parts)
            };
            rows.push((0..=n - node.size).map(at).collect());
        }
        let Some(last) = rows.last() else { unreachable!() };
        assert_eq!(last.len(), 1);
        last[0].clone()
    }

    fn bracketed(n: usize, first: usize) -> String {
        match n {
            1 => first.to_string(),
            _ if n.is_power_of_two() => format!("({} {})", bracketed(n / 2, first), bracketed(n / 2, first + n / 2)),
            _ => {
                let largest = 1 << n.ilog2();
                let rest = n - largest;
                format!("({} {})", bracketed(rest, first), bracketed(largest, first + rest))
            }
        }
    }

    #[test]
    fn chains_are_the_definition() {
        for n in (1..=300).chain([511, 512, 513, 1000, 1023, 1024]) {
            // (The loops' own order of a few cells; they copy what they combine, so it is numbers of texts here.)
            let joined = |parts: &[String]| {
                let texts = core::cell::RefCell::new(parts.to_vec());
                let two = |a: usize, b: usize| {
                    let mut texts = texts.borrow_mut();
                    let text = format!("({} {})", texts[a], texts[b]);
                    texts.push(text);
                    texts.len() - 1
                };
                let whole = tree(two, |k| k, parts.len());
                texts.borrow()[whole].clone()
            };
            for rows in [Shape::Short, Shape::Long] {
                assert_eq!(written(&Doubling::new(n, false, rows), n, &joined), bracketed(n, 0), "{n}");
            }
        }
    }

    /// Every cell is there, none before another that stands in front of it is over, and no part leaves a hole.
    #[test]
    fn parts_cover_windows() {
        let joined = |parts: &[String]| {
            let ends = |s: &String| {
                let mut ends = s.split('-').map(|n| n.parse::<usize>().unwrap());
                let first = ends.next().unwrap();
                (first, ends.next().unwrap_or(first))
            };
            let (first, mut last) = ends(&parts[0]);
            for (begin, end) in parts[1..].iter().map(ends) {
                assert!(begin > first && begin <= last + 1 && end > last, "{parts:?}");
                last = end;
            }
            format!("{first}-{last}")
        };
        for n in (2..=600).chain([1000, 1001, 4095, 4096]) {
            for rows in [Shape::Short, Shape::Long] {
                assert_eq!(written(&Doubling::new(n, true, rows), n, &joined), format!("0-{}", n - 1), "{n}");
            }
        }
    }
}
