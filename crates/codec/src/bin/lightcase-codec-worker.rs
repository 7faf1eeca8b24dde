//! A worker process by itself: what the tests of this crate start instead of the whole binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    lightcase_codec::work(std::io::stdin().lock(), std::io::stdout().lock())
}
