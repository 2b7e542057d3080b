//! A small array from end to end, with processes that are killed, and stores that must be refused.

use ndwindow::{Array, unfold};
use ndwindow_zarr::store::Store;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const SHAPE: [usize; 3] = [21, 40, 33];
const CHUNK: [usize; 3] = [4, 16, 10];
const PLAN: [&str; 8] = ["--window", "5,9,9", "--take", "mean", "--chunk", "4,8,16", "--part", "4,16,32"];

/// A folder of this run alone, gone with the value.
struct Folder(PathBuf);

impl Folder {
    /// With an input whose sums round.
    fn new(name: &str) -> Folder {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos();
        let folder = Folder(std::env::temp_dir().join(format!("ndwindow-zarr-{name}-{}-{now}", std::process::id())));
        input(&folder.input(), &SHAPE);
        folder
    }

    fn input(&self) -> PathBuf {
        self.0.join("input")
    }

    fn output(&self) -> PathBuf {
        self.0.join("output")
    }

    fn command(&self, verb: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ndwindow-zarr"));
        command.arg(verb).args(more).arg(self.input()).arg(self.output());
        // Not what the launcher of the tests may have set.
        for (name, _) in std::env::vars() {
            if ["SLURM", "OMPI", "PMI", "AWS_BATCH", "JOB_"].iter().any(|p| name.starts_with(p)) {
                command.env_remove(name);
            }
        }
        command
    }

    /// What a verb prints, which must end well.
    fn run(&self, verb: &str, more: &[&str]) -> String {
        let output = self.command(verb, more).output().unwrap();
        assert!(output.status.success(), "{verb} {more:?}: {}", told(&output));
        told(&output)
    }

    /// What a verb prints, which must fail.
    fn fails(&self, verb: &str, more: &[&str]) -> String {
        let output = self.command(verb, more).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{verb} {more:?}: {}", told(&output));
        told(&output).replace(&self.0.display().to_string(), "")
    }

