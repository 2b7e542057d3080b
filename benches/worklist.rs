//! The work list: the same jobs on the same generated inputs that other libraries are measured with.
//!
//! `cargo bench --bench worklist` checks every job's answer, times it and prints a table; words after `--` choose jobs by
//! the beginning of their names, `--threads N` sets the size of the pool. With `--serve` it answers requests from standard
//! input instead (see `worklist/serve.rs`), so that runs of two libraries can be interleaved. With `--levels` it prints the
//! times of some jobs (or of those named) at every instruction-set level. With `--markdown` it prints the table as Markdown, with
//! the machine it ran on: what `benches/table.py` joins with other libraries' times.

#[path = "worklist/audio.rs"]
mod audio;
#[path = "worklist/conv.rs"]
mod conv;
#[path = "worklist/digest.rs"]
mod digest;
#[path = "worklist/fold.rs"]
mod fold;
#[path = "worklist/gaps.rs"]
mod gaps;
#[path = "worklist/gather.rs"]
mod gather;
#[path = "worklist/inputs.rs"]
mod inputs;
#[path = "worklist/job.rs"]
mod job;
#[path = "worklist/levels.rs"]
mod levels;
#[path = "worklist/machine.rs"]
mod machine;
#[path = "worklist/masked.rs"]
mod masked;
#[path = "worklist/measure.rs"]
mod measure;
#[path = "worklist/order.rs"]
mod order;
#[path = "worklist/reduce.rs"]
mod reduce;
#[path = "worklist/serve.rs"]
mod serve;
#[path = "worklist/warm.rs"]
mod warm;

use job::Work;

/// Every job this crate answers, in the order of the list. A new one is a line in its family's `works`.
fn works() -> Vec<Work> {
    let mut list = Vec::new();
    list.extend(gather::works());
    list.extend(reduce::works());
    list.extend(gaps::works());
    list.extend(order::works());
    list.extend(masked::works());
    list.extend(fold::works());
    list.extend(conv::works());
    list.extend(audio::works());
    list
}

fn main() {
    if cfg!(debug_assertions) {
        println!("the work list is only worth its time optimised: cargo bench --bench worklist");
        return;
    }
    warm::restart_with_huge_pages();
    let mut threads = 1;
    let (mut serving, mut by_level, mut markdown) = (false, false, false);
    let mut wanted = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--bench" => {} // cargo's own flag
            "--serve" => serving = true,
            "--levels" => by_level = true,
            "--markdown" => markdown = true,
            "--threads" => {
                threads = words.next().and_then(|n| n.parse().ok()).expect("--threads needs a number");
            }
            name => wanted.push(name.to_owned()),
        }
    }
    if by_level {
        return levels::print_levels(&wanted);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a thread pool");
    if serving {
        serve::answer_requests(&works(), &pool, threads);
    } else if markdown {
        serve::print_markdown(&works(), &wanted, &pool, threads);
    } else {
        serve::print_table(&works(), &wanted, &pool, threads);
    }
}
