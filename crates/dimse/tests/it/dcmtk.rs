//! DCMTK's tools against our listener, and our SCU against DCMTK's.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use lightcase_dimse::Rejection;
use lightcase_dimse::scu::{self, Outcome, ScuError, Target};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::file::{File, corpus};
use crate::station::{Seen, Station, title};

/// A tool ready to run, or `None`, said so, where it is not installed.
fn tool(name: &str) -> Option<Command> {
    let found = std::process::Command::new(name).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {name} is not installed");
        return None;
    }
    let mut command = Command::new(name);
    command.env("TCP_NODELAY", "1").stdin(Stdio::null()).kill_on_drop(true);
    Some(command)
}

async fn run(command: &mut Command) -> (bool, String) {
    let output = timeout(Duration::from_mins(1), command.output()).await.unwrap().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn place(address: SocketAddr) -> [String; 2] {
    [address.ip().to_string(), address.port().to_string()]
}

async fn check_echo(arguments: &[&str], expected: Result<(), (&str, Rejection)>) {
    let Some(mut echoscu) = tool("echoscu") else { return };
    let mut station = Station::start().await;
    let (done, text) = run(echoscu.args(arguments).args(place(station.address))).await;
    assert_eq!(done, expected.is_ok(), "{text}");
    match expected {
        Ok(()) => {
            assert!(matches!(station.next().await, Seen::Accepted));
            assert!(matches!(station.next().await, Seen::Echo));
            assert!(matches!(station.next().await, Seen::Ended));
        }
        Err((words, why)) => {
            assert!(text.contains(words), "{text}");
            let seen = station.next().await;
            assert!(matches!(seen, Seen::Rejected(found) if found == why), "{seen:?}");
        }
    }
}

#[tokio::test]
async fn echoscu_is_answered_or_told_why_not() {
    check_echo(&["-aec", "LIGHTCASE"], Ok(())).await;
    let called = ("Called AE Title Not Recognized", Rejection::UnknownCalled);
    check_echo(&["-aec", "OTHER"], Err(called)).await;
    let calling = ("Calling AE Title Not Recognized", Rejection::UnknownCalling);
    check_echo(&["-aec", "LIGHTCASE", "-aet", "STRANGER"], Err(calling)).await;
}

/// Transfer syntaxes younger than many installations of DCMTK: HTJ2K, and deflated image frames.
const UNKNOWN_TO_DCMTK: &[&str] = &["1.2.840.10008.1.2.4.20", "1.2.840.10008.1.2.8.1"];

/// DCMTK writes data sets anew when it sends them, so the oracle is what its own storescp gets.
#[tokio::test]
async fn dcmsend_delivers_to_us_byte_by_byte_what_it_delivers_to_storescp() {
    let mut files = corpus("syntax");
    files.retain(|file| !UNKNOWN_TO_DCMTK.iter().any(|uid| file.syntax.starts_with(uid)));
    let (Some(mut to_us), Some(mut to_them)) = (tool("dcmsend"), tool("dcmsend")) else { return };
    let Some(theirs) = Storescp::start().await else { return };
    if files.is_empty() {
        return;
    }
    let mut station = Station::start().await;
    to_us.args(["-aec", "LIGHTCASE", "--decompress-never"]).args(place(station.address));
    let (done, text) = run(to_us.args(files.iter().map(|file| &file.path))).await;
    assert!(done, "{text}");
    // storescp does not take all of them.
    to_them.args(["-aec", "THEIRS", "--decompress-never", "--no-halt", "127.0.0.1"]);
    to_them.arg(theirs.target.port.to_string());
    let (_, text) = run(to_them.args(files.iter().map(|file| &file.path))).await;
    let kept = theirs.kept();
    assert!(kept.len() >= 25, "{text}");
    let (mut compared, mut verbatim) = (0, 0);
    for _ in &files {
        let object = station.object().await;
        let body = object.body.unwrap();
        // Of uncompressed syntaxes dcmsend offers a choice, and storescp may choose otherwise.
        if let Some(kept) = kept.get(&object.instance).filter(|kept| kept.syntax == object.syntax) {
            assert!(body == kept.data_set(), "{}", object.instance);
            assert_eq!(object.class, kept.class);
            compared += 1;
        }
        verbatim += usize::from(files.iter().any(|file| body == file.data_set()));
    }
    assert!(compared >= 20, "only {compared} could be compared");
    assert!(verbatim >= 15, "only {verbatim} of {} are as in the file", files.len());
}

#[tokio::test]
async fn several_storescu_at_once_with_small_pdus() {
    let files = corpus("classes");
    let plain = |file: &&File| file.syntax == "1.2.840.10008.1.2.1";
    let files: Vec<&File> = files.iter().filter(plain).take(6).collect();
    let mut station = Station::start().await;
    let mut runs = Vec::new();
    for file in &files {
        let Some(mut storescu) = tool("storescu") else { return };
        storescu.args(["-aec", "LIGHTCASE", "--required", "--max-send-pdu", "4096"]);
        storescu.args(place(station.address)).arg(&file.path);
        runs.push(tokio::spawn(async move { run(&mut storescu).await }));
    }
    for run in runs {
        let (done, text) = run.await.unwrap();
        assert!(done, "{text}");
    }
    let mut seen = Vec::new();
    for _ in &files {
        let object = station.object().await;
        assert!(object.body.is_ok());
        seen.push(object.instance);
    }
    seen.sort();
    let mut expected: Vec<_> = files.iter().map(|file| file.instance.clone()).collect();
    expected.sort();
    assert_eq!(seen, expected);
}

/// A storescp that keeps data sets bit by bit in a folder.
struct Storescp {
    _process: Child,
    target: Target,
    folder: tempfile::TempDir,
}

impl Storescp {
    async fn start() -> Option<Self> {
        let mut storescp = tool("storescp")?;
        let folder = tempfile::tempdir().unwrap();
        // storescp cannot be told to take a free port and say which: a port that was free a
        // moment ago is nearly always free still.
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut process = storescp
            .args(["--bit-preserving", "+xa", "-aet", "THEIRS", "-od"])
            .arg(folder.path())
            .arg(port.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Its output must be read, or it stops when a pipe is full; a failing test shows it.
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                println!("storescp: {line}");
            }
        });
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                println!("storescp: {line}");
            }
        });
        let target = Target::new("127.0.0.1", port, title("THEIRS"), title("LIGHTCASE"));
        let listening = async {
            while scu::echo(&target).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), listening).await.unwrap();
        Some(Self { _process: process, target, folder })
    }

    /// What it has kept, by instance.
    fn kept(&self) -> HashMap<String, File> {
        std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| File::read(&entry.unwrap().path()).unwrap())
            .map(|file| (file.instance.clone(), file))
            .collect()
    }
}

