//! Padding as a front is asked for it, before an array's shape turns it into numbers.

use crate::spec::{PerAxis, Unfold};

/// Numbers, or one of ONNX's named paddings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pads {
    Numbers(PerAxis<(isize, isize)>),
    Same,
    SameLower,
}

impl Pads {
    /// How many axes there are, where there is one number for each.
    pub(super) fn axes(&self) -> Option<usize> {
        match self {
            Pads::Numbers(pads) => pads.axes(),
            Pads::Same | Pads::SameLower => None,
        }
    }

    /// A request with this padding.
    pub(super) fn on(&self, request: Unfold) -> Unfold {
        match self {
            Pads::Numbers(pads) => request.pad(pads.clone()),
            Pads::Same => request.same(),
            Pads::SameLower => request.same_lower(),
        }
    }
}
