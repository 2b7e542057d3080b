//! The bits of a convolution follow from shapes and elements: not from where the elements lie in memory, from threads, from
//! whether the weights are prepared, or from how much is computed at once.

use ndwindow::nn::{Conv, ConvTranspose};
use ndwindow::{Array, PadMode, View, unfold};

/// Numbers of mixed sizes whose sums round, from a counter.
fn numbers(n: usize, seed: u64) -> Vec<f32> {
    let mut s = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        s >> 40
    };
    (0..n).map(|_| (next() as f32 / (1u64 << 23) as f32 - 1.0) * [1.0, 300.0, 0.01][next() as usize % 3]).collect()
}

fn array(shape: &[usize], seed: u64) -> Array<f32> {
    Array::new(numbers(shape.iter().product(), seed), shape).unwrap()
}

/// The same elements in a memory of their own: axes in another order, each with a stretch of unused elements behind every
/// index or backwards.
struct Elsewhere {
    data: Vec<f32>,
    shape: Vec<usize>,
    strides: Vec<isize>,
    offset: usize,
}

impl Elsewhere {
    /// `order`: axes from the slowest to the fastest. `back`: the axes that run backwards. `apart`: distance of the fastest.
    fn new(x: &Array<f32>, order: &[usize], back: &[usize], apart: usize) -> Self {
        let shape = x.shape().to_vec();
        let (mut strides, mut offset, mut len) = (vec![0isize; shape.len()], 0, apart);
        for &a in order.iter().rev() {
            strides[a] = len as isize;
            len = len * shape[a] + apart - 1;
            if back.contains(&a) && shape[a] > 0 {
                offset += strides[a] as usize * (shape[a] - 1);
                strides[a] = -strides[a];
            }
        }
        let mut data = vec![f32::NAN; offset + len + 1];
        let mut index = vec![0; shape.len()];
        for &v in x.iter() {
            let at = index.iter().zip(&strides).fold(offset as isize, |at, (&i, &s)| at + i as isize * s);
            data[at as usize] = v;
            for a in (0..shape.len()).rev() {
                index[a] += 1;
                if index[a] < shape[a] {
                    break;
                }
                index[a] = 0;
            }
        }
        Elsewhere { data, shape, strides, offset }
    }

    fn view(&self) -> View<'_, f32> {
        View::with_strides(&self.data, &self.shape[..], &self.strides[..], self.offset).unwrap()
    }
}

/// Every way an array may lie that a strip is filled from in another way.
fn layouts(x: &Array<f32>) -> Vec<Elsewhere> {
    let rank = x.rank();
    let (all, turned): (Vec<usize>, Vec<usize>) = ((0..rank).collect(), (0..rank).rev().collect());
    let channels_last: Vec<usize> = [0].into_iter().chain(2..rank).chain([1]).collect();
    let channels_first: Vec<usize> = [1, 0].into_iter().chain(2..rank).collect();
    vec![
        Elsewhere::new(x, &all, &[], 1),
        Elsewhere::new(x, &channels_last, &[], 1),
        Elsewhere::new(x, &channels_last, &[1, rank - 1], 2),
        Elsewhere::new(x, &channels_first, &[0], 1),
        Elsewhere::new(x, &turned, &[1], 1),
        Elsewhere::new(x, &all, &[rank - 1], 3),
    ]
}

#[track_caller]
fn same(got: &Array<f32>, want: &Array<f32>, what: &str) {
    assert_eq!(got.shape(), want.shape(), "{what}");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert_eq!(g.to_bits(), w.to_bits(), "{what}: result {i} is {g}, not {w}");
    }
}

fn on_threads<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(f)
}

fn own(view: &View<'_, f32>) -> Array<f32> {
    Array::new(view.iter().copied().collect(), view.shape()).unwrap()
}

/// `[N, C, spatial..]` as `[N, spatial.., C]`, or back.
fn to_last(x: &Array<f32>) -> Array<f32> {
    let last = x.rank() as isize - 1;
    let order: Vec<isize> = [0].into_iter().chain(2..=last).chain([1]).collect();
    own(&x.permute(&order).unwrap())
}

fn to_first(x: &Array<f32>) -> Array<f32> {
    let last = x.rank() as isize - 1;
    let order: Vec<isize> = [0, last].into_iter().chain(1..last).collect();
    own(&x.permute(&order).unwrap())
}

/// The indices `from..from + count` of an axis.
fn part(x: &Array<f32>, axis: isize, from: usize, count: usize) -> Array<f32> {
    own(&x.view().slice(axis, from, 1, count).unwrap())
}

#[derive(Clone, Debug)]
struct Case {
    spatial: Vec<usize>,
    window: Vec<usize>,
    step: usize,
    dilation: usize,
    base: usize,
    pads: (isize, isize),
    mode: PadMode,
    batch: usize,
    groups: usize,
    /// Channels and outputs of a group.
    each: usize,
    outputs: usize,
}

