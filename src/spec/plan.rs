//! The plan: where the windows of a request lie on a shape.

use super::axis::AxisPlan;
use super::lists::{Dims, LIMIT, list, sort_few};
use crate::error::{Error, Irregular, Result};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use smallvec::SmallVec;

/// What one axis of a view or copy runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutAxis {
    /// This axis of the array, which is not unfolded.
    Plain(usize),
    /// The windows along the `k`-th unfolded axis.
    Grid(usize),
    /// The cells inside a window along the `k`-th unfolded axis.
    Window(usize),
}

/// Where the windows of a request lie on a shape. It needs no data and costs no heap up to rank 6.
///
/// ```
/// use ndwindow::unfold;
///
/// let plan = unfold([0, 1], 16, 16).grid_first().plan([300, 451, 3])?;
/// assert_eq!(plan.grid(), [18, 28]);
/// assert_eq!(plan.shape(), [18, 28, 16, 16, 3]);
/// assert_eq!(plan.strides(&[451 * 3, 3, 1])?, [16 * 451 * 3, 16 * 3, 451 * 3, 3, 1]);
/// assert_eq!(plan.remainder(), [12, 3]);
/// assert!(!plan.is_overlapping());
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    input: Dims,
    axes: SmallVec<[AxisPlan; 3]>,
    grid: Dims,
    order: AxisOrder,
    shape: Dims,
}

/// The axis order of views and copies. The two usual ones need no list.
#[derive(Clone, Debug)]
enum AxisOrder {
    /// Grid counts where the axes stood, window axes behind.
    InPlace,
    /// Grid axes, then a patch like the input.
    GridFirst,
    /// As [`Plan::permute`] was told.
    Custom(Box<[OutAxis]>),
}

impl Plan {
    #[inline]
    pub(crate) fn new(input: Dims, axes: SmallVec<[AxisPlan; 3]>, grid_first: bool) -> Result<Self> {
        checked_len("an array", &input)?;
        let order = if grid_first { AxisOrder::GridFirst } else { AxisOrder::InPlace };
        let shape = usual_shape(&input, &axes, grid_first);
        checked_len("a view of windows", &shape)?;
        let grid = list(axes.len(), |k| axes[k].count());
        Ok(Plan { input, axes, grid, order, shape })
    }

    /// This plan with its views and copies in a usual order, whatever was asked for.
    #[cfg(feature = "serde")]
    pub(super) fn usual_order(&self, grid_first: bool) -> Plan {
        let mut plan = self.clone();
        plan.order = if grid_first { AxisOrder::GridFirst } else { AxisOrder::InPlace };
        plan.shape = usual_shape(&self.input, &self.axes, grid_first);
        plan
    }

    /// This plan's windows in a box of the result over an array of nothing but the box they read.
    pub(crate) fn over(&self, write: &[Range<usize>], read: &[Range<usize>]) -> Plan {
        let input: Dims = list(read.len(), |a| read[a].len());
        let part = |a: &AxisPlan| a.part(write[a.axis()].clone(), read[a.axis()].clone());
        let axes: SmallVec<[AxisPlan; 3]> = self.axes.iter().map(part).collect();
        let grid = list(axes.len(), |k| axes[k].count());
        let shape = list(self.shape.len(), |o| match self.out_axis(o) {
            OutAxis::Plain(a) => input[a],
            OutAxis::Grid(k) => grid[k],
            OutAxis::Window(_) => self.shape[o],
        });
        Plan { input, axes, grid, order: self.order.clone(), shape }
    }

    /// The shape of the array.
    #[inline]
    pub fn input_shape(&self) -> &[usize] {
        &self.input
    }

    /// The unfolded axes, in the order of the request.
    #[inline]
    pub fn axes(&self) -> &[AxisPlan] {
        &self.axes
    }

    /// The unfolded axes, in the array's order.
    pub(crate) fn axes_in_order(&self) -> Vec<&AxisPlan> {
        let mut axes: Vec<&AxisPlan> = self.axes.iter().collect();
        sort_few(&mut axes, |a| a.axis());
        axes
    }

    /// How many windows there are along each unfolded axis, in the order of the request.
    #[inline]
    pub fn grid(&self) -> &[usize] {
        &self.grid
    }

    /// The shape of the view or copy.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// What each axis of the view or copy runs over.
    #[inline]
    pub fn order(&self) -> Vec<OutAxis> {
        self.out_axes().to_vec()
    }

