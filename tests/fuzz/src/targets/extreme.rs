//! Tiny arrays and numbers of any size: a refusal, or a quick answer that is right.
//!
//! No line is laid out here. How often each element lies in a window is counted by residues, in 128 bits.

use crate::check::{Answer, Done, Verdict, answered, close_by, equal, same, same_shape};
use crate::oracle::Mode;
use crate::oracle::library::{MODES, TAILS};
use crate::source::Source;
use crate::value::values;
use ndwindow::{Error, Plan, Tail, Windows, unfold};

/// Where the library may say that a number is too large.
const LIMIT: i128 = isize::MAX as i128 / 4;
/// Results that are looked at, at most.
const RESULTS: usize = 2000;
/// Windows that may be counted one by one.
const COUNTED: i128 = 1 << 22;

#[derive(Debug)]
struct Numbers {
    len: i128,
    window: i128,
    step: i128,
    dilation: i128,
    base: i128,
    pads: (i128, i128),
    mode: Mode,
    tail: Tail,
}

fn number(s: &mut Source) -> i128 {
    let near = s.below(9) as i128 - 4;
    let number = match s.below(4) {
        0 | 1 => s.from_to(1, 9) as i128,
        2 => (1i128 << s.from_to(8, 63)) + near,
        _ => (s.from_to(1, 9) as i128) * (1 << s.from_to(8, 40)) + near,
    };
    number.clamp(1, usize::MAX as i128)
}

fn pad(s: &mut Source) -> i128 {
    let pad = if s.flag() { s.below(4) as i128 } else { number(s) };
    let pad = if s.rarely(6) { -pad } else { pad };
    pad.clamp(isize::MIN as i128, isize::MAX as i128)
}

pub(crate) fn run(s: &mut Source) -> Verdict {
    let (mode, tail) = (s.pick(&MODES), s.pick(&TAILS).0);
    let len = s.below(7) as i128;
    let base = if s.rarely(4) { number(s) } else { 1 };
    let n = Numbers {
        len,
        window: number(s),
        step: number(s),
        dilation: if s.flag() { number(s) } else { 1 },
        base,
        pads: (pad(s), pad(s)),
        mode: mode.1,
        tail,
    };
    let beside = s.pick(&[0, 1, 1, 2, 9]);
    s.say(|| format!("{n:?}, {beside} beside it"));
    let data = values::<i16>(s, len as usize * beside);
    let request = unfold(0, n.window as usize, n.step as usize)
        .dilation(n.dilation as usize)
        .base_dilation(n.base as usize)
        .pad((n.pads.0 as isize, n.pads.1 as isize))
        .pad_mode(mode.0)
        .tail(tail);
    let found = request.plan([len as usize, beside]);
    let line = match (n.line(), found) {
        (Ok(line), Ok(plan)) => (line, plan),
        (Err(_), Err(_)) => return Ok(Done::Refused),
        (Err(why), Ok(_)) => return Err(format!("plan answered: should be refused ({why})")),
        (Ok(line), Err(e)) => return may_be_too_large(&n, &line, beside, e),
    };
    let (line, plan) = line;
    if line.total > LIMIT {
        return Err("plan answered: a line over the limit".into());
    }
    equal("windows", &(plan.len() as i128), &line.count)?;
    // A plan says in words, and in constant time, where its windows lie.
    let _ = plan.to_string();
    let _ = plan.interior();
    plan_answers(&n, &line, &plan)?;
    if line.count * beside as i128 > RESULTS as i128 {
        return Ok(Done::Same);
    }
    let view = ndwindow::View::new(&data, [len as usize, beside]).expect("its own shape");
    let mut windows = answered("windows", plan.windows(&view))?;
    let fill = s.rarely(4).then(|| s.below(3) as i16);
    s.say(|| format!("fill {fill:?}"));
    if let Some(fill) = fill {
        windows = windows.fill(fill);
    }
    reductions(&n, &line, &windows, &data, beside, fill)?;
    Ok(Done::Same)
}

/// An axis in numbers.
#[derive(Debug)]
struct Line {
    span: i128,
    total: i128,
    count: i128,
    /// The positions of the data that are left.
    data: (i128, i128),
    end: i128,
}

impl Numbers {
    fn line(&self) -> Result<Line, String> {
        let span = (self.window - 1) * self.dilation + 1;
        let whole = if self.len == 0 { 0 } else { (self.len - 1) * self.base + 1 };
        let end = whole + self.pads.1;
        let total = (self.pads.0 + end).max(0);
        let data = ((-self.pads.0).max(0), end.min(whole));
        let holds = data.0 < data.1;
        if self.mode != Mode::Empty && !holds && total > 0 {
            return Err("nothing to repeat".into());
        }
        let ceil = |a: i128, b: i128| -(-a).div_euclid(b);
        let count = match self.tail {
            Tail::Partial => {
                let visible = (self.pads.0 + data.1).max(0);
                let reaching = ceil(total - span, self.step) + 1;
                reaching.min(ceil(visible, self.step)).max(i128::from(holds))
            }
            _ if span > total => return Err("a span longer than the line".into()),
            Tail::Drop => (total - span) / self.step + 1,
            _ => ceil(total - span, self.step) + 1,
        };
        Ok(Line { span, total, count, data, end })
    }

