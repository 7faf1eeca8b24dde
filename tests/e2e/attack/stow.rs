//! Requests to store that are none, or have no end.

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use lightcase_testkit::phantom::part10;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Body, Method};
use serde_json::json;

use super::memory::unharmed_below;
use crate::caller::{Caller, Reply};
use crate::house::{House, small_ct};

on_both! {
    a19_requests_to_store_stream_and_end,
}

const STUDIES: &str = "/dicom-web/studies";
const KIND: &str = "multipart/related; type=\"application/dicom\"; boundary=part";

fn pieces(piece: Vec<u8>, count: usize) -> impl Stream<Item = Vec<u8>> {
    stream::iter(std::iter::repeat_n(piece, count))
}

/// By a connection of its own: one whose body was refused may be closed behind the answer.
async fn send<S>((house, token): (&House, &str), kind: &str, body: S) -> Reply
where
    S: Stream<Item = Vec<u8>> + Send + 'static,
{
    let caller = Caller::with_token(&house.server, token);
    let body = body.map(|piece| Ok::<_, std::convert::Infallible>(Bytes::from(piece)));
    let request = caller.request(Method::POST, STUDIES).header(CONTENT_TYPE, kind);
    Reply::of(request.body(Body::wrap_stream(body))).await
}

/// Metadata of whatever depth are not taken, parts without number or end not waited for, and a body
/// of 256 MiB in which nothing begins costs what a piece of it does.
async fn a19_requests_to_store_stream_and_end(house: House) {
    let token = house.server.create_token("router", &["dicomweb:write"]).unwrap();
    let by = (&house, token.as_str());
    let study = small_ct(1);
    let files: Vec<_> = study.instances().map(|each| part10(&each)).collect();
    let part =
        |file: &[u8]| [b"\r\n--part\r\nContent-Type: application/dicom\r\n\r\n", file].concat();

    let deep = [vec![b'['; 10_000], vec![b']'; 10_000]].concat();
    let json = KIND.replace("/dicom\"", "/dicom+json\"");
    for (kind, body) in [
        ("application/dicom+json", deep.clone()),
        (json.as_str(), part(&deep)),
        ("application/dicom+xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>".to_vec()),
    ] {
        assert_eq!(send(by, kind, pieces(body, 1)).await.status, 415, "{kind}");
    }
    // As a part it is no object.
    let reply = send(by, KIND, pieces([part(&deep), b"\r\n--part--".to_vec()].concat(), 1)).await;
    assert_eq!(
        (reply.status, &reply.json()["0008119A"]["Value"][0]["00081197"]["Value"][0]),
        (409, &json!(0xC000))
    );

    let many = b"\r\n--part\r\nContent-Type: a/b\r\n\r\n".repeat(1_000);
    let reply = send(
        by,
        KIND,
        stream::once({
            let first = part(&files[0]);
            async { first }
        })
        .chain(pieces(many, 1_000)),
    )
    .await;
    assert_eq!(reply.status, 413);
    assert_eq!(reply.json()["00081199"]["Value"].as_array().unwrap().len(), 1);

    let endless = part(&files[1]);
    let reply = send(by, KIND, pieces(endless, 1)).await;
    assert_eq!(reply.status, 400, "{}", reply.text());
    assert_eq!(reply.json()["00081198"]["Value"].as_array().unwrap().len(), 1);
    let nothing = pieces(vec![b'-'; 1 << 20], 256);
    // The server may close before all is sent.
    let caller = Caller::with_token(&house.server, &token);
    let request = caller.request(Method::POST, STUDIES).header(CONTENT_TYPE, KIND);
    let body = nothing.map(|piece| Ok::<_, std::convert::Infallible>(Bytes::from(piece)));
    if let Ok(answer) = request.body(Body::wrap_stream(body)).send().await {
        assert_eq!(answer.status(), 400);
    }
    // A part of 256 MiB that is no object passes by.
    let junk = part(b"no DICOM");
    let rest = [part(&files[2]), b"\r\n--part--\r\n".to_vec()].concat();
    let long = pieces(junk, 1).chain(pieces(vec![0; 1 << 20], 256)).chain(pieces(rest, 1));
    let reply = send(by, KIND, long).await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    assert_eq!(reply.json()["00081199"]["Value"].as_array().unwrap().len(), 1);

    let staff = house.signed_in("radiologist").await;
    assert_eq!(staff.get_json("/dicom-web/instances").await.as_array().unwrap().len(), 2);
    unharmed_below(&house, 200 << 10).await;
}
