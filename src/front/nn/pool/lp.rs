//! Power-average pooling: ONNX's, a norm, and PyTorch's, which is another thing.

use super::average::divisors;
use super::{Divisor, Pool, pooled};
use crate::array::{Array, IntoView};
use crate::error::{Error, Result};
use crate::ops::{Number, Pairwise, Powers, Real};
use num_traits::Float;

impl Pool {
    /// ONNX's `LpPool`: the `p`-norm of each window, `(sum |x|^p)^(1/p)`; [`Windows::norm`](crate::Windows::norm).
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan); [`Error::Parameter`] unless `p > 0`.
    pub fn lp_pool<'x, X>(&self, array: X, p: f64) -> Result<Array<<X::Elem as Number>::Mean>>
    where
        X: IntoView<'x>,
        X::Elem: Real,
    {
        pooled(&self.windows(array)?, |windows, out| windows.norm_into(p, out))
    }

    /// PyTorch's `lp_pool`: `(mean(x^p) * cells)^(1/p)` without an absolute value.
    ///
    /// `cells` is the whole window's number, `mean` divides by the cells that do not overhang. So with an odd `p` negative
    /// elements cancel positive ones (and a negative sum is NaN), and a window that overhangs in ceil mode is scaled up;
    /// everywhere else it is [`lp_pool`](Self::lp_pool).
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan); [`Error::Parameter`] unless `p > 0`.
    pub fn lp_pool_signed<'x, X>(&self, array: X, p: f64) -> Result<Array<X::Elem>>
    where
        X: IntoView<'x>,
        X::Elem: Real + Float,
    {
        if p.is_nan() || p <= 0.0 {
            return Err(Error::norm_order(p));
        }
        let windows = self.windows(array)?;
        let plan = windows.plan();
        let cells = plan.window_len() as f64;
        let mut norms =
            pooled(&windows, |windows, out| windows.reduce_into(&Pairwise(Powers { p, signed: true }), out))?;
        let divisors = divisors(plan, Divisor::Padded);
        for norms in norms.as_mut_slice().chunks_mut(divisors.len().max(1)) {
            for (norm, &n) in norms.iter_mut().zip(&divisors) {
                *norm *= Float::powf(cells / n as f64, p.recip());
            }
        }
        Ok(norms.map(|norm| num_traits::cast(norm).unwrap_or_else(X::Elem::nan)))
    }
}
