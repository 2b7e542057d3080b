//! Means of floats, and sums that are asked to be wide: the error does not grow with the number of cells, and a mean of finite
//! numbers is finite.

use ndwindow::nn::{Columns, Divisor, Pool};
use ndwindow::{Array, Merge, PadMode, Plan, Tail, Taper, View, unfold};

/// All of `number` cells over one element.
fn over_one(number: usize) -> Plan {
    unfold(0, 1, 1).pad((0, number as isize - 1)).pad_mode(PadMode::Edge).plan([1]).unwrap()
}

/// The one element that cells become.
fn of<T: ndwindow::FoldElement>(cells: &[T], merge: Merge<T>) -> T {
    let plan = over_one(cells.len());
    plan.fold_with(View::new(cells, [cells.len(), 1]).unwrap(), merge).unwrap()[[0]]
}

fn means<T: ndwindow::FoldElement>() -> [(&'static str, Merge<T>); 4] {
    [
        ("mean", Merge::mean()),
        ("wide mean", Merge::mean().wide()),
        ("weighted mean", Merge::weighted(Taper::Flat)),
        ("heavy mean", Merge::weighted(Taper::Weights(vec![1e30]))),
    ]
}

#[test]
fn many_cells() {
    const MANY: usize = 1 << 20;
    let plan = over_one(MANY);
    let (single, double) = ([0.1f32], [0.1f64]);
    let single = View::new(&single, [1, 1]).unwrap().broadcast(0, MANY).unwrap();
    let double = View::new(&double, [1, 1]).unwrap().broadcast(0, MANY).unwrap();
    for (name, merge) in means() {
        assert_eq!(plan.fold_with(&single, merge).unwrap().as_slice(), [0.1f32], "{name}");
    }
    for (name, merge) in means() {
        assert_eq!(plan.fold_with(&double, merge).unwrap().as_slice(), [0.1f64], "{name}");
    }
    let sum = (0.1f32 as f64 * MANY as f64) as f32;
    assert_eq!(plan.fold_with(&single, Merge::sum().wide()).unwrap().as_slice(), [sum]);
    assert_eq!(plan.fold_with(&double, Merge::sum().wide()).unwrap().as_slice(), [0.1 * MANY as f64]);
    // The plain sum is the loop over the windows, rounded at every step.
    let plain = (0..MANY).fold(0.0f32, |sum, _| sum + 0.1);
    assert_eq!(plan.fold(&single).unwrap().as_slice(), [plain]);
    assert!((plain - sum).abs() > 100.0);
}

/// Windows that overlap in many ways, each element against a sum in integers.
#[test]
fn overlapping_windows() {
    let plans = [
        unfold(0, 700, 1).plan([1500]).unwrap(),
        unfold(0, 700, 1).plan([1500]).unwrap().permute(&[1, 0]).unwrap(),
        unfold(0, 90, 7).pad(40).tail(Tail::Partial).plan([900]).unwrap(),
        unfold([0, 1], 20, 1).plan([40, 50]).unwrap(),
        unfold([0, 1], [20, 3], 1).pad(1).plan([40, 50]).unwrap().permute(&[2, 3, 0, 1]).unwrap(),
        unfold(1, 30, 2).dilation(3).pad(50).pad_mode(PadMode::Reflect).plan([3, 200]).unwrap(),
    ];
    for plan in plans {
        let number: usize = plan.shape().iter().product();
        // Steps of 2^-23 between one and two: sums of them are whole numbers of steps.
        let steps: Vec<i64> = (0..number).map(|i| (1 << 23) + (i * 7919 % (1 << 23)) as i64).collect();
        let cells: Vec<f32> = steps.iter().map(|&s| s as f32 / (1 << 23) as f32).collect();
        let cells = View::new(&cells, plan.shape()).unwrap();
        let sums = plan.fold(View::new(&steps, plan.shape()).unwrap()).unwrap();
        let want: Vec<f32> = (sums.iter().zip(&plan.coverage()))
            .map(|(&sum, &n)| if n == 0 { 0.0 } else { (sum as f64 / (1u64 << 23) as f64 / n as f64) as f32 })
            .collect();
        for (name, merge) in [("mean", Merge::mean()), ("weighted", Merge::weighted(Taper::Flat))] {
            assert_eq!(plan.fold_with(&cells, merge.uncovered(0.0)).unwrap().as_slice(), want, "{name} of {plan}");
        }
        let want: Vec<f32> = sums.iter().map(|&sum| (sum as f64 / (1u64 << 23) as f64) as f32).collect();
        assert_eq!(plan.fold_with(&cells, Merge::sum().wide()).unwrap().as_slice(), want, "sum of {plan}");
    }
}

#[test]
fn what_is_finite_stays_finite() {
    for (cells, want) in [
        (vec![3e38f32, 3e38], 3e38),
        (vec![-3e38, -3e38, -3e38], -3e38),
        (vec![f32::MAX; 100], f32::MAX),
        (vec![3e38, 3e38, -3e38, -3e38, 5.0], 1.0),
    ] {
        for (name, merge) in means() {
            assert_eq!(of(&cells, merge), want, "{name} of {cells:?}");
        }
    }
    let large = f64::MAX;
    for (cells, want) in [
        (vec![1.5e308, 1.5e308], 1.5e308),
        (vec![large; 7], large),
        (vec![-large; 64], -large),
        (vec![large, large, -large, -large], 0.0),
        (vec![large, large, -large, 0.0], large / 4.0),
        (vec![1e16, 1.0, -1e16, 3.0], 1.0),
    ] {
        for (name, merge) in means() {
            assert_eq!(of(&cells, merge), want, "{name} of {cells:?}");
        }
        for weight in [1e-300, 1e-3, 1.0, 1e200] {
            let merge = Merge::weighted(Taper::Weights(vec![weight]));
            let got = of(&cells, merge);
            assert!((got - want).abs() <= 1e-15 * cells[0].abs(), "weights of {weight}: {got} for {cells:?}");
        }
    }
}

#[test]
fn what_is_not_finite_stays_where_it_is() {
    let inf = f64::INFINITY;
    for (name, merge) in means() {
        assert_eq!(of(&[inf, 1.0, f64::MAX], merge.clone()), inf, "{name}");
        assert_eq!(of(&[-inf, 1.0, f64::MAX], merge.clone()), -inf, "{name}");
        assert!(of(&[inf, -inf], merge.clone()).is_nan(), "{name}");
        assert!(of(&[f64::NAN, 1.0], merge.clone()).is_nan(), "{name}");
        // Side by side, and one element without a window.
        let plan = unfold(0, 1, 2).plan([9]).unwrap();
        let cells = Array::new(vec![inf, 5e-324, f64::NAN, 1e-310, f64::MAX], [5, 1]).unwrap();
        let got = plan.fold_with(&cells, merge.uncovered(f64::NAN)).unwrap();
        let numbers = [got[[0]], got[[6]], got[[8]]];
        assert_eq!(numbers, [inf, 1e-310, f64::MAX], "{name}");
        assert!([1, 3, 4, 5, 7].iter().all(|&i| got[[i]].is_nan()), "{name}");
    }
    // The smallest numbers beside a sum that overflows keep all their bits.
    let plan = unfold(0, 2, 1).pad((0, 1)).pad_mode(PadMode::Edge).plan([2]).unwrap();
    let cells = Array::new(vec![5e-324, f64::MAX, f64::MAX, f64::MAX], [2, 2]).unwrap();
    for (name, merge) in [("mean", Merge::mean()), ("weighted", Merge::weighted(Taper::Flat))] {
        assert_eq!(plan.fold_with(&cells, merge).unwrap().as_slice(), [5e-324, f64::MAX], "{name}");
    }
}

/// What pooling sends back, and what columns add up to.
#[test]
fn gradients_and_columns() {
    let (window, len) = (3000, 6400);
    let count = |p: usize| (p + 1).min(window).min(len - p).min(len - window + 1) as f64;
    let ones = Array::from_elem(1.0f32, [1, 1, len - window + 1]).unwrap();
    let back = Pool::new([window]).step(1).avg_pool_gradient(&ones, Divisor::Elements, [1, 1, len]).unwrap();
    let share = f64::from(1.0f32 / window as f32);
    assert!(back.iter().enumerate().all(|(p, &b)| b == (count(p) * share) as f32));

    let cell =
        View::new(&[0.1f32], [1, 1]).unwrap().broadcast(0, window).unwrap().broadcast(1, len - window + 1).unwrap();
    let columns = Columns::new([window]);
    let sums = columns.col2im(&cell, len).unwrap();
    assert!(sums.iter().enumerate().all(|(p, &b)| b == (count(p) * f64::from(0.1f32)) as f32));
    let mut buffer = vec![0.0; len];
    columns.col2im_into(&cell, len, &mut buffer).unwrap();
    assert_eq!(buffer, sums.as_slice());
}
