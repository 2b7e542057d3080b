//! Tiles as a picture.

use super::tiling::Tiling;
use crate::spec::{AxisPlan, Tail, tapers};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

impl Tiling {
    /// A picture of these tiles as an SVG document: along each axis where they lie on the result, how much each weighs there, what the weights
    /// add up to, and which share of the result each tile has. Of many tiles the first and the last ones are drawn.
    ///
    /// ```
    /// use ndwindow::image::Tiles;
    ///
    /// let picture = Tiles::new([0, 1], 96, 24).on([300, 451, 3])?.to_svg();
    /// assert!(picture.contains("tile 3: 204..300")); // the last one along axis 0 moved back
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    pub fn to_svg(&self) -> String {
        let (from, to) = (self.plan().input_shape(), self.result_shape());
        let mut about = format!("{from:?} -> {} tiles {:?}", self.len(), &self.shape()[1..]);
        if from != to {
            about += &format!(", put together to {to:?}");
        }
        let axes = self.results.axes();
        // They were had when the tiling was made; without memory for them now, nothing is drawn.
        let weights = self.tapers().weights(axes).unwrap_or_default();
        tapers(&self.code(), &about, axes.iter().zip(weights.iter().map(Vec::as_slice)))
    }

    /// The request as Rust, at the picture's own size.
    fn code(&self) -> String {
        let axes = self.plan().axes();
        let numbers = |f: fn(&AxisPlan) -> usize| {
            let all: Vec<usize> = axes.iter().map(f).collect();
            match all.first() {
                Some(first) if all.iter().all(|n| n == first) => first.to_string(),
                _ => format!("{all:?}"),
            }
        };
        let named: Vec<usize> = axes.iter().map(AxisPlan::axis).collect();
        let overlap = numbers(|a| a.window() - a.step());
        let mut code = format!("Tiles::new({named:?}, {}, {overlap})", numbers(AxisPlan::window));
        match axes.first().map(AxisPlan::tail) {
            None | Some(Tail::ShiftBack) => {}
            Some(tail) => code += &format!(".tail(Tail::{})", tail.name()),
        }
        let taper = self.tapers().code();
        if taper != "Taper::Linear" {
            code += &format!(".taper({taper})");
        }
        code + &format!(".on({:?})?", self.plan().input_shape())
    }
}
