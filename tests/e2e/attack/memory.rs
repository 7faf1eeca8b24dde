//! What an attack may cost, and that the server lives on.

use lightcase_dimse::scu;

use crate::house::House;
use crate::scu::target;

/// The most resident memory, in KiB, that the server may ever have held.
const MOST: u64 = 512 << 10;

/// The server never held more than it may, and the next C-ECHO is answered. It asks under the
/// server's own title, which may echo from this machine whatever peers there are.
pub(crate) async fn unharmed(house: &House) {
    unharmed_below(house, MOST).await;
}

/// The same with another bound, in KiB.
pub(crate) async fn unharmed_below(house: &House, most: u64) {
    scu::echo(&target(&house.server, "LIGHTCASE")).await.unwrap();
    let Some(peak) = peak(house.server.pid().unwrap()) else {
        println!("skipped: resident memory is measured on Linux only");
        return;
    };
    println!("the server held {peak} KiB at most");
    assert!(peak < most, "{peak} KiB were resident");
}

/// The highest resident memory of a process since its start, in KiB.
pub(crate) fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().split(' ').next().unwrap().parse().unwrap())
}
