//! Contraction: windows times weights, summed. Convolution and correlation.
//!
//! The im2col matrix is never built. A box of windows copies what it reads into a *strip* ([`strip`]) that fits the cache,
//! each element about once; there every element of the matrix lies at the sum of a window's place and a tap's, and the
//! products ([`crate::kernel::contract`]) read it from there. Weights are packed once ([`pack`]) in the order of the sum.
//! Borders, strides and holes of a base dilation concern only the strip and the lists of places ([`line`]).
//!
//! The order of a sum, and how it is cut into parts and blocks, follow from shapes alone: strides decide how a strip is filled, the
//! level and the number of outputs which kernel runs, threads and memory how much is done at once, and none of them the bits.
//! Only whether the level fuses a product with its addition shows ([`crate::kernel::contract`]).

mod gradient;
mod job;
mod line;
mod pack;
mod run;
mod strip;
#[cfg(test)]
mod tests;

use crate::array::{Array, IntoView, Picked, View, checked_bytes};
use crate::error::{Error, Result};
use crate::kernel::caches::PACKED;
use crate::kernel::contract::Scalar;
use crate::kernel::level::Level;
use crate::ops::Windows;
use crate::spec::{AxisPlan, Dims, Plan};
use alloc::vec::Vec;
use job::{Job, Split};
use pack::{Packed, Pass, Weights};
use run::{passes, run};
use smallvec::SmallVec;

pub(crate) use gradient::weight_gradient;
pub(crate) use run::Input;

/// Parts of a sum, each of some thousand products, that are added up plainly; of more, what the additions lose is kept.
const PLAIN_PARTS: usize = 16;

/// A convolution whose shapes have been checked and made to agree.
#[derive(Clone)]
pub(crate) struct Contraction {
    job: Job,
    level: Level,
}

impl Contraction {
    /// `channel` is the axis of the channels, if there is one; `zero_holes` tells that empty cells read as zero.
    pub(crate) fn new(plan: &Plan, channel: Option<usize>, groups: usize, outputs: usize, zero_holes: bool) -> Self {
        Contraction { job: Job::new(plan, channel, groups, outputs, zero_holes), level: Level::detect() }
    }

    /// The shape of the result.
    pub(crate) fn shape(&self) -> &Dims {
        &self.job.shape
    }

    /// Refuses a result no address space holds.
    pub(crate) fn check_size(&self) -> Result<()> {
        // Elements have at most 8 bytes.
        checked_bytes::<u64>("a convolution", &self.job.shape).map(|_| ())
    }

    /// An array for the result.
    pub(crate) fn zeros<T: Scalar>(&self) -> Result<Array<T>> {
        Array::try_zeros("a convolution", self.job.shape.clone())
    }

    /// Products in each sum.
    pub(crate) fn terms(&self) -> usize {
        self.job.terms()
    }

    /// All weights, packed; none where nothing is multiplied.
    fn pack<T: Scalar>(&self, weights: &Weights<'_, T>) -> Result<Option<Packed<T>>> {
        let job = &self.job;
        if self.is_trivial() {
            return Ok(None);
        }
        let split = job.split::<T>();
        let pass = Pass { groups: 0..job.groups, outputs: 0..job.outputs, parts: 0..split.parts(job) };
        Packed::new(job, weights, split, pass, self.level, |_, w| w).map(Some)
    }

    /// Whether there is nothing to multiply: no result, or sums over no channels.
    fn is_trivial(&self) -> bool {
        self.job.shape.contains(&0) || self.job.channels == 0
    }

    /// Writes sums over nothing: the bias alone.
    fn write_trivial<T: Scalar>(&self, bias: Option<&[T]>, out: &mut [T]) {
        let inner: usize = self.job.channel.map_or(1, |c| self.job.shape[c + 1..].iter().product());
        for (at, to) in out.chunks_mut(inner.max(1)).enumerate() {
            to.fill(bias.map_or(T::default(), |b| b[at % b.len()]));
        }
    }

    /// Zeros for what adding the parts of a sum loses, where they are many: one number for each result.
    fn low<T: Scalar>(&self, split: &Split) -> Result<Option<Array<T>>> {
        if !T::LOSES || split.parts(&self.job) <= PLAIN_PARTS {
            return Ok(None);
        }
        Array::try_zeros("what the sums of a convolution lose by rounding", self.job.shape.clone()).map(Some)
    }

