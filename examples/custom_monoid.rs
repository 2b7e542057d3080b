//! A reduction no library ships, in a dozen lines: a smooth maximum, `log(sum(exp(x)))`, over windows of any size.
//!
//! ```text
//! cargo run --release --example custom_monoid
//! ```

use ndwindow::{Monoid, monoid, unfold};
use std::error::Error;
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
    Ok(())
}
