//! What becomes of a tile at its place in the result.

/// What a tile is to the elements it goes to.
#[derive(Clone, Copy)]
pub(crate) enum Finish<'a, T> {
    /// Their value, less the bias of each output of the box; no bias is zero.
    Set(Option<&'a [T]>),
    /// One more part of their sum; what the addition loses is kept apart, where it is kept at all.
    Add,
}

impl<'a, T> Finish<'a, T> {
    /// The same for outputs from `o` on.
    #[inline(always)]
    pub(super) fn of(self, o: usize) -> Finish<'a, T> {
        match self {
            Finish::Set(Some(bias)) => Finish::Set(Some(&bias[o..])),
            other => other,
        }
    }
}
