//! Requests and plans as data; what is read back is checked again.
#![cfg(feature = "serde")]

use ndwindow::{PadMode, Plan, Tail, Unfold, unfold};

#[test]
fn requests_round_trip() {
    for request in [
        unfold(.., 3, 1),
        unfold([-2, 1], [3, 5], 2).dilation(2).base_dilation([1, 2]).pad([(1, -2), (0, 3)]).grid_first(),
        unfold(0, 7, 3).same_lower().pad_mode([PadMode::Wrap]).tail(Tail::Spread),
    ] {
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<Unfold>(&text).unwrap(), request);
    }
}

#[test]
fn plans_round_trip() {
    let request = unfold([2, 1], [3, 4], 2).pad([(1, 0), (2, 2)]).pad_mode(PadMode::Edge).tail(Tail::Partial);
    for plan in [request.plan([2, 9, 8]).unwrap(), request.grid_first().plan([2, 9, 8]).unwrap()] {
        let orders = [plan.clone(), plan.permute(&[4, 0, 2, 1, 3]).unwrap()];
        for plan in orders {
            let text = serde_json::to_string(&plan).unwrap();
            let back: Plan = serde_json::from_str(&text).unwrap();
            assert_eq!(back, plan);
            assert_eq!((back.shape(), back.grid()), (plan.shape(), plan.grid()));
        }
    }
}

#[test]
fn a_plan_that_cannot_be_is_refused() {
    let text = serde_json::to_string(&unfold(0, 3, 1).plan([9]).unwrap()).unwrap();
    let broken = text.replace("\"shape\":[9]", "\"shape\":[2]");
    let error = serde_json::from_str::<Plan>(&broken).unwrap_err().to_string();
    assert!(error.starts_with("window 3 spans 3 with dilation 1, but axis 0 has 2 elements"), "{error}");
    let broken = text.replace("{\"Window\":0}", "{\"Window\":1}");
    let error = serde_json::from_str::<Plan>(&broken).unwrap_err().to_string();
    assert!(error.contains("is not an order of 2 axes"), "{error}");
}
