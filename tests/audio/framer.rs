//! The streaming framer: any split of the input gives the frames of the whole, and nothing is lost or allocated.

use crate::counting::allocations;
use ndwindow::audio::{Framer, Framing, frames};
use ndwindow::{Error, Tail, View};
use proptest::prelude::*;

/// Frames of the whole signal, zeros in the overhang, and how many samples of each are real.
fn whole(x: &[i32], size: usize, hop: usize, partial: bool) -> Vec<(Vec<i32>, usize)> {
    let mut all = Vec::new();
    let mut covered = 0;
    for start in (0..x.len()).step_by(hop) {
        let real = size.min(x.len() - start);
        let more = start + real > covered; // not wholly inside the one before it
        if real == size || (partial && more) {
            let mut frame = x[start..start + real].to_vec();
            frame.resize(size, 0);
            all.push((frame, real));
            covered = start + real;
        }
    }
    all
}

fn split<'a>(mut x: &'a [i32], cuts: &[usize]) -> Vec<&'a [i32]> {
    let mut blocks = Vec::new();
    for &c in cuts {
        let (a, b) = x.split_at(c.min(x.len()));
        blocks.push(a);
        x = b;
    }
    blocks.push(x);
    blocks
}

proptest! {
    #[test]
    fn any_split_gives_the_frames_of_the_whole(
        n in 0usize..200, size in 1usize..40, hop in 1usize..60,
        cuts in proptest::collection::vec(0usize..50, 0..12), partial: bool, capacity in 0usize..100,
    ) {
        let x: Vec<i32> = (1..=n as i32).collect();
        let want = whole(&x, size, hop, partial);
        let mut framer = Framer::with_capacity(size, hop, 1, capacity).unwrap();
        let mut got = Vec::new();
        for block in split(&x, &cuts) {
            let before = got.len();
            let promised = framer.frames_after(block.len());
            framer.process(block, |f| got.push((f.channel(0).to_vec(), f.real()))).unwrap();
            prop_assert_eq!(got.len() - before, promised);
        }
        framer.finish(if partial { Tail::Partial } else { Tail::Drop }).unwrap();
        while let Some(f) = framer.next_frame() {
            got.push((f.channel(0).to_vec(), f.real()));
        }
        prop_assert_eq!(&got, &want);
        // The plan of the whole agrees on how many there are.
        let tail = if partial { Tail::Partial } else { Tail::Drop };
        if n >= size || partial {
            prop_assert_eq!(Framing::new(size, hop).tail(tail).count(n).unwrap(), want.len());
        }
    }

    /// Push and take, with back-pressure: what is refused is not taken, and pushing it again later loses nothing.
    #[test]
    fn back_pressure_loses_nothing(
        n in 0usize..300, size in 1usize..20, hop in 1usize..30, block in 1usize..40, capacity in 0usize..60,
    ) {
        let x: Vec<i32> = (1..=n as i32).collect();
        let mut framer = Framer::with_capacity(size, hop, 1, capacity).unwrap();
        let mut got = Vec::new();
        let mut rest = &x[..];
        while !rest.is_empty() {
            let now = block.min(rest.len());
            match framer.push(&rest[..now]) {
                Ok(()) => rest = &rest[now..],
                Err(Error::FramerFull { given, room, .. }) => {
                    prop_assert!(given == now && room < now && room == framer.room());
                    framer.push(&rest[..room]).unwrap();
                    rest = &rest[room..];
                    let needed = framer.needed_for_next();
                    prop_assert_eq!(needed, 0, "a full framer has a frame");
                    got.push(framer.next_frame().unwrap().channel(0).to_vec());
                }
                Err(other) => panic!("{other}"),
            }
        }
        while let Some(f) = framer.next_frame() {
            got.push(f.channel(0).to_vec());
        }
        let want: Vec<_> = whole(&x, size, hop, false).into_iter().map(|(f, _)| f).collect();
        prop_assert_eq!(got, want);
    }

    /// Every way of giving samples, in any order, leaves the stream in the same state.
    #[test]
    fn ways_of_giving_samples_mix(
        size in 1usize..30, hop in 1usize..50, channels in 1usize..3,
        steps in proptest::collection::vec((0usize..4, 0usize..70), 0..20), partial: bool,
    ) {
        let n: usize = steps.iter().map(|(_, len)| len).sum();
        let x: Vec<i32> = (1..=(n * channels) as i32).collect();
        let lane: Vec<i32> = x.iter().step_by(channels).copied().collect();
        let mut want = Vec::new();
        for (frame, real) in whole(&lane, size, hop, partial) {
            for c in 0..channels as i32 {
                want.extend(frame.iter().enumerate().map(|(i, v)| if i < real { v + c } else { 0 }));
            }
        }
        let mut framer = Framer::with_capacity(size, hop, channels, 200).unwrap();
        let (mut got, mut at) = (Vec::new(), 0);
        for (way, len) in steps {
            let block = &x[at..at + len * channels];
            at += block.len();
            let frames = framer.frames_after(len);
            match way {
                0 => framer.process(block, |f| got.extend(f.view().iter().copied())).unwrap(),
                1 if framer.room() >= len => {
                    framer.push(block).unwrap();
                    prop_assert_eq!(framer.frames_after(0), frames);
                    prop_assert_eq!(framer.needed_for_next() == 0, frames > 0);
                }
                2 => {
                    let mut out = vec![0; frames * channels * size + 1];
                    prop_assert_eq!(framer.process_into(block, &mut out), Ok(frames));
                    got.extend_from_slice(&out[..frames * channels * size]);
                }
                _ => {
                    let mut out = vec![0; frames * channels * size];
                    framer.writing_into(&mut out, |to| {
                        let (a, b) = block.split_at(len / 2 * channels);
                        let both = to.process(a).unwrap() + to.process(b).unwrap();
                        assert_eq!((both, to.written()), (frames, frames));
                    });
                    got.extend(out);
                }
            }
        }
        framer.finish(if partial { Tail::Partial } else { Tail::Drop }).unwrap();
        while let Some(f) = framer.next_frame() {
            got.extend(f.view().iter().copied());
        }
        prop_assert_eq!(got, want);
    }

    #[test]
    fn channels_stay_apart(n in 0usize..60, channels in 1usize..5, size in 1usize..9, hop in 1usize..12, block in 1usize..9) {
        let x: Vec<i32> = (0..(n * channels) as i32).collect();
        let mut mixed = Framer::with_capacity(size, hop, channels, 0).unwrap();
        let mut got = Vec::new();
        for part in x.chunks(block * channels) {
            mixed.process(part, |f| got.extend(f.view().iter().copied())).unwrap();
        }
        let mut planar = Framer::with_capacity(size, hop, channels, block + size).unwrap();
        let lanes: Vec<Vec<i32>> = (0..channels).map(|c| x.iter().skip(c).step_by(channels).copied().collect()).collect();
        let mut separate = Vec::new();
        for at in (0..n).step_by(block) {
            let part: Vec<&[i32]> = lanes.iter().map(|l| &l[at..n.min(at + block)]).collect();
            planar.push_planar(&part).unwrap();
            while let Some(f) = planar.next_frame() {
                for c in 0..channels {
                    separate.extend_from_slice(f.channel(c));
                }
            }
        }
        let mut want = Vec::new();
        if n >= size {
            let view = View::new(&x, [n, channels]).unwrap().permute(&[1, 0]).unwrap();
            want = frames(&view, size, hop).unwrap().permute(&[1, 0, 2]).unwrap().iter().copied().collect();
        }
        prop_assert_eq!(&got, &want);
        prop_assert_eq!(&separate, &want);
    }
}

