//! Requests at or past the edge of validity: what each peer did, and what we do.

use std::path::Path;

use serde_json::Value;

use crate::case::{Case, Fail, Operand, Outcome, list, text, whole};
use crate::exceptions::{is_span_error, not_yet};
use crate::families::{Report, read_json, shipped_folder};
use crate::ops;
use crate::quiet::caught;
use crate::tensor::Tensor;

/// Where we and a peer part, by peer, operation and category (`*` for any), and why. Each reason
/// stands word for word in `docs/semantics.md`.
const APART: &[(&str, &str, &str, Verdict, &str)] = &[
    ("numpy", "*", "zero_window", Verdict::Reject, NO_EMPTY_WINDOW),
    ("scikit-image", "view_as_blocks", "block_does_not_divide", Verdict::Accept, TAILS_ARE_NAMED),
];

const NO_EMPTY_WINDOW: &str = "A window of zero elements is an error. NumPy's `sliding_window_view` gives `n + 1` empty \
    windows, SciPy's filters leave such an axis alone.";
const TAILS_ARE_NAMED: &str = "Blocks need not divide the axis: what is left over is the tail, dropped unless `tail` \
    says otherwise. scikit-image's `view_as_blocks` rejects it.";

/// What we do where a peer does the opposite.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Accept,
    Reject,
}

/// Tries every record that concerns an operation we have.
pub fn run(path: &Path) -> Report {
    let json = match read_json(path) {
        Ok(json) => json,
        Err(what) => return Report::broken(what),
    };
    let records = json["records"].as_array().map_or(&[][..], Vec::as_slice);
    let mut report = Report { total: records.len(), ..Report::default() };
    let mut used = vec![false; APART.len()];
    for record in records {
        match caught(|| judge(record, &mut used)).unwrap_or_else(|panic| Err(Some(panic))) {
            Ok(None) => report.passed += 1,
            Ok(Some(reason)) => *report.excused.entry(reason).or_default() += 1,
            Err(why) => {
                let id = record["id"].as_str().unwrap_or("a record without an id");
                let category = record["category"].as_str().unwrap_or("no category");
                report.failures.push((format!("{id} ({category})"), why.unwrap_or_default()));
            }
        }
    }
    if path.parent() == Some(&shipped_folder()) {
        check_table(&used, &mut report);
    }
    report
}

/// Every line of the table must concern some record, and its reason must be in the documentation.
fn check_table(used: &[bool], report: &mut Report) {
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/semantics.md");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let pages = std::fs::read_to_string(pages).map(|text| words(&text)).ok();
    for ((peer, op, category, _, reason), used) in APART.iter().zip(used) {
        let line = format!("the line {peer} {op} {category} of the table");
        if !used {
            report.failures.push((line, "concerns no record any more".into()));
        } else if pages.as_ref().is_some_and(|pages| !pages.contains(&words(reason))) {
            report.failures.push((line, format!("has a reason that docs/semantics.md does not give: {reason}")));
        }
    }
}

/// Agreement, a record left out with its reason, or what is wrong.
fn judge(record: &Value, used: &mut [bool]) -> Result<Option<&'static str>, Option<String>> {
    let fault = |fail: Fail| Some(fail.to_string());
    let (peer, op) = (text(record, "peer").map_err(fault)?, text(record, "op").map_err(fault)?);
    let category = text(record, "category").map_err(fault)?;
    let case_op = operation(peer, op);
    if let Some(reason) = not_yet(&case_op) {
        return Ok(Some(reason));
    }
    let got = build(record, case_op).and_then(|case| ops::run(&case));
    if let Err(Fail::Runner(what)) = got {
        return Err(Some(what));
    }
    let peer_accepts = record["outcome"] == "accepted";
    let verdict = match &got {
        Ok(_) => Verdict::Accept,
        Err(_) => Verdict::Reject,
    };
    let apart = APART.iter().position(|line| {
        (line.0 == peer || line.0 == "*") && (line.1 == op || line.1 == "*") && line.2 == category && line.3 == verdict
    });
    match (peer_accepts, got) {
        (false, Err(_)) => Ok(None),
        (true, Ok(outputs)) => same_shape(record, &outputs).map(|()| None).map_err(Some),
        (true, Err(fail)) if is_span_error(&fail) && has_empty_axis(record) => Ok(None),
        (_, got) => match apart {
            Some(line) => {
                used[line] = true;
                Ok(None)
            }
            None => Err(Some(match got {
                Ok(_) => format!("{peer} rejects what we accept: {}", record["message"]),
                Err(fail) => format!("{peer} accepts what we reject: {fail}"),
            })),
        },
    }
}

/// The name under which the manifests have the operation.
fn operation(peer: &str, op: &str) -> String {
    match op {
        "stft" | "istft" => format!("{peer}_{op}"),
        op => op.into(),
    }
}

fn build(record: &Value, op: String) -> Outcome<Case> {
    let entries = record["inputs"].as_array().into_iter().flatten();
    let inputs = entries.map(|entry| operand(entry, record)).collect::<Outcome<Vec<_>>>()?;
    Ok(Case { op, attrs: record["attrs"].clone(), norm: Value::Null, inputs, outputs: Vec::new() })
}

/// An input of zeros, or of the index that the record asks for.
fn operand(entry: &Value, record: &Value) -> Outcome<Operand> {
    let (name, dtype) = (text(entry, "name")?, text(entry, "dtype")?);
    let shape: Vec<usize> = list(&entry["shape"], "shape")?;
    let index = &record["attrs"]["index_value"];
    let tensor = if name == "indices" && !index.is_null() {
        let value: i64 = whole(index, "index_value")?;
        ndwindow::Array::new(vec![value; shape.iter().product()], &shape[..])?.into()
    } else {
        Tensor::zeros(dtype, &shape)?
    };
    Ok(Operand::plain(name, tensor))
}

fn has_empty_axis(record: &Value) -> bool {
    record["output_shape"].as_array().is_some_and(|shape| shape.iter().any(|len| len == 0))
}

fn same_shape(record: &Value, outputs: &ops::Outputs) -> Result<(), String> {
    let shape: Vec<usize> = list(&record["output_shape"], "output_shape").map_err(|fail: Fail| fail.to_string())?;
    match outputs.first() {
        Some((_, tensor)) if tensor.shape() == shape => Ok(()),
        Some((_, tensor)) => Err(format!("shape {:?} where {shape:?} is wanted", tensor.shape())),
        None => Err("no output".into()),
    }
}
