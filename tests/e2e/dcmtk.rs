//! DCMTK's tools as peers.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use lightcase_testkit::phantom::Study;
use tokio::process::Command;
use tokio::time::timeout;

/// A tool ready to run, or `None`, said so, where it is not installed.
pub(crate) fn tool(name: &str) -> Option<Command> {
    if std::process::Command::new(name).arg("--version").output().is_err() {
        println!("skipped: {name} is not installed (Debian: apt-get install dcmtk)");
        return None;
    }
    let mut command = Command::new(name);
    command.env("TCP_NODELAY", "1").stdin(Stdio::null()).kill_on_drop(true);
    Some(command)
}

/// Runs it to its end: whether it went well, and what it said.
pub(crate) async fn run(command: &mut Command) -> (bool, String) {
    let output = timeout(Duration::from_mins(5), command.output()).await.unwrap().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// Host and port as arguments.
pub(crate) fn place(address: SocketAddr) -> [String; 2] {
    [address.ip().to_string(), address.port().to_string()]
}

/// `echoscu` with these titles.
pub(crate) async fn echo(
    address: SocketAddr,
    calling: &str,
    called: &str,
) -> Option<(bool, String)> {
    let mut echoscu = tool("echoscu")?;
    Some(run(echoscu.args(["-aet", calling, "-aec", called]).args(place(address))).await)
}

/// `storescu` sends every file of a folder.
pub(crate) async fn store(
    address: SocketAddr,
    calling: &str,
    folder: &Path,
) -> Option<(bool, String)> {
    let mut storescu = tool("storescu")?;
    storescu.args(["-v", "-aet", calling, "-aec", "LIGHTCASE", "+sd", "+r"]);
    Some(run(storescu.args(place(address)).arg(folder)).await)
}

/// `storescu` sends these studies, each of which must be taken.
pub(crate) async fn push(address: SocketAddr, studies: &[&Study]) -> Option<()> {
    let folder = tempfile::tempdir().unwrap();
    for study in studies {
        study.write(&folder.path().join(study.modality)).unwrap();
    }
    let (done, text) = store(address, "STORESCU", folder.path()).await?;
    assert!(done, "{text}");
    Some(())
}
