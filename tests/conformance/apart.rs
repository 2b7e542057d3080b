//! Where we and a peer part at the edge of validity, and why.

/// What we do where a peer does the opposite, or gives a result of another shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum We {
    Accept,
    Reject,
}

/// One decision of ours, and the records of `errors.json` it concerns.
pub struct Apart {
    pub we: We,
    /// Stands word for word in `docs/semantics.md`.
    pub why: &'static str,
    /// Peer, operation (`*`: any of the peer's), category.
    pub records: &'static [(&'static str, &'static str, &'static str)],
}

pub const APART: &[Apart] = &[
    Apart {
        we: We::Reject,
        why: "A window of zero elements is an error. NumPy's `sliding_window_view` gives `n + 1` empty windows, SciPy's \
              filters leave such an axis alone.",
        records: &[("numpy", "sliding_window_view", "zero_window")],
    },
    Apart {
        we: We::Accept,
        why: "Blocks need not divide the axis: what is left over is the tail, dropped unless `tail` says otherwise. \
              scikit-image's `view_as_blocks` rejects it.",
        records: &[("scikit-image", "view_as_blocks", "block_does_not_divide")],
    },
    Apart {
        we: We::Accept,
        why: "Padding may be wider than the axis: the modes go on repeating. PyTorch's `stft` rejects padding as long as \
              the signal.",
        records: &[("torch", "stft", "pad_equals_axis"), ("torch", "stft", "pad_over_axis")],
    },
    Apart {
        we: We::Accept,
        why: "Every pad mode may extend a signal before its transform; librosa's `stft` takes no `wrap`.",
        records: &[("librosa", "stft", "mode_wrap")],
    },
    Apart {
        we: We::Accept,
        why: "An empty signal that is padded has frames of padding, like any other empty axis; SciPy's `stft` returns it \
              untransformed.",
        records: &[("scipy", "stft", "empty_axis")],
    },
    Apart {
        we: We::Accept,
        why: "An inverse transform is refused where the squared windows add up to zero between whole overlaps. A sample at \
              an end that only zeros of a window reach comes out as zero; PyTorch's `istft` refuses that as well.",
        records: &[("torch", "istft", "nola_violated")],
    },
];

/// Which decision and which of its records cover a record, if any do.
pub fn covers(we: We, peer: &str, op: &str, category: &str) -> Option<(usize, usize)> {
    let matches =
        |record: &(&str, &str, &str)| record.0 == peer && (record.1 == op || record.1 == "*") && record.2 == category;
    let found = |apart: &Apart| apart.records.iter().position(matches).filter(|_| apart.we == we);
    APART.iter().enumerate().find_map(|(row, apart)| Some((row, found(apart)?)))
}