    /// Where window `i` starts.
    fn start(&self, line: &Line, i: i128) -> i128 {
        let free = line.total - line.span;
        let from = match self.tail {
            Tail::ShiftBack => (i * self.step).min(free),
            Tail::Spread if line.count > 1 => i * free / (line.count - 1),
            Tail::Spread => 0,
            _ => i * self.step,
        };
        from - self.pads.0
    }

    /// How many cells of window `i` hold each element, and how many are padding; `None` if that takes too long.
    fn held(&self, line: &Line, i: i128) -> Option<(Vec<i128>, i128)> {
        let start = self.start(line, i);
        let (low, high) = line.data;
        let length = high - low;
        let taps = |from: i128, to: i128| {
            let tap = |p: i128| -((start - p).div_euclid(self.dilation));
            (tap(from).clamp(0, self.window), tap(to).clamp(0, self.window))
        };
        let mut counts = vec![0; self.len as usize];
        let all = taps(-self.pads.0, line.end);
        if self.mode == Mode::Empty || self.mode == Mode::Edge || length <= 0 {
            for (e, count) in counts.iter_mut().enumerate() {
                let at = e as i128 * self.base;
                let own = taps(at, at + 1);
                *count += if (low..high).contains(&at) { own.1 - own.0 } else { 0 };
            }
            let (before, after) = (taps(-self.pads.0, low.max(-self.pads.0)), taps(high.min(line.end), line.end));
            let outside = [before.1 - before.0, after.1 - after.0];
            if self.mode == Mode::Empty || length <= 0 {
                let inside = taps(low, high);
                let pads = (all.1 - all.0) - (inside.1 - inside.0).max(0);
                return Some((counts, if length <= 0 { all.1 - all.0 } else { pads }));
            }
            for (at, more) in [low, high - 1].into_iter().zip(outside) {
                if at % self.base == 0 {
                    counts[(at / self.base) as usize] += more.max(0);
                }
            }
            return Some((counts, 0));
        }
        let period = match self.mode {
            Mode::Wrap => length,
            Mode::Reflect => (2 * length - 2).max(1),
            _ => 2 * length,
        };
        if period > 64 {
            return None;
        }
        for t in 0..period {
            // Taps t, t + period, ..: their positions are alike to the mode.
            let number = |to: i128| (to - t + period - 1).div_euclid(period);
            let more = number(all.1) - number(all.0);
            let at = (start - low + t * self.dilation).rem_euclid(period);
            let source = match self.mode {
                Mode::Reflect if at >= length => period - at,
                Mode::Symmetric if at >= length => period - 1 - at,
                _ => at,
            } + low;
            if source % self.base == 0 {
                counts[(source / self.base) as usize] += more;
            }
        }
        Some((counts, 0))
    }
}

/// A refusal is right where some number is over the limit, or near it.
fn may_be_too_large(n: &Numbers, line: &Line, beside: usize, e: Error) -> Verdict {
    let whole = n.len.max(1).saturating_mul(n.base);
    // An axis without elements does not excuse the others.
    let view = line.count.max(1).saturating_mul(n.window).saturating_mul(beside.max(1) as i128);
    let pads = n.pads.0.abs().max(n.pads.1.abs());
    let largest = [line.span, line.total, whole, view, pads].into_iter().max().expect("five numbers");
    if largest >= LIMIT { Ok(Done::Refused) } else { Err(format!("plan refused: {e}")) }
}

