//! Every path of the copies against one index at a time, at every level of this machine, straight and streamed.

use super::clip::clip_with;
use super::frame::{Along, Placement};
use super::level::Level;
use super::merge_rows::merge_rows;
use super::product::Products;
use super::strided::copy_with;
use crate::array::View;
use crate::element::Element;
use alloc::vec;
use alloc::vec::Vec;

/// xorshift, as the tests must not depend on a crate's stream of numbers.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % n
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Writes through `copy` into the middle of a buffer, at any alignment, and checks what is around it.
fn check<T: Element + PartialEq + core::fmt::Debug>(want: &[T], lead: usize, what: &str, copy: impl FnOnce(&mut [T])) {
    let mut buffer = vec![T::default(); lead + want.len() + 3];
    copy(&mut buffer[lead..lead + want.len()]);
    assert!(buffer[..lead].iter().chain(&buffer[lead + want.len()..]).all(|x| *x == T::default()), "{what}: around");
    let wrong = buffer[lead..].iter().zip(want).position(|(a, b)| a != b);
    assert_eq!(wrong, None, "{what}");
}

fn strided<T: Element + PartialEq + core::fmt::Debug>(seed: u64, make: impl Fn(usize) -> T) {
    let data: Vec<T> = (0..60_000).map(make).collect();
    let mut random = Random(seed);
    let rounds = if cfg!(miri) { 12 } else { 120 };
    for round in 0..rounds {
        let (shape, strides, offset) = any_layout(&mut random);
        let Ok(view) = View::with_strides(&data, &shape[..], &strides, offset) else { continue };
        let want: Vec<T> = view.iter().copied().collect();
        for level in Level::all() {
            for streaming in [false, true] {
                let what = alloc::format!("{round} {shape:?} {strides:?} {level:?} {streaming}");
                check(&want, random.below(70), &what, |out| copy_with(out, &view, streaming, level));
            }
        }
    }
}

/// A packed shape whose axes are then swapped, reversed, repeated, or made to overlap.
fn any_layout(random: &mut Random) -> (Vec<usize>, Vec<isize>, usize) {
    let (mut shape, mut strides, mut stride) = (vec![], vec![], 1isize);
    for _ in 0..random.below(6) {
        let count = random.one_of(&[1, 2, 3, 4, 5, 7, 16, 17, 33, 40, 300]);
        if stride as usize * count > if cfg!(miri) { 400 } else { 20_000 } {
            continue;
        }
        shape.push(count);
        strides.push(stride);
        stride = stride * count as isize + random.one_of(&[0, 0, 3]);
    }
    for k in (1..shape.len()).rev() {
        if random.below(2) == 0 {
            let other = random.below(k + 1);
            shape.swap(k, other);
            strides.swap(k, other);
        }
    }
    let mut offset = 0;
    for a in 0..shape.len() {
        strides[a] = match random.below(8) {
            0 => -strides[a],
            1 => 1,
            2 if shape[a] < 20 => 0,
            _ => strides[a],
        };
        offset += (-strides[a]).max(0) as usize * (shape[a] - 1);
    }
    (shape, strides, offset)
}

#[test]
fn strided_copies_equal_walks() {
    strided(1, |i| i as u32);
    strided(2, |i| (i * 7) as u8);
    strided(3, |i| i as f64);
    strided(4, |i| i as u128);
    strided(5, |i| (i as u8, i as u32));
    strided(6, |i| [i as u8; 3]);
}

#[test]
fn a_long_row_is_cut_anywhere() {
    let data: Vec<u16> = (0..40_000).map(|i| i as u16).collect();
    let long = if cfg!(miri) { 700 } else { 9000 };
    for (shape, strides) in [([3, long], [10_000, 1]), ([3, long], [500, 3]), ([300, 100], [1, 300])] {
        let view = View::with_strides(&data, shape, strides, 0).unwrap();
        let want: Vec<u16> = view.iter().copied().collect();
        for level in Level::all() {
            for streaming in [false, true] {
                check(&want, 5, "long rows", |out| copy_with(out, &view, streaming, level));
            }
        }
    }
}

