//! A plan as a small table for people.

use super::plan::Plan;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

impl fmt::Display for Plan {
    /// Writes what will happen: one line for the shapes, then one row an unfolded axis.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?} -> {} windows {:?}, view {:?}", self.input_shape(), self.len(), self.grid(), self.shape())?;
        let head = ["axis", "length", "window", "step", "dilation", "pad", "windows", "inside", "tail", "left over"];
        let mut rows: Vec<Vec<String>> = Vec::from([head.map(String::from).to_vec()]);
        for a in self.axes() {
            let length = match a.base_dilation() {
                1 => a.len().to_string(),
                b => format!("{} (base {b})", a.len()),
            };
            let (before, after) = a.pads();
            let pad = match (before, after) {
                (0, 0) => "none".to_string(),
                _ => format!("{before}, {after} {:?}", a.pad_mode()),
            };
            let inside = a.interior();
            rows.push(Vec::from([
                a.axis().to_string(),
                length,
                a.window().to_string(),
                a.step().to_string(),
                a.dilation().to_string(),
                pad,
                a.count().to_string(),
                if inside.is_empty() { "none".to_string() } else { format!("{}..{}", inside.start, inside.end) },
                format!("{:?}", a.tail()),
                a.quick_remainder().map_or_else(|| "?".to_string(), |n| n.to_string()),
            ]));
        }
        let widths: Vec<usize> = (0..head.len()).map(|c| rows.iter().map(|r| r[c].len()).max().unwrap_or(0)).collect();
        for (r, row) in rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate() {
                let gap = if c == 0 { "" } else { "  " };
                write!(f, "{gap}{cell:>width$}", width = widths[c])?;
            }
            if r + 1 < rows.len() {
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
