//! Levels: the order of every sum is the same at each of them.

use super::*;
use crate::kernel::contract::Scalar;
use crate::spec::unfold;

/// Numbers of 11 bits: their products are exact in 24, so that rounding once or twice is the same.
fn numbers(n: usize, seed: u64) -> Vec<f32> {
    let mut s = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        (s >> 40) as i32
    };
    (0..n).map(|_| (next() % 2048) as f32 / [1.0, 64.0, 4096.0][next() as usize % 3]).collect()
}

fn array(shape: &[usize], seed: u64) -> Array<f32> {
    Array::new(numbers(shape.iter().product(), seed), shape).unwrap()
}

fn bits(array: &Array<f32>) -> Vec<u32> {
    array.iter().map(|x| x.to_bits()).collect()
}

struct Case {
    x: Array<f32>,
    w: Array<f32>,
    plan: Plan,
    groups: usize,
}

impl Case {
    fn contraction(&self, level: Level) -> Contraction {
        let outputs = self.w.shape()[0] / self.groups;
        Contraction { level, ..Contraction::new(&self.plan, Some(1), self.groups, outputs, true) }
    }

    fn conv(&self, level: Level) -> Array<f32> {
        let contraction = self.contraction(level);
        let mut out = contraction.zeros().unwrap();
        let input = Input { view: &self.x.view(), empty: 0.0, lift: |x| x };
        contraction
            .run_once(&grouped(&self.w.view(), self.groups), |_, w| w, &input, None, out.as_mut_slice())
            .unwrap();
        let mut prepared =
            PreparedConv::new(contraction, &grouped(&self.w.view(), self.groups), self.x.shape()).unwrap();
        assert_eq!(bits(&prepared.conv(&self.x).unwrap()), bits(&out));
        prepared = prepared.bias(&vec![0.0; self.w.shape()[0]]).unwrap();
        assert_eq!(prepared.conv(&self.x).unwrap(), out);
        out
    }

    fn gradient(&self, level: Level, y: &Array<f32>) -> Array<f32> {
        let mut out = Array::zeros(Dims::from_slice(self.w.shape()));
        weight_gradient(&self.contraction(level), &self.x.view(), &y.view(), &mut out);
        out
    }
}

fn case(spatial: &[usize], window: &[usize], form: (usize, usize, usize), step: usize, base: usize) -> Case {
    let (channels, outputs, groups) = form;
    let axes: Vec<isize> = (2..2 + spatial.len() as isize).collect();
    let x = array(&[&[1, channels], spatial].concat(), 1);
    let w = array(&[&[outputs, channels / groups], window].concat(), 2);
    let plan = unfold(&axes[..], window, step).base_dilation(base).plan(x.shape()).unwrap();
    Case { x, w, plan, groups }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (spatial, window, form) in [
        // Lanes along windows at one level and along outputs at another: 1 to 8 outputs of some windows a row.
        (&[5, 40][..], &[3, 3][..], (5, 1, 1)),
        (&[5, 22], &[3, 3], (5, 3, 1)),
        (&[4, 20], &[3, 2], (40, 6, 1)),
        (&[6, 12], &[5, 2], (13, 8, 1)),
        (&[20, 9], &[3, 3], (6, 6, 6)),
        (&[6, 23], &[5, 5], (6, 12, 2)),
        (&[4, 5, 18], &[3, 2, 3], (7, 7, 1)),
        (&[4, 5], &[3, 3], (13, 70, 1)),
    ] {
        cases.extend([(1, 1), (2, 1), (1, 2)].map(|(step, base)| case(spatial, window, form, step, base)));
    }
    // Weights of more than one pass, by outputs and by parts, at widths that differ; sums of many parts.
    cases.push(case(&[2], &[1], (5000, 140, 1), 1, 1));
    cases.push(case(&[2], &[1], (20_000, 10, 1), 1, 1));
    cases.push(case(&[12], &[3], (3000, 2, 1), 1, 1));
    cases.push(case(&[140_003], &[140_001], (1, 1, 1), 1, 1));
    cases
}

