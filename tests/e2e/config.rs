//! Starting and stopping: what is refused before it serves, TLS, and an orderly end.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lightcase_testkit::certificates::Authority;
use lightcase_testkit::phantom::Study;
use lightcase_testkit::servers::Settings;
use reqwest::{Certificate, Method, Version};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::dcmtk;
use crate::house::{Backend, House, PASSWORD, small_ct};

on_both!(a_stop_during_a_transfer_is_orderly);

#[test]
fn what_is_unsafe_or_unknown_does_not_start() {
    let check = |key: &str, value: &str, words: &[&str]| {
        let error = Settings::default().set(key, value).start().unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "{key} = {value}: {error}");
        }
    };
    check("dicom.listen", "0.0.0.0:0", &["beyond loopback", "dicom.insecure = true"]);
    check("http.listen", "0.0.0.0:0", &["beyond loopback", "http.insecure = true"]);
    check("http.listen", "[::]:0", &["beyond loopback"]);
    check("dicom.port", "104", &["unknown field", "port"]);
    check("dicon.listen", "127.0.0.1:0", &["unknown field", "dicon"]);
    check("deident.policy", "clean", &["clean:PROJECT"]);
    check("deident.policy", "tidy", &["keep, clean:PROJECT, both:PROJECT"]);
    check("http.tls.certificate", "/nowhere/server.crt", &["http.tls.key"]);
    check("mail.host", "mail.example", &["mail.from is not"]);
    check("mail.from", "images@hospital.example", &["mail.host is not"]);
    check("mail.password", "geheim", &["unknown field"]);
    check("database.url", "mysql://localhost/x", &["postgres://"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_in_as_many_words_starts_and_is_audited() {
    let settings = Settings::default().set("dicom.listen", "0.0.0.0:0");
    let settings = settings.set("dicom.insecure", "true");
    let house = House::start_with(Backend::Embedded, settings).unwrap();
    assert_eq!(house.events()["insecure_bind"], 1);
}

/// A certificate for this machine, its key, and the file of the authority that signed it.
fn certificates(authority: &Authority, folder: &Path) -> (PathBuf, PathBuf, PathBuf) {
    let identity = authority.server(&["127.0.0.1", "localhost"]).unwrap();
    let (certificate, key) = identity.write(folder, "server").unwrap();
    let file = folder.join("authority.crt");
    let copy = lightcase_testkit::certificates::Identity {
        certificate: authority.pem().to_owned(),
        key: String::new(),
    };
    let (written, _) = copy.write(folder, "authority").unwrap();
    assert_eq!(written, file);
    (certificate, key, file)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn https_speaks_http_2_and_guards_its_cookies() {
    let (authority, folder) = (Authority::new("A").unwrap(), tempfile::tempdir().unwrap());
    let (certificate, key, _) = certificates(&authority, folder.path());
    let settings = Settings::default()
        .set("http.tls.certificate", certificate.to_str().unwrap())
        .set("http.tls.key", key.to_str().unwrap());
    let house = House::start_with(Backend::Embedded, settings).unwrap();
    let base = house.server.url().replace("http://", "https://");
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let trusted = Certificate::from_pem(authority.pem().as_bytes()).unwrap();
    let client = || reqwest::Client::builder().tls_certs_only([trusted.clone()]).cookie_store(true);

    let http = client().build().unwrap();
    let reply = http.get(format!("{base}/healthz")).send().await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.version()), (200, Version::HTTP_2));
    let old = client().http1_only().build().unwrap();
    let reply = old.get(format!("{base}/healthz")).send().await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.version()), (200, Version::HTTP_11));
    drop(house.stranger().request(Method::GET, "/healthz").send().await.unwrap_err());

    house.server.add_user("rita", "radiologist", PASSWORD).unwrap();
    let staff = Caller::through(http, base.clone());
    let request = staff
        .request(Method::POST, "/api/v1/session")
        .header("origin", &base)
        .header("x-lightcase", "1")
        .json(&json!({"name": "rita", "password": PASSWORD}));
    let reply = crate::caller::Reply::of(request).await;
    let cookie = reply.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-lc_session="), "{cookie}");
    for attribute in ["; Path=/;", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(staff.get_json("/dicom-web/studies").await, json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storescu_sends_over_tls() {
    let (authority, folder) = (Authority::new("A").unwrap(), tempfile::tempdir().unwrap());
    let (certificate, key, trusted) = certificates(&authority, folder.path());
    let settings = Settings::default()
        .set("dicom.tls.certificate", certificate.to_str().unwrap())
        .set("dicom.tls.key", key.to_str().unwrap())
        .set("dicom.tls.listen", "127.0.0.1:0");
    let house = House::start_with(Backend::Embedded, settings).unwrap();
    house.server.run("peer add", &["STORESCU", "127.0.0.1"], "").unwrap();
    let ready = std::fs::read_to_string(house.server.data_dir().join("ready.json")).unwrap();
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let address = ready["dicomTls"].as_str().unwrap().parse().unwrap();
    let study = small_ct(1);
    let images = folder.path().join("images");
    study.write(&images).unwrap();

    let Some(mut storescu) = dcmtk::tool("storescu") else { return };
    storescu.args(["-aec", "LIGHTCASE", "+tla", "+cf"]).arg(&trusted).args(["+sd"]);
    let (done, text) = dcmtk::run(storescu.args(dcmtk::place(address)).arg(&images)).await;
    assert!(done, "{text}");
    let reader = house.program(&["dicomweb:read"]);
    let found = reader.get_json("/dicom-web/instances").await;
    assert_eq!(found.as_array().unwrap().len(), 4);

    // A peer that trusts somebody else does not send; one without TLS gets no answer.
    let stranger = Authority::new("B").unwrap();
    let (_, _, wrong) = certificates(&stranger, &images);
    let Some(mut storescu) = dcmtk::tool("storescu") else { return };
    storescu.args(["-aec", "LIGHTCASE", "+tla", "+cf"]).arg(&wrong).args(["+sd"]);
    let (done, _) = dcmtk::run(storescu.args(dcmtk::place(address)).arg(&images)).await;
    assert!(!done);
    let (done, _) = dcmtk::echo(address, "STORESCU", "LIGHTCASE").await.unwrap();
    assert!(!done);
}

async fn a_stop_during_a_transfer_is_orderly(mut house: House) {
    let token = house.server.create_token("reader", &["dicomweb:read"]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let study = Study::ct_of(1, 168, 256);
    study.write(folder.path()).unwrap();
    let (address, path) = (house.server.dicom(), folder.path().to_owned());
    let sending = tokio::spawn(async move { dcmtk::store(address, "STORESCU", &path).await });
    let reader = Caller::with_token(&house.server, &token);
    let begun = Instant::now();
    while reader.get_json("/dicom-web/instances").await.as_array().unwrap().is_empty() {
        if sending.is_finished() {
            let Some((done, text)) = sending.await.unwrap() else { return };
            panic!("nothing is found of what was sent ({done}): {text}");
        }
        assert!(begun.elapsed() < Duration::from_mins(1));
    }
    assert!(house.server.stop().unwrap(), "{}", house.log());
    let (_, text) = sending.await.unwrap().unwrap();
    let acknowledged = text.matches("Received Store Response (Success)").count();
    assert!(acknowledged > 0, "{text}");

    house.server.start().unwrap();
    let reader = Caller::with_token(&house.server, &token);
    let found = reader.get_json("/dicom-web/instances?limit=1000").await;
    let held = found.as_array().unwrap().len();
    // The last one may be held without its sender having heard of it.
    assert!(held == acknowledged || held == acknowledged + 1, "{held} {acknowledged}");
    let events = house.events();
    assert_eq!(events["store_begun"], events["store_ended"]);
}
