//! Parts of a plan over nothing but what they read, against the whole: to the bit, floats too.

use super::largest::laid;
use crate::check::{Done, Verdict, answered, same_array};
use crate::oracle::{flat, indices};
use crate::request::{ALL, Case};
use crate::source::Source;
use crate::value::{Value, values};
use ndwindow::{Array, Error, Number, Windows};
use std::ops::Range;

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.below(4) {
        0 => of::<u8>(s),
        1 => of::<f64>(s),
        _ => of::<f32>(s),
    }
}

/// A box of an array of this shape.
fn cut<T: Clone>(shape: &[usize], elements: &[T], ranges: &[Range<usize>]) -> (Vec<usize>, Vec<T>) {
    let lens: Vec<usize> = ranges.iter().map(Range::len).collect();
    let at = |index: &Vec<usize>| index.iter().zip(ranges).map(|(i, r)| r.start + i).collect::<Vec<_>>();
    let cells = indices(&lens).iter().map(|index| elements[flat(&at(index), shape)].clone()).collect();
    (lens, cells)
}

fn of<T: Value + Number>(s: &mut Source) -> Verdict
where
    T::Wide: Value,
    T::Mean: Value,
    T::Middle: Value,
{
    let case = Case::decode(s, ALL);
    let data = values::<T>(s, case.elements());
    let (windows, layout, fill) = match laid(s, &case, &data)? {
        Ok(laid) => laid,
        Err(done) => return Ok(done),
    };
    let reduced = layout.reduced();
    if reduced.contains(&0) {
        return Ok(Done::PassedOver);
    }
    let mut ranges = Vec::new();
    for &n in &reduced {
        let start = s.below(n);
        ranges.push(start..s.from_to(start + 1, n));
    }
    s.say(|| format!("part {ranges:?}"));
    let part = answered("part", windows.plan().part(&ranges))?;
    let (lens, piece) = cut(&layout.shape, &case.account.elements(&data), part.read());
    let piece = Array::new(piece, &lens[..]).map_err(|e| e.to_string())?;
    let mut here = answered("windows of a part", part.windows(&piece))?;
    if let Some(fill) = fill {
        here = here.fill(fill);
    }
    let both = Both { whole: &windows, here: &here, ranges: &ranges };
    both.compare("max", |w| Ok(w.max()))?;
    both.compare("sum", |w| Ok(w.sum()))?;
    both.compare("mean", |w| Ok(w.mean()))?;
    both.compare("median", |w| w.median())?;
    Ok(Done::Same)
}

struct Both<'w, 'a, 'b, T> {
    whole: &'w Windows<'a, T>,
    here: &'w Windows<'b, T>,
    ranges: &'w [Range<usize>],
}

impl<T: Number> Both<'_, '_, '_, T> {
    fn compare<R: Value>(
        &self,
        what: &str,
        verb: impl Fn(&Windows<'_, T>) -> Result<Array<R>, Error>,
    ) -> Result<(), String> {
        // What the whole refuses, a part may have: the windows that are refused may lie elsewhere.
        let Ok(whole) = verb(self.whole) else { return Ok(()) };
        let (shape, expected) = cut(whole.shape(), whole.as_slice(), self.ranges);
        same_array(what, &answered(what, verb(self.here))?, &shape, &expected)
    }
}
