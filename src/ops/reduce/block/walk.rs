//! Walks over the windows of a block, and over the cells that come and go.

use super::Side;
use crate::spec::row_major;
use alloc::borrow::Cow;
use core::ops::Range;
use smallvec::SmallVec;

/// A box of cells: one range for each side.
pub(crate) type Cuboid = SmallVec<[Range<usize>; 3]>;

/// Walks over all windows of a block so that each differs from the last along one side only, the first side fastest.
///
/// `f` gets the window's place in the result, the boxes of cells that leave and enter, and how many cells it holds.
pub(crate) fn snake(sides: &[Cow<'_, Side>], mut f: impl FnMut(usize, &[(Cuboid, bool)], usize)) {
    let mut at: SmallVec<[usize; 3]> = SmallVec::from_elem(0, sides.len());
    let mut forward: SmallVec<[bool; 3]> = SmallVec::from_elem(true, sides.len());
    let place_step = row_major(sides.iter().map(|s| s.windows.len()));
    let mut window: Cuboid = sides.iter().map(|s| s.windows[0].clone()).collect();
    let mut place = 0;
    let held = |window: &Cuboid| window.iter().map(|r| r.len()).product();
    f(0, &[(window.clone(), true)], held(&window));
    'windows: loop {
        for k in 0..sides.len() {
            let next = if forward[k] { at[k] + 1 } else { at[k].wrapping_sub(1) };
            if next >= sides[k].windows.len() {
                forward[k] = !forward[k];
                continue;
            }
            let (old, new) = (window[k].clone(), sides[k].windows[next].clone());
            let part = |range: Range<usize>| {
                let mut part = window.clone();
                part[k] = range;
                part
            };
            // Both are intervals: what is in one but not in the other lies before and behind what they share.
            let moves = [
                (part(old.start..old.end.min(new.start)), false),
                (part(old.start.max(new.end)..old.end), false),
                (part(new.start..new.end.min(old.start)), true),
                (part(new.start.max(old.end)..new.end), true),
            ];
            place = if forward[k] { place + place_step[k] } else { place - place_step[k] };
            at[k] = next;
            window[k] = new;
            f(place, &moves, held(&window));
            continue 'windows;
        }
        return;
    }
}

/// Calls `f` with the places of each contiguous row of a box.
pub(crate) fn rows(sides: &[Cow<'_, Side>], ranges: &[Range<usize>], mut f: impl FnMut(Range<usize>)) {
    if ranges.iter().any(|r| r.is_empty()) {
        return;
    }
    let Some((last, outer)) = ranges.split_last() else { return f(0..1) };
    let length = sides[outer.len()].cells.len();
    match outer {
        [] => f(last.clone()),
        [only] => only.clone().for_each(|i| f(i * length + last.start..i * length + last.end)),
        _ => {
            let mut index: SmallVec<[usize; 3]> = outer.iter().map(|r| r.start).collect();
            loop {
                let row = index.iter().zip(sides).fold(0, |at, (i, s)| at * s.cells.len() + i) * length;
                f(row + last.start..row + last.end);
                let mut k = outer.len();
                loop {
                    if k == 0 {
                        return;
                    }
                    k -= 1;
                    index[k] += 1;
                    if index[k] < outer[k].end {
                        break;
                    }
                    index[k] = outer[k].start;
                }
            }
        }
    }
}
