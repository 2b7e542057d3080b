//! Inputs every library can generate for itself: element `i` of the tensor called `name` is the `i`-th output of
//! splitmix64 (Steele, Lea and Flood 2014) seeded with the FNV-1a hash of the name. All values are exact; floats lie in [-1, 1).

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// FNV-1a, 64 bits.
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// An element made from 64 random bits.
pub(crate) trait Random: Sized {
    fn from_bits64(z: u64) -> Self;
}

impl Random for u8 {
    fn from_bits64(z: u64) -> Self {
        (z >> 56) as u8
    }
}

impl Random for u16 {
    fn from_bits64(z: u64) -> Self {
        (z >> 48) as u16
    }
}

impl Random for u32 {
    fn from_bits64(z: u64) -> Self {
        (z >> 32) as u32
    }
}

impl Random for f32 {
    fn from_bits64(z: u64) -> Self {
        (z >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    }
}

impl Random for f64 {
    fn from_bits64(z: u64) -> Self {
        (z >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// The first `len` elements of the tensor called `name`.
pub(crate) fn tensor<T: Random>(name: &str, len: usize) -> Vec<T> {
    let seed = seed(name);
    (1..=len as u64).map(|i| T::from_bits64(mix(seed.wrapping_add(i.wrapping_mul(GOLDEN))))).collect()
}

/// A signal in blocks of 64 to 1024 samples.
pub(crate) fn blocks(signal: &[f32]) -> impl Iterator<Item = &[f32]> {
    let (mut rest, mut random) = (signal, 1u32);
    core::iter::from_fn(move || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (block, later) = rest.split_at((64 + random as usize % 961).min(rest.len()));
        rest = later;
        (!block.is_empty()).then_some(block)
    })
}
