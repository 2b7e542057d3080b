//! A window over a Zarr array by any number of processes: what the three verbs of the program are made of.
//!
//! | file | what it knows |
//! | --- | --- |
//! | `job` | what is asked: plan, verb, parts; as attributes of the output; the marks of finished parts |
//! | `store` | how a box of an array is read from whole chunks, and written as whole chunks |
//! | `shard` | which parts are this process's, by the command line or the launcher's variables |

pub mod job;
pub mod shard;
pub mod store;

/// Whatever went wrong, in one line.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
pub type Result<T> = std::result::Result<T, Error>;
