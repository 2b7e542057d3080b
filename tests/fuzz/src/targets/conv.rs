//! Convolution: `Windows::conv`, and the same prepared.

use crate::check::{Done, Verdict, answered, close_by, refused, same, same_shape};
use crate::oracle::Layout;
use crate::request::{Case, Kind, cells};
use crate::source::Source;
use crate::strew::Strewn;
use crate::value::{Value, values};
use ndwindow::{Element, Error, Scalar};

const KIND: Kind = Kind { base_dilation: true, modes: true, tails: true, cells: 20_000 };

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.below(4) {
        0 => of::<i32>(s, |x| x.into(), |sum| sum as i32, 0.0),
        1 => of::<f64>(s, |x| x, |sum| sum, f64::EPSILON),
        _ => of::<f32>(s, |x| x.into(), |sum| sum as f32, f32::EPSILON.into()),
    }
}

/// A number with room for products.
pub(crate) trait Number: Value + Element + Scalar {
    /// Small integers, or fractions between -4 and 4.
    fn tame(s: &mut Source, n: usize) -> Vec<Self>;
}

impl Number for i32 {
    fn tame(s: &mut Source, n: usize) -> Vec<i32> {
        values::<u8>(s, n).iter().map(|&x| i32::from(x) - 3).collect()
    }
}

macro_rules! floats {
    ($($t:ty)*) => {$(
        impl Number for $t {
            fn tame(s: &mut Source, n: usize) -> Vec<$t> {
                let whole = s.flag();
                let bytes = values::<u16>(s, n);
                bytes.iter().map(|&x| if whole { <$t>::from(x as i16 % 5) } else { <$t>::from(x as i16) / 8191.3 }).collect()
            }
        }
    )*};
}
floats!(f32 f64);

fn of<T: Number>(s: &mut Source, real: fn(T) -> f64, back: fn(f64) -> T, epsilon: f64) -> Verdict {
    let case = Case::decode(s, KIND);
    let data = T::tame(s, case.elements());
    let fill = s.rarely(4).then(|| T::small(&mut s.dice()));
    s.say(|| format!("fill {fill:?}"));
    let view = case.view(&data);
    let found = case.request().windows(&view);
    let layout = match case.lay() {
        Ok(layout) => layout,
        Err(why) => return refused("windows", found.map(|_| ()), &format!("{why:?}")),
    };
    let mut windows = answered("windows", found)?;
    if let Some(fill) = fill {
        windows = windows.fill(fill);
    }
    let sizes: Vec<usize> = layout.lines.iter().map(|l| l.window()).collect();
    let channel = (0..layout.shape.len()).rev().find(|a| !layout.axes.contains(a)).filter(|_| s.flag());
    let channels = channel.map_or(1, |c| layout.shape[c]);
    let divisors: Vec<usize> = (1..=channels).filter(|g| channels % g == 0).collect();
    let groups = if divisors.is_empty() { 1 } else { s.pick(&divisors) };
    let most = if s.rarely(8) { 20 } else { 3 };
    let outputs = if channel.is_some() { groups * s.from_to(0, most) } else { 1 };
    if cells(&layout).saturating_mul(outputs.max(1)) > KIND.cells * 4 {
        return Ok(Done::PassedOver);
    }
    let mut form = if channel.is_some() { vec![outputs, channels / groups] } else { Vec::new() };
    form.extend(&sizes);
    let weights = T::tame(s, form.iter().product());
    let strewn = Strewn::new(s, &form, &weights, T::default());
    let found = windows.conv(strewn.view());
    if layout.axes.is_empty() {
        return refused("conv", found, "nothing is unfolded");
    }
    if channels == 0 {
        return refused("conv", found, "no channels");
    }
    let found = answered("conv", found)?;
    let blank = fill.unwrap_or_default();
    let parts = Parts { layout: &layout, channel, groups, outputs };
    let elements = case.account.elements(&data);
    let (shape, sums) = parts.sums(&elements, blank, &weights, real);
    same_shape("conv", found.shape(), &shape)?;
    let expected: Vec<T> = sums.iter().map(|&(sum, _)| back(sum)).collect();
    close_by("conv", found.as_slice(), &expected, |i, a, b| {
        let terms = (sizes.iter().product::<usize>() * channels / groups) as f64;
        a.same(b) || (real(*a) - real(*b)).abs() <= sums[i].1 * epsilon * (terms + 2.0)
    })?;
    // The order of a sum follows from the shapes: not from where elements lie, nor from who asks.
    let contiguous = Case::plain(&case, elements.len());
    let straight = contiguous.view(&elements);
    let mut again = answered("windows", contiguous.request().windows(&straight))?;
    if let Some(fill) = fill {
        again = again.fill(fill);
    }
    let again = answered("conv", again.conv(ndwindow::View::new(&weights, &form[..]).expect("its own shape")))?;
    same("conv of another layout", again.as_slice(), found.as_slice())?;
    if fill.is_none() {
        let plan = answered("plan", case.request().plan(case.shape()))?;
        let prepared = answered("prepare", plan.prepare_conv(strewn.view()).and_then(|p| p.conv(&view)))?;
        same("prepared conv", prepared.as_slice(), found.as_slice())?;
    }
    if sizes.is_empty() { Ok(Done::Same) } else { wrong_weights(s, &windows, &form) }
}

