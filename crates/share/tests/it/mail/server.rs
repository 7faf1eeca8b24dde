//! A foreign mail server (aiosmtpd) as a process of its own: TLS, signing in, and what it refuses.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use lightcase_catalog::MailState;
use lightcase_share::{MailConfig, MailCredentials, MailTls};
use lightcase_testkit::certificates::{Authority, Identity};
use serde_json::Value;
use tempfile::TempDir;

use super::{TO, URL, World, clear};
use crate::MINUTE;
use crate::engine::engines;

const USER: &str = "lightcase";
const PASSWORD: &str = "geheim und lang";

/// The server; it ends with this guard.
struct MailServer {
    port: u16,
    folder: TempDir,
    process: Child,
}

impl MailServer {
    /// `None`, said so, where the Python packages are not installed.
    fn start(tls: &str, identity: Option<&Identity>) -> Option<Self> {
        let Some(python) = std::env::vars().find(|(name, _)| name == "LIGHTCASE_PYTHON") else {
            println!("skipped: a foreign mail server (cargo xtask test installs it)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop/_smtp.py");
        let mut command = Command::new(python.1);
        command.arg(script).arg("--folder").arg(folder.path()).args(["--tls", tls]);
        command.args(["--user", USER, "--password", PASSWORD]);
        if let Some(identity) = identity {
            let (certificate, key) = identity.write(folder.path(), "server").unwrap();
            command.arg("--certificate").arg(certificate).arg("--key").arg(key);
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Some(Self { port: line.trim().parse().unwrap(), folder, process })
    }

    fn mails(&self) -> Vec<Value> {
        let file = std::fs::read_to_string(self.folder.path().join("mails.jsonl"));
        file.unwrap_or_default().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn config(port: u16, tls: MailTls, authority: Option<&Authority>) -> MailConfig {
    let password = PASSWORD.to_owned().into();
    MailConfig {
        tls,
        credentials: Some(MailCredentials { user: USER.to_owned(), password }),
        authorities: authority.map(|authority| authority.pem().as_bytes().to_vec()),
        ..clear(port)
    }
}

#[tokio::test]
async fn it_is_spoken_to_under_tls_after_signing_in() {
    let authority = Authority::new("A").unwrap();
    let identity = authority.server(&["127.0.0.1"]).unwrap();
    for engine in engines().await {
        for (number, word, tls) in
            [(1, "implicit", MailTls::Implicit), (2, "starttls", MailTls::StartTls)]
        {
            let Some(server) = MailServer::start(word, Some(&identity)) else { return };
            let world =
                World::at(&engine, &config(server.port, tls, Some(&authority)), number).await;
            world.queue_link(TO).await;
            assert!(world.send().await);
            let found = world.delivery().await;
            assert_eq!((found.state, found.error.as_str()), (MailState::Sent, ""), "{word}");
            let [mail] = <[Value; 1]>::try_from(server.mails()).unwrap();
            assert_eq!((&mail["tls"], &mail["signedIn"]), (&true.into(), &true.into()), "{word}");
            assert_eq!(mail["from"], "images@hospital.example");
            assert_eq!(mail["to"], serde_json::json!([TO]));
            assert_eq!(mail["hello"], "hospital.example");
            let text = mail["text"].as_str().unwrap().replace("=\r\n", "").replace("=3D", "=");
            assert!(text.contains(URL), "{text}");
        }
    }
}

#[tokio::test]
async fn what_it_refuses_fails_and_what_it_defers_comes_again() {
    for engine in engines().await {
        let Some(server) = MailServer::start("none", None) else { return };
        let config = config(server.port, MailTls::Clear, None);
        let refused = World::at(&engine, &config, 1).await;
        refused.queue_link("refused@practice.example").await;
        assert!(refused.send().await);
        let found = refused.delivery().await;
        assert_eq!(found.state, MailState::Failed);
        assert_eq!(found.error, "The mail server refused the mail (550).");
        assert!(server.mails().is_empty());

        let busy = World::at(&engine, &config, 2).await;
        busy.queue_link("busy@practice.example").await;
        assert!(busy.send().await);
        assert_eq!(busy.delivery().await.state, MailState::Queued);
        busy.turn(MINUTE);
        assert!(busy.send().await && !busy.send().await);
        assert_eq!((busy.delivery().await.state, server.mails().len()), (MailState::Sent, 1));
    }
}

#[tokio::test]
async fn a_server_that_cannot_show_who_it_is_gets_nothing() {
    let (authority, stranger) = (Authority::new("A").unwrap(), Authority::new("B").unwrap());
    let check = async |identity: Identity, trusted: Option<&Authority>| {
        for engine in engines().await {
            for (number, word, tls) in
                [(1, "implicit", MailTls::Implicit), (2, "starttls", MailTls::StartTls)]
            {
                let Some(server) = MailServer::start(word, Some(&identity)) else { return };
                let world = World::at(&engine, &config(server.port, tls, trusted), number).await;
                world.queue_link(TO).await;
                assert!(world.send().await);
                let found = world.delivery().await;
                assert_eq!((found.state, found.tries), (MailState::Queued, 1));
                assert!(found.error.contains("its certificate is not trusted"), "{}", found.error);
                assert!(server.mails().is_empty());
            }
        }
    };
    check(authority.server(&["127.0.0.1"]).unwrap(), Some(&stranger)).await;
    check(authority.server(&["127.0.0.1"]).unwrap(), None).await;
    check(authority.server(&["mail.example"]).unwrap(), Some(&authority)).await;
    check(authority.expired_server(&["127.0.0.1"]).unwrap(), Some(&authority)).await;
}

#[tokio::test]
async fn a_wrong_password_is_not_the_mails_fault() {
    for engine in engines().await {
        let Some(server) = MailServer::start("none", None) else { return };
        let password = "falsch".to_owned().into();
        let credentials = Some(MailCredentials { user: USER.to_owned(), password });
        let world = World::new(&engine, &MailConfig { credentials, ..clear(server.port) }).await;
        world.queue_link(TO).await;
        assert!(world.send().await);
        let found = world.delivery().await;
        assert_eq!(found.state, MailState::Queued);
        assert_eq!(found.error, "The mail server does not let us sign in (535).");
        assert!(server.mails().is_empty());
    }
}
