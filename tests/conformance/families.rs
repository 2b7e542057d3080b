//! The folder of data: its index, its manifests, and the running of every case in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use serde_json::Value;

use crate::case::{Case, Fail, text};
use crate::compare::compare;
use crate::exceptions;
use crate::ops;
use crate::quiet::caught;

/// What came of one family.
#[derive(Default)]
pub struct Report {
    pub total: usize,
    pub passed: usize,
    /// Why cases were left out, and how many for each reason.
    pub excused: BTreeMap<&'static str, usize>,
    /// Why cases passed under another comparison than the data's, and how many.
    pub loosened: BTreeMap<&'static str, usize>,
    /// Case and reason.
    pub failures: Vec<(String, String)>,
}

impl Report {
    pub fn broken(what: String) -> Self {
        Self { failures: vec![("the whole family".into(), what)], ..Self::default() }
    }
}

/// The folder to read: `NDWINDOW_CONFORMANCE`, else the one in the repository.
pub fn folder() -> PathBuf {
    std::env::var_os("NDWINDOW_CONFORMANCE").map_or_else(shipped_folder, PathBuf::from)
}

pub fn shipped_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/conformance")
}

/// Whether this is a package as it is published, which leaves the folder out, and no other one is named.
pub fn not_packaged() -> bool {
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml.orig").exists();
    published && std::env::var_os("NDWINDOW_CONFORMANCE").is_none() && !shipped_folder().exists()
}

/// Every family of the folder with its manifest: those of `index.json`, then any other manifest
/// that lies there.
pub fn manifests(folder: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let mut found = BTreeMap::new();
    let index = folder.join("index.json");
    if index.exists() {
        for family in read_json(&index)?["families"].as_array().into_iter().flatten() {
            let name = text(family, "family").map_err(|fail| fail.to_string())?;
            let file = family["manifest"].as_str().map_or_else(|| format!("{name}.json"), Into::into);
            found.insert(name.to_owned(), folder.join(file));
        }
    }
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        if !is_json || found.values().any(|known| *known == path) {
            continue;
        }
        let manifest = read_json(&path)?;
        if manifest["format"] == "window-conformance" {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let name = manifest["family"].as_str().unwrap_or(&stem);
            found.insert(name.to_owned(), path.clone());
        }
    }
    Ok(found)
}

pub fn read_json(path: &Path) -> Result<Value, String> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Runs every case of a manifest.
pub fn run(manifest: &Path) -> Report {
    try_run(manifest).unwrap_or_else(Report::broken)
}

fn try_run(manifest: &Path) -> Result<Report, String> {
    let json = read_json(manifest)?;
    let cases = json["cases"].as_array().ok_or_else(|| format!("{}: no cases", manifest.display()))?;
    if json["count"].as_u64().is_some_and(|count| count != cases.len() as u64) {
        return Err(format!("{}: {} cases, not {}", manifest.display(), cases.len(), json["count"]));
    }
    let tensors = match json["tensors"].as_str() {
        Some(name) => manifest.with_file_name(name),
        None => manifest.with_extension("safetensors"),
    };
    let bytes = fs::read(&tensors).map_err(|error| format!("{}: {error}", tensors.display()))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|error| format!("{}: {error}", tensors.display()))?;
    let mut report = Report { total: cases.len(), ..Report::default() };
    for entry in cases {
        match caught(|| run_case(entry, &file)) {
            Ok(Ok(note)) => {
                report.passed += 1;
                if let Some(note) = note {
                    *report.loosened.entry(note).or_default() += 1;
                }
            }
            Ok(Err(NoPass::Excused(reason))) => *report.excused.entry(reason).or_default() += 1,
            Ok(Err(NoPass::Failed(why))) => report.fail(entry, why),
            Err(panic) => report.fail(entry, panic),
        }
    }
    Ok(report)
}

impl Report {
    fn fail(&mut self, entry: &Value, why: String) {
        let id = entry["id"].as_str().unwrap_or("a case without an id");
        let op = entry["op"].as_str().unwrap_or("no op");
        self.failures.push((format!("{id} ({op})"), why));
    }
}

enum NoPass {
    Excused(&'static str),
    Failed(String),
}

impl From<Fail> for NoPass {
    fn from(fail: Fail) -> Self {
        Self::Failed(fail.to_string())
    }
}

/// Passes, perhaps with a note on how it was compared, or says why not.
fn run_case(entry: &Value, file: &SafeTensors<'_>) -> Result<Option<&'static str>, NoPass> {
    let case = Case::load(entry, file)?;
    if let Some(reason) = exceptions::not_compared(&case) {
        return Err(NoPass::Excused(reason));
    }
    let got = match ops::run(&case) {
        Err(fail) if exceptions::is_promised_error(&fail, &case) => return Ok(None),
        got => got?,
    };
    let loosened = exceptions::loosened(&case);
    for (position, wanted) in case.outputs.iter().enumerate() {
        let output = got
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&wanted.name))
            .or_else(|| got.get(position))
            .ok_or_else(|| NoPass::Failed(format!("no output {}", wanted.name)))?;
        compare(&output.1, &wanted.tensor, loosened.map_or(wanted.compare, |(how, _)| how))
            .map_err(|why| NoPass::Failed(format!("{}: {why}", wanted.name)))?;
    }
    if case.outputs.is_empty() {
        return Err(NoPass::Failed("no outputs to compare".into()));
    }
    Ok(loosened.map(|(_, why)| why))
}
