//! What is handed over by C-GET and C-MOVE, to DCMTK and to our own SCU.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use lightcase_testkit::phantom::{Elements, Study};
use tokio::process::Child;
use tokio::time::{sleep, timeout};

use crate::dcmtk::{place, run, tool};
use crate::house::{House, small_ct};
use crate::multipart::split;
use crate::scu::{outgoing, send};

on_both! {
    getscu_gets_every_object_as_it_was_sent,
    a12_movescu_moves_to_a_configured_peer_and_nowhere_else,
    our_own_get_writes_files_that_are_the_same,
    our_own_get_asks_for_what_is_there,
    a09_peers_without_the_right_get_nothing,
}

fn add_peer(house: &House, title: &str, rights: &str, port: Option<u16>) {
    let mut arguments = vec![title, "127.0.0.1", "--rights", rights];
    let port = port.map(|port| port.to_string());
    arguments.extend(port.iter().flat_map(|port| ["--port", port.as_str()]));
    house.server.run("peer add", &arguments, "").unwrap();
}

fn keys(level: &str, study: &str) -> Vec<String> {
    let key = |text: String| ["-k".to_owned(), text];
    [key(format!("QueryRetrieveLevel={level}")), key(format!("StudyInstanceUID={study}"))].concat()
}

/// The data sets of a folder's files, by the SOP Instance UID of their file meta information.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let file = std::fs::read(entry.unwrap().path()).unwrap();
        found.push(split(&file).1.to_vec());
    }
    found.sort();
    found
}

fn sent(studies: &[&Study]) -> Vec<Vec<u8>> {
    let all = studies.iter().flat_map(|study| study.instances());
    let mut found: Vec<_> = all.map(|instance| instance.data_set.clone()).collect();
    found.sort();
    found
}

fn is_recorded(house: &House, service: &str, destination: Option<&str>, instances: u32) {
    let records = house.audit();
    let find = |name: &str| {
        let named = records.iter().find(|record| record["event"] == name);
        named.unwrap_or_else(|| panic!("{name} in {records:?}"))["data"].clone()
    };
    let (begun, ended) = (find("retrieve_begun"), find("retrieve_ended"));
    assert_eq!(begun["service"], service);
    assert_eq!(begun["destination"].as_str(), destination);
    assert_eq!(begun["access_id"], ended["access_id"]);
    assert_eq!(ended["instances"], instances);
    assert_eq!(ended["complete"], true);
}

async fn getscu_gets_every_object_as_it_was_sent(house: House) {
    let (ct, mr) = (small_ct(1), Study::mr_of(1, 2));
    house.import(&ct);
    house.import(&mr);
    add_peer(&house, "GETSCU", "get", None);
    let folder = tempfile::tempdir().unwrap();
    let Some(mut getscu) = tool("getscu") else { return };
    getscu.args(["-S", "-v", "-aet", "GETSCU", "-aec", "LIGHTCASE", "+B", "-od"]);
    getscu.arg(folder.path()).args(keys("STUDY", &ct.uid));
    let (done, text) = run(getscu.args(place(house.server.dicom()))).await;
    assert!(done, "{text}");
    assert_eq!(files(folder.path()), sent(&[&ct]), "{text}");
    is_recorded(&house, "C-GET", None, ct.count());
}

/// `storescp` as the destination of a C-MOVE; it takes plain transfer syntaxes only.
fn destination(folder: &Path) -> Option<(Child, u16)> {
    let mut storescp = tool("storescp")?;
    let port = free_port();
    storescp.args(["-aet", "DESTINATION", "+B", "-od"]).arg(folder).arg(port.to_string());
    Some((storescp.spawn().unwrap(), port))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until somebody listens.
async fn listening(port: u16) {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let waiting = async {
        while tokio::net::TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), waiting).await.unwrap();
}

async fn moved(house: &House, to: &str, study: &str) -> Option<(bool, String)> {
    let mut movescu = tool("movescu")?;
    movescu.args(["-S", "-d", "-aet", "MOVESCU", "-aec", "LIGHTCASE", "-aem", to]);
    Some(run(movescu.args(keys("STUDY", study)).args(place(house.server.dicom()))).await)
}

async fn a12_movescu_moves_to_a_configured_peer_and_nowhere_else(house: House) {
    let (ct, mr) = (small_ct(1), Study::mr_of(1, 2));
    house.import(&ct);
    house.import(&mr);
    let folder = tempfile::tempdir().unwrap();
    let Some((mut storescp, port)) = destination(folder.path()) else { return };
    listening(port).await;
    add_peer(&house, "MOVESCU", "move", None);
    add_peer(&house, "DESTINATION", "echo", Some(port));
    add_peer(&house, "CALLSONLY", "echo", None);
    let watched = TcpListener::bind("127.0.0.1:0").unwrap();
    watched.set_nonblocking(true).unwrap();
    let port = watched.local_addr().unwrap().port().to_string();
    house.server.run("peer add", &["ANYWHERE", "*", "--port", &port], "").unwrap();

    let (done, text) = moved(&house, "DESTINATION", &ct.uid).await.unwrap();
    assert!(done, "{text}");
    assert_eq!(files(folder.path()), sent(&[&ct]), "{text}");
    is_recorded(&house, "C-MOVE", Some("DESTINATION"), ct.count());

    for nowhere in ["NOBODY", "CALLSONLY", "ANYWHERE", "MOVESCU"] {
        let (_, text) = moved(&house, nowhere, &mr.uid).await.unwrap();
        assert!(text.to_lowercase().contains("0xa801"), "{nowhere}: {text}");
    }
    assert!(watched.accept().is_err(), "somebody called");
    assert_eq!(house.events()["retrieve_begun"], 1);

    // A destination that is not there: nothing was handed over, and that is said.
    storescp.kill().await.unwrap();
    let (_, text) = moved(&house, "DESTINATION", &mr.uid).await.unwrap();
    assert!(text.to_lowercase().contains("0xa702"), "{text}");
    assert_eq!(files(folder.path()), sent(&[&ct]));
}

