//! `im2col` and `col2im`.

use crate::check::{Done, Verdict, answered, refused, same_array};
use crate::oracle::{Ask, Out, Pads};
use crate::request::{Case, Kind, cells};
use crate::source::Source;
use crate::strew::Strewn;
use crate::value::values;
use ndwindow::nn::Columns;

const KIND: Kind = Kind { base_dilation: false, modes: false, tails: false, cells: 30_000 };

pub(crate) fn run(s: &mut Source) -> Verdict {
    let mut case = Case::decode(s, KIND);
    let rank = case.shape().len();
    let (batch, last) = (s.flag() && rank > 2, s.flag());
    let spatial = rank - 1 - usize::from(batch);
    if spatial == 0 || spatial > 3 {
        return Ok(Done::PassedOver);
    }
    let first = usize::from(batch) + usize::from(!last);
    case.axes = (first..first + spatial).collect();
    case.asks = case
        .axes
        .iter()
        .map(|&a| crate::request::ask(s, case.account.shape[a], KIND, None))
        .map(|a| Ask { base: if a.base == 0 { 1 } else { a.base }, ..a })
        .collect();
    s.say(|| format!("batch {batch}, channels last {last}, {:?}", case.asks));
    let each = |f: fn(&Ask) -> i128| case.asks.iter().map(|a| f(a) as usize).collect::<Vec<_>>();
    let pads = case.asks.iter().map(|a| match a.pads {
        Pads::Numbers(before, after) => (before as isize, after as isize),
        _ => (0, 0),
    });
    let columns = Columns::new(each(|a| a.window)).step(each(|a| a.step)).dilation(each(|a| a.dilation));
    let columns = columns.pad(pads.collect::<Vec<_>>());
    let columns = if last { columns.channels_last() } else { columns };
    let data = values::<i64>(s, case.elements());
    let view = case.view(&data);
    let found = columns.im2col(&view);
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => return refused("im2col", found, &format!("{why:?}")),
    };
    if cells(&layout) > KIND.cells {
        return Ok(Done::PassedOver);
    }
    let (grid, window) = ((0..spatial).map(Out::Grid), (0..spatial).map(Out::Window));
    let channel = Out::Plain(if last { rank - 1 } else { first - 1 });
    let mut order: Vec<Out> = if batch { vec![Out::Plain(0)] } else { Vec::new() };
    match last {
        true => order.extend(grid.chain(window).chain([channel])),
        false => order.extend([channel].into_iter().chain(window).chain(grid)),
    }
    let shape = layout.out_shape(&order);
    let lead = usize::from(batch);
    let split = lead + spatial + usize::from(!last);
    let mut matrix = shape[..lead].to_vec();
    matrix.push(shape[lead..split].iter().product());
    matrix.push(shape[split..].iter().product());
    let expected = layout.copy(&order, &case.account.elements(&data), 0);
    same_array("im2col", &answered("im2col", found)?, &matrix, &expected)?;
    // The way back: every cell to the element it was read from.
    let names: Vec<usize> = (1..=case.account.places.len()).collect();
    let read = layout.copy(&order, &names, 0);
    let cells = values::<u16>(s, expected.len()).iter().map(|&x| i64::from(x)).collect::<Vec<_>>();
    let mut back = vec![0; names.len()];
    read.iter().zip(&cells).filter(|(r, _)| **r > 0).for_each(|(&r, &c)| back[r - 1] += c);
    let strewn = Strewn::new(s, &matrix, &cells, -1);
    let lengths: Vec<usize> = case.axes.iter().map(|&a| case.shape()[a]).collect();
    let found = columns.col2im(strewn.view(), &lengths[..]);
    same_array("col2im", &answered("col2im", found)?, case.shape(), &back)?;
    Ok(Done::Same)
}
