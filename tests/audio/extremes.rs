//! Numbers at the ends of their types in every place one goes into audio, text, series and window functions: each gets an error,
//! or little work and no more than is asked for; none a panic, a wrapped number, a hang or an allocation that ends the process.

#![cfg(target_pointer_width = "64")]

use crate::refused::refused;
use ndwindow::audio::{
    Edges, Framer, Framing, OverlapAdd, WindowFn, check_cola, check_nola, frames, interleaved, overlap_sums,
};
use ndwindow::series::Series;
use ndwindow::text::{Align, Gram, TokenWindows, Unit, ngrams};
use ndwindow::{Error, PadMode, Result, Tail, View};

/// The longest line, span or shape accepted.
const LIMIT: usize = isize::MAX as usize / 4;

const SIZES: [usize; 19] = [
    0,
    1,
    2,
    3,
    7,
    1 << 50,
    (1 << 60) - 1,
    1 << 60,
    LIMIT,
    LIMIT + 1,
    (1 << 61) + 1,
    (1 << 62) - 1,
    1 << 62,
    isize::MAX as usize - 1,
    isize::MAX as usize,
    1 << 63,
    (1 << 63) + 1,
    usize::MAX - 1,
    usize::MAX,
];

const PADS: [isize; 17] = [
    isize::MIN,
    isize::MIN + 1,
    -(1 << 62),
    -(LIMIT as isize) - 1,
    -(LIMIT as isize),
    -1,
    0,
    1,
    3,
    1 << 50,
    1 << 60,
    LIMIT as isize - 3,
    LIMIT as isize,
    1 << 61,
    1 << 62,
    isize::MAX - 1,
    isize::MAX,
];

const MODES: [PadMode; 3] = [PadMode::Empty, PadMode::Reflect, PadMode::Wrap];
const TAILS: [Tail; 4] = [Tail::Drop, Tail::Partial, Tail::ShiftBack, Tail::Spread];

/// Whether a request got through; a refusal must have words.
fn tried<T>(result: Result<T>) -> Option<T> {
    result.map_err(|error| assert!(!error.to_string().is_empty())).ok()
}

#[test]
fn window_functions() {
    let kinds = [
        WindowFn::Rectangular,
        WindowFn::Hann,
        WindowFn::Blackman,
        WindowFn::Gaussian { deviation: f64::MIN_POSITIVE },
        WindowFn::Gaussian { deviation: f64::MAX },
        WindowFn::Kaiser { beta: 700.0 },
        WindowFn::Sine,
    ];
    for kind in kinds {
        for n in SIZES {
            let (periodic, symmetric) = (kind.periodic::<f32>(n), kind.symmetric::<f64>(n));
            assert_eq!((periodic.is_ok(), symmetric.is_ok()), (n < 8, n < 8), "{kind:?} of {n}");
        }
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, -0.0, f64::MIN, f64::MAX] {
        tried(WindowFn::Gaussian { deviation: bad }.periodic::<f32>(9));
        tried(WindowFn::Kaiser { beta: bad }.symmetric::<f32>(9));
    }
    refused!(
        WindowFn::Hann.periodic::<f32>(usize::MAX) =>
            "a window function of shape [18446744073709551615] holds more than 2305843009213693951 elements: ask for less at a time",
        WindowFn::Hann.symmetric::<f64>(1 << 60) =>
            "a window function of shape [1152921504606846976] holds more than 9223372036854775807 bytes: ask for less at a time",
        WindowFn::Hann.symmetric::<f32>(1 << 60) =>
            "a window function of shape [1152921504606846976] needs 4611686018427387904 bytes of memory, which cannot be had: ask for less at a time",
    );
}

