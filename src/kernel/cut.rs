//! Cutting an output into pieces that are written one by one or in the caller's pool.

/// Outputs of fewer bytes are written by one thread: waking another takes as long as copying this much.
#[cfg(feature = "rayon")]
const PARALLEL_FROM: usize = 1 << 20;
/// Calls `f` with pieces of `out` and the index of each one's first element; pieces start at multiples of `unit`.
pub(super) fn each_piece<T: Send>(out: &mut [T], unit: usize, f: impl Fn(usize, &mut [T]) + Sync) {
    #[cfg(feature = "rayon")]
    if size_of_val(out) >= PARALLEL_FROM && rayon::current_num_threads() > 1 {
        use rayon::prelude::*;
        // A few pieces a thread, so that one that is held up does not hold up all.
        let pieces = 4 * rayon::current_num_threads();
        let piece = out.len().div_ceil(pieces).next_multiple_of(unit);
        out.par_chunks_mut(piece).enumerate().for_each(|(k, part)| f(k * piece, part));
        return;
    }
    let _ = unit;
    f(0, out);
}
