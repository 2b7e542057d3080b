//! Short lists of numbers, one an axis, and the largest number in one.

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
        return (0..n).map(f).collect();
    }
    let mut buffer = [T::default(); 6];
    for (k, slot) in buffer.iter_mut().enumerate().take(n) {
        *slot = f(k);
    }
    SmallVec::from_buf_and_len(buffer, n)
}
