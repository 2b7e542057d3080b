//! Short lists of numbers, one an axis: their largest number, and how row-major indices are counted.

use core::ops::Range;
use smallvec::SmallVec;

/// Sizes, one an axis; inline up to rank 6.
pub(crate) type Dims = SmallVec<[usize; 6]>;
/// Strides in elements, signed, one an axis; inline up to rank 6.
pub(crate) type Strides = SmallVec<[isize; 6]>;

/// The longest line, span or shape that is accepted. A quarter of the address space leaves room to add two of them,
/// and to double one, without a check.
pub(crate) const LIMIT: usize = isize::MAX as usize / 4;

/// A list of `n` values, built in place of a loop of pushes: requests are made in tens of nanoseconds.
#[inline(always)]
pub(crate) fn list<T: Copy + Default>(n: usize, mut f: impl FnMut(usize) -> T) -> SmallVec<[T; 6]> {
    if n > 6 {
        let mut list = SmallVec::from_elem(T::default(), n);
        list.iter_mut().enumerate().for_each(|(k, slot)| *slot = f(k));
        return list;
    }
    let mut buffer = [T::default(); 6];
    for (k, slot) in buffer.iter_mut().enumerate().take(n) {
        *slot = f(k);
    }
    SmallVec::from_buf_and_len(buffer, n)
}

/// Sorts a list as long as arrays have axes, or little longer; equals stay in order. (The standard library's sort takes six kilobytes of code
/// for each type and key.)
pub(crate) fn sort_few<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..list.len() {
        let mut k = end;
        while k > 0 && key(&list[k]) < key(&list[k - 1]) {
            list.swap(k - 1, k);
            k -= 1;
        }
    }
}

/// How far apart neighbours along each axis of a row-major array lie.
pub(crate) fn row_major(counts: impl DoubleEndedIterator<Item = usize> + ExactSizeIterator) -> Dims {
    let mut strides = Dims::from_elem(1, counts.len());
    let mut stride = 1;
    for (a, count) in counts.enumerate().rev() {
        strides[a] = stride;
        if a > 0 {
            stride *= count;
        }
    }
    strides
}

/// The row-major index with this number, on some axes of a shape.
pub(crate) fn unravel(number: usize, axes: impl DoubleEndedIterator<Item = usize>, shape: &[usize], index: &mut Dims) {
    let mut rest = number;
    for a in axes.rev() {
        index[a] = rest % shape[a];
        rest /= shape[a];
    }
}

/// The row-major index with this number.
pub(crate) fn index_of(number: usize, shape: &[usize]) -> Dims {
    let mut index = Dims::from_elem(0, shape.len());
    unravel(number, 0..shape.len(), shape, &mut index);
    index
}

/// The next row-major index, each axis in its range; behind the last index comes the first.
pub(crate) fn advance(index: &mut [usize], range: impl Fn(usize) -> Range<usize>) {
    for a in (0..index.len()).rev() {
        index[a] += 1;
        if index[a] < range(a).end {
            return;
        }
        index[a] = range(a).start;
    }
}
