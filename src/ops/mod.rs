//! The verbs: gather, reduce, contract, fold.

mod coverage;
mod gather;
mod pieces;
mod windows;

pub use windows::Windows;
