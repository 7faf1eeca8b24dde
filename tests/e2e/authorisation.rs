//! Authorisations at the command line, and what ends with them, on both engines.

use serde_json::{Value, json};

use crate::caller::DICOM_JSON;
use crate::house::{House, small_ct, write_private};
use crate::link::{Link, wish};

on_both! {
    a_record_is_kept_at_the_command_line_and_ends_its_links,
}

/// The options of a whole form.
fn form(study: &str) -> Vec<String> {
    let options = [
        ("--study", study),
        ("--description", "All images of the head"),
        ("--discloser", "Example Hospital"),
        ("--recipient", "Example Insurance"),
        ("--purpose", "a claim"),
        ("--expiry-event", "the end of the claim"),
        ("--signed-by", "Jane Doe"),
        ("--signed-on", "2026-01-20"),
        ("--statement", "revocation,conditioning,redisclosure"),
    ];
    options.iter().flat_map(|(name, value)| [(*name).to_owned(), (*value).to_owned()]).collect()
}

fn ask(house: &House, subcommand: &str, arguments: &[String]) -> Value {
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    arguments.push("--json");
    house.ask(subcommand, &arguments)
}

async fn a_record_is_kept_at_the_command_line_and_ends_its_links(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let whole = form(&study.uid);
    // Each option left out is refused in words that name it.
    for at in (2..whole.len()).step_by(2) {
        let mut partial = whole.clone();
        let left_out = partial.drain(at..at + 2).next().unwrap();
        let output = house.server.command("authorisation add").unwrap().args(partial).output();
        let output = output.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{left_out}: {said}");
        assert!(said.contains("is missing"), "{left_out}: {said}");
    }
    let made = ask(&house, "authorisation add", &whole);
    let id = made["id"].as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let (scan, saved) = (folder.path().join("scan"), folder.path().join("saved"));
    write_private(&scan, b"%PDF-1.7\n%%EOF\n");
    let (scan, saved) = (scan.to_str().unwrap().to_owned(), saved.to_str().unwrap().to_owned());
    let attached = ask(&house, "authorisation attach", &[id.clone(), scan]);
    assert_eq!(attached["form"]["mediaType"], "application/pdf");
    let mut changed = whole;
    changed.extend(["--representative".to_owned(), "Guardian".to_owned(), id.clone()]);
    assert_eq!(ask(&house, "authorisation change", &changed)["version"], 2);

    let staff = house.signed_in("radiologist").await;
    let mut asked = wish(&study.uid);
    asked["authority"] = "authorisation".into();
    asked["authorisation"] = id.as_str().into();
    let visitor = Link::create(&staff, &asked).await.open(&house).await;
    assert_eq!(visitor.get("dicom-web/studies", DICOM_JSON).await.status, 200);
    let why = ["--reason".to_owned(), "the patient wrote".to_owned(), id.clone()];
    assert_eq!(ask(&house, "authorisation revoke", &why), json!({"revoked": 1}));
    assert_eq!(visitor.get("dicom-web/studies", DICOM_JSON).await.status, 403);

    let of = ["--study".to_owned(), study.uid.clone()];
    let listed = ask(&house, "authorisation list", &of);
    assert_eq!(listed["authorisations"][0]["state"], "revoked");
    let shown = ask(&house, "authorisation show", std::slice::from_ref(&id));
    assert_eq!(listed["authorisations"], json!([shown]));
    // The command line and the API say the same.
    assert_eq!(staff.get_json(&format!("/api/v1/authorisations/{id}")).await, shown);
    let out = [id, "--form".to_owned(), saved.clone()];
    let exported = ask(&house, "authorisation export", &out);
    assert_eq!(exported["versions"].as_array().unwrap().len(), 2);
    assert_eq!(exported["links"][0]["state"], "revoked");
    assert_eq!(std::fs::read(saved).unwrap(), b"%PDF-1.7\n%%EOF\n");
}
