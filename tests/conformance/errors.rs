//! Requests at or past the edge of validity: what each peer did, and what we do.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::apart::{APART, We, covers};
use crate::case::{Case, Fail, Operand, Outcome, list, text, whole};
use crate::exceptions::{is_span_error, not_yet};
use crate::families::{Report, read_json, shipped_folder};
use crate::ops;
use crate::quiet::caught;
use crate::tensor::Tensor;

/// Entries of the table that some record needed.
type Used = BTreeSet<(usize, usize)>;

/// Tries every record that concerns an operation we have.
pub fn run(path: &Path) -> Report {
    let json = match read_json(path) {
        Ok(json) => json,
        Err(what) => return Report::broken(what),
    };
    let records = json["records"].as_array().map_or(&[][..], Vec::as_slice);
    let mut report = Report { total: records.len(), ..Report::default() };
    let mut used = BTreeSet::new();
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

/// Every entry of the table must concern some record, and its reason must be in the documentation.
fn check_table(used: &Used, report: &mut Report) {
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/semantics.md");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let pages = std::fs::read_to_string(pages).map(|text| words(&text)).ok();
    for (row, apart) in APART.iter().enumerate() {
        for (at, record) in apart.records.iter().enumerate() {
            if used.contains(&(row, at)) {
                continue;
            }
            report.failures.push((format!("{record:?} of apart.rs"), "concerns no record".into()));
        }
        if pages.as_ref().is_some_and(|pages| !pages.contains(&words(apart.why))) {
            report.failures.push(("docs/semantics.md".into(), format!("does not say: {}", apart.why)));
        }
    }
}

/// Agreement, a record left out with its reason, or what is wrong.
fn judge(record: &Value, used: &mut Used) -> Result<Option<&'static str>, Option<String>> {
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
    let we = if got.is_ok() { We::Accept } else { We::Reject };
    let why = match (peer_accepts, got) {
        (false, Err(_)) => return Ok(None),
        (true, Ok(outputs)) => match shape_difference(record, &outputs) {
            None => return Ok(None),
            Some(difference) => difference,
        },
        (true, Err(fail)) if is_span_error(&fail) && has_empty_axis(record) => return Ok(None),
        (true, Err(fail)) => format!("{peer} accepts what we reject: {fail}"),
        (false, Ok(_)) => format!("{peer} rejects what we accept: {}", record["message"]),
    };
    used.insert(covers(we, peer, op, category).ok_or(Some(why))?);
    Ok(None)
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
    Ok(Case {
        op,
        producer: text(record, "peer")?.into(),
        attrs: record["attrs"].clone(),
        norm: Value::Null,
        inputs,
        outputs: Vec::new(),
    })
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

/// How the shape of our result differs from the peer's.
fn shape_difference(record: &Value, outputs: &ops::Outputs) -> Option<String> {
    let wanted: Vec<usize> = list(&record["output_shape"], "output_shape").unwrap_or_default();
    let mut shape = outputs.first().map(|(_, tensor)| tensor.shape().to_vec()).unwrap_or_default();
    // The shape of complex results is given without the last axis, real and imaginary part.
    if record["op"] == "stft" {
        shape.pop();
    }
    (shape != wanted).then(|| format!("shape {shape:?} where {wanted:?} is wanted"))
}
