//! Windows over a `&str`, counted in bytes, chars, grapheme clusters or words.

use super::tokens::{TokenWindow, TokenWindows};
use crate::error::{Error, Result};
use alloc::vec::Vec;
use core::ops::Range;

/// What the size of a window of text is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// UTF-8 bytes: no window has more than its size, and none cuts a char.
    Bytes,
    /// Unicode scalar values.
    Chars,
    /// Extended grapheme clusters (UAX 29): what a reader sees as one character.
    #[cfg(feature = "unicode")]
    Graphemes,
    /// Words (UAX 29). White space and punctuation belong to the word before them, those at the start to the first.
    #[cfg(feature = "unicode")]
    Words,
}

/// The windows over a text; made by [`TokenWindows::over`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrWindows<'a> {
    text: &'a str,
    /// In bytes.
    windows: Vec<TokenWindow>,
}

/// One window of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrWindow<'a> {
    /// All of it.
    pub full: &'a str,
    /// What no window before it covers.
    pub fresh: &'a str,
    /// Which bytes of the text `full` is.
    pub bytes: Range<usize>,
}

impl TokenWindows {
    /// The windows over a text, counted in `unit`s: slices of it, whose `fresh` parts put together are the text.
    ///
    /// ```
    /// use ndwindow::text::{TokenWindows, Unit};
    ///
    /// let windows = TokenWindows::new(4).overlap(1).over("smørbrød", Unit::Chars)?;
    /// let parts: Vec<_> = windows.iter().map(|w| (w.full, w.fresh)).collect();
    /// assert_eq!(parts, [("smør", "smør"), ("rbrø", "brø"), ("ød", "d")]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// Costs one pass over the text, one number a window, and while it works one number a unit. `Bytes` goes from window
    /// to window: each ends at the last char boundary within its size, and the next starts at the last one that leaves
    /// the overlap; it is always aligned left.
    ///
    /// # Errors
    /// As [`plan`](Self::plan); [`Error::WindowBelowChar`] unless a window of bytes moves on by at least 7: a char cut off
    /// at each end may take 6.
    pub fn over<'a>(&self, text: &'a str, unit: Unit) -> Result<StrWindows<'a>> {
        let mut bounds: Vec<usize> = match unit {
            Unit::Bytes => return self.over_bytes(text),
            Unit::Chars => text.char_indices().map(|(at, _)| at).collect(),
            #[cfg(feature = "unicode")]
            Unit::Graphemes => {
                use unicode_segmentation::UnicodeSegmentation;
                text.grapheme_indices(true).map(|(at, _)| at).collect()
            }
            #[cfg(feature = "unicode")]
            Unit::Words => {
                use unicode_segmentation::UnicodeSegmentation;
                let words = text.unicode_word_indices().enumerate();
                words.map(|(i, (at, _))| if i == 0 { 0 } else { at }).collect()
            }
        };
        if bounds.is_empty() && !text.is_empty() {
            bounds.push(0); // a text without a word is one unit
        }
        let units = bounds.len();
        bounds.push(text.len());
        let bytes = |units: Range<usize>| bounds[units.start]..bounds[units.end];
        let window = |w: TokenWindow| TokenWindow { full: bytes(w.full), fresh: bytes(w.fresh), ..w };
        Ok(StrWindows { text, windows: self.plan(units)?.iter().map(window).collect() })
    }

    fn over_bytes<'a>(&self, text: &'a str) -> Result<StrWindows<'a>> {
        const LEAST: usize = 7;
        let (room, step) = self.resolve()?;
        if step < LEAST {
            return Err(Error::WindowBelowChar { room, step, least: LEAST });
        }
        let boundary = |at: usize| (0..=at).rev().find(|&b| text.is_char_boundary(b)).unwrap_or(0);
        let mut windows = Vec::new();
        let (mut start, mut covered) = (0usize, 0);
        while covered < text.len() {
            let end = boundary(text.len().min(start.saturating_add(room)));
            windows.push(TokenWindow { group: 0, full: start..end, fresh: covered..end });
            covered = end;
            start = boundary(end.saturating_sub(room - step));
        }
        Ok(StrWindows { text, windows })
    }
}

impl<'a> StrWindows<'a> {
    /// How many windows there are.
    pub fn len(&self) -> usize {
        self.windows.len()
    }

    /// Whether there are none: an empty text.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// Window `i`, or `None` behind the last.
    pub fn get(&self, i: usize) -> Option<StrWindow<'a>> {
        let window = self.windows.get(i)?;
        let (full, fresh) = (&self.text[window.full.clone()], &self.text[window.fresh.clone()]);
        Some(StrWindow { full, fresh, bytes: window.full.clone() })
    }

    /// All windows in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = StrWindow<'a>> + ExactSizeIterator + '_ {
        self.windows.iter().map(|window| StrWindow {
            full: &self.text[window.full.clone()],
            fresh: &self.text[window.fresh.clone()],
            bytes: window.full.clone(),
        })
    }
}
