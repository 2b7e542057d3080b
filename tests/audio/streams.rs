//! Streams against the whole, to the bit: any blocks, any silence before, within and behind the signal, any padding, and streams
//! that end before a sample came.
#![cfg(feature = "fft")]

use ndwindow::audio::{Complex, Edges, Framer, Framing, OverlapAdd, Stft, WindowFn};
use ndwindow::{Array, Error, PadMode, Tail, View};

/// xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % n
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// A signal that begins, and sometimes goes on or ends, with silence.
    fn signal(&mut self, silence: usize) -> Vec<f32> {
        let mut x = vec![0.0; silence];
        for _ in 0..self.below(3) {
            x.extend((0..self.below(200)).map(|i| (i as f32 * 0.37).sin()));
            x.resize(x.len() + self.one_of(&[0, 0, 1, 90, 700]), 0.0);
        }
        x
    }

    /// Where to cut `n` samples: in one piece, in blocks of any length, some of them empty, or one by one.
    fn blocks(&mut self, n: usize) -> Vec<usize> {
        let most = self.one_of(&[1, 7, 65, 1000, 100_000]);
        let (mut cuts, mut left) = (vec![], n);
        while left > 0 {
            let cut = self.below(most + 1).max(usize::from(most == 1)).min(left);
            cuts.push(cut);
            left -= cut;
        }
        cuts
    }
}

fn bits(z: &[Complex<f32>]) -> Vec<(u32, u32)> {
    z.iter().map(|z| (z.re.to_bits(), z.im.to_bits())).collect()
}

fn sample_bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// The spectra of a stream, by any way of handing it the samples.
fn streamed(stft: &Stft, x: &[f32], cuts: &[usize]) -> Vec<Complex<f32>> {
    let mut stream = stft.analysis::<f32>().unwrap().stream().unwrap();
    let mut first = None;
    for round in 0..2 {
        let mut got = Vec::new();
        let mut rest = x;
        for &cut in cuts {
            let (now, later) = rest.split_at(cut);
            let (before, needed) = (got.len(), stream.needed_for_next());
            stream.process(now, |s| got.extend_from_slice(s)).unwrap();
            assert_eq!(got.len() > before, cut >= needed, "{needed} samples were needed of {cut}");
            rest = later;
        }
        stream.finish(|s| got.extend_from_slice(s)).unwrap();
        let before = got.len();
        assert_eq!(stream.process(x, |s| got.extend_from_slice(s)), Err(Error::StreamEnded));
        assert_eq!(stream.finish(|s| got.extend_from_slice(s)), Err(Error::StreamEnded));
        assert_eq!(got.len(), before);
        stream.reset();
        let first = first.get_or_insert_with(|| got.clone());
        assert_eq!(bits(first), bits(&got), "round {round}");
    }
    first.unwrap()
}

/// What the whole gives; nothing where it refuses a signal as shorter than a frame.
fn whole(stft: &Stft, x: &[f32]) -> Vec<Complex<f32>> {
    match stft.analysis::<f32>().unwrap().forward(x) {
        Ok(spectra) => spectra.into_vec(),
        Err(Error::SpanTooLong { .. }) => Vec::new(),
        Err(error) => panic!("{error}"),
    }
}

/// A request a stream can serve.
fn request(r: &mut Random, lead: usize) -> Stft {
    let most = r.one_of(&[2, 9, 33, 130]);
    let n_fft = 1 + r.below(most);
    let hop = 1 + r.below(3 * n_fft);
    let window = 1 + r.below(n_fft);
    let mut stft = Stft::new(n_fft, hop);
    if r.coin() {
        stft = stft.window(&WindowFn::Hamming.periodic::<f32>(window).unwrap());
    }
    stft = match r.below(3) {
        0 => stft,
        1 => stft.centered(PadMode::Empty),
        _ => stft.pad(lead as isize, r.below(3 * n_fft) as isize, PadMode::Empty),
    };
    for (on, with) in [
        (r.coin(), Stft::whole_hops as fn(Stft) -> Stft),
        (r.coin(), Stft::window_first),
        (r.coin(), Stft::two_sided),
        (r.coin(), |s| s.rotated(3)),
        (true, Stft::allow_gaps),
    ] {
        stft = if on { with(stft) } else { stft };
    }
    stft
}