    /// Packs as much of the weights as fits, uses it, and goes on with the next.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] for very long sums.
    pub(crate) fn run_once<S, W, T>(
        &self,
        weights: &Weights<'_, W>,
        weight: impl Fn(usize, W) -> T + Copy,
        input: &Input<'_, '_, S, T, impl Fn(S) -> T + Copy + Send + Sync>,
        bias: Option<&[T]>,
        out: &mut [T],
    ) -> Result<()>
    where
        S: Copy + Send + Sync,
        W: Copy,
        T: Scalar,
    {
        if self.is_trivial() {
            self.write_trivial(bias, out);
            return Ok(());
        }
        let lanes = if self.job.by_rows::<T>(self.level) { 1 } else { 4 * self.level.vector_bytes() / size_of::<T>() };
        let split = self.job.split::<T>();
        let mut low = self.low(&split)?;
        for pass in passes(&self.job, &split, lanes, PACKED / size_of::<T>()) {
            let packed = Packed::new(&self.job, weights, split.clone(), pass, self.level, weight)?;
            run(&self.job, &packed, input, bias, (out, low.as_mut().map(Array::as_mut_slice)));
        }
        Ok(())
    }
}

/// Weights of a plain convolution, `[outputs, channels / groups, window..]`, by group.
pub(crate) fn grouped<'a, W>(weights: &View<'a, W>, groups: usize) -> Weights<'a, W> {
    let shape = weights.shape();
    let outputs = shape[0] / groups;
    let mut axes: SmallVec<[Picked; 6]> = SmallVec::new();
    axes.push(Picked { axis: 0, step: outputs as isize, count: groups });
    axes.push(Picked { axis: 0, step: 1, count: outputs });
    axes.extend((1..shape.len()).map(|axis| Picked { axis, step: 1, count: shape[axis] }));
    picked(weights, Dims::from_elem(0, shape.len()), axes)
}

/// Weights of a transposed convolution, `[channels, outputs / groups, window..]`, turned and by group.
pub(crate) fn turned<'a, W>(weights: &View<'a, W>, groups: usize) -> Weights<'a, W> {
    let shape = weights.shape();
    let channels = shape[0] / groups;
    let mut starts = Dims::from_elem(0, shape.len());
    let mut axes: SmallVec<[Picked; 6]> = SmallVec::new();
    axes.push(Picked { axis: 0, step: channels as isize, count: groups });
    axes.push(Picked { axis: 1, step: 1, count: shape[1] });
    axes.push(Picked { axis: 0, step: 1, count: channels });
    for axis in 2..shape.len() {
        starts[axis] = shape[axis] - 1;
        axes.push(Picked { axis, step: -1, count: shape[axis] });
    }
    picked(weights, starts, axes)
}

/// One filter for every plain axis, `[window..]`.
fn lone<'a, W>(weights: &View<'a, W>) -> Weights<'a, W> {
    let shape = weights.shape();
    let mut axes: SmallVec<[Picked; 6]> = SmallVec::from_elem(Picked { axis: 0, step: 0, count: 1 }, 3);
    axes.extend((0..shape.len()).map(|axis| Picked { axis, step: 1, count: shape[axis] }));
    picked(weights, Dims::from_elem(0, shape.len()), axes)
}

fn picked<'a, W>(weights: &View<'a, W>, starts: Dims, axes: SmallVec<[Picked; 6]>) -> Weights<'a, W> {
    match weights.pick(&starts, axes.len(), |k| axes[k]) {
        Some(view) => Weights { view },
        None => unreachable!("groups divide the first axis, and the other axes are whole"),
    }
}