    #[inline]
    pub(crate) fn out_axes(&self) -> SmallVec<[OutAxis; 6]> {
        list(self.shape.len(), |o| self.out_axis(o))
    }

    /// What axis `o` of the view or copy runs over.
    #[inline]
    fn out_axis(&self, o: usize) -> OutAxis {
        let axes = &self.axes[..];
        let old = |a: usize, unfolded: fn(usize) -> OutAxis| {
            axes.iter().position(|p| p.axis() == a).map_or(OutAxis::Plain(a), unfolded)
        };
        match &self.order {
            AxisOrder::InPlace if o < self.input.len() => old(o, OutAxis::Grid),
            AxisOrder::InPlace => OutAxis::Window(o - self.input.len()),
            AxisOrder::GridFirst if o < axes.len() => OutAxis::Grid(o),
            AxisOrder::GridFirst => old(o - axes.len(), OutAxis::Window),
            AxisOrder::Custom(order) => order[o],
        }
    }

    /// The array's axis that axis `o` of a strided view runs along, and how many elements one position advances.
    #[inline]
    pub(crate) fn along(&self, o: usize) -> (usize, isize) {
        match self.out_axis(o) {
            OutAxis::Plain(a) => (a, 1),
            OutAxis::Grid(k) => (self.axes[k].axis(), self.axes[k].even_step().unwrap_or(0) as isize),
            OutAxis::Window(k) => (self.axes[k].axis(), self.axes[k].dilation() as isize),
        }
    }

    /// The shape of a reduction: the input's, with grid counts in place of the unfolded axes.
    pub fn reduced_shape(&self) -> Vec<usize> {
        self.reduced_dims().to_vec()
    }

    pub(crate) fn reduced_dims(&self) -> Dims {
        let mut shape = self.input.clone();
        for a in &self.axes {
            shape[a.axis()] = a.count();
        }
        shape
    }

    /// How many windows there are: the product of [`grid`](Self::grid).
    #[inline]
    #[allow(clippy::len_without_is_empty)] // `is_empty` would not say of what
    pub fn len(&self) -> usize {
        self.grid.iter().product()
    }

    /// How many cells a window has along its own axes.
    pub fn window_len(&self) -> usize {
        self.axes.iter().map(AxisPlan::window).fold(1, usize::saturating_mul)
    }

    /// Where window `i` along the `k`-th unfolded axis starts, in elements of the dilated axis from the first one;
    /// negative in the leading padding.
    ///
    /// # Panics
    /// If there is no such axis or window.
    #[inline]
    pub fn start(&self, k: usize, i: usize) -> isize {
        self.axes[k].start(i)
    }

    /// The strides of the view over an array with these strides.
    ///
    /// # Errors
    /// [`Error::NotStrided`] where padding, an overhang, holes or uneven starts rule out a strided view;
    /// [`Error::RankMismatch`] for a wrong number of strides; [`Error::StrideOverflow`] for a stride no array has.
    pub fn strides(&self, input_strides: &[isize]) -> Result<Vec<isize>> {
        if input_strides.len() != self.input.len() {
            return Err(Error::RankMismatch {
                what: "list of strides",
                found: input_strides.len(),
                rank: self.input.len(),
            });
        }
        self.check_strided()?;
        let stride = |o: usize| {
            let (axis, factor) = self.along(o);
            match input_strides[axis].checked_mul(factor) {
                Some(stride) => Ok(stride),
                // Where the axis has at most one position, no index multiplies the stride.
                None if self.shape[o] <= 1 => Ok(0),
                None => Err(Error::StrideOverflow { axis, stride: input_strides[axis], factor }),
            }
        };
        (0..self.shape.len()).map(stride).collect()
    }

    /// Whether strides describe the windows, so that [`Windows::view`](crate::Windows::view) works.
    pub fn is_strided(&self) -> bool {
        self.check_strided().is_ok()
    }

    #[inline]
    pub(crate) fn check_strided(&self) -> Result<()> {
        for a in &self.axes {
            if let Some(cause) = a.irregular() {
                return Err(Error::NotStrided { axis: a.axis(), cause });
            }
        }
        Ok(())
    }

    /// Why a strided view is not possible, if so: the axis and the cause.
    pub fn irregular(&self) -> Option<(usize, Irregular)> {
        self.axes.iter().find_map(|a| a.irregular().map(|cause| (a.axis(), cause)))
    }

    /// The box of grid positions whose windows lie wholly inside the data: one range an unfolded axis.
    pub fn interior(&self) -> Vec<Range<usize>> {
        self.axes.iter().map(AxisPlan::interior).collect()
    }

