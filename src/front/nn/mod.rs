//! Neural networks' words for windows: arrays `[N, C, spatial..]` or, without a batch, `[C, spatial..]`.

mod conv;
mod gradient;
mod quantized;
mod transpose;

pub use conv::Conv;
pub use quantized::{Quantization, Quantized};
pub use transpose::ConvTranspose;