#[tokio::test]
async fn our_scu_sends_storescp_every_transfer_syntax_as_it_is() {
    let files = corpus("syntax");
    if files.is_empty() {
        return;
    }
    let Some(theirs) = Storescp::start().await else { return };
    let mut stored = 0;
    let objects = files.iter().map(File::outgoing).collect();
    let told = |instance: &_, outcome: &Outcome| match outcome {
        Outcome::Stored(_) => stored += 1,
        Outcome::NoContext => println!("{instance}: DCMTK has no such syntax"),
        Outcome::Refused(..) | Outcome::Unreadable(_) => panic!("{instance}: {outcome:?}"),
    };
    scu::store(&theirs.target, objects, told).await.unwrap();
    let known: HashMap<_, _> = files.iter().map(|file| (file.instance.clone(), file)).collect();
    let kept = theirs.kept();
    for (instance, kept) in &kept {
        let sent = known[instance];
        let mut expected = sent.data_set().to_vec();
        expected.resize(expected.len().next_multiple_of(2), 0);
        assert!(kept.data_set() == expected, "{}", sent.path.display());
    }
    let found = kept.len();
    assert_eq!(found, stored);
    assert!(found > 20, "{found} of {}", files.len());
}

#[tokio::test]
async fn a_port_nobody_listens_on_is_named_so() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let target = Target::new("127.0.0.1", port, title("THEIRS"), title("LIGHTCASE"));
    let error = scu::echo(&target).await.unwrap_err();
    assert!(matches!(error, ScuError::Refused { .. }), "{error}");
}
