//! Which instruction set a loop is compiled for, decided once, at run time.
//!
//! The kernels of this folder are plain generic loops. [`Level::run`] enters a function that carries
//! `#[target_feature]` and inlines the loop there, so that the compiler vectorises the same source once per
//! level. Nothing but detection makes a level above the baseline.

#![allow(unsafe_code)]

/// A loop that can be compiled for several instruction sets.
///
/// `run` must be `#[inline(always)]`, and so must everything it calls: a function left standing on its own is
/// compiled for the baseline.
pub(crate) trait Kernel {
    /// What the loop gives back.
    type Out;
    /// Runs the loop.
    fn run(self) -> Self::Out;
    /// Runs the loop where registers have `BYTES` bytes, for loops that store whole registers past the caches.
    #[inline(always)]
    fn run_at<const BYTES: usize>(self) -> Self::Out
    where
        Self: Sized,
    {
        self.run()
    }
}

/// An instruction set this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Level(Isa);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Isa {
    /// The compiler's own: SSE2 on x86-64, NEON on aarch64.
    Baseline,
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    Avx2,
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    Avx512,
}

impl Level {
    /// The best level of this machine, or a lower one that the environment variable `NDWINDOW_LEVEL` names (`baseline`,
    /// `avx2`; read once).
    #[inline]
    pub(crate) fn detect() -> Level {
        #[cfg(all(feature = "std", target_arch = "x86_64"))]
        {
            use std::sync::atomic::{AtomicU8, Ordering};
            // 0: not asked yet. Threads that ask at once store the same answer.
            static FOUND: AtomicU8 = AtomicU8::new(0);
            let found = match FOUND.load(Ordering::Relaxed) {
                0 => {
                    let n = ask();
                    FOUND.store(n, Ordering::Relaxed);
                    n
                }
                n => n,
            };
            match found {
                3 => Level(Isa::Avx512),
                2 => Level(Isa::Avx2),
                _ => Level(Isa::Baseline),
            }
        }
        #[cfg(not(all(feature = "std", target_arch = "x86_64")))]
        Level(Isa::Baseline)
    }

    /// Every level of this machine.
    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Level> {
        let best = Level::detect();
        let mut levels = alloc::vec![Level(Isa::Baseline)];
        #[cfg(all(feature = "std", target_arch = "x86_64"))]
        levels.extend([Level(Isa::Avx2), Level(Isa::Avx512)]);
        levels.into_iter().filter(move |level| *level <= best)
    }

    /// Bytes of its widest register.
    #[inline]
    pub(crate) fn vector_bytes(self) -> usize {
        match self.0 {
            Isa::Baseline => 16,
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            Isa::Avx2 => 32,
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            Isa::Avx512 => 64,
        }
    }

    /// This level, or the best one whose registers have at most so many bytes.
    pub(crate) fn at_most(self, bytes: usize) -> Level {
        #[cfg(all(feature = "std", target_arch = "x86_64"))]
        return match self.0 {
            Isa::Avx512 if bytes < 64 => Level(Isa::Avx2).at_most(bytes),
            Isa::Avx2 if bytes < 32 => Level(Isa::Baseline),
            _ => self,
        };
        #[cfg(not(all(feature = "std", target_arch = "x86_64")))]
        {
            let _ = bytes;
            self
        }
    }

    /// Runs a loop compiled for this level.
    #[inline(always)]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Out {
        match self.0 {
            Isa::Baseline => kernel.run_at::<16>(),
            // SAFETY: a `Level` other than the baseline comes only from `detect` (directly, or through `all` and
            // `at_most`, which never raise one), and `detect` gives `Avx2` only where the CPU reported every
            // feature that `avx2` below is compiled with.
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            Isa::Avx2 => unsafe { avx2(kernel) },
            // SAFETY: as above, for the features of `avx512`.
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            Isa::Avx512 => unsafe { avx512(kernel) },
        }
    }
}

#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[cold]
fn ask() -> u8 {
    macro_rules! has { ($($f:tt)*) => { true $(&& std::arch::is_x86_feature_detected!($f))* }; }
    let avx2 = has!("avx" "avx2" "bmi1" "bmi2" "fma" "f16c" "lzcnt" "popcnt" "sse4.1" "sse4.2" "ssse3");
    let avx512 = avx2 && has!("avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl");
    let found = 1 + u8::from(avx2) + u8::from(avx512);
    // Lowers, never raises: for tests and benchmarks of every level.
    match std::env::var("NDWINDOW_LEVEL").as_deref() {
        Ok("baseline") => 1,
        Ok("avx2") => found.min(2),
        _ => found,
    }
}

#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[target_feature(enable = "avx,avx2,bmi1,bmi2,fma,f16c,lzcnt,popcnt,sse4.1,sse4.2,ssse3")]
fn avx2<K: Kernel>(kernel: K) -> K::Out {
    kernel.run_at::<32>()
}

#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[target_feature(
    enable = "avx,avx2,bmi1,bmi2,fma,f16c,lzcnt,popcnt,sse4.1,sse4.2,ssse3,avx512f,avx512bw,avx512cd,avx512dq,avx512vl"
)]
fn avx512<K: Kernel>(kernel: K) -> K::Out {
    kernel.run_at::<64>()
}
