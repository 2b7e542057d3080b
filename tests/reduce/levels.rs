//! Which instruction-set level the reductions of this run take, and that one which is not there fails instead of passing at
//! another.

use std::io::Write;
#[cfg(not(miri))]
use std::process::Command;

use ndwindow::unfold;

/// The levels of this machine by the names `NDWINDOW_LEVEL` has for them.
fn machine() -> Vec<&'static str> {
    #[allow(unused_mut)]
    let mut levels = vec!["baseline"];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            levels.push("avx2");
        }
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
            levels.push("avx512");
        }
    }
    levels
}

fn asked() -> Option<String> {
    std::env::var("NDWINDOW_LEVEL").ok().filter(|name| !name.is_empty())
}

#[test]
fn one_reduction() {
    let x: Vec<i32> = (0..100).collect();
    assert_eq!(unfold(0, 50, 25).windows(&x).unwrap().max().as_slice(), [49, 74, 99]);
}

/// Runs this program's [`one_reduction`] at a level: whether it passed, and what it said.
#[cfg(not(miri))]
fn at(level: &str) -> (bool, String) {
    let mut program = Command::new(std::env::current_exe().unwrap());
    let output = program.args(["--exact", "levels::one_reduction"]).env("NDWINDOW_LEVEL", level).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(said.contains("running 1 test"), "{said}");
    (output.status.success(), said)
}

#[test]
#[cfg(not(miri))] // no processes there
fn a_level_that_is_not_there_fails() {
    let there = machine();
    for level in ["baseline", "avx2", "avx512", "avx", "AVX2", "best"] {
        let (passed, said) = at(level);
        assert_eq!(passed, there.contains(&level), "{level}: {said}");
        let known = ["baseline", "avx2", "avx512"].contains(&level);
        let why = if known { "this machine does not have it" } else { "there is no such level" };
        let words = format!("NDWINDOW_LEVEL is {level}, but {why}: use {}, or leave it unset", there.join(" or "));
        assert!(passed || said.contains(&words), "{level}: {said}");
    }
    assert!(at("").0, "an empty name is none");
}

/// Said whether the tests pass or not: a run at one level is no run at the others.
#[test]
fn level_of_this_run() {
    let there = machine();
    let level = asked().unwrap_or_else(|| there[there.len() - 1].to_owned());
    let line = format!("tests/reduce ran at level {level}; this machine has {}", there.join(", "));
    // Not `eprintln`, which a test that passes keeps to itself.
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
    assert!(there.contains(&&level[..]), "{line}");
}
