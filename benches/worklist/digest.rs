//! A digest of an output that other libraries can compute too: an order-sensitive exact hash for copies, sums and a few
//! sampled elements for results that round.

use serde_json::{Value, json};

/// An element of an output.
pub(crate) trait Word: Copy + Default + Send + Sync + std::fmt::Debug + 'static {
    /// The bit pattern as a number.
    fn word(self) -> u64;
    /// The value.
    fn real(self) -> f64;
}

macro_rules! words {
    ($($t:ty: $word:expr;)*) => {$(
        impl Word for $t {
            fn word(self) -> u64 {
                let bits: fn($t) -> u64 = $word;
                bits(self)
            }
            fn real(self) -> f64 {
                self as f64
            }
        }
    )*};
}

words! {
    u8: |x| x.into();
    u16: |x| x.into();
    u32: |x| x.into();
    f32: |x| x.to_bits().into();
    f64: |x| x.to_bits();
}

/// `hash` is the sum of `word * (2i + 1)` modulo 2^64, `wsum` the sum of `x * (1 + i mod 1021)`, `sample` holds the
/// elements `i * (n - 1) / 15` for `i` from 0 to 15.
pub(crate) fn digest<T: Word>(out: &[T]) -> Value {
    let (mut hash, mut sum, mut abs_sum, mut wsum) = (0u64, 0.0, 0.0, 0.0);
    for (i, &x) in out.iter().enumerate() {
        hash = hash.wrapping_add(x.word().wrapping_mul(2 * i as u64 + 1));
        let x = x.real();
        sum += x;
        abs_sum += x.abs();
        wsum += x * (1 + i % 1021) as f64;
    }
    let sample: Vec<f64> = match out.len() {
        0 => Vec::new(),
        n => (0..16).map(|i| out[i * (n - 1) / 15].real()).collect(),
    };
    json!({"hash": format!("{hash:016x}"), "sum": sum, "abs_sum": abs_sum, "wsum": wsum, "sample": sample})
}