/// Weights of another shape are refused.
fn wrong_weights<T: Number>(s: &mut Source, windows: &ndwindow::Windows<'_, T>, form: &[usize]) -> Verdict {
    if form.is_empty() || !s.rarely(10) {
        return Ok(Done::Same);
    }
    let mut form = form.to_vec();
    let last = form.len() - 1;
    form[last] += 1;
    let data = vec![T::default(); form.iter().product()];
    match windows.conv(ndwindow::View::new(&data, &form[..]).expect("its own shape")) {
        Err(Error::WeightsShape { .. }) => Ok(Done::Same),
        Err(e) => Err(format!("conv of wrong weights: {e}")),
        Ok(_) => Err("conv of wrong weights answered".into()),
    }
}

/// Who meets whom.
struct Parts<'a> {
    layout: &'a Layout,
    channel: Option<usize>,
    groups: usize,
    outputs: usize,
}

impl Parts<'_> {
    /// Every sum, and the sum of its absolute terms.
    fn sums<T: Number>(
        &self,
        elements: &[T],
        blank: T,
        weights: &[T],
        real: fn(T) -> f64,
    ) -> (Vec<usize>, Vec<(f64, f64)>) {
        let order = self.layout.order(false);
        let shape = self.layout.out_shape(&order);
        let copy = self.layout.copy(&order, elements, blank);
        let rank = self.layout.shape.len();
        let taps: usize = shape[rank..].iter().product();
        let mut out = shape[..rank].to_vec();
        let (channel, channels) = match self.channel {
            Some(c) => (c, std::mem::replace(&mut out[c], self.outputs)),
            None => (usize::MAX, 1),
        };
        let (each, per) = (channels / self.groups, (self.outputs / self.groups).max(1));
        let sum = |at: &Vec<usize>| {
            let (mut sum, mut size) = (0.0, 0.0);
            let mut from = at.clone();
            let output = self.channel.map_or(0, |c| at[c]);
            for c in 0..each {
                if self.channel.is_some() {
                    from[channel] = output / per * each + c;
                }
                let row = crate::oracle::flat(&from, &shape[..rank]) * taps;
                for t in 0..taps {
                    let product = real(copy[row + t]) * real(weights[(output * each + c) * taps + t]);
                    sum += product;
                    size += product.abs();
                }
            }
            (sum, size)
        };
        let sums = crate::oracle::indices(&out).iter().map(sum).collect();
        (out, sums)
    }
}
