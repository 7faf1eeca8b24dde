//! Range requests: which bytes of something long are wanted (RFC 9110 section 14).

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// Which bytes are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of them: no range is named, several, or none that can be read.
    Whole,
    /// These, of which there is at least one.
    Part(Range<u64>),
    /// None that there are.
    Nothing,
}

/// What a request wants of so many bytes.
pub(crate) fn wanted(headers: &HeaderMap, length: u64) -> Wanted {
    let mut ranges = headers.get_all(header::RANGE).iter();
    let (Some(range), None) = (ranges.next(), ranges.next()) else { return Wanted::Whole };
    range.to_str().ok().and_then(|range| parse(range, length)).unwrap_or(Wanted::Whole)
}

/// One range of bytes; `None` for anything else.
fn parse(range: &str, length: u64) -> Option<Wanted> {
    let (unit, range) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let part = if first.is_empty() {
        length.saturating_sub(number(last)?)..length
    } else {
        let first = number(first)?;
        let last = if last.is_empty() { u64::MAX } else { number(last)? };
        if last < first {
            return None;
        }
        first..last.saturating_add(1).min(length)
    };
    Some(if part.is_empty() { Wanted::Nothing } else { Wanted::Part(part) })
}

/// Digits and nothing else. What is beyond every length stays beyond it.
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let check = |range: &str, expected: Wanted| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
            assert_eq!(wanted(&headers, 1_000), expected, "{range}");
        };
        check("bytes=0-", Wanted::Part(0..1_000));
        check("bytes=0-0", Wanted::Part(0..1));
        check("bytes=10-19", Wanted::Part(10..20));
        check("Bytes= 10-19 ", Wanted::Part(10..20));
        check("bytes=999-", Wanted::Part(999..1_000));
        check("bytes=990-5000", Wanted::Part(990..1_000));
        check("bytes=-1", Wanted::Part(999..1_000));
        check("bytes=-5000", Wanted::Part(0..1_000));
        check("bytes=0-99999999999999999999999", Wanted::Part(0..1_000));
        check("bytes=1000-", Wanted::Nothing);
        check("bytes=99999999999999999999999-", Wanted::Nothing);
        check("bytes=-0", Wanted::Nothing);
        for ignored in [
            "bytes=5-4",
            "bytes=0-1,5-6",
            "lines=0-1",
            "bytes=a-b",
            "bytes",
            "bytes=-",
            "bytes=+1-2",
        ] {
            check(ignored, Wanted::Whole);
        }
        assert_eq!(wanted(&HeaderMap::new(), 1_000), Wanted::Whole);
    }
}
