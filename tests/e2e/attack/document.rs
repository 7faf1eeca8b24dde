//! Documents inside objects: handed over as data, never shown as a page of this origin.

use super::memory::unharmed;
use super::raw::EXPLICIT;
use super::shapes::{Ids, object};
use crate::caller::Reply;
use crate::house::House;
use crate::multipart::OBJECTS;
use crate::scu::{outgoing, send};

on_both!(a16_documents_are_saved_and_never_shown);

const DOCUMENTS: [(&str, &str, &str); 4] = [
    ("1.2.840.10008.5.1.4.1.1.104.1", "application/pdf", "%PDF-1.7 <script>alert(1)</script>"),
    ("1.2.840.10008.5.1.4.1.1.104.1", "text/html", "<html><script>alert(1)</script></html>"),
    ("1.2.840.10008.5.1.4.1.1.104.2", "text/XML", "<?xml version=\"1.0\"?><x><script/></x>"),
    ("1.2.840.10008.5.1.4.1.1.104.3", "model/stl", "solid <script>alert(1)</script> "),
];

async fn a16_documents_are_saved_and_never_shown(house: House) {
    let reader = house.program(&["dicomweb:read"]);
    for ((class, kind, document), n) in DOCUMENTS.into_iter().zip(1..) {
        let ids = Ids::of(1, n);
        // Long enough to be bulk data.
        let bytes = document.repeat(100).into_bytes();
        let set = object(class, &ids, |set| {
            set.text(0x0042_0010, *b"ST", "<script>title</script>")
                .bytes(0x0042_0011, *b"OB", &bytes)
                .text(0x0042_0012, *b"LO", kind);
        });
        assert_eq!(send(&house.server, outgoing(class, &ids.instance, EXPLICIT, set)).await, 0);

        for accept in ["*/*", "text/html, */*;q=0.8", "application/pdf", kind] {
            for picture in ["rendered", "thumbnail"] {
                let reply = reader.get(&format!("{}/{picture}", ids.path()), accept).await;
                assert_eq!(reply.status, 406, "{accept}: {}", reply.text());
                check(&reply, accept);
            }
            let reply = reader.get(&format!("{}/bulkdata/00420011", ids.path()), accept).await;
            check(&reply, accept);
            if accept == "*/*" {
                assert_eq!(reply.status, 200, "{}", reply.text());
            }
        }
        let reply = reader.get(&ids.path(), "application/dicom; transfer-syntax=*").await;
        assert_eq!(reply.status, 200);
        check(&reply, "application/dicom");
        check(&reader.get(&ids.path(), OBJECTS).await, OBJECTS);
        check(&reader.get(&format!("{}/metadata", ids.path()), "text/html, */*").await, "metadata");
    }
    unharmed(&house).await;
}

/// Nothing a browser would run: no document type, no guessing, a sandbox, and what is neither
/// JSON nor a picture is for saving.
fn check(reply: &Reply, what: &str) {
    let kind = reply.header("content-type");
    let data = ["application/octet-stream", "application/dicom", "multipart/related"];
    let json = kind.contains("json");
    assert!(json || data.iter().any(|each| kind.starts_with(each)), "{what}: {kind}");
    assert_eq!(reply.header("x-content-type-options"), "nosniff", "{what}");
    let policy = reply.header("content-security-policy");
    assert!(
        policy.contains("sandbox") && policy.contains("default-src 'none'"),
        "{what}: {policy}"
    );
    assert!(!policy.contains("script-src"), "{what}: {policy}");
    if !json {
        assert_eq!(reply.header("content-disposition"), "attachment", "{what}");
    }
}
