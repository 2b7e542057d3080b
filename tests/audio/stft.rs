//! Short-time Fourier transforms against sums written out, whole and streaming, and back again.
#![cfg(feature = "fft")]

use std::f64::consts::TAU;

use crate::counting::allocations;
use ndwindow::audio::{Complex, Scale, Stft, WindowFn};
use ndwindow::{Error, PadMode, View};
use proptest::prelude::*;

fn noise(n: usize) -> Vec<f64> {
    crate::noise(n, 0)
}

/// Bin `f` of the transform of `frame`, by the sum.
fn bin(frame: &[f64], f: usize, n_fft: usize) -> Complex<f64> {
    frame.iter().enumerate().fold(Complex::new(0.0, 0.0), |sum, (m, &x)| {
        let turn = TAU * (f * m % n_fft) as f64 / n_fft as f64;
        Complex::new(sum.re + x * turn.cos(), sum.im - x * turn.sin())
    })
}

#[test]
fn every_length_is_the_sum_written_out() {
    let x = noise(100);
    for n_fft in (1..=40).chain([48, 64, 65]) {
        for (hop, two_sided) in [(1, false), (7, true), (n_fft, false)] {
            let window = WindowFn::Hamming.symmetric::<f64>(n_fft).unwrap();
            let plain = Stft::new(n_fft, hop).window(&window);
            let plan = if two_sided { plain.two_sided() } else { plain }.analysis::<f64>().unwrap();
            let got = plan.forward(&x).unwrap();
            let frames = (100 - n_fft) / hop + 1;
            let bins = if two_sided { n_fft } else { n_fft / 2 + 1 };
            assert_eq!(got.shape(), [frames, bins]);
            assert_eq!((plan.frames(100), plan.bins()), (Ok(frames), bins));
            for t in [0, frames / 2, frames - 1] {
                let frame: Vec<f64> = x[t * hop..].iter().zip(&window).map(|(a, b)| a * b).collect();
                for f in 0..bins {
                    assert!((got[[t, f]] - bin(&frame, f, n_fft)).norm() < 1e-12, "{n_fft} frame {t} bin {f}");
                }
            }
        }
    }
}

#[test]
fn the_published_count_of_centred_frames() {
    let x = noise(1008);
    for mode in [PadMode::Empty, PadMode::Reflect, PadMode::Wrap] {
        let spectra = Stft::new(65, 16).centered(mode).analysis::<f64>().unwrap().forward(&x).unwrap();
        assert_eq!(spectra.shape(), [63, 33]);
    }
}

/// Perfect reconstruction for every window and hop that can be divided out, one- and two-sided, scaled and not.
#[test]
fn there_and_back() {
    let functions = [WindowFn::Rectangular, WindowFn::Hann, WindowFn::Hamming, WindowFn::Blackman, WindowFn::Sine];
    let x = noise(120);
    let two = View::new(&x, [2, 60]).unwrap();
    let mut pairs = 0;
    for function in functions {
        for n_fft in [2, 5, 8, 15, 16] {
            for hop in 1..=n_fft {
                let window = function.periodic::<f64>(n_fft).unwrap();
                for scale in [Scale::None, Scale::Unitary, Scale::Spectrum, Scale::Density] {
                    let stft = Stft::new(n_fft, hop).window(&window).centered(PadMode::Reflect).scale(scale);
                    let stft = if hop % 2 == 0 { stft.two_sided().rotated(3) } else { stft };
                    let Ok(back) = stft.synthesis::<f64>() else { continue };
                    let spectra = stft.analysis::<f64>().unwrap().forward(&two).unwrap();
                    let got = back.inverse(&spectra, Some(60)).unwrap();
                    // What the last frame reaches; the rest is zero.
                    let reached = ((60 + n_fft / 2 * 2 - n_fft) / hop * hop + n_fft - n_fft / 2).min(60);
                    for r in 0..2 {
                        for p in 0..60 {
                            let wanted = if p < reached { x[r * 60 + p] } else { 0.0 };
                            let edge = p + 2 > reached; // a window may end in zeros
                            assert!(
                                edge || (got[[r, p]] - wanted).abs() < 1e-9,
                                "{function:?} {n_fft} {hop} {scale:?} at {p}: {} not {wanted}",
                                got[[r, p]]
                            );
                        }
                    }
                    pairs += 1;
                }
            }
        }
    }
    assert!(pairs > 500, "only {pairs}");
}

