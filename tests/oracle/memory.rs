//! Strided sources with an account of which element of memory stands where.

use super::{flat, indices};
use ndwindow::View;

/// A way to make another view of a view; numbers are taken modulo what is possible.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Twist {
    /// Swaps two axes.
    Swap(usize, usize),
    /// Reverses an axis.
    Reverse(usize),
    /// Every other position of an axis, from its second one.
    Thin(usize),
    /// The first position of an axis, repeated with stride 0.
    Repeat(usize, usize),
}

/// A view's shape, and for every index in row-major order the place in memory.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) shape: Vec<usize>,
    pub(crate) places: Vec<usize>,
}

impl Account {
    pub(crate) fn new(shape: &[usize]) -> Self {
        Account { shape: shape.to_vec(), places: (0..shape.iter().product()).collect() }
    }

    /// The account of a view of this one, whose index `i` is `old(i)` here.
    fn seen(&self, shape: Vec<usize>, old: impl Fn(&[usize]) -> Vec<usize>) -> Account {
        let places = indices(&shape).iter().map(|i| self.places[flat(&old(i), &self.shape)]).collect();
        Account { shape, places }
    }

    /// The elements in row-major order.
    pub(crate) fn elements<T: Copy>(&self, memory: &[T]) -> Vec<T> {
        self.places.iter().map(|&p| memory[p]).collect()
    }
}

/// Twists a view and its account alike.
pub(crate) fn twist<'a, T>(view: View<'a, T>, account: Account, twist: Twist) -> (View<'a, T>, Account) {
    let rank = account.shape.len();
    if rank == 0 {
        return (view, account);
    }
    let mut shape = account.shape.clone();
    match twist {
        Twist::Swap(a, b) => {
            let (a, b) = (a % rank, b % rank);
            let mut order: Vec<isize> = (0..rank as isize).collect();
            order.swap(a, b);
            shape.swap(a, b);
            let old = |i: &[usize]| {
                let mut i = i.to_vec();
                i.swap(a, b);
                i
            };
            (view.permute(&order).unwrap(), account.seen(shape, old))
        }
        Twist::Reverse(a) => {
            let a = a % rank;
            let n = shape[a];
            let old = |i: &[usize]| i.iter().enumerate().map(|(k, &x)| if k == a { n - 1 - x } else { x }).collect();
            (view.slice(a as isize, n.saturating_sub(1), -1, n).unwrap(), account.seen(shape, old))
        }
        Twist::Thin(a) => {
            let a = a % rank;
            let n = shape[a] / 2;
            shape[a] = n;
            let old = |i: &[usize]| i.iter().enumerate().map(|(k, &x)| if k == a { 2 * x + 1 } else { x }).collect();
            let from = usize::from(account.shape[a] > 0);
            (view.slice(a as isize, from, 2, n).unwrap(), account.seen(shape, old))
        }
        Twist::Repeat(a, n) => {
            let a = a % rank;
            if shape[a] == 0 {
                return (view, account);
            }
            shape[a] = n;
            let old = |i: &[usize]| i.iter().enumerate().map(|(k, &x)| if k == a { 0 } else { x }).collect();
            let one = view.slice(a as isize, 0, 1, 1).unwrap();
            (one.broadcast(a as isize, n).unwrap(), account.seen(shape, old))
        }
    }
}