impl Case {
    fn new(spatial: &[usize], window: &[usize], groups: usize, each: usize, outputs: usize) -> Self {
        let (spatial, window) = (spatial.to_vec(), window.to_vec());
        let (step, dilation, base, pads, mode, batch) = (1, 1, 1, (1, 1), PadMode::Empty, 2);
        Case { spatial, window, step, dilation, base, pads, mode, batch, groups, each, outputs }
    }

    fn conv(&self) -> Conv {
        let conv = Conv::new().groups(self.groups).step(self.step).dilation(self.dilation);
        conv.base_dilation(self.base).pad(self.pads).pad_mode(self.mode)
    }

    fn arrays(&self) -> (Array<f32>, Array<f32>, Vec<f32>) {
        let x = array(&[&[self.batch, self.groups * self.each], &self.spatial[..]].concat(), 1);
        let w = array(&[&[self.groups * self.outputs, self.each], &self.window[..]].concat(), 2);
        (x, w, numbers(self.groups * self.outputs, 3))
    }

    fn check(&self) {
        let (x, w, bias) = self.arrays();
        let conv = self.conv();
        let Ok(want) = on_threads(1, || conv.run(&x, &w, Some(&bias))) else { return };
        self.check_layouts(&x, &w, &bias, &want);
        self.check_parts(&x, &w, &bias, &want);
        self.check_windows(&x, &w);
        self.check_adjoints(&x, &w, &want);
    }

    fn check_layouts(&self, x: &Array<f32>, w: &Array<f32>, bias: &[f32], want: &Array<f32>) {
        let conv = self.conv();
        let prepared = conv.prepare(x.shape(), w).unwrap().bias(bias).unwrap();
        for (at, (x, w)) in layouts(x).iter().zip(layouts(w)).enumerate() {
            let what = format!("layout {at} of {self:?}");
            for threads in [1, 2] {
                same(&on_threads(threads, || conv.run(x.view(), w.view(), Some(bias)).unwrap()), want, &what);
                same(&on_threads(threads, || prepared.conv(x.view()).unwrap()), want, &format!("prepared, {what}"));
            }
        }
        let last = to_last(x);
        let conv = conv.channels_last();
        let what = format!("channels last, {self:?}");
        let prepared = conv.prepare(last.shape(), w).unwrap().bias(bias).unwrap();
        for x in layouts(&last) {
            same(&to_first(&conv.run(x.view(), w, Some(bias)).unwrap()), want, &what);
            same(&to_first(&prepared.conv(x.view()).unwrap()), want, &what);
        }
    }

    /// Less at a time: one image, one group, one output.
    fn check_parts(&self, x: &Array<f32>, w: &Array<f32>, bias: &[f32], want: &Array<f32>) {
        let conv = self.conv();
        for n in 0..self.batch {
            let y = conv.run(&part(x, 0, n, 1), w, Some(bias)).unwrap();
            same(&y, &part(want, 0, n, 1), &format!("image {n} of {self:?}"));
        }
        let one = conv.clone().groups(1);
        for (g, o) in [(0, 0), (self.groups - 1, self.outputs - 1)] {
            let at = g * self.outputs + o;
            let own = part(x, 1, g * self.each, self.each);
            let y = one.run(&own, &part(w, 0, at, 1), Some(&bias[at..=at])).unwrap();
            same(&y, &part(want, 1, at, 1), &format!("output {o} of group {g} of {self:?}"));
            let (w, bias) = (part(w, 0, g * self.outputs, self.outputs), &bias[g * self.outputs..][..self.outputs]);
            let y = one.run(&own, &w, Some(bias)).unwrap();
            same(&y, &part(want, 1, g * self.outputs, self.outputs), &format!("group {g} of {self:?}"));
        }
    }

    /// The same by way of windows; and every channel alike, once in memory or each for itself.
    fn check_windows(&self, x: &Array<f32>, w: &Array<f32>) {
        let conv = self.conv();
        let want = conv.run(x, w, None).unwrap();
        let axes: Vec<isize> = (2..x.rank() as isize).collect();
        let request = unfold(&axes[..], &self.window[..], self.step).dilation(self.dilation).base_dilation(self.base);
        let request = request.pad(self.pads).pad_mode(self.mode);
        let plan = request.plan(x.shape()).unwrap().prepare_conv(w).unwrap();
        for x in layouts(x) {
            same(&request.windows(x.view()).unwrap().conv(w).unwrap(), &want, &format!("windows of {self:?}"));
            same(&plan.conv(x.view()).unwrap(), &want, &format!("plan of {self:?}"));
        }
        let one = part(x, 1, 0, 1);
        let alike = one.view().broadcast(1, self.groups * self.each).unwrap();
        let copy = own(&alike);
        same(&conv.run(&alike, w, None).unwrap(), &conv.run(&copy, w, None).unwrap(), &format!("alike, {self:?}"));
    }

