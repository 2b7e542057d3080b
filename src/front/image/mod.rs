//! Pictures: patches for vision transformers, sliding filters, morphology.

mod filters;
mod morphology;
mod patches;

pub use filters::Filter;
pub use morphology::Distance;
pub use patches::{Channels, Patches, patchify, unpatchify};
