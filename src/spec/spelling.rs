//! How the values of requests and plans are spelled, for people and for formats that do not say what they hold.

use super::numbers::{Axes, PerAxis};
use super::plan::{OutAxis, Plan};
use super::unfold::Padding;
use crate::error::Result;
use alloc::string::String;
use alloc::vec::Vec;
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

/// The order of views and copies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum AxisOrder {
    #[default]
    InPlace,
    GridFirst,
    Custom(Vec<OutAxis>),
}

impl AxisOrder {
    pub(super) fn of(plan: &Plan) -> AxisOrder {
        match plan.order() {
            order if order == plan.usual_order(false).order() => AxisOrder::InPlace,
            order if order == plan.usual_order(true).order() => AxisOrder::GridFirst,
            order => AxisOrder::Custom(order.to_vec()),
        }
    }

    pub(super) fn on(&self, plan: Plan) -> Result<Plan> {
        let AxisOrder::Custom(order) = self else { return Ok(plan) };
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
                 {before, after} for all axes, {onnx: [..]}, \"same\", \"same_lower\" or \"full\""
)]
enum PadWords {
    Named(PadName),
    One(isize),
    Each(Vec<isize>),
    Pairs(Vec<PadWord>),
    Pair(Sides),
    Onnx(Onnx),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PadName {
    Numbers,
    Onnx,
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

/// All pads before, then all pads behind.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Onnx {
    onnx: Vec<isize>,
}

impl Padding {
    fn name(&self) -> PadName {
        match self {
            Padding::Numbers(_) => PadName::Numbers,
            Padding::Onnx(_) => PadName::Onnx,
            Padding::Same => PadName::Same,
            Padding::SameLower => PadName::SameLower,
            Padding::Full => PadName::Full,
        }
    }

    fn named(name: PadName, numbers: PerAxis<(isize, isize)>) -> Padding {
        match name {
            PadName::Numbers => Padding::Numbers(numbers),
            // Every number stands twice.
            PadName::Onnx => match numbers {
                PerAxis::One(pad) => Padding::Onnx(SmallVec::from_slice(&[pad.0])),
                PerAxis::Each(list) => Padding::Onnx(list.iter().map(|pad| pad.0).collect()),
            },
            PadName::Same => Padding::Same,
            PadName::SameLower => Padding::SameLower,
            PadName::Full => Padding::Full,
        }
    }
}

impl Serialize for Padding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let none = PerAxis::One((0, 0));
        let twice;
        let numbers = match self {
            Padding::Numbers(numbers) => numbers,
            Padding::Onnx(pads) if serializer.is_human_readable() => {
                return PadWords::Onnx(Onnx { onnx: pads.to_vec() }).serialize(serializer);
            }
            Padding::Onnx(pads) => {
                twice = PerAxis::Each(pads.iter().map(|&pad| (pad, pad)).collect());
                &twice
            }
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
            PadWords::Named(PadName::Onnx) => {
                return Err(D::Error::custom(
                    "\"onnx\" is no pad: write {\"onnx\": [..]}, all before and then all behind",
                ));
            }
            PadWords::Named(name) => return Ok(Padding::named(name, PerAxis::One((0, 0)))),
            PadWords::Onnx(Onnx { onnx }) => return Ok(Padding::Onnx(SmallVec::from_vec(onnx))),
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

impl Serialize for AxisOrder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (usual, list) = match self {
            AxisOrder::InPlace => (UsualOrder::InPlace, None),
            AxisOrder::GridFirst => (UsualOrder::GridFirst, None),
            AxisOrder::Custom(list) => (UsualOrder::InPlace, Some(list)),
        };
        match (list, serializer.is_human_readable()) {
            (list, false) => (usual, list).serialize(serializer),
            (None, true) => usual.serialize(serializer),
            (Some(list), true) => list.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for AxisOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (usual, list) = match deserializer.is_human_readable() {
            false => <(UsualOrder, Option<Vec<OutAxis>>)>::deserialize(deserializer)?,
            true => match OrderWords::deserialize(deserializer)? {
                OrderWords::Usual(usual) => (usual, None),
                OrderWords::List(list) => (UsualOrder::InPlace, Some(list)),
            },
        };
        Ok(match (list, usual) {
            (Some(list), _) => AxisOrder::Custom(list),
            (None, UsualOrder::InPlace) => AxisOrder::InPlace,
            (None, UsualOrder::GridFirst) => AxisOrder::GridFirst,
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