fn plan_answers(n: &Numbers, line: &Line, plan: &Plan) -> Result<(), String> {
    let axis = &plan.axes()[0];
    let looked = [0, 1, 2, line.count / 3, line.count - 2, line.count - 1];
    for i in looked.into_iter().filter(|i| (0..line.count).contains(i)) {
        equal("start", &(plan.start(0, i as usize) as i128), &n.start(line, i))?;
    }
    // Elements drawn apart on an axis that repeats itself may be counted window by window, as the library says.
    let repeats = matches!(n.mode, Mode::Reflect | Mode::Symmetric | Mode::Wrap);
    if repeats && n.base > 1 && line.count > COUNTED {
        return Ok(());
    }
    let coverage = axis.coverage();
    let (remainder, overlapping) = (axis.remainder(), axis.is_overlapping());
    equal("remainder and coverage", &coverage.iter().filter(|&&c| c == 0).count(), &remainder)?;
    equal("overlap and coverage", &coverage.iter().any(|&c| c > 1), &overlapping)?;
    if line.count > RESULTS as i128 {
        return Ok(());
    }
    let mut sums = vec![0i128; n.len as usize];
    for i in 0..line.count {
        let Some((held, _)) = n.held(line, i) else { return Ok(()) };
        sums.iter_mut().zip(held).for_each(|(sum, h)| *sum += h);
    }
    if sums.iter().all(|&sum| sum <= usize::MAX as i128) {
        same("coverage", &coverage, &sums.iter().map(|&sum| sum as usize).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn reductions(
    n: &Numbers,
    line: &Line,
    windows: &Windows<'_, i16>,
    data: &[i16],
    beside: usize,
    fill: Option<i16>,
) -> Result<(), String> {
    let shape = [line.count as usize, beside];
    let max = answered("max", windows.max().answer())?;
    let min = answered("min", windows.min().answer())?;
    same_shape("max", max.shape(), &shape)?;
    let means = bounded("mean", windows.mean().answer())?;
    // The plain form has nothing to say where a sum leaves 64 bits.
    let mut sums = vec![0; shape.iter().product()];
    let sums = windows.sum_into(&mut sums).and_then(|()| ndwindow::Array::new(sums, &shape[..]));
    let sums = bounded("sum", sums)?;
    let vars = answered("var", windows.var(0).answer())?;
    let norms = answered("norm", windows.norm(1.0))?;
    // Refusals are looked at by the other targets; here it counts that these answer at once.
    let middle = windows.median().ok();
    let _ = (windows.argmax(), windows.rank(1));
    let _ = answered("reduce", windows.reduce(&ndwindow::MaxNum).answer())?;
    let blank = fill.filter(|_| n.mode == Mode::Empty);
    // Without results there may be any number of windows.
    for i in 0..if beside == 0 { 0 } else { line.count } {
        let Some((held, pads)) = n.held(line, i) else { return Ok(()) };
        for b in 0..beside {
            let values = (0..n.len as usize).map(|e| data[e * beside + b]);
            let mut bag: Vec<(f64, f64)> = values.zip(&held).map(|(x, &c)| (x.into(), c as f64)).collect();
            bag.extend(blank.map(|x| (f64::from(x), pads as f64)));
            bag.retain(|x| x.1 > 0.0);
            let at = i as usize * beside + b;
            let all: f64 = bag.iter().map(|x| x.1).sum();
            let sum: f64 = bag.iter().map(|x| x.0 * x.1).sum();
            let size: f64 = bag.iter().map(|x| x.0.abs() * x.1).sum();
            let mean = sum / all;
            let close = |what: &str, a: f64, b: f64, size: f64| {
                close_by(what, &[a], &[b], |_, a, b| {
                    (a.is_nan() && b.is_nan()) || (a - b).abs() <= size.abs() * 1e-9 + 1e-9
                })
            };
            let top = bag.iter().fold(f64::from(i16::MIN), |m, x| m.max(x.0));
            let low = bag.iter().fold(f64::from(i16::MAX), |m, x| m.min(x.0));
            close("max", max.as_slice()[at].into(), top, 0.0)?;
            close("min", min.as_slice()[at].into(), low, 0.0)?;
            if let Some(sums) = &sums {
                close("sum", sums.as_slice()[at] as f64, sum, size)?;
            }
            if let Some(means) = &means {
                close("mean", means.as_slice()[at], mean, size / all)?;
            }
            let var = bag.iter().map(|x| (x.0 - mean).powi(2) * x.1).sum::<f64>() / all;
            close("var", vars.as_slice()[at], var, size / all * size / all + var)?;
            close("norm", norms.as_slice()[at], size, size)?;
            if let Some(middle) = &middle {
                bag.sort_by(|a, b| a.0.total_cmp(&b.0));
                let at_rank = |k: f64| {
                    let mut before = 0.0;
                    let here = bag.iter().find(|x| {
                        before += x.1;
                        k < before
                    });
                    here.map_or(f64::NAN, |x| x.0)
                };
                let (a, b) = (at_rank(((all - 1.0) / 2.0).floor()), at_rank(((all - 1.0) / 2.0).ceil()));
                // Counts beyond 53 bits are not whole numbers any more.
                if all < 4e15 {
                    close("median", middle.as_slice()[at], (a + b) / 2.0, 0.0)?;
                }
            }
        }
    }
    Ok(())
}

/// Sums are bounded by the number of cells, which may be large here.
fn bounded<T>(what: &str, found: Result<ndwindow::Array<T>, Error>) -> Result<Option<ndwindow::Array<T>>, String> {
    match found {
        Err(Error::DoesNotFit { .. }) => Ok(None),
        other => answered(what, other).map(Some),
    }
}
