//! Overlap-add: the inverse of framing, whole and streaming, and what it refuses.

use crate::counting::allocations;
use crate::noise;
use ndwindow::audio::{Edges, Framing, OverlapAdd, WindowFn, check_cola, check_nola, frames, overlap_sums};
use ndwindow::{Error, View};

const EDGES: [Edges; 3] = [Edges::Steady, Edges::Padded, Edges::Normalized];

/// The definition: add where the frames came from, first frame first.
fn added(rows: &[f64], size: usize, hop: usize, weights: &[f64]) -> Vec<f64> {
    let number = rows.len() / size;
    if number == 0 {
        return vec![];
    }
    let mut out = vec![0.0; (number - 1) * hop + size];
    for (t, frame) in rows.chunks(size).enumerate() {
        for j in 0..size {
            out[t * hop + j] += frame[j] * weights[j];
        }
    }
    out
}

#[test]
fn a_sum_is_the_plain_loop() {
    for (number, size, hop) in [(0, 3, 1), (1, 4, 2), (5, 4, 1), (7, 5, 3), (4, 3, 3), (4, 3, 8), (300, 400, 160)] {
        let window = noise(size, 1);
        let x = noise(2 * number * size, 2);
        let view = View::new(&x, [2, number, size]).unwrap();
        let got = OverlapAdd::sum(&window, hop).unwrap().whole(&view).unwrap();
        let want: Vec<f64> =
            (0..2).flat_map(|r| added(&x[r * number * size..][..number * size], size, hop, &window)).collect();
        assert_eq!(got.shape(), [2, want.len() / 2]);
        assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-13));
        // librosa's order of axes, and a buffer full of something else.
        let mut out = vec![f64::NAN; want.len()];
        let turned: Vec<f64> = view.permute(&[0, 2, 1]).unwrap().iter().copied().collect();
        let turned = View::new(&turned, [2, size, number]).unwrap();
        OverlapAdd::sum(&window, hop).unwrap().whole_into(&turned.permute(&[0, 2, 1]).unwrap(), &mut out).unwrap();
        assert_eq!(out, got.as_slice());
    }
}

