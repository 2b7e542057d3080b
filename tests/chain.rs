//! Receptive fields against published ones, and boxes through several requests against a walk from element to element.
#![allow(clippy::single_range_in_vec_init)] // a box of one axis is one range

use ndwindow::{Cell, Chain, PadMode, Plan, Tail, Unfold, unfold};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A square window of both axes of `[H, W]`.
fn layer(window: usize, step: usize) -> Unfold {
    unfold(.., window, step)
}

fn same(window: usize, step: usize) -> Unfold {
    layer(window, step).same()
}

fn field(layers: &[Unfold], side: usize) -> (usize, usize, isize) {
    let chain = layers.iter().fold(Chain::new([side, side]).unwrap(), |chain, layer| chain.then(layer).unwrap());
    assert_eq!(chain.field()[0], chain.field()[1]);
    let field = chain.field()[0];
    (field.size, field.step, field.before)
}

/// Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks (Distill, 2019), table of networks.
#[test]
fn fields_of_known_networks() {
    let repeat = |layer: Unfold, times: usize| vec![layer; times];
    let vgg16: Vec<Unfold> =
        [2, 2, 3, 3, 3].iter().flat_map(|&n| [repeat(same(3, 1), n), vec![layer(2, 2)]].concat()).collect();
    assert_eq!(field(&vgg16, 224), (212, 32, 90));

    // Strides stand in the last unit of a block; its convolutions of 1 see no further.
    let block = |units: usize, step: usize| [repeat(same(3, 1), units - 1), vec![layer(3, step).pad(1)]].concat();
    let resnet50 = [vec![layer(7, 2).pad(3), same(3, 2)], block(3, 2), block(4, 2), block(6, 2), block(3, 1)].concat();
    assert_eq!(field(&resnet50, 224), (483, 32, 239));

    let alexnet =
        [vec![layer(11, 4), layer(3, 2), same(5, 1), layer(3, 2)], repeat(same(3, 1), 3), vec![layer(3, 2)]].concat();
    assert_eq!(field(&alexnet, 231), (195, 32, 64));

    let steps = [2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1];
    let mobilenet: Vec<Unfold> = steps.iter().map(|&step| same(3, step)).collect();
    assert_eq!(field(&mobilenet, 224), (315, 32, 126));
}

#[test]
fn dilated_layers_by_hand() {
    // 1 + 2 + 4 + 8 on both sides, as in a stack of doubling dilations.
    let layers: Vec<Unfold> = [1, 2, 4, 8].iter().map(|&d| layer(3, 1).dilation(d).pad(d as isize)).collect();
    assert_eq!(field(&layers, 100), (31, 1, 15));
    // A transposed convolution of 2 by 2: two results see one element.
    let chain = Chain::new([10]).unwrap().then(&unfold(0, 2, 1).base_dilation(2).pad(1)).unwrap();
    assert_eq!(chain.shape(), [20]);
    let field = chain.field()[0];
    assert_eq!((field.size, field.step, field.before, field.per_element), (2, 1, 1, 2));
}

/// The elements of the first axis that element `i` of the last one sees, walking cell by cell.
fn seen(plans: &[Plan], i: usize) -> BTreeSet<usize> {
    let mut elements = BTreeSet::from([i]);
    for plan in plans.iter().rev() {
        let axis = &plan.axes()[0];
        let read = elements.iter().flat_map(|&i| (0..axis.window()).map(move |j| axis.cell(i, j)));
        elements = read.filter_map(|cell| if let Cell::Element(e) = cell { Some(e) } else { None }).collect();
    }
    elements
}

proptest! {
    #[test]
    fn boxes_go_through_all_requests(
        layers in prop::collection::vec((1usize..6, 1usize..4, 1usize..3, 0isize..4, 0usize..3, 0usize..4), 1..4),
        len in 1usize..40,
    ) {
        let modes = [PadMode::Empty, PadMode::Edge, PadMode::Symmetric];
        let tails = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];
        let mut chain = Chain::new([len]).unwrap();
        for (window, step, dilation, pad, mode, tail) in layers {
            let layer = unfold(0, window, step).dilation(dilation).pad(pad).pad_mode(modes[mode]).tail(tails[tail]);
            match chain.clone().then(&layer) {
                Ok(longer) => chain = longer,
                Err(_) => return Ok(()),
            }
        }
        for i in 0..chain.shape()[0] {
            let expected = seen(chain.plans(), i);
            let read = chain.reads(&[i..i + 1]).unwrap()[0].clone();
            // A box of boxes holds all that is seen, and nothing beyond it where every box between is full.
            prop_assert!(expected.iter().all(|e| read.contains(e)));
            if chain.plans().iter().all(|p| p.axes()[0].dilation() == 1 && p.axes()[0].pad_mode() == PadMode::Empty) {
                let hull = expected.first().zip(expected.last()).map_or(0..0, |(&a, &b)| a..b + 1);
                prop_assert_eq!(read, hull);
            }
            for &e in &expected {
                prop_assert!(chain.touched(&[e..e + 1]).unwrap()[0].contains(&i));
            }
        }
    }
}
