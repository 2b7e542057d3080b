//! The short list: everything this runner does not hold us to, each with its reason.

use ndwindow::Error;

use crate::case::{Case, Fail};
use crate::compare::Compare;

/// Operations without a handler: names, and "not yet: ..." as the reason.
const NOT_YET: &[(&[&str], &str)] = &[];

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

const ROUNDED_ONCE: &str = "integer uniform_filter truncates after each axis, ours rounds once: the difference is at \
    most 1 for each axis but the last";

/// Another comparison than the data's, and why.
pub fn loosened(case: &Case) -> Option<(Compare, &'static str)> {
    let integer = |dtype: &str| !dtype.starts_with(['F', 'B']);
    if case.op != "uniform_filter" || !case.outputs.iter().all(|output| integer(output.tensor.dtype())) {
        return None;
    }
    let sizes = case.sizes(&["size"]).ok().flatten()?;
    let roundings = sizes.iter().filter(|size| **size > 1).count();
    let atol = roundings.saturating_sub(1) as f64;
    Some((Compare::Close { rtol: 0.0, atol }, ROUNDED_ONCE))
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
