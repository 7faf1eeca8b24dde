//! Peers that hold on and say little: others are served all the while.

use std::time::Duration;

use lightcase_testkit::phantom::Study;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::memory::unharmed;
use super::raw::{C_STORE, CT, Raw, Request, request, value};
use crate::house::{Backend, House};
use crate::scu::{phantom, send};

/// 1,000 sockets that say nothing, associations that never go on and never release, and a request
/// that stops halfway: everybody else is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_a_thousand_silent_sockets_shut_nobody_out() {
    let house = House::start(Backend::Embedded).unwrap();
    let mut held = Vec::new();
    for n in 0..20 {
        let title = format!("HELD{n}");
        let (mut raw, _) = Raw::associate(&house.server, &Request::new(&title, &[CT])).await;
        if n % 2 == 0 {
            // The command of an object that never comes.
            raw.write(&value(1, 3, &request(C_STORE, CT, b"1.2.3"))).await;
            raw.write(&value(1, 0, &[8, 0, 5, 0])).await;
        }
        held.push(raw);
    }
    let whole = Request::new("RAW", &[CT]).encode();
    let mut silent = Vec::new();
    for n in 0..1_000 {
        let Ok(socket) = TcpStream::connect(house.server.dicom()).await else {
            println!("skipped: no more than {n} sockets can be opened here");
            break;
        };
        if n % 3 == 0 {
            drop(socket.try_write(&whole[..40]));
        }
        silent.push(socket);
    }
    unharmed(&house).await;
    let instance = Study::ct_of(1, 1, 64).instances().next().unwrap();
    assert_eq!(send(&house.server, phantom(&instance)).await, 0);
    // Those who waited longest have left the room for it.
    let mut first = silent.swap_remove(0);
    let mut answer = Vec::new();
    drop(first.read_to_end(&mut answer).await);
    unharmed(&house).await;
}

/// One byte every ten seconds: ARTIM, the idle timer and the least rate end it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "waits for timers of a minute"]
async fn a06_a_byte_every_ten_seconds_is_cut_off() {
    let house = House::start(Backend::Embedded).unwrap();
    let whole = Request::new("RAW", &[CT]).encode();
    let mut asking = Raw::connect(house.server.dicom()).await;
    let (mut sending, _) = Raw::associate(&house.server, &Request::new("SLOW", &[CT])).await;
    sending.write(&value(1, 3, &request(C_STORE, CT, b"1.2.3"))).await;
    let part = value(1, 0, &[0; 1_000]);
    for byte in 0..15 {
        asking.write(&whole[byte..=byte]).await;
        sending.write(&part[byte..=byte]).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    asking.is_cut_off("a slow request").await;
    sending.is_cut_off("a slow object").await;
    unharmed(&house).await;
}
