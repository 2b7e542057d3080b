//! Requests from bytes, answered by the library and by the naive oracle of its tests: a target a verb.
//!
//! A target fails where the two differ, where one answers and the other refuses, and where the library panics. The driver
//! (`main.rs`) also fails on requests that take too long or too much memory.

pub mod check;
#[path = "../../oracle/mod.rs"]
pub(crate) mod oracle;
mod request;
pub mod source;
mod strew;
mod targets;
mod value;

use check::Verdict;
use source::Source;

/// A verb under test.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&mut Source) -> Verdict,
    /// Whether its oracle lays out padding.
    pub mirrors: bool,
}

macro_rules! targets {
    ($($name:ident $mirrors:literal)*) => {
        /// All targets.
        pub const TARGETS: &[Target] =
            &[$(Target { name: stringify!($name), run: targets::$name::run, mirrors: $mirrors }),*];
    };
}

targets! {
    plan true
    copy true
    largest true
    sum true
    reduce true
    arg true
    order true
    moments true
    conv true
    fold true
    pool false
    filter true
    columns false
    tiles false
    frames false
    stft false
    text false
    extreme false
    masked true
    gaps true
    parts false
}

/// The target of a name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|t| t.name == name).copied()
}

/// One run as cargo-fuzz wants it: panics on a failure.
pub fn check(name: &str, bytes: &[u8]) {
    let target = target(name).expect("a target of this name");
    let mut source = Source::telling(bytes);
    if let Err(failure) = (target.run)(&mut source) {
        panic!("{failure}\n    {}", source.told());
    }
}
