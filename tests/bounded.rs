//! Time and memory follow elements and results, whatever windows, pads and dilations are: small arrays under requests that cost
//! nothing to state, and large ones that are not copied.

mod peak;

use ndwindow::{Monoid, PadMode, Plan, Tail, Unfold, View, unfold};
use peak::{alone, peak};
use std::time::{Duration, Instant};

/// A request of extreme numbers along one axis of some elements, in `i128`, so that nothing here can overflow.
#[derive(Clone, Copy, Debug)]
struct Ask {
    len: usize,
    window: usize,
    step: usize,
    dilation: usize,
    base: usize,
    pads: (isize, isize),
    tail: Tail,
}

const ASK: Ask = Ask { len: 3, window: 1, step: 1, dilation: 1, base: 1, pads: (0, 0), tail: Tail::Drop };

fn asks() -> Vec<Ask> {
    let far = 1isize << 59;
    vec![
        Ask { window: 1 << 30, dilation: 7, pads: (3758096380, 3758096381), tail: Tail::Partial, ..ASK },
        Ask { len: 9, window: 1 << 24, step: 11, pads: (16777207, 3), ..ASK },
        Ask {
            len: 2,
            window: 2305843009213693900 / 8,
            step: 1 << 60,
            pads: (2305843009213693920, 0),
            tail: Tail::Spread,
            ..ASK
        },
        Ask {
            len: 2,
            window: 2305843009213693000 / 7,
            step: 331 << 52,
            pads: (2305843009213693920, 0),
            tail: Tail::Spread,
            ..ASK
        },
        Ask { len: 2, window: 8188, step: (1 << 60) - 4, dilation: 6, pads: (2, 65535), tail: Tail::ShiftBack, ..ASK },
        Ask { len: 4, window: 1 << 58, step: 1 << 58, pads: (far, far), tail: Tail::ShiftBack, ..ASK },
        Ask { len: 4, window: 3, step: 1 << 58, dilation: 1 << 58, pads: (far, far), tail: Tail::Partial, ..ASK },
        Ask { len: 5, window: 1 << 40, step: 1 << 39, dilation: 6, base: 1 << 33, pads: (1 << 45, 1 << 45), ..ASK },
        Ask { len: 5, window: 1 << 40, step: 3 << 39, dilation: 9, base: 12, pads: (7, 1 << 45), tail: Tail::Spread },
        Ask { len: 7, window: 1 << 50, step: 1 << 50, pads: (-2, 1 << 52), tail: Tail::Partial, ..ASK },
        Ask { len: 40, window: 1 << 50, step: 1, pads: (1 << 49, 1 << 49), ..ASK },
        Ask { len: 1000, window: 1 << 20, step: 1000, pads: (1 << 20, 1 << 20), ..ASK },
        Ask { len: 1, window: 1 << 60, step: 1, pads: ((1 << 60) - 2, 1), tail: Tail::Partial, ..ASK },
    ]
}

impl Ask {
    fn request(&self, mode: PadMode) -> Unfold {
        let Ask { window, step, dilation, base, pads, tail, .. } = *self;
        unfold(0, window, step).dilation(dilation).base_dilation(base).pad([pads]).tail(tail).pad_mode(mode)
    }

    /// How often each window reads each element: by asking each position where an element is seen, period by period where the
    /// axis repeats itself. `None` for padding without an element.
    fn times(&self, plan: &Plan, mode: PadMode) -> Vec<(Vec<u128>, u128)> {
        let line = (self.len as i128 - 1) * self.base as i128 + 1;
        let low = (-self.pads.0 as i128).max(0);
        let high = line.min(line + self.pads.1 as i128);
        let end = line + self.pads.1 as i128;
        let (dilation, window) = (self.dilation as i128, self.window as i128);
        let axis = &plan.axes()[0];
        let window_of = |i: usize| {
            let start = axis.start(i) as i128;
            // Cells of this window at positions below a bound.
            let below = |p: i128| ((p.min(end) - start).max(0) + dilation - 1).div_euclid(dilation).min(window);
            let mut times = vec![0u128; self.len];
            for (e, times) in times.iter_mut().enumerate() {
                let p = e as i128 * self.base as i128;
                if p >= low && p < high {
                    *times = (below(p + 1) - below(p)) as u128;
                }
            }
            let (front, behind) = (below(low), below(end) - below(high));
            match mode {
                PadMode::Empty => (times, (front + behind) as u128),
                PadMode::Edge => {
                    let edge = |p: i128| (p % self.base as i128 == 0).then_some((p / self.base as i128) as usize);
                    for (e, n) in [(edge(low), front), (edge(high - 1), behind)] {
                        if let Some(e) = e {
                            times[e] += n as u128;
                        }
                    }
                    (times, 0)
                }
                _ => unreachable!(),
            }
        };
        (0..axis.count()).map(window_of).collect()
    }
}

