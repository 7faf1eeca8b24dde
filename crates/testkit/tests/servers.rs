//! The private servers: they answer, refuse strangers, and leave nothing behind.

use std::{net::TcpStream, path::Path, process::Command};

use lightcase_testkit::{
    certificates::Authority,
    servers::{Leash, Postgres, S3, Settings},
};

fn installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        #[expect(clippy::print_stdout, reason = "a skip is said by name")]
        {
            println!("skipped: {program} is not installed (Debian: apt-get install postgresql)");
        }
    }
    found
}

#[test]
fn postgres_is_durable_private_and_gone_with_its_guard() {
    if !installed("psql") {
        return;
    }
    let server = Postgres::start().unwrap();
    let url = server.url().to_owned();
    let database = server.create_database().unwrap();
    assert_eq!(database.execute("SHOW fsync").unwrap().trim(), "on");
    assert_eq!(database.execute("SHOW synchronous_commit").unwrap().trim(), "on");
    database.execute("CREATE TABLE t (n bigint); INSERT INTO t VALUES (7)").unwrap();
    let copy = server.create_copy(&database).unwrap();
    assert_eq!(copy.execute("SELECT n FROM t").unwrap().trim(), "7");
    assert!(database.execute("SELECT nonsense").is_err());
    drop((copy, database));

    let address = url.split(['@', '/']).find(|part| part.starts_with("127.0.0.1:")).unwrap();
    assert!(TcpStream::connect(address).is_ok());
    drop(server);
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn s3_refuses_the_unsigned_and_keeps_buckets_apart() {
    let server = S3::start().unwrap();
    let (one, other) = (server.create_bucket().unwrap(), server.create_bucket().unwrap());
    assert_ne!(one.name, other.name);
    assert!(one.folder().is_dir());
    let endpoint = one.environment().remove(0).1;
    let client = {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        reqwest::Client::new()
    };
    let answer = client.get(format!("{endpoint}/{}/x", one.name)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 403);
    drop(server);
    assert!(client.get(endpoint).send().await.is_err());
}

#[test]
fn a_leash_runs_its_script_once_dropped_and_not_when_released() {
    let folder = tempfile::tempdir().unwrap();
    let marks = |name: &str| folder.path().join(name);
    let touch = |path: &Path| Leash::new("touch \"$1\"", [path]).unwrap();
    let kept = touch(&marks("dropped"));
    touch(&marks("released")).release().unwrap();
    assert!(!marks("dropped").exists());
    drop(kept);
    assert!(marks("dropped").exists());
    assert!(!marks("released").exists());
}

#[test]
fn certificates_are_signed_by_their_authority() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Test authority").unwrap();
    let stranger = Authority::new("Another authority").unwrap();
    let verify = |authority: &Authority, certificate: &Path| {
        use rustls::pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _};
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let verifier = rustls::client::WebPkiServerVerifier::builder_with_provider(
            roots.into(),
            provider.into(),
        )
        .build()
        .unwrap();
        let leaf = CertificateDer::from_pem_file(certificate).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let moment = UnixTime::since_unix_epoch(std::time::Duration::from_hours(500_000));
        rustls::client::danger::ServerCertVerifier::verify_server_cert(
            &*verifier,
            &leaf,
            &[],
            &name,
            &[],
            moment,
        )
        .is_ok()
    };
    let (server, _) = authority
        .server(&["localhost", "127.0.0.1"])
        .unwrap()
        .write(folder.path(), "server")
        .unwrap();
    assert!(verify(&authority, &server));
    assert!(!verify(&stranger, &server));
    let (client, _) = authority.client("MODALITY").unwrap().write(folder.path(), "client").unwrap();
    assert!(!verify(&authority, &client));
}

/// Stands in for the binary: it shows what the guard asks of it, and nothing of the product.
const STAND_IN: &str = r#"#!/bin/sh
for last; do :; done
case "$1 $2" in
serve*)
    echo "serving in $3"
    mkdir -p "$3"
    echo '{"http": "127.0.0.1:81", "dicom": "127.0.0.1:104"}' > "$3/ready.part"
    mv "$3/ready.part" "$3/ready.json"
    trap 'kill $!; exit 0' TERM
    sleep 1000 & wait ;;
"token create")
    echo "{\"token\": \"lc_$last\", \"listen\": \"$LIGHTCASE__DICOM__LISTEN\"}" ;;
"user add")
    read -r password; test "$password" = secret ;;
esac
"#;

#[test]
fn the_binary_is_started_asked_killed_and_stopped() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("lightcase");
    #[expect(clippy::disallowed_methods, reason = "a script of this test")]
    std::fs::write(&binary, STAND_IN).unwrap();
    std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();

    let mut server =
        Settings::default().set("dicom.ae_title", "TEST").binary(&binary).start().unwrap();
    assert_eq!(server.url(), "http://127.0.0.1:81");
    assert_eq!(server.dicom().port(), 104);
    let first = server.pid().unwrap();
    assert_eq!(server.create_token("t", &["dicomweb:read"]).unwrap(), "lc_dicomweb:read");
    server.add_user("ada", "radiologist", "secret").unwrap();
    assert!(server.add_user("ada", "radiologist", "wrong").is_err());

    server.kill().unwrap();
    assert_eq!(server.pid(), None);
    server.start().unwrap();
    assert_ne!(server.pid(), Some(first));
    assert!(server.stop().unwrap());
    assert_eq!(std::fs::read_to_string(server.log()).unwrap().lines().count(), 2);
}

#[test]
fn a_binary_that_ends_early_is_reported_with_its_words() {
    let error = Settings::default().binary(Path::new("/bin/echo")).start().unwrap_err();
    assert!(error.to_string().contains("serve --data-dir"), "{error}");
}
