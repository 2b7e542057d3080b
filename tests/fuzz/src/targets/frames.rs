//! Frames of streams, and their way back.

use crate::check::{Done, Verdict, answered, close_by, equal, refused, same};
use crate::oracle::{Ask, Stand, Tail};
use crate::source::Source;
use crate::value::values;
use ndwindow::Tail as Ends;
use ndwindow::audio::{Edges, Framer, OverlapAdd};

pub(crate) fn run(s: &mut Source) -> Verdict {
    if s.flag() { framer(s) } else { overlap(s) }
}

fn framer(s: &mut Source) -> Verdict {
    let size = if s.rarely(8) { s.from_to(1, 200) } else { s.from_to(1, 9) };
    let hop = s.from_to(1, if size > 9 { 220 } else { 14 });
    let channels = s.pick(&[1, 1, 1, 2, 3]);
    let samples = if s.rarely(5) { s.below(2000) } else { s.below(50) };
    let capacity = s.below(40);
    let partial = s.flag();
    let data = values::<u32>(s, samples * channels);
    s.say(|| {
        format!("size {size} hop {hop}, {channels} channels of {samples}, capacity {capacity}, partial {partial}")
    });
    let tail = if partial { Tail::Partial } else { Tail::Drop };
    let line = Ask { tail, ..Ask::new(samples, size as i128, hop as i128) }.lay().ok();
    let mut expected = Vec::new();
    let mut reals = Vec::new();
    for i in 0..line.as_ref().map_or(0, |l| l.count()) {
        let line = line.as_ref().expect("a line with windows");
        reals.push((0..size).filter(|&j| line.cell(i, j) != Stand::Gap).count());
        for c in 0..channels {
            expected.extend((0..size).map(|j| match line.cell(i, j) {
                Stand::Element(e) => data[e * channels + c],
                _ => 0,
            }));
        }
    }
    let mut framer = answered("framer", Framer::<u32>::with_capacity(size, hop, channels, capacity))?;
    let (mut found, mut real) = (Vec::new(), Vec::new());
    for _ in 0..1 + usize::from(s.rarely(4)) {
        found.clear();
        real.clear();
        framer.reset();
        feed(s, &mut framer, &data, &mut found, &mut real)?;
        answered("finish", framer.finish(if partial { Ends::Partial } else { Ends::Drop }))?;
        while let Some(frame) = framer.next_frame() {
            real.push(frame.real());
            (0..channels).for_each(|c| found.extend_from_slice(frame.channel(c)));
        }
        same("frames", &found, &expected)?;
        equal("real samples", &real, &reals)?;
        refused("push after the end", framer.push(&data), "the stream has ended")?;
    }
    Ok(Done::Same)
}

/// Blocks of any size, taken in any of the ways.
fn feed(
    s: &mut Source,
    framer: &mut Framer<u32>,
    data: &[u32],
    found: &mut Vec<u32>,
    real: &mut Vec<usize>,
) -> Result<(), String> {
    let (size, channels) = (framer.size(), framer.channels());
    let mut dice = s.dice();
    let most = s.pick(&[3, 10, 40, 400]);
    let mut rest = data;
    while !rest.is_empty() {
        let mut block = dice.below(most).min(rest.len() / channels);
        let way = dice.below(4);
        if way == 0 {
            block = block.min(framer.room());
        }
        let (now, later) = rest.split_at(block * channels);
        rest = later;
        let waiting = framer.frames_after(block);
        match way {
            0 => answered("push", framer.push(now))?,
            1 => {
                let mut out = vec![7; waiting * size * channels + dice.below(3)];
                let frames = answered("process_into", framer.process_into(now, &mut out))?;
                equal("frames_after", &waiting, &frames)?;
                found.extend(&out[..frames * size * channels]);
                real.extend(vec![size; frames]);
            }
            2 => {
                let mut out = vec![7; waiting * size * channels];
                let written = framer.writing_into(&mut out, |w| w.process(now).map(|_| w.written()));
                equal("frames_after", &waiting, &answered("writing_into", written)?)?;
                found.extend(&out);
                real.extend(vec![size; waiting]);
            }
            _ => answered(
                "process",
                framer.process(now, |frame| {
                    real.push(frame.real());
                    (0..channels).for_each(|c| found.extend_from_slice(frame.channel(c)));
                }),
            )?,
        }
    }
    Ok(())
}

