//! Audio: frames of a signal, window functions, streams, overlap-add and short-time spectra.
//!
//! The time axis is the last one everywhere; axes before it are channels, batches and so on. `size` and `hop` are
//! window and step of [`unfold`](crate::unfold) in this field's words.
//!
//! ```
//! use ndwindow::audio::{Edges, Framing, OverlapAdd, WindowFn};
//!
//! let signal: Vec<f32> = (0..1000).map(|i| (i as f32 * 0.05).sin()).collect();
//! let hann = WindowFn::Hann.periodic(400)?;
//! let frames = Framing::new(400, 100).windowed(&signal, &hann)?;          // [7, 400], each times Hann
//! let back = OverlapAdd::weighted(&hann, 100, Edges::Normalized)?.whole(&frames)?;
//! assert!(signal[1..].iter().zip(&back.as_slice()[1..]).all(|(a, b)| (a - b).abs() < 1e-5));
//! # Ok::<(), ndwindow::Error>(())
//! ```

mod frame_writer;
mod framer;
mod framing;
mod overlap;
mod overlap_add;
mod overlap_stream;
mod rows;
mod sample;
#[cfg(feature = "fft")]
mod stft;
mod window_fn;
mod windowed;

pub use frame_writer::FrameWriter;
pub use framer::{Frame, Framer};
pub use framing::{FramePlan, Framing, frames, interleaved};
pub use overlap::{check_cola, check_nola, overlap_sums};
pub use overlap_add::{Edges, OverlapAdd};
pub use overlap_stream::OverlapStream;
pub use sample::Sample;
#[cfg(feature = "fft")]
pub use stft::{Analysis, AnalysisStream, Complex, FftNum, Scale, Stft, Synthesis, SynthesisStream};
pub use window_fn::WindowFn;
