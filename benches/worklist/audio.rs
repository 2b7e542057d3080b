//! Ten minutes of sound at 16 kHz: frames, the streaming framer, overlap-add, and spectra.

use ndwindow::View;
use ndwindow::audio::{Framer, Framing, OverlapAdd, WindowFn};

use crate::inputs::{blocks, tensor};
use crate::job::{SetUp, Work, into_buffer};

const SAMPLES: usize = 9_600_000;
const SIZE: usize = 400;
const HOP: usize = 160;
const FRAMES: usize = (SAMPLES - SIZE) / HOP + 1;

pub(crate) fn works() -> Vec<Work> {
    let mut list = vec![
        Work::new("frame_hann_9.6M_400_160", frame_hann),
        Work::new("frame_copy_9.6M_400_160", frame_copy),
        Work::new("framer_9.6M_400_160", framer),
        Work::new("framer_calls_9.6M_400_160", framer_calls),
        Work::new("ola_hann_400_160", overlap_add),
    ];
    #[cfg(feature = "fft")]
    list.extend(spectra::works());
    list
}

fn signal() -> Vec<f32> {
    tensor("sig_f32_9.6M", SAMPLES)
}

fn hann(n: usize) -> Vec<f32> {
    WindowFn::Hann.periodic(n).expect("Hann has no parameters")
}

fn frame_hann() -> SetUp {
    let (x, window) = (signal(), hann(SIZE));
    let (plain, weights) = (x.clone(), window.clone());
    let expect = move |i: usize| plain[i / SIZE * HOP + i % SIZE] * weights[i % SIZE];
    let step = move |out: &mut [f32]| Framing::new(SIZE, HOP).windowed_into(&x, &window, out);
    into_buffer(FRAMES * SIZE, 0.0, step, expect)
}

/// What `framer` is measured against.
fn frame_copy() -> SetUp {
    let x = signal();
    let plain = x.clone();
    let expect = move |i: usize| plain[i / SIZE * HOP + i % SIZE];
    let step = move |out: &mut [f32]| Framing::new(SIZE, HOP).windows(&x)?.copy_into(out);
    into_buffer(FRAMES * SIZE, 0.0, step, expect)
}

/// The same frames out of blocks of 64 to 1024 samples, written by one writer.
fn framer() -> SetUp {
    framer_by(|framer, x, out| {
        framer.writing_into(out, |frames| blocks(x).try_for_each(|block| frames.process(block).map(drop)))
    })
}

/// The same, each block's frames finished before the next block comes.
fn framer_calls() -> SetUp {
    framer_by(|framer, x, out| {
        let mut done = 0;
        blocks(x).try_for_each(|block| {
            done += framer.process_into(block, &mut out[done * SIZE..])?;
            Ok(())
        })
    })
}

fn framer_by(write: impl Fn(&mut Framer<f32>, &[f32], &mut [f32]) -> ndwindow::Result<()> + Send + 'static) -> SetUp {
    let x = signal();
    let plain = x.clone();
    let expect = move |i: usize| plain[i / SIZE * HOP + i % SIZE];
    let mut framer = Framer::new(SIZE, HOP).map_err(|e| e.to_string())?;
    let step = move |out: &mut [f32]| {
        framer.reset();
        write(&mut framer, &x, out)
    };
    into_buffer(FRAMES * SIZE, 0.0, step, expect)
}

fn overlap_add() -> SetUp {
    let (frames, window) = (tensor::<f32>("frames_59998x400", FRAMES * SIZE), hann(SIZE));
    let (plain, weights) = (frames.clone(), window.clone());
    let expect = move |p: usize| {
        let cover = (0..3).filter_map(|k| (p / HOP).checked_sub(k)).filter(|t| *t < FRAMES && p - t * HOP < SIZE);
        cover.map(|t| plain[t * SIZE + p - t * HOP] * weights[p - t * HOP]).sum()
    };
    let add = OverlapAdd::sum(&window, HOP).map_err(|e| e.to_string())?;
    // The last samples lie behind the last frame.
    let covered = add.samples(FRAMES).map_err(|e| e.to_string())?;
    let step = move |out: &mut [f32]| {
        out[covered..].fill(0.0);
        add.whole_into(View::new(&frames, [FRAMES, SIZE])?, &mut out[..covered])
    };
    into_buffer(SAMPLES, 1e-5, step, expect)
}

