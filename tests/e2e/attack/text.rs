//! Text that is code somewhere else, and addresses that want to be followed.

use std::net::TcpListener;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::memory::unharmed;
use super::raw::{CT, EXPLICIT};
use super::shapes::{Ids, escaped, identify};
use crate::caller::Reply;
use crate::house::House;
use crate::link::{Link, wish};
use crate::multipart::retrieve;
use crate::scu::{outgoing, send};

use lightcase_testkit::phantom::Elements;

on_both! {
    a13_addresses_in_objects_are_never_followed,
    a15_text_is_data_in_every_answer_and_in_the_log,
}

async fn a13_addresses_in_objects_are_never_followed(house: House) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let planted = format!("http://{}/planted", listener.local_addr().unwrap());
    let staff = house.signed_in("radiologist").await;
    for (address, n) in
        ["file:///etc/passwd", planted.as_str(), "\\\\server\\share"].iter().zip(1..)
    {
        let ids = Ids::of(1, n);
        let mut set = Elements::default();
        identify(&mut set, CT, &ids, "Planted^Anna");
        // Pixel Data Provider URL and Retrieve URI: the bulk of an object, elsewhere.
        set.text(0x0028_7fe0, *b"UR", address)
            .item(0x0040_a730, |item| {
                item.text(0x0040_e010, *b"UR", address);
            })
            .text(0x0040_e010, *b"UR", address);
        let object = outgoing(CT, &ids.instance, EXPLICIT, set.into_bytes());
        assert_eq!(send(&house.server, object).await, 0);
        let metadata = staff.get_json(&format!("{}/metadata", ids.path())).await;
        assert_eq!(metadata[0]["0040E010"]["Value"][0], **address);
        let text = metadata.to_string();
        assert!(!text.contains("BulkDataURI"), "{text}");
        assert!(retrieve(&staff, &ids.instance).await.is_some());
        for place in ["rendered", "thumbnail", "frames/1", "bulkdata/7FE00010"] {
            let reply = staff.get(&format!("{}/{place}", ids.path()), "*/*").await;
            assert!((400..500).contains(&reply.status), "{place}: {}", reply.text());
        }
        let reply = staff.get(&format!("{}/bulkdata/00287FE0", ids.path()), "*/*").await;
        assert!(!reply.text().contains("root:"), "{}", reply.text());
        // The address that an answer has itself is the server's own.
        let query = format!("/dicom-web/instances?SOPInstanceUID={}", ids.instance);
        let found = staff.get_json(&query).await;
        let own = found[0]["00081190"]["Value"][0].as_str().unwrap().to_owned();
        assert!(own.starts_with(&house.server.url()), "{own}");
    }
    unharmed(&house).await;
    let called = listener.accept().map(|(_, from)| from).map_err(|error| error.kind());
    assert_eq!(called, Err(std::io::ErrorKind::WouldBlock), "the planted address was called");
}

const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "=cmd|'/c calc'!A1",
    "\u{202e}gpj.exe",
    "x\r\nFORGED: yes\r\n\r\n<b>body</b>",
    "\u{1b}[2J\u{1b}[31mred",
    "\"}],\"forged\":[{\"a\":\"",
];

async fn a15_text_is_data_in_every_answer_and_in_the_log(house: House) {
    let staff = house.signed_in("radiologist").await;
    for (text, n) in HOSTILE.iter().zip(1..) {
        let ids = Ids { series: format!("1.2.3.{n}.7"), ..Ids::of(n, n) };
        let mut set = Elements::default();
        identify(&mut set, CT, &ids, text);
        set.text(0x0040_0254, *b"LO", text);
        let stored = outgoing(CT, &ids.instance, EXPLICIT, set.into_bytes());
        assert_eq!(send(&house.server, stored).await, 0);
        check(&staff.get(&format!("{}/metadata", ids.path()), "*/*").await, text);
        let query = format!("/dicom-web/studies?StudyInstanceUID={}", ids.study);
        check(&staff.get(&query, "*/*").await, text);
        for place in ["rendered", "frames/1"] {
            check(&staff.get(&format!("{}/{place}", ids.path()), "*/*").await, "");
        }
        // A query with it finds it or finds nothing, and tells what it did not understand.
        let name = escaped(text);
        let query = format!("/dicom-web/studies?PatientName={name}&{name}=1");
        check(&staff.get(&query, "*/*").await, "");

        // The name of a file that is refused comes back where refusals are listed.
        let request = staff.request(Method::POST, "/api/v1/imports");
        let request = request.header(CONTENT_TYPE, "application/dicom");
        let request = request.header("x-lightcase-file-name", name).body("no picture");
        check(&Reply::of(request).await, "");
        check(&staff.get("/api/v1/refusals?limit=50", "*/*").await, "");

        let mut asked = wish(&ids.study);
        asked["recipients"] = json!([{"name": "Dr. <b>Bold</b>"}]);
        let link = Link::create(&staff, &asked).await;
        let visitor = link.enter(&house).await;
        visitor.accept().await;
        check(&visitor.browser.get(&visitor.path("share"), "*/*").await, "");
    }
    check(&staff.get("/api/v1/worklist", "*/*").await, HOSTILE[0]);
    // A NUL, which one of the two databases cannot hold.
    let (ids, mut set) = (Ids::of(99, 1), Elements::default());
    identify(&mut set, CT, &ids, "N\0L^Anna");
    let object = outgoing(CT, &ids.instance, EXPLICIT, set.into_bytes());
    assert_eq!(send(&house.server, object).await, 0);
    let query = format!("/dicom-web/studies?StudyInstanceUID={}", ids.study);
    check(&staff.get(&query, "*/*").await, "N\u{fffd}L^Anna");

    // Nothing of it made a line of its own, or a control sequence, in the log.
    let log = house.log();
    for line in log.lines() {
        assert!(!line.contains("FORGED") && !line.contains('\u{1b}'), "{line:?}");
        assert!(!line.contains("<script") && !line.contains("cmd|"), "{line:?}");
    }
    unharmed(&house).await;
}

/// An answer that a browser takes for data and nothing else; it holds the text as JSON has it.
fn check(reply: &Reply, text: &str) {
    assert!(reply.status < 500, "{}", reply.text());
    let kind = reply.header("content-type");
    assert!(kind.contains("json"), "{kind}: {}", reply.text());
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(reply.header("content-security-policy").contains("default-src 'none'"));
    for (name, value) in &reply.headers {
        assert!(value.to_str().is_ok() && name != "forged", "{name}: {value:?}");
    }
    if kind.starts_with("application/problem") {
        return;
    }
    let mut texts = Vec::new();
    collect(&reply.json(), &mut texts);
    // A value ends before its trailing spaces, and a person name has five parts at most.
    let found = texts.iter().any(|each| each.trim() == text.trim());
    assert!(text.is_empty() || found, "{text:?} is not in {texts:?}");
}

/// Every text of a JSON document.
fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, into)),
        Value::Object(members) => members.values().for_each(|value| collect(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
