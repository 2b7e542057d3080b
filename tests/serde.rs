//! Requests, plans and parts as data, spelled as people write them; what is read back is checked again.
#![cfg(feature = "serde")]

use ndwindow::{PadMode, Part, Plan, Tail, Unfold, unfold};
use serde_json::{Value, from_str, json, to_value};

#[test]
fn requests_are_spelled_as_people_write_them() {
    let plain = |pad: Value| json!({"axes": [0, 1], "window": 3, "step": 1, "pad": pad});
    for (request, want) in [
        (unfold(.., 3, 1), json!({"axes": "all", "window": 3, "step": 1})),
        (unfold(-1, 3, 2), json!({"axes": -1, "window": 3, "step": 2})),
        (unfold([0, 1], [3, 3], [2, 1]), json!({"axes": [0, 1], "window": [3, 3], "step": [2, 1]})),
        (
            unfold([-2, 1], [3, 5], 2).dilation(2).base_dilation([1, 2]).pad([(1, -2), (0, 3)]).grid_first(),
            json!({"axes": [-2, 1], "window": [3, 5], "step": 2, "dilation": 2, "base_dilation": [1, 2],
                   "pad": [[1, -2], [0, 3]], "order": "grid_first"}),
        ),
        (
            unfold(0, 7, 3).same_lower().pad_mode([PadMode::Wrap]).tail(Tail::Spread),
            json!({"axes": 0, "window": 7, "step": 3, "pad": "same_lower", "pad_mode": ["wrap"], "tail": "spread"}),
        ),
        (
            unfold([0, 1], 3, 1)
                .pad_mode([PadMode::Reflect, PadMode::Symmetric])
                .tail([Tail::ShiftBack, Tail::Partial]),
            json!({"axes": [0, 1], "window": 3, "step": 1, "pad_mode": ["reflect", "symmetric"],
                   "tail": ["shift_back", "partial"]}),
        ),
        (unfold([0, 1], 3, 1).pad(1), plain(json!(1))),
        (unfold([0, 1], 3, 1).pad([1, 2]), plain(json!([1, 2]))),
        (unfold([0, 1], 3, 1).pad((1, 2)), plain(json!({"before": 1, "after": 2}))),
        (unfold([0, 1], 3, 1).pad([(1, 1), (0, 2)]), plain(json!([[1, 1], [0, 2]]))),
        (unfold([0, 1], 3, 1).onnx([1, 0, 1, 2]), plain(json!({"onnx": [1, 0, 1, 2]}))),
        (unfold([0, 1], 3, 1).onnx([1, 0, 1]), plain(json!({"onnx": [1, 0, 1]}))),
        (unfold([0, 1], 3, 1).same(), plain(json!("same"))),
        (unfold([0, 1], 3, 1).full(), plain(json!("full"))),
    ] {
        assert_eq!(to_value(&request).unwrap(), want);
        assert_eq!(from_str::<Unfold>(&want.to_string()).unwrap(), request, "{want}");
        assert_eq!(serde_json::from_value::<Unfold>(want).unwrap(), request);
    }
}

#[test]
fn other_spellings_are_read() {
    let read = |value: Value| serde_json::from_value::<Unfold>(value).unwrap();
    let numbers = json!({"axes": [0], "window": 3, "step": 1, "dilation": 1, "base_dilation": 1, "pad": 0,
                         "pad_mode": "empty", "tail": "drop", "order": "in_place"});
    assert_eq!(read(numbers), unfold(0, 3, 1));
    let mixed = json!({"axes": [0, 1], "window": 3, "step": 1, "pad": [1, [0, 2]]});
    assert_eq!(read(mixed), unfold([0, 1], 3, 1).pad([(1, 1), (0, 2)]));
    let even = json!({"axes": [0, 1], "window": 3, "step": 1, "pad": [[1, 1], [2, 2]]});
    assert_eq!(read(even), unfold([0, 1], 3, 1).pad([1, 2]));
    let far = json!({"axes": 0, "window": usize::MAX, "step": usize::MAX, "pad": [[isize::MIN, isize::MAX]]});
    assert_eq!(read(far), unfold(0, usize::MAX, usize::MAX).pad([(isize::MIN, isize::MAX)]));
}