    /// How many elements along each unfolded axis no window covers.
    pub fn remainder(&self) -> Vec<usize> {
        self.axes.iter().map(AxisPlan::remainder).collect()
    }

    /// Whether some element of the array lies in more than one cell.
    pub fn is_overlapping(&self) -> bool {
        // Where some axis' windows lie in padding alone, no cell holds an element at all.
        let read = |a: &AxisPlan| a.remainder() < a.len();
        !self.input.contains(&0) && self.axes.iter().any(AxisPlan::is_overlapping) && self.axes.iter().all(read)
    }

    /// Bytes of a copy: the product of [`shape`](Self::shape) times the size of an element; saturating.
    pub fn bytes<T>(&self) -> usize {
        self.shape.iter().product::<usize>().saturating_mul(size_of::<T>())
    }

    /// The same plan with the axes of its views and copies in another order, as `permute` on a view gives it.
    ///
    /// # Errors
    /// [`Error::NotAnOrder`] unless every axis is named once; negative ones count from the end.
    pub fn permute(&self, order: &[isize]) -> Result<Plan> {
        let order = checked_order(order, self.shape.len())?;
        let mut plan = self.clone();
        let old = self.out_axes();
        plan.order = AxisOrder::Custom(order.iter().map(|&o| old[o]).collect());
        plan.shape = order.iter().map(|&o| self.shape[o]).collect();
        Ok(plan)
    }
}

impl PartialEq for Plan {
    /// The same windows on the same shape in the same order, however that order was asked for.
    fn eq(&self, other: &Self) -> bool {
        self.input == other.input && self.axes == other.axes && self.out_axes() == other.out_axes()
    }
}

impl Eq for Plan {}

impl fmt::Display for OutAxis {
    /// `axis 2` of the array, the `grid 0` or the `window 0` of the first unfolded axis.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutAxis::Plain(axis) => write!(f, "axis {axis}"),
            OutAxis::Grid(k) => write!(f, "grid {k}"),
            OutAxis::Window(k) => write!(f, "window {k}"),
        }
    }
}

impl Default for OutAxis {
    fn default() -> Self {
        OutAxis::Plain(0)
    }
}

/// The shape in a usual order.
#[inline]
fn usual_shape(input: &[usize], axes: &[AxisPlan], grid_first: bool) -> Dims {
    let (rank, number) = (input.len(), axes.len());
    if grid_first {
        let mut shape = list(rank + number, |o| if o < number { axes[o].count() } else { input[o - number] });
        axes.iter().for_each(|a| shape[number + a.axis()] = a.window());
        shape
    } else {
        let mut shape = list(rank + number, |o| if o < rank { input[o] } else { axes[o - rank].window() });
        axes.iter().for_each(|a| shape[a.axis()] = a.count());
        shape
    }
}

/// The axis a possibly negative number means.
#[inline]
pub(crate) fn normal_axis(axis: isize, rank: usize) -> Result<usize> {
    let from_start = if axis < 0 { axis.wrapping_add(rank as isize) } else { axis };
    if (0..rank as isize).contains(&from_start) {
        Ok(from_start as usize)
    } else {
        Err(Error::AxisOutOfRange { axis, rank })
    }
}

/// An order of axes as indices, each named once.
pub(crate) fn checked_order(order: &[isize], rank: usize) -> Result<Dims> {
    let wrong = || Error::NotAnOrder { order: order.to_vec(), rank };
    if order.len() != rank {
        return Err(wrong());
    }
    let mut seen = Dims::new();
    for &o in order {
        let o = normal_axis(o, rank).map_err(|_| wrong())?;
        if seen.contains(&o) {
            return Err(wrong());
        }
        seen.push(o);
    }
    Ok(seen)
}

/// The number of elements of a shape. Zero if an axis is empty, however long the others are.
#[inline]
pub(crate) fn checked_len(what: &'static str, shape: &[usize]) -> Result<usize> {
    let too_large = || Error::TooLarge { what, shape: shape.to_vec(), limit: LIMIT, unit: "elements" };
    let mut len = 1usize;
    for &n in shape {
        // An empty axis does not excuse the others: their product is an address as soon as it is sliced open.
        if n > 0 {
            len = len.checked_mul(n).filter(|&l| l <= LIMIT).ok_or_else(too_large)?;
        }
    }
    Ok(if shape.contains(&0) { 0 } else { len })
}