#[test]
fn spectra_of_a_stream_are_those_of_the_whole() {
    let mut r = Random(12);
    let (mut none, mut silent) = (0, 0);
    for round in 0..500 {
        let lead = r.one_of(&[0, 0, 1, 5, 64, 700, 4096, 5000, 20_000]);
        let stft = request(&mut r, lead);
        let silence = r.one_of(&[0, 0, 0, 3, 4500, 9000]);
        let x = r.signal(silence);
        let cuts = r.blocks(x.len());
        let (want, got) = (whole(&stft, &x), streamed(&stft, &x, &cuts));
        let what = format!("{round}: {} samples, {lead} before, {stft:?}", x.len());
        assert_eq!(got.len(), want.len(), "{what}");
        assert!(bits(&got) == bits(&want), "{what}");
        none += usize::from(want.is_empty());
        silent += usize::from(x.is_empty() && !want.is_empty());
    }
    assert!(none > 5 && silent > 5, "{none} without a frame, {silent} of padding alone");
}

/// Right numbers, by hand.
#[test]
fn frames_of_padding_alone() {
    // size, hop, before, after, samples, whole hops: spectra
    let cases = [
        (4, 2, 4, 0, 0, false, 1),
        (4, 2, 2, 2, 0, false, 1),
        (4, 2, 0, 4, 0, false, 1),
        (4, 2, 3, 0, 0, false, 0),
        (4, 2, 3, 0, 0, true, 0),
        (4, 2, 3, 0, 1, true, 1),
        (4, 2, 5, 0, 0, true, 2),
        (4, 2, 10_000, 0, 0, false, 4999),
        (4, 2, 10_000, 3, 7, false, 5004),
        (4, 2, 10_000, 3, 8, true, 5005),
        (1, 1, 9000, 0, 0, false, 9000),
        (4, 1 << 40, 9000, 0, 3, false, 1),
        (4, 1 << 40, 9000, 0, 3, true, 2),
        (4, 1 << 50, 1 << 50, 4, 0, false, 2),
        (4, usize::MAX, 1 << 50, 4, 0, false, 1),
    ];
    for (size, hop, before, after, samples, hops, want) in cases {
        let stft = Stft::new(size, hop).window(&vec![1.0; size]).pad(before, after, PadMode::Empty);
        let stft = if hops { stft.whole_hops() } else { stft };
        let x = vec![1.0; samples];
        let bins = size / 2 + 1;
        let what = format!("{size} by {hop}, {before} and {after} around {samples}");
        assert_eq!(streamed(&stft, &x, &[samples]).len(), want * bins, "{what}");
        assert_eq!(whole(&stft, &x).len(), want * bins, "{what}");
    }
}

/// A stream's samples are those of the inverse from the end of the padding before to where the frames end.
#[test]
fn signals_of_a_stream_are_those_of_the_whole() {
    let mut r = Random(13);
    for round in 0..500 {
        let lead = r.one_of(&[0, 0, 1, 5, 64, 700]);
        let stft = request(&mut r, lead);
        let x = r.signal(lead);
        let plan = stft.analysis::<f32>().unwrap();
        let (size, hop) = (plan.framing().size(), plan.framing().hop());
        let before = plan.framing().pads().0 as usize;
        let spectra = whole(&stft, &x);
        let frames = spectra.len() / plan.bins();
        let covered = if frames == 0 { 0 } else { (frames - 1) * hop + size };
        let back = stft.synthesis::<f32>().unwrap();
        let shaped = View::new(&spectra, [frames, plan.bins()]).unwrap();
        let want = back.inverse(&shaped, Some(covered.saturating_sub(before))).unwrap();
        let mut stream = back.stream().unwrap();
        for _ in 0..2 {
            let mut got = Vec::new();
            for spectrum in spectra.chunks(plan.bins()) {
                stream.push(spectrum, |s| got.extend_from_slice(s)).unwrap();
            }
            stream.finish(|s| got.extend_from_slice(s)).unwrap();
            let what = format!("{round}: {frames} frames, {stft:?}");
            assert_eq!(got.len(), want.len(), "{what}");
            assert!(sample_bits(&got) == sample_bits(want.as_slice()), "{what}");
            stream.reset();
        }
    }
}