#[cfg(feature = "fft")]
mod spectra {
    use std::f64::consts::TAU;
    use std::hint::black_box;

    use ndwindow::View;
    use ndwindow::audio::{Analysis, Complex, Stft};
    use serde_json::Value;

    use super::{SAMPLES, hann, signal};
    use crate::digest::digest;
    use crate::inputs::tensor;
    use crate::job::{Job, SetUp, Work, into_buffer};

    const N: usize = 512;
    const HOP: usize = 128;
    const BINS: usize = N / 2 + 1;

    pub(super) fn works() -> Vec<Work> {
        vec![Work::new("stft_9.6M_512_128", stft), Work::new("istft_9.6M_512_128", istft)]
    }

    struct Spectra {
        plan: Analysis<f32>,
        x: Vec<f32>,
        out: Vec<Complex<f32>>,
    }

    impl Job for Spectra {
        fn run(&mut self, times: usize) {
            for _ in 0..times {
                self.plan.forward_into(&self.x, black_box(&mut self.out)).expect("the shapes are right");
            }
        }

        fn digest(&self) -> Option<Value> {
            let numbers: Vec<f32> = self.out.iter().flat_map(|z| [z.re, z.im]).collect();
            Some(digest(&numbers))
        }
    }

    fn stft() -> SetUp {
        let x = signal();
        let frames = (SAMPLES - N) / HOP + 1;
        let plan = Stft::new(N, HOP).analysis::<f32>().map_err(|e| e.to_string())?;
        let mut job = Spectra { plan, x, out: vec![Complex::new(0.0, 0.0); frames * BINS] };
        job.run(1);
        let window = hann(N);
        for i in (0..job.out.len()).step_by(job.out.len() / 397) {
            let (t, f) = (i / BINS, i % BINS);
            let frame = job.x[t * HOP..][..N].iter().zip(&window).map(|(a, b)| f64::from(a * b)).enumerate();
            let turn = |m: usize| TAU * (f * m % N) as f64 / N as f64;
            let (re, im) = frame.fold((0.0, 0.0), |(re, im), (m, v)| (re + v * turn(m).cos(), im - v * turn(m).sin()));
            let got = job.out[i];
            if (f64::from(got.re) - re).abs() + (f64::from(got.im) - im).abs() > 1e-3 {
                return Err(format!("bin {f} of frame {t} is {got} but a plain sum gives {re} + {im} i"));
            }
        }
        Ok(Box::new(job))
    }

    fn istft() -> SetUp {
        let frames = SAMPLES / HOP + 1;
        let numbers: Vec<f32> = tensor("spec_75001x514", frames * 2 * BINS);
        let spectra: Vec<Complex<f32>> = numbers.chunks_exact(2).map(|z| Complex::new(z[0], z[1])).collect();
        let (plain, window) = (spectra.clone(), hann(N));
        let expect = move |p: usize| {
            let p = p + N / 2;
            let (mut sum, mut squares) = (0.0, 0.0);
            for t in ((p + 1).saturating_sub(N).div_ceil(HOP)..=p / HOP).filter(|t| *t < frames) {
                let (j, bins) = (p - t * HOP, &plain[t * BINS..][..BINS]);
                let turn = |f: usize| TAU * (f * j % N) as f64 / N as f64;
                let both = (1..BINS - 1)
                    .map(|f| 2.0 * (f64::from(bins[f].re) * turn(f).cos() - f64::from(bins[f].im) * turn(f).sin()));
                let ends = f64::from(bins[0].re) + f64::from(bins[BINS - 1].re) * turn(BINS - 1).cos();
                let w = f64::from(window[j]);
                sum += w * (both.sum::<f64>() + ends) / N as f64;
                squares += w * w;
            }
            (sum / squares) as f32
        };
        let plan =
            Stft::new(N, HOP).centered(ndwindow::PadMode::Empty).synthesis::<f32>().map_err(|e| e.to_string())?;
        let step = move |out: &mut [f32]| plan.inverse_into(View::new(&spectra, [frames, BINS])?, out);
        into_buffer(SAMPLES, 1e-3, step, expect)
    }
}
