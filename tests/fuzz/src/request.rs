//! Requests of every kind on arrays of every layout.

use crate::check::{Wrong, is_wrong};
use crate::oracle::library::{self, MODES, TAILS};
use crate::oracle::memory::{Account, Twist, twist};
use crate::oracle::{Ask, Layout, Mode, Pads, Refusal};
use crate::source::Source;
use ndwindow::{Unfold, View};

/// Longest axes by rank, for requests that are answered in no time.
const LONGEST: [usize; 6] = [0, 24, 9, 6, 4, 3];

/// A request, and the array it is made to.
#[derive(Clone, Debug)]
pub struct Case {
    /// The shape in memory, before the array is looked at in another way.
    pub base: Vec<usize>,
    pub twists: Vec<Twist>,
    pub account: Account,
    pub axes: Vec<usize>,
    pub asks: Vec<Ask>,
    pub grid_first: bool,
    /// Which axes are named from the end.
    negative: Vec<bool>,
}

/// What a request may hold.
#[derive(Clone, Copy)]
pub struct Kind {
    pub base_dilation: bool,
    pub modes: bool,
    pub tails: bool,
    /// Cells that are looked at, at most.
    pub cells: usize,
}

pub const ALL: Kind = Kind { base_dilation: true, modes: true, tails: true, cells: 60_000 };

pub fn shape(s: &mut Source) -> Vec<usize> {
    if s.rarely(12) {
        return long_shape(s);
    }
    let rank = s.pick(&[1, 1, 2, 2, 2, 3, 3, 4, 5]);
    (0..rank).map(|_| length(s, LONGEST[rank])).collect()
}

/// One axis that long windows lie on.
fn long_shape(s: &mut Source) -> Vec<usize> {
    let long = s.from_to(20, 300);
    let beside = s.from_to(1, 5);
    match s.below(5) {
        0 | 1 => vec![long],
        2 => vec![long, beside],
        3 => vec![beside, long],
        _ => vec![1 + beside / 2, long, 1 + beside / 3],
    }
}

fn length(s: &mut Source, longest: usize) -> usize {
    match s.below(16) {
        0..=2 => 1,
        15 => 0,
        _ => s.from_to(1, longest),
    }
}

fn twists(s: &mut Source) -> Vec<Twist> {
    let number = s.pick(&[0, 0, 1, 1, 2, 3]);
    let one = |s: &mut Source| match s.below(7) {
        0 | 1 => Twist::Swap(s.below(5), s.below(5)),
        2 | 3 => Twist::Reverse(s.below(5)),
        4 | 5 => Twist::Thin(s.below(5)),
        _ => Twist::Repeat(s.below(5), s.from_to(1, 5)),
    };
    (0..number).map(|_| one(s)).collect()
}

/// Some axes of an array, in any order; seldom none.
pub fn axes(s: &mut Source, rank: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..rank).collect();
    let number = if s.rarely(40) { 0 } else { s.from_to(1, rank.min(3)) };
    (0..number).map(|_| all.remove(s.below(all.len()))).collect()
}

/// What is asked along an axis of `len` elements.
pub fn ask(s: &mut Source, len: usize, kind: Kind, named: Option<Pads>) -> Ask {
    let zero = |s: &mut Source| s.rarely(200);
    let long = len > 24 && s.flag();
    let window = match long {
        true => s.from_to(1, len + 4),
        false => s.from_to(1, 5),
    };
    let step = if s.rarely(6) { s.from_to(1, window + 4) } else { s.from_to(1, 3) };
    let mut ask = Ask::new(len, window as i128, step as i128);
    if s.rarely(3) {
        ask.dilation = s.from_to(1, 4) as i128;
    }
    if kind.base_dilation && s.rarely(4) {
        ask.base = s.from_to(1, 3) as i128;
    }
    if zero(s) {
        let number = s.below(if kind.base_dilation { 4 } else { 3 });
        *[&mut ask.window, &mut ask.step, &mut ask.dilation, &mut ask.base][number] = 0;
    }
    ask.pads = match named {
        Some(pads) => pads,
        None if s.flag() => {
            let pad = |s: &mut Source| match s.below(8) {
                0 => -(s.from_to(1, 3) as i128),
                1..=5 => s.from_to(0, 4) as i128,
                6 => s.from_to(0, (2 * len + 4).min(40)) as i128,
                _ => 0,
            };
            Pads::Numbers(pad(s), pad(s))
        }
        None => Pads::Numbers(0, 0),
    };
    if kind.modes && s.rarely(3) {
        ask.mode = s.pick(&MODES).1;
    }
    if kind.tails && s.flag() {
        ask.tail = s.pick(&TAILS).1;
    }
    ask
}

