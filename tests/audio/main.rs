//! Frames, overlap-add, spectra and their streams. One program: what they share is compiled and linked once.

#[path = "../counting/mod.rs"]
mod counting;
#[path = "../refused/mod.rs"]
mod refused;

mod extremes;
mod framer;
mod frames;
mod overlap;
mod stft;
mod streams;

/// Numbers between -1 and 1, by xorshift.
fn noise(n: usize, seed: u64) -> Vec<f64> {
    let mut s = seed.wrapping_mul(2654435761).wrapping_add(88172645463325252);
    (0..n)
        .map(|_| {
            s ^= s << 13;
            s ^= s >> 7;
            s ^= s << 17;
            (s >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        })
        .collect()
}
