//! Time series: past and targets, against plain loops.

use ndwindow::series::Series;
use ndwindow::{Error, View};
use proptest::prelude::*;

proptest! {
    #[test]
    fn examples_are_the_plain_loop(
        lengths in proptest::collection::vec(0usize..20, 1..4), channels in 1usize..4, size in 1usize..6, step in 1usize..5,
        horizon in 1usize..4, targets in 0usize..4,
    ) {
        let total: usize = lengths.iter().sum();
        let x: Vec<usize> = (0..total * channels).collect();
        let series = View::new(&x, [total, channels]).unwrap();
        let request = Series::new(size).step(step).horizon(horizon).targets(targets);
        let rows = |from: usize, n: usize| x[from * channels..(from + n) * channels].to_vec();
        let mut from = 0;
        for (group, &len) in request.groups(&series, &lengths).unwrap().zip(&lengths) {
            let (past, next) = group.unwrap();
            let mut want = (vec![], vec![]);
            let mut count = 0;
            for start in (0..len).step_by(step) {
                let target = start + size - 1 + horizon;
                if start + size <= len && (targets == 0 || target + targets <= len) {
                    want.0.extend(rows(from + start, size));
                    want.1.extend(rows(from + target.min(len), targets));
                    count += 1;
                }
            }
            prop_assert_eq!(past.shape(), &[count, size, channels][..]);
            prop_assert_eq!(next.shape(), &[count, targets, channels][..]);
            prop_assert_eq!(past.iter().copied().collect::<Vec<_>>(), want.0);
            prop_assert_eq!(next.iter().copied().collect::<Vec<_>>(), want.1);
            prop_assert_eq!(request.count(len).unwrap(), count);
            from += len;
        }
    }
}

#[test]
fn bad_requests_are_refused() {
    let x = [0.0; 12];
    let two = View::new(&x, [6, 2]).unwrap();
    assert_eq!(
        Series::new(2).horizon(0).examples(&two).unwrap_err().to_string(),
        "the horizon is 0: it must be at least 1, the next step"
    );
    assert!(matches!(Series::new(0).examples(&two), Err(Error::ZeroWindow { .. })));
    assert!(matches!(Series::new(1).step(0).examples(&two), Err(Error::ZeroStep { .. })));
    assert!(matches!(Series::new(1).groups(&two, &[3, 2]).map(|_| ()), Err(Error::ShapeMismatch { .. })));
    assert_eq!(Series::new(usize::MAX).horizon(usize::MAX).count(5), Ok(0));
    let point = View::new(&x[..1], []).unwrap();
    assert!(matches!(Series::new(1).examples(&point), Err(Error::AxisOutOfRange { .. })));
}
