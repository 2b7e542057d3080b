//! The process that runs requests.

use crate::shrink::{kind, shrink};
use crate::{Options, guard};
use ndwindow_fuzz::check::{Done, Wrong, set_wrong};
use ndwindow_fuzz::source::{Dice, Source};
use ndwindow_fuzz::{TARGETS, Target};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A request that takes longer hangs: all arrays are small.
pub const PATIENCE: Duration = Duration::from_secs(4);

/// The exit code after a request that took too long.
pub const HUNG: u8 = 3;

fn once(target: Target, bytes: &[u8]) -> Result<Done, String> {
    guard::run(|| (target.run)(&mut Source::new(bytes)))
}

/// What is asked, in words, as far as it was decoded when the run ended.
fn told(target: Target, bytes: &[u8]) -> String {
    let mut source = Source::telling(bytes);
    let _ = guard::run(|| (target.run)(&mut source).map(|_| ()));
    source.told()
}

/// Prints what an input asks as it is decoded: for one that ends the process, or never does.
pub fn trace(target: Target, bytes: &[u8]) {
    let mut source = Source::tracing(bytes);
    let _ = guard::run(|| (target.run)(&mut source).map(|_| ()));
}

/// Where a thread notes its input, for the process that watches this one.
pub fn slot(options: &Options, thread: usize) -> PathBuf {
    options.out.join(format!("running-{thread}"))
}

/// A slot's target and input.
pub fn noted(path: &Path) -> Option<(String, Vec<u8>)> {
    let all = fs::read(path).ok()?;
    let length = u32::from_le_bytes(all.get(..4)?.try_into().ok()?) as usize;
    let target = all.get(4..36)?.iter().take_while(|&&b| b > 0).map(|&b| b as char).collect();
    Some((target, all.get(36..36 + length)?.to_vec()))
}

struct Slot(fs::File);

impl Slot {
    fn note(&mut self, target: Target, bytes: &[u8]) {
        let mut all = (bytes.len() as u32).to_le_bytes().to_vec();
        all.extend(target.name.bytes().chain(std::iter::repeat(0)).take(32));
        all.extend(bytes);
        // A note that cannot be taken only makes a crash harder to tell.
        let _ = self.0.seek(SeekFrom::Start(0)).and_then(|_| self.0.write_all(&all));
    }
}

#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    same: AtomicU64,
    refused: AtomicU64,
    nanoseconds: AtomicU64,
}

struct Shared {
    options: Options,
    targets: Vec<Target>,
    counts: Vec<Counts>,
    until: Instant,
    begun: Instant,
    /// When the request of each thread began, in milliseconds after the run; 0 while there is none.
    since: Vec<AtomicU64>,
    failures: AtomicUsize,
    kinds: Mutex<BTreeSet<(&'static str, String)>>,
    ended: AtomicBool,
}

fn folder(target: Target) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name)
}

pub fn corpus(target: Target) -> Vec<Vec<u8>> {
    let folder = folder(target);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).map_or(Vec::new(), |d| d.filter_map(|f| f.ok().map(|f| f.path())).collect());
    files.sort();
    files.iter().filter_map(|f| fs::read(f).ok()).collect()
}

/// The target that was asked for, or all.
fn chosen(options: &Options) -> Vec<Target> {
    TARGETS.iter().filter(|t| options.target.as_deref().is_none_or(|name| name == t.name)).copied().collect()
}

