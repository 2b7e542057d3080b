//! Which instruction set a loop is compiled for, decided once, at run time.
//!
//! The kernels of this folder are plain generic loops. [`Level::run`] enters a function that carries
//! `#[target_feature]` and inlines the loop there, so that the compiler vectorises the same source once per
//! level. Nothing but detection makes a level above the baseline, and nothing else in the crate asks the CPU what it can do.

#![allow(unsafe_code)]

/// A loop that can be compiled for several instruction sets.
///
/// `run` must be `#[inline(always)]`, and so must everything it calls: a function left standing on its own is
/// compiled for the baseline.
pub(crate) trait Kernel {
    /// What the loop gives back.
    type Out;
    /// Whether its values fit the lanes of registers: others have one loop for all levels.
    const LANES: bool = true;
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

/// A loop that writes one slice: the compiler knows that it overlaps nothing else the loop sees, and vectorises without looking.
pub(crate) trait Writer<O> {
    /// Runs the loop; `FUSED` says that a fused multiply-add is one instruction. Inlined as [`Kernel::run`] is.
    fn write<const FUSED: bool>(self, to: &mut [O]);
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
    /// The best level of this machine, or the one that the environment variable `NDWINDOW_LEVEL` names (`baseline`,
    /// `avx2`, `avx512`; read once).
    ///
    /// # Panics
    /// If it names a level this machine does not have, or none: a run that was asked for one level must not pass at another.
    #[inline]
    pub(crate) fn detect() -> Level {
        #[cfg(feature = "std")]
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
                #[cfg(target_arch = "x86_64")]
                3 => Level(Isa::Avx512),
                #[cfg(target_arch = "x86_64")]
                2 => Level(Isa::Avx2),
                _ => Level(Isa::Baseline),
            }
        }
        #[cfg(not(feature = "std"))]
        Level(Isa::Baseline)
    }

    /// The name `NDWINDOW_LEVEL` has for it.
    #[cfg(test)]
    pub(crate) fn name(self) -> &'static str {
        match self.vector_bytes() {
            64 => NAMES[2],
            32 => NAMES[1],
            _ => NAMES[0],
        }
    }

    /// Every level of this machine, up to the one that is asked for.
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

    /// Runs a loop compiled for this level.
    #[inline(always)]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Out {
        if const { !K::LANES } {
            return kernel.run_at::<16>();
        }
        match self.0 {
            Isa::Baseline => kernel.run_at::<16>(),
            // SAFETY: a `Level` other than the baseline comes only from `detect` (directly, or through `all`, which never
            // raises one), and `detect` gives `Avx2` only where the CPU reported every
            // feature that `avx2` below is compiled with.
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            Isa::Avx2 => unsafe { avx2(kernel) },
            // SAFETY: as above, for the features of `avx512`.
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            Isa::Avx512 => unsafe { avx512(kernel) },
        }
    }

    /// The same for loops that gain nothing from registers of more than 32 bytes: there is none for AVX-512.
    #[inline(always)]
    pub(crate) fn run_short<K: Kernel>(self, kernel: K) -> K::Out {
        match self.0 {
            Isa::Baseline => kernel.run_at::<16>(),
            // SAFETY: as in `run`: either level was detected with every feature that `avx2` is compiled with.
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            Isa::Avx2 | Isa::Avx512 => unsafe { avx2(kernel) },
        }
    }

    /// Runs a loop that writes `to`, compiled for this level.
    #[inline(always)]
    pub(crate) fn write<O, W: Writer<O>>(self, to: &mut [O], writer: W) {
        if const { !in_lanes::<O>() } {
            return baseline_into(to, writer);
        }
        match self.0 {
            Isa::Baseline => baseline_into(to, writer),
            // SAFETY: as in `run`: a level above the baseline comes from detection alone.
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            Isa::Avx2 => unsafe { avx2_into(to, writer) },
            // SAFETY: as above.
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            Isa::Avx512 => unsafe { avx512_into(to, writer) },
        }
    }
}

/// Whether values are short enough for the lanes of registers, none of which has sixteen bytes or more.
pub(super) const fn in_lanes<A>() -> bool {
    size_of::<A>() < 16
}

/// A function of its own, so that `to` is a parameter, which is what tells that it overlaps nothing.
#[inline(never)]
fn baseline_into<O, W: Writer<O>>(to: &mut [O], writer: W) {
    writer.write::<{ cfg!(target_arch = "aarch64") }>(to);
}

/// The levels there are, by the names `NDWINDOW_LEVEL` has for them, each after those it contains.
#[cfg(any(test, feature = "std"))]
const NAMES: [&str; 3] = ["baseline", "avx2", "avx512"];

/// The number of the level to run at: where it stands in [`NAMES`], from 1.
#[cfg(feature = "std")]
#[cold]
fn ask() -> u8 {
    let wanted = std::env::var_os("NDWINDOW_LEVEL").map(|name| name.to_string_lossy().into_owned());
    match choose(machine(), wanted.as_deref()) {
        Ok(level) => level,
        Err(words) => panic!("{words}"),
    }
}

