//! `ndwindow-fuzz [--seconds N] [--target NAME] [--seed S] [--threads N] [--failures N] [--out DIR] [--can-fail] [--store N] [FILE..]`
//!
//! Replays the stored corpus, then random and mutated requests for so many seconds on all cores, and prints how many
//! requests each target ran. A failure is told in words and its input written to a file, which the program takes back as an
//! argument (with `--target`). `--can-fail` makes the oracles wrong and looks whether each target notices; `--store` fills the
//! corpus with so many short inputs a target that are answered and not alike. The requests run in a process of its own, so that an abort is a failure like any other.

mod guard;
mod shrink;
mod supervise;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Clone)]
pub struct Options {
    seconds: u64,
    target: Option<String>,
    seed: u64,
    threads: usize,
    /// How many failures end the run.
    failures: usize,
    out: PathBuf,
    can_fail: bool,
    store: usize,
    /// This process runs requests; set by the one that watches it.
    worker: bool,
    /// Nothing stored is run first: it was, before a request ended the process.
    fresh: bool,
    files: Vec<PathBuf>,
}

fn options() -> Result<Options, String> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let out = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("failures");
    let (seconds, seed) = (60, 1);
    let files = Vec::new();
    let mut o = Options {
        seconds,
        target: None,
        seed,
        threads,
        failures: 1,
        out,
        can_fail: false,
        store: 0,
        worker: false,
        fresh: false,
        files,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|e| format!("{arg} {text}: {e}"));
        match arg.as_str() {
            "--seconds" => o.seconds = number(value()?)?,
            "--seed" => o.seed = number(value()?)?,
            "--threads" => o.threads = number(value()?)?.max(1) as usize,
            "--failures" => o.failures = number(value()?)? as usize,
            "--target" => o.target = Some(value()?),
            "--out" => o.out = value()?.into(),
            "--can-fail" => o.can_fail = true,
            "--store" => o.store = number(value()?)? as usize,
            "--worker" => o.worker = true,
            "--fresh" => o.fresh = true,
            file if !file.starts_with("--") => o.files.push(file.into()),
            other => return Err(format!("no option {other}")),
        }
    }
    match &o.target {
        Some(name) if ndwindow_fuzz::target(name).is_none() => {
            let names: Vec<&str> = ndwindow_fuzz::TARGETS.iter().map(|t| t.name).collect();
            Err(format!("no target {name}; there are {}", names.join(", ")))
        }
        None if !o.files.is_empty() => Err("an input needs its --target".into()),
        _ => Ok(o),
    }
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::from(2);
        }
    };
    if options.store > 0 {
        worker::store(&options)
    } else if options.can_fail {
        worker::can_fail(&options)
    } else if !options.files.is_empty() {
        worker::replay(&options)
    } else if options.worker {
        worker::run(&options)
    } else {
        supervise::run(&options)
    }
}
