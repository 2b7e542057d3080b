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
//! `T(blocks)` for every window at once is a chain of combinations of whole rows, doubling the number of blocks: about `log2`
//! of it for idempotent operations (overlapping halves), up to twice that otherwise.

use crate::kernel::rows::TAPS;
use crate::spec::gcd;
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

/// One combination of a chain: `node[i] = left[i] . right[i + gap]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) gap: usize,
    /// How many blocks are in it.
    pub(crate) size: usize,
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
    pub(crate) fn new(n: usize, idempotent: bool) -> Doubling {
        let single = Node { left: 0, right: 0, gap: 0, size: 1 };
        let mut nodes = vec![single];
        let mut digit = 0;
        if idempotent {
            while nodes[digit].size * 2 <= n {
                digit = push(&mut nodes, digit, digit, 0);
            }
            if nodes[digit].size < n {
                let gap = n - nodes[digit].size;
                nodes.push(Node { left: digit, right: digit, gap, size: n });
            }
        } else {
            let mut sum: Option<usize> = None;
            let mut rest = n;
            loop {
                if rest & 1 == 1 {
                    sum = Some(match sum {
                        None => digit,
                        Some(sum) => push(&mut nodes, sum, digit, 0),
                    });
                }
                rest >>= 1;
                if rest == 0 {
                    break;
                }
                digit = push(&mut nodes, digit, digit, 0);
            }
            // A power of two ends on its last doubling, any other number on its last sum: both are the last node.
            debug_assert_eq!(sum, Some(nodes.len() - 1));
        }
        let (slots, slot_count) = assign(&nodes);
        Doubling { nodes, slots, slot_count }
    }
}

fn push(nodes: &mut Vec<Node>, left: usize, right: usize, gap: usize) -> usize {
    let gap = if gap == 0 { nodes[left].size } else { gap };
    nodes.push(Node { left, right, gap, size: gap + nodes[right].size });
    nodes.len() - 1
}

/// Gives each node a buffer that no node still needed is in. Node 0 keeps its own, the input; the last one needs none.
fn assign(nodes: &[Node]) -> (Vec<usize>, usize) {
    let last_use = |k: usize| (k + 1..nodes.len()).rev().find(|&m| nodes[m].left == k || nodes[m].right == k);
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
