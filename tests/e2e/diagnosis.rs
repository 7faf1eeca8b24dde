//! What `lightcase echo` and `lightcase store` say when a set-up is wrong: each mistake is
//! planted, and the words tell what it is and what to do.

mod peer;

use std::net::SocketAddr;
use std::path::PathBuf;

use lightcase_testkit::certificates::{Authority, Identity};
use lightcase_testkit::servers::Settings;
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::process::Command;

use crate::house::{Backend, House, first_file, small_ct, write_private};
use peer::Answer;

/// Runs `lightcase echo`, as text and as JSON, and compares name and words of the mistake.
async fn check(target: &str, options: &[&str], name: &str, words: &[&str]) {
    let json = output(target, options, true).await;
    let answer: Value = serde_json::from_str(&json).unwrap_or_else(|_| panic!("{name}: {json}"));
    assert_eq!(answer["problem"]["name"], name, "{answer}");
    let sentence = answer["problem"]["sentence"].as_str().unwrap();
    let text = output(target, options, false).await;
    assert!(text.contains(sentence), "{name}: {text}");
    for word in words {
        assert!(sentence.contains(word), "{name}: {word}: {sentence}");
    }
}

async fn output(target: &str, options: &[&str], json: bool) -> String {
    let mut command = echo();
    command.args(["echo", target]).args(options).args(json.then_some("--json"));
    let output = command.output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{target} {options:?}");
    let text = if json { output.stdout } else { output.stderr };
    String::from_utf8(text).unwrap()
}

/// The binary, without any archive.
fn echo() -> Command {
    let beside = std::env::current_exe().unwrap();
    let built = beside.ancestors().nth(2).unwrap().join("lightcase");
    let told = std::env::var_os("LIGHTCASE_BIN").map(PathBuf::from);
    let mut command = Command::new(told.unwrap_or(built));
    command.kill_on_drop(true);
    command
}

