//! Masked filters and grey morphology against SciPy's results, case by case.

use ndwindow::image::{Filter, NonFlat};
use ndwindow::{Array, Mask, Number, PadMode, View};
use serde_json::Value;

fn numbers(case: &Value, name: &str) -> Vec<f64> {
    case[name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn sizes(case: &Value, name: &str) -> Vec<usize> {
    numbers(case, name).iter().map(|&n| n as usize).collect()
}

fn mode(case: &Value) -> PadMode {
    match case["mode"].as_str().unwrap() {
        "reflect" => PadMode::Symmetric,
        "mirror" => PadMode::Reflect,
        "nearest" => PadMode::Edge,
        "wrap" => PadMode::Wrap,
        "constant" => PadMode::Empty,
        mode => panic!("{mode}"),
    }
}

fn run<T: Number + ndwindow::image::Raise + PartialEq + std::fmt::Debug>(case: &Value, to: impl Fn(f64) -> T) {
    let made = |name| numbers(case, name).into_iter().map(&to).collect::<Vec<T>>();
    let (x, want, shape) = (made("x"), made("want"), sizes(case, "shape"));
    let x = View::new(&x, &shape).unwrap();
    let cells: Vec<bool> = numbers(case, "footprint").iter().map(|&n| n != 0.0).collect();
    let size = sizes(case, "footprint_shape");
    let mask = Mask::new(View::new(&cells, &size).unwrap());
    let cval = case.get("cval").map(|v| to(v.as_f64().unwrap()));
    let origin: Option<Vec<isize>> =
        case.get("origin").map(|_| numbers(case, "origin").iter().map(|&n| n as isize).collect());
    let function = case["function"].as_str().unwrap();
    let got: Array<T> = if case.get("structure").is_some() {
        let heights = made("structure");
        let mut element = NonFlat::new(View::new(&heights, &size).unwrap()).mask(&mask).unwrap().border(mode(case));
        element = cval.map_or(element.clone(), |v| element.constant(v));
        element = origin.map_or(element.clone(), |o| element.origin(o));
        match function {
            "grey_dilation" => element.dilate(&x),
            "grey_erosion" => element.erode(&x),
            _ => panic!("{function}"),
        }
        .unwrap()
    } else {
        let mut filter = Filter::mask(&mask).border(mode(case));
        filter = cval.map_or(filter.clone(), |v| filter.constant(v));
        filter = origin.map_or(filter.clone(), |o| filter.origin(o));
        match function {
            "maximum_filter" => filter.max_filter(&x),
            "minimum_filter" => filter.min_filter(&x),
            "rank_filter" => filter.rank_filter(&x, case["rank"].as_u64().unwrap() as usize),
            "median_filter" => filter.median_filter(&x),
            "grey_dilation" => filter.dilate(&x),
            "grey_erosion" => filter.erode(&x),
            "grey_opening" => filter.open(&x),
            "grey_closing" => filter.close(&x),
            _ => panic!("{function}"),
        }
        .unwrap()
    };
    assert_eq!(got.shape(), shape);
    assert_eq!(got.as_slice(), want, "{case}");
}

#[test]
fn every_case_of_scipy() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/masked/cases.json");
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for case in &cases {
        match case["dtype"].as_str().unwrap() {
            "uint8" => run(case, |v| v as u8),
            "int16" => run(case, |v| v as i16),
            "float32" => run(case, |v| v as f32),
            "float64" => run(case, |v| v),
            dtype => panic!("{dtype}"),
        }
    }
    assert_eq!(cases.len(), 166);
}
