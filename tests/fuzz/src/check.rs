//! What a target says, and how answers are compared.

use crate::value::Value;
use ndwindow::{Array, Error};
use std::cell::Cell;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Both answered, and alike.
    Same,
    /// Both refused.
    Refused,
    /// Too large for the oracle.
    PassedOver,
}

/// `Err` says in words what differs: the part before the first colon names the kind.
pub type Verdict = Result<Done, String>;

/// How oracles are wrong on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// They are right.
    Nowhere,
    /// One expected value in the middle of every list is another.
    Value,
    /// The mirror of `Reflect` repeats the edge.
    Mirror,
}

thread_local! {
    static WRONG: Cell<Wrong> = const { Cell::new(Wrong::Nowhere) };
}

/// Makes the oracles of this thread wrong, to see that targets notice.
pub fn set_wrong(wrong: Wrong) {
    WRONG.set(wrong);
}

pub fn is_wrong(wrong: Wrong) -> bool {
    WRONG.get() == wrong
}

/// An answer of the library, whether its verb can fail or not.
pub trait Answer {
    type Out;
    fn answer(self) -> Result<Array<Self::Out>, Error>;
}

impl<T> Answer for Array<T> {
    type Out = T;
    fn answer(self) -> Result<Array<T>, Error> {
        Ok(self)
    }
}

impl<T> Answer for Result<Array<T>, Error> {
    type Out = T;
    fn answer(self) -> Result<Array<T>, Error> {
        self
    }
}

/// The same elements to the bit.
pub fn same<T: Value>(what: &str, found: &[T], expected: &[T]) -> Result<(), String> {
    close_by(what, found, expected, |_, a, b| a.same(b))
}

/// The same elements by a measure of their own.
pub fn close_by<T: Value>(
    what: &str,
    found: &[T],
    expected: &[T],
    close: impl Fn(usize, &T, &T) -> bool,
) -> Result<(), String> {
    if found.len() != expected.len() {
        return Err(format!("{what}: {} results instead of {}", found.len(), expected.len()));
    }
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        let e = if is_wrong(Wrong::Value) && i == expected.len() / 2 { e.wrong() } else { *e };
        if !close(i, f, &e) {
            let few = |list: &[T]| match list.len() {
                0..=40 => format!("{list:?}"),
                _ => format!("{:?} ..", &list[i.saturating_sub(2)..(i + 6).min(list.len())]),
            };
            return Err(format!(
                "{what}: result {i} of {} is {f:?} instead of {e:?}\n    found    {}\n    expected {}",
                found.len(),
                few(found),
                few(expected)
            ));
        }
    }
    Ok(())
}

/// Shape and elements to the bit.
pub fn same_array<T: Value>(what: &str, found: &Array<T>, shape: &[usize], expected: &[T]) -> Result<(), String> {
    same_shape(what, found.shape(), shape)?;
    same(what, found.as_slice(), expected)
}

pub fn same_shape(what: &str, found: &[usize], expected: &[usize]) -> Result<(), String> {
    equal(&format!("{what}, shape"), &found, &expected)
}

pub fn equal<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} instead of {expected:?}")) }
}

/// What the library answered where the oracle has an answer.
pub fn answered<T>(what: &str, found: Result<T, Error>) -> Result<T, String> {
    found.map_err(|e| format!("{what} refused: {e} ({e:?})"))
}

/// That the library refused where the oracle refuses.
pub fn refused<T>(what: &str, found: Result<T, Error>, why: &str) -> Verdict {
    match found {
        Ok(_) => Err(format!("{what} answered: should be refused ({why})")),
        Err(_) => Ok(Done::Refused),
    }
}
