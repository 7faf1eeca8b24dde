//! TLS that is too old, and certificates that prove nothing (PS3.15 B.12).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lightcase_testkit::certificates::{Authority, Identity};
use lightcase_testkit::servers::Settings;
use serde_json::Value;
use tokio::process::Command;

use super::memory::unharmed;
use crate::dcmtk;
use crate::house::{Backend, House};
use crate::wait::until;

/// A house with TLS on both edges, whose DICOM port asks for certificates of one authority.
struct Guarded {
    house: House,
    folder: tempfile::TempDir,
    authority: Authority,
    dicom: SocketAddr,
    http: SocketAddr,
}

impl Guarded {
    fn start() -> Self {
        let (authority, folder) = (Authority::new("A").unwrap(), tempfile::tempdir().unwrap());
        let identity = authority.server(&["127.0.0.1", "localhost"]).unwrap();
        let (certificate, key) = identity.write(folder.path(), "server").unwrap();
        let trusted = trust(&authority, folder.path(), "authority");
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let settings = Settings::default()
            .set("dicom.tls.certificate", &text(&certificate))
            .set("dicom.tls.key", &text(&key))
            .set("dicom.tls.client_ca", &text(&trusted))
            .set("dicom.tls.listen", "127.0.0.1:0")
            .set("http.tls.certificate", &text(&certificate))
            .set("http.tls.key", &text(&key));
        let house = House::start_with(Backend::Embedded, settings).unwrap();
        let ready = std::fs::read_to_string(house.server.data_dir().join("ready.json")).unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let address = |name: &str| ready[name].as_str().unwrap().parse().unwrap();
        let (dicom, http) = (address("dicomTls"), address("http"));
        Self { house, folder, authority, dicom, http }
    }

    /// Waits until the log says so: a client is answered first.
    async fn says(&self, words: &str) {
        until(words, Duration::from_secs(20), async || self.house.log().contains(words)).await;
    }

    /// `openssl s_client` shakes hands and leaves: whether it came so far.
    async fn shakes_hands(&self, at: SocketAddr, options: &[&str], own: Option<&Identity>) -> bool {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-connect", &at.to_string(), "-verify_return_error", "-CAfile"]);
        command.arg(self.folder.path().join("authority.crt")).args(options);
        if let Some(own) = own {
            let (certificate, key) = own.write(self.folder.path(), "own").unwrap();
            command.arg("-cert").arg(certificate).arg("-key").arg(key);
        }
        let (done, text) = dcmtk::run(command.stdin(std::process::Stdio::null())).await;
        assert!(text.contains("CONNECTED"), "{text}");
        done
    }
}

/// Writes an authority's certificate as a file.
fn trust(authority: &Authority, folder: &Path, name: &str) -> PathBuf {
    let copy = Identity { certificate: authority.pem().to_owned(), key: String::new() };
    copy.write(folder, name).unwrap().0
}

/// Whether there is an `openssl`; said so, where there is none.
fn installed() -> bool {
    let found = std::process::Command::new("openssl").arg("version").output().is_ok();
    if !found {
        println!("skipped: openssl is not installed (Debian: apt-get install openssl)");
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a25_tls_before_1_2_is_refused_on_both_edges() {
    if !installed() {
        return;
    }
    let guarded = Guarded::start();
    let own = guarded.authority.client("MODALITY").unwrap();
    // The client itself would not offer the old versions without being told to.
    let old = "DEFAULT@SECLEVEL=0";
    for at in [guarded.dicom, guarded.http] {
        for version in ["-tls1", "-tls1_1"] {
            let options = [version, "-cipher", old];
            assert!(!guarded.shakes_hands(at, &options, Some(&own)).await, "{at} {version}");
        }
        for version in ["-tls1_2", "-tls1_3"] {
            assert!(guarded.shakes_hands(at, &[version], Some(&own)).await, "{at} {version}");
        }
    }
    guarded.says("a version of TLS before 1.2").await;
    unharmed(&guarded.house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a25_expired_and_foreign_certificates_are_refused() {
    if !installed() {
        return;
    }
    let guarded = Guarded::start();
    let Guarded { authority, .. } = &guarded;
    let good = authority.client("MODALITY").unwrap();
    let stranger = Authority::new("B").unwrap();
    let wrong = [
        (None, "shows no certificate"),
        (Some(authority.expired_client("MODALITY").unwrap()), "has expired"),
        (Some(stranger.client("MODALITY").unwrap()), "an authority that dicom.tls.client_ca"),
        // The name of the right authority, with another key.
        (Some(Authority::new("A").unwrap().client("MODALITY").unwrap()), "is not good"),
        (Some(authority.server(&["127.0.0.1"]).unwrap()), "is not for clients"),
    ];
    // TLS 1.2 tells the client of it within the handshake; in 1.3 it learns of it afterwards.
    for (own, words) in wrong {
        assert!(!guarded.shakes_hands(guarded.dicom, &["-tls1_2"], own.as_ref()).await, "{words}");
        guarded.says(words).await;
    }
    assert!(guarded.shakes_hands(guarded.dicom, &["-tls1_2"], Some(&good)).await);
    unharmed(&guarded.house).await;
}