    fn worker(&self, shard: &str) -> Child {
        let mut command = self.command("work", &["--shard", shard]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn numbers(n: usize) -> Vec<f32> {
    (0..n).map(|k| ((k * 7919 + 13) % 1009) as f32 / 97.0 - 5.0 + if k % 17 == 0 { 3e4 } else { 0.0 }).collect()
}

fn input(path: &Path, shape: &[usize]) {
    let store = Store::create(path, shape, &CHUNK, Default::default()).unwrap();
    let everything: Vec<_> = shape.iter().map(|&n| 0..n).collect();
    store.write(&everything, &numbers(shape.iter().product())).unwrap();
}

/// The files of the first chunk and of all others below an array.
fn chunks(array: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![array.join("c")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn four_processes_one_of_them_killed_give_the_bits_of_the_whole() {
    let folder = Folder::new("four");
    let planned = folder.run("plan", &PLAN);
    assert!(planned.contains("36 parts of [4, 16, 32] in chunks of [4, 8, 16]"), "{planned}");
    assert!(
        folder.fails("check", &[]).starts_with(
            "36 of 36 parts are missing: 0 1 2 3 4 5 6 7 8 9 .. (the first of them is [0..4, 0..16, 0..32])"
        )
    );

    // Wherever it is when it dies, also at its very start or end.
    let mut workers: Vec<Child> = ["0/4", "1/4", "2/4", "3/4"].map(|shard| folder.worker(shard)).into();
    workers[1].kill().unwrap();
    for mut worker in workers {
        worker.wait().unwrap();
    }
    folder.run("work", &["--shard", "1/4"]);
    assert_eq!(
        folder.run("check", &["--recompute"]),
        "all 36 parts are there and sound, and to the bit what they should be\n"
    );
    assert!(
        folder.run("work", &[]).starts_with("shard 0/1: 0 parts written, 36 found done"),
        "nothing is left for one that does all"
    );

    let output = Store::open(&folder.output()).unwrap();
    let x = Array::new(numbers(SHAPE.iter().product()), SHAPE).unwrap();
    let whole = unfold(.., [5, 9, 9], 1).same().windows(&x).unwrap().mean();
    let stored = output.read(&[0..SHAPE[0], 0..SHAPE[1], 0..SHAPE[2]]).unwrap();
    let same = whole.as_slice().iter().zip(&stored).all(|(a, b)| a.to_bits() == b.to_bits());
    assert!(same && whole.len() == stored.len());
}

#[test]
fn a_launcher_says_which_parts() {
    let folder = Folder::new("launcher");
    folder.run("plan", &PLAN);
    let output =
        folder.command("work", &[]).env("OMPI_COMM_WORLD_RANK", "1").env("OMPI_COMM_WORLD_SIZE", "9").output().unwrap();
    assert!(told(&output).starts_with("shard 1/9: 4 parts written, 0 found done"), "{}", told(&output));
    let marks = ["1", "10", "19", "28"];
    assert!(marks.iter().all(|k| folder.output().join("done").join(k).exists()));
    assert!(folder.fails("check", &[]).starts_with("32 of 36 parts are missing: 0 2 3 4"));
    assert!(folder.fails("work", &["--shards", "4"]).contains("no launcher says which this is: give --shard i/4"));
}

#[test]
fn another_plan_is_refused() {
    let folder = Folder::new("plans");
    folder.run("plan", &PLAN);
    folder.run("plan", &PLAN); // once more is no harm
    folder.run("work", &["--shard", "0/4"]);
    for (place, value) in [(1, "5,9,7"), (3, "max"), (7, "8,16,32")] {
        let mut other = PLAN;
        other[place] = value;
        let message = folder.fails("plan", &other);
        assert!(
            message.starts_with("error: /output was begun with another plan:\n  mean of [21, 40, 33] -> "),
            "{message}"
        );
    }
    assert_eq!(
        folder.run("work", &["--shard", "0/4"]).split(',').nth(1),
        Some(" 9 found done"),
        "what was begun goes on"
    );
}

#[test]
fn parts_that_share_a_chunk_are_refused() {
    let folder = Folder::new("chunks");
    for (part, message) in [
        ("4,16,24", "error: parts of 24 on axis 2 share chunks of 16: "),
        ("4,4,32", "error: parts of 4 on axis 1 share chunks of 8: two processes would write one chunk\n"),
    ] {
        let mut other = PLAN;
        other[7] = part;
        let found = folder.fails("plan", &other);
        assert!(found.starts_with(message), "{found}");
        assert!(!folder.output().exists());
    }
}

#[test]
fn a_torn_chunk_is_an_error_and_never_data() {
    let folder = Folder::new("torn");
    folder.run("plan", &PLAN);
    let torn = chunks(&folder.input())[5].clone();
    let whole = fs::read(&torn).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for broken in [&whole[..whole.len() / 2], &[], &flipped] {
        fs::write(&torn, broken).unwrap();
        let message = folder.fails("work", &[]);
        assert!(message.starts_with("error: /input: chunk [0, 1, 1]: "), "{message}");
    }
    fs::write(&torn, &whole).unwrap();
    folder.run("work", &[]);
    folder.run("check", &["--recompute"]);

    // And in the output, although its part is marked.
    let torn = chunks(&folder.output())[7].clone();
    let whole = fs::read(&torn).unwrap();
    fs::write(&torn, &whole[..whole.len() - 1]).unwrap();
    let message = folder.fails("check", &[]);
    assert!(message.starts_with("error: /output: chunk [0, 2, 1]: "), "{message}");
    fs::remove_file(&torn).unwrap();
    let message = folder.fails("check", &[]);
    assert_eq!(message, "error: part 2 is marked as done, but [0..4, 16..32, 0..32] has no data\n");
    // A chunk's file without a mark, as a killed process leaves it, is no data either: the part is done again.
    fs::write(&torn, &whole[..whole.len() / 2]).unwrap();
    fs::remove_file(folder.output().join("done").join("2")).unwrap();
    assert!(folder.run("work", &[]).starts_with("shard 0/1: 1 parts written, 35 found done"));
    folder.run("check", &["--recompute"]);
}

#[test]
fn other_stores_are_refused() {
    let folder = Folder::new("stores");
    let message = folder.fails("work", &[]);
    assert!(message.starts_with("error: /output: "), "{message}");
    folder.run("plan", &PLAN);
    fs::remove_dir_all(folder.input()).unwrap();
    assert!(folder.fails("work", &[]).starts_with("error: /input: "));
    input(&folder.input(), &[21, 40, 32]);
    assert_eq!(folder.fails("work", &[]), "error: /input: shape [21, 40, 32], but the plan has [21, 40, 33]\n");

    let metadata = folder.input().join("zarr.json");
    let text = fs::read_to_string(&metadata).unwrap();
    fs::write(&metadata, text.replace("float32", "float64")).unwrap();
    let message = folder.fails("work", &[]);
    assert!(message.contains("float64") && message.ends_with("and only float32 is taken\n"), "{message}");
    // An array that nobody planned.
    fs::write(&metadata, text).unwrap();
    fs::remove_dir_all(folder.output()).unwrap();
    input(&folder.output(), &SHAPE);
    assert_eq!(folder.fails("work", &[]), "error: /output: no \"ndwindow\" among its attributes\n");
    assert_eq!(folder.fails("plan", &PLAN), "error: /output: no \"ndwindow\" among its attributes\n");
}