pub fn run(options: &Options) -> ExitCode {
    guard::keep_panics();
    let targets = chosen(options);
    let begun = Instant::now();
    let shared = Arc::new(Shared {
        options: options.clone(),
        counts: targets.iter().map(|_| Counts::default()).collect(),
        targets,
        until: begun + Duration::from_secs(options.seconds),
        begun,
        since: (0..options.threads).map(|_| AtomicU64::new(0)).collect(),
        failures: AtomicUsize::new(0),
        kinds: Mutex::default(),
        ended: AtomicBool::new(false),
    });
    let threads: Vec<_> = (0..options.threads)
        .map(|k| {
            let shared = shared.clone();
            // As much stack as a main thread has: what needs more is a failure.
            std::thread::Builder::new().stack_size(8 << 20).spawn(move || work(&shared, k)).expect("a thread")
        })
        .collect();
    let watcher = {
        let shared = shared.clone();
        std::thread::spawn(move || watch(&shared))
    };
    for thread in threads {
        thread.join().expect("a thread that catches what panics");
    }
    shared.ended.store(true, Relaxed);
    watcher.join().expect("a watcher does not panic");
    report(&shared);
    if shared.failures.load(Relaxed) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Ends the process where a request takes too long.
fn watch(shared: &Shared) {
    while !shared.ended.load(Relaxed) {
        std::thread::sleep(Duration::from_millis(20));
        let now = shared.begun.elapsed().as_millis() as u64;
        for since in &shared.since {
            let since = since.load(Relaxed);
            if since > 0 && now > since + PATIENCE.as_millis() as u64 {
                report(shared);
                std::process::exit(HUNG.into());
            }
        }
    }
}

fn work(shared: &Shared, thread: usize) {
    let mut slot = Slot(fs::File::create(slot(&shared.options, thread)).expect("a file beside the failures"));
    let mut dice = Dice(shared.options.seed.wrapping_mul(1 << 20).wrapping_add(thread as u64));
    let stored: Vec<Vec<Vec<u8>>> = shared.targets.iter().map(|&t| corpus(t)).collect();
    for (t, inputs) in stored.iter().enumerate().filter(|_| !shared.options.fresh) {
        for input in inputs.iter().skip(thread).step_by(shared.options.threads) {
            one(shared, thread, &mut slot, t, input);
        }
    }
    while Instant::now() < shared.until && shared.failures.load(Relaxed) < shared.options.failures {
        // The target that had the least time so far.
        let spent = |t: &usize| shared.counts[*t].nanoseconds.load(Relaxed);
        let t = (0..shared.targets.len()).min_by_key(spent).expect("a target");
        let input = match stored[t].len() {
            n if n > 0 && dice.below(4) == 0 => {
                let from = dice.below(n);
                mutated(&mut dice, &stored[t][from])
            }
            _ => (0..16 + dice.below(80)).map(|_| dice.roll() as u8).collect(),
        };
        one(shared, thread, &mut slot, t, &input);
    }
}

/// Some bytes changed, put in or left out.
fn mutated(dice: &mut Dice, input: &[u8]) -> Vec<u8> {
    let mut input = input.to_vec();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(input.len() + 1);
        match dice.below(4) {
            0 => input.insert(at, dice.roll() as u8),
            1 if at < input.len() => drop(input.remove(at)),
            _ if at < input.len() => input[at] = dice.roll() as u8,
            _ => input.push(dice.roll() as u8),
        }
    }
    input
}

fn one(shared: &Shared, thread: usize, slot: &mut Slot, t: usize, input: &[u8]) {
    let (target, counts) = (shared.targets[t], &shared.counts[t]);
    slot.note(target, input);
    let begun = Instant::now();
    shared.since[thread].store(shared.begun.elapsed().as_millis() as u64 + 1, Relaxed);
    let result = once(target, input);
    shared.since[thread].store(0, Relaxed);
    counts.nanoseconds.fetch_add(begun.elapsed().as_nanos() as u64, Relaxed);
    counts.requests.fetch_add(1, Relaxed);
    match result {
        Ok(Done::Same) => drop(counts.same.fetch_add(1, Relaxed)),
        Ok(Done::Refused) => drop(counts.refused.fetch_add(1, Relaxed)),
        Ok(Done::PassedOver) => {}
        Err(failure) => {
            let new = shared.kinds.lock().expect("no thread panics with it").insert((target.name, kind(&failure)));
            if new {
                shared.failures.fetch_add(1, Relaxed);
                let small = shrink(input, &failure, |bytes| once(target, bytes).map(|_| ()));
                let failure = once(target, &small).map(|_| ()).expect_err("a failure that stays one");
                tell(&shared.options, target, &small, &failure, &told(target, &small));
            }
        }
    }
}

