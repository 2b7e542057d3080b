//! `ndwindow-zarr plan`, `work`, `check`: a window over a Zarr array by any number of processes.

use ndwindow::{Part, unfold};
use ndwindow_zarr::job::{Job, Task};
use ndwindow_zarr::shard::Shard;
use ndwindow_zarr::{Error, Result, store::Store};
use pico_args::Arguments;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

const HELP: &str = "\
ndwindow-zarr plan INPUT OUTPUT --window 5,9,9 [--step 1,1,1] [--take max|min|mean] [--chunk 16,256,256] [--part 64,512,512]
    makes OUTPUT, empty, with the plan among its attributes; windows are centred, one around every step-th element
ndwindow-zarr work INPUT OUTPUT [--shard i/n | --shards n]
    does the parts i, i + n, i + 2n, .. that are not done; without --shard it asks the variables of Slurm (srun, arrays), mpirun,
    AWS Batch, and Kubernetes' indexed jobs (which do not tell how many there are: --shards n)
ndwindow-zarr check INPUT OUTPUT [--recompute]
    tells which parts are missing, and whether all others are sound
INPUT and OUTPUT are folders, each a Zarr v3 array of float32.";

fn main() -> ExitCode {
    match run(Arguments::from_env()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Arguments) -> Result<ExitCode> {
    if arguments.contains(["-h", "--help"]) {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    match arguments.subcommand()?.as_deref() {
        Some("plan") => plan(arguments),
        Some("work") => work(arguments),
        Some("check") => check(arguments),
        _ => Err(format!("plan, work or check?\n{HELP}").into()),
    }
}

fn plan(mut arguments: Arguments) -> Result<ExitCode> {
    let window = arguments.value_from_fn("--window", numbers)?;
    let step = arguments.opt_value_from_fn("--step", numbers)?.unwrap_or(vec![1; window.len()]);
    let take = arguments.opt_value_from_str("--take")?.unwrap_or(ndwindow_zarr::job::Take::Max);
    let (chunk, part) =
        (arguments.opt_value_from_fn("--chunk", numbers)?, arguments.opt_value_from_fn("--part", numbers)?);
    let [input, output] = paths(arguments)?;

    let source = Store::open(&input)?;
    let plan = unfold(.., window, step).same().plan(source.shape())?;
    let chunk = chunk.unwrap_or(source.chunk()?);
    let part = part.unwrap_or(chunk.clone());
    let task = Task::plan(&input, &output, Job { plan, take, part }, &chunk)?;

    let elements = |ranges: &[Range<usize>]| ranges.iter().map(Range::len).product::<usize>();
    let (mut read, mut most) = (0, 0);
    for part in task.parts().iter() {
        read += elements(part.read());
        most = most.max(elements(part.read()) + elements(part.write()));
    }
    let input = task.job().plan.input_shape().iter().product::<usize>().max(1);
    println!("{}", task.job().plan);
    println!("{} parts of {:?} in chunks of {chunk:?}", task.parts().len(), task.job().part);
    println!(
        "their read boxes are {:.3} times the input, a part's two boxes at most {} MiB",
        read as f64 / input as f64,
        most >> 18
    );
    Ok(ExitCode::SUCCESS)
}

fn work(mut arguments: Arguments) -> Result<ExitCode> {
    let (shard, shards) = (arguments.opt_value_from_str("--shard")?, arguments.opt_value_from_str("--shards")?);
    let [input, output] = paths(arguments)?;
    let shard: Shard = match shard {
        Some(shard) => shard,
        None => Shard::from_launcher(|name| std::env::var(name).ok(), shards)?,
    };
    let start = Instant::now();
    let worked = Task::open(&input, &output)?.work(shard)?;
    let memory = peak_memory().map_or(String::new(), |kib| format!(", at most {} MiB of memory", kib >> 10));
    let seconds = start.elapsed().as_secs_f64();
    println!("shard {shard}: {} parts written, {} found done, {seconds:.2} s{memory}", worked.written, worked.found);
    Ok(ExitCode::SUCCESS)
}

fn check(mut arguments: Arguments) -> Result<ExitCode> {
    let recompute = arguments.contains("--recompute");
    let [input, output] = paths(arguments)?;
    let task = Task::open(&input, &output)?;
    task.check(recompute)?;
    let (missing, len) = (task.missing(), task.parts().len());
    if let Some(first) = missing.first().and_then(|&k| task.parts().get(k)) {
        println!("{} of {len} parts are missing: {}{}", missing.len(), list(&missing), at(&first));
        return Ok(ExitCode::FAILURE);
    }
    println!(
        "all {len} parts are there and sound{}",
        if recompute { ", and to the bit what they should be" } else { "" }
    );
    Ok(ExitCode::SUCCESS)
}

fn at(first: &Part) -> String {
    format!(" (the first of them is {:?})", first.write())
}

/// The first ten numbers.
fn list(numbers: &[usize]) -> String {
    let named: Vec<String> = numbers.iter().take(10).map(usize::to_string).collect();
    named.join(" ") + if numbers.len() > 10 { " .." } else { "" }
}

fn numbers(text: &str) -> Result<Vec<usize>> {
    let number =
        |n: &str| n.trim().parse().map_err(|_| Error::from(format!("numbers with commas between, not {text:?}")));
    text.split(',').map(number).collect()
}

/// The two folders, which are all that may be left.
fn paths(arguments: Arguments) -> Result<[PathBuf; 2]> {
    let left: Vec<PathBuf> = arguments.finish().into_iter().map(PathBuf::from).collect();
    left.try_into().map_err(|left| format!("INPUT and OUTPUT are wanted, not {left:?}\n{HELP}").into())
}

/// The most memory this process ever held, in KiB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
