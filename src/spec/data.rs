//! Requests, plans and parts as data, spelled as people write them; whatever is read is checked again.
//!
//! A request is the numbers it was asked; a plan is a request and the shape it stands on, so both are one [`Record`]. In
//! formats for people (JSON, TOML, YAML) what is usual is left out and a list may be one value; in formats that do not say
//! what they hold (postcard, bincode) every field is there in one form.

use super::axis::AxisPlan;
use super::numbers::{Axes, PerAxis};
use super::plan::Plan;
use super::spelling::AxisOrder;
use super::unfold::{Padding, Unfold};
use super::{PadMode, Part, Tail};
use crate::error::Result;
use alloc::vec::Vec;
use serde::de::Error as _;
use serde::ser::{Error as _, SerializeStruct};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a request or a plan is written as.
#[derive(Deserialize)]
#[serde(rename = "Unfold", deny_unknown_fields)]
struct Record {
    /// Of a plan only.
    #[serde(default)]
    shape: Option<Vec<usize>>,
    axes: Axes,
    window: PerAxis<usize>,
    step: PerAxis<usize>,
    #[serde(default = "one")]
    dilation: PerAxis<usize>,
    #[serde(default = "one")]
    base_dilation: PerAxis<usize>,
    #[serde(default = "none")]
    pad: Padding,
    #[serde(default = "usual")]
    pad_mode: PerAxis<PadMode>,
    #[serde(default = "usual")]
    tail: PerAxis<Tail>,
    #[serde(default)]
    order: AxisOrder,
}

fn one() -> PerAxis<usize> {
    PerAxis::One(1)
}

fn none() -> Padding {
    Padding::Numbers(PerAxis::One((0, 0)))
}

fn usual<T: Copy + Default>() -> PerAxis<T> {
    PerAxis::One(T::default())
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = !serializer.is_human_readable();
        let optional = [
            all || self.shape.is_some(),
            all || self.dilation != one(),
            all || self.base_dilation != one(),
            all || self.pad != none(),
            all || self.pad_mode != usual(),
            all || self.tail != usual(),
            all || self.order != AxisOrder::default(),
        ];
        let [shape, dilation, base_dilation, pad, pad_mode, tail, order] = optional;
        let mut out = serializer.serialize_struct("Unfold", 3 + optional.iter().filter(|&&o| o).count())?;
        macro_rules! write {
            ($name:ident if $there:expr) => {
                match $there {
                    true => out.serialize_field(stringify!($name), &self.$name)?,
                    false => out.skip_field(stringify!($name))?,
                }
            };
        }
        write!(shape if shape);
        write!(axes if true);
        write!(window if true);
        write!(step if true);
        write!(dilation if dilation);
        write!(base_dilation if base_dilation);
        write!(pad if pad);
        write!(pad_mode if pad_mode);
        write!(tail if tail);
        write!(order if order);
        out.end()
    }
}

impl Record {
    fn of_request(request: &Unfold) -> Record {
        Record {
            shape: None,
            axes: request.axes.clone(),
            window: request.window.clone(),
            step: request.step.clone(),
            dilation: request.dilation.clone(),
            base_dilation: request.base_dilation.clone(),
            pad: request.padding.clone(),
            pad_mode: request.pad_mode.clone(),
            tail: request.tail.clone(),
            order: if request.grid_first { AxisOrder::GridFirst } else { AxisOrder::InPlace },
        }
    }

    fn of_plan(plan: &Plan) -> Record {
        let axes = plan.axes();
        Record {
            shape: Some(plan.input_shape().to_vec()),
            axes: Axes::List(axes.iter().map(|a| a.axis() as isize).collect()),
            window: each(axes, one(), AxisPlan::window),
            step: each(axes, one(), AxisPlan::step),
            dilation: each(axes, one(), AxisPlan::dilation),
            base_dilation: each(axes, one(), AxisPlan::base_dilation),
            pad: Padding::Numbers(each(axes, PerAxis::One((0, 0)), AxisPlan::pads)),
            pad_mode: each(axes, usual(), AxisPlan::pad_mode),
            tail: each(axes, usual(), AxisPlan::tail),
            order: AxisOrder::of(plan),
        }
    }

    fn request(self) -> (Unfold, Option<Vec<usize>>, AxisOrder) {
        let request = Unfold {
            axes: self.axes,
            window: self.window,
            step: self.step,
            dilation: self.dilation,
            base_dilation: self.base_dilation,
            padding: self.pad,
            pad_mode: self.pad_mode,
            tail: self.tail,
            grid_first: self.order == AxisOrder::GridFirst,
        };
        (request, self.shape, self.order)
    }
}

/// A number of each axis; one for all where they agree, the usual one where there is no axis.
fn each<T: Copy + PartialEq>(axes: &[AxisPlan], usual: PerAxis<T>, number: fn(&AxisPlan) -> T) -> PerAxis<T> {
    match axes {
        [] => usual,
        [first, rest @ ..] if rest.iter().all(|a| number(a) == number(first)) => PerAxis::One(number(first)),
        _ => PerAxis::Each(axes.iter().map(number).collect()),
    }
}

impl Serialize for Unfold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Record::of_request(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Unfold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (request, shape, order) = Record::deserialize(deserializer)?.request();
        match (shape, order) {
            (Some(_), _) => Err(D::Error::custom("a request has no shape: read it as a plan")),
            (_, AxisOrder::Custom(_)) => Err(D::Error::custom("a request has no order of its own: permute the plan")),
            _ => Ok(request),
        }
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Its first windows lie where no request puts them.
        if self.axes().iter().any(AxisPlan::is_part) {
            return Err(S::Error::custom("a plan over the piece of an array is known as a part: write the Part"));
        }
        Record::of_plan(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (request, shape, order) = Record::deserialize(deserializer)?.request();
        let shape = shape.ok_or_else(|| D::Error::missing_field("shape"))?;
        let plan = request.plan(shape).map_err(D::Error::custom)?;
        order.on(plan).map_err(D::Error::custom)
    }
}

/// A part: the whole plan, and the box of its result as pairs `[start, end]`.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Part", deny_unknown_fields)]
struct PartRecord {
    plan: Plan,
    write: Vec<(usize, usize)>,
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let write = self.write().iter().map(|r| (r.start, r.end)).collect();
        PartRecord { plan: self.plan().clone(), write }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let PartRecord { plan, write } = PartRecord::deserialize(deserializer)?;
        let write: Vec<_> = write.into_iter().map(|(start, end)| start..end).collect();
        plan.part(&write).map_err(D::Error::custom)
    }
}
