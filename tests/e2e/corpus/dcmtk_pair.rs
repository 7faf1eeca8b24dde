//! DCMTK on both sides: `storescu` that proposes one syntax, and a `storescp` that shows what it
//! sends. DCMTK writes data sets anew when it sends them, so the file itself is no oracle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::sample::Sample;
use crate::dcmtk;
use crate::multipart::split;

/// Association profile for the classes of these samples in one transfer syntax.
pub(crate) async fn profile(folder: &Path, syntax: &str, samples: &[&Sample]) -> PathBuf {
    let classes: BTreeSet<&str> = samples.iter().filter_map(|each| each.class.as_deref()).collect();
    let contexts: Vec<String> = (1..)
        .zip(classes)
        .map(|(index, class)| format!("PresentationContext{index} = {class}\\Only"))
        .collect();
    let text = format!(
        "[[TransferSyntaxes]]\n[Only]\nTransferSyntax1 = {syntax}\n[[PresentationContexts]]\n\
         [Contexts]\n{}\n[[Profiles]]\n[Default]\nPresentationContexts = Contexts\n",
        contexts.join("\n")
    );
    let path = folder.join("profile.cfg");
    tokio::fs::write(&path, text).await.unwrap();
    path
}

/// Sends all of them, whatever becomes of each.
pub(crate) async fn send(place: [String; 2], profile: &Path, samples: &[&Sample]) -> Option<()> {
    let mut storescu = dcmtk::tool("storescu")?;
    storescu.args(["-aec", "LIGHTCASE", "--no-halt", "-xf"]).arg(profile).arg("Default");
    storescu.args(place).args(samples.iter().map(|sample| &sample.file));
    let (_, text) = dcmtk::run(&mut storescu).await;
    if !text.is_empty() {
        println!("{text}");
    }
    Some(())
}

/// Data sets as `storescp` gets them, by SOP Instance UID.
pub(crate) async fn received(
    profile: &Path,
    samples: &[&Sample],
) -> Option<BTreeMap<String, Vec<u8>>> {
    let folder = tempfile::tempdir().unwrap();
    // storescp cannot be told to take a free port and say which: a port that was free a moment
    // ago is nearly always free still.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let mut storescp = dcmtk::tool("storescp")?;
    storescp.args(["--bit-preserving", "-aet", "LIGHTCASE", "-xf"]).arg(profile).arg("Default");
    storescp.arg("-od").arg(folder.path()).arg(address.port().to_string());
    let process = storescp.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let listening = async {
        while TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), listening).await.unwrap();
    send(dcmtk::place(address), profile, samples).await?;
    drop(process);
    let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let kept = files.map(|file| Sample::of_file(&file));
    // Split by the group length: of a file with a wrong one, storescu sends group 2 along.
    let data_set = |sample: &Sample| split(&std::fs::read(&sample.file).unwrap()).1.to_vec();
    Some(kept.filter_map(|sample| Some((sample.instance.clone()?, data_set(&sample)))).collect())
}