#[test]
fn framings() {
    let x = [1.0f32, 2.0, 3.0, 4.0, 5.0];
    for size in SIZES {
        for hop in SIZES {
            let plain = Framing::new(size, hop);
            let mut all: Vec<Framing> = MODES.iter().map(|&mode| plain.centered(mode)).collect();
            all.extend(TAILS.map(|tail| plain.tail(tail)));
            for (k, before) in PADS.into_iter().enumerate() {
                let (after, mode, tail) = (PADS[(5 * k + 3) % PADS.len()], MODES[k % 3], TAILS[(k + k / 4) % 4]);
                all.extend([
                    plain.pad(before, after, mode).tail(tail),
                    plain.pad(before, before, mode),
                    plain.pad(before, 0, PadMode::Empty).tail(tail),
                    plain.pad(0, before, PadMode::Empty),
                ]);
            }
            for framing in all {
                for samples in SIZES {
                    let Some(plan) = tried(framing.plan(samples)) else { continue };
                    assert_eq!(framing.count(samples), Ok(plan.count()));
                    if plan.count() > 0 {
                        plan.frame_to_span(0);
                        plan.frame_to_span(plan.count() - 1);
                    }
                    for sample in SIZES {
                        plan.sample_to_frames(sample);
                    }
                }
                tried(framing.windows(&x).and_then(|w| w.view().map(|_| ())));
                if size < 8 {
                    tried(framing.windowed(&x, &vec![1.0; size]));
                    tried(framing.windowed_into(&x, &vec![1.0; size], &mut []));
                }
            }
            tried(frames(&x, size, hop));
        }
        tried(interleaved(&x, size));
    }
    refused!(
        Framing::new(3, 1).pad(1 << 58, 0, PadMode::Empty).windowed(&x, &[1.0; 3]) =>
            "frames times a window of shape [288230376151711747, 3] needs 3458764513820540964 bytes of memory, which cannot be had: ask for less at a time",
    );
}

#[test]
fn framers() {
    for size in SIZES {
        for hop in SIZES {
            let small = Framer::<u8>::new(size, hop);
            assert_eq!(small.is_ok(), size > 0 && size < 8 && hop > 0, "{size} by {hop}");
            let mut framer = match small {
                Ok(framer) => framer,
                Err(_) => {
                    tried(Framer::<u8>::with_capacity(size, hop, 1, 0).map(|_| ()));
                    continue;
                }
            };
            let mut count = 0;
            for _ in 0..3 {
                framer.needed_for_next();
                framer.room();
                assert!(SIZES.map(|n| framer.frames_after(n)).iter().all(|&n| n <= LIMIT));
                framer.process(&[1; 20], |_| count += 1).unwrap();
                framer.push(&[1; 20]).unwrap();
                while framer.next_frame().is_some() {
                    count += 1;
                }
                framer.process_into(&[1; 5], &mut [0; 100]).unwrap();
            }
            assert!(count > 0 && count <= 135);
            framer.finish(Tail::Partial).unwrap();
            framer.next_frame();
        }
        for channels in SIZES {
            for capacity in SIZES {
                let made = Framer::<f32>::with_capacity(3, 2, channels, capacity);
                assert_eq!(made.is_ok(), (1..8).contains(&channels) && capacity < 8, "{channels} of {capacity}");
                tried(Framer::<()>::with_capacity(3, 2, channels, capacity).map(|_| ()));
                tried(Framer::<u64>::with_capacity(size, 1, channels, capacity).map(|_| ()));
            }
        }
    }
    refused!(
        Framer::<u8>::new(1 << 50, 1) =>
            "a framer of shape [1, 5629499534217216] needs 5629499534217216 bytes of memory, which cannot be had: ask for less at a time",
    );
}

#[test]
fn overlap() {
    let frame = [1.0f32, 2.0, 3.0];
    for hop in SIZES {
        for weights in [&[][..], &[0.0], &[1.0; 3], &[f32::MAX; 3], &[f32::NAN, 1.0, 1.0]] {
            assert!(tried(overlap_sums(weights, hop)).is_none_or(|sums| sums.len() <= 4));
            tried(check_cola(weights, hop));
            tried(check_nola(weights, hop));
            for edges in [Edges::Steady, Edges::Padded, Edges::Normalized] {
                tried(OverlapAdd::plain(weights, hop, edges).map(|_| ()));
                tried(OverlapAdd::weighted(weights, hop, edges).map(|_| ()));
            }
        }
        let Some(plan) = tried(OverlapAdd::sum(&[1.0f32, 0.5, 0.25], hop)) else { continue };
        for n in SIZES {
            tried(plan.samples(n));
            let many = View::new(&frame, [1, 3]).unwrap().broadcast(0, n);
            // Frames as many as hold nothing are not read.
            if let Some(many) = tried(many).filter(|_| n < 8 || hop > 8) {
                tried(plan.whole(&many));
                tried(plan.whole_into(&many, &mut [0.0; 7]));
            }
        }
        let mut stream = plan.stream();
        let mut out = [0.0; 16];
        for pushed in 0..4 {
            let ready = stream.ready_after_next();
            // A gap goes to the caller's buffer: there is none that long.
            assert_eq!(stream.push(&frame, &mut out).is_ok(), ready <= out.len(), "{pushed} at {hop}");
        }
        stream.finish(&mut out).unwrap();
    }
}

