//! Windows some of whose elements do not count: against a plain search, by what peers gave, and by laws.

#[path = "../cells/mod.rs"]
mod cells;
mod laws;
mod oracle;
mod peers;