#[test]
fn the_numbers_say_what_happens_next() {
    let mut framer = Framer::new(4, 3).unwrap();
    assert_eq!((framer.latency(), framer.needed_for_next(), framer.frames_after(3)), (4, 4, 0));
    assert_eq!((framer.frames_after(4), framer.frames_after(7), framer.frames_after(6)), (1, 2, 1));
    framer.push(&[1, 2, 3, 4, 5]).unwrap();
    assert_eq!((framer.needed_for_next(), framer.frames_after(0)), (0, 1));
    assert_eq!(framer.next_frame().unwrap().channel(0), [1, 2, 3, 4]);
    assert_eq!(framer.needed_for_next(), 2);
    assert!(framer.next_frame().is_none());

    let mut gaps = Framer::new(2, 5).unwrap();
    gaps.push(&[1, 2, 3]).unwrap();
    assert_eq!(gaps.next_frame().unwrap().channel(0), [1, 2]);
    assert_eq!(gaps.needed_for_next(), 4); // two of the gap, two of the frame
    assert_eq!((gaps.frames_after(3), gaps.frames_after(4)), (0, 1));
    assert_eq!(Framer::<u8>::new(4, 1).unwrap().frames_after(usize::MAX), 0); // longer than any line
}

#[test]
fn process_into_writes_all_or_nothing() {
    let mut framer = Framer::new(3, 2).unwrap();
    let mut out = [0; 6];
    assert_eq!(framer.process_into(&[1, 2, 3, 4, 5], &mut out), Ok(2));
    assert_eq!(out, [1, 2, 3, 3, 4, 5]);
    let short = framer.process_into(&[6, 7, 8, 9], &mut out[..5]).unwrap_err();
    assert_eq!(
        short.to_string(),
        "the result of shape [2, 1, 3] holds 6 elements, but the buffer has 5: make it that long"
    );
    assert_eq!(framer.process_into(&[6, 7, 8, 9], &mut out), Ok(2));
    assert_eq!(out, [5, 6, 7, 7, 8, 9]);
}

