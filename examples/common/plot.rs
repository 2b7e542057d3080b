//! A picture of numbers over time and frequency, with axes a person can read.

#![allow(dead_code)] // an example takes what it needs

use font8x8::UnicodeFonts;
use ndwindow::Array;

use crate::picture;

const INK: [u8; 3] = [30, 30, 36];
const PAPER: [u8; 3] = [252, 252, 250];
/// Room for titles and numbers: left, top, right, bottom.
const MARGIN: [usize; 4] = [90, 60, 150, 74];

/// What is drawn, and what its axes say.
pub(crate) struct Plot<'a> {
    pub(crate) title: &'a str,
    /// Number of columns, and of rows from the bottom up.
    pub(crate) size: (usize, usize),
    /// What the whole width and height stand for, and their names.
    pub(crate) extent: (f64, f64),
    pub(crate) axes: (&'a str, &'a str),
    /// Distance of the marks on both axes.
    pub(crate) marks: (f64, f64),
    /// The values of the darkest and the brightest colour, and their unit.
    pub(crate) range: (f64, f64),
    pub(crate) unit: &'a str,
}

impl Plot<'_> {
    /// Draws `value(column, row)`, row 0 at the bottom.
    pub(crate) fn draw(&self, value: impl Fn(usize, usize) -> f64) -> Array<u8> {
        let [left, top, right, bottom] = MARGIN;
        let (w, h) = self.size;
        let mut picture = picture::plain([top + h + bottom, left + w + right], PAPER);
        for (x, y) in (0..w).flat_map(|x| (0..h).map(move |y| (x, y))) {
            picture::put(&mut picture, [top + h - 1 - y, left + x], self.colour(value(x, y)));
        }
        text(&mut picture, self.title, left, 20, 2);
        self.frame(&mut picture);
        self.colour_bar(&mut picture);
        picture
    }

    fn frame(&self, picture: &mut Array<u8>) {
        let [left, top, _, _] = MARGIN;
        let (w, h) = self.size;
        for i in 0..=(self.extent.0 / self.marks.0 + 1e-9) as usize {
            let at = i as f64 * self.marks.0;
            let x = left + (at / self.extent.0 * (w - 1) as f64) as usize;
            fill(picture, x, top + h, 2, 8);
            let label = format!("{at}");
            text(picture, &label, x.saturating_sub(8 * label.len()), top + h + 14, 2);
        }
        for i in 0..=(self.extent.1 / self.marks.1 + 1e-9) as usize {
            let at = i as f64 * self.marks.1;
            let y = top + h - 1 - (at / self.extent.1 * (h - 1) as f64) as usize;
            fill(picture, left - 8, y, 8, 2);
            let label = format!("{at}");
            text(picture, &label, left - 14 - 16 * label.len(), y.saturating_sub(7), 2);
        }
        let name = self.axes.0;
        text(picture, name, left + w / 2 - 8 * name.len(), top + h + 44, 2);
        text(picture, self.axes.1, 8, top - 26, 2);
    }

    fn colour_bar(&self, picture: &mut Array<u8>) {
        let [left, top, _, _] = MARGIN;
        let (w, h) = self.size;
        let x = left + w + 30;
        let (low, high) = self.range;
        for y in 0..h {
            let value = low + (high - low) * y as f64 / (h - 1) as f64;
            for dx in 0..20 {
                picture::put(picture, [top + h - 1 - y, x + dx], self.colour(value));
            }
        }
        for part in 0..=4 {
            let value = low + (high - low) * part as f64 / 4.0;
            let y = top + h - 1 - (h - 1) * part / 4;
            fill(picture, x + 20, y, 6, 2);
            text(picture, &format!("{value:.0}"), x + 36, y.saturating_sub(7), 2);
        }
        text(picture, self.unit, x, top - 26, 2);
    }

    /// Black through violet and orange to pale yellow: brightness rises steadily, so it reads without colours too.
    fn colour(&self, value: f64) -> [u8; 3] {
        const STOPS: [[f64; 3]; 5] =
            [[0.0, 0.0, 4.0], [81.0, 18.0, 124.0], [183.0, 55.0, 121.0], [252.0, 137.0, 97.0], [252.0, 253.0, 191.0]];
        let t = ((value - self.range.0) / (self.range.1 - self.range.0)).clamp(0.0, 1.0) * 4.0;
        let i = (t as usize).min(3);
        let part = |c: usize| (STOPS[i][c] + (STOPS[i + 1][c] - STOPS[i][c]) * (t - i as f64)) as u8;
        [part(0), part(1), part(2)]
    }
}

fn fill(picture: &mut Array<u8>, x: usize, y: usize, w: usize, h: usize) {
    for (dx, dy) in (0..w).flat_map(|dx| (0..h).map(move |dy| (dx, dy))) {
        if y + dy < picture.shape()[0] && x + dx < picture.shape()[1] {
            picture::put(picture, [y + dy, x + dx], INK);
        }
    }
}

/// Writes in a font of 8 by 8 points, each `scale` pixels wide.
pub(crate) fn text(picture: &mut Array<u8>, words: &str, x: usize, y: usize, scale: usize) {
    for (i, c) in (0..).zip(words.chars()) {
        let glyph = font8x8::BASIC_FONTS.get(c).unwrap_or([0; 8]);
        for (row, bits) in (0..).zip(glyph) {
            for column in (0..8).filter(|column| bits >> column & 1 == 1) {
                fill(picture, x + (i * 8 + column) * scale, y + row * scale, scale, scale);
            }
        }
    }
}
