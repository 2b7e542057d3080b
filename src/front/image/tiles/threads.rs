//! Tiles processed and blended by all threads of a pool.
//!
//! Every tile is a task, and so is every region that its last tile finishes: nothing of either waits for another thread. At most as many
//! tiles are made as there are threads, and none is begun that lies too far ahead of the first unfinished one, so that results do not pile
//! up behind a slow tile. A closure may use the pool itself, and a thread that waits inside of it may well be given another task, so
//! nothing is locked while one runs.

use super::blender::{Joiner, Region};
use super::tiling::{Tile, Tiling, last_cut};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::FoldElement;
use crate::spec::{Dims, advance, row_major};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::{ControlFlow, Range};
use rayon::Scope;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many tiles for each thread may be under way or wait for one before them.
const AHEAD: usize = 2;
/// About how many elements of the result have a lock of their own.
const STRETCH: usize = 1 << 16;

/// What turns a tile into another.
type Make<'r, T, E> = dyn Fn(&Tile) -> Result<Array<T>, E> + Sync + 'r;

/// What all tasks share.
struct Shared<'r, T, P, E> {
    tiling: &'r Tiling,
    make: &'r Make<'r, T, E>,
    threads: usize,
    result: Shares<'r, T>,
    state: Mutex<State<T, P, E>>,
}

struct State<T, P, E> {
    /// The next tile to begin, and how many are being made.
    next: usize,
    running: usize,
    /// Results whose turn has not come.
    waiting: BTreeMap<usize, Array<T>>,
    joiner: Joiner<T>,
    /// Rooms for regions that nobody uses.
    rooms: Vec<Array<T>>,
    /// Tiles whose regions are written, from the first one on that the progress was not told of.
    written: BTreeSet<usize>,
    told: usize,
    /// With the thread that tells it while there is one.
    progress: Option<P>,
    /// The error of the first tile that has one.
    failed: Option<(usize, E)>,
}

/// Processes every tile by `make`. The first tiles say how many channels there are.
pub(super) fn run<T, P, E>(tiling: &Tiling, progress: P, make: &Make<'_, T, E>) -> Result<Array<T>, E>
where
    T: FoldElement,
    P: FnMut(usize, usize) -> ControlFlow<()> + Send,
    E: From<Error> + Send,
{
    let threads = rayon::current_num_threads();
    let firsts = first_tiles(tiling, threads.min(tiling.len()), make)?;
    let plan = tiling.results_of(firsts[0].shape(), "a processed tile")?;
    let joiner = Joiner::new(tiling, plan, tiling.weighted())?;
    let shape = Dims::from_slice(joiner.shape());
    let mut result = Array::try_zeros("blended tiles", shape.clone())?;
    let state = State {
        next: firsts.len(),
        running: 0,
        waiting: firsts.into_iter().enumerate().collect(),
        joiner,
        rooms: Vec::new(),
        written: BTreeSet::new(),
        told: 0,
        progress: Some(progress),
        failed: None,
    };
    let result_of = Shares::new(result.as_mut_slice(), shape);
    let shared = Shared { tiling, make, threads, result: result_of, state: Mutex::new(state) };
    rayon::scope(|scope| shared.go_on(scope, shared.lock()));
    let state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    match state.failed {
        Some((_, error)) => Err(error),
        None => Ok(state.joiner.finish().map(|()| result)?),
    }
}

/// The results of the first tiles, made at the same time.
fn first_tiles<T, E>(tiling: &Tiling, count: usize, make: &Make<'_, T, E>) -> Result<Vec<Array<T>>, E>
where
    T: FoldElement,
    E: From<Error> + Send,
{
    let mut results: Vec<Option<Result<Array<T>, E>>> = (0..count).map(|_| None).collect();
    rayon::scope(|scope| {
        for (k, result) in results.iter_mut().enumerate() {
            scope.spawn(move |_| *result = Some(made(tiling, k, make)));
        }
    });
    results.into_iter().flatten().collect()
}

fn made<T, E: From<Error>>(tiling: &Tiling, k: usize, make: &Make<'_, T, E>) -> Result<Array<T>, E> {
    match tiling.tile(k) {
        Some(tile) => make(&tile),
        None => Err(Error::TileOutside { tile: k, len: tiling.len() }.into()),
    }
}

impl<T, P, E> Shared<'_, T, P, E>
where
    T: FoldElement,
    P: FnMut(usize, usize) -> ControlFlow<()> + Send,
    E: From<Error> + Send,
{
    fn lock(&self) -> MutexGuard<'_, State<T, P, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins what may begin: regions whose tiles are there, then tiles.
    fn go_on<'s>(&'s self, scope: &Scope<'s>, mut state: MutexGuard<'s, State<T, P, E>>) {
        while state.failed.is_none()
            && let k = state.joiner.next()
            && let Some(cells) = state.waiting.remove(&k)
        {
            match state.admit(k, cells) {
                Ok(region) => scope.spawn(move |scope| self.region(scope, k, region)),
                Err(error) => state.fail(k, error.into()),
            }
        }
        while state.failed.is_none()
            && state.running < self.threads
            && state.next < self.tiling.len()
            && state.next < state.told + AHEAD * self.threads
        {
            let k = state.next;
            state.next += 1;
            state.running += 1;
            scope.spawn(move |scope| self.tile(scope, k));
        }
    }

    fn tile<'s>(&'s self, scope: &Scope<'s>, k: usize) {
        let result = made(self.tiling, k, self.make);
        let mut state = self.lock();
        state.running -= 1;
        match result {
            Ok(cells) => drop(state.waiting.insert(k, cells)),
            Err(error) => state.fail(k, error),
        }
        self.go_on(scope, state);
    }

    fn region<'s>(&'s self, scope: &Scope<'s>, k: usize, region: Region<T>) {
        let room = self.lock().room();
        let written = room.and_then(|mut room| {
            region.fold(room.as_mut_slice(), &mut |ranges, cells| match cells.as_slice() {
                Some(cells) => self.result.put(ranges, cells),
                None => unreachable!("a region lies in one piece"),
            })?;
            Ok(room)
        });
        let mut state = self.lock();
        match written {
            Ok(room) => {
                state.rooms.push(room);
                state.written.insert(k);
            }
            Err(error) => state.fail(k, error.into()),
        }
        self.tell(scope, state);
    }

    /// Tells the progress, in order, unless another thread is doing so.
    fn tell<'s>(&'s self, scope: &Scope<'s>, mut state: MutexGuard<'s, State<T, P, E>>) {
        let Some(mut progress) = state.progress.take() else { return };
        while state.failed.is_none()
            && let first = state.told
            && state.written.remove(&first)
        {
            state.told += 1;
            let (done, total) = (state.told, self.tiling.len());
            drop(state);
            let stops = progress(done, total).is_break() && done < total;
            state = self.lock();
            if stops {
                state.fail(first, Error::Stopped { done, total }.into());
            }
        }
        state.progress = Some(progress);
        self.go_on(scope, state);
    }
}

