//! Filters by a mask against plain loops, the laws of morphology that hold for it, and elements with heights.

use ndwindow::image::{Filter, NonFlat};
use ndwindow::{Array, Mask, PadMode, View};
use proptest::prelude::*;

const MODES: [PadMode; 5] = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];

/// Where a filter reads outside of the picture.
fn source(mode: PadMode, i: isize, n: isize) -> Option<usize> {
    let folded = |period: isize, last: isize| {
        let at = i.rem_euclid(period.max(1));
        at.min(last - at)
    };
    let at = match mode {
        _ if (0..n).contains(&i) => i,
        PadMode::Empty => return None,
        PadMode::Edge => i.clamp(0, n - 1),
        PadMode::Wrap => i.rem_euclid(n),
        PadMode::Symmetric => folded(2 * n, 2 * n - 1),
        _ if n == 1 => 0,
        _ => folded(2 * n - 2, 2 * n - 2),
    };
    Some(at as usize)
}

/// A mask of random cells, its origin and border, and a picture `[h, w, 2]` of which it lies on the first two axes.
#[derive(Clone, Debug)]
struct Case {
    size: [usize; 2],
    cells: Vec<bool>,
    origin: [isize; 2],
    mode: PadMode,
    constant: Option<i16>,
    shape: [usize; 3],
    x: Vec<i16>,
}

fn cases() -> impl Strategy<Value = Case> {
    let sizes = (1usize..6, 1usize..6, 0usize..6, 0usize..6);
    let cells = prop::collection::vec(any::<bool>(), 36);
    let border = (0usize..5, prop::option::of(-50i16..50));
    let shape = (1usize..7, 1usize..7);
    (sizes, cells, border, shape, prop::collection::vec(-50i16..50, 72)).prop_map(|(sizes, cells, border, shape, x)| {
        let (h, w, a, b) = sizes;
        let origin = |z: usize, s: usize| (s % z) as isize - (z / 2) as isize;
        Case {
            size: [h, w],
            cells: cells[..h * w].to_vec(),
            origin: [origin(h, a), origin(w, b)],
            mode: if border.1.is_some() { PadMode::Empty } else { MODES[border.0] },
            constant: border.1,
            shape: [shape.0, shape.1, 2],
            x: x[..shape.0 * shape.1 * 2].to_vec(),
        }
    })
}

impl Case {
    fn mask(&self) -> Mask {
        Mask::new(View::new(&self.cells, self.size).unwrap())
    }

    fn filter(&self) -> Filter<i16> {
        let filter = Filter::mask(&self.mask()).origin(self.origin);
        match self.constant {
            Some(value) => filter.constant(value),
            None => filter.border(self.mode),
        }
    }

