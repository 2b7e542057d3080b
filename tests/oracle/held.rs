//! What every window holds, element by element: what reductions count.

use super::{Layout, Stand, flat, indices};

/// Cells that count of one window, in the order of the request's axes: an element's place in the array, or `None` for
/// padding that a fill turned into an element.
pub(crate) type Held = Vec<Option<usize>>;

impl Layout {
    /// The shape of a reduction.
    pub(crate) fn reduced(&self) -> Vec<usize> {
        let mut shape = self.shape.clone();
        for (&a, line) in self.axes.iter().zip(&self.lines) {
            shape[a] = line.count();
        }
        shape
    }

    /// The cells that count of every window, by the reduction's shape.
    pub(crate) fn held(&self, filled: bool) -> Vec<Held> {
        self.held_where(filled, |_| true)
    }

    /// Of those the cells whose place in the window is one of the `kept`.
    pub(crate) fn held_where(&self, filled: bool, kept: impl Fn(&[usize]) -> bool) -> Vec<Held> {
        let sizes: Vec<usize> = self.lines.iter().map(|l| l.window()).collect();
        let taps = indices(&sizes);
        let window = |index: &Vec<usize>| {
            let mut held = Vec::new();
            for tap in taps.iter().filter(|tap| kept(tap)) {
                let mut at = index.clone();
                let (mut padding, mut gap) = (false, false);
                for (k, line) in self.lines.iter().enumerate() {
                    match line.cell(index[self.axes[k]], tap[k]) {
                        Stand::Element(e) => at[self.axes[k]] = e,
                        Stand::Pad => padding = true,
                        Stand::Gap => gap = true,
                    }
                }
                match (gap, padding) {
                    (true, _) => {}
                    (_, true) if filled => held.push(None),
                    (_, true) => {}
                    _ => held.push(Some(flat(&at, &self.shape))),
                }
            }
            held
        };
        indices(&self.reduced()).iter().map(window).collect()
    }
}
