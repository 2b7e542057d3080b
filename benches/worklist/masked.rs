//! Windows that are no boxes: maxima under a disk, which the shared list has for radius 3 and 7, and medians.

use ndwindow::image::Filter;
use ndwindow::{Mask, Number, PadMode, View};

use crate::digest::Word;
use crate::inputs::{Random, tensor};
use crate::job::{SetUp, Work, into_buffer};

pub(crate) fn works() -> Vec<Work> {
    let mut list = Vec::new();
    for r in [3, 7, 15] {
        list.push(Work::new(format!("diskmax_u8_2000_r{r}"), move || largest::<u8>("img_u8_2000", r)));
        list.push(Work::new(format!("diskmax_f32_2000_r{r}"), move || largest::<f32>("img_f32_2000", r)));
    }
    list.push(Work::new("disk_median_u8_2000_r7", || median("img_u8_2000", 7)));
    list
}

/// The cells around a pixel that a disk holds, edge pixels repeated outside.
fn cells<T: Copy>(x: &[T], n: usize, r: usize, i: usize) -> impl Iterator<Item = T> + '_ {
    let near = move |at: usize, d: usize| (at + d).saturating_sub(r).min(n - 1);
    let size = 2 * r + 1;
    let inside = move |c: &usize| (c / size).abs_diff(r).pow(2) + (c % size).abs_diff(r).pow(2) <= r * r;
    (0..size * size).filter(inside).map(move |c| x[near(i / n, c / size) * n + near(i % n, c % size)])
}

fn largest<T: Word + Random + Number + PartialOrd>(name: &str, r: usize) -> SetUp {
    let n = 2000;
    let x: Vec<T> = tensor(name, n * n);
    let plain = x.clone();
    // Nothing stands outside: a disk at the border holds less. (The nearest pixel inside is one of the disk's, so that the largest of
    // `cells` is the same.)
    let filter = Filter::mask(&Mask::disk(r)).border(PadMode::Empty);
    let step = move |out: &mut [T]| filter.max_filter_into(View::new(&x, [n, n])?, out);
    into_buffer(n * n, 0.0, step, move |i| {
        cells(&plain, n, r, i).reduce(|a, b| if a < b { b } else { a }).expect("a disk has a middle")
    })
}

fn median(name: &str, r: usize) -> SetUp {
    let n = 2000;
    let x: Vec<u8> = tensor(name, n * n);
    let plain = x.clone();
    let filter = Filter::mask(&Mask::disk(r)).border(PadMode::Edge);
    let step = move |out: &mut [u8]| filter.median_filter_into(View::new(&x, [n, n])?, out);
    into_buffer(n * n, 0.0, step, move |i| {
        let mut held: Vec<u8> = cells(&plain, n, r, i).collect();
        held.sort_unstable();
        held[held.len() / 2]
    })
}
