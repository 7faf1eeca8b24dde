//! What a worker gives up before it looks at a frame.
//!
//! Each measure is taken as far as the system has it, and [`Confinement`] tells how far that was.

use serde::{Deserialize, Serialize};

/// The level a worker runs at; `doctor` prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Limits of memory (2 GiB of address space), open files, file size and core dumps hold.
    pub limits: bool,
    /// No file can be opened, no TCP connection made.
    pub landlock: Landlock,
    /// Sockets, new programs, debugging and the like are refused by the kernel (seccomp).
    pub syscalls: bool,
}

/// How far Landlock holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Landlock {
    /// All that was asked for.
    Full,
    /// What this kernel knows of.
    Partial,
    /// The system has no Landlock.
    Absent,
}

/// Confines this process for good. Call it while there is one thread only: Landlock and seccomp
/// hold for the calling thread and those it starts.
pub(crate) fn confine() -> Confinement {
    Confinement { limits: limits(), landlock: landlock(), syscalls: syscalls() }
}

/// Allows this many more seconds of processor time from now on; the kernel ends the process after.
pub(crate) fn allow_seconds(more: u64) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        use rustix::time::{ClockId, clock_gettime};

        let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0);
        let maximum = getrlimit(Resource::Cpu).maximum;
        let wanted = Rlimit { current: Some(used.saturating_add(more)), maximum };
        if setrlimit(Resource::Cpu, wanted).is_err() {
            // The parent's own timer ends the job in any case.
        }
    }
    #[cfg(not(unix))]
    let _: u64 = more;
}

#[cfg(unix)]
fn limits() -> bool {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let hold = |resource, most: u64| {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
    };
    [
        hold(Resource::As, 2 << 30),
        hold(Resource::Core, 0),
        hold(Resource::Fsize, 0),
        hold(Resource::Nofile, 16),
    ]
    .into_iter()
    .all(|held| held)
}

#[cfg(not(unix))]
fn limits() -> bool {
    false
}

#[cfg(target_os = "linux")]
fn landlock() -> Landlock {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, RestrictionStatus, Ruleset, RulesetAttr, RulesetError,
        RulesetStatus, Scope,
    };

    let restrict = || -> Result<RestrictionStatus, RulesetError> {
        Ruleset::default()
            .handle_access(AccessFs::from_all(ABI::V6))?
            .handle_access(AccessNet::from_all(ABI::V6))?
            .scope(Scope::from_all(ABI::V6))?
            .create()?
            .restrict_self()
    };
    match restrict().map(|status| status.ruleset) {
        Ok(RulesetStatus::FullyEnforced) => Landlock::Full,
        Ok(RulesetStatus::PartiallyEnforced) => Landlock::Partial,
        Ok(RulesetStatus::NotEnforced) | Err(_) => Landlock::Absent,
    }
}

#[cfg(not(target_os = "linux"))]
fn landlock() -> Landlock {
    Landlock::Absent
}

/// A list of what is refused rather than of what is allowed: allocators, threads and the C library
/// differ between systems, and what a decoder must never do is the same everywhere.
#[cfg(target_os = "linux")]
fn syscalls() -> bool {
    use std::collections::BTreeMap;

    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};

    let refused = [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_getfd,
        libc::SYS_kill,
        libc::SYS_io_uring_setup,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mount,
        libc::SYS_shmget,
        libc::SYS_shmat,
        libc::SYS_msgget,
        libc::SYS_memfd_create,
    ];
    let rules: BTreeMap<i64, Vec<seccompiler::SeccompRule>> =
        refused.into_iter().map(|number| (number, Vec::new())).collect();
    let errno = u32::try_from(libc::EPERM).unwrap_or(1);
    let program = || -> Option<BpfProgram> {
        let architecture = TargetArch::try_from(std::env::consts::ARCH).ok()?;
        SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(errno), architecture)
            .ok()?
            .try_into()
            .ok()
    };
    program().is_some_and(|program| apply_filter(&program).is_ok())
}

#[cfg(not(target_os = "linux"))]
fn syscalls() -> bool {
    false
}
