//! Tensors of any stored element type, and the types themselves.

use std::fmt::{Debug, Display};

use half::{bf16, f16};
use ndwindow::{Array, Element};
use safetensors::tensor::{Dtype, TensorView};
use serde_json::Value;

use crate::case::Fail;

/// What the runner needs of an element: its bytes, a JSON number, and how close two of them are.
pub trait Scalar: Element + Display + Debug {
    const DTYPE: &'static str;
    fn from_le(bytes: &[u8]) -> Self;
    /// A number of the manifest; non-finite ones are the strings `"nan"`, `"inf"`, `"-inf"`.
    fn from_json(value: &Value) -> Option<Self>;
    /// Equal values: NaN equals NaN, and the zeros are equal.
    fn same(self, other: Self) -> bool;
    /// `|self - want| <= atol + rtol * |want|`; NaN equals NaN, infinities equal by sign.
    fn near(self, want: Self, rtol: f64, atol: f64) -> bool;
    fn to_f64(self) -> f64;
}

/// A JSON number as f64, the three non-finite strings included.
pub fn json_f64(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
        Value::String(word) => match word.as_str() {
            "nan" => Some(f64::NAN),
            "inf" => Some(f64::INFINITY),
            "-inf" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

/// A JSON number as a whole one, exactly; `3.0` counts, `3.5` does not.
pub fn json_i128(value: &Value) -> Option<i128> {
    if let Some(whole) = value.as_i64() {
        return Some(i128::from(whole));
    }
    if let Some(whole) = value.as_u64() {
        return Some(i128::from(whole));
    }
    let float = json_f64(value)?;
    (float.is_finite() && float.fract() == 0.0).then_some(float as i128)
}

macro_rules! integer_scalar {
    ($($type:ty, $name:literal;)*) => {$(
        impl Scalar for $type {
            const DTYPE: &'static str = $name;
            fn from_le(bytes: &[u8]) -> Self {
                Self::from_le_bytes(bytes.try_into().expect("element size"))
            }
            fn from_json(value: &Value) -> Option<Self> {
                json_i128(value)?.try_into().ok()
            }
            fn same(self, other: Self) -> bool {
                self == other
            }
            fn near(self, want: Self, rtol: f64, atol: f64) -> bool {
                let apart = (i128::from(self) - i128::from(want)).unsigned_abs();
                apart as f64 <= atol + rtol * (want as f64).abs()
            }
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

integer_scalar! {
    u8, "U8"; i8, "I8"; u16, "U16"; i16, "I16"; u32, "U32"; i32, "I32"; u64, "U64"; i64, "I64";
}

macro_rules! float_scalar {
    ($($type:ty, $name:literal, $from_f64:expr;)*) => {$(
        impl Scalar for $type {
            const DTYPE: &'static str = $name;
            fn from_le(bytes: &[u8]) -> Self {
                Self::from_le_bytes(bytes.try_into().expect("element size"))
            }
            fn from_json(value: &Value) -> Option<Self> {
                json_f64(value).map($from_f64)
            }
            fn same(self, other: Self) -> bool {
                self == other || (self.is_nan() && other.is_nan())
            }
            fn near(self, want: Self, rtol: f64, atol: f64) -> bool {
                let (got, want) = (f64::from(self), f64::from(want));
                if got.is_nan() || want.is_nan() {
                    return got.is_nan() && want.is_nan();
                }
                if got.is_infinite() || want.is_infinite() {
                    return got == want;
                }
                (got - want).abs() <= atol + rtol * want.abs()
            }
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
        }
    )*};
}

float_scalar! {
    f16, "F16", f16::from_f64; bf16, "BF16", bf16::from_f64; f32, "F32", |x| x as f32; f64, "F64", |x| x;
}

impl Scalar for bool {
    const DTYPE: &'static str = "BOOL";
    fn from_le(bytes: &[u8]) -> Self {
        bytes[0] != 0
    }
    fn from_json(value: &Value) -> Option<Self> {
        json_f64(value).map(|x| x != 0.0)
    }
    fn same(self, other: Self) -> bool {
        self == other
    }
    fn near(self, want: Self, _: f64, _: f64) -> bool {
        self == want
    }
    fn to_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
}

macro_rules! tensor_enum {
    ($($variant:ident $type:ty;)*) => {
        /// An array of one of the element types the data set stores.
        pub enum Tensor { $($variant(Array<$type>),)* }

        $(impl From<Array<$type>> for Tensor {
            fn from(array: Array<$type>) -> Self { Self::$variant(array) }
        })*

        impl Tensor {
            pub fn dtype(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$type as Scalar>::DTYPE,)* }
            }

            pub fn shape(&self) -> &[usize] {
                match self { $(Self::$variant(array) => array.shape(),)* }
            }

            /// A tensor of zeros, for records that give a shape only.
            pub fn zeros(dtype: &str, shape: &[usize]) -> Result<Self, Fail> {
                match dtype {
                    $(<$type as Scalar>::DTYPE => zeros::<$type>(shape).map(Into::into),)*
                    other => Err(Fail::runner(format!("element type {other} is not known"))),
                }
            }
        }

        impl Tensor {
            /// A tensor of the given name's type from little-endian bytes.
            pub fn from_bytes(dtype: &str, shape: &[usize], bytes: &[u8]) -> Result<Self, Fail> {
                match dtype {
                    $(<$type as Scalar>::DTYPE => decode::<$type>(shape, bytes).map(Into::into),)*
                    other => Err(Fail::runner(format!("element type {other} is not known"))),
                }
            }
        }
    };
}

tensor_enum! {
    Bool bool; U8 u8; I8 i8; U16 u16; I16 i16; U32 u32; I32 i32; U64 u64; I64 i64;
    F16 f16; Bf16 bf16; F32 f32; F64 f64;
}

/// Runs the body with the array inside, whatever its type.
macro_rules! with_any {
    ($tensor:expr, $array:ident => $body:expr) => {
        match $tensor {
            $crate::tensor::Tensor::Bool($array) => $body,
            $crate::tensor::Tensor::U8($array) => $body,
            $crate::tensor::Tensor::I8($array) => $body,
            $crate::tensor::Tensor::U16($array) => $body,
            $crate::tensor::Tensor::I16($array) => $body,
            $crate::tensor::Tensor::U32($array) => $body,
            $crate::tensor::Tensor::I32($array) => $body,
            $crate::tensor::Tensor::U64($array) => $body,
            $crate::tensor::Tensor::I64($array) => $body,
            $crate::tensor::Tensor::F16($array) => $body,
            $crate::tensor::Tensor::Bf16($array) => $body,
            $crate::tensor::Tensor::F32($array) => $body,
            $crate::tensor::Tensor::F64($array) => $body,
        }
    };
}

/// Runs the body with the array inside if its type is one of the variants named; any other type
/// is one that the operation's signature refuses. Two tensors in parentheses must be of one type.
macro_rules! with_types {
    (($first:expr, $second:expr), ($a:ident, $b:ident) => $body:expr; $($variant:ident)*) => {
        match ($first, $second) {
            $(($crate::tensor::Tensor::$variant($a), $crate::tensor::Tensor::$variant($b)) => $body,)*
            (a, b) => Err($crate::case::Fail::Inexpressible(
                format!("the operation takes no {} elements with {}", a.dtype(), b.dtype()))),
        }
    };
    ($tensor:expr, $array:ident => $body:expr; $($variant:ident)*) => {
        match $tensor {
            $($crate::tensor::Tensor::$variant($array) => $body,)*
            other => Err($crate::case::Fail::Inexpressible(
                format!("the operation takes no {} elements", other.dtype()))),
        }
    };
}
pub(crate) use {with_any, with_types};

impl Tensor {
    pub fn load(stored: &TensorView<'_>) -> Result<Self, Fail> {
        let dtype = match stored.dtype() {
            Dtype::BOOL => "BOOL",
            Dtype::U8 => "U8",
            Dtype::I8 => "I8",
            Dtype::U16 => "U16",
            Dtype::I16 => "I16",
            Dtype::U32 => "U32",
            Dtype::I32 => "I32",
            Dtype::U64 => "U64",
            Dtype::I64 => "I64",
            Dtype::F16 => "F16",
            Dtype::BF16 => "BF16",
            Dtype::F32 => "F32",
            Dtype::F64 => "F64",
            other => return Err(Fail::runner(format!("element type {other:?} is not known"))),
        };
        Self::from_bytes(dtype, stored.shape(), stored.data())
    }

    /// The elements as f64, row-major; for small tensors of parameters.
    pub fn to_f64s(&self) -> Vec<f64> {
        with_any!(self, array => array.as_slice().iter().map(|&x| x.to_f64()).collect())
    }

    /// The elements as whole numbers, if they are.
    pub fn to_i64s(&self) -> Result<Vec<i64>, Fail> {
        match self {
            Self::I64(array) => Ok(array.as_slice().to_vec()),
            other => (other.to_f64s().into_iter())
                .map(|x| (x.fract() == 0.0).then_some(x as i64))
                .collect::<Option<_>>()
                .ok_or_else(|| Fail::runner("whole numbers expected".into())),
        }
    }
}

fn zeros<T: Scalar>(shape: &[usize]) -> Result<Array<T>, Fail> {
    Ok(Array::new(vec![T::default(); shape.iter().product()], shape)?)
}

fn decode<T: Scalar>(shape: &[usize], bytes: &[u8]) -> Result<Array<T>, Fail> {
    let elements = bytes.chunks_exact(size_of::<T>()).map(T::from_le).collect();
    Ok(Array::new(elements, shape)?)
}