fn at(title: &str, address: SocketAddr) -> String {
    format!("{title}@{address}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn diagnosis_of_titles_rights_and_limits() {
    let house = House::start(Backend::Embedded).unwrap();
    let (dicom, own) = (house.server.dicom(), at("LIGHTCASE", house.server.dicom()));
    let good = echo().args(["echo", &own]).output().await.unwrap();
    assert!(good.status.success() && good.stdout.starts_with(own.as_bytes()));
    let wrong = at("ARCHIVE", dicom);
    check(&wrong, &[], "UnknownCalled", &["no AE title ARCHIVE", "check the title"]).await;

    house.server.run("peer add", &["STORER", "127.0.0.1", "--rights", "store"], "").unwrap();
    house.server.run("peer add", &["CROWD", "127.0.0.1"], "").unwrap();
    check(&own, &[], "UnknownCalling", &["does not know LIGHTCASE_SCU", "add this title"]).await;
    let storer = ["--calling", "STORER"];
    check(&own, &storer, "NoContext", &["accepts none", "not to this title"]).await;
    // As many associations as one title may have.
    let mut crowd = Vec::new();
    for _ in 0..32 {
        crowd.push(peer::associated(dicom, "CROWD").await);
    }
    check(&own, &["--calling", "CROWD"], "Busy", &["too many associations", "later"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn diagnosis_of_addresses_and_ports() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    check(&at("PACS", free), &[], "Refused", &["nothing listens", "check the port"]).await;
    let unknown = "PACS@no-such-host.invalid:104";
    check(unknown, &[], "UnknownHost", &["no-such-host.invalid is not known", "spelled"]).await;
    // Ports that never answer: one whose queue of connections is full, as if a firewall dropped
    // them, and one that takes them and says nothing.
    let full = TcpSocket::new_v4().unwrap();
    full.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = full.listen(1).unwrap();
    let (full_at, mut waiting) = (full.local_addr().unwrap(), Vec::new());
    while let Ok(Ok(socket)) =
        tokio::time::timeout(std::time::Duration::from_secs(2), TcpStream::connect(full_at)).await
    {
        waiting.push(socket);
    }
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (full_at, silent_at) = (at("PACS", full_at), at("PACS", silent.local_addr().unwrap()));
    tokio::join!(
        check(&full_at, &[], "Unanswered", &["does not answer at all", "firewall"]),
        check(&silent_at, &[], "Silent", &["said nothing", "may expect TLS"]),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn diagnosis_of_peers_that_are_something_else() {
    let house = House::start(Backend::Embedded).unwrap();
    let http = house.server.url().replace("http://", "PACS@");
    check(&http, &[], "SpeaksHttp", &["web server", "DICOM port"]).await;
    let closing = peer::answering(Answer::Nothing).await;
    check(&at("PACS", closing), &[], "NotDicom", &["does not answer in DICOM"]).await;
    let aborting = peer::answering(Answer::Abort).await;
    check(&at("PACS", aborting), &[], "Aborted", &["aborted", "its log says why"]).await;
    let failing = peer::answering(Answer::Failure).await;
    check(&at("PACS", failing), &[], "Failed", &["0122", "its log says why"]).await;
}

/// Files for TLS: what is believed, what is shown.
struct Files {
    folder: tempfile::TempDir,
    authority: Authority,
}

impl Files {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), authority: Authority::new("A").unwrap() }
    }

    fn write(&self, name: &str, identity: &Identity) -> [String; 2] {
        let (certificate, key) = identity.write(self.folder.path(), name).unwrap();
        [certificate, key].map(|path| path.to_str().unwrap().to_owned())
    }

    fn trust(&self, name: &str, authority: &Authority) -> String {
        let path = self.folder.path().join(name);
        write_private(&path, authority.pem().as_bytes());
        path.to_str().unwrap().to_owned()
    }

    /// A server with this certificate, and where it speaks DICOM over TLS.
    fn serve(&self, name: &str, identity: &Identity) -> (House, SocketAddr) {
        let [certificate, key] = self.write(name, identity);
        let settings = Settings::default()
            .set("dicom.tls.certificate", &certificate)
            .set("dicom.tls.key", &key)
            .set("dicom.tls.client_ca", &self.trust("clients", &self.authority))
            .set("dicom.tls.listen", "127.0.0.1:0");
        let house = House::start_with(Backend::Embedded, settings).unwrap();
        let ready = std::fs::read_to_string(house.server.data_dir().join("ready.json")).unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        (house, ready["dicomTls"].as_str().unwrap().parse().unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn diagnosis_of_tls() {
    let files = Files::new();
    let (house, tls) =
        files.serve("server", &files.authority.server(&["127.0.0.1", "localhost"]).unwrap());
    house.server.run("peer add", &["LIGHTCASE_SCU", "127.0.0.1"], "").unwrap();
    let (plain, tls) = (at("LIGHTCASE", house.server.dicom()), at("LIGHTCASE", tls));
    let (trusted, stranger) =
        (files.trust("trusted", &files.authority), Authority::new("B").unwrap());
    let elsewhere = files.trust("elsewhere", &stranger);
    let [cert, key] = files.write("own", &files.authority.client("SCU").unwrap());
    let [other_cert, other_key] = files.write("other", &stranger.client("SCU").unwrap());
    let own = ["--tls", "--ca", &trusted, "--cert", &cert, "--key", &key];
    let good = echo().args(["echo", &tls]).args(own).output().await.unwrap();
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));

    check(&plain, &own, "TlsNotSpoken", &["does not speak TLS", "without TLS"]).await;
    check(&tls, &[], "SpeaksTls", &["answers in TLS", "call it with TLS"]).await;
    let distrusting = ["--tls", "--ca", &elsewhere, "--cert", &cert, "--key", &key];
    check(&tls, &distrusting, "TlsUnknownIssuer", &["not trusted here", "ask whoever"]).await;
    let named = [own.as_slice(), &["--tls-name", "pacs.example"]].concat();
    check(&tls, &named, "TlsOtherName", &["for another host", "by a name"]).await;
    let bare = ["--tls", "--ca", &trusted];
    check(&tls, &bare, "TlsOursMissing", &["asks for a certificate", "certificate and key"]).await;
    let foreign = ["--tls", "--ca", &trusted, "--cert", &other_cert, "--key", &other_key];
    check(&tls, &foreign, "TlsOursNotTrusted", &["does not trust the certificate"]).await;

    let expired = files.authority.expired_server(&["127.0.0.1"]).unwrap();
    let (_late, late) = files.serve("expired", &expired);
    check(&at("LIGHTCASE", late), &own, "TlsExpired", &["has expired", "renew"]).await;

    // The log of the side that was called says it in its own words.
    let log = house.log();
    for words in ["does not speak TLS; a peer", "trust this listener's", "shows no certificate"] {
        assert!(log.contains(words), "{words}: {log}");
    }
    assert!(log.contains("a TLS client on the port for plain DICOM"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn diagnosis_of_files_that_are_sent() {
    let house = House::start(Backend::Embedded).unwrap();
    let target = at("LIGHTCASE", house.server.dicom());
    let folder = tempfile::tempdir().unwrap();
    let file = first_file(&small_ct(1));
    let mut changed = file.clone();
    *changed.last_mut().unwrap() ^= 1;
    write_private(&folder.path().join("1.dcm"), &file);
    write_private(&folder.path().join("2.dcm"), &changed);
    write_private(&folder.path().join("letter.pdf"), b"%PDF-1.7 a letter");
    let run = async |target: &str| {
        let mut command = echo();
        command.args(["store", "--json", target]).arg(folder.path());
        let output = command.output().await.unwrap();
        assert_eq!(output.status.code(), Some(1));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let answer = run(&target).await;
    assert_eq!((&answer["stored"], &answer["problem"]), (&1.into(), &Value::Null), "{answer}");
    let refused = answer["refused"].to_string();
    assert!(refused.contains("0111") && refused.contains("letter.pdf"), "{refused}");

    let answer = run(&target.replace("LIGHTCASE@", "ARCHIVE@")).await;
    assert_eq!((&answer["stored"], &answer["left"]), (&0.into(), &2.into()), "{answer}");
    assert_eq!(answer["problem"]["name"], "UnknownCalled", "{answer}");
}