struct Count;

impl Monoid<i64> for Count {
    type Acc = u128;
    type Out = u128;
    fn identity(&self) -> u128 {
        0
    }
    fn lift(&self, _: i64) -> u128 {
        1
    }
    fn combine(&self, a: u128, b: u128) -> u128 {
        a + b
    }
    fn lower(&self, a: u128) -> u128 {
        a
    }
}

/// Runs `f`, which must be quick and hold little.
fn cheap<R>(what: &str, f: impl FnOnce() -> R) -> R {
    let begin = Instant::now();
    let (most, result) = peak(f);
    assert!(begin.elapsed() < Duration::from_secs(5), "{what} took {:?}", begin.elapsed());
    assert!(most < 4 << 20, "{what} held {most} bytes");
    result
}

#[test]
fn every_verb_of_a_small_array_is_cheap() {
    let _alone = alone();
    for ask in asks() {
        let x: Vec<i64> = (0..ask.len as i64).map(|k| (k * 7 + 3) % 11 - 4).collect();
        for mode in [PadMode::Empty, PadMode::Edge] {
            let plan = ask.request(mode).plan([ask.len]).unwrap_or_else(|error| panic!("{error}: {ask:?}"));
            let all = ask.times(&plan, mode);
            assert!(all.len() < 5000, "{ask:?}");
            for fill in [None, Some(5)] {
                let what = format!("{ask:?} {mode:?} {fill:?}");
                let mut w = plan.windows(&x[..]).unwrap();
                if let Some(fill) = fill {
                    w = w.fill(fill);
                }
                for (i, (times, pad)) in all.iter().enumerate() {
                    // Values in order, and how often each is there.
                    let mut cells: Vec<(i64, u128)> = x.iter().copied().zip(times.iter().copied()).collect();
                    cells.extend(fill.map(|fill| (fill, *pad)));
                    cells.retain(|c| c.1 > 0);
                    cells.sort();
                    let held: u128 = cells.iter().map(|c| c.1).sum();
                    let sum: i128 = cells.iter().map(|&(v, n)| i128::from(v) * n as i128).sum();
                    if i > 0 {
                        continue; // everything is asked for all windows at once; see below
                    }
                    let min = cells.first().map_or(i64::MAX, |c| c.0);
                    let max = cells.last().map_or(i64::MIN, |c| c.0);
                    assert_eq!(cheap(&what, || w.max())[[i]], max, "{what}");
                    assert_eq!(cheap(&what, || w.min())[[i]], min, "{what}");
                    assert_eq!(cheap(&what, || w.minmax())[[i]], (min, max), "{what}");
                    assert_eq!(cheap(&what, || w.sum())[[i]], sum, "{what}");
                    assert_eq!(cheap(&what, || w.reduce(&Count))[[i]], held, "{what}");
                    let mean = cheap(&what, || w.mean())[[i]];
                    match held {
                        0 => assert!(mean.is_nan()),
                        _ => assert!((mean - sum as f64 / held as f64).abs() < 1e-12, "{what}: {mean}"),
                    }
                    let var = cheap(&what, || w.var(0))[[i]];
                    assert!(held == 0 && var.is_nan() || (0.0..100.0).contains(&var), "{what}: {var}");
                    if all.iter().all(|(times, pad)| times.iter().sum::<u128>() + pad * fill.is_some() as u128 > 0) {
                        let median = cheap(&what, || w.median()).unwrap_or_else(|error| panic!("{error}: {what}"))[[i]];
                        let at = |k: u128| {
                            let mut upto = 0;
                            cells.iter().find(|c| {
                                upto += c.1;
                                upto > k
                            })
                        };
                        let right = (at((held - 1) / 2).unwrap().0 + at(held / 2).unwrap().0) as f64 / 2.0;
                        assert_eq!(median, right, "{what}");
                        let last = cheap(&what, || w.rank(0)).unwrap()[[i]];
                        assert_eq!(last, min, "{what}");
                    }
                }
                let sums = cheap(&what, || w.sum());
                for (i, (times, pad)) in all.iter().enumerate() {
                    let own: i128 = x.iter().zip(times).map(|(&v, &n)| i128::from(v) * n as i128).sum();
                    let filled = fill.map_or(0, |fill| i128::from(fill) * *pad as i128);
                    assert_eq!(sums[[i]], own + filled, "window {i} of {what}");
                }
                if all.iter().all(|(times, _)| times.iter().any(|&n| n > 0)) {
                    let found = cheap(&what, || w.argmax()).unwrap();
                    for (i, (times, _)) in all.iter().enumerate() {
                        let largest = (0..ask.len).filter(|&e| times[e] > 0).map(|e| x[e]).max().unwrap();
                        assert_eq!(x[found[[i]]], largest, "window {i} of {what}");
                    }
                }
            }
            let mut read = vec![0u128; ask.len];
            all.iter().for_each(|(times, _)| read.iter_mut().zip(times).for_each(|(r, t)| *r += t));
            let what = format!("{ask:?} {mode:?}");
            let counts = cheap(&what, || plan.coverage());
            assert!(
                counts.iter().zip(&read).all(|(&c, &r)| c as u128 == r.min(usize::MAX as u128)),
                "{what}: {counts:?} for {read:?}"
            );
            assert_eq!(cheap(&what, || plan.remainder()), [read.iter().filter(|&&r| r == 0).count()], "{what}");
            assert_eq!(cheap(&what, || plan.is_overlapping()), read.iter().any(|&r| r > 1), "{what}");
            cheap(&what, || (plan.interior(), plan.to_string(), plan.irregular()));
        }
    }
}

