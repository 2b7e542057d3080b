//! What is asked, kept in the output's attributes, and which parts of it are done.

use crate::store::Store;
use crate::{Result, shard::Shard};
use ndwindow::{Array, Part, Parts, Plan};
use serde_json::{Map, Value, json};
use std::fs::{self, File};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The key of the output's attributes.
const KEY: &str = "ndwindow";
/// The folder of the marks, inside the output's: who deletes the one deletes the other.
const MARKS: &str = "done";

/// A plan, what becomes of its windows, and how the result is cut.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub plan: Plan,
    pub take: Take,
    pub part: Vec<usize>,
}

/// What becomes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    Max,
    Min,
    Mean,
}

impl std::str::FromStr for Take {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Take> {
        match text {
            "max" => Ok(Take::Max),
            "min" => Ok(Take::Min),
            "mean" => Ok(Take::Mean),
            _ => Err(format!("windows become their max, min or mean, not {text:?}").into()),
        }
    }
}

impl Take {
    fn name(self) -> &'static str {
        match self {
            Take::Max => "max",
            Take::Min => "min",
            Take::Mean => "mean",
        }
    }

    fn of(self, part: &Part, piece: &Array<f32>) -> Result<Array<f32>> {
        let windows = part.windows(piece)?;
        Ok(match self {
            Take::Max => windows.max(),
            Take::Min => windows.min(),
            Take::Mean => windows.mean(),
        })
    }
}

impl Job {
    /// # Errors
    /// Parts that would share a chunk of the output: two processes would write it.
    pub fn parts(&self, chunk: &[usize]) -> Result<Parts> {
        let parts = self.plan.parts(self.part.as_slice())?.aligned(chunk)?;
        for (axis, (&part, len)) in self.part.iter().zip(self.plan.reduced_shape()).enumerate() {
            if part < chunk[axis].min(len) {
                return Err(format!(
                    "parts of {part} on axis {axis} share chunks of {}: two processes would write one chunk",
                    chunk[axis]
                )
                .into());
            }
        }
        Ok(parts)
    }

    fn to_attributes(&self) -> Result<Map<String, Value>> {
        let job = json!({ "plan": serde_json::to_value(&self.plan)?, "take": self.take.name(), "part": self.part });
        Ok(Map::from_iter([(KEY.to_string(), job)]))
    }

    fn from_attributes(store: &Store) -> Result<Job> {
        let unknown = |why: String| -> crate::Error { format!("{}: {why}", store.path().display()).into() };
        let job = store.attributes().get(KEY).ok_or_else(|| unknown(format!("no {KEY:?} among its attributes")))?;
        let field = |name: &str| job.get(name).cloned().unwrap_or(Value::Null);
        let plan = serde_json::from_value(field("plan")).map_err(|e| unknown(format!("its plan: {e}")))?;
        let part = serde_json::from_value(field("part")).map_err(|e| unknown(format!("its part: {e}")))?;
        Ok(Job { plan, take: field("take").as_str().unwrap_or("").parse()?, part })
    }
}

/// An output with its job, and the input it is made from: shapes, types and chunks are known to fit.
pub struct Task {
    job: Job,
    parts: Parts,
    input: Store,
    output: Store,
}

/// What a worker did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worked {
    pub written: usize,
    pub found: usize,
}

impl Task {
    /// Makes the output with `job` among its attributes, in `chunk`; an output that has the same job and chunks is left as it is.
    ///
    /// The folder appears by a rename, whole.
    ///
    /// # Errors
    /// An output of another job; an input of another shape than the plan's; parts that share chunks.
    pub fn plan(input: &Path, output: &Path, job: Job, chunk: &[usize]) -> Result<Task> {
        job.parts(chunk)?;
        if !output.exists() {
            let draft = beside(output, &format!("plan-{}", std::process::id()));
            Store::create(&draft, &job.plan.reduced_shape(), chunk, job.to_attributes()?)?;
            fs::create_dir(draft.join(MARKS))?;
            if let Err(error) = fs::rename(&draft, output) {
                fs::remove_dir_all(&draft)?;
                // Somebody else was first; whether with the same job is seen below.
                if !output.exists() {
                    return Err(error.into());
                }
            }
        }
        let task = Task::open(input, output)?;
        if task.job != job || task.output.chunk()? != chunk {
            return Err(format!(
                "{} was begun with another plan:\n{}in parts of {:?}, chunks of {:?}, not\n{}in parts of {:?}, chunks of {chunk:?}",
                output.display(),
                indented(&task.job),
                task.job.part,
                task.output.chunk()?,
                indented(&job),
                job.part,
            )
            .into());
        }
        Ok(task)
    }

