//! One target a verb.

pub(crate) mod arg;
pub(crate) mod columns;
pub(crate) mod conv;
pub(crate) mod copy;
pub(crate) mod extreme;
pub(crate) mod filter;
pub(crate) mod fold;
pub(crate) mod frames;
pub(crate) mod gaps;
pub(crate) mod largest;
pub(crate) mod masked;
pub(crate) mod moments;
pub(crate) mod order;
pub(crate) mod parts;
pub(crate) mod plan;
pub(crate) mod pool;
pub(crate) mod reduce;
pub(crate) mod stft;
pub(crate) mod sum;
pub(crate) mod text;
pub(crate) mod tiles;
