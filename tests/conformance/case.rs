//! One case of a manifest: its settings, its operands with their views, what is wanted.

use ndwindow::{Array, View};
use safetensors::SafeTensors;
use serde_json::Value;

use crate::compare::Compare;
use crate::tensor::{Scalar, Tensor, json_f64, json_i128};

/// Why a case gave no result.
#[derive(Debug)]
pub enum Fail {
    /// The library said no.
    Library(ndwindow::Error),
    /// The request cannot even be written down: a negative window, a pad mode that is no `PadMode`.
    Inexpressible(String),
    /// The runner or the data is at fault.
    Runner(String),
}

impl Fail {
    pub fn runner(what: String) -> Self {
        Self::Runner(what)
    }
}

impl From<ndwindow::Error> for Fail {
    fn from(error: ndwindow::Error) -> Self {
        Self::Library(error)
    }
}

impl std::fmt::Display for Fail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Library(error) => write!(f, "error: {error}"),
            Self::Inexpressible(what) => write!(f, "cannot be asked for: {what}"),
            Self::Runner(what) => write!(f, "runner: {what}"),
        }
    }
}

pub type Outcome<T> = Result<T, Fail>;

/// One step of an input's view.
#[derive(Clone, Debug)]
enum Step {
    Slice { axis: isize, start: usize, step: isize, len: usize },
    Transpose(Vec<isize>),
    Broadcast { axis: isize, len: usize },
}

/// An input: a stored tensor and the view of it that is the operand.
pub struct Operand {
    pub name: String,
    pub tensor: Tensor,
    steps: Vec<Step>,
    shape: Vec<usize>,
}

impl Operand {
    pub fn plain(name: &str, tensor: Tensor) -> Self {
        let shape = tensor.shape().to_vec();
        Self { name: name.into(), tensor, steps: Vec::new(), shape }
    }

    fn load(entry: &Value, file: &SafeTensors<'_>) -> Outcome<Self> {
        let tensor = stored(entry, file)?;
        let steps = match &entry["view"] {
            Value::Array(steps) => steps.iter().map(Step::parse).collect::<Outcome<_>>()?,
            _ => Vec::new(),
        };
        let shape = match &entry["view_shape"] {
            Value::Null => tensor.shape().to_vec(),
            shape => sizes(shape, "view_shape")?,
        };
        Ok(Self { name: text(entry, "name")?.into(), tensor, steps, shape })
    }

    /// The operand's shape, its view applied.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// The operand as a strided view of `stored`, which is the array in [`Operand::tensor`].
    pub fn view<'a, T: Scalar>(&self, stored: &'a Array<T>) -> Outcome<View<'a, T>> {
        let mut view = stored.view();
        for step in &self.steps {
            view = match step {
                Step::Slice { axis, start, step, len } => view.slice(*axis, *start, *step, *len)?,
                Step::Transpose(order) => view.permute(order)?,
                Step::Broadcast { axis, len } => view.broadcast(*axis, *len)?,
            };
        }
        if view.shape() != self.shape {
            let (got, want) = (view.shape(), &self.shape);
            return Err(Fail::runner(format!("the view of {} is {got:?}, not {want:?}", self.name)));
        }
        Ok(view)
    }
}

impl Step {
    fn parse(value: &Value) -> Outcome<Self> {
        let whole = |key: &str| whole::<isize>(&value[key], key);
        let size = |key: &str| self::whole::<usize>(&value[key], key);
        match text(value, "op")? {
            "slice" => {
                Ok(Self::Slice { axis: whole("axis")?, start: size("start")?, step: whole("step")?, len: size("len")? })
            }
            "transpose" => list(&value["perm"], "perm").map(Self::Transpose),
            "broadcast" => Ok(Self::Broadcast { axis: whole("axis")?, len: size("len")? }),
            other => Err(Fail::runner(format!("view step {other} is not known"))),
        }
    }
}

/// A wanted output.
pub struct Wanted {
    pub name: String,
    pub tensor: Tensor,
    pub compare: Compare,
}

/// One case, ready to run.
pub struct Case {
    pub op: String,
    /// Whose results these are, by the library's name.
    pub producer: String,
    pub attrs: Value,
    pub norm: Value,
    pub inputs: Vec<Operand>,
    pub outputs: Vec<Wanted>,
}

