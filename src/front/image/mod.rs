//! Pictures: patches for vision transformers, sliding filters, morphology, overlapping tiles for everything large.

mod filters;
mod morphology;
mod non_flat;
mod patches;
mod tiles;
mod weighted;

pub use crate::ops::{Pixel, Raise};
pub use filters::Filter;
pub use morphology::Distance;
pub use non_flat::NonFlat;
pub use patches::{Channels, Patches, patchify, unpatchify};
pub use tiles::{Blender, Processing, Tile, TileOutput, Tiles, Tiling};
pub use weighted::WeightedFilter;
