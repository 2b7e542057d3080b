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
        "max" => Ok(windows.reduce(&Starting { by: Max, init })),
        "min" => Ok(windows.reduce(&Starting { by: Min, init })),
        "add" => Ok(windows.reduce(&Starting { by: WrappingSum, init })),
        "mul" => Ok(windows.reduce(&Starting { by: WrappingProduct, init })),
        other => Err(Fail::runner(format!("reducer {other} is not known"))),
    }
}

/// A monoid whose result is combined with a value to start from.
struct Starting<M, T> {
    by: M,
    init: T,
}

impl<T: Scalar, M: Monoid<T>> Monoid<T> for Starting<M, T> {
    type Acc = M::Acc;
    type Out = M::Out;
    const IDEMPOTENT: bool = M::IDEMPOTENT;
    fn identity(&self) -> M::Acc {
        self.by.identity()
    }
    fn lift(&self, x: T) -> M::Acc {
        self.by.lift(x)
    }
    fn combine(&self, a: M::Acc, b: M::Acc) -> M::Acc {
        self.by.combine(a, b)
    }
    fn lower(&self, a: M::Acc) -> M::Out {
        self.by.lower(self.by.combine(self.by.lift(self.init), a))
    }
}
