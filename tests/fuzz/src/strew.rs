//! Arrays that lie anyhow in memory: axes in any order, backwards, with gaps, and strides that nothing reads.

use crate::oracle::{flat, indices};
use crate::source::Source;
use ndwindow::View;

/// Memory, and how an array lies in it.
pub struct Strewn<T> {
    memory: Vec<T>,
    shape: Vec<usize>,
    strides: Vec<isize>,
    offset: usize,
}

impl<T: Copy> Strewn<T> {
    /// Row-major `values` of a shape, laid out otherwise; `between` fills the gaps.
    pub fn new(s: &mut Source, shape: &[usize], values: &[T], between: T) -> Self {
        let rank = shape.len();
        let mut order: Vec<usize> = (0..rank).collect();
        if s.flag() {
            order = (0..rank).map(|_| order.remove(s.below(order.len()))).collect();
        }
        let mut strides = vec![0isize; rank];
        let (mut reach, mut offset) = (1usize, 0);
        for &a in order.iter().rev() {
            let step = reach * if s.rarely(8) { 2 } else { 1 };
            let backwards = s.rarely(6) && shape[a] > 0;
            strides[a] = if backwards { -(step as isize) } else { step as isize };
            if backwards {
                offset += step * (shape[a] - 1);
            }
            if shape[a] == 1 && s.flag() {
                // A stride no index multiplies.
                strides[a] = match s.below(3) {
                    0 => 1,
                    1 => strides[s.below(rank)],
                    _ => s.below(41) as isize - 20,
                };
            }
            reach = step * shape[a].max(1);
        }
        let mut memory = vec![between; reach];
        for index in indices(shape) {
            let at = index.iter().zip(&strides).fold(offset as isize, |at, (&i, &d)| at + i as isize * d);
            memory[at as usize] = values[flat(&index, shape)];
        }
        s.say(|| format!("laid out as {shape:?} by strides {strides:?} from {offset}"));
        Strewn { memory, shape: shape.to_vec(), strides, offset }
    }

    pub fn view(&self) -> View<'_, T> {
        View::with_strides(&self.memory, &self.shape[..], &self.strides[..], self.offset)
            .expect("all places lie in memory")
    }
}
