//! Elements that do not count: NaNs that are skipped, and what a mask leaves out.
//!
//! An element that does not count is lifted to what changes nothing ([`sift`]), so all loops and the order of all additions are those
//! of other reductions. How many do count is a reduction of its own ([`tally`]), in the narrowest integers; results are
//! lowered with those numbers instead of the cells that windows hold ([`run`]). Means are first taken as if all counted ([`whole`]). What does not
//! read rows (order statistics under a mask, windows of far more cells than elements) sees elements beside whether they count ([`joint`]).

mod arg;
mod built_in;
mod joint;
mod methods;
mod optional;
mod run;
mod sift;
mod tallies;
mod tally;
mod turned;
mod whole;
mod windows;

pub use windows::ValidWindows;
