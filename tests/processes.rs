//! One result by several processes: each writes its parts into one file, any of them may be killed and started again.
//!
//! The workers are this program, started again with a job in its environment. What they share is a folder:
//!
//! ```text
//! input    the array, row-major f32
//! plan     the plan as JSON: work for another one is refused
//! result   row-major f32; every part writes the rows of its own write box
//! done/k   part k is written: renamed into place after the data is synced
//! ```
#![cfg(feature = "serde")]

use ndwindow::{Array, PadMode, Part, Parts, Plan, Tail, unfold};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// What a worker is told: the folder, `i/n`, the step of its request, and where it is to stop (`half 4`, `unmarked 7`, `-`).
const JOB: [&str; 4] = ["NDWINDOW_TEST_FOLDER", "NDWINDOW_TEST_SHARD", "NDWINDOW_TEST_STEP", "NDWINDOW_TEST_STOP"];
/// How long anything may take before the test gives up; nothing waits for it where all goes well.
const PATIENCE: Duration = Duration::from_secs(300);
const SHAPE: [usize; 3] = [20, 33, 29];

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Sums that round, mirrored borders and starts that depend on the whole length: what a request on a piece would get wrong.
fn plan(step: usize) -> Plan {
    let request = unfold(.., [3, 5, 7], [1, step, 3]).pad([(1, 1), (2, 2), (0, 0)]).pad_mode(PadMode::Reflect);
    request.tail(Tail::Spread).plan(SHAPE).unwrap()
}

fn parts(plan: &Plan) -> Parts {
    plan.parts([5, 6, 4]).unwrap()
}

fn numbers() -> Vec<f32> {
    let n: usize = SHAPE.iter().product();
    (0..n).map(|k| ((k * 7919 + 13) % 1009) as f32 / 97.0 - 5.0 + if k % 17 == 0 { 3e4 } else { 0.0 }).collect()
}

fn bytes(x: &[f32]) -> Vec<u8> {
    x.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// Where the rows of a box lie in a file of `f32`, and how many bytes each has.
fn rows(shape: &[usize], ranges: &[Range<usize>]) -> (Vec<u64>, usize) {
    let [i, j, k] = ranges else { panic!("three axes") };
    let starts = i.clone().flat_map(|a| j.clone().map(move |b| (a, b)));
    let places = starts.map(|(a, b)| 4 * ((a * shape[1] + b) * shape[2] + k.start) as u64).collect();
    (places, 4 * k.len())
}

// ---- a worker ----

/// Not a test by itself: what the workers run. Without a job it has nothing to do.
#[test]
fn worker() {
    if std::env::var_os(JOB[0]).is_none() {
        return;
    }
    if let Err(error) = work() {
        say(&error.to_string());
        std::process::exit(3);
    }
}

fn work() -> Outcome<()> {
    let [folder, shard, step, stop] = JOB.map(|name| std::env::var(name).unwrap());
    let folder = PathBuf::from(folder);
    let (first, every) = shard.split_once('/').unwrap();
    let plan = plan(step.parse()?);
    let (asked, begun) = (serde_json::to_string(&plan)?, fs::read_to_string(folder.join("plan"))?);
    if asked != begun {
        return Err(format!("the result was begun with another plan: {begun}, not {asked}").into());
    }

    let parts = parts(&plan);
    let mut worked = 0;
    for k in (first.parse()?..parts.len()).step_by(every.parse()?) {
        let mark = folder.join("done").join(k.to_string());
        if mark.exists() {
            continue;
        }
        let part = parts.get(k).unwrap();
        let piece = read(&folder.join("input"), &part)?;
        let result = part.windows(&piece)?.mean();
        write(&folder.join("result"), &part, result.as_slice(), || stop_at(&stop, "half", k))?;
        let draft = mark.with_extension(std::process::id().to_string());
        File::create(&draft)?.sync_all()?;
        stop_at(&stop, "unmarked", k);
        fs::rename(&draft, &mark)?;
        worked += 1;
    }
    say(&format!("worked {worked}"));
    Ok(())
}

fn read(file: &Path, part: &Part) -> Outcome<Array<f32>> {
    let mut file = File::open(file)?;
    let (places, length) = rows(&SHAPE, part.read());
    let mut row = vec![0; length];
    let mut elements = Vec::new();
    for place in places {
        file.seek(SeekFrom::Start(place))?;
        file.read_exact(&mut row)?;
        elements.extend(row.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())));
    }
    let shape: Vec<usize> = part.read().iter().map(Range::len).collect();
    Ok(Array::new(elements, &shape[..])?)
}

