//! Pictures cut into patches that do not overlap, one vector each, and put together again.

use crate::array::{Array, IntoView, Picked, View};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::front::grouped::ungroup;
use crate::ops::row_loops;
use crate::spec::{AxisPlan, Dims, IntoPerAxis, IntoShape, PerAxis, Plan, Tail, Unfold, dims, unfold};
use alloc::vec::Vec;
use smallvec::SmallVec;

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
    pub fn new(size: impl IntoPerAxis<usize>) -> Self {
        Patches { size: size.into_per_axis(), picture: Channels::Last, vector: Channels::Last, tail: None }
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
    /// [`Tail::Drop`] leaves the rest out, [`Tail::Partial`] fills the last patches up with zeros,
    /// [`Tail::ShiftBack`] and [`Tail::Spread`] let patches overlap.
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
    /// [`Unfold::plan`]; [`Error::TooLarge`], [`Error::OutOfMemory`].
    pub fn split<'a, T: Element>(&self, picture: impl IntoView<'a, Elem = T>) -> Result<Array<T>> {
        let picture = picture.into_view();
        let plan = self.plan(picture.shape())?;
        plan.windows(picture)?.try_to_array("patches")?.reshape(&matrix(&plan)[..])
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
    /// It takes whatever `split` gives, empty pictures included. What [`Tail::Drop`] left out is zero, what
    /// [`Tail::Partial`] filled up is cut off, and where patches overlap the later one is kept.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] where patches and picture disagree; those of [`split`](Self::split) on such a picture.
    pub fn join<'a, T: Element>(
        &self,
        patches: impl IntoView<'a, Elem = T>,
        shape: impl IntoShape,
    ) -> Result<Array<T>> {
        let (patches, shape) = (patches.into_view(), dims(&shape));
        let plan = self.plan(&shape)?;
        let expected = matrix(&plan);
        if patches.shape() != &expected[..] {
            let (expected, found) = (expected.to_vec(), patches.shape().to_vec());
            return Err(Error::ShapeMismatch { what: "the matrix of patches", expected, found });
        }
        let mut out = Array::try_zeros("a picture", shape)?;
        // Elements without size are all alike, however many there are.
        if !out.is_empty() && size_of::<T>() > 0 {
            let lead = plan.shape().len() - 5;
            let mut groups: SmallVec<[Dims; 6]> = plan.shape()[..lead].iter().map(|&n| Dims::from_elem(n, 1)).collect();
            groups.extend([&plan.shape()[lead..lead + 2], &plan.shape()[lead + 2..]].map(Dims::from_slice));
            self.paste(&plan, &ungroup(&patches, &groups), &mut out)?;
        }
        Ok(out)
    }

    /// Copies patches `[.., rows, cols, (vector as three axes)]` to where they lie.
    fn paste<T: Element>(&self, plan: &Plan, patches: &View<'_, T>, out: &mut Array<T>) -> Result<()> {
        let lead = patches.rank() - 5;
        let (grid, patch) = (lead, lead + 2);
        // Where rows, columns and channels of a patch stand in its vector, and those of the picture in the picture.
        let (taps, channel) = match self.vector {
            Channels::Last => ([patch, patch + 1], patch + 2),
            Channels::First => ([patch + 1, patch + 2], patch),
        };
        let (sides, depth) = match self.picture {
            Channels::Last => ([lead, lead + 1], lead + 2),
            Channels::First => ([lead + 1, lead + 2], lead),
        };
        let shape = Dims::from_slice(out.shape());
        let stride = |axis: usize| shape[axis + 1..].iter().product::<usize>();
        let [rows, cols] = [0, 1].map(|k| stretches(&plan.axes()[k]));
        for (row, col) in rows.iter().flat_map(|row| cols.iter().map(move |col| (row, col))) {
            let mut starts = Dims::from_elem(0, patches.rank());
            let (mut offset, mut axes) = (0, SmallVec::<[(Picked, usize); 8]>::new());
            axes.extend((0..lead).map(|a| (Picked { axis: a, step: 1, count: shape[a] }, stride(a))));
            for (k, part) in [row, col].into_iter().enumerate() {
                starts[grid + k] = part.first;
                offset += part.to * stride(sides[k]);
                let size = plan.axes()[k].window();
                axes.push((Picked { axis: grid + k, step: 1, count: part.count }, size * stride(sides[k])));
                axes.push((Picked { axis: taps[k], step: 1, count: part.taps }, stride(sides[k])));
            }
            let channels = (Picked { axis: channel, step: 1, count: shape[depth] }, stride(depth));
            axes.insert(if depth < sides[0] { lead } else { axes.len() }, channels);
            let Some(block) = patches.pick(&starts, axes.len(), |o| axes[o].0) else {
                unreachable!("a plan's windows lie inside its patches");
            };
            // Rows of the grid before rows of a patch, columns of the grid before columns of a patch: that is the picture.
            if block.len() == out.len() {
                return block.copy_into(out.as_mut_slice());
            }
            let strides: Dims = axes.iter().map(|a| a.1).collect();
            row_loops::paste(out.as_mut_slice(), offset, &strides, &block);
        }
        Ok(())
    }
}

/// Patches along one side of a picture that lie side by side: `count` of them from the `first` on, of which `taps` elements
/// go to the picture from `to` on.
struct Stretch {
    first: usize,
    count: usize,
    taps: usize,
    to: usize,
}

/// Each element of a side once, from the last patch over it.
fn stretches(axis: &AxisPlan) -> Vec<Stretch> {
    let mut done: Vec<Stretch> = Vec::new();
    let start = |i: usize| if i < axis.count() { axis.start_of(i) as usize } else { axis.len() };
    for first in 0..axis.count() {
        let (to, taps) = (start(first), axis.window().min(start(first + 1) - start(first)));
        match done.last_mut() {
            Some(s) if (s.taps, taps, s.to + s.count * taps) == (axis.window(), axis.window(), to) => s.count += 1,
            _ => done.push(Stretch { first, count: 1, taps, to }),
        }
    }
    done
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
pub fn patchify<'a, T: Element>(
    picture: impl IntoView<'a, Elem = T>,
    size: impl IntoPerAxis<usize>,
) -> Result<Array<T>> {
    Patches::new(size).split(picture)
}

/// Puts patches together again: the exact inverse of [`patchify`], to a picture of `shape`.
///
/// # Errors
/// [`Error::ShapeMismatch`] where patches and picture disagree.
pub fn unpatchify<'a, T: Element>(
    patches: impl IntoView<'a, Elem = T>,
    size: impl IntoPerAxis<usize>,
    shape: impl IntoShape,
) -> Result<Array<T>> {
    Patches::new(size).join(patches, shape)
}
