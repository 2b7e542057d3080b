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
        why: "A window of zero elements is an error. NumPy's `sliding_window_view` gives `n + 1` empty windows, \
              SciPy's filters leave such an axis alone.",
        records: &[
            ("numpy", "sliding_window_view", "zero_window"),
            ("scipy", "maximum_filter", "zero_window"),
            ("scipy", "minimum_filter", "zero_window"),
            ("scipy", "uniform_filter", "zero_window"),
        ],
    },
    Apart {
        we: We::Reject,
        why: "An empty axis has nothing a border could repeat, which is an error. SciPy's filters return the empty \
              array.",
        records: &[("scipy", "minimum_filter", "empty_axis")],
    },
    Apart {
        we: We::Reject,
        why: "A divisor is at least 1; PyTorch's `divisor_override` may be negative.",
        records: &[("torch", "avg_pool2d", "divisor_not_positive")],
    },
    Apart {
        we: We::Reject,
        why: "An index of an unpooling lies inside its plane, also where the plane is empty. PyTorch drops the \
              values then.",
        records: &[("torch", "max_unpool2d", "empty_output")],
    },
    Apart {
        we: We::Accept,
        why: "Blocks need not divide the axis: what is left over is the tail, dropped unless `tail` says \
              otherwise. scikit-image's `view_as_blocks` rejects it.",
        records: &[("scikit-image", "view_as_blocks", "block_does_not_divide")],
    },
    Apart {
        we: We::Accept,
        why: "A negative pad crops, as in XLA. PyTorch and ONNX Runtime reject it.",
        records: &[
            ("onnxruntime", "Conv", "negative_padding"),
            ("torch", "avg_pool2d", "negative_padding"),
            ("torch", "avg_pool3d", "negative_padding"),
            ("torch", "conv1d", "negative_padding"),
            ("torch", "conv2d", "negative_padding"),
            ("torch", "max_pool3d", "negative_padding"),
        ],
    },
    Apart {
        we: We::Accept,
        why: "Padding may be wider than the window, and wider than the axis: the modes go on repeating. PyTorch's \
              pools take half a window at most, ONNX Runtime's less than one, PyTorch's `stft` less than the \
              signal.",
        records: &[
            ("onnxruntime", "AveragePool", "pad_ge_kernel"),
            ("torch", "avg_pool1d", "pad_over_half_kernel"),
            ("torch", "avg_pool2d", "pad_over_half_kernel"),
            ("torch", "avg_pool3d", "pad_over_half_kernel"),
            ("torch", "stft", "pad_equals_axis"),
            ("torch", "stft", "pad_over_axis"),
        ],
    },
    Apart {
        we: We::Accept,
        why: "`same` pads for `ceil(n / step)` windows at any step; PyTorch takes it at a step of one only.",
        records: &[("torch", "conv1d", "same_with_stride"), ("torch", "conv2d", "same_with_stride")],
    },
    Apart {
        we: We::Accept,
        why: "`same` pads for `ceil(n / step)` windows under any dilation, as ONNX defines it. ONNX Runtime's \
              pools pad as if there were no dilation.",
        records: &[("onnxruntime", "MaxPool", "auto_pad_with_dilation")],
    },
    Apart {
        we: We::Accept,
        why: "Any number of axes may be pooled, and any number may stand before them. PyTorch and ONNX Runtime \
              want one or two before, and pool three at most.",
        records: &[
            ("onnxruntime", "AveragePool", "rank"),
            ("onnxruntime", "LpPool", "rank"),
            ("torch", "avg_pool1d", "rank"),
            ("torch", "max_pool1d", "rank"),
            ("torch", "max_pool3d", "rank"),
        ],
    },
    Apart {
        we: We::Accept,
        why: "Every integer type can be averaged, and `bool` has maxima. PyTorch lacks some of these.",
        records: &[
            ("torch", "avg_pool1d", "dtype"),
            ("torch", "avg_pool3d", "dtype"),
            ("torch", "max_pool2d", "dtype"),
        ],
    },
    Apart {
        we: We::Accept,
        why: "An axis that is not unfolded may be empty, and so is the result then. PyTorch's maximum pools allow \
              that for the batch only.",
        records: &[
            ("torch", "max_pool1d", "empty_channels"),
            ("torch", "max_pool2d", "empty_channels"),
            ("torch", "max_pool3d", "empty_channels"),
        ],
    },
    Apart {
        we: We::Accept,
        why: "An unpooling takes any size its indices fit; PyTorch wants one that the pooling could have started \
              from.",
        records: &[
            ("torch", "max_unpool1d", "output_size_out_of_range"),
            ("torch", "max_unpool3d", "output_size_out_of_range"),
        ],
    },
    Apart {
        we: We::Accept,
        why: "Every pad mode may extend a signal before its transform; librosa's `stft` takes no `wrap`.",
        records: &[("librosa", "stft", "mode_wrap")],
    },
    Apart {
        we: We::Accept,
        why: "An empty signal that is padded has frames of padding, like any other empty axis; SciPy's `stft` \
              returns it untransformed.",
        records: &[("scipy", "stft", "empty_axis")],
    },
    Apart {
        we: We::Accept,
        why: "An inverse transform is refused where the squared windows add up to zero between whole overlaps. A \
              sample at an end that only zeros of a window reach comes out as zero; PyTorch's `istft` refuses that \
              as well.",
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
