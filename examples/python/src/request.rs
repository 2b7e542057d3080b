//! What Python says of a request: one number for all axes or one each, pads, names of modes and tails.

use ndwindow::{PadMode, Tail, Unfold, unfold};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

/// One for all axes, or one each.
pub(crate) enum Per<T> {
    One(T),
    Each(Vec<T>),
}

impl<T: Clone> Per<T> {
    /// As a list for so many axes.
    pub(crate) fn list(self, axes: usize) -> Vec<T> {
        match self {
            Per::One(one) => vec![one; axes],
            Per::Each(each) => each,
        }
    }
}

/// A number or a sequence of them, called `what` in errors.
pub(crate) fn sizes(given: &Bound<'_, PyAny>, what: &str) -> PyResult<Per<usize>> {
    let number = |item: &Bound<'_, PyAny>| match item.extract::<isize>() {
        Ok(n) if n >= 0 => Ok(n as usize),
        Ok(n) => Err(PyValueError::new_err(format!("{what} is {n}: it cannot be negative"))),
        Err(_) => Err(PyTypeError::new_err(format!(
            "{what} is {}: give a whole number, or one for each axis",
            given.repr().map_or_else(|_| "?".into(), |r| r.to_string())
        ))),
    };
    match given.try_iter() {
        Ok(items) if !given.is_instance_of::<PyString>() => {
            Ok(Per::Each(items.map(|item| number(&item?)).collect::<PyResult<_>>()?))
        }
        _ => number(given).map(Per::One),
    }
}

/// `None` for all axes, an axis, or a sequence of axes.
pub(crate) fn axes(given: &Bound<'_, PyAny>, rank: usize) -> PyResult<Vec<isize>> {
    if given.is_none() {
        return Ok((0..rank as isize).collect());
    }
    if let Ok(axis) = given.extract::<isize>() {
        return Ok(vec![axis]);
    }
    given.extract::<Vec<isize>>().map_err(|_| {
        PyTypeError::new_err(
            "axes are a whole number, a sequence of them, or None for all; negative ones count from the end",
        )
    })
}

/// Pads as asked for.
pub(crate) enum Pads {
    Numbers(Per<(isize, isize)>),
    Same,
    SameLower,
    Full,
}

impl Pads {
    /// A number; `(before, after)` as a tuple of two numbers; a list with a number or a pair an axis; a name.
    pub(crate) fn new(given: &Bound<'_, PyAny>) -> PyResult<Pads> {
        if let Ok(pad) = given.extract::<isize>() {
            return Ok(Pads::Numbers(Per::One((pad, pad))));
        }
        if let Ok(name) = given.cast::<PyString>() {
            return match name.to_str()? {
                "same" => Ok(Pads::Same),
                "same_lower" => Ok(Pads::SameLower),
                "full" => Ok(Pads::Full),
                other => Err(PyValueError::new_err(format!(
                    "pad {other:?}: use numbers, \"same\", \"same_lower\" or \"full\""
                ))),
            };
        }
        if given.is_instance_of::<PyTuple>()
            && let Ok(pair) = given.extract::<(isize, isize)>()
        {
            return Ok(Pads::Numbers(Per::One(pair)));
        }
        let wrong = |_| {
            PyTypeError::new_err(
                "pad is a whole number, (before, after) for all axes, a list with a number or a pair for each, \"same\", \"same_lower\" or \"full\"",
            )
        };
        let one = |item: PyResult<Bound<'_, PyAny>>| {
            let item = item?;
            match item.extract::<isize>() {
                Ok(pad) => Ok((pad, pad)),
                Err(_) => item.extract::<(isize, isize)>(),
            }
        };
        let each = given.try_iter().and_then(|items| items.map(one).collect::<PyResult<Vec<_>>>()).map_err(wrong)?;
        Ok(Pads::Numbers(Per::Each(each)))
    }
}