#[test]
fn a_writer_keeps_what_was_written_before_a_refusal() {
    let mut framer = Framer::new(3, 2).unwrap();
    let mut out = [0; 7];
    let refused = framer.writing_into(&mut out, |frames| {
        assert_eq!(frames.process(&[1, 2, 3, 4]), Ok(1));
        let refused = frames.process(&[5, 6, 7]).unwrap_err();
        assert_eq!((frames.process(&[5]), frames.written()), (Ok(1), 2));
        refused
    });
    assert_eq!(
        refused.to_string(),
        "the result of shape [2, 1, 3] holds 6 elements, but the buffer has 4: make it that long"
    );
    assert_eq!(out, [1, 2, 3, 3, 4, 5, 0]);
}

/// Large enough for streaming stores.
#[test]
fn a_large_buffer_holds_the_frames_of_the_whole() {
    let x: Vec<u32> = (0..600_000).collect();
    let want = frames(&x, 400, 160).unwrap().to_array();
    let mut out = vec![0; want.len() + 1];
    Framer::new(400, 160).unwrap().writing_into(&mut out[1..], |frames| {
        for block in x.chunks(777) {
            frames.process(block).unwrap();
        }
    });
    assert_eq!(&out[1..], want.as_slice());
}

/// A buffer that is being written past the caches is not read before all of it is there, so what a writer shows of itself has
/// none of its samples.
#[test]
fn a_writer_shows_how_far_it_is_and_no_samples() {
    for len in [12usize, 3 << 20] {
        let mut out = vec![77u32; len];
        Framer::new(4, 4).unwrap().writing_into(&mut out, |frames| {
            frames.process(&[1234, 1235, 1236, 1237, 1238]).unwrap();
            let streams = len > 12 && cfg!(all(target_arch = "x86_64", not(miri)));
            assert_eq!(
                format!("{frames:?}"),
                format!("FrameWriter {{ written: 1, out: Lined {{ len: {len}, done: 4, streams: {streams} }}, .. }}")
            );
        });
        assert_eq!(out[..5], [1234, 1235, 1236, 1237, 77]);
    }
}

