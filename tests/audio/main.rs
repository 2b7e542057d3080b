//! Frames, overlap-add, spectra and their streams. One program: what they share is compiled and linked once.

#[path = "../counting/mod.rs"]
mod counting;

mod extremes;
mod framer;
mod frames;
mod overlap;
mod stft;
mod streams;
