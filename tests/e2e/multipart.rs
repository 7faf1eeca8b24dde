//! Multipart answers of WADO-RS, and DICOM files taken apart, read without the product's code.

use crate::caller::{Caller, Reply};

/// Every object as it was stored, in whatever transfer syntax.
pub(crate) const OBJECTS: &str = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";

/// Bodies of the parts of a `multipart/related` answer (RFC 2387).
pub(crate) fn parts(reply: &Reply) -> Vec<Vec<u8>> {
    let kind = reply.header("content-type");
    assert!(kind.starts_with("multipart/related"), "{kind}: {}", reply.status);
    let boundary = kind
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))
        .unwrap()
        .trim_matches('"');
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let mut body = b"\r\n".to_vec();
    body.extend_from_slice(&reply.body);
    let mut found = Vec::new();
    let mut rest = &body[find(&body, &delimiter).unwrap() + delimiter.len()..];
    while !rest.starts_with(b"--") {
        let end = find(rest, &delimiter).unwrap();
        let (part, after) = (&rest[..end], &rest[end + delimiter.len()..]);
        let head = find(part, b"\r\n\r\n").unwrap();
        found.push(part[head + 4..].to_vec());
        rest = after;
    }
    found
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    // The first byte first: windows over megabytes would take longer than the transfer.
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == what[0]) {
        if bytes[from + at..].starts_with(what) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// File meta and data set of a well-made PS3.10 file.
pub(crate) fn split(file: &[u8]) -> (&[u8], &[u8]) {
    assert_eq!(&file[128..132], b"DICM");
    assert_eq!(&file[132..140], b"\x02\0\0\0UL\x04\0");
    let length = u32::from_le_bytes(file[140..144].try_into().unwrap());
    file.split_at(144 + usize::try_from(length).unwrap())
}

/// Where one instance is, as QIDO-RS tells it: the path below the DICOMweb base.
pub(crate) async fn locate(caller: &Caller, base: &str, instance: &str) -> Option<String> {
    let rows = caller.get_json(&format!("{base}/instances?SOPInstanceUID={instance}")).await;
    let row = rows.as_array().unwrap().first()?.clone();
    let uid = |tag: &str| row[tag]["Value"][0].as_str().unwrap().to_owned();
    let (study, series) = (uid("0020000D"), uid("0020000E"));
    Some(format!("{base}/studies/{study}/series/{series}/instances/{instance}"))
}

/// One instance by WADO-RS, as a file; `None` when it is not held.
pub(crate) async fn retrieve(caller: &Caller, instance: &str) -> Option<Vec<u8>> {
    let path = locate(caller, "/dicom-web", instance).await?;
    let reply = caller.get(&path, OBJECTS).await;
    assert_eq!(reply.status, 200, "{instance}: {}", reply.text());
    let mut files = parts(&reply);
    assert_eq!(files.len(), 1);
    files.pop()
}