/// The number of this machine's best level.
#[cfg(feature = "std")]
fn machine() -> u8 {
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! has { ($($f:tt)*) => { true $(&& std::arch::is_x86_feature_detected!($f))* }; }
        let avx2 = has!("avx" "avx2" "bmi1" "bmi2" "fma" "f16c" "lzcnt" "popcnt" "sse4.1" "sse4.2" "ssse3");
        let avx512 = avx2 && has!("avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl");
        1 + u8::from(avx2) + u8::from(avx512)
    }
    #[cfg(not(target_arch = "x86_64"))]
    1
}

/// The level that is `wanted` on a machine whose best one is `best`: a lower one or that one, never a higher. The best if none
/// is named.
#[cfg(feature = "std")]
fn choose(best: u8, wanted: Option<&str>) -> Result<u8, alloc::string::String> {
    let there = &NAMES[..usize::from(best)];
    let Some(wanted) = wanted.filter(|name| !name.is_empty()) else { return Ok(best) };
    let level = there.iter().zip(1..).find(|(name, _)| **name == wanted);
    level.map(|(_, level)| level).ok_or_else(|| {
        let known = if NAMES.contains(&wanted) { "this machine does not have it" } else { "there is no such level" };
        alloc::format!("NDWINDOW_LEVEL is {wanted}, but {known}: use {}, or leave it unset", there.join(" or "))
    })
}

/// The two functions that loops of a level are inlined into, and the features they are compiled with.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
macro_rules! compiled_for {
    ($features:literal, $bytes:literal: $run:ident $write:ident) => {
        #[target_feature(enable = $features)]
        fn $run<K: Kernel>(kernel: K) -> K::Out {
            kernel.run_at::<$bytes>()
        }

        #[target_feature(enable = $features)]
        #[inline(never)]
        fn $write<O, W: Writer<O>>(to: &mut [O], writer: W) {
            writer.write::<true>(to);
        }
    };
}

#[cfg(all(feature = "std", target_arch = "x86_64"))]
compiled_for! { "avx,avx2,bmi1,bmi2,fma,f16c,lzcnt,popcnt,sse4.1,sse4.2,ssse3", 32: avx2 avx2_into }
#[cfg(all(feature = "std", target_arch = "x86_64"))]
compiled_for! {
    "avx,avx2,bmi1,bmi2,fma,f16c,lzcnt,popcnt,sse4.1,sse4.2,ssse3,avx512f,avx512bw,avx512cd,avx512dq,avx512vl",
    64: avx512 avx512_into
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_not_there_is_refused() {
        let cases: [(u8, Option<&str>, Result<u8, &str>); 13] = [
            (1, None, Ok(1)),
            (3, None, Ok(3)),
            (2, Some(""), Ok(2)),
            (1, Some("baseline"), Ok(1)),
            (3, Some("baseline"), Ok(1)),
            (2, Some("avx2"), Ok(2)),
            (3, Some("avx2"), Ok(2)),
            (3, Some("avx512"), Ok(3)),
            (1, Some("avx2"), Err("this machine does not have it: use baseline, or leave it unset")),
            (2, Some("avx512"), Err("this machine does not have it: use baseline or avx2, or leave it unset")),
            (2, Some("AVX2"), Err("there is no such level: use baseline or avx2, or leave it unset")),
            (3, Some("best"), Err("there is no such level: use baseline or avx2 or avx512, or leave it unset")),
            (1, Some(" avx2"), Err("there is no such level: use baseline, or leave it unset")),
        ];
        for (best, wanted, want) in cases {
            let want = want.map_err(|words| alloc::format!("NDWINDOW_LEVEL is {}, but {words}", wanted.unwrap_or("")));
            assert_eq!(choose(best, wanted), want);
        }
    }

    /// Streaming stores once asked for themselves, and went on with AVX-512 at every level.
    #[test]
    #[cfg(not(miri))]
    fn nothing_else_asks_the_cpu() {
        let mut folders = alloc::vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut asking = alloc::vec![];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false if std::fs::read_to_string(&path).unwrap().contains("_feature_detected!") => {
                        asking.push(path)
                    }
                    false => {}
                }
            }
        }
        assert!(asking.len() == 1 && asking[0].ends_with("kernel/level.rs"), "{asking:?}");
    }

    /// What the tests of this crate that say "every level" went through: seen whether they pass or not.
    #[test]
    fn levels_that_ran() {
        use std::io::Write;
        let levels: alloc::vec::Vec<&str> = Level::all().map(Level::name).collect();
        assert_eq!(levels.len(), usize::from(ask()));
        let of = &NAMES[..usize::from(machine())];
        let line = alloc::format!("levels that ran: {}; this machine has {}\n", levels.join(", "), of.join(", "));
        // Not `eprintln`, which a test that passes keeps to itself.
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
}
