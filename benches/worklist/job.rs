//! What a line of the work list is: a name and a way to set it up.

use std::hint::black_box;

use serde_json::Value;

use crate::digest::{Word, digest};

/// A job set up: inputs made, output buffer touched, answer checked; ready to be timed.
pub(crate) trait Job: Send {
    /// Does the work `times` times.
    fn run(&mut self, times: usize);
    /// The digest of the output of the last run; nothing for a job that moves no data.
    fn digest(&self) -> Option<Value>;
}

/// A job, or what was wrong with its answer.
pub(crate) type SetUp = Result<Box<dyn Job>, String>;

/// One line of the work list.
pub(crate) struct Work {
    /// The name that all libraries use for this job.
    pub(crate) id: String,
    set_up: Box<dyn Fn() -> SetUp + Send + Sync>,
}

impl Work {
    pub(crate) fn new(id: impl Into<String>, set_up: impl Fn() -> SetUp + Send + Sync + 'static) -> Self {
        Work { id: id.into(), set_up: Box::new(set_up) }
    }

    pub(crate) fn set_up(&self) -> SetUp {
        (self.set_up)()
    }
}

/// A job that writes `len` elements into a kept buffer by `step`. Its answer is compared with `expect(i)`, the element at
/// `i` by a plain formula or loop, at about a thousand places; they may differ by `tolerance` (0 for copies).
pub(crate) fn into_buffer<T: Word>(
    len: usize,
    tolerance: f64,
    step: impl FnMut(&mut [T]) -> ndwindow::Result<()> + Send + 'static,
    expect: impl Fn(usize) -> T,
) -> SetUp {
    let mut job = IntoBuffer { out: vec![T::default(); len], step };
    (job.step)(&mut job.out).map_err(|e| e.to_string())?;
    // A prime-ish stride visits all residues of the small shapes in use; the last element is visited as well.
    let places = (0..len).step_by(len / 997 + 1).chain(len.checked_sub(1));
    for i in places {
        let (got, wanted) = (job.out[i], expect(i));
        let same = if tolerance == 0.0 {
            got.word() == wanted.word()
        } else {
            (got.real() - wanted.real()).abs() <= tolerance
        };
        if !same {
            return Err(format!("element {i} of {len} is {got:?} but a plain loop gives {wanted:?}"));
        }
    }
    Ok(Box::new(job))
}

struct IntoBuffer<T, F> {
    out: Vec<T>,
    step: F,
}

impl<T: Word, F: FnMut(&mut [T]) -> ndwindow::Result<()> + Send> Job for IntoBuffer<T, F> {
    fn run(&mut self, times: usize) {
        for _ in 0..times {
            (self.step)(black_box(&mut self.out)).expect("the same call has succeeded before");
        }
    }

    fn digest(&self) -> Option<Value> {
        Some(digest(&self.out))
    }
}

/// A job that only makes something small, such as a view, as many times as it is told.
pub(crate) fn making(make: impl FnMut(usize) + Send + 'static) -> SetUp {
    Ok(Box::new(Making { make }))
}

struct Making<F> {
    make: F,
}

impl<F: FnMut(usize) + Send> Job for Making<F> {
    fn run(&mut self, times: usize) {
        (self.make)(times);
    }

    fn digest(&self) -> Option<Value> {
        None
    }
}
