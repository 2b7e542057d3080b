//! A reduction no library ships, in a dozen lines: a smooth maximum, `log(sum(exp(x)))`, over windows of any size.
//!
//! ```text
//! cargo run --release --example custom_monoid
//! ```

#[path = "common/picture.rs"]
mod picture;

use ndwindow::{Array, Monoid, PadMode, monoid, unfold};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

/// `log(sum(exp(x)))` without overflow: the largest element, and the sum of `exp(x - largest)`.
struct LogSumExp;

impl Monoid<f64> for LogSumExp {
    type Acc = (f64, f64);
    type Out = f64;

    fn identity(&self) -> (f64, f64) {
        (f64::MIN, 0.0)
    }

    fn lift(&self, x: f64) -> (f64, f64) {
        (x, 1.0)
    }

    fn combine(&self, a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
        let top = a.0.max(b.0);
        (top, a.1 * (a.0 - top).exp() + b.1 * (b.0 - top).exp())
    }

    fn lower(&self, a: (f64, f64)) -> f64 {
        a.0 + a.1.ln()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // Numbers whose exponentials no float holds: the windows' results do not mind.
    let x = [1000.0, 1001.0, 1002.0, -5.0, -5.0, -5.0];
    let y = unfold(0, 3, 1).windows(&x)?.reduce(&LogSumExp);
    println!("x                {x:?}");
    println!("log-sum-exp of 3 {:.3?}\n", y.as_slice());
    assert!((y.as_slice()[3] - (3f64.ln() - 5.0)).abs() < 1e-12);

    // The same in one expression, from closures: how far apart the elements of a window lie.
    let range = monoid(
        (f64::INFINITY, f64::NEG_INFINITY),
        |x: f64| (x, x),
        |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1)),
        |(low, high)| high - low,
    );
    println!("range of 3       {:?}\n", unfold(0, 3, 1).windows(&x)?.reduce(&range).as_slice());

    // Associativity is all the engine asks for, and the cost hardly grows with the window.
    let long: Vec<f64> = (0..1_000_000).map(|i| (f64::from(i) * 0.01).sin() * 50.0).collect();
    println!("a million elements:");
    println!("{:>8} {:>16} {:>16}", "window", "log-sum-exp, ms", "range, ms");
    for window in [3, 30, 300, 3000] {
        let windows = unfold(0, window, 1).windows(&long)?;
        let start = Instant::now();
        let smooth = windows.reduce(&LogSumExp);
        let smooth_time = start.elapsed();
        let start = Instant::now();
        let ranges = windows.reduce(&range);
        let range_time = start.elapsed();
        println!("{window:>8} {:>16.1} {:>16.1}", smooth_time.as_secs_f64() * 1e3, range_time.as_secs_f64() * 1e3);
        // The smooth maximum lies between the maximum and log(window) above it.
        for (smooth, max) in smooth.iter().zip(windows.max().iter()) {
            assert!(*smooth >= max - 1e-9 && *smooth <= max + (window as f64).ln() + 1e-9);
        }
        assert!(ranges.iter().all(|r| (0.0..=100.0).contains(r)));
    }

    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    let picture = lines()?;
    picture::write(&picture, out.join("custom_monoid.png"))?;
    println!(
        "\nwrote out/custom_monoid.png: a signal (gray), its maximum (blue) and its smooth maximum (orange) over 61 samples"
    );
    picture::shown(&picture, "custom_monoid", 2)
}

/// A signal, its maximum and its smooth maximum over the windows around each sample.
fn lines() -> ndwindow::Result<Array<u8>> {
    let (height, width) = (320, 960);
    let signal: Vec<f64> =
        (0..width).map(|i| f64::from(i as u32) * 0.05).map(|t| (2.0 * t.sin() + (5.3 * t).sin()) * 4.0).collect();
    let around = unfold(0, 61, 1).same().pad_mode(PadMode::Edge).windows(&signal)?;
    let (max, smooth) = (around.max(), around.reduce(&LogSumExp));
    let mut picture = picture::plain([height, width], [252, 252, 250]);
    for (line, color) in [(&signal[..], [150; 3]), (max.as_slice(), [0, 114, 178]), (smooth.as_slice(), [213, 94, 0])] {
        let at = |v: f64| (height as f64 * 0.62 - v * 9.0).clamp(0.0, height as f64 - 1.0) as usize;
        for x in 1..width {
            // From sample to sample, three pixels thick.
            let (from, to) = (at(line[x - 1]).min(at(line[x])), at(line[x - 1]).max(at(line[x])));
            for y in from.saturating_sub(1)..(to + 2).min(height) {
                picture::put(&mut picture, [y, x], color);
            }
        }
    }
    Ok(picture)
}