impl Case {
    pub fn load(entry: &Value, file: &SafeTensors<'_>) -> Outcome<Self> {
        let inputs = entry["inputs"].as_array().into_iter().flatten();
        let outputs = entry["outputs"].as_array().into_iter().flatten();
        Ok(Self {
            op: text(entry, "op")?.into(),
            producer: entry["producer"]["name"].as_str().unwrap_or_default().into(),
            attrs: entry["attrs"].clone(),
            norm: entry["norm"].clone(),
            inputs: inputs.map(|input| Operand::load(input, file)).collect::<Outcome<_>>()?,
            outputs: outputs.map(|output| Wanted::load(output, file)).collect::<Outcome<_>>()?,
        })
    }

    /// The input of one of these names, whatever their case.
    pub fn find(&self, names: &[&str]) -> Option<&Operand> {
        names.iter().find_map(|name| self.inputs.iter().find(|input| input.name.eq_ignore_ascii_case(name)))
    }

    /// The main input: `x` by its usual names, else the first.
    pub fn x(&self) -> Outcome<&Operand> {
        self.find(&["x", "data", "input", "signal"])
            .or_else(|| self.inputs.first())
            .ok_or_else(|| Fail::runner("no input".into()))
    }

    /// The input of one of these names, else the one at `position`.
    pub fn input(&self, names: &[&str], position: usize) -> Option<&Operand> {
        self.find(names).or_else(|| self.inputs.get(position))
    }

    /// A setting: from `norm` first, then from `attrs`, under the first name that is there.
    pub fn setting(&self, names: &[&str]) -> Option<&Value> {
        let there = |from: &'_ Value, name: &&str| from.get(*name).is_some_and(|value| !value.is_null());
        [&self.norm, &self.attrs]
            .into_iter()
            .find_map(|from| names.iter().find(|name| there(from, name)).and_then(|name| from.get(*name)))
    }

    pub fn word(&self, names: &[&str]) -> Option<&str> {
        self.setting(names)?.as_str()
    }

    /// A yes or no; ONNX writes 0 and 1.
    pub fn flag(&self, names: &[&str]) -> Option<bool> {
        json_f64(self.setting(names)?).map(|x| x != 0.0)
    }

    pub fn number(&self, names: &[&str]) -> Option<f64> {
        json_f64(self.setting(names)?)
    }

    pub fn size(&self, names: &[&str]) -> Outcome<Option<usize>> {
        self.setting(names).map(|value| whole(value, names[0])).transpose()
    }

    pub fn sizes(&self, names: &[&str]) -> Outcome<Option<Vec<usize>>> {
        self.setting(names).map(|value| sizes(value, names[0])).transpose()
    }

    pub fn wholes(&self, names: &[&str]) -> Outcome<Option<Vec<isize>>> {
        self.setting(names).map(|value| list(value, names[0])).transpose()
    }
}

impl Wanted {
    fn load(entry: &Value, file: &SafeTensors<'_>) -> Outcome<Self> {
        Ok(Self {
            name: text(entry, "name")?.into(),
            tensor: stored(entry, file)?,
            compare: Compare::parse(&entry["compare"])?,
        })
    }
}

fn stored(entry: &Value, file: &SafeTensors<'_>) -> Outcome<Tensor> {
    let key = text(entry, "tensor")?;
    let view = file.tensor(key).map_err(|error| Fail::runner(format!("tensor {key}: {error}")))?;
    let tensor = Tensor::load(&view)?;
    let shape = sizes(&entry["shape"], "shape")?;
    if tensor.dtype() != text(entry, "dtype")? || tensor.shape() != shape {
        return Err(Fail::runner(format!("tensor {key} is not of the type and shape the manifest says")));
    }
    Ok(tensor)
}

pub fn text<'a>(value: &'a Value, key: &str) -> Outcome<&'a str> {
    value[key].as_str().ok_or_else(|| Fail::runner(format!("{key} is missing or no text: {value}")))
}

/// A whole number; one that does not fit the type asked (a negative size) cannot be asked for.
pub fn whole<N: TryFrom<i128>>(value: &Value, what: &str) -> Outcome<N> {
    let number = json_i128(value).ok_or_else(|| Fail::runner(format!("{what} {value} is no whole number")))?;
    number.try_into().map_err(|_| Fail::Inexpressible(format!("{what} {number}")))
}

/// A list of whole numbers; one number is a list of one.
pub fn list<N: TryFrom<i128>>(value: &Value, what: &str) -> Outcome<Vec<N>> {
    match value {
        Value::Array(numbers) => numbers.iter().map(|number| whole(number, what)).collect(),
        number => whole(number, what).map(|number| vec![number]),
    }
}

pub fn sizes(value: &Value, what: &str) -> Outcome<Vec<usize>> {
    list(value, what)
}
