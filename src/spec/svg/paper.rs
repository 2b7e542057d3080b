//! The sheet a picture is drawn on: shapes and text at whole numbers, and the styles of all of them.

use alloc::string::String;
use core::fmt::{Display, Write};

/// What every picture looks like. Whatever a colour says, a hatching, a dash or a word says too.
const STYLE: &str = "\
.ndw text{font-family:ui-monospace,Consolas,monospace;font-size:11px;fill:#1b1f24}
.ndw .head{font-weight:bold;font-size:13px}
.ndw .soft{fill:#57606a}
.ndw .number{font-size:9px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:2px}
.ndw .bare{font-size:9px;text-anchor:middle}
.ndw .back{fill:#fff}
.ndw .element{fill:#e8f1f8;stroke:#0072b2}
.ndw .read{fill:#a8d3ef;stroke:#0072b2}
.ndw .pad{fill:url(#ndw-hatch);stroke:#b07800}
.ndw .over{fill:none;stroke:#57606a;stroke-dasharray:1 2}
.ndw .left{fill:url(#ndw-cross);stroke:#c23b00}
.ndw .bar{fill:#7a8591}
.ndw .line{fill:none;stroke:#57606a}
.ndw .stripe{fill:none;stroke:#d99a1c}
.ndw .mesh{fill:none;stroke:#ee8a5c}
.ndw .grey0{fill:#fff}.ndw .grey1{fill:#eceef0}.ndw .grey2{fill:#d5d9dd}.ndw .grey3{fill:#bcc2c8}.ndw .grey4{fill:#a3abb3}
.ndw .mark{fill:none;stroke-width:2px}
.ndw .mark0{stroke:#0072b2}
.ndw .mark1{stroke:#c23b00;stroke-dasharray:6 3}
.ndw .mark2{stroke:#00795a;stroke-dasharray:2 2}
.ndw .mark3{stroke:#1b1f24;stroke-dasharray:9 3 2 3}
.ndw .mark4{stroke:#8a3f9e;stroke-dasharray:14 4}
.ndw .mark5{stroke:#8a6100;stroke-dasharray:1 3}
.ndw .dot{fill:#1b1f24}
@media (prefers-color-scheme:dark){
.ndw text{fill:#e6edf3}
.ndw .soft{fill:#9aa4af}
.ndw .number{stroke:#0d1117}
.ndw .back,.ndw .grey0{fill:#0d1117}
.ndw .element{fill:#12283a;stroke:#56b4e9}
.ndw .read{fill:#0f4c75;stroke:#56b4e9}
.ndw .pad{stroke:#e69f00}
.ndw .over,.ndw .line{stroke:#9aa4af}
.ndw .left{stroke:#ff7b4a}
.ndw .stripe{stroke:#8a6412}
.ndw .mesh{stroke:#99401a}
.ndw .grey1{fill:#1f262d}.ndw .grey2{fill:#323b44}.ndw .grey3{fill:#46515c}.ndw .grey4{fill:#5b6875}
.ndw .mark0{stroke:#56b4e9}
.ndw .mark1{stroke:#ff7b4a}
.ndw .mark2{stroke:#2fc79b}
.ndw .mark3{stroke:#e6edf3}
.ndw .mark4{stroke:#d09be0}
.ndw .mark5{stroke:#e6b450}
.ndw .dot{fill:#e6edf3}
}
";

/// The two hatchings.
const DEFS: &str = "\
<defs>
<pattern id=\"ndw-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
<path class=\"stripe\" d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\"/></pattern>
<pattern id=\"ndw-cross\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
<path class=\"mesh\" d=\"M0 0L6 6M0 6L6 0\"/></pattern>
</defs>
";

/// The space left free around a picture.
pub(super) const MARGIN: isize = 16;

/// A picture as it grows downwards.
pub(super) struct Paper {
    body: String,
    /// How far to the right anything has been drawn.
    right: isize,
    /// The first line that is still free.
    pub(super) y: isize,
}

impl Paper {
    pub(super) fn new() -> Paper {
        Paper { body: String::new(), right: 0, y: MARGIN }
    }

    /// A line of text at the left, below everything so far.
    pub(super) fn say(&mut self, class: &str, text: impl Display) {
        self.y += 14;
        self.text(class, MARGIN, self.y, text);
        self.y += 4;
    }

    /// Text whose base line begins at a point.
    pub(super) fn text(&mut self, class: &str, x: isize, y: isize, text: impl Display) {
        let from = self.body.len();
        let _ = write!(self.body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">");
        let start = self.body.len();
        escape(&mut self.body, text);
        let letter = if class == "head" { 8 } else { 7 };
        let letters = self.body[start..].chars().count() as isize;
        self.widen(x + letter * letters);
        if start == self.body.len() { self.body.truncate(from) } else { self.body.push_str("</text>\n") }
    }

    /// Text around a point, upright if it does not fit a cell: the numbers of cells. `more` is written into the tag.
    pub(super) fn number(&mut self, class: &str, x: isize, y: isize, value: impl Display, upright: bool, more: &str) {
        let turn = if upright { alloc::format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
        let _ = writeln!(self.body, "<text class=\"{class}\" x=\"{x}\" y=\"{}\"{turn}{more}>{value}</text>", y + 3);
    }

    /// A path; nothing if it is empty.
    pub(super) fn path(&mut self, class: &str, path: &str) {
        if !path.is_empty() {
            let _ = writeln!(self.body, "<path class=\"{class}\" d=\"{path}\"/>");
        }
    }

    /// A box.
    pub(super) fn rect(&mut self, class: &str, x: isize, y: isize, width: isize, height: isize) {
        self.widen(x + width);
        let _ =
            writeln!(self.body, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
    }

    /// Remembers that something reaches `x`.
    pub(super) fn widen(&mut self, x: isize) {
        self.right = self.right.max(x);
    }

    /// The whole document. `title` and `about` are what a screen reader says.
    pub(super) fn finish(self, title: &str, about: impl Display) -> String {
        let (width, height) = (self.right + MARGIN, self.y + MARGIN);
        let mut out = String::new();
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ndw\" role=\"img\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\">\n<title>"
        );
        escape(&mut out, title);
        out.push_str("</title>\n<desc>");
        escape(&mut out, about);
        let _ = write!(out, "</desc>\n<style>\n{STYLE}</style>\n{DEFS}");
        let _ = writeln!(out, "<rect class=\"back\" width=\"{width}\" height=\"{height}\"/>");
        out.push_str(&self.body);
        out.push_str("</svg>\n");
        out
    }
}

/// Adds a box to a path.
pub(super) fn add_box(path: &mut String, x: isize, y: isize, width: isize, height: isize) {
    let _ = write!(path, "M{x} {y}h{width}v{height}h-{width}z");
}

/// Writes text so that no letter of it is taken for markup.
fn escape(out: &mut String, text: impl Display) {
    struct Escaped<'a>(&'a mut String);
    impl Write for Escaped<'_> {
        fn write_str(&mut self, text: &str) -> core::fmt::Result {
            for letter in text.chars() {
                match letter {
                    '&' => self.0.push_str("&amp;"),
                    '<' => self.0.push_str("&lt;"),
                    '>' => self.0.push_str("&gt;"),
                    other => self.0.push(other),
                }
            }
            Ok(())
        }
    }
    let _ = write!(Escaped(out), "{text}");
}
