//! The process that watches: what ends the other one is a failure of the request that it ran.

use crate::Options;
use crate::worker::{self, HUNG, PATIENCE};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub fn run(options: &Options) -> ExitCode {
    if let Err(e) = fs::create_dir_all(&options.out) {
        eprintln!("{}: {e}", options.out.display());
        return ExitCode::from(2);
    }
    let begun = Instant::now();
    let mut left = options.clone();
    let mut failures = 0;
    loop {
        left.seconds = options.seconds.saturating_sub(begun.elapsed().as_secs());
        left.failures = options.failures.saturating_sub(failures);
        let status = worker_process(&left);
        match status.code() {
            Some(0) => break,
            Some(1) => failures = options.failures.max(1),
            _ => failures += usize::from(blame(options, status)),
        }
        if failures >= options.failures || left.seconds == 0 {
            break;
        }
        (left.seed, left.fresh) = (left.seed + 1000, true);
    }
    (0..options.threads).for_each(|k| drop(fs::remove_file(worker::slot(options, k))));
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn worker_process(options: &Options) -> ExitStatus {
    let mut command = Command::new(std::env::current_exe().expect("the path of this program"));
    command.arg("--worker").args(["--seconds", &options.seconds.to_string()]);
    command.args(["--seed", &options.seed.to_string(), "--threads", &options.threads.to_string()]);
    command.args(["--failures", &options.failures.to_string()]).arg("--out").arg(&options.out);
    if options.fresh {
        command.arg("--fresh");
    }
    if let Some(target) = &options.target {
        command.args(["--target", target]);
    }
    command.status().expect("this program starts again")
}

/// Runs what was running once more, each input alone, and tells which of them ends or hangs a process.
fn blame(options: &Options, status: ExitStatus) -> bool {
    let mut found = false;
    for thread in 0..options.threads {
        let Some((name, input)) = worker::noted(&worker::slot(options, thread)) else { continue };
        let Some(target) = ndwindow_fuzz::target(&name) else { continue };
        let file = options.out.join(format!("alone-{thread}"));
        if fs::write(&file, &input).is_err() {
            continue;
        }
        if let Some((failure, words)) = alone(&name, &file) {
            worker::tell(options, target, &input, &failure, words.trim());
            found = true;
        }
        let _ = fs::remove_file(&file);
    }
    if !found {
        println!("the process ended with {status}, but no input alone does that");
    }
    // A machine under load may make a request slow; an end by a signal is always a failure.
    found || status.code() != Some(HUNG.into())
}

/// What happens to a process that runs one input, and what it said before: `None` if all is well.
fn alone(target: &str, file: &Path) -> Option<(String, String)> {
    let mut command = Command::new(std::env::current_exe().expect("the path of this program"));
    command.args(["--target", target]).arg(file).stdout(Stdio::piped()).stderr(Stdio::piped());
    let begun = Instant::now();
    let mut child = command.spawn().expect("this program starts again");
    // A few lines fit the pipe: the child need not be read while it runs.
    let hung = loop {
        match child.try_wait().expect("a child of this process") {
            Some(_) => break false,
            None if begun.elapsed() > PATIENCE * 2 => break true,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    if hung {
        let _ = child.kill();
    }
    let output = child.wait_with_output().expect("a child of this process");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let failure = match output.status.code() {
        _ if hung => format!("hang: more than {PATIENCE:?}"),
        Some(0 | 1) => return None,
        _ => format!("abort: {} {}", output.status, said(&output.stderr).trim()),
    };
    Some((failure, said(&output.stdout)))
}