/// The weights of [`Windows::conv`] and how they are contracted.
fn resolve<'w, T: Scalar>(
    plan: &Plan,
    weights: &View<'w, T>,
    zero_holes: bool,
) -> Result<(Contraction, Weights<'w, T>)> {
    if plan.axes().is_empty() {
        return Err(Error::NothingUnfolded { what: "a convolution" });
    }
    let window: Vec<usize> = plan.axes().iter().map(AxisPlan::window).collect();
    if weights.shape() == window {
        return Ok((Contraction::new(plan, None, 1, 1, zero_holes), lone(weights)));
    }
    let rank = plan.input_shape().len();
    let channel = (0..rank).rev().find(|&a| plan.axes().iter().all(|p| p.axis() != a));
    let channels = channel.map_or(1, |c| plan.input_shape()[c]);
    let wrong = |groups| Error::WeightsShape {
        found: weights.shape().to_vec(),
        channels,
        groups,
        window: window.clone(),
        transposed: false,
    };
    let (Some(channel), [outputs, each, rest @ ..]) = (channel, weights.shape()) else { return Err(wrong(1)) };
    if rest != window || *each == 0 || !channels.is_multiple_of(*each) || channels == 0 {
        return Err(wrong(1));
    }
    let groups = channels / each;
    if !outputs.is_multiple_of(groups) {
        return Err(Error::Groups { what: "outputs", count: *outputs, groups });
    }
    let contraction = Contraction::new(plan, Some(channel), groups, outputs / groups, zero_holes);
    contraction.check_size()?;
    Ok((contraction, grouped(weights, groups)))
}

pub(crate) fn check_buffer(shape: &[usize], found: usize) -> Result<()> {
    let expected: usize = if shape.contains(&0) { 0 } else { shape.iter().product() };
    if found == expected {
        return Ok(());
    }
    Err(Error::BufferLength { shape: shape.to_vec(), expected, found })
}

impl<T: Scalar> Windows<'_, T> {
    /// Convolution as neural networks mean it (cross-correlation: the weights are not turned).
    ///
    /// Weights of the windows' own shape filter every index of the other axes alike: the result has the shape of a
    /// reduction. Weights `[outputs, channels / groups, window..]` contract the last axis that is not unfolded, the
    /// channels, as well: `[N, C, H, W] -> [N, outputs, H', W']`, or `[N, H, W, C] -> [N, H', W', outputs]`. The number of
    /// groups follows from the shapes.
    ///
    /// Equals the sum over channels and taps of `to_array()` times the weights: empty cells read as zero or the fill.
    ///
    /// Time: one multiply-add for each window, output, channel of a group and tap. Memory beyond the result: under 4 MiB a
    /// thread, and as much as the result has where a sum has very many products (from 131,072 on, or more than 16 strips).
    ///
    /// Sums run in an order that follows from the shapes alone: the bits do not depend on threads, on how the array and the weights
    /// lie in memory, or on whether weights are prepared.
    ///
    /// ```
    /// use ndwindow::{View, unfold};
    ///
    /// let x = [1.0f32, 2.0, 4.0, 8.0];
    /// let slope = unfold(0, 2, 1).windows(&x)?.conv(&[-1.0, 1.0])?;
    /// assert_eq!(slope.as_slice(), [1.0, 2.0, 4.0]);
    ///
    /// let weights = View::new(&[1.0, 0.0, 0.0, 1.0, 1.0, 1.0], [3, 2, 1])?; // three outputs from two channels
    /// let y = unfold(-1, 1, 1).windows(View::new(&x, [2, 2])?)?.conv(weights)?;
    /// assert_eq!((y.shape(), y.as_slice()), (&[3, 2][..], &[1.0, 2.0, 4.0, 8.0, 5.0, 10.0][..]));
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WeightsShape`] and [`Error::Groups`] for weights that do not fit; [`Error::TooLarge`] for a result no
    /// address space holds, [`Error::OutOfMemory`] for one this machine does not.
    pub fn conv<'w>(&self, weights: impl IntoView<'w, Elem = T>) -> Result<Array<T>> {
        let weights = weights.into_view();
        let (contraction, weights) = resolve(self.plan(), &weights, self.holes_are_zero())?;
        let mut out = contraction.zeros()?;
        self.contract(&contraction, &weights, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`conv`](Self::conv) into a buffer of the result's length.
    ///
    /// # Errors
    /// Those of [`conv`](Self::conv), and [`Error::BufferLength`].
    pub fn conv_into<'w>(&self, weights: impl IntoView<'w, Elem = T>, out: &mut [T]) -> Result<()> {
        let weights = weights.into_view();
        let (contraction, weights) = resolve(self.plan(), &weights, self.holes_are_zero())?;
        check_buffer(contraction.shape(), out.len())?;
        self.contract(&contraction, &weights, out)
    }

    fn holes_are_zero(&self) -> bool {
        self.fill_value().is_none_or(|&v| v == T::default())
    }

    fn contract(&self, contraction: &Contraction, weights: &Weights<'_, T>, out: &mut [T]) -> Result<()> {
        let empty = self.fill_value().copied().unwrap_or_default();
        let input = Input { view: self.source(), empty, lift: |x| x };
        contraction.run_once(weights, |_, w| w, &input, None, out)
    }
}

/// A convolution with its weights packed once, for arrays of one shape.
///
/// Made by [`Plan::prepare_conv`]; the weights are copied, in as much memory as they have.
///
/// ```
/// use ndwindow::unfold;
///
/// let plan = unfold(0, 3, 1).same().plan([4])?;
/// let blur = plan.prepare_conv(&[0.25, 0.5, 0.25])?;
/// assert_eq!(blur.conv(&[0.0f32, 4.0, 0.0, 8.0])?.as_slice(), [1.0, 2.0, 3.0, 4.0]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
pub struct PreparedConv<T> {
    contraction: Contraction,
    packed: Option<Packed<T>>,
    bias: Option<Vec<T>>,
    input: Dims,
}

