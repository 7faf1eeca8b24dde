//! Clean-up that happens even when the test process is killed.

use std::{
    ffi::OsStr,
    io,
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
};

/// A shell that waits for the end of its standard input, then runs a command.
///
/// The other end of that pipe is held here. It closes when the leash is dropped and also when
/// this process dies in any way, `kill -9` included, so nothing a test started outlives it.
#[derive(Debug)]
pub struct Leash {
    shell: Child,
}

impl Leash {
    /// Runs `script` (sh) with `arguments` as `$1`, `$2`… when the leash ends.
    pub fn new<S: AsRef<OsStr>>(
        script: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> io::Result<Self> {
        let shell = Command::new("sh")
            .arg("-c")
            .arg(format!("cat >/dev/null\n{script}"))
            .arg("leash")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A signal to the whole group of the tests must not reach the one that cleans up.
            .process_group(0)
            .spawn()?;
        Ok(Self { shell })
    }

    /// Lets go without running the script.
    pub fn release(mut self) -> io::Result<()> {
        self.shell.kill()
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // The script's own outcome is its last word; there is nobody left to tell.
        drop(self.shell.wait());
    }
}
