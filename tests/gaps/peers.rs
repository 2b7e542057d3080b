//! What pandas, bottleneck, NumPy and SciPy gave: every case of `tests/data/gaps`.

use ndwindow::image::{Filter, WeightedFilter};
use ndwindow::{Array, PadMode, ValidWindows, View, unfold};
use serde_json::Value;

use crate::oracle::Cell;

/// A case: its fields, with words for what is missing.
struct Case<'c>(&'c Value);

impl Case<'_> {
    fn get(&self, name: &str) -> &Value {
        &self.0[name]
    }

    fn has(&self, name: &str) -> bool {
        !self.get(name).is_null()
    }

    fn word(&self, name: &str) -> &str {
        self.get(name).as_str().unwrap_or_else(|| panic!("no {name} in {}", self.0))
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).as_f64().unwrap_or_else(|| panic!("no {name} in {}", self.0))
    }

    fn list(&self, name: &str) -> Vec<Option<f64>> {
        let list = self.get(name).as_array().unwrap_or_else(|| panic!("no {name} in {}", self.0));
        list.iter().map(Value::as_f64).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.list(name).into_iter().map(|x| x.unwrap_or(f64::NAN)).collect()
    }

    fn sizes(&self, name: &str) -> Vec<usize> {
        self.numbers(name).into_iter().map(|x| x as usize).collect()
    }

    fn axes(&self) -> Vec<isize> {
        self.numbers("axes").into_iter().map(|x| x as isize).collect()
    }

    fn mode(&self) -> PadMode {
        match self.word("mode") {
            "empty" => PadMode::Empty,
            "edge" => PadMode::Edge,
            "reflect" => PadMode::Reflect,
            "symmetric" => PadMode::Symmetric,
            "wrap" => PadMode::Wrap,
            other => panic!("no mode {other}"),
        }
    }

    fn holds(&self, got: Vec<Option<f64>>) {
        let (want, tol) = (self.list("want"), self.number("tol"));
        assert_eq!(got.len(), want.len(), "{}", self.word("call"));
        for (i, (got, want)) in got.iter().zip(&want).enumerate() {
            let near = |(a, b): (&f64, &f64)| (a - b).abs() <= tol * b.abs().max(1.0);
            let alike = got.as_ref().zip(want.as_ref()).map_or(got.is_none() && want.is_none(), near);
            assert!(alike, "{} has {got:?} at {i}, not {want:?}", self.word("call"));
        }
    }

    /// Windows some of whose elements do not count.
    fn reduction<T: Cell>(&self, from: fn(f64) -> T) -> Vec<Option<f64>> {
        let x: Vec<T> = self.numbers("x").into_iter().map(from).collect();
        let view = View::new(&x, self.sizes("shape")).unwrap();
        let pads: Vec<(isize, isize)> = self
            .get("pad")
            .as_array()
            .unwrap()
            .iter()
            .map(|p| (p[0].as_i64().unwrap() as isize, p[1].as_i64().unwrap() as isize))
            .collect();
        let request = unfold(self.axes(), self.sizes("window"), self.sizes("step")).pad(pads).pad_mode(self.mode());
        let windows = request.windows(&view).unwrap();
        let mask: Vec<bool> =
            if self.has("mask") { self.numbers("mask").iter().map(|&m| m == 1.0).collect() } else { Vec::new() };
        let w: ValidWindows<'_, T> = match self.has("mask") {
            true => windows.valid(View::new(&mask, view.shape()).unwrap()).unwrap(),
            false => windows.skip_nan(),
        };
        let w = w.min_count(self.number("min_count") as usize);
        let ddof = || self.number("ddof") as usize;
        fn all<O: Copy>(results: Array<O>, f: impl Fn(O) -> Option<f64>) -> Vec<Option<f64>> {
            results.iter().map(|&x| f(x)).collect()
        }
        match self.word("verb") {
            "sum" => all(w.sum(), T::maybe_wide),
            "mean" => all(w.mean(), T::mean_value),
            "var" => all(w.var(ddof()), T::mean_value),
            "std" => all(w.std(ddof()), T::mean_value),
            "min" => all(w.min(), T::maybe),
            "max" => all(w.max(), T::maybe),
            "median" => all(w.median(), T::middle_value),
            "quantile" => all(w.quantile(self.number("q")).unwrap(), T::middle_value),
            "count" => all(w.count(), |n| Some(n as f64)),
            "argmin" => all(w.argmin(), |at| at.map(|at| (at % self.along()) as f64)),
            "argmax" => all(w.argmax(), |at| at.map(|at| (at % self.along()) as f64)),
            other => panic!("no verb {other}"),
        }
    }

    /// How many indices there are in the unfolded axes.
    fn along(&self) -> usize {
        self.axes().iter().map(|&a| self.sizes("shape")[a as usize]).product()
    }

    /// A filter with separable weights.
    fn filtered<T: ndwindow::image::Pixel + Cell>(&self, from: fn(f64) -> T) -> Vec<Option<f64>> {
        let x: Vec<T> = self.numbers("x").into_iter().map(from).collect();
        let view = View::new(&x, self.sizes("shape")).unwrap();
        let filter: WeightedFilter<T> = match self.word("filter") {
            "gaussian" => {
                let filter = Filter::gaussian(self.numbers("sigma"));
                let filter = if self.has("truncate") { filter.truncate(self.number("truncate")) } else { filter };
                if self.has("radius") { filter.radius(self.number("radius") as usize) } else { filter }
            }
            "hann" => Filter::hann(self.sizes("size")),
            "triang" => Filter::triangular(self.sizes("size")),
            "weights" => {
                let origin: Vec<isize> = self.numbers("origin").iter().map(|&x| x as isize).collect();
                Filter::weights([self.numbers("weights")]).origin(origin)
            }
            other => panic!("no filter {other}"),
        };
        let filter = filter.axes(self.axes());
        let filter = match self.has("constant") {
            true => filter.constant(from(self.number("constant"))),
            false if self.has("mode") => filter.border(self.mode()),
            false => filter,
        };
        let result = filter.run(&view).unwrap();
        let all = result.iter().map(|x| Some(x.value()));
        match self.has("inside") {
            // Of windows that lie in the array, those alone.
            true => {
                let inside = self.sizes("inside");
                all.skip(inside[0]).take(x.len() - inside[0] - inside[1]).collect()
            }
            false => all.collect(),
        }
    }

    fn check(&self) {
        let integer = |x: f64| x as u8;
        match (self.has("filter"), self.word("type")) {
            (true, "float64") => self.holds(self.filtered(|x| x)),
            (true, "float32") => self.holds(self.filtered(|x| x as f32)),
            (true, "uint8") => self.holds(self.filtered(integer)),
            (false, "float64") => self.holds(self.reduction(|x| x)),
            (false, "float32") => self.holds(self.reduction(|x| x as f32)),
            (false, "uint8") => self.holds(self.reduction(integer)),
            (false, "int64") => self.holds(self.reduction(|x| x as i64)),
            (_, other) => panic!("no type {other}"),
        }
    }
}

fn every(name: &str, least: usize) {
    let path = format!("{}/tests/data/gaps/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(cases.len() >= least, "{} cases of {name}", cases.len());
    cases.iter().for_each(|case| Case(case).check());
}

#[test]
fn pandas() {
    every("pandas", 50);
}

#[test]
fn bottleneck() {
    every("bottleneck", 36);
}

#[test]
fn numpy() {
    every("numpy", 70);
}

#[test]
fn scipy() {
    every("scipy", 50);
}