impl<T: FoldElement, P, E> State<T, P, E> {
    /// The region that tile `k`, the next one, finishes.
    fn admit(&mut self, k: usize, cells: Array<T>) -> Result<Region<T>> {
        let place = self.joiner.expected(k, cells.shape())?;
        let region = self.joiner.admit(&place, cells)?;
        self.joiner.release(&place, false);
        Ok(region)
    }

    /// Room for a region.
    fn room(&mut self) -> Result<Array<T>> {
        self.rooms.pop().map_or_else(|| self.joiner.room(), Ok)
    }

    fn fail(&mut self, k: usize, error: E) {
        if self.failed.as_ref().is_none_or(|&(first, _)| k < first) {
            self.failed = Some((k, error));
        }
    }
}

/// The result in stretches, each with a lock: regions of different tiles are written at the same time.
struct Shares<'r, T> {
    shape: Dims,
    stretches: Vec<Mutex<&'r mut [T]>>,
}

impl<'r, T: FoldElement> Shares<'r, T> {
    fn new(result: &'r mut [T], shape: Dims) -> Self {
        Shares { shape, stretches: result.chunks_mut(STRETCH).map(Mutex::new).collect() }
    }

    /// Writes a box.
    fn put(&self, ranges: &[Range<usize>], cells: &[T]) {
        let cut = last_cut(ranges, &self.shape);
        let strides = row_major(self.shape.iter().copied());
        let row = ranges[cut].len() * strides[cut];
        let mut index: Dims = ranges.iter().map(|r| r.start).collect();
        for mut row in cells.chunks_exact(row) {
            let mut at: usize = index[..=cut].iter().zip(&strides).map(|(&i, &stride)| i * stride).sum();
            while !row.is_empty() {
                let place = at % STRETCH;
                let (now, later) = row.split_at(row.len().min(STRETCH - place));
                let mut stretch = self.stretches[at / STRETCH].lock().unwrap_or_else(PoisonError::into_inner);
                stretch[place..place + now.len()].copy_from_slice(now);
                (row, at) = (later, at + now.len());
            }
            advance(&mut index[..cut], |a| ranges[a].clone());
        }
    }
}
