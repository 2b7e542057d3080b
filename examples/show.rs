//! Shows a request before it runs: its table on the screen, its picture in `out/plan.svg`.
//!
//! ```text
//! cargo run --example show -- SHAPE WINDOW [STEP] [--dilation D] [--base B] [--pad P] [--mode M] [--tail T] [--axes A]
//! cargo run --example show -- 100 32 24 --dilation 2 --pad 3 --mode reflect --tail partial
//! cargo run --example show -- 6x8 3x3 1x2 --pad 1,0x2,2
//! ```
//!
//! Numbers are one for all axes or one each, with `x` between them; a pad is one number or `before,after`. Modes are `empty`, `edge`,
//! `reflect`, `symmetric` and `wrap`; tails `drop`, `partial`, `shiftback` and `spread`.

use ndwindow::{PadMode, Plan, Tail, unfold};
use std::error::Error;
use std::process::ExitCode;

/// What is shown if nothing is asked.
const DEFAULT: &str = "14 5 3 --pad 2 --mode reflect --tail partial";

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> =
        if given.is_empty() { DEFAULT.split(' ').collect() } else { given.iter().map(String::as_str).collect() };
    match show(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}\n\nthis works: cargo run --example show -- {}", nearest(&words));
            ExitCode::FAILURE
        }
    }
}

/// The request with what it lacks, if that is a tail or a border; else one that works.
fn nearest(words: &[&str]) -> String {
    let with = |more: &[&'static str]| [words, more].concat();
    let more: [&[&str]; 2] = [&["--tail", "partial"], &["--mode", "empty"]];
    let found = more.into_iter().map(with).find(|words| plan(words).is_ok());
    found.map_or(DEFAULT.to_string(), |words| words.join(" "))
}

fn show(words: &[&str]) -> Result<(), Box<dyn Error>> {
    let plan = plan(words)?;
    println!("{plan}");
    std::fs::create_dir_all("out")?;
    std::fs::write("out/plan.svg", plan.to_svg())?;
    println!("wrote out/plan.svg");
    Ok(())
}

/// The plan of a command line.
fn plan(words: &[&str]) -> Result<Plan, Box<dyn Error>> {
    let mut numbers = Vec::new();
    let mut options = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some(option) => options.push(match option.split_once('=') {
                Some(named) => named,
                None => (option, *words.next().ok_or(format!("--{option} wants a value"))?),
            }),
            None => numbers.push(sizes(word)?),
        }
    }
    let (shape, window, step) = match &numbers[..] {
        [shape, window] => (shape, window, &vec![1]),
        [shape, window, step] => (shape, window, step),
        _ => return Err("wanted: SHAPE WINDOW [STEP], such as 100 32 24 or 6x8 3x3 1x2".into()),
    };
    let axes = match options.iter().find(|o| o.0 == "axes") {
        Some((_, list)) => each(list, "axis, such as 0 or -1", |a| a.parse::<isize>().ok())?,
        None => (0..shape.len() as isize).collect(),
    };
    let per_axis = |list: &[usize]| if list.len() == 1 { vec![list[0]; axes.len()] } else { list.to_vec() };
    let mut request = unfold(&axes, per_axis(window), per_axis(step));
    for (name, value) in options {
        request = match name {
            "axes" => request,
            "dilation" => request.dilation(per_axis(&sizes(value)?)),
            "base" => request.base_dilation(per_axis(&sizes(value)?)),
            "pad" => request.pad(spread(each(value, "pad, such as 2 or 1,-1", pad)?, axes.len())),
            "mode" => {
                request.pad_mode(spread(each(value, "mode: empty, edge, reflect, symmetric, wrap", mode)?, axes.len()))
            }
            "tail" => request.tail(spread(each(value, "tail: drop, partial, shiftback, spread", tail)?, axes.len())),
            _ => {
                return Err(format!("no option --{name}; there are dilation, base, pad, mode, tail and axes").into());
            }
        };
    }
    Ok(request.plan(shape)?)
}

/// One value for every axis, or the values given.
fn spread<T: Clone>(values: Vec<T>, axes: usize) -> Vec<T> {
    if values.len() == 1 { vec![values[0].clone(); axes] } else { values }
}

/// A list with `x` between its values.
fn each<T>(list: &str, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    list.split('x').map(|v| read(v).ok_or(format!("{v:?} is no {what}"))).collect()
}

fn sizes(list: &str) -> Result<Vec<usize>, String> {
    each(list, "size, such as 3 or 3x2", |n| n.parse().ok())
}

fn pad(text: &str) -> Option<(isize, isize)> {
    let (before, after) = text.split_once(',').unwrap_or((text, text));
    Some((before.parse().ok()?, after.parse().ok()?))
}

fn mode(name: &str) -> Option<PadMode> {
    use PadMode::*;
    [Empty, Edge, Reflect, Symmetric, Wrap].into_iter().find(|m| m.name().eq_ignore_ascii_case(name))
}

fn tail(name: &str) -> Option<Tail> {
    use Tail::*;
    let name = name.replace(['-', '_'], "");
    [Drop, Partial, ShiftBack, Spread].into_iter().find(|t| t.name().eq_ignore_ascii_case(&name))
}
