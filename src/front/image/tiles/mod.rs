//! Overlapping tiles: large pictures and volumes processed piece by piece, and put together without seams.

mod blender;
mod joined;
mod picture;
mod process;
#[cfg(feature = "rayon")]
mod threads;
mod tiling;

pub use blender::Blender;
pub use process::{Processing, TileOutput};
pub use tiling::{Tile, Tiling};

use crate::error::{Error, Result};
use crate::ops::{Merge, Taper, Tapers};
use crate::spec::{Axes, AxisPlan, Dims, IntoAxes, IntoPerAxis, IntoShape, PerAxis, Plan, Tail, dims, gcd, unfold};
use smallvec::SmallVec;

/// How a picture or volume is cut into overlapping tiles, and how they fade into each other when they are put together.
///
/// ```text
/// picture  |------------------------------|      10 by tiles of 4 that overlap by 1
/// tiles    |---a---|  |---c---|                  Tail::ShiftBack: the last one moves back to the edge
///                |---b---|
/// weights   /\__a_/\_b_/\_c                      where two overlap, each weighs less towards its own edge
/// ```
///
/// Neural networks and filters give their worst results near the edge of what they see; there a tile hardly counts, as
/// its neighbour sees the place from nearer its middle.
///
/// ```
/// use ndwindow::{Array, image::Tiles};
///
/// let picture = Array::new((0..100).map(|v| v as f32).collect(), [10, 10])?;
/// let tiling = Tiles::new(.., 4, 1).on(picture.shape())?;
/// assert_eq!((tiling.len(), tiling.shape()), (9, &[9, 4, 4][..]));
/// let doubled = tiling.process(&picture, |tile| tile.to_array().map(|v| 2.0 * v))?;
/// assert!(doubled.iter().zip(&picture).all(|(d, p)| (d - 2.0 * p).abs() < 1e-4));
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Tiles {
    axes: Axes,
    size: PerAxis<usize>,
    overlap: PerAxis<usize>,
    tail: Tail,
    taper: Tapers,
    scale: PerAxis<(usize, usize)>,
    channels: Option<usize>,
}

impl Tiles {
    /// Tiles of `size` along `axes` (`[0, 1]` for `[H, W, C]`, `[-2, -1]` for `[.., H, W]`), neighbours sharing `overlap`
    /// elements. The last tiles move back to the edge, weights fall linearly from the middle of a tile.
    pub fn new(axes: impl IntoAxes, size: impl IntoPerAxis<usize>, overlap: impl IntoPerAxis<usize>) -> Self {
        Tiles {
            axes: axes.into_axes(),
            size: size.into_per_axis(),
            overlap: overlap.into_per_axis(),
            tail: Tail::ShiftBack,
            taper: Taper::Linear.into(),
            scale: PerAxis::One((1, 1)),
            channels: None,
        }
    }

    /// What happens where tiles do not end at the edge: [`Tail::ShiftBack`] moves the last one back, [`Tail::Spread`] spreads
    /// all evenly, [`Tail::Partial`] lets the last ones overhang (zeros, which come back nowhere) and is the one for pictures
    /// smaller than a tile; [`Tail::Drop`] only fits pictures that tiles fill.
    pub fn tail(mut self, tail: Tail) -> Self {
        self.tail = tail;
        self
    }

    /// How a tile's weight falls towards its edges, one for all axes or one for each.
    pub fn taper(mut self, taper: impl Into<Tapers>) -> Self {
        self.taper = taper.into();
        self
    }

    /// How many times the size of a tile its result has: `4` for an upscaler, `(1, 2)` for a network that halves, one for all axes
    /// or one for each. Tapers are taken at the size of the results.
    pub fn scale(mut self, scale: impl IntoPerAxis<(usize, usize)>) -> Self {
        self.scale = scale.into_per_axis();
        self
    }

    /// How many channels results have, where that is another number than the picture's (`[H, W, 3] -> [H, W, classes]`): the length
    /// of the one axis that is not tiled. Without it, results may have any, and a [`Blender`] expects the picture's.
    pub fn channels(mut self, channels: usize) -> Self {
        self.channels = Some(channels);
        self
    }

