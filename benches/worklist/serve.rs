//! The ways to run the list: answering requests line by line, or a table.
//!
//! A request is `WORK SAMPLES [digest]`; the answer is one line of JSON with `median_s`, `min_s`, `samples_s` and, when asked
//! for, `check`; `{"error": ..}` for a work that is not there or whose answer is wrong. The first line says `{"ready": true}`.

use std::io::{BufRead, Write, stdin, stdout};

use rayon::ThreadPool;
use serde_json::{Value, json};

use crate::job::{Job, Work};
use crate::machine;
use crate::measure::{Times, measure};

/// Answers requests until standard input ends. The job asked for last stays set up, so its buffers stay warm.
pub(crate) fn answer_requests(works: &[Work], pool: &ThreadPool, threads: usize) {
    say(&json!({"ready": true, "threads": threads}));
    let mut kept = None;
    for line in stdin().lock().lines() {
        let line = line.expect("a line of text");
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [id, rest @ ..] = words.as_slice() {
            let answer = answer(works, pool, &mut kept, id, rest);
            say(&answer.unwrap_or_else(|error| json!({ "error": error })));
        }
    }
}

fn say(answer: &Value) {
    let mut out = stdout().lock();
    writeln!(out, "{answer}").and_then(|()| out.flush()).expect("standard output takes the answer");
}

type Kept = Option<(String, Box<dyn Job>)>;

fn answer(works: &[Work], pool: &ThreadPool, kept: &mut Kept, id: &str, rest: &[&str]) -> Result<Value, String> {
    let samples =
        rest.first().map_or(Ok(5), |n| n.parse()).map_err(|_| format!("not a number of samples: {}", rest[0]))?;
    if kept.as_ref().is_none_or(|(name, _)| name != id) {
        *kept = None; // free the old buffers first
        let work = works.iter().find(|work| work.id == id).ok_or_else(|| format!("no work called {id}"))?;
        *kept = Some((id.to_owned(), pool_set_up(work, pool)?));
    }
    let job = kept.as_mut().map(|(_, job)| job.as_mut()).expect("set up above");
    let times = measure(job, pool, samples);
    let mut answer =
        json!({"work": id, "median_s": times.median(), "min_s": times.min(), "samples_s": times.samples()});
    if rest.get(1) == Some(&"digest")
        && let Some(check) = job.digest()
    {
        answer["check"] = check;
    }
    Ok(answer)
}

/// The checking run happens in the pool that is measured, so that a parallel path is the one that is checked.
fn pool_set_up(work: &Work, pool: &ThreadPool) -> Result<Box<dyn Job>, String> {
    pool.install(|| work.set_up())
}

/// Runs the works whose names begin with a wanted word (all for none) and prints their times.
pub(crate) fn print_table(works: &[Work], wanted: &[String], pool: &ThreadPool, threads: usize) {
    println!("{:36} {:>12} {:>12}   ({threads} threads)", "work", "median", "least");
    for (work, times) in timed(works, wanted, pool) {
        match times {
            Err(error) => println!("{work:36} {error}"),
            Ok(times) => println!("{work:36} {:>12} {:>12}", human(times.median()), human(times.min())),
        }
    }
}

/// The same table in Markdown, in milliseconds, below a comment that says the machine and the number of threads.
pub(crate) fn print_markdown(works: &[Work], wanted: &[String], pool: &ThreadPool, threads: usize) {
    println!("<!-- machine: {}; threads: {threads} -->", machine::name());
    println!("| work | median, ms | least, ms |\n| --- | --- | --- |");
    for (work, times) in timed(works, wanted, pool) {
        match times {
            Err(error) => eprintln!("{work}: {error}"),
            Ok(times) => println!("| `{work}` | {:.6} | {:.6} |", times.median() * 1e3, times.min() * 1e3),
        }
    }
}

/// The works whose names begin with a wanted word (all for none), each set up, checked and timed when it is asked for.
fn timed<'w>(
    works: &'w [Work],
    wanted: &[String],
    pool: &ThreadPool,
) -> impl Iterator<Item = (&'w str, Result<Times, String>)> {
    let chosen = works.iter().filter(|work| wanted.is_empty() || wanted.iter().any(|word| work.id.starts_with(word)));
    chosen.map(|work| {
        let times = pool_set_up(work, pool).map(|mut job| measure(job.as_mut(), pool, 15));
        (work.id.as_str(), times)
    })
}

fn human(seconds: f64) -> String {
    if seconds < 1e-6 { format!("{:.1} ns", seconds * 1e9) } else { format!("{:.3} ms", seconds * 1e3) }
}