fn write(file: &Path, part: &Part, result: &[f32], halfway: impl Fn()) -> Outcome<()> {
    let mut file = OpenOptions::new().write(true).open(file)?;
    let (places, length) = rows(&part.plan().reduced_shape(), part.write());
    let result = bytes(result);
    for (n, (&place, row)) in places.iter().zip(result.chunks_exact(length)).enumerate() {
        if n == places.len() / 2 {
            halfway();
        }
        file.seek(SeekFrom::Start(place))?;
        file.write_all(row)?;
    }
    Ok(file.sync_data()?)
}

/// A line for the one who started this, past the test harness, which keeps what is printed to itself.
fn say(line: &str) {
    io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Says that it is there, then waits to be killed: until its standard input ends, so that it never outlives the test.
fn stop_at(stop: &str, place: &str, k: usize) {
    if stop == format!("{place} {k}") {
        say("stopped");
        io::stdin().read_to_end(&mut Vec::new()).unwrap();
        std::process::exit(4);
    }
}

// ---- those who start workers ----

/// A folder of this run alone, gone with the value.
struct Folder(PathBuf);

impl Folder {
    /// With the input, the plan, and a result of nothing but NaN.
    fn new(name: &str) -> Folder {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos();
        let path = std::env::temp_dir().join(format!("ndwindow-{name}-{}-{now}", std::process::id()));
        fs::create_dir_all(path.join("done")).unwrap();
        let folder = Folder(path);
        let plan = plan(2);
        fs::write(folder.0.join("input"), bytes(&numbers())).unwrap();
        fs::write(folder.0.join("plan"), serde_json::to_string(&plan).unwrap()).unwrap();
        let results = plan.reduced_shape().iter().product();
        fs::write(folder.0.join("result"), bytes(&vec![f32::NAN; results])).unwrap();
        folder
    }

    fn start(&self, shard: &str, step: usize, stop: &str) -> Worker {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["worker", "--exact", "--test-threads=1"]);
        command.env(JOB[0], &self.0).env(JOB[1], shard).env(JOB[2], step.to_string()).env(JOB[3], stop);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (says, lines) = mpsc::channel();
        let errors = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| says.send(line)));
        Worker { child, lines }
    }

    fn result(&self) -> Vec<u8> {
        fs::read(self.0.join("result")).unwrap()
    }

    /// The numbers of the parts that are marked, in order; drafts of marks are none.
    fn done(&self) -> Vec<usize> {
        let names = fs::read_dir(self.0.join("done")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let mut done: Vec<usize> = names.filter_map(|n| n.parse().ok()).collect();
        done.sort();
        done
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A child process that does not outlive the value.
struct Worker {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Worker {
    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a worker says something")
    }

    /// Waits until it is where it was told to stop, and kills it there.
    fn kill(mut self) {
        assert_eq!(self.line(), "stopped");
        self.child.kill().unwrap();
        assert!(!self.exit().success());
    }

    /// Waits until it ends well, and tells how many parts it worked on.
    fn worked(mut self) -> usize {
        let line = self.line();
        assert!(self.exit().success(), "{line}");
        line.strip_prefix("worked ").unwrap_or_else(|| panic!("{line}")).parse().unwrap()
    }

    fn exit(&mut self) -> std::process::ExitStatus {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        panic!("a worker does not end");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn three_processes_and_two_kills_give_the_bytes_of_one() {
    let x = Array::new(numbers(), SHAPE).unwrap();
    let plan = plan(2);
    let whole = bytes(plan.windows(&x).unwrap().mean().as_slice());
    let len = parts(&plan).len();
    assert!(len >= 24, "{len} parts: enough for three");

    let alone = Folder::new("one");
    assert_eq!(alone.start("0/1", 2, "-").worked(), len);
    assert!(alone.result() == whole, "one process, part by part, against the whole at once");

    let shared = Folder::new("three");
    let others = [shared.start("0/3", 2, "-"), shared.start("2/3", 2, "-")];
    // In the middle of part 4, and then behind part 7 but before its mark: neither is done.
    shared.start("1/3", 2, "half 4").kill();
    assert!(shared.done().contains(&1) && !shared.done().contains(&4));
    shared.start("1/3", 2, "unmarked 7").kill();
    assert!(shared.done().contains(&4) && !shared.done().contains(&7));
    assert!(shared.result() != whole, "parts from 7 on are missing");
    let again = shared.start("1/3", 2, "-");
    let worked: usize = others.into_iter().map(Worker::worked).sum();
    assert_eq!(worked + again.worked(), len - 2, "parts 1 and 4 were done before the kills");
    assert_eq!(shared.done(), (0..len).collect::<Vec<_>>());
    assert!(shared.result() == whole, "three processes against one");
}

#[test]
fn another_plan_is_refused_and_a_finished_result_is_left_alone() {
    let folder = Folder::new("again");
    let first = [folder.start("0/2", 2, "-"), folder.start("1/2", 2, "-")];
    assert_eq!(first.into_iter().map(Worker::worked).sum::<usize>(), parts(&plan(2)).len());
    let finished = folder.result();

    let mut other = folder.start("0/3", 1, "-");
    let message = other.line();
    assert_eq!(other.exit().code(), Some(3));
    assert!(message.starts_with("the result was begun with another plan: {"), "{message}");

    // Nothing is read any more: there is no input. Any number of processes may ask.
    fs::remove_file(folder.0.join("input")).unwrap();
    for shard in ["0/3", "1/3", "2/3"] {
        assert_eq!(folder.start(shard, 2, "-").worked(), 0);
    }
    assert!(folder.result() == finished);
}

/// Windows of 5 x 9 x 9 over `f32`: every number of the page follows from the plan.
#[test]
fn the_table_in_the_scale_page_is_true() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scale.md")).unwrap();
    for (size, shape, chunk, part) in [
        ("1 GiB", [1024, 512, 512], [16, 256, 256], [64, 512, 512]),
        ("1 TiB", [8192, 8192, 4096], [128; 3], [512; 3]),
        ("1 TiB", [8192, 8192, 4096], [128; 3], [1024; 3]),
        ("1 PiB", [1 << 16; 3], [128; 3], [1024; 3]),
        ("1 PiB", [1 << 16; 3], [256; 3], [1024; 3]),
    ] {
        let parts = unfold(.., [5, 9, 9], 1).same().plan(shape).unwrap().parts(part).unwrap().aligned(chunk).unwrap();
        // What a part reads along an axis does not depend on the others: parts along one axis at a time, then products.
        let (mut read, mut taken, mut there) = (1.0, 1, 1);
        let mut most = [1, 1];
        for axis in 0..3 {
            let apart = parts.grid()[axis + 1..].iter().product::<usize>();
            let line = (0..parts.grid()[axis]).map(|k| parts.get(k * apart).unwrap());
            let line: Vec<[Range<usize>; 2]> =
                line.map(|p| [p.read()[axis].clone(), p.write()[axis].clone()]).collect();
            read *= line.iter().map(|[r, _]| r.len()).sum::<usize>() as f64 / shape[axis] as f64;
            taken *= line.iter().map(|[r, _]| r.end.div_ceil(chunk[axis]) - r.start / chunk[axis]).sum::<usize>();
            there *= shape[axis].div_ceil(chunk[axis]);
            // A part between others; where there is one, it reads nothing beyond the array.
            let inner = &line[line.len() / 2];
            most = [most[0] * inner[0].len(), most[1] * inner[1].len()];
        }
        let [shape, chunk, part] = [shape, chunk, part].map(|n| n.map(|n| n.to_string()).join(" x "));
        let (len, boxes) = (parts.len(), (4 * (most[0] + most[1])) >> 20);
        let row = format!(
            "| {size} | {shape} | {chunk} | {part} | {len} | {read:.3} | {taken} of {there} | {there} | {boxes} MiB |"
        );
        assert!(page.contains(&row), "docs/scale.md should have the row\n{row}");
    }
}
