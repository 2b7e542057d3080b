//! Our results against those of the libraries people come from.
//!
//! Reads the folder named by the environment variable `NDWINDOW_CONFORMANCE`, else
//! `tests/data/conformance` (its `README.md` has the format), runs every case and prints
//! `family: passed/total` for each family. Whatever is not held against us stands with its reason
//! in `exceptions.rs` and `errors.rs`. Arguments are families to run, by a part of their name.

// A test binary has no outside for which an item could be too public.
#![allow(unreachable_pub)]

mod apart;
mod case;
mod compare;
mod errors;
mod exceptions;
mod families;
mod geometry;
mod ops;
mod quiet;
mod tensor;

use std::process::ExitCode;

use families::Report;

/// How many failures of a family are shown, unless families are named.
const SHOWN: usize = 6;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        println!("conformance: test");
        return ExitCode::SUCCESS;
    }
    if families::not_packaged() {
        println!(
            "conformance: skipped, 0 cases: the other libraries' results are in the repository, not in the package"
        );
        return ExitCode::SUCCESS;
    }
    quiet::hush();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(what) => {
            println!("conformance: {what}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what the arguments select; is all as it should be?
fn run(arguments: &[String]) -> Result<bool, String> {
    let filters: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let selected = |name: &str| {
        filters.is_empty() || filters.iter().any(|word| name.contains(word) || "conformance".contains(word))
    };
    let shown = if filters.is_empty() { SHOWN } else { usize::MAX };
    let folder = families::folder();
    let manifests = families::manifests(&folder)?;
    if manifests.is_empty() {
        return Err(format!("{}: no manifests", folder.display()));
    }
    let mut good = true;
    let (mut passed, mut total) = (0, 0);
    for (family, manifest) in manifests.iter().filter(|(family, _)| selected(family)) {
        let report = families::run(manifest);
        good &= report.failures.is_empty();
        passed += report.passed;
        total += report.total;
        print(family, &report, shown);
    }
    let errors = folder.join("errors.json");
    if errors.exists() && selected("errors") {
        let report = errors::run(&errors);
        good &= report.failures.is_empty();
        print("errors.json", &report, shown);
    }
    println!("cases: {passed}/{total}");
    Ok(good)
}

fn print(family: &str, report: &Report, shown: usize) {
    println!("{family}: {}/{}", report.passed, report.total);
    for (reason, count) in &report.excused {
        println!("    {count} left out: {reason}");
    }
    for (reason, count) in &report.loosened {
        println!("    {count} within a bound: {reason}");
    }
    for (id, why) in report.failures.iter().take(shown) {
        println!("    FAILED {id}: {why}");
    }
    if report.failures.len() > shown {
        println!("    FAILED {} more", report.failures.len() - shown);
    }
}
