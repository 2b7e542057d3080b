//! Filters beside those of other Rust crates: the same pictures, one thread, in turns, results compared before anything is timed.
//!
//! `cargo run --release --manifest-path benches/rust_peers/Cargo.toml` prints a table; `-- --write docs/performance.md` puts it between
//! that page's marks.

mod jobs;

use std::time::{Duration, Instant};

/// A crate, and what it does.
pub type Run = (&'static str, Box<dyn FnMut()>);

/// One comparison.
pub struct Job {
    pub name: String,
    /// The first is ours.
    pub runs: Vec<Run>,
    /// How far the others' results are from ours, at most, and how far they may be.
    pub apart: f64,
    pub allowed: f64,
}

/// Turns, and the least time a turn takes all runs of a crate together.
const TURNS: usize = 9;
const TURN: Duration = Duration::from_millis(40);

fn once(run: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    let mut n = 0;
    while n == 0 || start.elapsed() < TURN {
        run();
        n += 1;
    }
    start.elapsed().as_secs_f64() / f64::from(n) * 1e3
}

fn line(mut job: Job) -> String {
    assert!(job.apart <= job.allowed, "{}: results are {} apart", job.name, job.apart);
    let mut times = vec![Vec::new(); job.runs.len()];
    for _ in 0..TURNS {
        for (times, (_, run)) in times.iter_mut().zip(&mut job.runs) {
            times.push(once(run));
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let medians: Vec<f64> = times.iter_mut().map(median).collect();
    let others = job.runs.iter().zip(&medians).skip(1);
    let others: Vec<String> =
        others.map(|((name, _), ms)| format!("{name} {ms:.2} ({:.1})", ms / medians[0])).collect();
    format!("| {} | {:.2} | {} |\n", job.name, medians[0], others.join(", "))
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find(|l| l.starts_with("model name")).and_then(|l| l.split(": ").nth(1));
    name.unwrap_or("an unknown processor").to_string()
}

/// The page with the table between its marks.
fn written(page: &str, table: &str) -> Result<String, String> {
    let (open, close) = ("<!-- rust peers: written by benches/rust_peers -->", "<!-- rust peers: end -->");
    let begin = page.find(open).ok_or(format!("there is no {open}"))? + open.len();
    let end = page.find(close).ok_or(format!("there is no {close}"))?;
    Ok(format!("{}\n\n{table}\n{}", &page[..begin], &page[end..]))
}

fn main() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let page = match &args[..] {
        [] => None,
        [write, page] if write == "--write" => Some(page),
        _ => return Err("no arguments, or --write PAGE".into()),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|e| e.to_string())?;
    let table = pool.install(|| {
        let mut table = format!("Machine: {}; one thread; medians of {TURNS} turns.\n\n", processor());
        table += "| filter | ours, ms | others, ms (times ours) |\n| --- | --- | --- |\n";
        for job in jobs::all() {
            let line = line(job);
            print!("{line}");
            table += &line;
        }
        table
    });
    if let Some(page) = page {
        let text = std::fs::read_to_string(page).map_err(|e| format!("{page}: {e}"))?;
        std::fs::write(page, written(&text, &table)?).map_err(|e| format!("{page}: {e}"))?;
    }
    Ok(())
}
