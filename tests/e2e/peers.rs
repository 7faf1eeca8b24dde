//! Peers: who is let in, by title, address and certificate, and what becomes of newcomers.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lightcase_dimse::scu::{self, ClientTls, Outcome, ScuError, Target};
use lightcase_model::AeTitle;
use lightcase_testkit::certificates::{Authority, Identity};
use lightcase_testkit::servers::Settings;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::house::{Backend, House, small_ct};
use crate::scu::{phantom, send_as};

on_both!(a_refused_newcomer_is_let_in_by_hand);

fn der(identity: &Identity) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap()
}

fn fingerprint(identity: &Identity) -> String {
    let mut digits = String::new();
    for byte in Sha256::digest(der(identity)) {
        write!(digits, "{byte:02X}").unwrap();
    }
    digits
}

/// TLS towards a server of this authority, showing this certificate.
fn towards(authority: &Authority, shown: Option<&Identity>) -> ClientTls {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    let builder = ClientConfig::builder().with_root_certificates(roots);
    let config = match shown {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
            builder.with_client_auth_cert(vec![der(identity)], key).unwrap()
        }
    };
    ClientTls {
        config: Arc::new(config),
        name: ServerName::try_from("localhost").unwrap(),
        certificate: None,
    }
}

/// A server that asks for certificates of `authority`, and its TLS port.
fn mutual(backend: Backend, authority: &Authority, folder: &Path) -> Option<(House, SocketAddr)> {
    let identity = authority.server(&["127.0.0.1", "localhost"]).unwrap();
    let (certificate, key) = identity.write(folder, "server").unwrap();
    let trusted = authority.write(folder, "authority").unwrap();
    let settings = Settings::default()
        .set("dicom.tls.certificate", certificate.to_str().unwrap())
        .set("dicom.tls.key", key.to_str().unwrap())
        .set("dicom.tls.client_ca", trusted.to_str().unwrap())
        .set("dicom.tls.listen", "127.0.0.1:0");
    let house = House::start_with(backend, settings)?;
    let ready = std::fs::read_to_string(house.server.data_dir().join("ready.json")).unwrap();
    let ready: Value = serde_json::from_str(&ready).unwrap();
    Some((house, ready["dicomTls"].as_str().unwrap().parse().unwrap()))
}

async fn echo(at: SocketAddr, calling: &str, tls: Option<ClientTls>) -> &'static str {
    let title = |text| AeTitle::parse(text).unwrap();
    let mut target =
        Target::new(at.ip().to_string(), at.port(), title("LIGHTCASE"), title(calling));
    target.tls = tls;
    match scu::echo(&target).await {
        Ok(_) => "answered",
        Err(ScuError::UnknownCalling { .. }) => "unknown calling",
        Err(ScuError::Tls { .. }) => "tls",
        Err(ScuError::NotDicom { .. }) => "closed",
        Err(error) => panic!("{calling}: {error}"),
    }
}