/// A name or a sequence of them, looked up in a table.
fn names<T: Copy>(given: &Bound<'_, PyAny>, what: &str, table: &[(&str, T)]) -> PyResult<Per<T>> {
    let known = || table.iter().map(|(name, _)| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let one = |item: &Bound<'_, PyAny>| {
        let name =
            item.cast::<PyString>().map_err(|_| PyTypeError::new_err(format!("{what} is one of {}", known())))?;
        let name = name.to_str()?;
        let found = table.iter().find(|(known, _)| *known == name);
        found
            .map(|&(_, value)| value)
            .ok_or_else(|| PyValueError::new_err(format!("{what} {name:?}: use one of {}", known())))
    };
    if given.is_instance_of::<PyString>() {
        return one(given).map(Per::One);
    }
    match given.try_iter() {
        Ok(items) => Ok(Per::Each(items.map(|item| one(&item?)).collect::<PyResult<_>>()?)),
        Err(_) => one(given).map(Per::One),
    }
}

pub(crate) fn modes(given: &Bound<'_, PyAny>) -> PyResult<Per<PadMode>> {
    let table = [
        ("empty", PadMode::Empty),
        ("edge", PadMode::Edge),
        ("reflect", PadMode::Reflect),
        ("symmetric", PadMode::Symmetric),
        ("wrap", PadMode::Wrap),
    ];
    names(given, "mode", &table)
}

pub(crate) fn tails(given: &Bound<'_, PyAny>) -> PyResult<Per<Tail>> {
    let table =
        [("drop", Tail::Drop), ("partial", Tail::Partial), ("shift_back", Tail::ShiftBack), ("spread", Tail::Spread)];
    names(given, "tail", &table)
}

/// Calls a builder with one value or a list.
macro_rules! set {
    ($request:expr, $method:ident, $given:expr) => {
        match $given {
            $crate::request::Per::One(one) => $request.$method(one),
            $crate::request::Per::Each(each) => $request.$method(&each[..]),
        }
    };
}
pub(crate) use set;

/// The keywords of a request beside axes, window and step.
pub(crate) struct Keywords<'a, 'py> {
    pub(crate) dilation: Option<&'a Bound<'py, PyAny>>,
    pub(crate) base_dilation: Option<&'a Bound<'py, PyAny>>,
    pub(crate) pad: Option<&'a Bound<'py, PyAny>>,
    pub(crate) mode: Option<&'a Bound<'py, PyAny>>,
    pub(crate) tail: Option<&'a Bound<'py, PyAny>>,
    pub(crate) grid_first: bool,
}

/// The request for an array of this rank.
pub(crate) fn request(
    rank: usize,
    axes: &Bound<'_, PyAny>,
    window: &Bound<'_, PyAny>,
    step: Option<&Bound<'_, PyAny>>,
    keywords: Keywords<'_, '_>,
) -> PyResult<Unfold> {
    let axes = self::axes(axes, rank)?;
    let number = axes.len();
    let window = sizes(window, "window")?.list(number);
    let step = match step {
        Some(step) => sizes(step, "step")?.list(number),
        None => vec![1; number],
    };
    let mut request = unfold(&axes[..], &window[..], &step[..]);
    if let Some(dilation) = keywords.dilation {
        request = set!(request, dilation, sizes(dilation, "dilation")?);
    }
    if let Some(base) = keywords.base_dilation {
        request = set!(request, base_dilation, sizes(base, "base_dilation")?);
    }
    if let Some(pad) = keywords.pad {
        request = match Pads::new(pad)? {
            Pads::Numbers(pads) => set!(request, pad, pads),
            Pads::Same => request.same(),
            Pads::SameLower => request.same_lower(),
            Pads::Full => request.full(),
        };
    }
    if let Some(mode) = keywords.mode {
        request = set!(request, pad_mode, modes(mode)?);
    }
    if let Some(tail) = keywords.tail {
        request = set!(request, tail, tails(tail)?);
    }
    Ok(if keywords.grid_first { request.grid_first() } else { request })
}
