//! Frames, framing, window functions and frames times a window, against plain loops and published values.

use ndwindow::audio::{Framing, WindowFn, frames, interleaved};
use ndwindow::{Error, PadMode, Tail, View};

fn ramp(n: usize) -> Vec<f64> {
    (0..n).map(|i| i as f64 + 1.0).collect()
}

/// What `numpy.pad` followed by slicing gives; `None` is zero.
fn padded_sample(x: &[f64], at: isize, mode: PadMode) -> f64 {
    let n = x.len() as isize;
    let mut at = at;
    if n == 0 || mode == PadMode::Empty {
        return if (0..n).contains(&at) { x[at as usize] } else { 0.0 };
    }
    loop {
        if (0..n).contains(&at) {
            return x[at as usize];
        }
        at = match mode {
            PadMode::Edge => {
                if at < 0 {
                    0
                } else {
                    n - 1
                }
            }
            PadMode::Wrap => {
                if at < 0 {
                    at + n
                } else {
                    at - n
                }
            }
            PadMode::Symmetric => {
                if at < 0 {
                    -1 - at
                } else {
                    2 * n - 1 - at
                }
            }
            PadMode::Reflect if n == 1 => 0,
            PadMode::Reflect => {
                if at < 0 {
                    -at
                } else {
                    2 * n - 2 - at
                }
            }
            _ => unreachable!(),
        };
    }
}

#[test]
fn frames_are_slices_of_the_signal() {
    let x = ramp(11);
    for (size, hop) in [(1, 1), (3, 1), (4, 2), (2, 5), (11, 1), (11, 40)] {
        let f = frames(&x, size, hop).unwrap();
        let count = (0..).take_while(|t| t * hop + size <= x.len()).count();
        assert_eq!(f.shape(), [count, size]);
        for (t, frame) in f.outer_iter(1).enumerate() {
            assert_eq!(frame.as_slice().unwrap(), &x[t * hop..][..size]);
            assert!(std::ptr::eq(&frame[[0]], &x[t * hop]), "a frame is not a copy");
        }
    }
}

#[test]
fn planar_and_interleaved_signals_give_the_same_frames() {
    let planar: Vec<i16> = (0..20).collect();
    let mixed: Vec<i16> = (0..10).flat_map(|t| [t, t + 10]).collect();
    let a = View::new(&planar, [2, 10]).unwrap();
    let b = interleaved(&mixed, 2).unwrap();
    assert_eq!(frames(&a, 4, 3).unwrap(), frames(&b, 4, 3).unwrap());
    let text = |e: Error| e.to_string();
    assert_eq!(
        text(interleaved(&mixed[1..], 2).unwrap_err()),
        "19 interleaved samples are no multiple of 2 channels: pass all channels of a sample together"
    );
    assert_eq!(text(interleaved(&mixed, 0).unwrap_err()), "the number of channels is 0: it must be at least 1");
}

