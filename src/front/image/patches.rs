//! Pictures cut into patches that do not overlap, one vector each, and put together again.

use crate::array::{Array, IntoView, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::front::grouped::copied;
use crate::spec::{Dims, IntoShape, IntoSizes, PerAxis, Plan, Tail, Unfold, unfold};
use alloc::vec::Vec;

/// Where the channels stand: in a picture, or in a patch's vector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Channels {
    /// `[.., H, W, C]`; a vector runs over row, column, channel.
    #[default]
    Last,
    /// `[.., C, H, W]`; a vector runs over channel, row, column.
    First,
}

/// How a picture is cut into patches: their size, and where the channels stand on both sides.
///
/// `[.., H, W, C]` or `[.., C, H, W]` becomes `[.., patches, size * size * C]`, patches in row-major order. The vectors of
/// the original ViT and of `einops` patterns `(p1 p2 c)` have [`Channels::Last`]; a ViT whose first layer is a
/// convolution, and `torch.nn.Unfold`, have [`Channels::First`].
///
/// ```
/// use ndwindow::View;
/// use ndwindow::image::{Channels, Patches};
///
/// let x: Vec<u8> = (0..32).collect();
/// let picture = View::new(&x, [2, 4, 4])?; // 2 channels of 4x4
/// let cut = Patches::new(2).picture(Channels::First).vector(Channels::First);
/// let patches = cut.split(&picture)?;
/// assert_eq!(patches.shape(), [4, 8]);
/// assert_eq!(patches.as_slice()[..8], [0, 1, 4, 5, 16, 17, 20, 21]);
/// assert_eq!(cut.join(&patches, [2, 4, 4])?.into_vec(), x);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Patches {
    size: PerAxis<usize>,
    picture: Channels,
    vector: Channels,
    tail: Option<Tail>,
}

impl Patches {
    /// Square patches of `size`, or `[height, width]`; channels last on both sides.
    pub fn new(size: impl IntoSizes) -> Self {
        Patches { size: size.into_sizes(), picture: Channels::Last, vector: Channels::Last, tail: None }
    }

    /// Where the channels stand in the picture.
    pub fn picture(mut self, channels: Channels) -> Self {
        self.picture = channels;
        self
    }

    /// Where the channels stand in a patch's vector.
    pub fn vector(mut self, channels: Channels) -> Self {
        self.vector = channels;
        self
    }

    /// What happens to a picture that is not a whole number of patches: by default it is an error;
    /// [`Tail::Drop`] leaves the rest out, [`Tail::Partial`] fills the last patches up with zeros.
    /// The other tails make patches overlap, which [`join`](Self::join) refuses.
    pub fn tail(mut self, tail: Tail) -> Self {
        self.tail = Some(tail);
        self
    }

    /// The request behind the patches, with the grid first: `[rows, cols, .., height, width, ..]` without copying.
    pub fn request(&self) -> Unfold {
        let axes = match self.picture {
            Channels::Last => [-3, -2],
            Channels::First => [-2, -1],
        };
        unfold(axes, self.size.clone(), self.size.clone()).tail(self.tail.unwrap_or_default()).grid_first()
    }

    /// The plan on a picture of this shape, in the order `[.., rows, cols, (patch vector as three axes)]`.
    fn plan(&self, shape: &[usize]) -> Result<Plan> {
        if shape.len() < 3 {
            return Err(Error::RankTooLow { what: "a picture", rank: shape.len(), least: 3 });
        }
        let plan = self.request().plan(shape)?;
        if self.tail.is_none()
            && let Some(a) = plan.axes().iter().find(|a| !a.len().is_multiple_of(a.window()))
        {
            return Err(Error::NotWhole { axis: a.axis(), len: a.len(), window: a.window() });
        }
        // grid_first puts two grid axes before the picture's own.
        let lead = shape.len() - 3;
        let (height, width, channel) = match self.picture {
            Channels::Last => (0, 1, 2),
            Channels::First => (1, 2, 0),
        };
        let vector = match self.vector {
            Channels::Last => [height, width, channel],
            Channels::First => [channel, height, width],
        };
        let order: Vec<isize> =
            (2..2 + lead).chain([0, 1]).chain(vector.iter().map(|v| 2 + lead + v)).map(|o| o as isize).collect();
        plan.permute(&order)
    }

