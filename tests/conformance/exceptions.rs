//! The short list: everything this runner does not hold us to, each with its reason.

use ndwindow::Error;

use crate::case::{Case, Fail};
use crate::compare::Compare;

/// Operations without a handler.
const NOT_YET: &[(&[&str], &str)] = &[
    (&["max_pool1d", "max_pool2d", "max_pool3d", "MaxPool", "GlobalMaxPool"], "not yet: maximum pools"),
    (&["avg_pool1d", "avg_pool2d", "avg_pool3d", "AveragePool", "GlobalAveragePool"], "not yet: mean pools"),
    (&["lp_pool1d", "lp_pool2d", "lp_pool3d", "LpPool", "GlobalLpPool"], "not yet: norm pools"),
    (&["max_unpool1d", "max_unpool2d", "max_unpool3d", "MaxUnpool"], "not yet: unpooling"),
    (&["reduce_window"], "not yet: reductions with an initial value"),
    (&["maximum_filter", "minimum_filter", "uniform_filter"], "not yet: image filters"),
    (&["fold", "Col2Im", "overlap_and_add"], "not yet: fold"),
    (
        &["conv1d", "conv2d", "conv3d", "conv_general_dilated", "Conv", "ConvInteger", "QLinearConv"],
        "not yet: convolution",
    ),
    (&["conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "ConvTranspose"], "not yet: transposed convolution"),
];

/// An operation, the cases of it that are left out, and why.
type LeftOut = (&'static str, fn(&Case) -> bool, &'static str);

const LEFT_OUT: &[LeftOut] = &[
    ("pad", |case| case.word(&["reflect_type"]) == Some("odd"), ODD),
    ("scipy_stft", |case| case.word(&["boundary"]) == Some("odd"), ODD),
    ("scipy_short_time_fft", |case| case.word(&["padding"]) == Some("odd"), ODD),
];

const ODD: &str = "odd reflection computes new values (2 * edge - mirrored); a pad mode here only names which element a \
    cell shows";

/// Why a case is left out, if it is.
pub fn not_compared(case: &Case) -> Option<&'static str> {
    let left_out = LEFT_OUT.iter().find(|(op, applies, _)| *op == case.op && applies(case));
    left_out.map(|(.., reason)| *reason).or_else(|| not_yet(&case.op))
}

/// Why an operation has no handler, if the list says so.
pub fn not_yet(op: &str) -> Option<&'static str> {
    NOT_YET.iter().find(|(ops, _)| ops.contains(&op)).map(|(_, reason)| *reason)
}

/// The comparison that holds for this case.
pub fn compare_as(case: &Case, wanted: Compare) -> Compare {
    let _ = case;
    wanted
}

/// Where a peer answers with an empty axis because the span is larger than the padded axis, our
/// promise is an error: exactly that one.
pub fn is_promised_error(fail: &Fail, case: &Case) -> bool {
    let empty = case.outputs.iter().all(|output| output.tensor.shape().contains(&0));
    empty && !case.outputs.is_empty() && is_span_error(fail)
}

/// Is this the error for a span larger than the padded axis?
pub fn is_span_error(fail: &Fail) -> bool {
    matches!(fail, Fail::Library(Error::SpanTooLong { .. }))
}
