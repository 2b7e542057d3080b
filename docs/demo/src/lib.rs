//! What the demo page asks: a request on one axis as a picture and as code.
//!
//! Exports are plain: [`draw`] takes numbers and keeps a text, [`text`] says where it lies. The text is four parts with [`PARTS`] between
//! them: the picture, and the code in Rust, NumPy and PyTorch; or one part, what is wrong.

mod code;

use ndwindow::{PadMode, Plan, Result, Tail, unfold};
use std::cell::RefCell;

/// What stands between the parts of a text: a char no code has.
pub const PARTS: char = '\u{1f}';

thread_local! {
    static TEXT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Draws a request and gives the number of bytes of its text. Modes and tails are numbered as the page lists them.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // one a slider
pub extern "C" fn draw(
    len: u32,
    window: u32,
    step: u32,
    dilation: u32,
    before: i32,
    after: i32,
    mode: u32,
    tail: u32,
) -> usize {
    let plan = plan([len, window, step, dilation], [before, after], mode, tail);
    let text = plan.map_or_else(|error| error.to_string(), |plan| parts(&plan));
    TEXT.with_borrow_mut(|kept| {
        *kept = text;
        kept.len()
    })
}

/// Where the last text lies.
#[unsafe(no_mangle)]
pub extern "C" fn text() -> *const u8 {
    TEXT.with_borrow(|text| text.as_ptr())
}

/// The plan of a request in numbers.
fn plan([len, window, step, dilation]: [u32; 4], [before, after]: [i32; 2], mode: u32, tail: u32) -> Result<Plan> {
    let mode = match mode {
        1 => PadMode::Edge,
        2 => PadMode::Reflect,
        3 => PadMode::Symmetric,
        4 => PadMode::Wrap,
        _ => PadMode::Empty,
    };
    let tail = match tail {
        1 => Tail::Partial,
        2 => Tail::ShiftBack,
        3 => Tail::Spread,
        _ => Tail::Drop,
    };
    let request = unfold(0, window as usize, step as usize).dilation(dilation as usize);
    request.pad((before, after)).pad_mode(mode).tail(tail).plan(len as usize)
}

/// The picture and the three codes.
fn parts(plan: &Plan) -> String {
    let picture = plan.to_svg();
    let rust = code::rust(&picture);
    let (numpy, torch) = (code::numpy(&plan.axes()[0]), code::torch(&plan.axes()[0]));
    [picture, rust, numpy, torch].join(&PARTS.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(numbers: [u32; 4], pads: [i32; 2], mode: u32, tail: u32) -> Vec<String> {
        let [len, window, step, dilation] = numbers;
        let bytes = draw(len, window, step, dilation, pads[0], pads[1], mode, tail);
        // The page reads these bytes.
        let kept = TEXT.with_borrow(|kept| kept.clone());
        assert_eq!(kept.len(), bytes);
        assert!(!text().is_null());
        kept.split(PARTS).map(str::to_string).collect()
    }

    #[test]
    fn a_view_in_four_words() {
        let [picture, rust, numpy, torch] = &asked([100, 32, 24, 1], [0, 0], 0, 0)[..] else { panic!("four parts") };
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert_eq!(rust, "unfold(0, 32, 24).plan([100])?");
        assert!(numpy.ends_with("w = sliding_window_view(x, 32)[::24]  # (3, 32)\n"), "{numpy}");
        assert!(torch.ends_with("w = x.unfold(0, 32, 24)  # (3, 32)\n"), "{torch}");
    }

    #[test]
    fn borders_and_tails() {
        let [_, rust, numpy, torch] = &asked([10, 4, 3, 2], [2, -1], 2, 2)[..] else { panic!("four parts") };
        assert_eq!(
            rust,
            "unfold(0, 4, 3).dilation(2).pad((2, -1)).pad_mode(PadMode::Reflect).tail(Tail::ShiftBack).plan([10])?"
        );
        assert_eq!(
            numpy,
            "import numpy as np\n\nx = np.arange(10)\np = np.pad(x[:9], (2, 0), mode=\"reflect\")\n\
             starts = np.minimum(np.arange(3) * 3, 4)\nw = p[starts[:, None] + np.arange(0, 7, 2)]  # (3, 4)\n"
        );
        assert_eq!(
            torch,
            "import torch\nimport torch.nn.functional as F\n\nx = torch.arange(10.)\n\
             p = F.pad(x[:9][None], (2, 0), mode=\"reflect\")[0]\n\
             starts = torch.clamp(torch.arange(3) * 3, max=4)\nw = p[starts[:, None] + torch.arange(0, 7, 2)]  # (3, 4)\n"
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = asked([10, 32, 1, 1], [0, 0], 0, 0);
        assert_eq!(
            wrong,
            ["window 32 spans 32 with dilation 1, but axis 0 has 10 elements: pad it, or use Tail::Partial"]
        );
    }

    /// Every slider at its ends: a text of one part or four, and never a panic.
    #[test]
    fn every_slider_at_its_ends() {
        for len in [0, 1, 200] {
            for window in [0, 1, 64] {
                for (step, dilation) in [(0, 1), (1, 8), (64, 1)] {
                    for pads in [[-16, -16], [0, 0], [64, -1], [64, 64]] {
                        for (mode, tail) in (0..5).flat_map(|mode| (0..4).map(move |tail| (mode, tail))) {
                            let parts = asked([len, window, step, dilation], pads, mode, tail);
                            assert!([1, 4].contains(&parts.len()));
                        }
                    }
                }
            }
        }
    }
}