/// The definition of a clipped copy.
fn cells<T: Element>(source: &View<'_, T>, along: &[Along], lines: &[Placement], fill: T) -> Vec<T> {
    let len = along.iter().map(|a| a.count).product();
    let cell = |mut i: usize| {
        let mut at: Vec<isize> = lines.iter().map(|l| l.origin).collect();
        for a in along.iter().rev() {
            at[a.axis] += (i % a.count * a.step) as isize;
            i /= a.count;
        }
        let inside = at.iter().zip(lines).all(|(p, l)| l.inside.contains(p));
        let index: Vec<usize> = at.iter().map(|&p| p as usize).collect();
        if inside { source[&index[..]] } else { fill }
    };
    (0..len).map(cell).collect()
}

fn clipped<T: Element + PartialEq + core::fmt::Debug>(seed: u64, make: impl Fn(usize) -> T) {
    let mut random = Random(seed);
    let data: Vec<T> = (1..40_000).map(make).collect();
    let rounds = if cfg!(miri) { 20 } else { 160 };
    for round in 0..rounds {
        let shape: Vec<usize> = (0..1 + random.below(3)).map(|_| random.one_of(&[1, 2, 3, 5, 8, 19, 30, 31])).collect();
        let Ok(view) = View::new(&data[..shape.iter().product()], &shape[..]) else { continue };
        let mut lines = vec![];
        let mut along = vec![];
        for (axis, &n) in shape.iter().enumerate() {
            // Some axes are windows that leave the array, some are taken whole.
            if random.below(4) == 0 {
                along.push(Along { axis, step: 1, count: n });
                lines.push(Placement { origin: 0, inside: 0..n as isize });
            } else {
                let (step, dilation) = (random.one_of(&[1, 1, 2, 3]), random.one_of(&[1, 1, 2, 5]));
                along.push(Along { axis, step, count: random.one_of(&[1, 2, 3, 9, 40]) });
                along.push(Along { axis, step: dilation, count: random.one_of(&[1, 2, 3, 4, 7, 300]) });
                let low = random.below(n + 1);
                let high = low + random.below(n - low + 1);
                lines.push(Placement { origin: random.below(12) as isize - 8, inside: low as isize..high as isize });
            }
        }
        for k in (1..along.len()).rev() {
            if random.below(2) == 0 {
                along.swap(k, random.below(k + 1));
            }
        }
        if along.iter().map(|a| a.count).product::<usize>() > if cfg!(miri) { 500 } else { 100_000 } {
            continue;
        }
        let fill = data[7];
        let want = cells(&view, &along, &lines, fill);
        for level in Level::all() {
            for streaming in [false, true] {
                let what = alloc::format!("{round} {shape:?} {along:?} {lines:?} {level:?} {streaming}");
                let lead = random.below(70);
                check(&want, lead, &what, |out| clip_with(out, &view, (&along, &lines), fill, streaming, level));
            }
        }
    }
}

#[test]
fn clipped_copies_equal_cells() {
    clipped(11, |i| i as u32);
    clipped(12, |i| (i * 7) as u8);
    clipped(13, |i| i as f64);
    clipped(14, |i| (i as u8, i as u32));
}

fn products<T: num_traits::Float + Element + core::fmt::Debug>(make: impl Fn(usize) -> T) {
    let mut random = Random(77);
    let from: Vec<T> = (0..5000).map(&make).collect();
    for round in 0..if cfg!(miri) { 10 } else { 300 } {
        let size = random.one_of(&[1, 2, 3, 15, 16, 17, 31, 64, 100, 400, 1025]);
        let (step, rows) = (random.below(40), 1 + random.below(if cfg!(miri) { 6 } else { 60 }));
        let w: Vec<T> = (0..size).map(|i| make(3 * i + 1)).collect();
        let want: Vec<T> = (0..rows * size).map(|i| from[i / size * step + i % size] * w[i % size]).collect();
        let first = random.below(rows + 1);
        for level in Level::all() {
            for streaming in [false, true] {
                let what = alloc::format!("{round}: {rows} of {size} by {step} {level:?} {streaming}");
                check(&want, random.below(70), &what, |out| {
                    let mut products = Products::with_level(out, &w, streaming, level);
                    products.push(&from, step, first);
                    products.push(&from[(first * step).min(4000)..], step, rows - first);
                    products.finish();
                });
            }
        }
    }
}