proptest! {
    #[test]
    fn streams_give_the_bits_of_the_whole(
        n in 0usize..300, n_fft in 1usize..33, hop in 1usize..40, cuts in proptest::collection::vec(0usize..70, 0..8),
        centered: bool, whole_hops: bool,
    ) {
        let x: Vec<f32> = noise(n).iter().map(|&v| v as f32).collect();
        let stft = Stft::new(n_fft, hop).window(&WindowFn::Hamming.periodic::<f32>(n_fft).unwrap());
        let stft = if centered { stft.centered(PadMode::Empty) } else { stft };
        let stft = if whole_hops { stft.whole_hops() } else { stft };
        let plan = stft.analysis::<f32>().unwrap();
        let Ok(whole) = plan.forward(&x) else { return Ok(()) };
        let mut stream = plan.stream().unwrap();
        for _ in 0..2 {
            let mut got = Vec::new();
            let mut rest = &x[..];
            for &cut in &cuts {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                stream.process(now, |s| got.extend_from_slice(s)).unwrap();
                rest = later;
            }
            stream.process(rest, |s| got.extend_from_slice(s)).unwrap();
            stream.finish(|s| got.extend_from_slice(s)).unwrap();
            prop_assert_eq!(&got[..], whole.as_slice());
            stream.reset();
        }
        let Ok(back) = stft.synthesis::<f32>() else { return Ok(()) };
        let signal = back.inverse(&whole, None).unwrap();
        let mut stream = back.stream().unwrap();
        let mut got = Vec::new();
        for spectrum in whole.as_slice().chunks(plan.bins()) {
            stream.push(spectrum, |s| got.extend_from_slice(s)).unwrap();
        }
        stream.finish(|s| got.extend_from_slice(s)).unwrap();
        prop_assert!(got.len() >= signal.len());
        prop_assert_eq!(&got[..signal.len()], signal.as_slice());
    }
}