    fn check_adjoints(&self, x: &Array<f32>, w: &Array<f32>, y: &Array<f32>) {
        let conv = self.conv();
        let dx = on_threads(1, || conv.input_gradient(y, w, x.shape()).unwrap());
        let dw = on_threads(1, || conv.weight_gradient(x, y, w.shape()).unwrap());
        let transposed = ConvTranspose::new().groups(self.groups).step(self.step).dilation(self.dilation);
        let whole = on_threads(1, || transposed.run(y, w, None).unwrap());
        // Each layout of one beside another one of the other.
        let arrays = layouts(x);
        let arrays = arrays.iter().cycle().skip(2);
        for (at, ((y, w), x)) in layouts(y).iter().zip(layouts(w)).zip(arrays).enumerate() {
            let what = format!("layout {at} of {self:?}");
            on_threads(2, || {
                same(
                    &conv.input_gradient(y.view(), w.view(), x.shape.clone()).unwrap(),
                    &dx,
                    &format!("array, {what}"),
                );
                same(&transposed.run(y.view(), w.view(), None).unwrap(), &whole, &format!("transposed, {what}"));
                let got = conv.weight_gradient(x.view(), y.view(), w.shape.clone()).unwrap();
                same(&got, &dw, &format!("weights, {what}"));
            });
        }
        for n in 0..self.batch {
            let got = conv.input_gradient(&part(y, 0, n, 1), w, part(x, 0, n, 1).shape()).unwrap();
            same(&got, &part(&dx, 0, n, 1), &format!("gradient of image {n} of {self:?}"));
        }
        let (last, y) = (to_last(x), to_last(y));
        let conv = conv.channels_last();
        let what = format!("gradients, channels last, {self:?}");
        same(&to_first(&conv.input_gradient(&y, w, last.shape()).unwrap()), &dx, &what);
        same(&conv.weight_gradient(&last, &y, w.shape()).unwrap(), &dw, &what);
    }
}

/// Lanes along windows and along outputs, sums of one block and of several, groups, depthwise, one axis to three.
#[test]
fn small_ones() {
    let forms = [(1, 1, 1), (1, 3, 2), (1, 3, 20), (2, 2, 5), (3, 1, 1), (2, 1, 4), (1, 20, 3)];
    let mut cases = Vec::new();
    for (groups, each, outputs) in forms {
        for (spatial, window) in [
            (&[37][..], &[3][..]),
            (&[9, 21], &[3, 3]),
            (&[12, 19], &[5, 2]),
            (&[4, 5, 18], &[3, 2, 3]),
            (&[3, 4], &[1, 1]),
        ] {
            cases.push(Case::new(spatial, window, groups, each, outputs));
        }
    }
    cases.iter().for_each(Case::check);
}

/// Steps, dilations, holes, pads and what they hold.
#[test]
fn other_numbers() {
    for (groups, each, outputs) in [(1, 4, 3), (1, 4, 18), (4, 1, 1)] {
        for rank in 1..=3 {
            let (spatial, window) = (&[[7, 6, 21], [11, 9, 20]][rank % 2][3 - rank..], &[2, 3, 3][3 - rank..]);
            let plain = Case { batch: 1, ..Case::new(spatial, window, groups, each, outputs) };
            for case in [
                Case { step: 2, ..plain.clone() },
                Case { step: 5, pads: (0, 4), ..plain.clone() },
                Case { dilation: 2, pads: (3, 2), ..plain.clone() },
                Case { base: 2, ..plain.clone() },
                Case { base: 3, step: 2, dilation: 2, pads: (-1, 2), ..plain.clone() },
                Case { pads: (2, 1), mode: PadMode::Reflect, ..plain.clone() },
                Case { pads: (4, 3), mode: PadMode::Edge, step: 2, ..plain.clone() },
            ] {
                case.check();
            }
        }
    }
}

/// Sums of several parts, weights of several passes, boxes cut for threads.
#[test]
fn large_ones() {
    for case in [
        // Weights beyond what is packed at once.
        Case { batch: 1, step: 8, ..Case::new(&[8, 12], &[3, 3], 1, 700, 130) },
        // Parts by taps: more than are added plainly.
        Case { batch: 1, step: 3_001, pads: (0, 0), ..Case::new(&[146_000], &[140_001], 1, 1, 1) },
        // Parts by channels, over lanes along windows and along outputs.
        Case { batch: 1, pads: (0, 0), ..Case::new(&[19], &[2], 1, 9_000, 2) },
        Case { batch: 1, pads: (0, 0), ..Case::new(&[4], &[2], 1, 9_000, 20) },
    ] {
        let (x, w, bias) = case.arrays();
        let want = on_threads(1, || case.conv().run(&x, &w, Some(&bias)).unwrap());
        case.check_layouts(&x, &w, &bias, &want);
        case.check_parts(&x, &w, &bias, &want);
    }
    // Worth several threads.
    Case { batch: 1, ..Case::new(&[40, 41], &[3, 3], 1, 12, 40) }.check();
    Case { batch: 1, ..Case::new(&[50, 90], &[3, 3], 128, 1, 1) }.check();
}
