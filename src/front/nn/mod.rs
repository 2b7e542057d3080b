//! Neural networks' words for windows: arrays `[N, C, spatial..]` or, without a batch, `[C, spatial..]`.

mod columns;
mod conv;
mod gradient;
mod pads;
mod pool;
mod quantized;
mod transpose;

pub use columns::Columns;
pub use conv::Conv;
pub use pool::{
    Average, Divisor, Indices, Pool, adaptive_avg_pool, adaptive_max_pool, global_avg_pool, global_max_pool,
};
pub use quantized::{Quantization, Quantized};
pub use transpose::ConvTranspose;
