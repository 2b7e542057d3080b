//! N-grams of several lengths, as slices.

use crate::error::Result;
use crate::spec::{AxisPlan, unfold};
use core::iter::repeat_n;

/// One n-gram: a slice of the sequence, with padding before and behind it where it reaches over an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gram<'a, T> {
    /// Padding before the items.
    pub before: usize,
    /// The items.
    pub items: &'a [T],
    /// Padding behind the items.
    pub after: usize,
}

impl<'a, T> Gram<'a, T> {
    /// The n of the n-gram.
    #[allow(clippy::len_without_is_empty)] // an n-gram has at least one item or pad
    pub fn len(&self) -> usize {
        // Of one that `ngrams` made it is a number; somebody else's may hold any.
        self.before.saturating_add(self.items.len()).saturating_add(self.after)
    }

    /// The n-gram with `start` and `end` in the place of padding.
    pub fn padded_with(&self, start: &'a T, end: &'a T) -> impl Iterator<Item = &'a T> + Clone {
        repeat_n(start, self.before).chain(self.items).chain(repeat_n(end, self.after))
    }
}

/// All n-grams of a sequence, of each of the given lengths in turn: `lengths[0]`-grams from the first to the last, then
/// `lengths[1]`-grams, and so on.
///
/// Without padding a sequence of `m` items has `m - n + 1` n-grams (none if it is shorter); `padded`, each item
/// stands in `n` of them, as in NLTK's `ngrams(.., pad_left=True, pad_right=True)`: `m + n - 1` in all, none for an empty
/// sequence. Nothing is copied: a padded n-gram says how much padding it has.
///
/// ```
/// use ndwindow::text::ngrams;
///
/// let words = ["to", "be", "or"];
/// let grams: Vec<_> = ngrams(&words, &[1, 2], false)?.map(|g| g.items).collect();
/// assert_eq!(grams, [&["to"][..], &["be"], &["or"], &["to", "be"], &["be", "or"]]);
///
/// let first = ngrams(&words, &[3], true)?.next().unwrap();
/// assert!(first.padded_with(&"<s>", &"</s>").eq(&["<s>", "<s>", "to"]));
/// # Ok::<(), ndwindow::Error>(())
/// ```
///
/// # Errors
/// [`Error::ZeroWindow`](crate::Error::ZeroWindow) for a length of zero; [`Error::LineOverflow`](crate::Error::LineOverflow) for one no sequence can be padded by.
pub fn ngrams<'a, T>(
    items: &'a [T],
    lengths: &[usize],
    padded: bool,
) -> Result<impl Iterator<Item = Gram<'a, T>> + Clone + use<'a, T>> {
    let mut axes = alloc::vec::Vec::with_capacity(lengths.len());
    for &n in lengths {
        if n > 0 && (items.is_empty() || (n > items.len() && !padded)) {
            continue; // too short for a single one
        }
        let request = unfold(0, n, 1);
        let request = if padded { request.full() } else { request };
        axes.push(request.plan([items.len()])?.axes()[0]);
    }
    Ok(axes.into_iter().flat_map(move |axis| (0..axis.count()).map(move |i| gram(items, &axis, i))))
}

fn gram<'a, T>(items: &'a [T], axis: &AxisPlan, i: usize) -> Gram<'a, T> {
    let len = items.len() as isize;
    let start = axis.start(i);
    let end = start + axis.window() as isize;
    let inside = start.clamp(0, len) as usize..end.clamp(0, len) as usize;
    Gram { before: (-start).max(0) as usize, items: &items[inside], after: (end - len).max(0) as usize }
}