impl Plan {
    /// Checks and packs weights for repeated use; see [`Windows::conv`] for their shapes. Empty cells read as zero.
    ///
    /// # Errors
    /// [`Error::WeightsShape`], [`Error::Groups`], [`Error::TooLarge`], [`Error::OutOfMemory`].
    pub fn prepare_conv<'w, T: Scalar>(&self, weights: impl IntoView<'w, Elem = T>) -> Result<PreparedConv<T>> {
        let weights = weights.into_view();
        let (contraction, weights) = resolve(self, &weights, true)?;
        PreparedConv::new(contraction, &weights, self.input_shape())
    }
}

impl<T: Scalar> PreparedConv<T> {
    pub(crate) fn new(contraction: Contraction, weights: &Weights<'_, T>, input: &[usize]) -> Result<Self> {
        let packed = contraction.pack(weights)?;
        Ok(PreparedConv { contraction, packed, bias: None, input: Dims::from_slice(input) })
    }

    /// Adds one number to each output.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] unless there are as many numbers as outputs.
    pub fn bias(mut self, bias: &[T]) -> Result<Self> {
        let outputs = self.contraction.job.groups * self.contraction.job.outputs;
        if bias.len() != outputs {
            let what = "the bias";
            return Err(Error::ShapeMismatch { what, expected: [outputs].to_vec(), found: [bias.len()].to_vec() });
        }
        self.bias = Some(bias.to_vec());
        Ok(self)
    }

    /// The shape of the result.
    pub fn shape(&self) -> &[usize] {
        self.contraction.shape()
    }

    /// The convolution of an array of the planned shape.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`], [`Error::OutOfMemory`].
    pub fn conv<'a>(&self, source: impl IntoView<'a, Elem = T>) -> Result<Array<T>> {
        let mut out = self.contraction.zeros()?;
        self.conv_into(source, out.as_mut_slice())?;
        Ok(out)
    }

    /// [`conv`](Self::conv) into a buffer of the result's length.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`], [`Error::BufferLength`].
    pub fn conv_into<'a>(&self, source: impl IntoView<'a, Elem = T>, out: &mut [T]) -> Result<()> {
        let source = source.into_view();
        if source.shape() != &self.input[..] {
            let (expected, found) = (self.input.to_vec(), source.shape().to_vec());
            return Err(Error::ShapeMismatch { what: "the array", expected, found });
        }
        check_buffer(self.contraction.shape(), out.len())?;
        let Some(packed) = &self.packed else {
            self.contraction.write_trivial(self.bias.as_deref(), out);
            return Ok(());
        };
        let input = Input { view: &source, empty: T::default(), lift: |x| x };
        let mut low = self.contraction.low(&packed.split)?;
        let to = (out, low.as_mut().map(Array::as_mut_slice));
        run(&self.contraction.job, packed, &input, self.bias.as_deref(), to);
        Ok(())
    }
}
