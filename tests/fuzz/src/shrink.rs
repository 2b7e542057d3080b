//! A smaller input that fails in the same way.

use std::time::{Duration, Instant};

/// What tells one failure from another: all before its first number or bracket, and the place of a panic.
pub fn kind(failure: &str) -> String {
    let first = failure.lines().next().unwrap_or_default();
    match first.strip_prefix("panic at ") {
        Some(rest) => format!("panic at {}", rest.split(": ").next().unwrap_or_default()),
        None => first.split(|c: char| c == ':' || c.is_ascii_digit()).next().unwrap_or_default().to_string(),
    }
}

/// Shortens and zeroes bytes for as long as the input fails alike, for a second or two.
pub fn shrink(input: &[u8], failure: &str, run: impl Fn(&[u8]) -> Result<(), String>) -> Vec<u8> {
    let wanted = kind(failure);
    let until = Instant::now() + Duration::from_secs(2);
    let fails = |bytes: &[u8]| run(bytes).is_err_and(|f| kind(&f) == wanted);
    let mut best = input.to_vec();
    let mut smaller = true;
    while smaller && Instant::now() < until {
        smaller = false;
        let mut attempt = |candidate: Vec<u8>, best: &mut Vec<u8>| {
            let less = (candidate.len(), sum(&candidate)) < (best.len(), sum(best));
            if less && Instant::now() < until && fails(&candidate) {
                *best = candidate;
                smaller = true;
            }
        };
        for keep in [best.len() / 2, best.len().saturating_sub(1)] {
            if keep < best.len() {
                attempt(best[..keep].to_vec(), &mut best);
            }
        }
        for i in 0..best.len() {
            for value in [0, best.get(i).map_or(0, |b| b / 2), best.get(i).map_or(0, |b| b.saturating_sub(1))] {
                if i < best.len() {
                    let mut candidate = best.clone();
                    candidate[i] = value;
                    attempt(candidate, &mut best);
                }
            }
        }
    }
    best
}

fn sum(bytes: &[u8]) -> usize {
    bytes.iter().map(|&b| b as usize).sum()
}
