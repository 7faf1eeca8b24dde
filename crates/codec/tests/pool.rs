//! Workers that die, stall, grow old or are too many to ask; and how confined they are.

#![allow(
    clippy::allow_attributes,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that panics has done its work"
)]

mod harness;

use std::future::{Future, poll_fn};
use std::path::PathBuf;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use harness::{codec, codec_with, decode_job, png_job};
use lightcase_codec::{Codec, CodecError, Image, Options, Photometric, WorkerCommand};

const NATIVE: &str = "1.2.840.10008.1.2.1";

fn small() -> Image {
    Image::new(1, 4, Photometric::Monochrome2, 8)
}

async fn works(codec: &Codec) {
    let answer = codec.run(decode_job(&small(), NATIVE), Bytes::from_static(&[9, 8, 7, 6])).await;
    assert_eq!(answer, Ok(Bytes::from_static(&[9, 8, 7, 6])));
}

fn shell(script: &str, options: Options) -> Codec {
    let arguments = ["-c".into(), script.into()].into();
    Codec::new(WorkerCommand { program: PathBuf::from("/bin/sh"), arguments }, options)
}

/// The processes of the worker program that this process started.
#[cfg(target_os = "linux")]
fn children() -> Vec<u32> {
    let me = std::process::id();
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let is_mine = |pid: &u32| {
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
        let Some((name, rest)) = stat.rsplit_once(')') else { return false };
        let mut fields = rest.split_ascii_whitespace();
        let state = fields.next();
        name.contains("lightcase-codec")
            && state != Some("Z")
            && fields.next().and_then(|parent| parent.parse().ok()) == Some(me)
    };
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_mine).collect()
}

#[cfg(target_os = "linux")]
fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid.try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_killed_in_the_middle_is_replaced() {
    use rustix::process::Signal;

    let codec = codec();
    works(&codec).await;
    let [first] = children()[..] else { panic!("one worker was expected") };
    // A stopped worker takes no more than its pipe holds, so after one poll the job is in its middle.
    signal(first, Signal::STOP);
    let job = png_job(&Image::new(1024, 1024, Photometric::Monochrome2, 8), NATIVE);
    let mut running = pin!(codec.run(job, vec![0; 1024 * 1024].into()));
    let pending = poll_fn(|context| Poll::Ready(running.as_mut().poll(context).is_pending())).await;
    assert!(pending);
    assert_eq!(children(), [first]);
    signal(first, Signal::KILL);
    assert_eq!(running.await, Err(CodecError::Died));
    works(&codec).await;
    assert_ne!(children(), [first]);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_jobs_costs_nothing() {
    let codec = codec();
    works(&codec).await;
    let [first] = children()[..] else { panic!("one worker was expected") };
    signal(first, rustix::process::Signal::KILL);
    while children() == [first] {
        tokio::task::yield_now().await;
    }
    works(&codec).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_worker_is_killed_and_replaced() {
    let codec =
        codec_with(Options { workers: 1, timeout: Duration::from_secs(2), ..Options::default() });
    works(&codec).await;
    let [first] = children()[..] else { panic!("one worker was expected") };
    signal(first, rustix::process::Signal::STOP);
    let answer = codec.run(decode_job(&small(), NATIVE), Bytes::from_static(&[0; 4])).await;
    assert_eq!(answer, Err(CodecError::TimedOut));
    works(&codec).await;
    // The system tells of its end a little later.
    let gone = async {
        while children().contains(&first) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_replaced_after_its_jobs() {
    let codec = codec_with(Options { workers: 1, jobs_per_worker: 2, ..Options::default() });
    works(&codec).await;
    let first = children();
    works(&codec).await;
    works(&codec).await;
    assert_ne!(children(), first);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn shutdown_leaves_no_process() {
    let codec = codec_with(Options { workers: 3, ..Options::default() });
    tokio::join!(works(&codec), works(&codec), works(&codec));
    let clone = codec.clone();
    codec.shutdown().await;
    assert!(children().is_empty());
    let answer = clone.run(decode_job(&small(), NATIVE), Bytes::from_static(&[0; 4])).await;
    assert_eq!(answer, Err(CodecError::Busy));
}

#[tokio::test]
async fn a_full_queue_is_busy() {
    let codec = shell(
        "sleep 60",
        Options { workers: 1, queue: 1, timeout: Duration::from_secs(1), ..Options::default() },
    );
    let run = || codec.run(decode_job(&small(), NATIVE), Bytes::from_static(&[0; 4]));
    let answers = tokio::join!(run(), run(), run());
    assert_eq!(
        answers,
        (Err(CodecError::TimedOut), Err(CodecError::TimedOut), Err(CodecError::Busy))
    );
}

#[tokio::test]
async fn what_is_no_worker_is_not_believed() {
    let run = |codec: Codec| async move {
        codec.run(decode_job(&small(), NATIVE), Bytes::from_static(&[0; 4])).await
    };
    let missing = WorkerCommand { program: "/nonexistent".into(), arguments: Vec::new() };
    assert_eq!(run(Codec::new(missing, Options::default())).await, Err(CodecError::Died));
    for script in [
        "exit 0",
        "echo this is not a packet",
        r"printf '\377\377\377\377\377\377\377\377'",
        r#"printf '\006\000\000\000\000\000\000\000"Done"'"#,
        r"head -c 100000000 /dev/zero",
        r"head -c 100000000 /dev/zero >&2; exit 1",
    ] {
        assert_eq!(run(shell(script, Options::default())).await, Err(CodecError::Died), "{script}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn workers_are_confined() {
    let codec = codec();
    let confinement = codec.confinement().await.unwrap();
    println!("{confinement:?}");
    assert!(confinement.limits);
    let [worker] = children()[..] else { panic!("one worker was expected") };
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{worker}/{name}")).unwrap();
    let limits = read("limits");
    let limit = |name: &str| limits.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(limit("Max address space").contains(" 2147483648 "), "{limits}");
    assert!(limit("Max core file size").contains(" 0 "), "{limits}");
    assert!(read("environ").is_empty());
    if confinement.syscalls {
        assert!(read("status").contains("Seccomp:\t2"));
        assert!(read("status").contains("NoNewPrivs:\t1"));
    }
    works(&codec).await;
}
