//! A realtime callback in miniature: blocks of changing size come in, are framed, changed and put together again, and
//! nothing is allocated while it runs.
//!
//! ```text
//! cargo run --release --example live_framer
//! ```

#[path = "common/picture.rs"]
mod picture;

use ndwindow::Array;
use ndwindow::audio::{Edges, Framer, OverlapAdd, OverlapStream, WindowFn};
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::VecDeque;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SIZE: usize = 512;
const HOP: usize = 128;
const RATE: f64 = 48_000.0;

/// Everything the callback owns, made before the sound starts.
struct Effect {
    framer: Framer<f32>,
    add: OverlapStream<f32>,
    window: Vec<f32>,
    frame: Vec<f32>,
    finished: Vec<f32>,
    waiting: VecDeque<f32>,
}

impl Effect {
    fn new(longest_block: usize) -> ndwindow::Result<Self> {
        let window = WindowFn::Sine.periodic(SIZE)?;
        let mut effect = Effect {
            framer: Framer::new(SIZE, HOP)?,
            add: OverlapAdd::weighted(&window, HOP, Edges::Normalized)?.stream(),
            frame: vec![0.0; SIZE],
            finished: vec![0.0; SIZE],
            waiting: VecDeque::with_capacity(2 * SIZE + longest_block),
            window,
        };
        // As much silence as the frames hold back, so that there is always enough to play.
        effect.waiting.extend(std::iter::repeat_n(0.0, effect.latency()));
        Ok(effect)
    }

    /// A sample leaves when the last frame that holds it is complete.
    fn latency(&self) -> usize {
        self.framer.latency()
    }

    /// What the sound card calls: as many samples out as in. Returns how many frames it finished.
    fn callback(&mut self, block: &mut [f32]) -> ndwindow::Result<usize> {
        let mut frames = 0;
        let Effect { framer, add, window, frame, finished, waiting } = self;
        framer.process(block, |cut| {
            for ((y, x), w) in frame.iter_mut().zip(cut.channel(0)).zip(&*window) {
                *y = x * w; // here a real effect would change the frame
            }
            let ready = add.push(frame, finished).expect("buffers of the right size");
            waiting.extend(&finished[..ready]);
            frames += 1;
        })?;
        for sample in block {
            *sample = waiting.pop_front().expect("the latency covers what frames hold back");
        }
        Ok(frames)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let sizes = [64, 256, 1, 480, 37, 512, 128, 1024, 0, 333];
    let longest = sizes.into_iter().max().unwrap_or(0);
    let mut effect = Effect::new(longest)?;
    let latency = effect.latency();
    println!(
        "frames of {SIZE} every {HOP}; latency {latency} samples, {:.1} ms at 48 kHz\n",
        1000.0 * latency as f64 / RATE
    );

    let tone = |n: usize| (n as f32 * 0.03).sin();
    let mut block = vec![0.0f32; longest];
    let (mut at, mut worst) = (0usize, 0.0f32);
    let mut log = Vec::with_capacity(sizes.len());
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for round in 0..200 {
        for &size in &sizes {
            let block = &mut block[..size];
            for (i, sample) in block.iter_mut().enumerate() {
                *sample = tone(at + i);
            }
            let frames = effect.callback(block)?;
            // The effect changes nothing, so what comes out is what went in a latency ago.
            for (i, sample) in block.iter().enumerate() {
                if let Some(n) = (at + i).checked_sub(latency).filter(|n| *n > 0) {
                    worst = worst.max((sample - tone(n)).abs());
                }
            }
            at += size;
            if round == 0 {
                log.push((size, frames, effect.framer.needed_for_next()));
            }
        }
    }
    let made = ALLOCATIONS.load(Ordering::Relaxed) - before;

    println!("{:>6}  {:>6}  {:>16}", "block", "frames", "needed for next");
    for (size, frames, needed) in log {
        println!("{size:>6}  {frames:>6}  {needed:>16}");
    }
    println!("\n{at} samples in {} callbacks: {made} allocations, largest error {worst:.1e}", 200 * sizes.len());
    assert_eq!(made, 0);
    assert!(worst < 1e-4);

    let picture = draw(&sizes, latency);
    std::fs::create_dir_all("out")?;
    picture::write(&picture, "out/live_framer.png")?;
    println!("wrote out/live_framer.png: blocks, the frames they complete, and what goes out one latency later");
    picture::shown(&picture, "live_framer", 1)
}

/// Time to the right, four samples a pixel: the blocks as they come, the frames, the same blocks as they go out.
fn draw(sizes: &[usize], latency: usize) -> Array<u8> {
    let (scale, row) = (4, 14);
    let samples: usize = sizes.iter().sum();
    let mut picture = picture::plain([8 * row, (samples + latency) / scale + 2], [252, 252, 250]);
    let mut bar = |line: usize, from: usize, to: usize, color: [u8; 3]| {
        for (y, x) in (0..row - 3).flat_map(|y| (from / scale..(to / scale).max(from / scale + 1)).map(move |x| (y, x)))
        {
            picture::put(&mut picture, [line * row + 2 + y, x], color);
        }
    };
    let mut at = 0;
    for (i, size) in sizes.iter().enumerate() {
        let color = if i % 2 == 0 { [0, 114, 178] } else { [86, 180, 233] };
        bar(0, at, at + size, color);
        bar(7, at + latency, at + latency + size, color);
        at += size;
    }
    for (t, start) in (0..=samples - SIZE).step_by(HOP).enumerate() {
        let color = if t % 2 == 0 { [213, 94, 0] } else { [230, 159, 0] };
        bar(1 + t % 5, start, start + SIZE, color);
    }
    picture
}