async fn our_own_get_writes_files_that_are_the_same(house: House) {
    let (ct, mr) = (small_ct(1), Study::mr_of(1, 2));
    house.import(&ct);
    house.import(&mr);
    add_peer(&house, "LIGHTCASE_SCU", "get", None);
    let folder = tempfile::tempdir().unwrap();
    let (out, peer) = (folder.path().join("out"), format!("LIGHTCASE@{}", house.server.dicom()));
    let arguments = [&peer, "--study", &ct.uid, &mr.uid, "--out", out.to_str().unwrap(), "--json"];
    let answer = house.ask_leniently("get", &arguments);
    assert_eq!(answer["stored"], ct.count() + mr.count(), "{answer}");
    assert_eq!(answer["status"], "0000");
    assert_eq!(files(&out), sent(&[&ct, &mr]));
    // What is there already and is the same is well; what is another file stays.
    let mut again = house.ask_leniently("get", &arguments);
    assert_eq!(again["stored"], 0, "{again}");
    assert_eq!(again["already_there"], ct.count() + mr.count());
    assert_eq!(again["status"], "0000");
    let file = out.read_dir().unwrap().next().unwrap().unwrap().path();
    let mut other = std::fs::read(&file).unwrap();
    *other.last_mut().unwrap() ^= 1;
    write(&file, &other);
    again = house.ask_leniently("get", &arguments);
    assert_eq!(again["already_there"], ct.count() + mr.count() - 1, "{again}");
    let name = file.file_stem().unwrap().to_str().unwrap();
    assert!(again["refused"][0].as_str().unwrap().starts_with(name), "{again}");
    assert_eq!(again["failed_instances"], serde_json::json!([name]), "{again}");
    assert_eq!(std::fs::read(&file).unwrap(), other);
}

#[expect(clippy::disallowed_methods, reason = "a test that damages")]
fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

/// A class and syntaxes that nobody would propose who does not ask first; two syntaxes of one class.
async fn our_own_get_asks_for_what_is_there(house: House) {
    const LENSOMETRY: &str = "1.2.840.10008.5.1.4.1.1.78.1";
    let mut sent = Vec::new();
    for (n, syntax) in ["1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.90"].iter().enumerate() {
        let mut set = Elements::default();
        let instance = format!("1.9.3.1.{n}");
        set.text(0x0008_0016, *b"UI", LENSOMETRY)
            .text(0x0008_0018, *b"UI", &instance)
            .text(0x0010_0020, *b"LO", "P")
            .text(0x0020_000d, *b"UI", "1.9.3")
            .text(0x0020_000e, *b"UI", "1.9.3.1");
        let set = set.into_bytes();
        sent.push(set.clone());
        assert_eq!(send(&house.server, outgoing(LENSOMETRY, &instance, syntax, set)).await, 0);
    }
    add_peer(&house, "LIGHTCASE_SCU", "find,get", None);
    let folder = tempfile::tempdir().unwrap();
    let peer = format!("LIGHTCASE@{}", house.server.dicom());
    let out = folder.path().to_str().unwrap();
    let answer = house.ask_leniently("get", &[&peer, "--study", "1.9.3", "--out", out, "--json"]);
    assert_eq!((&answer["stored"], &answer["status"]), (&2.into(), &"0000".into()), "{answer}");
    assert_eq!(files(folder.path()), sent);
    let nothing = house.ask_leniently("get", &[&peer, "--study", "1.9.4", "--out", out, "--json"]);
    assert_eq!(nothing["stored"], 0, "{nothing}");
}

/// A9: a peer that may store, and no more, gets nothing by C-GET and moves nothing by C-MOVE.
async fn a09_peers_without_the_right_get_nothing(house: House) {
    let ct = small_ct(1);
    house.import(&ct);
    for title in ["GETSCU", "MOVESCU"] {
        add_peer(&house, title, "echo,store", Some(1));
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(mut getscu) = tool("getscu") else { return };
    getscu.args(["-S", "-aet", "GETSCU", "-aec", "LIGHTCASE", "-od"]).arg(folder.path());
    let (_, text) =
        run(getscu.args(keys("STUDY", &ct.uid)).args(place(house.server.dicom()))).await;
    assert!(folder.path().read_dir().unwrap().next().is_none(), "{text}");
    let (done, text) = moved(&house, "GETSCU", &ct.uid).await.unwrap();
    assert!(!done, "{text}");
    let events: BTreeMap<_, _> = house.events().into_iter().collect();
    assert!(!events.contains_key("retrieve_begun"), "{events:?}");
}
