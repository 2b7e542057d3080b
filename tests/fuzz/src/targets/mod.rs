//! One target a verb.

pub(crate) mod arg;
pub(crate) mod conv;
pub(crate) mod copy;
pub(crate) mod fold;
pub(crate) mod largest;
pub(crate) mod moments;
pub(crate) mod order;
pub(crate) mod plan;
pub(crate) mod reduce;
pub(crate) mod sum;
