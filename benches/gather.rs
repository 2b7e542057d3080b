//! Copies and views of windows beside the cheapest thing that moves the same bytes, in one run.
//!
//! The table interleaves every copy with its floor, which is what a ratio needs on a machine whose speed changes meanwhile.

#[path = "worklist/inputs.rs"]
mod inputs;
#[path = "worklist/warm.rs"]
mod warm;

use std::hint::black_box;
use std::time::Instant;

use ndwindow::audio::Framer;
use ndwindow::{View, unfold};
use rayon::ThreadPool;

/// A copy and its floor: both write into a kept buffer.
struct Case {
    name: &'static str,
    floor_name: &'static str,
    ours: Box<dyn FnMut() + Send>,
    floor: Box<dyn FnMut() + Send>,
}

/// A case over an input and two outputs of their own, each touched before it is timed.
fn case<T: Copy + Default + PartialEq + Send + 'static>(
    name: &'static str,
    len: usize,
    ours: impl FnMut(&mut [T]) -> ndwindow::Result<()> + Send + 'static,
    expect: impl Fn(usize) -> T,
    (floor_name, floor): (&'static str, impl FnMut(&mut [T]) + Send + 'static),
) -> Case {
    let (mut ours, mut floor) = (ours, floor);
    let (mut out, mut other) = (vec![T::default(); len], vec![T::default(); len]);
    ours(&mut out).expect("a request that fits");
    floor(&mut other);
    assert!((0..len).step_by(len / 997 + 1).all(|i| out[i] == expect(i)), "{name}: a wrong answer");
    Case {
        name,
        floor_name,
        ours: Box::new(move || ours(black_box(&mut out)).expect("the same call has succeeded before")),
        floor: Box::new(move || floor(black_box(&mut other))),
    }
}

fn plain<T: Copy + Send + 'static>(source: Vec<T>) -> (&'static str, impl FnMut(&mut [T]) + Send + 'static) {
    ("plain copy", move |out: &mut [T]| out.copy_from_slice(black_box(&source)))
}

fn cases() -> Vec<Case> {
    let image: Vec<u8> = inputs::tensor("img_u8_rgb", 4096 * 4096 * 3);
    let images: Vec<f32> = inputs::tensor("img_f32_b32", 32 * 3 * 224 * 224);
    let x: Vec<f32> = inputs::tensor("x_8x64x56", 8 * 64 * 56 * 56);
    let tokens: Vec<u32> = inputs::tensor("tokens_u32_50M", 50_000_000);
    let (image_2, images_2, x_2, tokens_2) = (image.clone(), images.clone(), x.clone(), tokens.clone());
    let windows = (tokens.len() - 512) / 256 + 1;
    vec![
        case(
            "patchify u8 4096x4096x3 by 16",
            image.len(),
            move |out| {
                unfold([0, 1], 16, 16).grid_first().windows(View::new(&image_2, [4096, 4096, 3])?)?.copy_into(out)
            },
            {
                let image = image.clone();
                move |i| {
                    let (patch, at) = (i / 768, i % 768);
                    image[(patch / 256 * 16 + at / 48) * 12288 + patch % 256 * 48 + at % 48]
                }
            },
            plain(image),
        ),
        case(
            "patchify f32 32x3x224x224 by 16",
            images.len(),
            move |out| {
                let windows = unfold([2, 3], 16, 16).windows(View::new(&images_2, [32, 3, 224, 224])?)?;
                windows.permute(&[0, 2, 3, 4, 5, 1])?.copy_into(out)
            },
            {
                let images = images.clone();
                move |i| {
                    let (n, patch, y, x, c) = (i / 150528, i / 768 % 196, i % 768 / 48, i % 48 / 3, i % 3);
                    images[((n * 3 + c) * 224 + patch / 14 * 16 + y) * 224 + patch % 14 * 16 + x]
                }
            },
            plain(images),
        ),
        case(
            "im2col f32 8x64x56x56 k3 p1",
            8 * 576 * 3136,
            move |out| {
                let windows = unfold([2, 3], 3, 1).pad(1).windows(View::new(&x_2, [8, 64, 56, 56])?)?;
                windows.permute(&[0, 1, 4, 5, 2, 3])?.copy_into(out)
            },
            move |i| {
                let (y, x_at) = (i % 3136 / 56 + i / 9408 % 3, i % 56 + i / 3136 % 3);
                let inside = (1..57).contains(&y) && (1..57).contains(&x_at);
                if inside { x[i / 28224 * 3136 + (y - 1) * 56 + x_at - 1] } else { 0.0 }
            },
            ("fill", |out: &mut [f32]| out.fill(black_box(1.5))),
        ),
        case(
            "text u32 50M by 512, step 256",
            windows * 512,
            move |out| unfold(0, 512, 256).windows(&tokens_2)?.copy_into(out),
            {
                let tokens = tokens.clone();
                move |i| tokens[i / 512 * 256 + i % 512]
            },
            plain(tokens.iter().chain(&tokens).copied().take(windows * 512).collect()),
        ),
        framer(),
    ]
}