/// Prints a failure and stores its input. `words` say what was asked, if it can be run once more.
pub fn tell(options: &Options, target: Target, input: &[u8], failure: &str, words: &str) {
    let hash = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    let file = options.out.join(format!("{}-{hash:016x}", target.name));
    let stored = fs::write(&file, input).map_or_else(|e| format!("not stored: {e}"), |()| file.display().to_string());
    println!("FAILED {} (seed {})\n  {failure}\n    {words}\n  input: {stored}", target.name, options.seed);
}

fn report(shared: &Shared) {
    println!("{:<12} {:>10} {:>10} {:>10} {:>10}", "target", "requests", "answered", "refused", "ms");
    let mut total = 0;
    for (target, counts) in shared.targets.iter().zip(&shared.counts) {
        let [requests, same, refused] = [&counts.requests, &counts.same, &counts.refused].map(|c| c.load(Relaxed));
        let ms = counts.nanoseconds.load(Relaxed) / 1_000_000;
        println!("{:<12} {requests:>10} {same:>10} {refused:>10} {ms:>10}", target.name);
        total += requests;
    }
    let seconds = shared.begun.elapsed().as_secs();
    println!("{total} requests in {seconds} s, {} kinds of failures", shared.failures.load(Relaxed));
}

/// Runs stored inputs, and says what they ask.
pub fn replay(options: &Options) -> ExitCode {
    guard::keep_panics();
    let name = options.target.as_deref().expect("checked with the options");
    let target = ndwindow_fuzz::target(name).expect("checked with the options");
    let mut failed = false;
    for file in &options.files {
        let input = match fs::read(file) {
            Ok(input) => input,
            Err(e) => {
                eprintln!("{}: {e}", file.display());
                return ExitCode::from(2);
            }
        };
        trace(target, &input);
        let begun = Instant::now();
        let result = once(target, &input);
        let took = begun.elapsed();
        failed |= result.is_err();
        match result {
            Ok(_) => println!("{}: ok in {took:?}", file.display()),
            Err(failure) => println!("{}: {failure}", file.display()),
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Makes the oracles wrong, one way after another, and looks whether every target notices.
pub fn can_fail(options: &Options) -> ExitCode {
    const TRIES: usize = 5000;
    guard::keep_panics();
    let mut blind = 0;
    for target in chosen(options) {
        for wrong in [Wrong::Value, Wrong::Mirror] {
            if wrong == Wrong::Mirror && !target.mirrors {
                continue;
            }
            let mut dice = Dice(options.seed);
            let fails = |wrong: Wrong, input: &[u8]| {
                set_wrong(wrong);
                let failed = once(target, input).is_err();
                set_wrong(Wrong::Nowhere);
                failed
            };
            // Failures that a right oracle finds, too, prove nothing.
            let noticed = (0..TRIES).find(|_| {
                let input: Vec<u8> = (0..64).map(|_| dice.roll() as u8).collect();
                fails(wrong, &input) && !fails(Wrong::Nowhere, &input)
            });
            match noticed {
                Some(n) => println!("{:<12} notices {wrong:?} at request {n}", target.name),
                None => {
                    println!("{:<12} does not notice {wrong:?} in {TRIES} requests", target.name);
                    blind += 1;
                }
            }
        }
    }
    if blind == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Fills the corpus: answered requests, each told in words of another shape than those before it.
pub fn store(options: &Options) -> ExitCode {
    guard::keep_panics();
    for target in chosen(options) {
        let mut dice = Dice(options.seed);
        let mut kept = BTreeSet::new();
        for _ in 0..20_000 {
            let input: Vec<u8> = (0..12 + dice.below(36)).map(|_| dice.roll() as u8).collect();
            if kept.len() == options.store {
                break;
            }
            let words = told(target, &input);
            let form: String = words.chars().filter(|c| !c.is_ascii_digit()).collect();
            if once(target, &input) != Ok(Done::Same) || words.len() > 1500 || !kept.insert(form) {
                continue;
            }
            let file = folder(target).join(format!("{:02}", kept.len()));
            if let Err(e) = fs::create_dir_all(folder(target)).and_then(|()| fs::write(&file, &input)) {
                eprintln!("{}: {e}", file.display());
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::SUCCESS
}
