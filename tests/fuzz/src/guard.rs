//! Limits a request runs under: memory by an allocator that counts, panics by a hook that keeps them.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes a thread may hold more than when its request began.
const MEMORY: isize = 64 << 20;

struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static LIMITED: Cell<bool> = const { Cell::new(false) };
    static WHERE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Counts an allocation, unless it is too much.
fn take(bytes: usize) -> bool {
    // A thread that ends has no counters any more, and no limit.
    let limited = LIMITED.try_with(Cell::get).unwrap_or(false);
    let fits = |held: &Cell<isize>| {
        let sum = held.get().saturating_add_unsigned(bytes);
        if limited && sum > MEMORY {
            return false;
        }
        held.set(sum);
        true
    };
    HELD.try_with(fits).unwrap_or(true)
}

fn give(bytes: usize) {
    let _ = HELD.try_with(|held| held.set(held.get().saturating_sub_unsigned(bytes)));
}

// SAFETY: every call goes to the system's allocator with the caller's own arguments; what is refused is null, as the
// trait allows. Counting allocates nothing: the counters are plain cells that need no initialisation.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !take(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's layout.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !take(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's layout.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        give(layout.size());
        // SAFETY: the caller's block and layout, which came from this allocator and so from the system's.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !take(size) {
            return std::ptr::null_mut();
        }
        give(layout.size());
        // SAFETY: the caller's block, layout and size, under the same conditions.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Keeps where a panic came from instead of printing it.
pub fn keep_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or(String::new(), |l| format!("{}:{}", l.file(), l.line()));
        WHERE.with(|w| *w.borrow_mut() = place);
    }));
}

/// Runs `f` under the limits; a panic is a failure in words.
pub fn run<R>(f: impl FnOnce() -> Result<R, String>) -> Result<R, String> {
    HELD.set(0);
    LIMITED.set(true);
    let result = catch_unwind(AssertUnwindSafe(f));
    LIMITED.set(false);
    result.unwrap_or_else(|payload| {
        let message = payload.downcast_ref::<String>().cloned();
        let message = message.or_else(|| payload.downcast_ref::<&str>().map(|s| s.to_string())).unwrap_or_default();
        let place = WHERE.with(|w| std::mem::take(&mut *w.borrow_mut()));
        Err(format!("panic at {place}: {message}"))
    })
}
