//! One target a verb.

pub(crate) mod copy;
pub(crate) mod largest;
pub(crate) mod plan;
pub(crate) mod sum;
