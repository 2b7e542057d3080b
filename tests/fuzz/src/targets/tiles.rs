//! Tiles cut and blended, patches split and joined.

use crate::check::{Done, Verdict, answered, close_by, refused, same, same_array};
use crate::oracle::{Ask, Tail};
use crate::request::{Case, Kind, cells};
use crate::source::Source;
use crate::value::values;
use ndwindow::Tail as Ends;
use ndwindow::image::{Channels, Patches, Tiles};

const KIND: Kind = Kind { base_dilation: false, modes: false, tails: false, cells: 30_000 };
const TAILS: [(Ends, Tail); 4] = crate::oracle::library::TAILS;

pub(crate) fn run(s: &mut Source) -> Verdict {
    if s.flag() { tiles(s) } else { patches(s) }
}

fn tiles(s: &mut Source) -> Verdict {
    let mut case = Case::decode(s, KIND);
    if case.axes.is_empty() {
        return Ok(Done::PassedOver);
    }
    let tail = s.pick(&TAILS);
    let numbers: Vec<(usize, usize)> = case.axes.iter().map(|_| (s.from_to(1, 6), s.below(7))).collect();
    let sizes: Vec<usize> = numbers.iter().map(|n| n.0).collect();
    let overlaps: Vec<usize> = numbers.iter().map(|n| n.1).collect();
    s.say(|| format!("tiles {sizes:?} overlapping {overlaps:?} on {:?}, {:?}", case.axes, tail.1));
    let axes: Vec<isize> = case.axes.iter().map(|&a| a as isize).collect();
    let found = Tiles::new(&axes[..], &sizes[..], &overlaps[..]).tail(tail.0).on(case.shape());
    if numbers.iter().any(|&(size, overlap)| overlap >= size) {
        return refused("tiles", found.map(|_| ()), "an overlap that is not below the size");
    }
    case.asks = (0..sizes.len())
        .map(|k| {
            let step = (sizes[k] - overlaps[k]) as i128;
            Ask { tail: tail.1, ..Ask::new(case.account.shape[case.axes[k]], sizes[k] as i128, step) }
        })
        .collect();
    case.grid_first = true;
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => return refused("tiles", found.map(|_| ()), &format!("{why:?}")),
    };
    // Nothing may be left out where there is something to leave out.
    let bare = layout.lines.iter().any(|l| l.coverage().contains(&0)) && !layout.shape.contains(&0);
    if bare {
        return refused("tiles", found.map(|_| ()), "an element without a tile");
    }
    if layout.shape.contains(&0) || cells(&layout) > KIND.cells {
        return Ok(Done::PassedOver);
    }
    let tiling = answered("tiles", found)?;
    let mut data = values::<f64>(s, case.elements());
    data.iter_mut().filter(|x| x.is_nan() || x.abs() > 1e10).for_each(|x| *x = 3.5);
    let view = case.view(&data);
    let elements = case.account.elements(&data);
    let order = layout.order(true);
    let shape = layout.out_shape(&order);
    let mut flat = vec![shape[..axes.len()].iter().product()];
    flat.extend(&shape[axes.len()..]);
    let cut = answered("cut", tiling.cut(&view))?;
    same_array("cut", &cut, &flat, &layout.copy(&order, &elements, 0.0))?;
    let back = answered("blend", tiling.blend(&cut))?;
    close_by("blend", back.as_slice(), &elements, |_, a, b| (a - b).abs() <= b.abs() * 1e-13 + 1e-300)?;
    let pasted = answered("merge", tiling.merge(&cut, ndwindow::Merge::last()))?;
    same("merge", pasted.as_slice(), &elements)?;
    Ok(Done::Same)
}

fn patches(s: &mut Source) -> Verdict {
    let mut case = Case::decode(s, KIND);
    let rank = case.shape().len();
    if rank < 3 {
        return Ok(Done::PassedOver);
    }
    let sizes = [s.from_to(1, 4), s.from_to(1, 4)];
    let [picture, vector] = [s.flag(), s.flag()].map(|first| if first { Channels::First } else { Channels::Last });
    let tail = s.pick(&[None, Some(TAILS[0]), Some(TAILS[1]), Some(TAILS[1])]);
    s.say(|| format!("patches {sizes:?}, {picture:?}, {vector:?}, {tail:?}"));
    let cut = Patches::new(sizes).picture(picture).vector(vector);
    let cut = tail.map_or(cut.clone(), |t| cut.tail(t.0));
    let first = if picture == Channels::Last { rank - 3 } else { rank - 2 };
    case.axes = vec![first, first + 1];
    let ends = tail.map_or(Tail::Drop, |t| t.1);
    case.asks = (0..2)
        .map(|k| Ask { tail: ends, ..Ask::new(case.account.shape[first + k], sizes[k] as i128, sizes[k] as i128) })
        .collect();
    let data = values::<i16>(s, case.elements());
    let view = case.view(&data);
    let found = cut.split(&view);
    let whole = (0..2).all(|k| case.shape()[first + k].is_multiple_of(sizes[k]));
    let layout = match case.lay() {
        Ok(layout) if tail.is_some() || whole => layout,
        Ok(_) => return refused("split", found, "a picture that is no whole number of patches"),
        Err(why) => return refused("split", found, &format!("{why:?}")),
    };
    if cells(&layout) > KIND.cells {
        return Ok(Done::PassedOver);
    }
    use crate::oracle::Out::{Grid, Plain, Window};
    let channel = Plain(if picture == Channels::Last { rank - 1 } else { rank - 3 });
    let mut order: Vec<_> = (0..rank - 3).map(Plain).chain([Grid(0), Grid(1)]).collect();
    match vector {
        Channels::Last => order.extend([Window(0), Window(1), channel]),
        Channels::First => order.extend([channel, Window(0), Window(1)]),
    }
    let shape = layout.out_shape(&order);
    let mut matrix = shape[..rank - 3].to_vec();
    matrix.push(shape[rank - 3] * shape[rank - 2]);
    matrix.push(shape[rank - 1..].iter().product());
    let elements = case.account.elements(&data);
    let split = answered("split", found)?;
    same_array("split", &split, &matrix, &layout.copy(&order, &elements, 0))?;
    let joined = answered("join", cut.join(&split, case.shape()))?;
    let covered: Vec<Vec<usize>> = layout.lines.iter().map(|l| l.coverage()).collect();
    let expected: Vec<i16> = crate::oracle::indices(case.shape())
        .iter()
        .zip(&elements)
        .map(|(at, &x)| if covered[0][at[first]] * covered[1][at[first + 1]] > 0 { x } else { 0 })
        .collect();
    same_array("join", &joined, case.shape(), &expected)?;
    Ok(Done::Same)
}
