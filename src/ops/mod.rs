//! The verbs: gather, reduce, contract, fold.

mod contract;
mod coverage;
mod gather;
mod pieces;
mod windows;

pub use contract::PreparedConv;
pub use windows::Windows;