impl Case {
    pub fn decode(s: &mut Source, kind: Kind) -> Case {
        let base = shape(s);
        let twists = twists(s);
        let mut account = Account::new(&base);
        let nothing = vec![0u8; account.places.len()];
        let mut view = View::new(&nothing, &base[..]).expect("a shape of its own length");
        for &t in &twists {
            (view, account) = twist(view, account, t);
        }
        let axes = axes(s, account.shape.len());
        let named = match s.below(10) {
            7 => Some(Pads::Same),
            8 => Some(Pads::SameLower),
            9 => Some(Pads::Full),
            _ => None,
        };
        let asks = axes.iter().map(|&a| ask(s, account.shape[a], kind, named)).collect();
        let negative = axes.iter().map(|_| s.rarely(4)).collect();
        let case = Case { base, twists, account, axes, asks, grid_first: s.flag(), negative };
        s.say(|| case.told());
        case
    }

    /// The same request to an array that lies in one piece.
    pub fn plain(&self, elements: usize) -> Case {
        debug_assert_eq!(elements, self.account.places.len());
        let base = self.account.shape.clone();
        Case { account: Account::new(&base), base, twists: Vec::new(), ..self.clone() }
    }

    fn told(&self) -> String {
        let mut told = format!("array of {:?}", self.base);
        if !self.twists.is_empty() {
            told += &format!(", seen as {:?} by {:?}", self.account.shape, self.twists);
        }
        for (&a, ask) in self.axes.iter().zip(&self.asks) {
            told += &format!("\n    axis {a}: {ask:?}");
        }
        told + &format!("\n    grid first: {}", self.grid_first)
    }

    pub fn elements(&self) -> usize {
        self.base.iter().product()
    }

    pub fn shape(&self) -> &[usize] {
        &self.account.shape
    }

    /// The array over memory of [`elements`](Self::elements) elements.
    pub fn view<'a, T>(&self, memory: &'a [T]) -> View<'a, T> {
        let mut account = Account::new(&self.base);
        let mut view = View::new(memory, &self.base[..]).expect("as many elements as the shape has");
        for &t in &self.twists {
            (view, account) = twist(view, account, t);
        }
        view
    }

    pub fn request(&self) -> Unfold {
        let rank = self.shape().len() as isize;
        let named = |(k, &a): (usize, &usize)| a as isize - if self.negative[k] { rank } else { 0 };
        let axes: Vec<isize> = self.axes.iter().enumerate().map(named).collect();
        library::request(&axes, &self.asks, self.grid_first)
    }

    /// The request laid out cell by cell.
    pub fn lay(&self) -> Result<Layout, Refusal> {
        let right = |ask: &Ask| match ask.mode {
            Mode::Reflect if is_wrong(Wrong::Mirror) => Ask { mode: Mode::Symmetric, ..*ask },
            _ => *ask,
        };
        let lines = self.asks.iter().map(|ask| right(ask).lay()).collect::<Result<Vec<_>, _>>()?;
        Ok(Layout { shape: self.shape().to_vec(), axes: self.axes.clone(), lines })
    }
}

/// Cells of all windows, saturating.
pub fn cells(layout: &Layout) -> usize {
    let plain = layout.shape.iter().enumerate().filter(|(a, _)| !layout.axes.contains(a)).map(|(_, &n)| n);
    let unfolded = layout.lines.iter().map(|l| l.count().saturating_mul(l.window()));
    plain.chain(unfolded).fold(1, usize::saturating_mul)
}