/// A stream in blocks of 64 to 1024 samples; its floor has the whole signal at once.
fn framer() -> Case {
    let x: Vec<f32> = inputs::tensor("sig_f32_9.6M", 9_600_000);
    let (stream, whole) = (x.clone(), x.clone());
    let mut framer = Framer::new(400, 160).expect("a size and a hop");
    case(
        "framer f32 9.6M, 400 by 160",
        ((9_600_000 - 400) / 160 + 1) * 400,
        move |out| {
            framer.reset();
            framer.writing_into(out, |to| inputs::blocks(&stream).try_for_each(|block| to.process(block).map(drop)))
        },
        move |i| x[i / 400 * 160 + i % 400],
        ("copy of all frames", move |out: &mut [f32]| {
            unfold(0, 400, 160).windows(&whole).and_then(|w| w.copy_into(out)).expect("fits");
        }),
    )
}

/// Building a view, and walking over one.
fn views() {
    let x: Vec<f32> = inputs::tensor("x_8x64x56", 8 * 64 * 56 * 56);
    let source = View::new(&x, [8, 64, 56, 56]).expect("the shape of the elements");
    let plan = unfold([2, 3], 7, 1).plan([8, 64, 56, 56]).expect("fits");
    let windows = unfold([2, 3], 7, 1).windows(&source).expect("fits");
    let view = windows.view().expect("fits");
    println!("{:48} {:>8}", "views of two axes of rank 4", "ns");
    each("request, plan and view", 100_000, || {
        black_box(unfold([2, 3], black_box(7), 1).windows(black_box(&source)).and_then(|w| w.view()).expect("fits"));
    });
    each("plan to view", 100_000, || {
        black_box(black_box(&plan).windows(black_box(&source)).and_then(|w| w.view()).expect("fits"));
    });
    each("windows to view", 100_000, || {
        black_box(black_box(&windows).view().expect("fits"));
    });
    let mut walk = view.outer_iter(4);
    each("outer_iter, one window each", 100_000, || match walk.next() {
        Some(window) => drop(black_box(window)),
        None => walk = view.outer_iter(4),
    });
    println!();
}

/// The median of 25 times of one call, among `runs` of them.
fn each(name: &str, runs: u32, mut call: impl FnMut()) {
    let mut time = || {
        let start = Instant::now();
        (0..runs).for_each(|_| call());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(runs)
    };
    println!("{name:48} {:8.1}", median((0..25).map(|_| time()).collect()));
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Medians of interleaved runs: ours, floor, ours, floor, ...
fn ratios(cases: &mut [Case], pools: &[ThreadPool]) {
    let time = |f: &mut (dyn FnMut() + Send)| {
        let start = Instant::now();
        f();
        start.elapsed().as_secs_f64() * 1e3
    };
    println!(
        "{:34} {:>10} {:>10}  {:>7} {:>10} {:>7}",
        "interleaved", "ours ms", "floor ms", "ratio", "2 threads", "gain"
    );
    for case in cases {
        let (mut one, mut two, mut floor) = (vec![], vec![], vec![]);
        for _ in 0..25 {
            one.push(pools[0].install(|| time(&mut *case.ours)));
            floor.push(time(&mut *case.floor));
            two.push(pools[1].install(|| time(&mut *case.ours)));
        }
        let (one, two, floor) = (median(one), median(two), median(floor));
        let (name, ratio, gain) = (case.name, one / floor, one / two);
        println!("{name:34} {one:10.3} {floor:10.3}  {ratio:7.2} {two:10.3} {gain:7.2}   of a {}", case.floor_name);
    }
}

fn main() {
    if cfg!(debug_assertions) {
        println!("these times mean something optimised only: cargo bench --bench gather");
        return;
    }
    warm::restart_with_huge_pages();
    views();
    let pools = [1, 2].map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("a thread pool"));
    ratios(&mut cases(), &pools);
}
