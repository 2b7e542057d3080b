//! Which algorithm reduces which windows: the one place where that is decided. `docs/why/reduce.md` says why.

use super::doubling::Order;
use super::line::{Line, Run};
use super::rows::Traits;
use crate::kernel::caches::SCANNED;
use crate::kernel::pairwise::BATCH;
use crate::kernel::rows::TAPS;
use crate::kernel::scan::BLOCK;

/// How many short lines are combined at a time.
pub(crate) const LINES: usize = BATCH;

/// How the windows of a run are combined along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// All cells of a window in registers.
    Taps,
    /// In groups of as many blocks as a window has, from in front and from behind (van Herk, Gil-Werman): three combinations a
    /// row, in a bracketing that depends on where a window lies.
    Scanned,
    /// By doubling: blocks that neighbouring windows share are combined once.
    Shared,
    /// The same in batches of windows, whose sums of few blocks stay in registers.
    Batched,
    /// Every window for itself.
    Apart,
}

/// Windows across rows. What is chosen for others must depend on the request alone, not on which
/// windows happen to be computed together.
pub(crate) fn across(traits: &Traits, line: &Line, run: &Run) -> Way {
    match () {
        _ if line.order.window <= TAPS => Way::Taps,
        _ if scans(line) && !run.alone && (!traits.exact || run.count > line.order.blocks) => Way::Scanned,
        _ => match shared(line, run) {
            Way::Shared if batches(traits, &line.order) => Way::Batched,
            way => way,
        },
    }
}

/// Whether windows that share blocks are combined in batches: those whose blocks are single rows.
pub(crate) fn batches(traits: &Traits, order: &Order) -> bool {
    traits.batched && order.shares && (order.block, order.ahead) == (1, 1)
}

/// Windows along a contiguous line, of cells of `inner` elements.
pub(crate) fn along(traits: &Traits, line: &Line, run: &Run, inner: usize) -> Way {
    match () {
        _ if line.order.window <= TAPS => Way::Taps,
        _ if inner == 1 && batches(traits, &line.order) && shared(line, run) == Way::Shared => Way::Batched,
        _ if scans_along(traits, line) && !run.alone => Way::Scanned,
        _ => shared(line, run),
    }
}

fn shared(line: &Line, run: &Run) -> Way {
    if line.order.shares && run.count > line.order.ahead { Way::Shared } else { Way::Apart }
}

/// Whether windows may be scanned. Below some blocks doubling is as short and keeps fewer rows.
pub(crate) fn scans(line: &Line) -> bool {
    let order = &line.order;
    !line.pairwise
        && order.shares
        && order.ahead == 1
        && order.blocks > TAPS
        && line.axis.whole_count().0 > order.blocks
}

/// Whether windows along a line may be scanned.
pub(crate) fn scans_along(traits: &Traits, line: &Line) -> bool {
    scans(line) && traits.small && line.order.blocks.saturating_mul(traits.bytes) > SCANNED
}

/// Whether short lines are combined several at a time, along themselves and across them: windows of every line and of every position,
/// whose cells no group brackets. (Exact ones may be bracketed by doubling instead; of many cells that takes longer.) All lines from a
/// window's first to its last are kept, and combined whether a window reads them or not: they must be few.
pub(crate) fn sheets(traits: &Traits, lines: &[Line], up: usize) -> bool {
    let fits = |l: &Line| {
        let even = matches!(l.runs[..], [Run { step: 1, alone: false, .. }]);
        even && (!scans(l) || traits.exact && l.order.blocks <= 4 * TAPS)
    };
    let few = |l: &Line| l.axis.span() <= 4 * TAPS && l.axis.count() >= LINES;
    traits.total && (1..lines.len()).contains(&up) && fits(&lines[up - 1]) && few(&lines[up - 1]) && fits(&lines[up])
}

/// Windows along a line, cut into parts of at most `most`: a scanned line between its groups, which begin where the whole axis does.
pub(crate) fn cut_along(traits: &Traits, line: &Line, run: &Run, most: usize) -> impl Iterator<Item = Run> + use<> {
    let zero = if scans_along(traits, line) { 0 } else { run.place() };
    run.parts_from(zero, most)
}

/// How many windows of a scanned line begin in a group: all that begin in a whole eight of its blocks.
pub(crate) fn scan_group(order: &Order) -> usize {
    order.blocks / BLOCK * BLOCK
}

/// Whether all windows together are small, along few axes that are the array's last: those are reduced box by box if boxes
/// [`fit`](super::boxed::fits) a cache.
pub(crate) fn boxes(lines: &[Line], rank: usize) -> bool {
    let trailing = lines.iter().rev().enumerate().all(|(k, l)| l.axis.axis() + 1 + k == rank);
    let small = |l: &Line| {
        l.order.window <= TAPS && l.axis.base_dilation() == 1 && matches!(l.runs[..], [Run { alone: false, .. }])
    };
    (2..=super::boxed::AXES).contains(&lines.len()) && trailing && lines.iter().all(small)
}