#[test]
fn levels_differ_in_rounding_products_only() {
    for case in cases() {
        let want = case.conv(Level::all().next().unwrap());
        let y = array(want.shape(), 3);
        let gradient = case.gradient(Level::all().next().unwrap(), &y);
        for level in Level::all() {
            assert_eq!(bits(&case.conv(level)), bits(&want), "{level:?} {}", case.plan);
            assert_eq!(bits(&case.gradient(level, &y)), bits(&gradient), "gradient {level:?} {}", case.plan);
        }
    }
}

/// With products that round, the levels that round a product and its addition once still agree.
#[test]
fn levels_that_fuse_give_the_same_bits() {
    let fused: Vec<Level> = Level::all().filter(|level| level.vector_bytes() > 16).collect();
    for mut case in cases() {
        for array in [&mut case.x, &mut case.w] {
            array.as_mut_slice().iter_mut().for_each(|x| *x /= 3.0);
        }
        for pair in fused.windows(2) {
            assert_eq!(bits(&case.conv(pair[0])), bits(&case.conv(pair[1])), "{pair:?} {}", case.plan);
        }
    }
}

/// A sum of one block: channel by channel, tap by tap, those of the last two axes column by column, one after the other.
#[test]
fn short_sums_run_in_the_order_that_is_written_down() {
    let (x, w) = (array(&[1, 4, 3, 6, 9], 1), array(&[5, 4, 2, 2, 3], 2));
    let plan = unfold([2, 3, 4], [2, 2, 3], 1).plan(x.shape()).unwrap();
    let got = Case { x: x.clone(), w: w.clone(), plan, groups: 1 }.conv(Level::detect());
    let at = |o: usize, p: [usize; 3]| {
        let mut sum = 0.0f32;
        for (c, k) in (0..4).flat_map(|c| (0..2).map(move |k| (c, k))) {
            for (j, i) in (0..3).flat_map(|j| (0..2).map(move |i| (j, i))) {
                sum += x[[0, c, p[0] + k, p[1] + i, p[2] + j]] * w[[o, c, k, i, j]];
            }
        }
        sum.to_bits()
    };
    for (o, z) in (0..5).flat_map(|o| (0..2).map(move |z| (o, z))) {
        for (r, c) in (0..5).flat_map(|r| (0..7).map(move |c| (r, c))) {
            assert_eq!(got[[0, o, z, r, c]].to_bits(), at(o, [z, r, c]), "{o} {z} {r} {c}");
        }
    }
}

/// Sums over half a million windows or taps, at each level, against sums in 64 bits.
#[test]
fn long_sums_stay_right() {
    fn check<T: Scalar + Into<f64>>(got: &Array<T>, want: f64, what: &str) {
        for &x in got {
            let off = (x.into() - want).abs() / want;
            assert!(off < 2e-6, "{what}: {} but {want}, {off:e} off", x.into());
        }
    }
    let n = 1 << 19;
    let tenth = f64::from(0.1f32);
    let long = Array::from_elem(0.1f32, [1, 1, n]).unwrap();
    let ones = Array::from_elem(1.0f32, [1, 1, n]).unwrap();
    let short = Array::from_elem(1.0f32, [1, 1, 1]).unwrap();
    let by = |w: &Array<f32>, window| Case {
        x: long.clone(),
        w: w.clone(),
        plan: unfold(2, window, 1).plan([1, 1, n]).unwrap(),
        groups: 1,
    };
    // One large product, and ones that are each lost beside it.
    let mut few = Array::from_elem(0.0f32, [1, 1, n]).unwrap();
    few.as_mut_slice()[0] = 16_777_216.0;
    (1..=60).for_each(|k| few.as_mut_slice()[k * 8_200] = 1.0);
    let all = Case { x: ones.clone(), ..by(&few, n) };
    for level in Level::all() {
        check(&by(&short, 1).gradient(level, &ones), tenth * n as f64, "windows");
        check(&by(&ones, n).conv(level), tenth * n as f64, "taps");
        assert_eq!(all.conv(level).as_slice(), [16_777_276.0]);
    }
}
