//! Tiles processed by all threads of a pool, and put together in order by whichever thread has the next one.
//!
//! Every tile is a task. At most as many are under way as there are threads, and none is begun that lies too far ahead of the first
//! unfinished one, so that results do not pile up behind a slow tile. No task waits for another: a closure may use the pool itself,
//! and a thread that waits inside of it may well be given another tile.

use super::joined::Joined;
use super::tiling::{Tile, Tiling};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::FoldElement;
use alloc::collections::BTreeMap;
use core::ops::ControlFlow;
use rayon::Scope;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many tiles for each thread may be under way or wait for one before them.
const AHEAD: usize = 2;

/// What all tasks share.
struct Shared<'r, 't, T, P, E> {
    tiling: &'r Tiling,
    make: &'r (dyn Fn(&Tile) -> Result<Array<T>, E> + Sync),
    threads: usize,
    state: Mutex<State<'t, T, P, E>>,
}

struct State<'t, T, P, E> {
    /// The next tile to begin.
    next: usize,
    /// The first tile that was not put together.
    head: usize,
    running: usize,
    /// Results whose turn has not come.
    waiting: BTreeMap<usize, Array<T>>,
    /// With the thread that puts results together while there is one.
    joined: Option<Joined<'t, T, P>>,
    /// The error of the first tile that has one.
    failed: Option<(usize, E)>,
}

/// Processes every tile by `make`.
pub(super) fn run<'t, T, P, E>(
    tiling: &Tiling,
    joined: Joined<'t, T, P>,
    make: &(dyn Fn(&Tile) -> Result<Array<T>, E> + Sync),
) -> Result<Array<T>, E>
where
    T: FoldElement,
    P: FnMut(usize, usize) -> ControlFlow<()> + Send,
    E: From<Error> + Send,
{
    let state = State { next: 0, head: 0, running: 0, waiting: BTreeMap::new(), joined: Some(joined), failed: None };
    let shared = Shared { tiling, make, threads: rayon::current_num_threads(), state: Mutex::new(state) };
    rayon::scope(|scope| shared.begin(scope, &mut shared.lock()));
    let state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    match (state.failed, state.joined) {
        (Some((_, error)), _) => Err(error),
        (None, Some(joined)) => Ok(joined.finish()?),
        (None, None) => unreachable!("whoever takes it puts it back"),
    }
}

impl<'t, T, P, E> Shared<'_, 't, T, P, E>
where
    T: FoldElement,
    P: FnMut(usize, usize) -> ControlFlow<()> + Send,
    E: From<Error> + Send,
{
    fn lock(&self) -> MutexGuard<'_, State<'t, T, P, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins as many tiles as may be under way.
    fn begin<'s>(&'s self, scope: &Scope<'s>, state: &mut State<'t, T, P, E>) {
        while state.failed.is_none()
            && state.running < self.threads
            && state.next < self.tiling.len()
            && state.next < state.head + AHEAD * self.threads
        {
            let k = state.next;
            state.next += 1;
            state.running += 1;
            scope.spawn(move |scope| {
                let result = self.tile(k);
                let mut state = self.lock();
                match result {
                    Ok(cells) => drop(state.waiting.insert(k, cells)),
                    Err(error) => fail(&mut state, k, error),
                }
                state.running -= 1;
                self.begin(scope, &mut state);
                self.join(scope, state);
            });
        }
    }

    fn tile(&self, k: usize) -> Result<Array<T>, E> {
        match self.tiling.tile(k) {
            Some(tile) => (self.make)(&tile),
            None => Err(Error::TileOutside { tile: k, len: self.tiling.len() }.into()),
        }
    }

    /// Puts together what has its turn, unless another thread is doing so. Nothing is locked meanwhile.
    fn join<'s>(&'s self, scope: &Scope<'s>, mut state: MutexGuard<'s, State<'t, T, P, E>>) {
        let Some(mut joined) = state.joined.take() else { return };
        while state.failed.is_none()
            && let head = state.head
            && let Some(cells) = state.waiting.remove(&head)
        {
            drop(state);
            let taken = joined.take(cells);
            state = self.lock();
            match taken {
                Ok(()) => state.head = joined.done(),
                Err(error) => fail(&mut state, head, error.into()),
            }
            self.begin(scope, &mut state);
        }
        state.joined = Some(joined);
    }
}

fn fail<T, P, E>(state: &mut State<'_, T, P, E>, k: usize, error: E) {
    if state.failed.as_ref().is_none_or(|&(first, _)| k < first) {
        state.failed = Some((k, error));
    }
}