/// Pads that repeat the axis many times over: what comes out is known, as whole rounds hold every element once (or twice).
#[test]
fn windows_that_go_round_are_cheap() {
    let _alone = alone();
    let x = [5i64, 7];
    let far = 2305843009213693920;
    let request = |mode| unfold(0, far / 2 - 100, far).pad([(far as isize, 0)]).pad_mode(mode).tail(Tail::Spread);
    for mode in [PadMode::Wrap, PadMode::Reflect, PadMode::Symmetric] {
        let plan = request(mode).plan([2]).unwrap();
        let what = format!("{mode:?}");
        assert_eq!(plan.grid(), [2], "{what}");
        let w = plan.windows(&x).unwrap();
        let half = i128::from((far / 2 - 100) as i64 / 2);
        assert_eq!(cheap(&what, || w.sum()).as_slice(), [12 * half, 12 * half], "{what}");
        assert_eq!(cheap(&what, || w.mean()).as_slice(), [6.0, 6.0], "{what}");
        assert_eq!(cheap(&what, || w.max()).as_slice(), [7, 7], "{what}");
        assert_eq!(cheap(&what, || w.median()).unwrap().as_slice(), [6.0, 6.0], "{what}");
        assert_eq!(cheap(&what, || w.var(0)).as_slice(), [1.0, 1.0], "{what}");
        assert!(cheap(&what, || w.argmin()).unwrap().iter().all(|&i| i == 0), "{what}");
        assert_eq!(cheap(&what, || plan.coverage()).as_slice(), [far / 2 - 100; 2], "{what}");
        assert_eq!(cheap(&what, || plan.remainder()), [0], "{what}");
        assert!(cheap(&what, || plan.is_overlapping()), "{what}");
    }
    // Floats of many rounds are as good as any: a tenth so often.
    let tenths = [0.1f32; 3];
    let mean = cheap("tenths", || {
        unfold(0, 1 << 40, 1).pad([((1isize << 40) - 3, 0)]).pad_mode(PadMode::Wrap).windows(&tenths).unwrap().mean()
    });
    assert!((mean[[0]] - 0.1).abs() < 1e-6, "{mean:?}");
}

