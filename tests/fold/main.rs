//! Folds of windows. One program: what they share is compiled and linked once.

mod layouts;
mod means;
mod merges;
