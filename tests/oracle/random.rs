//! Random ways to look at an array, for property tests.

use crate::oracle::memory::Twist;
use proptest::prelude::*;

pub(crate) fn twists() -> impl Strategy<Value = Vec<Twist>> {
    let twist = prop_oneof![
        (0usize..5, 0usize..5).prop_map(|(a, b)| Twist::Swap(a, b)),
        (0usize..5).prop_map(Twist::Reverse),
        (0usize..5).prop_map(Twist::Thin),
        (0usize..5, 1usize..5).prop_map(|(a, n)| Twist::Repeat(a, n)),
    ];
    proptest::collection::vec(twist, 0..4)
}
