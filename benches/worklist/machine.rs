//! What machine this is, in one line, for tables of times.

/// Its processor, how many threads run at once, and which loops the crate takes there.
pub(crate) fn name() -> String {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {threads} threads, {}", processor(), level())
}

fn processor() -> String {
    let named = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split(':').nth(1)?.trim().to_owned())
    });
    named.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn level() -> String {
    if let Some(level) = std::env::var_os("NDWINDOW_LEVEL").filter(|level| !level.is_empty()) {
        return format!("held to {}", level.to_string_lossy());
    }
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
            return "AVX-512".to_owned();
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return "AVX2".to_owned();
        }
    }
    "baseline".to_owned()
}
