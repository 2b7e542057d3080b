//! Short-time Fourier transforms: against sums of waves, and streams against the whole.

use crate::check::{Done, Verdict, answered, close_by, equal, refused, same};
use crate::oracle::library::MODES;
use crate::oracle::{Ask, Line, Mode, Pads, Stand};
use crate::source::Source;
use crate::value::values;
use ndwindow::audio::{Complex, Stft};

pub(crate) fn run(s: &mut Source) -> Verdict {
    let n_fft = s.from_to(1, 12);
    let hop = s.from_to(1, 10);
    let samples = if s.rarely(6) { s.below(6000) } else { s.below(60) };
    let own = s.from_to(1, n_fft);
    let window: Vec<f64> = values::<u8>(s, own).iter().map(|&x| f64::from(x % 4) + 0.5).collect();
    let mode = if s.flag() { MODES[0] } else { s.pick(&MODES) };
    let pads = match s.below(4) {
        0 => (0, 0),
        1 => ((n_fft / 2) as i128, (n_fft / 2) as i128),
        2 => (s.below(40) as i128, s.below(40) as i128),
        _ => (s.below(4) as i128 - 1, s.below(4) as i128 - 1),
    };
    let (whole_hops, two_sided) = (s.flag(), s.flag());
    let quiet = s.rarely(3);
    let mut data = values::<f64>(s, samples);
    data.iter_mut().filter(|x| x.is_nan() || x.abs() > 1e6).for_each(|x| *x = 1.5);
    if quiet {
        let silence = samples * 9 / 10;
        data[..silence].fill(0.0);
    }
    s.say(|| {
        format!(
            "n_fft {n_fft} hop {hop} of {samples} samples, window {window:?}, pads {pads:?} {:?}, whole hops {whole_hops}, two-sided {two_sided}, quiet {quiet}",
            mode.1
        )
    });
    let mut stft = Stft::new(n_fft, hop).window(&window).pad(pads.0 as isize, pads.1 as isize, mode.0);
    if whole_hops {
        stft = stft.whole_hops();
    }
    if two_sided {
        stft = stft.two_sided();
    }
    let plan = answered("analysis", stft.analysis::<f64>())?;
    let ask =
        Ask { pads: Pads::Numbers(pads.0, pads.1), mode: mode.1, ..Ask::new(samples, n_fft as i128, hop as i128) };
    let spectra = plan.forward(&data);
    let expected = lines(&ask, whole_hops).map(|line| waves(&line, &data, &window, n_fft, plan.bins()));
    let found = match (spectra, expected) {
        (Ok(found), Some(expected)) => {
            let flat: Vec<f64> = found.iter().flat_map(|z| [z.re, z.im]).collect();
            close_by("forward", &flat, &expected, |_, a, b| (a - b).abs() <= 1e-4 * (1.0 + b.abs()))?;
            Some(found)
        }
        (Err(_), None) => None,
        (Ok(_), None) => return Err("forward answered: should be refused".into()),
        (Err(e), Some(_)) => return Err(format!("forward refused: {e}")),
    };
    let streamable = pads == (0, 0) || (mode.1 == Mode::Empty && pads.0 >= 0 && pads.1 >= 0);
    if !streamable {
        refused("stream", plan.stream().map(|_| ()), "padding that a stream cannot have")?;
    } else {
        let mut stream = answered("stream", plan.stream())?;
        let mut spectra: Vec<f64> = Vec::new();
        let mut take = |z: &[Complex<f64>]| spectra.extend(z.iter().flat_map(|z| [z.re, z.im]));
        let mut dice = s.dice();
        let most = s.pick(&[2, 8, 100, 3000]);
        let mut rest = &data[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(dice.below(most).min(rest.len()));
            answered("process", stream.process(now, &mut take))?;
            rest = later;
        }
        answered("finish", stream.finish(&mut take))?;
        let whole: Vec<f64> = found.iter().flat_map(|f| f.iter().flat_map(|z| [z.re, z.im])).collect();
        same("stream of spectra", &spectra, &whole)?;
    }
    let Some(found) = found else { return Ok(Done::Refused) };
    back(&stft, &found, plan.bins())
}

/// Where the frames lie; with whole hops what is left over makes one more.
fn lines(ask: &Ask, whole_hops: bool) -> Option<Line> {
    if !whole_hops {
        return ask.lay().ok();
    }
    let Pads::Numbers(before, after) = ask.pads else { return None };
    let total = ask.len as i128 + before + after;
    // The first frame must be whole.
    ask.lay().ok()?;
    // Zeros up to a whole number of hops behind the first frame; the mode's padding keeps its length.
    let frames = (total - ask.window + ask.step - 1) / ask.step;
    let more = frames * ask.step + ask.window - total;
    let mut line = Ask { window: 1, step: 1, ..*ask }.lay().ok()?;
    line.cells.extend((0..more).map(|_| Stand::Gap));
    line.starts = (0..=frames).map(|i| i * ask.step).collect();
    Some(line)
}

/// Every spectrum by its definition.
fn waves(line: &Line, data: &[f64], window: &[f64], n_fft: usize, bins: usize) -> Vec<f64> {
    let lead = (n_fft - window.len()) / 2;
    let mut all = Vec::new();
    for &start in &line.starts {
        let sample = |j: usize| match line.cells.get(start as usize + j) {
            Some(Stand::Element(e)) => data[*e],
            _ => 0.0,
        };
        let frame: Vec<f64> = (0..window.len()).map(|j| sample(lead + j) * window[j]).collect();
        for k in 0..bins {
            let turn = |j: usize| -2.0 * std::f64::consts::PI * ((k * (lead + j)) % n_fft) as f64 / n_fft as f64;
            all.push(frame.iter().enumerate().map(|(j, x)| x * turn(j).cos()).sum());
            all.push(frame.iter().enumerate().map(|(j, x)| x * turn(j).sin()).sum());
        }
    }
    all
}

/// The stream of the inverse begins with the whole one.
fn back(stft: &Stft, spectra: &ndwindow::Array<Complex<f64>>, bins: usize) -> Verdict {
    let Ok(plan) = stft.synthesis::<f64>() else { return Ok(Done::Same) };
    let whole = answered("inverse", plan.inverse(spectra, None))?;
    let rows: Vec<&[Complex<f64>]> = spectra.as_slice().chunks_exact(bins).collect();
    let Ok(mut stream) = plan.stream() else { return Ok(Done::Same) };
    let mut found = Vec::new();
    for row in rows {
        answered("push", stream.push(row, |x| found.extend_from_slice(x)))?;
    }
    answered("finish", stream.finish(|x| found.extend_from_slice(x)))?;
    if found.len() < whole.len() {
        return equal("samples of the inverse stream", &found.len(), &whole.len()).map(|()| Done::Same);
    }
    same("stream of the inverse", &found[..whole.len()], whole.as_slice())?;
    Ok(Done::Same)
}