#[test]
fn overlapped_frames_of_a_stream_are_those_of_the_whole() {
    let mut r = Random(14);
    let mut gaps = 0;
    for round in 0..1000 {
        let (size, frames) = (1 + r.below(20), r.below(9));
        let hop = 1 + r.below(3 * size);
        let window: Vec<f32> = (0..size).map(|i| 1.0 + (i % 3) as f32 * 0.25).collect();
        let ones = vec![1.0; size];
        let plan = match r.below(5) {
            0 => OverlapAdd::sum(&window, hop),
            1 => OverlapAdd::plain(&window, hop, Edges::Normalized),
            2 => OverlapAdd::weighted(&window, hop, Edges::Normalized),
            3 => OverlapAdd::plain(&ones, hop, Edges::Steady),
            _ => OverlapAdd::plain(&ones, hop, Edges::Padded),
        };
        let Ok(plan) = plan else { continue };
        let data: Vec<f32> = (0..frames * size).map(|i| (i as f32 * 0.71).cos() - 0.3).collect();
        let want: Array<f32> = plan.whole(&View::new(&data, [frames, size]).unwrap()).unwrap();
        let mut stream = plan.stream();
        let (mut got, mut out) = (Vec::new(), vec![9.0; 3 * size.max(hop)]);
        for frame in data.chunks(size) {
            let ready = stream.ready_after_next();
            assert_eq!(stream.push(frame, &mut out), Ok(ready));
            got.extend_from_slice(&out[..ready]);
        }
        let left = stream.finish(&mut out).unwrap();
        got.extend_from_slice(&out[..left]);
        let what = format!("{round}: {frames} frames of {size} by {hop}");
        assert_eq!(got.len(), want.len(), "{what}");
        assert!(sample_bits(&got) == sample_bits(want.as_slice()), "{what}");
        gaps += usize::from(hop > size && frames > 1);
    }
    assert!(gaps > 50, "{gaps}");
    // One frame of one sample, then six apart.
    let mut stream = OverlapAdd::sum(&[2.0f32], 6).unwrap().stream();
    let mut out = [9.0; 6];
    assert_eq!((stream.push(&[3.0], &mut out), out[0]), (Ok(1), 6.0));
    assert_eq!((stream.push(&[4.0], &mut out), out), (Ok(6), [0.0, 0.0, 0.0, 0.0, 0.0, 8.0]));
    assert_eq!(stream.finish(&mut out), Ok(0));
}

/// Frames of a stream of padded samples are the frames of the whole that is padded so, for every tail a stream knows, and of any
/// number of channels.
#[test]
fn frames_of_a_stream_are_those_of_the_whole() {
    let mut r = Random(15);
    for round in 0..1000 {
        let (size, channels) = (1 + r.below(40), 1 + r.below(3));
        let hop = 1 + r.below(3 * size);
        let centred = r.coin();
        let pads = if centred { (size / 2, size / 2) } else { (r.one_of(&[0, 1, 30, 5000]), r.below(60)) };
        let tail = r.one_of(&[Tail::Drop, Tail::Partial]);
        let silence = r.one_of(&[0, 0, 5000]);
        let x = r.signal(silence);
        let framing = match centred {
            true => Framing::new(size, hop).centered(PadMode::Empty),
            false => Framing::new(size, hop).pad(pads.0 as isize, pads.1 as isize, PadMode::Empty),
        };
        let mut padded = vec![0.0; pads.0];
        padded.extend_from_slice(&x);
        padded.resize(padded.len() + pads.1, 0.0);
        // Padding that went in as samples is samples: a last frame may begin in it.
        let want = match tail {
            Tail::Drop => framing.windows(&x).map(|w| w.to_array().into_vec()),
            tail => Framing::new(size, hop).tail(tail).windows(&padded).map(|w| w.to_array().into_vec()),
        };
        let want = want.unwrap_or_default();
        let capacity = r.one_of(&[0, 50, 10_000]);
        let mut framer = Framer::with_capacity(size, hop, channels, capacity).unwrap();
        let mut got = Vec::new();
        let mut rest = &padded[..];
        for cut in r.blocks(padded.len()) {
            let (now, later) = rest.split_at(cut);
            let block: Vec<f32> = now.iter().flat_map(|&v| (0..channels).map(move |c| v * (c + 1) as f32)).collect();
            framer.process(&block, |f| got.push(f.view().to_array().into_vec())).unwrap();
            rest = later;
        }
        framer.finish(tail).unwrap();
        while let Some(f) = framer.next_frame() {
            got.push(f.view().to_array().into_vec());
        }
        let want: Vec<Vec<f32>> = want
            .chunks(size)
            .map(|f| (0..channels).flat_map(|c| f.iter().map(move |v| v * (c + 1) as f32)).collect())
            .collect();
        assert_eq!(got, want, "{round}: {} samples, {size} by {hop}, {pads:?} {tail:?}", x.len());
    }
}

/// The same in 64 bits, where registers hold half as many samples.
#[test]
fn sixty_four_bits() {
    let x: Vec<f64> = (0..3000).map(|i| if i < 1000 { 0.0 } else { (i as f64 * 0.1).sin() }).collect();
    for (n_fft, hop, before) in [(64, 16, 9000), (15, 40, 5000), (8, 8, 4121)] {
        let plan = Stft::new(n_fft, hop).pad(before, 3, PadMode::Empty).whole_hops().analysis::<f64>().unwrap();
        let (want, mut got) = (plan.forward(&x).unwrap(), Vec::new());
        let mut stream = plan.stream().unwrap();
        for block in x.chunks(97) {
            stream.process(block, |s| got.extend_from_slice(s)).unwrap();
        }
        stream.finish(|s| got.extend_from_slice(s)).unwrap();
        assert!(got == want.as_slice(), "{n_fft} by {hop}");
    }
}
