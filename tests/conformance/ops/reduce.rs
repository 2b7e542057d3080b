//! XLA's windowed reductions, each with a value of its own to start from.

use ndwindow::{Array, Max, Min, Monoid, Real, Windows, WrappingProduct, WrappingSum};

use super::{Outputs, one};
use crate::case::{Case, Fail, Outcome};
use crate::geometry::Geometry;
use crate::tensor::{Scalar, with_types};

/// `reduce_window`: all axes are unfolded, and the initial value enters every window exactly once.
pub fn reduce_window(case: &Case) -> Outcome<Outputs> {
    let x = case.x()?;
    let geometry = Geometry::pool(case, x.rank())?;
    let reducer = case.word(&["reducer"]).unwrap_or_default();
    one(
        "y",
        with_types!(&x.tensor, array => {
        let init = case.setting(&["init_value"]).and_then(Scalar::from_json);
        let init = init.ok_or_else(|| Fail::runner("no initial value".into()))?;
        let view = x.view(array)?;
        reduced(&geometry.request().windows(&view)?, reducer, init).map(Into::into)
    }; U8 I8 U16 I16 U32 I32 U64 I64 F16 Bf16 F32 F64),
    )
}

fn reduced<T: Scalar + Real>(windows: &Windows<'_, T>, reducer: &str, init: T) -> Outcome<Array<T>> {
    match reducer {
        "max" => Ok(windows.reduce(&Starting::<T, true>::by(Max, init))),
        "min" => Ok(windows.reduce(&Starting::<T, true>::by(Min, init))),
        "add" => Ok(windows.reduce(&Starting::<T, false>::by(WrappingSum, init))),
        "mul" => Ok(windows.reduce(&Starting::<T, false>::by(WrappingProduct, init))),
        other => Err(Fail::runner(format!("reducer {other} is not known"))),
    }
}

/// A monoid whose result is combined with a value to start from. It calls its operation through a pointer, so that it is compiled
/// once for all of them.
struct Starting<T, const IDEMPOTENT: bool> {
    identity: T,
    combine: fn(T, T) -> T,
    init: T,
}

impl<T: Scalar, const IDEMPOTENT: bool> Starting<T, IDEMPOTENT> {
    fn by<M: Monoid<T, Out = T> + Default>(monoid: M, init: T) -> Self {
        let combine = |a, b| {
            let by = M::default();
            by.lower(by.combine(by.lift(a), by.lift(b)))
        };
        Starting { identity: monoid.lower(monoid.identity()), combine, init }
    }
}

impl<T: Scalar, const IDEMPOTENT: bool> Monoid<T> for Starting<T, IDEMPOTENT> {
    type Acc = T;
    type Out = T;
    const IDEMPOTENT: bool = IDEMPOTENT;
    fn identity(&self) -> T {
        self.identity
    }
    fn lift(&self, x: T) -> T {
        x
    }
    fn combine(&self, a: T, b: T) -> T {
        (self.combine)(a, b)
    }
    fn lower(&self, a: T) -> T {
        (self.combine)(self.init, a)
    }
}
