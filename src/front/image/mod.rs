//! Pictures: patches for vision transformers.

mod patches;

pub use patches::{Channels, Patches, patchify, unpatchify};