#[test]
fn frames_do_not_touch_each_other() {
    let mut x: Vec<f32> = noise(200).iter().map(|&v| v as f32).collect();
    let plan = Stft::new(16, 16).analysis::<f32>().unwrap();
    let clean = plan.forward(&x).unwrap();
    (x[40], x[100]) = (f32::NAN, f32::INFINITY);
    let got = plan.forward(&x).unwrap();
    for t in 0..12 {
        let same = got.as_slice()[t * 9..][..9] == clean.as_slice()[t * 9..][..9];
        assert_eq!(same, t != 2 && t != 6, "frame {t}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let x: Vec<f32> = noise(400_000).iter().map(|&v| v as f32).collect();
    let stft = Stft::new(512, 128).centered(PadMode::Reflect);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let spectra = stft.analysis::<f32>().unwrap().forward(&x).unwrap();
            let back = stft.synthesis::<f32>().unwrap().inverse(&spectra, Some(x.len())).unwrap();
            (spectra, back)
        })
    };
    let (one, three) = (run(1), run(3));
    assert!(one == three);
    assert!(x.iter().zip(one.1.iter()).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn a_complex_signal_is_two_real_ones() {
    let x = noise(80);
    let signal: Vec<Complex<f64>> = x.chunks(2).map(|z| Complex::new(z[0], z[1])).collect();
    let got = Stft::new(8, 4).window(&[1.0; 8]).analysis::<f64>().unwrap().forward_complex(&signal).unwrap();
    assert_eq!(got.shape(), [9, 8]);
    for t in 0..9 {
        for f in 0..8 {
            let part = |take: fn(&Complex<f64>) -> f64| signal[t * 4..][..8].iter().map(take).collect::<Vec<_>>();
            let want = bin(&part(|z| z.re), f, 8) + bin(&part(|z| z.im), f, 8) * Complex::new(0.0, 1.0);
            assert!((got[[t, f]] - want).norm() < 1e-12);
        }
    }
}

#[test]
fn streams_allocate_nothing() {
    let stft = Stft::new(64, 16).centered(PadMode::Empty);
    let mut there = stft.analysis::<f32>().unwrap().stream().unwrap();
    let mut back = stft.synthesis::<f32>().unwrap().stream().unwrap();
    let block = [0.5f32; 100];
    let mut sum = 0.0;
    let made = allocations(|| {
        for _ in 0..50 {
            there.process(&block, |s| back.push(s, |y| sum += y.iter().sum::<f32>()).unwrap()).unwrap();
        }
        there.finish(|s| back.push(s, |y| sum += y.iter().sum::<f32>()).unwrap()).unwrap();
        back.finish(|y| sum += y.iter().sum::<f32>()).unwrap();
        there.reset();
        back.reset();
    });
    assert_eq!(made, 0);
    assert!((sum - 2500.0).abs() < 10.0);
}

#[test]
fn bad_requests_are_refused_with_their_numbers() {
    let text = |e: Error| e.to_string();
    assert!(matches!(Stft::new(0, 1).analysis::<f32>().map(|_| ()), Err(Error::ZeroWindow { .. })));
    assert!(matches!(Stft::new(4, 0).analysis::<f32>().map(|_| ()), Err(Error::ZeroStep { .. })));
    assert!(matches!(
        Stft::new(4, 1).window(&[0.0f32; 0]).analysis::<f32>().map(|_| ()),
        Err(Error::ZeroWindow { .. })
    ));
    assert_eq!(
        text(Stft::new(4, 2).window(&[1.0f32; 5]).analysis::<f32>().map(|_| ()).unwrap_err()),
        "a window function of 5 values does not fit a transform of 4 samples: shorten it, or use a larger n_fft"
    );
    assert_eq!(
        text(Stft::new(8, 8).synthesis::<f64>().map(|_| ()).unwrap_err()),
        "overlapped windows of 8 at hop 8 cannot be divided out (NOLA): sample 0 of a hop has 0; use a smaller hop, \
         or a window without zeros"
    );
    assert!(Stft::new(8, 8).allow_gaps().synthesis::<f64>().is_ok());
    let plan = Stft::new(8, 4).centered(PadMode::Reflect).analysis::<f32>().unwrap();
    assert_eq!(
        text(plan.stream().map(|_| ()).unwrap_err()),
        "a stream cannot be padded by 4 and 4 with PadMode::Reflect: pad with PadMode::Empty, or not at all"
    );
    assert!(matches!(plan.forward(&[0.0f32; 0]), Err(Error::PadOfEmptyAxis { .. })));
    assert!(matches!(plan.forward_into(&[0.0; 8], &mut []), Err(Error::BufferLength { expected: 15, found: 0, .. })));
    let back = Stft::new(8, 4).synthesis::<f32>().unwrap();
    let spectra = vec![Complex::new(0.0f32, 0.0); 12];
    let wrong = View::new(&spectra, [3, 4]).unwrap();
    assert_eq!(
        text(back.inverse(&wrong, None).unwrap_err()),
        "the array of spectra has shape [3, 4], but [3, 5] was planned"
    );
    assert!(matches!(back.inverse(&spectra, None), Err(Error::AxisOutOfRange { .. })));
    assert!(matches!(back.stream().unwrap().push(&spectra, |_| ()), Err(Error::ShapeMismatch { .. })));
    let none = View::new(&spectra[..0], [0, 5]).unwrap();
    assert_eq!(back.inverse(&none, None).unwrap().shape(), [0]);
    assert_eq!(back.inverse(&none, Some(3)).unwrap().as_slice(), [0.0; 3]);
}