fn overlap(s: &mut Source) -> Verdict {
    let size = s.from_to(1, 9);
    let hop = s.from_to(1, 12);
    let frames = if s.rarely(5) { s.below(200) } else { s.below(9) };
    let edges = s.pick(&[Edges::Normalized, Edges::Padded, Edges::Steady]);
    let window: Vec<f64> = match s.below(3) {
        0 => vec![1.0; size],
        1 => (0..size).map(|j| (std::f64::consts::PI * (j as f64 + 0.5) / size as f64).sin()).collect(),
        _ => values::<u8>(s, size).iter().map(|&x| f64::from(x % 5)).collect(),
    };
    let way = s.below(3);
    let mut data = values::<f64>(s, frames * size);
    data.iter_mut().filter(|x| x.is_nan() || x.abs() > 1e10).for_each(|x| *x = 1.25);
    s.say(|| format!("size {size} hop {hop} frames {frames} {edges:?} window {window:?} way {way}"));
    let found = match way {
        0 => OverlapAdd::plain(&window, hop, edges),
        1 => OverlapAdd::weighted(&window, hop, edges),
        _ => OverlapAdd::sum(&window, hop),
    };
    let gain = |w: f64| if way == 1 { w * w } else { w };
    let steady: Vec<f64> = (0..hop).map(|p| (p..size).step_by(hop).map(|j| gain(window[j])).sum()).collect();
    let (least, most) = steady.iter().fold((f64::MAX, 0.0f64), |(a, b), &g| (a.min(g), b.max(g)));
    if way < 2 {
        let gaps = least <= most * 1e-12;
        let uneven = most - least > most * 1e-6;
        match (gaps || (uneven && edges != Edges::Normalized), &found) {
            (true, Err(_)) => return Ok(Done::Refused),
            (true, Ok(_)) if least == 0.0 => return Err("overlap-add answered: windows leave gaps".into()),
            (false, Err(e)) if least > most * 1e-3 && most - least < most * 1e-12 => {
                return Err(format!("overlap-add refused: {e}"));
            }
            (_, Err(_)) => return Ok(Done::PassedOver),
            _ => {}
        }
    }
    let plan = answered("overlap-add", found)?;
    let view = ndwindow::View::new(&data, [frames, size]).expect("its own shape");
    let whole = answered("whole", plan.whole(&view))?;
    let all = if frames == 0 { 0 } else { (frames - 1) * hop + size };
    let lead = if way < 2 && edges == Edges::Steady { size.saturating_sub(hop) } else { 0 };
    let expected: Vec<(f64, f64)> = (lead..(all.saturating_sub(lead)).max(lead))
        .map(|p| {
            let over = (0..frames).filter(|t| (t * hop..t * hop + size).contains(&p));
            let mut sums = (0.0, 0.0, 0.0);
            for t in over {
                let j = p - t * hop;
                let x = data[t * size + j] * if way == 0 { 1.0 } else { window[j] };
                sums = (sums.0 + x, sums.1 + x.abs(), sums.2 + gain(window[j]));
            }
            let by = match (way, edges) {
                (2, _) => 1.0,
                (_, Edges::Normalized) if sums.2 == 0.0 => 1.0,
                (_, Edges::Normalized) => sums.2,
                _ => most,
            };
            (sums.0 / by, sums.1 / by.abs().max(1e-12))
        })
        .collect();
    let sums: Vec<f64> = expected.iter().map(|e| e.0).collect();
    close_by("whole", whole.as_slice(), &sums, |i, a, b| (a - b).abs() <= expected[i].1 * 1e-5 + 1e-300)?;
    let mut stream = plan.stream();
    let mut found = Vec::new();
    for frame in data.chunks_exact(size) {
        let mut out = vec![7.0; stream.ready_after_next()];
        let n = answered("push", stream.push(frame, &mut out))?;
        found.extend(&out[..n]);
    }
    let mut out = vec![7.0; size + hop];
    let n = answered("finish", stream.finish(&mut out))?;
    found.extend(&out[..n]);
    same("stream of overlap-add", &found, whole.as_slice())?;
    Ok(Done::Same)
}