/// Answers about many more windows than elements: each held against one element at a time.
#[test]
fn answers_about_many_windows_are_cheap() {
    let _alone = alone();
    let far = 2305843009213693920isize;
    for mode in [PadMode::Empty, PadMode::Edge, PadMode::Wrap, PadMode::Reflect, PadMode::Symmetric] {
        for tail in [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread] {
            // Holes so long that a round has more positions than there are windows.
            let plan = unfold(0, 8, 5)
                .dilation(1 << 22)
                .base_dilation((1 << 27) - 4)
                .pad([(3, 2)])
                .pad_mode(mode)
                .tail(tail)
                .plan([5])
                .unwrap();
            let counts = cheap("holes", || plan.coverage());
            assert!(counts.iter().all(|&c| c <= plan.len() * 8), "{mode:?} {tail:?} {counts:?}");
            for (window, step, dilation, len) in
                [(1, 2147483652, 1, 2), (2, 2147483652, 3, 2), (3, 3 << 32, 5, 9), (7, 11 << 40, 1, 4)]
            {
                let plan = unfold(0, window, step)
                    .dilation(dilation)
                    .pad([(far, 0)])
                    .pad_mode(mode)
                    .tail(tail)
                    .plan([len])
                    .unwrap();
                let what = format!("{mode:?} {tail:?} {window} {step} {dilation} {len}");
                let counts = cheap(&what, || plan.coverage());
                let (rest, again) = cheap(&what, || (plan.remainder(), plan.is_overlapping()));
                assert_eq!(rest, [counts.iter().filter(|&&c| c == 0).count()], "{what}");
                assert_eq!(again, counts.iter().any(|&c| c > 1), "{what}");
                // Every cell reads an element, but for empty padding and, behind the end, overhang.
                let all = plan.len() * window;
                let read: usize = counts.iter().sum();
                match mode {
                    PadMode::Empty => assert!(read <= len * window, "{what}: {counts:?}"),
                    _ => assert!(all - read <= if tail == Tail::Partial { window } else { 0 }, "{what}: {counts:?}"),
                }
                if mode == PadMode::Wrap {
                    let even = read / len;
                    assert!(
                        step % len == 0 || counts.iter().all(|&c| c.abs_diff(even) < even / 8),
                        "{what}: {counts:?}"
                    );
                }
            }
        }
    }
}

/// Several axes, each of which would do alone: their walks would be multiplied.
#[test]
fn several_axes_are_cheap() {
    let _alone = alone();
    let x: Vec<f64> = (0..27).map(|k| k as f64).collect();
    let cube = View::new(&x, [3, 3, 3]).unwrap();
    let request = unfold(.., 300, 1).pad(299).tail(Tail::Partial);
    let w = unfold(.., 3000, 3000).pad(1500).windows(&cube).unwrap();
    assert_eq!(cheap("cube", || w.sum()).iter().sum::<f64>(), x.iter().sum::<f64>());
    let filled = unfold(.., 3000, 3003).pad(1500).windows(&cube).unwrap().fill(1.0);
    let cells = 3000f64.powi(3);
    assert!((cheap("filled", || filled.sum())[[0, 0, 0]] - cells).abs() < 1e3);
    assert_eq!(request.plan([3, 3, 3]).unwrap().grid(), [302; 3]);
    assert_eq!(cheap("coverage", || w.plan().coverage()).as_slice(), [1; 27]);
}