    /// The tiles of a picture of this shape.
    ///
    /// # Errors
    /// [`Error::Overlap`] for an overlap that is not below the size; [`Error::Uncovered`] where [`Tail::Drop`] leaves
    /// something out; [`Error::ZeroWeight`] for a taper with zeros; [`Error::ScaleNotWhole`] for a scale that divides the picture, a
    /// tile or an overlap into parts of elements, [`Error::ZeroScale`]; [`Error::TileChannels`] for channels that are not one axis;
    /// those of [`Unfold::plan`](crate::Unfold::plan).
    pub fn on(&self, shape: impl IntoShape) -> Result<Tiling> {
        let shape = dims(&shape);
        let number = match &self.axes {
            Axes::All => shape.len(),
            Axes::List(list) => list.len(),
        };
        self.size.check("tile size", number)?;
        self.overlap.check("tile overlap", number)?;
        self.scale.check("tile scale", number)?;
        let mut steps = Dims::new();
        for k in 0..number {
            let (size, overlap) = (self.size.at(k), self.overlap.at(k));
            if size > 0 && overlap >= size {
                return Err(Error::Overlap { overlap, size });
            }
            steps.push(size.saturating_sub(overlap).max(1));
        }
        let request = match &self.axes {
            Axes::All => unfold(.., self.size.clone(), &steps[..]),
            Axes::List(list) => unfold(&list[..], self.size.clone(), &steps[..]),
        };
        let plan = request.tail(self.tail).grid_first().plan(&shape[..])?;
        let results = self.results(&plan)?;
        results.prepare_fold(Merge::<f64>::weighted(self.taper.clone()))?;
        Ok(Tiling::new(plan, results, self.taper.clone(), self.channels))
    }

    /// The plan of what tiles become: the same windows at another scale.
    fn results(&self, plan: &Plan) -> Result<Plan> {
        let (mut shape, mut axes) = (Dims::from_slice(plan.input_shape()), SmallVec::<[AxisPlan; 3]>::new());
        if let Some(channels) = self.channels {
            let mut untiled = (0..shape.len()).filter(|&a| plan.axes().iter().all(|axis| axis.axis() != a));
            match (untiled.next(), untiled.next()) {
                (Some(axis), None) => shape[axis] = channels,
                _ => return Err(Error::TileChannels { untiled: shape.len() - plan.axes().len() }),
            }
        }
        for (k, axis) in plan.axes().iter().enumerate() {
            axes.push(self.scaled(axis, k)?);
            shape[axis.axis()] = axes[k].len();
        }
        Plan::new(shape, axes, true)
    }

    /// An axis at the scale of the results.
    fn scaled(&self, axis: &AxisPlan, k: usize) -> Result<AxisPlan> {
        let (up, down) = self.scale.at(k);
        if up == 0 || down == 0 {
            return Err(Error::ZeroScale { axis: axis.axis(), scale: (up, down) });
        }
        let scale = (up / gcd(up, down), down / gcd(up, down));
        if scale == (1, 1) {
            return Ok(*axis);
        }
        let times = |what, value: usize| match value.is_multiple_of(scale.1) {
            // What no address space holds is refused by the plan.
            true => Ok((value / scale.1).saturating_mul(scale.0)),
            false => Err(Error::ScaleNotWhole { what, axis: axis.axis(), value, scale }),
        };
        let (len, window) = (times("length", axis.len())?, times("tile size", axis.window())?);
        let step = window - times("tile overlap", axis.window() - axis.step().min(axis.window()))?;
        if axis.tail() == Tail::Spread && scale.1 > 1 {
            (0..axis.count()).try_for_each(|i| times("tile start", axis.start_of(i) as usize).map(|_| ()))?;
        }
        let plan = unfold(0, window, step).tail(axis.tail()).plan(len)?;
        Ok(plan.axes()[0].on_axis(axis.axis()).in_units(scale.0))
    }
}
