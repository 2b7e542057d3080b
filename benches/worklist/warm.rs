//! Buffers that cost no page faults while they are timed.

/// Starts this program again with an allocator that keeps freed memory and asks for huge pages: on a virtual machine the first
/// touch of a page can cost more than the work that is measured. Only GNU libc reads these settings; elsewhere nothing happens.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn restart_with_huge_pages() {
    use std::os::unix::process::CommandExt;
    const NAME: &str = "GLIBC_TUNABLES";
    const SETTINGS: &str = "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=34359738368:glibc.malloc.top_pad=67108864:glibc.malloc.hugetlb=1";
    if std::env::var_os(NAME).is_some() {
        return; // started by us, or somebody chose settings of their own
    }
    let Ok(program) = std::env::current_exe() else { return };
    let error = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(NAME, SETTINGS).exec();
    eprintln!("could not restart with huge pages: {error}");
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn restart_with_huge_pages() {}