#[test]
fn frames_inside_a_block_are_slices_of_it() {
    let block: Vec<u8> = (0..100).collect();
    let mut framer = Framer::new(10, 4).unwrap();
    framer.process(&[7; 9], |_| ()).unwrap();
    let mut starts = Vec::new();
    framer.process(&block, |f| starts.push(block.as_ptr_range().contains(&f.channel(0).as_ptr()))).unwrap();
    assert_eq!(starts.len(), 25);
    assert!(starts[..3].iter().all(|inside| !inside) && starts[3..].iter().all(|inside| *inside));
}

#[test]
fn bad_input_is_refused_and_changes_nothing() {
    let text = |e: Error| e.to_string();
    assert!(matches!(Framer::<f32>::new(0, 1), Err(Error::ZeroWindow { axis: 0 })));
    assert!(matches!(Framer::<f32>::new(1, 0), Err(Error::ZeroStep { axis: 0 })));
    assert!(matches!(
        Framer::<f32>::with_capacity(4, 2, 0, 0),
        Err(Error::Parameter { what: "the number of channels", .. })
    ));
    assert!(matches!(Framer::<f32>::new(usize::MAX / 2, 1), Err(Error::SpanOverflow { .. })));
    assert!(matches!(Framer::<f32>::with_capacity(1, 1, usize::MAX / 2, 1), Err(Error::TooLarge { .. })));
    let mut framer = Framer::with_capacity(4, 2, 2, 4).unwrap();
    assert_eq!(
        text(framer.push(&[0; 10]).unwrap_err()),
        "a block of 5 samples does not fit: there is room for 4 of 4; take frames first, push 4 at most, or use process()"
    );
    assert_eq!(
        text(framer.push(&[0; 3]).unwrap_err()),
        "3 interleaved samples are no multiple of 2 channels: pass all channels of a sample together"
    );
    assert_eq!(
        text(framer.push_planar(&[&[0, 0], &[0]]).unwrap_err()),
        "2 slices for 2 channels, or slices of different lengths: give one for each channel, all equally long"
    );
    assert_eq!((framer.room(), framer.needed_for_next()), (4, 4));
    assert_eq!(
        text(framer.finish(Tail::Spread).unwrap_err()),
        "a stream cannot end with Tail::Spread, which moves earlier windows: use Tail::Drop or Tail::Partial"
    );
    framer.push(&[1, 2]).unwrap();
    framer.finish(Tail::Partial).unwrap();
    for error in [framer.finish(Tail::Drop).unwrap_err(), framer.push(&[1, 2]).unwrap_err()] {
        assert_eq!(text(error), "the stream has ended: reset() starts a new one");
    }
    let last = framer.next_frame().unwrap();
    assert_eq!((last.channel(0), last.channel(1), last.real()), (&[1, 0, 0, 0][..], &[2, 0, 0, 0][..], 1));
    assert!(framer.next_frame().is_none());
    framer.reset();
    framer.push(&[1, 2]).unwrap();
    assert_eq!(framer.needed_for_next(), 3);
}

#[test]
fn nothing_is_allocated_after_construction() {
    let x: Vec<f32> = (0..50_000).map(|i| i as f32).collect();
    let mut out = vec![0.0f32; 400 * 64];
    let mut framer = Framer::new(400, 160).unwrap();
    let mut stereo = Framer::with_capacity(256, 300, 2, 1000).unwrap();
    let mut sum = 0.0;
    let made = allocations(|| {
        for (i, block) in x.chunks(777).enumerate() {
            if i % 2 == 0 {
                framer.process(block, |f| sum += f.channel(0)[0]).unwrap();
            } else {
                framer.process_into(block, &mut out).unwrap();
            }
        }
        framer.finish(Tail::Partial).unwrap();
        while framer.next_frame().is_some() {}
        framer.reset();
        for block in x.chunks(500) {
            stereo.push(block).unwrap();
            while let Some(f) = stereo.next_frame() {
                sum += f.view()[[1, 255]];
            }
        }
    });
    assert_eq!(made, 0);
    assert!(sum > 0.0);
}
