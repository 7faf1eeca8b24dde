//! What a process costs, from `/proc`: nothing where there is none.

use std::path::PathBuf;

/// Clock ticks in a second, as Linux reports them to user space on every architecture it runs on.
const TICKS: f64 = 100.0;

/// Processor time of a process so far, in seconds.
pub(crate) fn seconds(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat"))).ok()?;
    // The second field is a name in parentheses that may hold blanks.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}

/// Peak resident memory of a process, in MiB, since it began or since [`forget_peak`].
pub(crate) fn peak(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

/// Lets the peak begin anew.
#[expect(clippy::disallowed_methods, reason = "a switch of the kernel, no file")]
pub(crate) fn forget_peak(pid: u32) {
    // Where this is not allowed the peak stays that of the whole life, which is no smaller.
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").ok();
}