    /// Opens what `plan` made.
    ///
    /// # Errors
    /// An array without a job, or whose shape is not its plan's; an input of another shape or type.
    pub fn open(input: &Path, output: &Path) -> Result<Task> {
        let (input, output) = (Store::open(input)?, Store::open(output)?);
        let job = Job::from_attributes(&output)?;
        for (store, shape) in [(&input, job.plan.input_shape().to_vec()), (&output, job.plan.reduced_shape().to_vec())]
        {
            if store.shape() != shape {
                return Err(format!(
                    "{}: shape {:?}, but the plan has {shape:?}",
                    store.path().display(),
                    store.shape()
                )
                .into());
            }
        }
        let parts = job.parts(&output.chunk()?)?;
        Ok(Task { job, parts, input, output })
    }

    pub fn job(&self) -> &Job {
        &self.job
    }

    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Does the parts of a shard that bear no mark.
    ///
    /// # Errors
    /// A broken chunk of the input: its part and all that come later stay undone.
    pub fn work(&self, shard: Shard) -> Result<Worked> {
        let mut worked = Worked { written: 0, found: 0 };
        for k in shard.parts(self.parts.len()) {
            if self.mark(k).exists() {
                worked.found += 1;
                continue;
            }
            let part = self.part(k);
            self.output.write(part.write(), &self.compute(&part)?)?;
            self.set_mark(k)?;
            worked.written += 1;
        }
        Ok(worked)
    }

    /// The parts without a mark.
    pub fn missing(&self) -> Vec<usize> {
        (0..self.parts.len()).filter(|&k| !self.mark(k).exists()).collect()
    }

    /// Whether all that is marked is there and sound: its chunks, their checksums, and on request the elements, computed once more.
    ///
    /// # Errors
    /// The first part that is not.
    pub fn check(&self, recompute: bool) -> Result<()> {
        for k in (0..self.parts.len()).filter(|&k| self.mark(k).exists()) {
            let part = self.part(k);
            if !self.output.holds(part.write())? {
                return Err(format!("part {k} is marked as done, but {:?} has no data", part.write()).into());
            }
            let stored = self.output.read(part.write())?;
            if recompute && !same_bits(&stored, &self.compute(&part)?) {
                return Err(format!("part {k}, {:?}, holds other elements than it should", part.write()).into());
            }
        }
        Ok(())
    }

    fn part(&self, k: usize) -> Part {
        self.parts.get(k).expect("a part below their number")
    }

    fn compute(&self, part: &Part) -> Result<Vec<f32>> {
        let shape: Vec<usize> = part.read().iter().map(Range::len).collect();
        let piece = Array::new(self.input.read(part.read())?, &shape[..])?;
        Ok(self.job.take.of(part, &piece)?.into_vec())
    }

    fn mark(&self, k: usize) -> PathBuf {
        self.output.path().join(MARKS).join(k.to_string())
    }

    /// The store has synced the chunks by now. A chunk's file proves nothing: it is there, empty, before its data is.
    fn set_mark(&self, k: usize) -> Result<()> {
        let draft = beside(&self.mark(k), &std::process::id().to_string());
        File::create(&draft)?.sync_all()?;
        Ok(fs::rename(&draft, self.mark(k))?)
    }
}

/// A name beside another, in the same folder, so that a rename is one step.
fn beside(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{name}.{what}"))
}

fn indented(job: &Job) -> String {
    let table = format!("{} of {}", job.take.name(), job.plan);
    table.lines().map(|line| format!("  {line}\n")).collect()
}

fn same_bits(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}
