//! Memory of a process, from `/proc`: nothing where there is none.

/// Resident memory in MiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) now: f64,
    /// The most since the process began, or since [`forget_peak`].
    pub(crate) peak: f64,
}

pub(crate) fn of(pid: u32) -> Option<Memory> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kib / 1024.0)
    };
    Some(Memory { now: field("VmRSS:")?, peak: field("VmHWM:")? })
}

/// Lets the peak begin anew.
#[expect(clippy::disallowed_methods, reason = "a switch of the kernel, no file")]
pub(crate) fn forget_peak(pid: u32) {
    // Where this is not allowed the peak stays that of the whole life, which is no smaller.
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").ok();
}
