//! What a convolution holds beyond its input and its result: at most 4 MiB for each thread, whatever the sizes.

use ndwindow::nn::{Conv, ConvTranspose};
use ndwindow::{Array, View};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// Counts the bytes that are held, and the most there were.
struct Peak;

// SAFETY: every call goes to the system's allocator unchanged; counting touches no memory that was allocated.
unsafe impl GlobalAlloc for Peak {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(held, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Peak = Peak;

/// The most bytes `f` held beyond what was held before.
fn peak(f: impl FnOnce()) -> usize {
    let before = HELD.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    f();
    MOST.load(Ordering::Relaxed) - before
}

fn array(shape: &[usize]) -> Array<f32> {
    Array::from_elem(0.5, shape).unwrap()
}

/// A convolution with weights, and how many bytes an im2col matrix would have.
fn forward(conv: Conv, x: &[usize], w: &[usize], threads: usize) -> (usize, usize) {
    let (x, w) = (array(x), array(w));
    let mut out = array(&conv.shape(x.shape(), w.shape()).unwrap());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let matrix = out.len() / w.shape()[0] * w.shape()[1..].iter().product::<usize>() * 4;
        // The pool makes lists of its own on first use.
        pool.broadcast(|_| ());
        let run = |out: &mut Array<f32>| conv.run_into(&x, &w, None, out.as_mut_slice()).unwrap();
        (peak(|| run(&mut out)), matrix)
    })
}

const LIMIT: usize = 4 << 20;

#[test]
fn stays_below_four_mebibytes_a_thread() {
    let one = Conv::new;
    let cases = [
        (one().pad(1), vec![1, 64, 40, 40], vec![64, 64, 3, 3]),
        (one().pad(1), vec![1, 512, 5, 5], vec![512, 512, 3, 3]),
        (one().pad(3).step(2), vec![1, 3, 160, 160], vec![64, 3, 7, 7]),
        (one().pad(1), vec![1, 8, 12, 64, 64], vec![4, 8, 3, 3, 3]),
        (one().pad(4), vec![1, 32, 40_000], vec![4, 32, 5]),
        (one(), vec![1, 4096, 6, 6], vec![64, 4096, 1, 1]),
        (one().groups(64).pad(2), vec![1, 64, 80, 80], vec![64, 1, 5, 5]),
        (one().dilation(5_000), vec![1, 2, 200_000], vec![2, 2, 5]),
        (one().step(64), vec![1, 1, 512, 512], vec![2, 1, 300, 300]),
    ];
    for (conv, x, w) in cases {
        for threads in if x[1] == 64 { 1..3 } else { 1..2 } {
            let (held, matrix) = forward(conv.clone(), &x, &w, threads);
            assert!(held < LIMIT * threads, "{x:?} by {w:?} on {threads} threads held {held} bytes");
            println!("{x:?} by {w:?} on {threads}: {held} bytes, an im2col matrix {matrix}");
        }
    }

    let (x, w) = (array(&[1, 64, 36, 36]), array(&[64, 64, 3, 3]));
    let conv = Conv::new().pad(1);
    let dy = conv.run(&x, &w, None).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        let held = peak(|| drop(conv.weight_gradient(&x, &dy, w.shape()).unwrap()));
        assert!(held < LIMIT + w.len() * 4, "the gradient for weights held {held} bytes");
        let held = peak(|| drop(conv.input_gradient(&dy, &w, x.shape()).unwrap()));
        assert!(held < LIMIT + x.len() * 4, "the gradient for the array held {held} bytes");
        let up = ConvTranspose::new().step(2);
        let held = peak(|| drop(up.run(&x, &w, None).unwrap()));
        let result: usize = up.shape(x.shape(), w.shape()).unwrap().iter().product();
        assert!(held < LIMIT + result * 4, "the transposed convolution held {held} bytes");
        let prepared = conv.prepare(x.shape(), View::new(w.as_slice(), w.shape()).unwrap()).unwrap();
        let mut out = array(prepared.shape());
        let held = peak(|| prepared.conv_into(&x, out.as_mut_slice()).unwrap());
        assert!(held < LIMIT / 2, "the prepared convolution held {held} bytes");
    });
}
