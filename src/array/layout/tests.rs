//! What the doors of mutable views rely on, held against sets of offsets: every small layout there is.

use super::*;
use std::collections::BTreeSet;
use std::vec::Vec;

/// Sides that leave out nothing: empty, single, and longer axes; steps back, on the spot and forth.
const COUNTS: usize = if cfg!(miri) { 2 } else { 4 };
const STEPS: isize = if cfg!(miri) { 2 } else { 5 };

fn all(axes: usize) -> Vec<Picked> {
    let steps = move |axis| (-STEPS..=STEPS).map(move |step| (axis, step));
    (0..axes)
        .flat_map(steps)
        .flat_map(|(axis, step)| (0..=COUNTS).map(move |count| Picked { axis, step, count }))
        .collect()
}

/// Whether two indices of the picked axes are the same index of the old ones, by making all of them.
fn collide(old: usize, picked: &[Picked]) -> bool {
    let mut places: Vec<Vec<isize>> = [vec![0; old]].to_vec();
    for p in picked {
        places = places
            .iter()
            .flat_map(|place| {
                (0..p.count as isize).map(move |i| {
                    let mut place = place.clone();
                    place[p.axis] += i * p.step;
                    place
                })
            })
            .collect();
    }
    let seen: BTreeSet<&Vec<isize>> = places.iter().collect();
    seen.len() < places.len()
}

#[test]
fn two_axes_meet_exactly_where_they_do() {
    // Longer than elsewhere: a move along one that some moves along the other undo takes as many steps as their lengths.
    let (counts, steps) = if cfg!(miri) { (2..=3, 0..=3) } else { (2..=9, 0..=9) };
    for (m, n) in counts.clone().flat_map(|m| counts.clone().map(move |n| (m, n))) {
        for (s, t) in steps.clone().flat_map(|s| steps.clone().map(move |t| (s, t))) {
            for (s, t) in [(s, t), (-s, t), (s, -t), (-s, -t)] {
                let (p, q) = (Picked { axis: 0, step: s, count: m }, Picked { axis: 0, step: t, count: n });
                let sums: BTreeSet<isize> =
                    (0..m as isize).flat_map(|i| (0..n as isize).map(move |j| i * s + j * t)).collect();
                assert_eq!(meet(p, q), sums.len() < m * n, "{p:?} {q:?}");
            }
        }
    }
    // Steps at the ends of their type.
    let ends = |step, count| Picked { axis: 0, step, count };
    assert!(!meet(ends(isize::MIN, 2), ends(isize::MAX, 2)) && meet(ends(isize::MIN, 2), ends(isize::MIN, 2)));
    // Three moves by 2^63 are 2^63 moves by 3.
    assert!(!meet(ends(isize::MIN, 3), ends(3, usize::MAX)) && meet(ends(isize::MIN, 4), ends(3, usize::MAX)));
    assert!(meet(ends(isize::MAX, 8), ends(7, usize::MAX)));
}

#[test]
fn distinct_axes_are_distinct() {
    let mut exact = 0;
    let mut check = |old: usize, picked: &[Picked]| {
        let claimed = distinct(old, picked.len(), |k| picked[k]);
        let collides = collide(old, picked);
        // Whatever was claimed is so.
        assert!(!claimed || !collides, "{picked:?} of {old} axes: claimed distinct");
        // And nothing is refused without need where no axis is empty and at most two run along each.
        let along = |a| picked.iter().filter(|p| p.axis == a && p.count > 1).count();
        if picked.iter().all(|p| p.count > 0) && (0..old).all(|a| along(a) <= 2) {
            assert_eq!(claimed, !collides, "{picked:?} of {old} axes: refused");
            exact += 1;
        }
    };
    check(0, &[]);
    check(2, &[]);
    let (one, two) = (all(1), all(2));
    one.iter().for_each(|&p| check(1, &[p]));
    two.iter().flat_map(|&p| two.iter().map(move |&q| [p, q])).for_each(|picked| check(2, &picked));
    // Three: two along one axis and one along another, and three along one.
    let few: Vec<Picked> = two.into_iter().filter(|p| p.step.abs() <= 2 && p.count <= 3).collect();
    for (&p, &q) in few.iter().flat_map(|p| few.iter().map(move |q| (p, q))) {
        few.iter().for_each(|&r| check(2, &[p, q, r]));
    }
    assert!(exact > 1000, "{exact}");
}

/// The offsets of a layout, each index once.
fn offsets(shape: &[usize], strides: &[isize]) -> Vec<isize> {
    let mut offsets = [0].to_vec();
    for (&n, &s) in shape.iter().zip(strides) {
        offsets = offsets.iter().flat_map(|o| (0..n as isize).map(move |i| o + i * s)).collect();
    }
    offsets
}

/// Whether each stride, from the shortest on, passes the whole extent of those before it.
fn nested(shape: &[usize], strides: &[isize]) -> bool {
    let mut axes: Vec<(usize, usize)> =
        shape.iter().zip(strides).filter(|a| *a.0 > 1).map(|(&n, s)| (s.unsigned_abs(), n)).collect();
    axes.sort_unstable();
    (0..axes.len()).all(|k| axes[k].0 > axes[..k].iter().map(|(s, n)| s * (n - 1)).sum())
}

#[test]
fn layouts_that_are_not_refused_reach_nothing_twice() {
    let mut given = 0;
    let mut check = |shape: &[usize], strides: &[isize]| {
        let offsets = offsets(shape, strides);
        let seen: BTreeSet<isize> = offsets.iter().copied().collect();
        let refused = overlapping_axis(shape, strides);
        assert!(refused.is_some() || seen.len() == offsets.len(), "{shape:?} by {strides:?}: reaches one twice");
        // Refused is what is not nested, and nothing else; what is named can be moved along.
        assert_eq!(refused.is_none(), shape.contains(&0) || nested(shape, strides), "{shape:?} by {strides:?}");
        assert!(refused.is_none_or(|axis| shape[axis] > 1));
        given += usize::from(refused.is_none());
    };
    let (n, s) = if cfg!(miri) { (2, 2) } else { (3, 7) };
    check(&[], &[]);
    for a in 0..=n {
        (-s..=s).for_each(|x| check(&[a], &[x]));
        for b in 0..=n {
            (-s..=s).flat_map(|x| (-s..=s).map(move |y| [x, y])).for_each(|t| check(&[a, b], &t));
            for c in 0..=n {
                let three = (-s..=s).flat_map(|x| (-s..=s).flat_map(move |y| (-s..=s).map(move |z| [x, y, z])));
                three.for_each(|t| check(&[a, b, c], &t));
            }
        }
    }
    assert!(given > 100, "{given}");
}