    fn view(&self) -> View<'_, i16> {
        View::new(&self.x, self.shape).unwrap()
    }

    /// The pixels under the mask around a pixel, each with its cell's number; turned around the pixel, or not.
    fn held(&self, [i, j, c]: [usize; 3], turned: bool) -> Vec<(i16, usize)> {
        let [zh, zw] = self.size.map(|z| z as isize);
        let mut held = Vec::new();
        for k in (0..self.cells.len()).filter(|&k| self.cells[k]) {
            let (a, b) = (k as isize / zw - zh / 2 - self.origin[0], k as isize % zw - zw / 2 - self.origin[1]);
            let (a, b) = if turned { (-a, -b) } else { (a, b) };
            let (a, b) = (i as isize + a, j as isize + b);
            match (source(self.mode, a, self.shape[0] as isize), source(self.mode, b, self.shape[1] as isize)) {
                (Some(a), Some(b)) => held.push((self.view()[[a, b, c]], k)),
                _ => held.extend(self.constant.map(|v| (v, k))),
            }
        }
        held
    }

    fn pixels(&self) -> impl Iterator<Item = [usize; 3]> + use<> {
        let [h, w, c] = self.shape;
        (0..h * w * c).map(move |k| [k / (w * c), k / c % w, k % c])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn filters_are_what_plain_loops_say(case in cases()) {
        let (filter, x) = (case.filter(), case.view());
        let (max, min) = (filter.max_filter(&x).unwrap(), filter.erode(&x).unwrap());
        let (dilated, mean) = (filter.dilate(&x).unwrap(), filter.mean_filter(&x).unwrap());
        let (median, bytes) = (filter.median_filter(&x), filter.blur(&x));
        let none = case.pixels().any(|at| case.held(at, false).is_empty());
        prop_assert_eq!((median.is_err(), bytes.is_err()), (none, none), "{:?}", case);
        for at in case.pixels() {
            let mut held: Vec<i16> = case.held(at, false).iter().map(|h| h.0).collect();
            held.sort_unstable();
            prop_assert_eq!(max[at], held.last().copied().unwrap_or(i16::MIN), "{:?}", case);
            prop_assert_eq!(min[at], held.first().copied().unwrap_or(i16::MAX), "{:?}", case);
            let turned = case.held(at, true).iter().map(|h| h.0).max();
            prop_assert_eq!(dilated[at], turned.unwrap_or(i16::MIN), "{:?}", case);
            let sum: i64 = held.iter().map(|&v| i64::from(v)).sum();
            let want = sum as f64 / held.len() as f64;
            prop_assert!(mean[at] == want || want.is_nan() && mean[at].is_nan(), "{:?}", case);
            if let (Ok(median), Ok(blurred)) = (&median, &bytes) {
                prop_assert_eq!(median[at], held[held.len() / 2], "{:?}", case);
                prop_assert_eq!(i64::from(blurred[at]), (2 * sum + held.len() as i64).div_euclid(2 * held.len() as i64), "{:?}", case);
            }
        }
    }

    /// Opening is nowhere above the picture and closing nowhere below it, each is the other upside down (and turned around), and doing either twice changes nothing
    /// more, where `docs/semantics.md` says so.
    #[test]
    fn laws_of_morphology(case in cases(), mirrored in any::<bool>()) {
        let mut case = case;
        let [h, w] = case.size;
        if mirrored {
            for k in 0..h * w {
                let twins = [(h - 1 - k / w) * w + k % w, k / w * w + w - 1 - k % w];
                case.cells[k] = twins.iter().any(|&t| case.cells[t]);
            }
            for k in (0..h * w).rev() {
                let twins = [(h - 1 - k / w) * w + k % w, k / w * w + w - 1 - k % w];
                case.cells[k] = twins.iter().any(|&t| case.cells[t]) || case.cells[h * w - 1 - k];
            }
        }
        let (filter, x) = (case.filter(), case.view());
        let (open, close) = (filter.open(&x).unwrap(), filter.close(&x).unwrap());
        prop_assert!(open.iter().zip(x.iter()).all(|(o, x)| o <= x), "{open:?} by {case:?}");
        prop_assert!(close.iter().zip(x.iter()).all(|(c, x)| c >= x), "{close:?} by {case:?}");
        let upside = Array::new(x.iter().map(|&v| !v).collect(), case.shape).unwrap();
        let origin = [0, 1].map(|k| -case.origin[k] - isize::from(case.size[k] % 2 == 0));
        let cells = case.cells.iter().rev().copied().collect();
        let other = Case { cells, origin, constant: case.constant.map(|v| !v), ..case.clone() };
        prop_assert_eq!(&other.filter().close(&upside).unwrap().map(|v| !v), &open, "{:?}", case);
        let own_image = (0..h * w).all(|k| {
            let twins = [(h - 1 - k / w) * w + k % w, k / w * w + w - 1 - k % w];
            twins.iter().all(|&t| case.cells[t] == case.cells[k])
        });
        let twice = match case.mode {
            PadMode::Empty | PadMode::Wrap => true,
            PadMode::Edge => false,
            _ => own_image,
        };
        if twice {
            prop_assert_eq!(&filter.open(&open).unwrap(), &open, "opened twice by {:?}", case);
            prop_assert_eq!(&filter.close(&close).unwrap(), &close, "closed twice by {:?}", case);
        }
    }

    #[test]
    fn heights_are_what_plain_loops_say(case in cases(), heights in prop::collection::vec(-9i16..9, 36)) {
        let heights = &heights[..case.cells.len()];
        let element = NonFlat::new(View::new(heights, case.size).unwrap()).mask(&case.mask()).unwrap().origin(case.origin);
        let element = match case.constant {
            Some(value) => element.constant(value),
            None => element.border(case.mode),
        };
        let (dilated, eroded) = (element.dilate(case.view()).unwrap(), element.erode(case.view()).unwrap());
        for at in case.pixels() {
            let most = case.held(at, true).iter().map(|(v, k)| v + heights[*k]).max();
            let least = case.held(at, false).iter().map(|(v, k)| v - heights[*k]).min();
            prop_assert_eq!(dilated[at], most.unwrap_or(i16::MIN), "{:?} {:?}", heights, case);
            prop_assert_eq!(eroded[at], least.unwrap_or(i16::MAX), "{:?} {:?}", heights, case);
        }
    }
}

#[test]
fn heights_stay_in_their_type() {
    let peak = NonFlat::new(&[0u8, 10, 0]);
    assert_eq!(peak.dilate(&[250u8, 0, 0]).unwrap().as_slice(), [255, 250, 10]);
    assert_eq!(peak.erode(&[5u8, 20, 20]).unwrap().as_slice(), [0, 5, 10]);
    let nan = NonFlat::new(&[1.0f32, 0.0, 1.0]).dilate(&[f32::NAN, 0.0, 0.0, 0.0]).unwrap();
    assert!(nan.as_slice()[0].is_nan() && nan.as_slice()[1].is_nan() && nan.as_slice()[2..] == [1.0, 1.0]);
    let error = NonFlat::new(&[1, 2, 3]).mask(&Mask::full([2]).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "the mask has shape [2], but [3] was planned");
}
