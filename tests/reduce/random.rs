//! Random requests: ranks 1 to 5, any axes, any strides.

use crate::checks::{check, values};
use crate::oracle::Axis;
use ndwindow::{PadMode, Tail, View};
use proptest::prelude::*;

fn axis(rank: usize) -> impl Strategy<Value = Axis> {
    let modes = prop::sample::select(vec![
        PadMode::Empty,
        PadMode::Empty,
        PadMode::Edge,
        PadMode::Reflect,
        PadMode::Symmetric,
        PadMode::Wrap,
    ]);
    let tails = prop::sample::select(vec![Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread]);
    let window = prop_oneof![4 => 1usize..5, 1 => 5usize..14];
    (0..rank, window, 1usize..5, 1usize..4, 1usize..3, (-1isize..5, -1isize..5), modes, tails).prop_map(
        |(axis, window, step, dilation, base, pads, mode, tail)| Axis {
            axis,
            window,
            step,
            dilation,
            base,
            pads,
            mode,
            tail,
        },
    )
}

/// A shape, which axes run backwards or stand still, and an order of them.
fn layout() -> impl Strategy<Value = (Vec<usize>, Vec<i8>, Vec<usize>)> {
    (1usize..=5).prop_flat_map(|rank| {
        let most = [60usize, 14, 9, 6, 5][rank - 1];
        let order: Vec<usize> = (0..rank).collect();
        (
            prop::collection::vec(1..=most, rank),
            prop::collection::vec(prop::sample::select(vec![1, 1, 1, -1, 0]), rank),
            Just(order).prop_shuffle(),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_request((shape, signs, order) in layout(), picks in prop::collection::vec(axis(5), 1..4), fill in prop::option::of(0u32..9)) {
        let rank = shape.len();
        // Strides of the shuffled order, some negated, some zero.
        let mut strides = vec![0isize; rank];
        let (mut stride, mut offset) = (1isize, 0isize);
        for &a in order.iter().rev() {
            strides[a] = stride * isize::from(signs[a]);
            if signs[a] < 0 {
                offset += stride * (shape[a] as isize - 1);
            }
            if signs[a] != 0 {
                stride *= shape[a] as isize;
            }
        }
        let x = values(stride as usize);
        let view = View::with_strides(&x, &shape, &strides, offset as usize).unwrap();
        let mut axes: Vec<Axis> = Vec::new();
        for mut a in picks {
            a.axis %= rank;
            if axes.iter().all(|b| b.axis != a.axis) {
                axes.push(a);
            }
        }
        check(&view, &axes, fill);
    }
}