#[test]
fn text() {
    let parts = ["a", "b", "c", "d"];
    for size in SIZES {
        for by in SIZES {
            let base = TokenWindows::new(size);
            for windows in [base.reserve(by), base.overlap(by), base.step(by), base.reserve(1).overlap(by), base] {
                for align in [Align::Left, Align::Right, Align::Full] {
                    let windows = windows.align(align);
                    for len in SIZES {
                        for plan in [tried(windows.plan(len)), tried(windows.plan_groups(&[len, 3, len, 0]))] {
                            let Some(plan) = plan else { continue };
                            let last = plan.get(plan.len().wrapping_sub(1));
                            assert_eq!(last.map_or(0, |w| w.full.end), plan.tokens());
                            assert_eq!((plan.iter().len(), plan.get(plan.len())), (plan.len(), None));
                            assert_eq!(plan.get(usize::MAX), None);
                        }
                    }
                    for unit in [Unit::Bytes, Unit::Chars] {
                        tried(windows.over("aß漢😀 aß漢😀", unit));
                    }
                }
            }
        }
        for padded in [false, true] {
            for (items, other) in [(&parts[..], 2), (&[][..], size), (&parts[..1], usize::MAX)] {
                let Some(mut grams) = tried(ngrams(items, &[size, other], padded)) else { continue };
                assert!(grams.next().is_none_or(|g| g.len() >= 1));
            }
        }
        for after in SIZES {
            let gram = Gram { before: size, items: &parts, after };
            assert_eq!(gram.len(), size.saturating_add(4).saturating_add(after));
            assert_eq!(gram.padded_with(&"s", &"e").next(), Some(&if size == 0 { "a" } else { "s" }));
        }
    }
    refused!(
        TokenWindows::new(usize::MAX).plan(3) =>
            "window 18446744073709551615 with dilation 1 on axis 0 spans more than 2305843009213693951 elements: use a smaller window or dilation",
        ngrams(&parts, &[LIMIT], true).map(|_| ()) =>
            "axis 0 with 4 elements, base dilation 1 and pads 2305843009213693950 and 2305843009213693950 is longer than 2305843009213693951: pad or dilate it less",
    );
}

#[test]
fn series() {
    let x = [1, 2, 3, 4, 5, 6, 7, 8];
    for size in SIZES {
        for step in SIZES {
            for horizon in SIZES {
                for targets in SIZES {
                    let series = Series::new(size).step(step).horizon(horizon).targets(targets);
                    for len in [0, 8, LIMIT, usize::MAX] {
                        tried(series.count(len));
                    }
                    if let Some((past, next)) = tried(series.examples(&x)) {
                        assert_eq!((past.shape()[1], next.shape()[1]), (size, targets));
                    }
                }
            }
        }
        let series = Series::new(2);
        tried(series.groups(&x, &[size, size]).map(|groups| groups.count()));
        tried(series.groups(&x, &[8, size]).map(|groups| groups.count()));
        tried(series.groups(&x, &[8, 0, size]).map(|groups| groups.map(tried).count()));
    }
    assert!(matches!(Series::new(1).count(usize::MAX), Err(Error::LineOverflow { .. })));
}

#[cfg(feature = "fft")]
mod spectra {
    use super::*;
    use ndwindow::audio::{Complex, Stft};

