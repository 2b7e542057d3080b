//! Requests and plans as data, spelled as people write them; whatever is read is checked again.
//!
//! A request is the numbers it was asked; a plan is a request and the shape it stands on, so both are one [`Record`]. In
//! formats for people (JSON, TOML, YAML) what is usual is left out and a list may be one value; in formats that do not say
//! what they hold (postcard, bincode) every field is there in one form.

use super::axis::AxisPlan;
use super::numbers::{Axes, PerAxis};
use super::plan::{OutAxis, Plan};
use super::unfold::{Padding, Unfold};
use super::{PadMode, Tail};
use crate::error::Result;
use alloc::string::String;
use alloc::vec::Vec;
use serde::de::{Error as _, Unexpected};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

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
    order: Order,
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
            all || self.order != Order::default(),
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
            order: if request.grid_first { Order::GridFirst } else { Order::InPlace },
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
            order: Order::of(plan),
        }
    }

    fn request(self) -> (Unfold, Option<Vec<usize>>, Order) {
        let request = Unfold {
            axes: self.axes,
            window: self.window,
            step: self.step,
            dilation: self.dilation,
            base_dilation: self.base_dilation,
            padding: self.pad,
            pad_mode: self.pad_mode,
            tail: self.tail,
            grid_first: self.order == Order::GridFirst,
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
            (_, Order::Custom(_)) => Err(D::Error::custom("a request has no order of its own: permute the plan")),
            _ => Ok(request),
        }
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
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

/// The order of views and copies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Order {
    #[default]
    InPlace,
    GridFirst,
    Custom(Vec<OutAxis>),
}

impl Order {
    fn of(plan: &Plan) -> Order {
        match plan.order() {
            order if order == plan.usual_order(false).order() => Order::InPlace,
            order if order == plan.usual_order(true).order() => Order::GridFirst,
            order => Order::Custom(order.to_vec()),
        }
    }

    fn on(&self, plan: Plan) -> Result<Plan> {
        let Order::Custom(order) = self else { return Ok(plan) };
        let usual = plan.order();
        // A place that is not there makes an order that is refused.
        let place = |o: &OutAxis| usual.iter().position(|u| u == o).map_or(isize::MAX, |p| p as isize);
        plan.permute(&order.iter().map(place).collect::<Vec<_>>())
    }
}

/// What people write: one value, or a list.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "expected one value for all axes, or a list with one an axis")]
enum OneOrEach<T> {
    One(T),
    Each(Vec<T>),
}

/// What a format that does not say what it holds has instead.
type Packed<T> = (Option<T>, Vec<T>);

impl<T: Copy + Serialize> Serialize for PerAxis<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self, serializer.is_human_readable()) {
            (PerAxis::One(v), true) => v.serialize(serializer),
            (PerAxis::Each(list), true) => list.serialize(serializer),
            (PerAxis::One(v), false) => (Some(v), &[] as &[T]).serialize(serializer),
            (PerAxis::Each(list), false) => (None::<T>, &list[..]).serialize(serializer),
        }
    }
}

impl<'de, T: Copy + Deserialize<'de>> Deserialize<'de> for PerAxis<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (one, list) = match deserializer.is_human_readable() {
            true => match OneOrEach::deserialize(deserializer)? {
                OneOrEach::One(v) => (Some(v), Vec::new()),
                OneOrEach::Each(list) => (None, list),
            },
            false => Packed::deserialize(deserializer)?,
        };
        Ok(one.map_or_else(|| PerAxis::Each(SmallVec::from_vec(list)), PerAxis::One))
    }
}

/// Axes as people write them.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "expected an axis, a list of axes, or \"all\"")]
enum AxesWords {
    All(All),
    One(isize),
    List(Vec<isize>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum All {
    All,
}

impl Serialize for Axes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let list = match self {
            Axes::All => None,
            Axes::List(list) => Some(&list[..]),
        };
        if !serializer.is_human_readable() {
            return list.serialize(serializer);
        }
        match list {
            None => All::All.serialize(serializer),
            Some([axis]) => axis.serialize(serializer),
            Some(list) => list.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Axes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            let list = Option::<Vec<isize>>::deserialize(deserializer)?;
            return Ok(list.map_or(Axes::All, |list| Axes::List(SmallVec::from_vec(list))));
        }
        Ok(match AxesWords::deserialize(deserializer)? {
            AxesWords::All(All::All) => Axes::All,
            AxesWords::One(axis) => Axes::List(SmallVec::from_slice(&[axis])),
            AxesWords::List(list) => Axes::List(SmallVec::from_vec(list)),
        })
    }
}

