//! The verbs: gather, reduce, contract, fold.

mod contract;
mod coverage;
mod gather;
mod pieces;
mod reduce;
mod windows;

pub use contract::PreparedConv;
pub use reduce::Rankable;
pub use windows::Windows;