    /// Everything a plan offers, over a few samples and a few spectra.
    fn all(stft: &Stft) {
        let x = [1.0f32, -2.0, 3.0, -4.0, 5.0, -6.0];
        if let Some(plan) = tried(stft.analysis::<f32>()) {
            for samples in SIZES {
                tried(plan.frames(samples));
            }
            // Millions of spectra would be work that was asked for.
            tried(plan.forward(&x[..]).map(|_| ()).and_then(|()| plan.forward_into(&x[..], &mut [])));
            tried(plan.forward_complex(&[Complex::new(1.0f32, 2.0); 6][..]));
            let want = match plan.frames(6) {
                Err(Error::SpanTooLong { .. }) => Some(0),
                other => tried(other),
            };
            if let (Some(mut stream), Some(want @ ..100)) = (tried(plan.stream()), want) {
                let mut count = 0;
                stream.latency();
                stream.needed_for_next();
                stream.process(&x, |_| count += 1).unwrap();
                stream.finish(|_| count += 1).unwrap();
                assert_eq!(count, want);
            }
        }
        let Some(back) = tried(stft.synthesis::<f32>()) else { return };
        let spectra = vec![Complex::new(1.0f32, 0.5); 2 * back.bins()];
        for n in SIZES {
            tried(back.samples(n));
            let two = View::new(&spectra, [2, back.bins()]).unwrap();
            tried(back.inverse(&two, Some(n)));
            if let Some(many) = tried(two.slice(0, 0, 1, 1).unwrap().broadcast(0, n)).filter(|_| n < 8) {
                tried(back.inverse(&many, None));
                tried(back.inverse_into(&many, &mut [0.0; 7]));
            }
        }
        let Some(mut stream) = tried(back.stream()) else { return };
        for spectrum in spectra.chunks(back.bins()) {
            stream.push(spectrum, |_| ()).unwrap();
        }
        stream.finish(|_| ()).unwrap();
    }

    #[test]
    fn transforms() {
        for n_fft in SIZES {
            for hop in SIZES {
                let plain = Stft::new(n_fft, hop).allow_gaps();
                let made = plain.analysis::<f32>().is_ok();
                assert_eq!(made, (1..8).contains(&n_fft) && hop > 0, "{n_fft} by {hop}");
                let short = plain.clone().window(&[1.0f32]);
                for stft in
                    [plain.clone().centered(PadMode::Empty).whole_hops(), short.clone().window_first(), short, plain]
                {
                    all(&stft);
                }
            }
            for by in [1 << 62, usize::MAX] {
                all(&Stft::new(n_fft, 1).rotated(by).two_sided().allow_gaps());
            }
        }
        refused!(
            Stft::new(1 << 62, 1).window(&[1.0f32]).analysis::<f32>().map(|_| ()) =>
                "window 4611686018427387904 with dilation 1 on axis 0 spans more than 2305843009213693951 elements: use a smaller window or dilation",
            Stft::new(1 << 56, 1).window(&[1.0f32]).window_first().synthesis::<f32>().map(|_| ()) =>
                "the buffers of a transform of shape [72057594037927936, 8] needs 4611686018427387904 bytes of memory, which cannot be had: ask for less at a time",
            Stft::new(4, 1 << 61).allow_gaps().synthesis::<f32>().unwrap().stream().map(|_| ()) =>
                "samples between two frames of shape [2305843009213693952] holds more than 2305843009213693951 elements: ask for less at a time",
        );
    }

    #[test]
    fn padding() {
        for before in PADS {
            for after in PADS {
                for (n_fft, hop) in [(1, 1), (4, 2), (4, 1 << 59), (3, usize::MAX)] {
                    for mode in MODES {
                        let stft =
                            Stft::new(n_fft, hop).window(&vec![1.0; n_fft]).pad(before, after, mode).allow_gaps();
                        all(&stft);
                        all(&stft.whole_hops());
                    }
                }
            }
        }
        let stft = Stft::new(4, 2).pad(isize::MAX - 1, 0, PadMode::Empty);
        refused!(
            stft.synthesis::<f32>().map(|_| ()) =>
                "axis 0 with 1 elements, base dilation 1 and pads 9223372036854775806 and 0 is longer than 2305843009213693951: pad or dilate it less",
            stft.analysis::<f32>().map(|_| ()) =>
                "axis 0 with 1 elements, base dilation 1 and pads 9223372036854775806 and 0 is longer than 2305843009213693951: pad or dilate it less",
            Stft::new(4, 1).pad(1 << 59, 0, PadMode::Empty).analysis::<f32>().unwrap().stream().map(|_| ()) =>
                "spectra of shape [576460752303423485, 3] holds more than 9223372036854775807 bytes: ask for less at a time",
        );
    }
}