    /// `[.., H, W, C]` to `[.., patches, size * size * C]`, copied once.
    ///
    /// # Errors
    /// [`Error::NotWhole`] for a picture that is not a whole number of patches, unless a tail was chosen; those of
    /// [`Unfold::plan`].
    pub fn split<'a, T: Element>(&self, picture: impl IntoView<'a, Elem = T>) -> Result<Array<T>> {
        let picture = picture.into_view();
        let plan = self.plan(picture.shape())?;
        copied(&plan.windows(picture)?, matrix(&plan))
    }

    /// [`split`](Self::split) into a buffer of the caller's.
    ///
    /// # Errors
    /// As [`split`](Self::split), and [`Error::BufferLength`].
    pub fn split_into<'a, T: Element>(&self, picture: impl IntoView<'a, Elem = T>, out: &mut [T]) -> Result<()> {
        let picture = picture.into_view();
        self.plan(picture.shape())?.windows(picture)?.copy_into(out)
    }

    /// `[.., patches, size * size * C]` back to a picture of this shape: the exact inverse of [`split`](Self::split).
    ///
    /// What [`Tail::Drop`] left out is zero, what [`Tail::Partial`] filled up is cut off.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] where patches and picture disagree; [`Error::WindowsOverlap`] for patches that do.
    pub fn join<'a, T: Element>(
        &self,
        patches: impl IntoView<'a, Elem = T>,
        shape: impl IntoShape,
    ) -> Result<Array<T>> {
        let (patches, shape) = (patches.into_view(), shape.into_shape());
        let plan = self.plan(&shape)?;
        let expected = matrix(&plan);
        if patches.shape() != &expected[..] {
            let (expected, found) = (expected.to_vec(), patches.shape().to_vec());
            return Err(Error::ShapeMismatch { what: "the matrix of patches", expected, found });
        }
        if let Some(a) = plan.axes().iter().find(|a| a.is_overlapping()) {
            return Err(Error::WindowsOverlap { axis: a.axis(), window: a.window(), step: a.step(), span: a.span() });
        }
        // Rows of the grid before rows of a patch, columns of the grid before columns of a patch: that is the picture.
        let patches = copy(&patches)?.reshape(plan.shape())?;
        let lead = shape.len() - 3;
        let (grid, patch) = (lead, lead + 2);
        let (height, width, channel) = match self.vector {
            Channels::Last => (patch, patch + 1, patch + 2),
            Channels::First => (patch + 1, patch + 2, patch),
        };
        let mut order: Vec<usize> = (0..lead).collect();
        match self.picture {
            Channels::Last => order.extend([grid, height, grid + 1, width, channel]),
            Channels::First => order.extend([channel, grid, height, grid + 1, width]),
        }
        let order: Vec<isize> = order.into_iter().map(|o| o as isize).collect();
        let mut covered = shape.clone();
        for a in plan.axes() {
            covered[a.axis()] = a.count() * a.window();
        }
        let joined = copy(&patches.permute(&order)?)?.reshape(&covered)?;
        if covered == shape { Ok(joined) } else { refit(&joined, &shape) }
    }
}

/// `[.., patches, size * size * C]` for a plan `[.., rows, cols, a, b, c]`.
fn matrix(plan: &Plan) -> Dims {
    let shape = plan.shape();
    let lead = shape.len() - 5;
    let mut matrix = Dims::from_slice(&shape[..lead]);
    matrix.push(shape[lead] * shape[lead + 1]);
    matrix.push(shape[lead + 2..].iter().product());
    matrix
}

/// A row-major copy.
fn copy<T: Element>(view: &View<'_, T>) -> Result<Array<T>> {
    let mut array = Array::try_zeros("a picture", Dims::from_slice(view.shape()))?;
    view.copy_into(array.as_mut_slice())?;
    Ok(array)
}

/// Crops an array, or lengthens it with zeros, at the end of its axes: one window per axis, padded by the difference.
fn refit<T: Element>(array: &Array<T>, shape: &[usize]) -> Result<Array<T>> {
    let pads: Vec<(isize, isize)> =
        array.shape().iter().zip(shape).map(|(&have, &want)| (0, want as isize - have as isize)).collect();
    copied(&unfold(.., 1, 1).pad(pads).windows(array)?, Dims::from_slice(shape))
}

/// Cuts `[.., H, W, C]` into square patches: `[.., H / size * W / size, size * size * C]`, channels last.
///
/// What `einops.rearrange(x, "(h p1) (w p2) c -> (h w) (p1 p2 c)", p1=size, p2=size)` gives. Options are in [`Patches`].
/// Time and memory: one pass over the picture, one copy of it.
///
/// ```
/// use ndwindow::{View, image::patchify};
///
/// let x: Vec<u8> = (0..16).collect();
/// let patches = patchify(&View::new(&x, [4, 4, 1])?, 2)?;
/// assert_eq!(patches.shape(), [4, 4]);
/// assert_eq!(patches.as_slice(), [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
///
/// # Errors
/// [`Error::NotWhole`] for a picture that is not a whole number of patches; those of [`Unfold::plan`].
pub fn patchify<'a, T: Element>(picture: impl IntoView<'a, Elem = T>, size: impl IntoSizes) -> Result<Array<T>> {
    Patches::new(size).split(picture)
}

/// Puts patches together again: the exact inverse of [`patchify`], to a picture of `shape`.
///
/// # Errors
/// [`Error::ShapeMismatch`] where patches and picture disagree.
pub fn unpatchify<'a, T: Element>(
    patches: impl IntoView<'a, Elem = T>,
    size: impl IntoSizes,
    shape: impl IntoShape,
) -> Result<Array<T>> {
    Patches::new(size).join(patches, shape)
}
