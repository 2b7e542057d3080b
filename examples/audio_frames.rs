//! Speech cut into frames, put together again, taken in as a stream, and seen as a spectrogram.
//!
//! ```text
//! cargo run --release --features fft --example audio_frames [SOUND.wav]
//! ```

#[path = "common/picture.rs"]
mod picture;
#[path = "common/plot.rs"]
mod plot;

use ndwindow::PadMode;
use ndwindow::audio::{Edges, Framer, Framing, OverlapAdd, Stft, WindowFn, frames};
use plot::Plot;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/speech.wav");
    let file = std::env::args().nth(1).unwrap_or_else(|| shipped.to_string());
    let (signal, rate) = read(&file)?;
    let name = Path::new(&file).file_name().unwrap_or_default().display().to_string();
    println!("{name}: {} samples at {rate} Hz, {:.1} s", signal.len(), signal.len() as f64 / f64::from(rate));

    // Frames of 25 ms every 10 ms, as speech recognisers take them. Nothing is copied.
    let (size, hop) = (rate as usize / 40, rate as usize / 100);
    let cut = frames(&signal, size, hop)?;
    let left = signal.len() - ((cut.shape()[0] - 1) * hop + size);
    println!("frames of {size} every {hop}: {:?}, strides {:?}, {left} samples left over", cut.shape(), cut.strides());
    assert_eq!(cut.as_ptr(), signal.as_ptr());

    // Any function of a frame, several results each, on all cores: how loud it is, and how often it crosses zero.
    let mut features = vec![0.0; 2 * cut.shape()[0]];
    Framing::new(size, hop).windows(&signal)?.map_into(&mut features, 2, |frame, row| {
        let crossings = frame.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
        row.copy_from_slice(&[frame.iter().map(|x| x * x).sum::<f32>() / size as f32, crossings as f32]);
    })?;
    let (frame, loudest) =
        features.chunks(2).enumerate().max_by(|a, b| a.1[0].total_cmp(&b.1[0])).ok_or("no frames")?;
    println!("the loudest frame is {frame}: power {:.4}, {} zero crossings", loudest[0], loudest[1]);

    // The same frames, each times a Hann window, in one pass; and back.
    let hann = WindowFn::Hann.periodic::<f32>(size)?;
    let windowed = Framing::new(size, hop).windowed(&signal, &hann)?;
    let back = OverlapAdd::weighted(&hann, hop, Edges::Normalized)?.whole(&windowed)?;
    let error = decibels(&signal[1..back.len()], &back.as_slice()[1..]); // Hann is zero at the first sample
    println!("put together again: {} samples, error {error:.1} dB", back.len());
    assert!(error < -120.0);

    // The same frames from a stream in blocks of any size.
    let mut framer = Framer::new(size, hop)?;
    let (mut rest, mut t, mut blocks) = (&signal[..], 0, 0);
    while !rest.is_empty() {
        let (block, later) = rest.split_at((blocks * 7919 % 1500).min(rest.len()));
        framer.process(block, |frame| {
            assert_eq!(frame.channel(0), &signal[t * hop..][..size], "frame {t}");
            t += 1;
        })?;
        (rest, blocks) = (later, blocks + 1);
    }
    assert_eq!(t, cut.shape()[0]);
    println!("as a stream of {blocks} blocks of 0 to 1499 samples: the same {t} frames, to the bit");

    // What a person can see: energy over time and frequency.
    let stft = Stft::new(512, 128).centered(PadMode::Reflect);
    let spectra = stft.analysis::<f32>()?.forward(&signal)?;
    let back = stft.synthesis::<f32>()?.inverse(&spectra, Some(signal.len()))?;
    let error = decibels(&signal, back.as_slice());
    println!("spectra {:?}, and back: error {error:.1} dB", spectra.shape());
    assert!(error < -120.0);

    let (columns, bins) = (spectra.shape()[0], spectra.shape()[1]);
    let power = |x: usize, y: usize| f64::from(spectra[[x, y]].norm_sqr());
    let loudest =
        (0..columns).flat_map(|x| (0..bins).map(move |y| (x, y))).map(|(x, y)| power(x, y)).fold(1e-12, f64::max);
    let picture = Plot {
        title: &format!("{name}: spectrogram, Hann 512, hop 128"),
        size: (columns, 2 * bins),
        extent: (signal.len() as f64 / f64::from(rate), f64::from(rate) / 2000.0),
        axes: ("time in s", "kHz"),
        marks: (1.0, 1.0),
        range: (-80.0, 0.0),
        unit: "dB",
    }
    .draw(|x, y| 10.0 * (power(x, y / 2) / loudest).max(1e-12).log10());
    let out = Path::new("out");
    std::fs::create_dir_all(out)?;
    picture::write(&picture, out.join("audio_frames.png"))?;
    println!("wrote out/audio_frames.png ({} x {})", picture.shape()[1], picture.shape()[0]);
    if std::env::args().len() == 1 {
        picture::shown(&picture, "audio_frames", 3)?;
    }
    Ok(())
}

/// The first channel, in [-1, 1), and the sampling rate.
fn read(file: &str) -> Result<(Vec<f32>, u32), Box<dyn Error>> {
    let mut reader = hound::WavReader::open(file)?;
    let spec = reader.spec();
    let all: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
        hound::SampleFormat::Int => {
            let full = (1i64 << (spec.bits_per_sample - 1)) as f32;
            reader.samples::<i32>().map(|s| s.map(|s| s as f32 / full)).collect::<Result<_, _>>()?
        }
    };
    Ok((all.into_iter().step_by(usize::from(spec.channels)).collect(), spec.sample_rate))
}

/// The energy of the difference, relative to the signal's.
fn decibels(signal: &[f32], other: &[f32]) -> f64 {
    let energy = |x: f32| f64::from(x) * f64::from(x);
    let difference: f64 = signal.iter().zip(other).map(|(a, b)| energy(a - b)).sum();
    10.0 * (difference / signal.iter().map(|&a| energy(a)).sum::<f64>()).max(1e-30).log10()
}
