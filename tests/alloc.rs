//! Requests, plans, views and walks over them allocate nothing up to rank 6.

mod counting;

use counting::allocations;
use ndwindow::{Tail, View, unfold};

#[test]
fn a_view_of_windows_is_built_without_allocating() {
    let x = vec![0f32; 2 * 3 * 20 * 30];
    let source = View::new(&x, [2, 3, 20, 30]).unwrap();
    let mut rank = 0;
    let count = allocations(|| rank = unfold([2, 3], [3, 5], 1).windows(&source).unwrap().view().unwrap().rank());
    assert_eq!((count, rank), (0, 6));
    let count = allocations(|| rank = unfold(-1, 7, 2).dilation(2).windows(&source).unwrap().view().unwrap().rank());
    assert_eq!((count, rank), (0, 5));
    let count =
        allocations(|| rank = unfold([2, 3], 4, 4).grid_first().windows(&source).unwrap().view().unwrap().rank());
    assert_eq!((count, rank), (0, 6));
}

#[test]
fn a_plan_with_borders_is_made_without_allocating() {
    let count = allocations(|| {
        let plan = unfold([2, 3], 3, 2).pad(1).tail(Tail::Partial).plan([2, 3, 20, 30]).unwrap();
        assert_eq!((plan.shape(), plan.is_strided()), (&[2, 3, 11, 16, 3, 3][..], false));
    });
    assert_eq!(count, 0);
}

#[test]
fn windows_are_walked_without_allocating() {
    let x: Vec<u32> = (0..3 * 20 * 30).collect();
    let windows = unfold([1, 2], 4, 2).windows(View::new(&x, [3, 20, 30]).unwrap()).unwrap().view().unwrap();
    let (mut seen, mut sum) = (0, 0u64);
    let count = allocations(|| {
        for window in windows.outer_iter(3) {
            seen += 1;
            sum += u64::from(window[[0, 0]]) + window.iter().map(|&x| u64::from(x)).sum::<u64>();
        }
    });
    assert_eq!((count, seen), (0, 3 * 9 * 14));
    assert!(sum > 0);
}

#[test]
fn windows_are_mapped_with_one_buffer() {
    let x: Vec<u32> = (0..600).collect();
    let mut out = vec![0; 600];
    let mut mapped = |request: ndwindow::Unfold| {
        let windows = request.windows(View::new(&x, [20, 30]).unwrap()).unwrap();
        let out = &mut out[..windows.plan().len()];
        allocations(|| windows.map_into(out, 1, |window, row| row[0] = window.iter().sum()).unwrap())
    };
    assert_eq!(mapped(unfold([0, 1], [2, 30], 1)), 1); // asks once whether a window could be copied
    assert_eq!(mapped(unfold([0, 1], 3, 1).pad(1)), 2);
    let windows = unfold(0, 7, 2).windows(&x).unwrap();
    let count = allocations(|| windows.map_into(&mut out[..297], 1, |window, row| row[0] = window[6]).unwrap());
    assert_eq!((count, out[1]), (0, 8));
}

#[test]
fn views_of_views_are_built_without_allocating() {
    let x = vec![0u8; 2 * 3 * 4 * 5 * 6];
    let view = View::new(&x, [2, 3, 4, 5, 6]).unwrap();
    let count = allocations(|| {
        let turned = view.permute(&[4, 0, 3, 1, 2]).unwrap();
        let cut = turned.slice(0, 5, -2, 3).unwrap().index_axis(1, 1).unwrap();
        assert_eq!(cut.shape(), [3, 5, 3, 4]);
    });
    assert_eq!(count, 0);
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(vec![1u8; 10])), 1);
}