/// Every window and hop that can be inverted gives the signal back, under every policy that takes it.
#[test]
fn what_can_be_divided_out_comes_back() {
    let functions = [
        WindowFn::Rectangular,
        WindowFn::Hann,
        WindowFn::Hamming,
        WindowFn::Blackman,
        WindowFn::Gaussian { deviation: 2.5 },
        WindowFn::Kaiser { beta: 6.0 },
        WindowFn::Sine,
    ];
    let mut checked = 0;
    for function in functions {
        for size in 1..=13usize {
            for window in [function.periodic::<f64>(size).unwrap(), function.symmetric(size).unwrap()] {
                for hop in 1..=size {
                    let x = noise(5 * hop + size, (size * hop) as u64);
                    let framed = Framing::new(size, hop).windowed(&x, &window).unwrap();
                    for edges in EDGES {
                        for squared in [false, true] {
                            let add = if squared { OverlapAdd::weighted } else { OverlapAdd::plain };
                            let Ok(add) = add(&window, hop, edges) else { continue };
                            let back = add.whole(&framed).unwrap();
                            let edge = size - hop;
                            let steady = edge..6 * hop;
                            let range = if edges == Edges::Steady { steady.clone() } else { 0..5 * hop + size };
                            assert_eq!(back.len(), range.len());
                            for (p, y) in range.zip(back.iter()) {
                                let cover = |t: usize| p.checked_sub(t * hop).filter(|j| *j < size).map(|j| window[j]);
                                let there = (0..6).filter_map(cover).any(|w| w.abs() > 1e-3);
                                let exact = match edges {
                                    Edges::Padded => steady.contains(&p),
                                    _ => there,
                                };
                                assert!(
                                    !exact || (x[p] - y).abs() < 1e-9,
                                    "{function:?} {size} {hop} {edges:?} at {p}"
                                );
                            }
                            checked += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(checked > 2000, "only {checked}");
}

#[test]
fn padding_makes_the_padded_policy_exact() {
    let x = noise(64, 3);
    let hann = WindowFn::Hann.periodic::<f64>(16).unwrap();
    let framed = Framing::new(16, 4).pad(12, 12, ndwindow::PadMode::Empty).windowed(&x, &hann).unwrap();
    let back = OverlapAdd::plain(&hann, 4, Edges::Padded).unwrap().whole(&framed).unwrap();
    assert!(back.as_slice()[12..76].iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-12));
}

/// Every size, hop and number of frames, none included: as many samples, and the same bits.
#[test]
fn a_stream_is_the_whole_in_every_mode() {
    let mut checked = 0;
    for (size, hop, number) in sizes() {
        let window = WindowFn::Hamming.periodic::<f32>(size).unwrap();
        let x: Vec<f32> = noise(number * size, size as u64).iter().map(|&v| v as f32).collect();
        let view = View::new(&x, [number, size]).unwrap();
        let divided =
            EDGES.map(|edges| [OverlapAdd::weighted(&window, hop, edges), OverlapAdd::plain(&window, hop, edges)]);
        for plan in divided.into_iter().flatten().chain([OverlapAdd::sum(&window, hop)]).flatten() {
            let whole: Vec<u32> = plan.whole(&view).unwrap().iter().map(|v| v.to_bits()).collect();
            assert_eq!(whole.len(), plan.samples(number).unwrap());
            let mut stream = plan.stream();
            for round in 0..2 {
                let (mut got, mut out) = (Vec::new(), vec![f32::NAN; size.max(hop)]);
                for frame in x.chunks(size) {
                    let promised = stream.ready_after_next();
                    assert_eq!(stream.push(frame, &mut out), Ok(promised));
                    got.extend(out[..promised].iter().map(|v| v.to_bits()));
                }
                let left = stream.finish(&mut out).unwrap();
                got.extend(out[..left].iter().map(|v| v.to_bits()));
                assert_eq!(got, whole, "{number} frames of {size}, hop {hop}, round {round}");
                stream.reset();
            }
            checked += 1;
        }
    }
    assert!(checked > 1000, "only {checked}");
}

fn sizes() -> impl Iterator<Item = (usize, usize, usize)> {
    let small = (1..9).flat_map(|size| (1..12).flat_map(move |hop| (0..7).map(move |number| (size, hop, number))));
    small.chain([(1, 6, 1), (24, 7, 19), (23, 24, 40), (5, 1000, 3), (1, 1, 100)])
}

/// Frames in every order of axes, backwards and repeated, are the same frames.
#[test]
fn any_layout_of_frames() {
    let x = noise(2 * 9 * 11, 5);
    for (shape, strides, offset) in [
        ([2, 9, 11], [99, 11, 1], 0),
        ([2, 9, 11], [1, 2, 18], 0),
        ([2, 9, 11], [99, 1, 9], 0),
        ([2, 9, 11], [-99, -11, -1], 197),
        ([2, 9, 11], [0, 11, 1], 99),
        ([2, 9, 11], [1, 0, 2], 3),
        ([2, 9, 11], [99, 11, 0], 5),
    ] {
        let view = View::with_strides(&x, shape, strides, offset).unwrap();
        for hop in [3, 11, 15] {
            let add = OverlapAdd::sum(&noise(11, 6), hop).unwrap();
            assert_eq!(add.whole(&view).unwrap(), add.whole(&view.to_array()).unwrap(), "{strides:?}, hop {hop}");
        }
    }
    // The samples are few, the frames hold many more.
    let (size, number) = (1 << 15, 1usize << 6);
    let one = View::new(&[1.0f64], [1, 1]).unwrap().broadcast(0, number).unwrap().broadcast(1, size).unwrap();
    let sums = OverlapAdd::sum(&vec![1.0; size], 1).unwrap().whole(&one).unwrap();
    assert_eq!((sums.len(), sums[[number - 1]], sums[[size - 1]]), (size + number - 1, 64.0, 64.0));
}

/// No buffer grows with the hop, and no position overflows: what the caller asks for is what it pays for.
#[test]
fn a_hop_as_long_as_it_likes() {
    for hop in [usize::MAX / 4, usize::MAX / 2, usize::MAX] {
        let add = OverlapAdd::<f32>::sum(&[2.0, 3.0], hop).unwrap();
        let mut stream = add.stream();
        let mut out = [f32::NAN; 2];
        assert_eq!((stream.push(&[1.0, 1.0], &mut out), out), (Ok(2), [2.0, 3.0]));
        assert_eq!(stream.ready_after_next(), hop);
        assert!(matches!(stream.push(&[1.0, 1.0], &mut out), Err(Error::BufferLength { found: 2, .. })));
        assert_eq!(stream.finish(&mut out), Ok(0));
        assert_eq!(add.whole(&View::new(&[1.0, 1.0], [1, 2]).unwrap()).unwrap().as_slice(), [2.0, 3.0]);
        let two = [1.0; 4];
        let whole = add.whole(&View::new(&two, [2, 2]).unwrap());
        assert!(matches!(whole, Err(Error::TooLarge { .. })), "{hop}");
    }
}

#[test]
fn what_cannot_be_divided_out_is_refused_with_the_worst_sample() {
    let hann = WindowFn::Hann.periodic::<f64>(8).unwrap();
    let text = |e: Error| e.to_string();
    assert_eq!(
        text(OverlapAdd::weighted(&hann, 8, Edges::Normalized).unwrap_err()),
        "overlapped windows of 8 at hop 8 cannot be divided out (NOLA): sample 0 of a hop has 0; use a smaller hop, \
         or a window without zeros"
    );
    assert_eq!(
        text(OverlapAdd::plain(&[1.0, 1.0, 0.5, 1.0], 3, Edges::Steady).unwrap_err()),
        "overlapped windows at hop 3 do not add up to a constant (COLA): sample 0 of a hop has 2, the mean is \
         1.1666666666666667; use Edges::Normalized, or another hop"
    );
    assert!(matches!(check_nola(&[1.0; 4], 5), Err(Error::NotNola { index: 4, value: 0.0, .. })));
    assert!(matches!(check_nola(&[1.0, -1.0], 1), Err(Error::NotNola { index: 0, value: 0.0, .. })));
    assert!(matches!(check_nola(&[1.0, f64::NAN], 2), Err(Error::NotNola { index: 1, .. })));
    assert!(matches!(check_cola(&hann, 3), Err(Error::NotCola { .. })));
    assert_eq!(check_cola(&[0.0, 0.5, 1.0, 0.5], 1), Ok(2.0));
    for (size, hop) in [(512, 128), (512, 256), (400, 100), (30, 10), (30, 15)] {
        let hann = WindowFn::Hann.periodic::<f32>(size).unwrap();
        let constant = check_cola(&hann, hop).unwrap();
        assert!((constant - (size / hop) as f32 / 2.0).abs() < 1e-5);
        assert!(size / hop == 2 || check_cola(&hann.iter().map(|w| w * w).collect::<Vec<_>>(), hop).is_ok());
    }
    assert!(matches!(OverlapAdd::<f32>::sum(&[], 1), Err(Error::ZeroWindow { .. })));
    assert!(matches!(OverlapAdd::<f32>::sum(&[1.0], 0), Err(Error::ZeroStep { .. })));
    assert!(matches!(overlap_sums::<f32>(&[1.0], 0), Err(Error::ZeroStep { .. })));
    let add = OverlapAdd::<f32>::sum(&[1.0, 2.0], 1).unwrap();
    let x = [0.0f32; 6];
    assert!(matches!(add.whole(&View::new(&x, [2, 3]).unwrap()), Err(Error::WindowLength { found: 3, expected: 2 })));
    assert!(matches!(add.whole(&x), Err(Error::AxisOutOfRange { axis: -2, rank: 1 })));
    assert!(matches!(add.samples(usize::MAX), Err(Error::TooLarge { .. })));
    let two = View::new(&x, [3, 2]).unwrap();
    assert!(matches!(add.whole_into(&two, &mut [0.0; 3]), Err(Error::BufferLength { expected: 4, found: 3, .. })));
    let mut stream = add.stream();
    assert!(matches!(stream.push(&[1.0], &mut [0.0]), Err(Error::WindowLength { .. })));
    assert!(matches!(stream.push(&[1.0, 1.0], &mut []), Err(Error::BufferLength { expected: 1, found: 0, .. })));
    assert_eq!(stream.push(&[1.0, 1.0], &mut [0.0]), Ok(1));
    assert!(matches!(stream.finish(&mut []), Err(Error::BufferLength { expected: 1, .. })));
    let mut last = [0.0];
    assert_eq!((stream.finish(&mut last), last), (Ok(1), [2.0]));
    assert_eq!(stream.push(&[1.0, 1.0], &mut [0.0]), Err(Error::StreamEnded));
    assert_eq!(stream.finish(&mut last), Err(Error::StreamEnded));
}

#[test]
fn not_a_number_stays_in_its_frames() {
    let mut x = vec![1.0f32; 12];
    x[5] = f32::NAN;
    let framed = frames(&x, 4, 2).unwrap();
    let back = OverlapAdd::plain(&[1.0f32; 4], 2, Edges::Normalized).unwrap().whole(&framed).unwrap();
    assert!(back.iter().enumerate().all(|(i, v)| v.is_nan() == (i == 5)));
}

#[test]
fn a_stream_allocates_nothing() {
    let hann = WindowFn::Hann.periodic::<f32>(64).unwrap();
    let mut stream = OverlapAdd::weighted(&hann, 16, Edges::Normalized).unwrap().stream();
    let (frame, mut out) = ([1.0; 64], [0.0; 64]);
    let made = allocations(|| {
        for _ in 0..100 {
            stream.push(&frame, &mut out).unwrap();
        }
        stream.finish(&mut out).unwrap();
        stream.reset();
    });
    assert_eq!(made, 0);
}

#[cfg(feature = "rayon")]
/// Chunks and threads cut the work elsewhere than rows and frames do.
#[test]
fn a_long_signal_has_the_same_bits_for_any_number_of_threads() {
    let x: Vec<f32> = noise(3000 * 400, 9).iter().map(|&v| v as f32).collect();
    let view = View::new(&x, [3000, 400]).unwrap();
    let hann = WindowFn::Hann.periodic::<f32>(400).unwrap();
    let plan = OverlapAdd::weighted(&hann, 160, Edges::Normalized).unwrap();
    let run = |threads| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| plan.whole(&view).unwrap())
    };
    let (one, three) = (run(1), run(3));
    assert!(one.iter().zip(three.iter()).all(|(a, b)| a.to_bits() == b.to_bits()));
}