/// Padding as people write it: a number, numbers or pairs an axis, a pair for all axes, a name.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a pad as a number, a list of numbers or [before, after] pairs with one an axis, \
                 {before, after} for all axes, \"same\", \"same_lower\" or \"full\""
)]
enum PadWords {
    Named(PadName),
    One(isize),
    Each(Vec<isize>),
    Pairs(Vec<PadWord>),
    Pair(Sides),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PadName {
    Numbers,
    Same,
    SameLower,
    Full,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(untagged)]
enum PadWord {
    One(isize),
    Pair(isize, isize),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sides {
    before: isize,
    after: isize,
}

impl Padding {
    fn name(&self) -> PadName {
        match self {
            Padding::Numbers(_) => PadName::Numbers,
            Padding::Same => PadName::Same,
            Padding::SameLower => PadName::SameLower,
            Padding::Full => PadName::Full,
        }
    }

    fn named(name: PadName, numbers: PerAxis<(isize, isize)>) -> Padding {
        match name {
            PadName::Numbers => Padding::Numbers(numbers),
            PadName::Same => Padding::Same,
            PadName::SameLower => Padding::SameLower,
            PadName::Full => Padding::Full,
        }
    }
}

impl Serialize for Padding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let none = PerAxis::One((0, 0));
        let numbers = match self {
            Padding::Numbers(numbers) => numbers,
            _ if serializer.is_human_readable() => return self.name().serialize(serializer),
            _ => &none,
        };
        if !serializer.is_human_readable() {
            return (self.name(), numbers).serialize(serializer);
        }
        let even = |&(before, after): &(isize, isize)| before == after;
        let words = match numbers {
            PerAxis::One(pads) if even(pads) => PadWords::One(pads.0),
            PerAxis::One((before, after)) => PadWords::Pair(Sides { before: *before, after: *after }),
            PerAxis::Each(list) if list.iter().all(even) => PadWords::Each(list.iter().map(|pads| pads.0).collect()),
            PerAxis::Each(list) => PadWords::Pairs(list.iter().map(|&(b, a)| PadWord::Pair(b, a)).collect()),
        };
        words.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Padding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            let (name, numbers) = Deserialize::deserialize(deserializer)?;
            return Ok(Padding::named(name, numbers));
        }
        let numbers = match PadWords::deserialize(deserializer)? {
            PadWords::Named(PadName::Numbers) => return Err(D::Error::custom("\"numbers\" is no pad: write them")),
            PadWords::Named(name) => return Ok(Padding::named(name, PerAxis::One((0, 0)))),
            PadWords::One(pad) => PerAxis::One((pad, pad)),
            PadWords::Pair(Sides { before, after }) => PerAxis::One((before, after)),
            PadWords::Each(list) => PerAxis::Each(list.iter().map(|&pad| (pad, pad)).collect()),
            PadWords::Pairs(list) => PerAxis::Each(
                list.iter()
                    .map(|&word| match word {
                        PadWord::One(pad) => (pad, pad),
                        PadWord::Pair(before, after) => (before, after),
                    })
                    .collect(),
            ),
        };
        Ok(Padding::Numbers(numbers))
    }
}

/// An order as people write it.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected an order: \"in_place\", \"grid_first\", or a list of \"axis 0\", \"grid 0\", \"window 0\" and so on"
)]
enum OrderWords {
    Usual(UsualOrder),
    List(Vec<OutAxis>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UsualOrder {
    InPlace,
    GridFirst,
}

impl Serialize for Order {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (usual, list) = match self {
            Order::InPlace => (UsualOrder::InPlace, None),
            Order::GridFirst => (UsualOrder::GridFirst, None),
            Order::Custom(list) => (UsualOrder::InPlace, Some(list)),
        };
        match (list, serializer.is_human_readable()) {
            (list, false) => (usual, list).serialize(serializer),
            (None, true) => usual.serialize(serializer),
            (Some(list), true) => list.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Order {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (usual, list) = match deserializer.is_human_readable() {
            false => <(UsualOrder, Option<Vec<OutAxis>>)>::deserialize(deserializer)?,
            true => match OrderWords::deserialize(deserializer)? {
                OrderWords::Usual(usual) => (usual, None),
                OrderWords::List(list) => (UsualOrder::InPlace, Some(list)),
            },
        };
        Ok(match (list, usual) {
            (Some(list), _) => Order::Custom(list),
            (None, UsualOrder::InPlace) => Order::InPlace,
            (None, UsualOrder::GridFirst) => Order::GridFirst,
        })
    }
}

impl Serialize for OutAxis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OutAxis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = |(word, number): (&str, &str)| match (word, number.parse()) {
            ("axis", Ok(axis)) => Some(OutAxis::Plain(axis)),
            ("grid", Ok(k)) => Some(OutAxis::Grid(k)),
            ("window", Ok(k)) => Some(OutAxis::Window(k)),
            _ => None,
        };
        let unknown =
            || D::Error::invalid_value(Unexpected::Str(&text), &"\"axis 0\", \"grid 0\", \"window 0\" and so on");
        text.split_once(' ').and_then(read).ok_or_else(unknown)
    }
}
