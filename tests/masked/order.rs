//! The order in which floats under a mask are added, as `docs/semantics.md` states it, one window at a time.

use super::cells::{Asked, indices};
use super::checks::both;
use ndwindow::{Mask, View};

/// The cells of a window that count, as the stated order cuts them: each box as its first cell (the last axis in cells of its
/// phase), its size and its phase.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
struct Cuboid {
    from: Vec<usize>,
    size: Vec<usize>,
    phase: usize,
}

/// The axes of the request in the array's order, each with window, step and dilation.
fn sorted(asked: &Asked, starts: impl Fn(usize) -> Vec<i128>) -> Vec<(usize, usize, usize, usize)> {
    let mut axes: Vec<(usize, usize, usize, usize)> = Vec::new();
    for (k, a) in asked.0.iter().enumerate() {
        let starts = starts(k);
        let apart: Vec<i128> = starts.windows(2).map(|w| w[1] - w[0]).collect();
        let even = apart.iter().all(|d| *d == apart[0]);
        let step = match a.tail {
            // A line with one window has the step asked for, one with even starts theirs; spread ones that are not count as 1.
            _ if apart.is_empty() => a.step,
            _ if even => apart[0] as usize,
            ndwindow::Tail::Spread => 1,
            _ => a.step,
        };
        axes.push((a.axis, a.window, step, a.dilation));
    }
    axes.sort_unstable();
    axes
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn cuboids(counts: &dyn Fn(&[usize]) -> bool, axes: &[(usize, usize, usize, usize)]) -> (Vec<Cuboid>, usize) {
    let last = axes.len() - 1;
    let (_, window, step, dilation) = axes[last];
    let phases = (step / gcd(step, dilation)).min(window);
    let sizes: Vec<usize> = axes.iter().map(|a| a.1).collect();
    let mut out: Vec<Cuboid> = Vec::new();
    for row in indices(&sizes[..last]) {
        for phase in 0..phases {
            let mut length = 0;
            let cells: Vec<usize> = (phase..window).step_by(phases).collect();
            for k in 0..=cells.len() {
                let here = k < cells.len() && counts(&[&row[..], &[cells[k]]].concat());
                if here {
                    length += 1;
                } else if length > 0 {
                    let mut size = vec![1; last];
                    size.push(length);
                    out.push(Cuboid { from: [&row[..], &[k - length]].concat(), size, phase });
                    length = 0;
                }
            }
        }
    }
    for axis in (0..last).rev().filter(|&a| axes[a].2 == 1) {
        // The tallest stacks first found from above; how often each comes decides.
        out.sort_by(|a, b| a.from[axis].cmp(&b.from[axis]));
        let mut stacks: Vec<(Cuboid, usize)> = Vec::new();
        for cuboid in out {
            let goes_on = |(top, height): &&mut (Cuboid, usize)| {
                let mut next = top.clone();
                next.from[axis] += *height;
                next == cuboid
            };
            match stacks.iter_mut().find(goes_on) {
                Some((_, height)) => *height += 1,
                None => stacks.push((cuboid, 1)),
            }
        }
        let alike =
            |a: &(Cuboid, usize), b: &(Cuboid, usize)| a.0.size == b.0.size && a.0.phase == b.0.phase && a.1 == b.1;
        let times: Vec<usize> = stacks.iter().map(|s| stacks.iter().filter(|t| alike(s, t)).count()).collect();
        out = Vec::new();
        for ((mut cuboid, height), times) in stacks.into_iter().zip(times) {
            let made = height.ilog2() + height.count_ones() - 1;
            if 24 * (made as usize) < 10 * times * (height - 1) {
                cuboid.size[axis] = height;
                out.push(cuboid);
            } else {
                for k in 0..height {
                    let mut one = cuboid.clone();
                    one.from[axis] += k;
                    out.push(one);
                }
            }
        }
    }
    out.sort_by(|a, b| a.partial_cmp(b).unwrap());
    (out, phases)
}

/// T(n): the binary digits of n, the smallest first, each a balanced tree.
fn tree(values: &[f32]) -> f32 {
    let n = values.len();
    if n == 1 {
        return values[0];
    }
    let digit = 1 << n.ilog2();
    match n == digit {
        true => tree(&values[..n / 2]) + tree(&values[n / 2..]),
        false => tree(&values[..n - digit]) + tree(&values[n - digit..]),
    }
}

fn cuboid(c: &Cuboid, phases: usize, axis: usize, at: &mut Vec<usize>, cell: &dyn Fn(&[usize]) -> f32) -> f32 {
    if axis == c.from.len() {
        let mut index = at.clone();
        let last = index.len() - 1;
        index[last] = index[last] * phases + c.phase;
        return cell(&index);
    }
    let values: Vec<f32> = (0..c.size[axis])
        .map(|k| {
            at[axis] = c.from[axis] + k;
            cuboid(c, phases, axis + 1, at, cell)
        })
        .collect();
    tree(&values)
}

pub(crate) fn check(x: &View<'_, f32>, asked: &Asked, fill: Option<f32>, mask: &Mask) {
    let Some((windows, shape, held)) = both(x, asked, fill, mask) else { return };
    if mask.cells().iter().all(|&cell| cell) {
        return; // the order of windows without a mask
    }
    let plan = windows.windows().plan();
    let axes = sorted(asked, |k| (0..plan.axes()[k].count()).map(|i| plan.axes()[k].start(i) as i128).collect());
    // From the array's order to the request's.
    let place: Vec<usize> = asked.0.iter().map(|a| axes.iter().position(|b| b.0 == a.axis).unwrap()).collect();
    let request = |at: &[usize]| place.iter().map(|&k| at[k]).collect::<Vec<_>>();
    let (cut, phases) = cuboids(&|at| mask.cells()[&request(at)[..]], &axes);
    // Every cell's number among those that count, where the window holds it.
    let sums = windows.sum();
    for (k, index) in indices(&shape).enumerate() {
        let mut left = held[k].iter();
        let sizes: Vec<usize> = asked.0.iter().map(|a| a.window).collect();
        let mut cells = std::collections::HashMap::new();
        for cell in indices(&sizes).filter(|cell| mask.cells()[&cell[..]]) {
            let stands = |a: usize| plan.axes()[a].cell(index[asked.0[a].axis], cell[a]);
            let any = |what| (0..cell.len()).any(|a| stands(a) == what);
            if !any(ndwindow::Cell::Gap) && (!any(ndwindow::Cell::Pad) || fill.is_some()) {
                cells.insert(cell, left.next().unwrap().0);
            }
        }
        assert_eq!(left.next(), None);
        // What is not there adds nothing.
        let cell = |at: &[usize]| cells.get(&request(at)).copied().unwrap_or(-0.0);
        let mut sums_of_boxes: Vec<f32> =
            cut.iter().map(|c| cuboid(c, phases, 0, &mut vec![0; axes.len()], &cell)).collect();
        while sums_of_boxes.len() > 1 {
            sums_of_boxes = sums_of_boxes.chunks(8).map(tree).collect();
        }
        let want = sums_of_boxes.first().copied().unwrap_or(0.0) + 0.0;
        assert_eq!(
            sums.as_slice()[k].to_bits(),
            want.to_bits(),
            "window {index:?}: {} {want} {asked:?} {mask:?}",
            sums.as_slice()[k]
        );
    }
}
