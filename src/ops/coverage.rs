//! How often each element of an array is read by all windows together.

use crate::array::Array;
use crate::spec::{AxisPlan, Dims, Plan};
use alloc::vec::Vec;

impl Plan {
    /// How many cells of all windows read each element: an array of the input's shape.
    ///
    /// It is the outer product of [`AxisPlan::coverage`] over the unfolded axes, one elsewhere; `fold` of a gather is
    /// this times the input. Time and memory in proportion to the input and the windows along each axis. A count that is more
    /// than `usize` holds is `usize::MAX`.
    ///
    /// # Panics
    /// If one count an element is more than an address space.
    ///
    /// ```
    /// use ndwindow::unfold;
    ///
    /// let counts = unfold(0, 3, 1).plan([5])?.coverage();
    /// assert_eq!(counts.as_slice(), [1, 2, 3, 2, 1]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn coverage(&self) -> Array<usize> {
        let shape = Dims::from_slice(self.input_shape());
        let mut counts: Array<usize> = Array::zeros(shape);
        if counts.is_empty() {
            return counts;
        }
        counts.as_mut_slice().fill(1);
        let along: Vec<Vec<usize>> = self.axes().iter().map(AxisPlan::coverage).collect();
        for (a, factors) in self.axes().iter().zip(&along) {
            let inner: usize = self.input_shape()[a.axis() + 1..].iter().product();
            for (row, factor) in counts.as_mut_slice().chunks_exact_mut(inner).zip(factors.iter().cycle()) {
                row.iter_mut().for_each(|c| *c = c.saturating_mul(*factor));
            }
        }
        counts
    }
}