/// Uneven starts cost no more than even ones.
#[test]
fn spread_windows_cost_no_more_than_even_ones() {
    let _alone = alone();
    let n = 20_000;
    let x: Vec<u64> = (0..n).map(|k| k * k % 1009).collect();
    let request = unfold(0, 9_000, 7).tail(Tail::Spread);
    let w = request.windows(&x).unwrap();
    let sums = cheap("spread", || w.sum());
    for i in [0, 1, 777, sums.len() - 1] {
        let start = w.plan().axes()[0].start(i) as usize;
        assert_eq!(sums[[i]], x[start..start + 9_000].iter().map(|&v| u128::from(v)).sum::<u128>(), "window {i}");
    }
}

/// One element that stands for 2^40: only what windows read is read, and nothing is copied.
#[test]
fn a_view_of_one_element_is_never_copied() {
    let _alone = alone();
    let one = [3u32];
    let line = View::with_strides(&one, [1 << 40], [0], 0).unwrap();
    let plane = View::with_strides(&one, [1 << 20, 1 << 20], [0, 0], 0).unwrap();
    for (window, step) in [(3, 1 << 39), (1 << 39, 1 << 39), (1 << 40, 1)] {
        let w = unfold(0, window, step).windows(&line).unwrap();
        let what = format!("{window} by {step}");
        assert!(cheap(&what, || w.max()).iter().all(|&m| m == 3), "{what}");
        assert!(cheap(&what, || w.sum()).iter().all(|&s| s == 3 * window as u64), "{what}");
        assert!(cheap(&what, || w.mean()).iter().all(|&m| m == 3.0), "{what}");
    }
    for (window, step) in [(3, 1 << 19), (1 << 20, 1)] {
        let w = unfold(.., window, step).windows(&plane).unwrap();
        let what = format!("plane {window} by {step}");
        assert!(cheap(&what, || w.max()).iter().all(|&m| m == 3), "{what}");
        assert!(cheap(&what, || w.sum()).iter().all(|&s| s == 3 * (window * window) as u64), "{what}");
    }
}

/// Windows whose lines lie far apart read those lines alone, however many are between.
#[test]
fn lines_between_those_of_a_window_are_never_read() {
    let _alone = alone();
    let line: Vec<u32> = (0..64).collect();
    let many = 1usize << 39;
    let view = View::with_strides(&line, [many, 64], [0, 1], 0).unwrap();
    let w = unfold([0, 1], [2, 3], 1).dilation([many - 10, 1]).windows(&view).unwrap();
    assert_eq!(w.plan().grid(), [10, 62]);
    let (max, sum) = (cheap("max", || w.max()), cheap("sum", || w.sum()));
    for (k, (&max, &sum)) in max.iter().zip(sum.iter()).enumerate() {
        let first = (k % 62) as u64;
        assert_eq!((u64::from(max), sum), (first + 2, 2 * (3 * first + 3)), "{k}");
    }
}

/// Reducing arrays that do not lie row by row holds the result and some rows, not the array once more.
#[test]
fn arrays_in_any_layout_are_read_where_they_lie() {
    let _alone = alone();
    let (h, w) = (1500, 2000);
    let x: Vec<f32> = (0..h * w).map(|k| (k * 7919 % 10007) as f32).collect();
    let rows = View::new(&x, [h, w]).unwrap();
    let columns = rows.permute(&[1, 0]).unwrap();
    let every = rows.slice(1, 1999, -2, 1000).unwrap();
    let one_row = View::with_strides(&x[..w], [h, w], [0, 1], 0).unwrap();
    for (view, name) in [(rows, "rows"), (columns, "columns"), (every, "every second, backwards"), (one_row, "one row")]
    {
        let packed = view.to_array();
        for (axes, window, step) in [(&[0, 1][..], 5, 5), (&[1], 31, 10), (&[0], 31, 10), (&[0, 1], 40, 16)] {
            let request = unfold(axes, window, step);
            let (there, whole) = (request.windows(&view).unwrap(), request.windows(&packed).unwrap());
            let mut out = vec![0.0; whole.plan().reduced_shape().iter().product()];
            let (most, ()) = peak(|| there.sum_into(&mut out).unwrap());
            assert!(most < 2 << 20, "{name} {axes:?} {window} by {step}: {most} bytes beside the result");
            let right = whole.sum();
            assert!(out.iter().zip(&right).all(|(a, b)| a.to_bits() == b.to_bits()), "{name} {axes:?} {window}");
        }
    }
}