async fn certificates_speak_for_their_peers(backend: Backend) {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let folder = tempfile::tempdir().unwrap();
    let (ours, foreign) = (Authority::new("A").unwrap(), Authority::new("B").unwrap());
    let Some((house, secure)) = mutual(backend, &ours, folder.path()) else { return };
    let [ct1, ct2, new] = ["CT1", "CT2", "NEW"].map(|name| ours.client(name).unwrap());
    let (file, _) = ct1.write(folder.path(), "ct1").unwrap();
    let add = |arguments: &[&str]| house.server.run("peer add", arguments, "").unwrap();
    add(&["CT1", "127.0.0.1", "--certificate", file.to_str().unwrap(), "--issuer", "Hospital A"]);
    add(&["CT2", "127.0.0.1", "--fingerprint", &fingerprint(&ct2)]);
    add(&["PLAIN", "127.0.0.1"]);
    let listed = house.ask("peer list", &["--json"]);
    assert_eq!(listed["peers"][0]["certificate"], fingerprint(&ct1).to_lowercase());
    assert_eq!(listed["peers"][0]["issuer"], "Hospital A");

    let check = async |calling: &str, shown: Option<&Identity>, expected: &str| {
        let seen = echo(secure, calling, Some(towards(&ours, shown))).await;
        assert_eq!(seen, expected, "{calling}");
    };
    check("CT1", Some(&ct1), "answered").await;
    check("CT2", Some(&ct2), "answered").await;
    // Of the right authority, but another's.
    check("CT2", Some(&ct1), "unknown calling").await;
    check("PLAIN", Some(&ct1), "unknown calling").await;
    check("CT1", Some(&new), "unknown calling").await;
    check("PLAIN", Some(&new), "answered").await;
    check("CT1", Some(&foreign.client("CT1").unwrap()), "tls").await;
    check("CT1", Some(&ours.expired_client("CT1").unwrap()), "tls").await;
    check("CT1", None, "tls").await;
    let plain = house.server.dicom();
    assert_eq!(echo(plain, "CT1", None).await, "unknown calling");
    assert_eq!(echo(plain, "PLAIN", None).await, "answered");
    assert_eq!(echo(secure, "PLAIN", None).await, "closed");
    assert_eq!(old_tls(secure).await, Some(21), "TLS 1.1 is answered with an alert");

    // A newcomer is let in with the certificate that it showed, and a thief is no newcomer.
    check("NEW", Some(&new), "unknown calling").await;
    check("THIEF", Some(&ct1), "unknown calling").await;
    let refused = house.ask("peer refused", &["--json"]);
    assert_eq!(refused["newcomers"].as_array().unwrap().len(), 1, "{refused}");
    assert_eq!(refused["newcomers"][0]["certificate"], fingerprint(&new).to_lowercase());
    house.server.run("peer allow", &["NEW"], "").unwrap();
    check("NEW", Some(&new), "answered").await;
    assert_eq!(echo(plain, "NEW", None).await, "unknown calling");
    // A failed handshake is recorded behind the alert that its caller saw.
    let begun = Instant::now();
    while house.events()["association_refused"] < 12 {
        assert!(begun.elapsed() < Duration::from_mins(1));
    }
    let events = house.events();
    assert_eq!((events["association_refused"], events["peer_identified"]), (12, 3));
}

/// The first byte of the answer to a `ClientHello` of TLS 1.1.
async fn old_tls(at: SocketAddr) -> Option<u8> {
    let hello =
        [&[0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2][..], &[7; 32], &[0, 0, 2, 0xC0, 0x13, 1, 0]];
    let mut socket = TcpStream::connect(at).await.unwrap();
    socket.write_all(&hello.concat()).await.unwrap();
    let mut answer = Vec::new();
    drop(socket.read_to_end(&mut answer).await);
    answer.first().copied()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_speak_for_their_peers_sqlite() {
    Box::pin(certificates_speak_for_their_peers(Backend::Embedded)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_speak_for_their_peers_postgres() {
    Box::pin(certificates_speak_for_their_peers(Backend::Production)).await;
}

async fn a_refused_newcomer_is_let_in_by_hand(house: House) {
    let instance = small_ct(1).instances().next().unwrap();
    let admin = house.signed_in("admin").await;
    let wanted = json!({"title": "CT1", "host": "192.0.2.9", "port": null, "rights": ["store"]});
    assert_eq!(admin.post("/api/v1/peers", &wanted).await.status, 201);
    for calling in ["NEWMR", "NEWMR", "CT1"] {
        let verdict = send_as(&house.server, calling, phantom(&instance)).await;
        assert!(matches!(verdict, Err(ScuError::UnknownCalling { .. })), "{verdict:?}");
    }
    assert!(house.log().contains("NEWMR is not a known peer; let it in with"));
    let listed = admin.get_json("/api/v1/newcomers").await;
    let [newcomer] = listed["newcomers"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    let seen = (&newcomer["title"], &newcomer["address"], &newcomer["times"]);
    assert_eq!(seen, (&json!("NEWMR"), &json!("127.0.0.1"), &json!(2)));
    let allow = format!("/api/v1/newcomers/{}/allow", newcomer["id"].as_str().unwrap());
    let reply = admin.post(&allow, &json!({})).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json()["rights"], json!(["echo", "store"]));
    let verdict = send_as(&house.server, "NEWMR", phantom(&instance)).await;
    assert!(matches!(verdict, Ok(Outcome::Stored(_))), "{verdict:?}");
    assert_eq!(admin.get_json("/api/v1/newcomers").await["newcomers"], json!([]));
    assert_eq!(admin.post(&allow, &json!({})).await.status, 404);
    assert_eq!(house.events()["peer_added"], 2);

    for (name, value) in [("certificate", "abc"), ("issuer", "a\\b")] {
        let mut wrong = json!({"title": "X", "host": "*", "port": null, "rights": ["find"]});
        wrong[name] = value.into();
        let reply = admin.post("/api/v1/peers", &wrong).await;
        assert_eq!((reply.status, reply.reason().as_str()), (400, "Malformed"), "{name}");
    }
}
