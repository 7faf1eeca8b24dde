//! `multipart/related` bodies (RFC 2387), written by hand: readers in the field look for
//! `Content-Type:` in exactly this spelling, and for the boundary anywhere in the bytes.

use axum::http::HeaderValue;
use bytes::Bytes;
use data_encoding::BASE32_NOPAD;

use crate::problem::{Answer, Problem};

/// The boundary of one body: 160 random bits, so that no part holds it by chance.
#[derive(Debug, Clone)]
pub(crate) struct Boundary(String);

impl Boundary {
    pub(crate) fn random() -> Answer<Self> {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes).map_err(Problem::internal)?;
        Ok(Self(BASE32_NOPAD.encode(&bytes)))
    }

    /// The value of the whole body's `Content-Type`.
    pub(crate) fn content_type(&self, part: &str) -> Answer<HeaderValue> {
        let text = format!("multipart/related; type=\"{part}\"; boundary={}", self.0);
        HeaderValue::from_str(&text).map_err(Problem::internal)
    }

    /// What stands before a part; nothing precedes the first boundary line.
    pub(crate) fn part(&self, content_type: &str, first: bool) -> Bytes {
        let end = if first { "" } else { "\r\n" };
        Bytes::from(format!("{end}--{}\r\nContent-Type: {content_type}\r\n\r\n", self.0))
    }

    /// What stands after the last part.
    pub(crate) fn end(&self) -> Bytes {
        Bytes::from(format!("\r\n--{}--\r\n", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_spelled_as_readers_look_for_them() {
        let boundary = Boundary("BOUNDARY".to_owned());
        let part = boundary.part("application/dicom; transfer-syntax=1.2.3", true);
        assert_eq!(
            part,
            "--BOUNDARY\r\nContent-Type: application/dicom; transfer-syntax=1.2.3\r\n\r\n"
        );
        assert!(boundary.part("a/b", false).starts_with(b"\r\n--BOUNDARY\r\n"));
        assert_eq!(boundary.end(), "\r\n--BOUNDARY--\r\n");
        assert!(Boundary::random().unwrap().0.len() >= 20);
    }
}