#[test]
fn products_in_rows() {
    products(|i| (i as f32 * 0.37).sin());
    products(|i| (i as f64 * 0.37).sin());
}

/// The checks that unsafe code rests on, asked what leaves their arithmetic: each says no in its own words, where unchecked
/// arithmetic would wrap, without its own checks, to something that is inside.
#[cfg(feature = "std")]
mod checks {
    use super::*;
    use crate::kernel::contract::{Cut, Rows, Tile, each_box, read_along};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::string::String;

    /// What it panics with.
    fn words(f: impl FnOnce()) -> String {
        let panic = catch_unwind(AssertUnwindSafe(f)).expect_err("no panic");
        match panic.downcast::<String>() {
            Ok(words) => *words,
            Err(other) => (*other.downcast::<&str>().expect("words")).into(),
        }
    }

    #[test]
    fn nothing_wraps_into_what_is_inside() {
        let (x, half) = ([1.0f32; 64], 1usize << (usize::BITS - 1));
        let level = Level::detect();
        let tile = |weights: &[f32], taps: &[u32], width: usize, bases: &[u32]| {
            Tile { weights, strip: &x, taps, fresh: true }.run(level, width, bases, &mut [0.0; 256]);
        };
        let rows = |taps: &[u32], len: usize, outputs: usize, bases: &[u32], out: &mut [f32]| {
            Rows { weights: &x[..taps.len()], strip: &x, taps, len }.run(level, outputs, bases, out);
        };
        let view = View::new(&x, [8, 8]).unwrap();
        let place = |step: usize, count: usize| {
            let (shape, starts, channel) = ([4usize, 4], [0usize, 0], None);
            let cut = Cut {
                shape: shape[..].into(),
                starts: starts[..].into(),
                ends: shape[..].into(),
                chunk: shape[..].into(),
                channel,
            };
            let work = |_: &mut (), part: &mut crate::kernel::contract::OutBox<'_, f32>| {
                part.place(0, &[0, 1], 1, step, count);
            };
            each_box(&mut [0.0f32; 16], None, level, &cut, false, || (), work);
        };
        let sums = |row: core::ops::Range<usize>| {
            merge_rows(&mut [0.0f32; 16], row, &[1], &[(0, View::new(&x[..4], [4]).unwrap())], (0.0, |a, b| a + b));
        };
        let cases: [(&str, &str, &dyn Fn()); 10] = [
            ("a tap and a base", "strip.len()", &|| tile(&x[..16], &[u32::MAX], 16, &[1])),
            ("two numbers of 32 bits", "strip.len()", &|| tile(&x[..16], &[u32::MAX], 16, &[u32::MAX])),
            ("weights", "weights.len()", &|| tile(&[], &[0, 0], half, &[0])),
            ("rows of a strip", "strip.len()", &|| rows(&[u32::MAX], 4, 1, &[u32::MAX], &mut [0.0; 4])),
            ("rows of nothing", "out.len()", &|| rows(&[0], half, 1, &[0, 0], &mut [])),
            ("a run", "outside the view", &|| read_along(&view, &[0, 1], 1, half / 2, &mut [0.0; 5], |v| v)),
            ("a run back", "outside the view", &|| read_along(&view, &[0, 1], 1, half, &mut [0.0; 3], |v| v)),
            ("a place", "outside of its box", &|| place(half, 3)),
            ("many places", "outside of its box", &|| place(2, half + 1)),
            ("a row of sums", "outside of its sums", &|| sums(0..usize::MAX)),
        ];
        for (what, want, f) in cases {
            let words = words(f);
            assert!(words.contains(want), "{what}: {words}");
        }
    }
}