#[test]
fn what_is_misspelt_says_how_to_write_it() {
    let refused = |text: &str| from_str::<Unfold>(text).unwrap_err().to_string();
    for (text, want) in [
        (
            r#"{"axes": 0, "window": 3, "stride": 1}"#,
            "unknown field `stride`, expected one of `shape`, `axes`, `window`, `step`",
        ),
        (r#"{"axes": 0, "window": 3}"#, "missing field `step`"),
        (r#"{"axes": 0, "window": "three", "step": 1}"#, "expected one value for all axes, or a list with one an axis"),
        (r#"{"axes": 0, "window": -1, "step": 1}"#, "expected one value for all axes, or a list with one an axis"),
        (r#"{"axes": "every", "window": 3, "step": 1}"#, "expected an axis, a list of axes, or \"all\""),
        (r#"{"axes": 0, "window": 3, "step": 1, "pad": "valid"}"#, "expected a pad as a number"),
        (r#"{"axes": 0, "window": 3, "step": 1, "pad": {"left": 1}}"#, "expected a pad as a number"),
        (r#"{"axes": 0, "window": 3, "step": 1, "pad": "numbers"}"#, "\"numbers\" is no pad: write them"),
        (r#"{"axes": 0, "window": 3, "step": 1, "pad": "onnx"}"#, "\"onnx\" is no pad: write {\"onnx\": [..]}"),
        (r#"{"axes": 0, "window": 3, "step": 1, "order": "last"}"#, "expected an order: \"in_place\""),
        (
            r#"{"axes": 0, "window": 3, "step": 1, "order": ["grid 0", "window 0"]}"#,
            "a request has no order of its own",
        ),
        (r#"{"axes": 0, "window": 3, "step": 1, "shape": [9]}"#, "a request has no shape: read it as a plan"),
    ] {
        assert!(refused(text).starts_with(want), "{text}: {}", refused(text));
    }
}

#[test]
fn plans_are_requests_on_a_shape() {
    let request = unfold([2, 1], [3, 4], 2).pad([(1, 0), (2, 2)]).pad_mode(PadMode::Edge).tail(Tail::Partial);
    let plain = request.plan([2, 9, 8]).unwrap();
    let base = json!({"shape": [2, 9, 8], "axes": [2, 1], "window": [3, 4], "step": 2, "pad": [[1, 0], [2, 2]],
                      "pad_mode": "edge", "tail": "partial"});
    let with = |order: Value| {
        let mut data = base.clone();
        data["order"] = order;
        data
    };
    let first = request.clone().grid_first().plan([2, 9, 8]).unwrap();
    let order = json!(["window 1", "axis 0", "grid 0", "grid 1", "window 0"]);
    for (plan, want) in [
        (plain.clone(), base.clone()),
        (first.clone(), with(json!("grid_first"))),
        (plain.permute(&[4, 0, 2, 1, 3]).unwrap(), with(order.clone())),
        (first.permute(&[3, 2, 0, 1, 4]).unwrap(), with(order)),
        (plain.permute(&[0, 1, 2, 3, 4]).unwrap(), base.clone()),
        (plain.permute(&[2, 1, 0, 4, 3]).unwrap(), with(json!("grid_first"))),
        (unfold(.., 1, 1).plan([0usize; 0]).unwrap(), json!({"shape": [], "axes": [], "window": 1, "step": 1})),
        (
            unfold(.., 3, 2).same().plan([9, 9]).unwrap(),
            json!({"shape": [9, 9], "axes": [0, 1], "window": 3, "step": 2, "pad": 1}),
        ),
    ] {
        assert_eq!(to_value(&plan).unwrap(), want);
        let back: Plan = serde_json::from_value(want.clone()).unwrap_or_else(|error| panic!("{error}: {want}"));
        assert_eq!(back, plan);
        assert_eq!((back.shape(), back.grid()), (plan.shape(), plan.grid()));
    }
}

#[test]
fn parts_are_a_plan_and_a_box() {
    let plan = unfold(1, 5, 2).pad(2).tail(Tail::Spread).plan([3, 20]).unwrap();
    let part = plan.part(&[1..3, 4..7]).unwrap();
    let want = json!({"plan": to_value(&plan).unwrap(), "write": [[1, 3], [4, 7]]});
    assert_eq!(to_value(&part).unwrap(), want);
    let back: Part = serde_json::from_value(want.clone()).unwrap();
    assert_eq!((&back, back.read()), (&part, part.read()));
    let refused = |value: Value| serde_json::from_value::<Part>(value).unwrap_err().to_string();
    let mut wrong = want.clone();
    wrong["write"] = json!([[1, 3], [4, 99]]);
    assert!(refused(wrong).starts_with("the box takes 4..99 of axis 1"));
    let mut wrong = want;
    wrong["read"] = json!([[1, 3], [4, 9]]);
    assert!(refused(wrong).starts_with("unknown field `read`"));
    // The plan of a piece alone would be read as another one.
    let x = vec![0.0f32; 60];
    let view = ndwindow::View::new(&x, [3, 20]).unwrap();
    let piece = view.slice(0, 1, 1, 2).unwrap();
    let piece = piece.slice(1, part.read()[1].start, 1, part.read()[1].len()).unwrap();
    let windows = part.windows(piece).unwrap();
    let error = to_value(windows.plan()).unwrap_err().to_string();
    assert_eq!(error, "a plan over the piece of an array is known as a part: write the Part");
}

#[test]
fn a_plan_that_cannot_be_is_refused() {
    let refused = |value: Value| serde_json::from_value::<Plan>(value).unwrap_err().to_string();
    let error = refused(json!({"shape": [2], "axes": 0, "window": 3, "step": 1}));
    assert!(error.starts_with("window 3 spans 3 with dilation 1, but axis 0 has 2 elements"), "{error}");
    let error = refused(json!({"axes": 0, "window": 3, "step": 1}));
    assert_eq!(error, "missing field `shape`");
    for order in [json!(["grid 0", "window 1"]), json!(["grid 0"]), json!(["grid 0", "grid 0"]), json!([])] {
        let error = refused(json!({"shape": [9], "axes": 0, "window": 3, "step": 1, "order": order}));
        assert!(error.contains("is not an order of 2 axes"), "{error}");
    }
    let error = refused(json!({"shape": [9], "axes": 0, "window": 3, "step": 1, "order": ["grid 0", "cell 0"]}));
    assert!(error.starts_with("expected an order"), "{error}");
}

/// The page's own examples.
#[test]
fn the_page_tells_the_truth() {
    let page = include_str!("../docs/semantics.md");
    let blocks: Vec<Value> =
        page.split("```json\n").skip(1).map(|block| from_str(block.split("```").next().unwrap()).unwrap()).collect();
    let request = unfold([-2, -1], 3, [2, 1]).pad(1).pad_mode(PadMode::Reflect).tail(Tail::ShiftBack);
    let plan = unfold([2, 3], 3, 2).same().grid_first().plan([8, 64, 56, 56]).unwrap();
    assert_eq!(blocks, [to_value(&request).unwrap(), to_value(&plan).unwrap()]);
    assert_eq!(serde_json::from_value::<Unfold>(blocks[0].clone()).unwrap(), request);
    assert_eq!(serde_json::from_value::<Plan>(blocks[1].clone()).unwrap(), plan);
    let [modes, tails] = [to_value(PadMode::Symmetric).unwrap(), to_value([Tail::Drop, Tail::ShiftBack]).unwrap()];
    assert_eq!((modes, tails), (json!("symmetric"), json!(["drop", "shift_back"])));
}
