//! Is what we computed what the data set says?

use serde_json::Value;

use crate::case::Fail;
use crate::tensor::{Scalar, Tensor};

/// How an output is compared.
#[derive(Clone, Copy, Debug)]
pub enum Compare {
    Exact,
    Close { rtol: f64, atol: f64 },
}

impl Compare {
    pub fn parse(value: &Value) -> Result<Self, Fail> {
        let number = |key: &str| value[key].as_f64().ok_or_else(|| Fail::runner(format!("compare without {key}")));
        match value["mode"].as_str() {
            Some("exact") => Ok(Self::Exact),
            Some("close") => Ok(Self::Close { rtol: number("rtol")?, atol: number("atol")? }),
            other => Err(Fail::runner(format!("compare mode {other:?} is not known"))),
        }
    }
}

/// Element type, shape and every element; the error says what differs and where first.
pub fn compare(got: &Tensor, want: &Tensor, how: Compare) -> Result<(), String> {
    if got.dtype() != want.dtype() {
        return Err(format!("element type {} where {} is wanted", got.dtype(), want.dtype()));
    }
    if got.shape() != want.shape() {
        return Err(format!("shape {:?} where {:?} is wanted", got.shape(), want.shape()));
    }
    macro_rules! by_type {
        ($($variant:ident)*) => {
            match (got, want) {
                $((Tensor::$variant(got), Tensor::$variant(want)) => {
                    elements(got.as_slice(), want.as_slice(), want.shape(), how)
                })*
                _ => unreachable!("the element types are equal"),
            }
        };
    }
    by_type!(Bool U8 I8 U16 I16 U32 I32 U64 I64 F16 Bf16 F32 F64)
}

fn elements<T: Scalar>(got: &[T], want: &[T], shape: &[usize], how: Compare) -> Result<(), String> {
    if got.len() != want.len() {
        return Err(format!("{} elements where {} are wanted", got.len(), want.len()));
    }
    let agrees = |got: T, want: T| match how {
        Compare::Exact => got.same(want),
        Compare::Close { rtol, atol } => got.near(want, rtol, atol),
    };
    let mut wrong = got.iter().zip(want).enumerate().filter(|(_, (got, want))| !agrees(**got, **want));
    let Some((first, (got_first, want_first))) = wrong.next() else {
        return Ok(());
    };
    Err(format!(
        "{} of {} elements differ, first at {:?}: {got_first} where {want_first} is wanted",
        wrong.count() + 1,
        want.len(),
        unravel(first, shape),
    ))
}

fn unravel(mut flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (place, &len) in index.iter_mut().zip(shape).rev() {
        *place = flat % len;
        flat /= len;
    }
    index
}
