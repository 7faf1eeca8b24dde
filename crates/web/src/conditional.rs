//! Conditional requests: entity tags, `If-None-Match`, `If-Match` and `If-Range` (RFC 9110 section
//! 13.1).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::Problem;
use crate::problem::Answer;

/// An entity tag. A weak one is of what may travel compressed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(String);

impl Tag {
    /// The tag of everything that decides what the bytes are.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        let digest = digest.finalize();
        let short = digest.get(..18).unwrap_or_default();
        Self(format!("W/\"{}\"", BASE64URL_NOPAD.encode(short)))
    }

    /// The strong tag of a digest: under it every byte is the same.
    pub(crate) fn strong(digest: impl std::fmt::Display) -> Self {
        Self(format!("\"{digest}\""))
    }

    pub(crate) fn header(&self) -> Answer<HeaderValue> {
        HeaderValue::from_str(&self.0).map_err(Problem::internal)
    }

    /// Whether the client has it already.
    pub(crate) fn is_known(&self, headers: &HeaderMap) -> bool {
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let own = bare(&self.0);
        headers
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|each| each.trim() == "*" || bare(each) == own)
    }

    /// Whether the client wants this and nothing else: 412 unless `If-Match` fits.
    pub(crate) fn demanded(&self, headers: &HeaderMap) -> Answer<()> {
        let mut demands = headers.get_all(header::IF_MATCH).iter().peekable();
        let any = demands.peek().is_none();
        let fits = |demand: &HeaderValue| {
            let tags = demand.to_str().unwrap_or_default().split(',').map(str::trim);
            tags.into_iter().any(|tag| tag == "*" || tag == self.0)
        };
        if any || demands.any(fits) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "Changed",
            "It is not what it was. Begin from the start.",
        ))
    }

    /// Whether a range may be taken from it: `If-Range` names it, or is not there. A date names
    /// nothing, since nothing here has one.
    pub(crate) fn continues(&self, headers: &HeaderMap) -> bool {
        headers.get(header::IF_RANGE).is_none_or(|tag| tag.as_bytes() == self.0.as_bytes())
    }

    /// Whether the client shows, by `If-Range`, that it goes on with what it has of this.
    pub(crate) fn is_continued(&self, headers: &HeaderMap) -> bool {
        headers.contains_key(header::IF_RANGE) && self.continues(headers)
    }

    /// 304 with the headers that a cache keeps.
    pub(crate) fn not_modified(&self, cache: &'static str) -> Answer {
        let headers = [
            (header::ETAG, self.header()?),
            (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        ];
        Ok((StatusCode::NOT_MODIFIED, headers).into_response())
    }

    /// The body with its tag, or 304.
    pub(crate) fn answer(
        &self,
        headers: &HeaderMap,
        cache: &'static str,
        body: Response,
    ) -> Answer {
        if self.is_known(headers) {
            return self.not_modified(cache);
        }
        let mut response = body;
        response.headers_mut().insert(header::ETAG, self.header()?);
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_compare_weakly() {
        let tag = Tag::of(&[b"a", b"b"]);
        assert_ne!(tag, Tag::of(&[b"ab"]));
        let check = |value: &str, expected| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_str(value).unwrap());
            assert_eq!(tag.is_known(&headers), expected, "{value}");
        };
        check(&tag.0, true);
        check(&format!("\"x\", {}", tag.0.trim_start_matches("W/")), true);
        check("*", true);
        check("\"x\"", false);
    }

    #[test]
    fn strong_tags_are_the_same_or_not() {
        let tag = Tag::strong("abc");
        let with = |name, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
            headers
        };
        for (value, same) in [
            ("\"abc\"", true),
            ("\"abd\"", false),
            ("W/\"abc\"", false),
            ("Wed, 21 Oct 2026 07:28:00 GMT", false),
        ] {
            let range = with(header::IF_RANGE, value);
            assert_eq!((tag.continues(&range), tag.is_continued(&range)), (same, same), "{value}");
            assert_eq!(tag.demanded(&with(header::IF_MATCH, value)).is_ok(), same, "{value}");
        }
        assert!(tag.continues(&HeaderMap::new()) && tag.demanded(&HeaderMap::new()).is_ok());
        assert!(!tag.is_continued(&HeaderMap::new()));
        assert!(tag.demanded(&with(header::IF_MATCH, "\"x\", \"abc\"")).is_ok());
        assert!(tag.demanded(&with(header::IF_MATCH, "*")).is_ok());
    }
}
