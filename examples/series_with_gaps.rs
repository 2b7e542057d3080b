//! Rolling means over a series with gaps: two months of hourly temperatures from a sensor that drops readings and fails
//! for days, smoothed over a day and over a week, with bounds of two deviations; a table, and a picture of all of it.
//!
//! ```text
//! cargo run --release --example series_with_gaps
//! ```

#[path = "common/picture.rs"]
mod picture;
#[path = "common/plot.rs"]
mod plot;

use ndwindow::{Array, unfold};
use std::path::Path;

const DAY: usize = 24;
const HOURS: usize = 60 * DAY;
/// Pixels of a plot, and how many degrees it shows.
const SIZE: [usize; 2] = [420, 1000];
const RANGE: [f64; 2] = [-8.0, 30.0];

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let x = readings();
    let gaps = x.iter().filter(|x| x.is_nan()).count();
    println!("{HOURS} hours, {gaps} of them without a reading\n");

    // A window around every hour; at both ends and in gaps it holds what there is.
    let day = unfold(0, DAY + 1, 1).same().windows(&x)?;
    let plain = day.mean(); // one missing reading, and a day is lost
    let held = day.skip_nan().count();
    let mean = day.skip_nan().mean();
    let sure = day.skip_nan().min_count(DAY / 2).mean(); // of half a day at least
    let deviation = day.skip_nan().min_count(DAY / 2).std(1);
    let median = unfold(0, 7 * DAY + 1, 1).same().windows(&x)?.skip_nan().median();

    println!(
        "   hour  reading  present   mean of all   of what is there   of 12 or more   deviation   median of a week"
    );
    for hour in (0..HOURS).step_by(5 * DAY + 7) {
        println!(
            "{hour:7} {:>8} {:8} {:>13} {:>18} {:>15} {:>11} {:>18}",
            degrees(x[hour]),
            held[[hour]],
            degrees(plain[[hour]]),
            degrees(mean[[hour]]),
            degrees(sure[[hour]]),
            degrees(deviation[[hour]]),
            degrees(median[[hour]])
        );
    }
    let known = |x: &Array<f64>| x.iter().filter(|x| !x.is_nan()).count();
    println!("\nhours with a mean: {} of all, {} of 12 or more, {} of any", known(&plain), known(&sure), known(&mean));
    assert!(known(&plain) < known(&sure) && known(&sure) < known(&mean));
    let inside = |hour: usize| (x[hour] - sure[[hour]]).abs() <= 4.0 * deviation[[hour]];
    assert!((0..HOURS).all(|hour| x[hour].is_nan() || sure[[hour]].is_nan() || inside(hour)));

    // The same from whole numbers, tenths of a degree, with a mask: what is not there cannot be NaN, so it is None.
    let tenths: Vec<i16> = x.iter().map(|x| if x.is_nan() { -9999 } else { (x * 10.0).round() as i16 }).collect();
    let valid: Vec<bool> = tenths.iter().map(|&x| x != -9999).collect();
    let coldest = unfold(0, DAY, DAY).windows(&tenths)?.valid(&valid)?.min();
    println!("coldest hour of each day, in tenths: {:?} ..", &coldest.as_slice()[18..24]);
    assert!(coldest.iter().any(Option::is_none));

    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    let file = out.join("series_with_gaps.png");
    let drawn = draw(&x, &sure, &deviation, &median);
    picture::write(&drawn, &file)?;
    println!("\nwrote {}: readings, their mean over a day, two deviations, a week's median", file.display());
    picture::shown(&drawn, "series_with_gaps", 2)
}

/// Temperatures of a spring: warmer by the day, coldest at night, with noise; one in twelve is lost, and days at a time.
fn readings() -> Vec<f64> {
    let mut state = 7u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    let reading = |hour: usize| {
        let days = hour as f64 / DAY as f64;
        let noise = random() + random() + random() - 1.5;
        let degrees = 4.0 + days / 5.0 + 2.5 * (days / 4.0).sin() - 5.0 * (days * std::f64::consts::TAU).cos();
        let lost = random() < 1.0 / 12.0 || (460..560).contains(&hour) || (1000..1018).contains(&hour);
        if lost { f64::NAN } else { degrees + 2.0 * noise }
    };
    (0..HOURS).map(reading).collect()
}

fn degrees(x: f64) -> String {
    if x.is_nan() { "-".into() } else { format!("{x:.1}") }
}

fn draw(x: &[f64], mean: &Array<f64>, deviation: &Array<f64>, median: &Array<f64>) -> Array<u8> {
    let [height, width] = SIZE;
    let mut sheet = picture::plain([height + 40, width], [252, 252, 250]);
    plot::text(&mut sheet, "grey: readings, blue: a day's mean, orange: a week's median", 12, 12, 2);
    let row = |degrees: f64| {
        let part = (degrees - RANGE[0]) / (RANGE[1] - RANGE[0]);
        40 + ((1.0 - part.clamp(0.0, 1.0)) * (height - 1) as f64) as usize
    };
    let shown = |column: usize| column * (HOURS - 1) / (width - 1);
    for column in 0..width {
        let hour = shown(column);
        if (hour.saturating_sub(3)..HOURS.min(hour + 4)).all(|hour| x[hour].is_nan()) {
            (40..40 + height).for_each(|y| picture::put(&mut sheet, [y, column], [236, 232, 226]));
        }
        if !mean[[hour]].is_nan() {
            let (low, high) = (mean[[hour]] - 2.0 * deviation[[hour]], mean[[hour]] + 2.0 * deviation[[hour]]);
            (row(high)..=row(low)).for_each(|y| picture::put(&mut sheet, [y, column], [214, 228, 244]));
        }
    }
    for column in 0..width {
        let hour = shown(column);
        let mut dot = |value: f64, size: usize, color: [u8; 3]| {
            if !value.is_nan() {
                let top = row(value).min(40 + height - size);
                (0..size).for_each(|dy| picture::put(&mut sheet, [top + dy, column], color));
            }
        };
        dot(x[hour], 3, [100, 100, 110]);
        dot(median[[hour]], 2, [200, 90, 40]);
        dot(mean[[hour]], 3, [30, 80, 170]);
    }
    sheet
}