/// A histogram of each window: eight kilobytes a window, on a small stack.
#[test]
fn accumulators_may_be_large() {
    let _alone = alone();
    struct Histogram;
    #[derive(Clone, Copy, Default)]
    struct Least(u16);
    impl Monoid<u16> for Histogram {
        type Acc = [u64; 1024];
        type Out = Least;
        fn identity(&self) -> Self::Acc {
            [0; 1024]
        }
        fn lift(&self, x: u16) -> Self::Acc {
            let mut bins = [0; 1024];
            bins[usize::from(x)] = 1;
            bins
        }
        fn combine(&self, mut a: Self::Acc, b: Self::Acc) -> Self::Acc {
            a.iter_mut().zip(&b).for_each(|(a, b)| *a += b);
            a
        }
        /// The most frequent value, the smallest of several.
        fn lower(&self, a: Self::Acc) -> Least {
            let most = a.iter().max().copied().unwrap_or(0);
            Least(a.iter().position(|&n| n == most).unwrap_or(0) as u16)
        }
    }
    let run = || {
        let x: Vec<u16> = (0..12 * 40).map(|k| (k * k % 31 + k % 3 * 300) as u16).collect();
        for (shape, axes, window, step) in [
            (&[480][..], &[0][..], 3, 2),
            (&[480], &[0], 7, 1),
            (&[480], &[0], 41, 1),
            (&[480], &[0], 300, 1),
            (&[12, 40], &[0], 2, 2),
            (&[12, 40], &[0], 10, 1),
            (&[12, 40], &[0, 1], 3, 2),
            (&[12, 40], &[0, 1], 8, 3),
            (&[4, 40, 3], &[0, 1], 2, 2),
        ] {
            let view = View::new(&x, shape).unwrap();
            let w = unfold(axes, window, step).windows(&view).unwrap();
            let found = w.reduce(&Histogram);
            let right = w.map(|cells| {
                let mut bins = vec![0; 1024];
                cells.iter().for_each(|&x| bins[usize::from(x)] += 1);
                let most = bins.iter().max().unwrap();
                bins.iter().position(|n| n == most).unwrap() as u16
            });
            assert!(found.iter().zip(&right).all(|(a, &b)| a.0 == b), "{shape:?} {axes:?} {window}");
        }
    };
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap();
    thread.join().unwrap();
}

/// Which windows read what is a matter of formulas, however many cells there are.
#[allow(clippy::single_range_in_vec_init)] // a box of one axis is one range
#[test]
fn boxes_of_endless_axes() {
    let far = 1usize << 40;
    let long = [
        unfold(0, far, 1).dilation(3).pad((far as isize, 7)),
        unfold(0, 1 << 20, far).dilation(far).base_dilation(2).pad(5).pad_mode(PadMode::Edge),
        unfold(0, far, 2).dilation(2).base_dilation(2).pad((1, 0)),
        unfold(0, 3, 1).dilation(far).pad(far as isize),
        unfold(0, far, 7).tail(Tail::ShiftBack).pad(far as isize),
    ];
    for (request, len) in long.iter().flat_map(|r| [(r, 1usize << 44), (r, 5)]) {
        let Ok(plan) = request.plan([len]) else { continue };
        let count = plan.grid()[0];
        for range in [0..1, count / 3..count / 2 + 1, count - 1..count] {
            let read = plan.reads(std::slice::from_ref(&range)).unwrap()[0].clone();
            if read.is_empty() {
                continue;
            }
            for end in [read.start, read.end - 1] {
                let readers = plan.touched(&[end..end + 1]).unwrap()[0].clone();
                assert!(
                    readers.start < range.end && range.start < readers.end,
                    "{end} of {range:?} by {request:?} on {len}"
                );
            }
        }
    }
}