#[test]
fn centred_frames_in_every_pad_mode() {
    let modes = [PadMode::Empty, PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
    for n in [1, 2, 3, 7, 16] {
        let x = ramp(n);
        for size in [1, 2, 3, 4, 8, 9] {
            for hop in [1, 2, 3, 7] {
                for mode in modes {
                    let framing = Framing::new(size, hop).centered(mode);
                    let got = framing.windows(&x).unwrap().to_array();
                    let half = size / 2;
                    let count = (0..).take_while(|t| t * hop + size <= n + 2 * half).count();
                    assert_eq!(got.shape(), [count, size]);
                    assert_eq!(framing.count(n), Ok(count));
                    for t in 0..count {
                        for j in 0..size {
                            let want = padded_sample(&x, (t * hop + j) as isize - half as isize, mode);
                            assert_eq!(got[[t, j]], want, "{n} {size} {hop} {mode:?} frame {t} sample {j}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn spans_and_the_frames_of_a_sample_agree() {
    for framing in [
        Framing::new(4, 3),
        Framing::new(5, 2).centered(PadMode::Reflect),
        Framing::new(3, 7),
        Framing::new(4, 3).tail(Tail::Partial),
        Framing::new(4, 3).tail(Tail::Spread),
        Framing::new(4, 3).tail(Tail::ShiftBack),
    ] {
        for n in [5, 6, 8, 13, 21] {
            let plan = framing.plan(n).unwrap();
            for sample in 0..n {
                let want: Vec<usize> =
                    (0..plan.count()).filter(|&t| plan.frame_to_span(t).contains(&(sample as isize))).collect();
                let got: Vec<usize> = plan.sample_to_frames(sample).collect();
                assert_eq!(got, want, "{framing:?} {n} sample {sample}");
            }
        }
    }
    assert!(Framing::new(4, 3).plan(9).unwrap().sample_to_frames(usize::MAX).is_empty());
}

#[test]
fn lengths_that_others_got_wrong() {
    // 720 samples into frames of 512: one whole frame, two with the rest.
    assert_eq!(Framing::new(512, 512).count(720), Ok(1));
    assert_eq!(Framing::new(512, 512).tail(Tail::Partial).count(720), Ok(2));
    // Counted in f32 this is 16_777_220.
    assert_eq!(Framing::new(1, 1).count(16_777_219), Ok(16_777_219));
    assert_eq!(Framing::new(65, 16).centered(PadMode::Reflect).count(1008), Ok(63));
    let picture = ndwindow::unfold([0, 1], 256, 128).tail(Tail::Spread).plan([844, 1280]).unwrap();
    assert!(picture.coverage().iter().all(|&c| c > 0));
    assert_eq!(picture.grid(), [6, 9]);
}

#[test]
fn windowed_frames_are_frames_times_the_window() {
    let x = ramp(50);
    let two = View::new(&x, [2, 25]).unwrap();
    let mixed = View::new(&x, [25, 2]).unwrap().permute(&[1, 0]).unwrap();
    for framing in [
        Framing::new(8, 3),
        Framing::new(8, 3).centered(PadMode::Reflect),
        Framing::new(7, 9).tail(Tail::Partial),
        Framing::new(5, 2).pad(-3, 4, PadMode::Empty),
    ] {
        let window: Vec<f64> = (0..framing.size()).map(|i| 0.5 + i as f64).collect();
        for signal in [two.clone(), mixed.clone()] {
            let plain = framing.windows(&signal).unwrap().to_array();
            let got = framing.windowed(&signal, &window).unwrap();
            assert_eq!(got.shape(), plain.shape());
            for (i, (got, x)) in got.iter().zip(plain.iter()).enumerate() {
                assert_eq!(*got, x * window[i % window.len()], "{framing:?}");
            }
            let mut out = vec![f64::NAN; got.len()];
            framing.windowed_into(&signal, &window, &mut out).unwrap();
            assert_eq!(out, got.as_slice());
        }
    }
}

/// Large enough for threads and for streaming stores.
#[test]
fn a_long_signal_gives_the_same_bits_as_a_short_one() {
    let x: Vec<f32> = (0..1_300_000).map(|i| ((i % 1000) * 7919 % 1000) as f32 - 500.0).collect();
    let window = WindowFn::Hann.periodic::<f32>(400).unwrap();
    let framing = Framing::new(400, 160).centered(PadMode::Edge);
    let whole = framing.windowed(&x, &window).unwrap();
    let plain = framing.windows(&x).unwrap().to_array();
    for (frame, plain) in whole.as_slice().chunks(400).zip(plain.as_slice().chunks(400)) {
        assert!(frame.iter().zip(plain).zip(&window).all(|((y, x), w)| y.to_bits() == (x * w).to_bits()));
    }
}

#[test]
fn not_a_number_stays_in_its_frames() {
    let mut x = ramp(20);
    (x[7], x[13]) = (f64::NAN, f64::INFINITY);
    let got = Framing::new(4, 4).windowed(&x, &[1.0; 4]).unwrap();
    for t in 0..5 {
        let finite = got.as_slice()[t * 4..][..4].iter().all(|v| v.is_finite());
        assert_eq!(finite, t != 1 && t != 3);
    }
}

/// `scipy.signal.get_window` 1.17, to 1e-15.
#[test]
fn window_functions_match_scipy() {
    let cases: [(WindowFn, [f64; 6], [f64; 5]); 7] = include!("../data/window_fn.in");
    for (function, periodic, symmetric) in cases {
        let close = |got: Vec<f64>, want: &[f64]| {
            assert_eq!(got.len(), want.len());
            for (g, w) in got.iter().zip(want) {
                assert!((g - w).abs() < 2e-15, "{function:?}: {got:?}, not {want:?}");
            }
        };
        close(function.periodic(6).unwrap(), &periodic);
        close(function.symmetric(5).unwrap(), &symmetric);
        assert_eq!(function.periodic::<f64>(0), Ok(vec![]));
        assert_eq!(function.symmetric::<f32>(1), Ok(vec![1.0]));
        let long = function.symmetric::<f64>(77).unwrap();
        assert!(long.iter().eq(long.iter().rev()), "{function:?} is not symmetric");
    }
}

#[test]
fn bad_requests_are_refused_with_their_numbers() {
    let x = ramp(10);
    let text = |e: Error| e.to_string();
    assert!(matches!(frames(&x, 0, 1), Err(Error::ZeroWindow { axis: 0 })));
    assert!(matches!(frames(&x, 1, 0), Err(Error::ZeroStep { axis: 0 })));
    assert!(matches!(frames(&x, 11, 1), Err(Error::SpanTooLong { .. })));
    assert_eq!(
        text(Framing::new(4, 2).windowed(&x, &[1.0; 3]).unwrap_err()),
        "the window function has 3 values, but a frame has 4: make them equally long"
    );
    assert!(matches!(
        Framing::new(4, 2).windowed_into(&x, &[1.0; 4], &mut [0.0; 15]),
        Err(Error::BufferLength { expected: 16, found: 15, .. })
    ));
    assert_eq!(
        text(WindowFn::Gaussian { deviation: 0.0 }.periodic::<f64>(4).unwrap_err()),
        "deviation of a Gaussian is 0: it must be above 0 and finite"
    );
    assert_eq!(
        text(WindowFn::Kaiser { beta: f64::NAN }.symmetric::<f64>(4).unwrap_err()),
        "beta of a Kaiser window is NaN: it must be from 0 to 700"
    );
    assert!(WindowFn::Kaiser { beta: 700.0 }.symmetric::<f64>(9).unwrap().iter().all(|w| w.is_finite()));
}

#[cfg(feature = "fft")]
#[test]
fn a_rest_of_samples_makes_one_more_frame() {
    let stft = ndwindow::audio::Stft::new(4, 3).window(&[1.0; 4]).whole_hops();
    let spectra = stft.analysis::<f64>().unwrap().forward(&ramp(6)).unwrap();
    assert_eq!(spectra.shape(), [2, 3]);
    // 1 2 3 4, and 4 5 6 with a zero behind.
    assert_eq!((spectra[[0, 0]].re, spectra[[1, 0]].re), (10.0, 15.0));
}
