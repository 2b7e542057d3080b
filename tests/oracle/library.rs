//! The oracle's requests in the library's words.

use super::{Ask, Mode, Out, Pads, Refusal, Tail};
use ndwindow::{Error, OutAxis, PadMode, Unfold, unfold};

pub(crate) const MODES: [(PadMode, Mode); 5] = [
    (PadMode::Empty, Mode::Empty),
    (PadMode::Edge, Mode::Edge),
    (PadMode::Reflect, Mode::Reflect),
    (PadMode::Symmetric, Mode::Symmetric),
    (PadMode::Wrap, Mode::Wrap),
];
pub(crate) const TAILS: [(ndwindow::Tail, Tail); 4] = [
    (ndwindow::Tail::Drop, Tail::Drop),
    (ndwindow::Tail::Partial, Tail::Partial),
    (ndwindow::Tail::ShiftBack, Tail::ShiftBack),
    (ndwindow::Tail::Spread, Tail::Spread),
];

/// The request that asks for `asks[k]` on axis `axes[k]`. Named padding must be the same on all axes.
pub(crate) fn request(axes: &[isize], asks: &[Ask], grid_first: bool) -> Unfold {
    let sizes = |f: fn(&Ask) -> i128| asks.iter().map(|a| f(a) as usize).collect::<Vec<_>>();
    let mode = |a: &Ask| MODES.iter().find(|m| m.1 == a.mode).unwrap().0;
    let tail = |a: &Ask| TAILS.iter().find(|t| t.1 == a.tail).unwrap().0;
    let mut request = unfold(axes, sizes(|a| a.window), sizes(|a| a.step))
        .dilation(sizes(|a| a.dilation))
        .base_dilation(sizes(|a| a.base))
        .pad_mode(asks.iter().map(mode).collect::<Vec<_>>())
        .tail(asks.iter().map(tail).collect::<Vec<_>>());
    request = match asks.first().map(|a| a.pads) {
        Some(Pads::Same) => request.same(),
        Some(Pads::SameLower) => request.same_lower(),
        Some(Pads::Full) => request.full(),
        _ => {
            let numbers = |a: &Ask| match a.pads {
                Pads::Numbers(before, after) => (before as isize, after as isize),
                named => panic!("{named:?} beside numbers"),
            };
            request.pad(asks.iter().map(numbers).collect::<Vec<_>>())
        }
    };
    if grid_first { request.grid_first() } else { request }
}

/// The oracle's name of an error, `None` for those it does not know.
pub(crate) fn refusal(error: &Error) -> Option<Refusal> {
    Some(match error {
        Error::ZeroWindow { .. } => Refusal::ZeroWindow,
        Error::ZeroStep { .. } => Refusal::ZeroStep,
        Error::ZeroDilation { .. } => Refusal::ZeroDilation,
        Error::ZeroBaseDilation { .. } => Refusal::ZeroBase,
        Error::SpanTooLong { .. } => Refusal::SpanTooLong,
        Error::PadOfEmptyAxis { .. } => Refusal::NothingToRepeat,
        _ => return None,
    })
}

/// The oracle's name of an axis of the result.
pub(crate) fn out(axis: OutAxis) -> Out {
    match axis {
        OutAxis::Plain(a) => Out::Plain(a),
        OutAxis::Grid(k) => Out::Grid(k),
        OutAxis::Window(k) => Out::Window(k),
    }
}
