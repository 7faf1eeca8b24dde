//! `Accept` as DICOMweb uses it: media ranges with `type` and `transfer-syntax` parameters
//! (PS3.18 section 8.7.4).

use axum::http::{HeaderMap, header};

/// One media range.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Range {
    /// `type/subtype`, lower case.
    pub(crate) media: String,
    parameters: Vec<(String, String)>,
    quality: f32,
}

/// In which transfer syntax something is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Not said: the media type's own default.
    Default,
    /// As it is held.
    Any,
    /// This one.
    Uid(String),
}

impl Range {
    /// Reads one; a `Content-Type` is written alike.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut pieces = split(text, ';').into_iter();
        let media = pieces.next()?.trim().to_ascii_lowercase();
        media.split_once('/')?;
        let mut parameters = Vec::new();
        let mut quality = 1.0;
        for piece in pieces {
            let Some((name, value)) = piece.split_once('=') else { continue };
            let name = name.trim().to_ascii_lowercase();
            let value = value.trim().trim_matches('"').to_owned();
            if name == "q" {
                quality = value.parse().unwrap_or(0.0);
            } else {
                parameters.push((name, value));
            }
        }
        Some(Self { media, parameters, quality })
    }

    /// A parameter's value.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    /// The wanted transfer syntax.
    pub(crate) fn syntax(&self) -> Syntax {
        match self.parameter("transfer-syntax") {
            None => Syntax::Default,
            Some("*") => Syntax::Any,
            Some(uid) => Syntax::Uid(uid.to_owned()),
        }
    }

    /// The media type of each part, where parts are wanted; `None` for a single one.
    pub(crate) fn part(&self) -> Option<String> {
        (self.media == "multipart/related")
            .then(|| self.parameter("type").unwrap_or("*/*").to_ascii_lowercase())
    }

    /// Whether a media type lies within the range.
    pub(crate) fn takes(&self, media: &str) -> bool {
        matches(&self.media, media)
    }
}

/// Whether `range`, such as `image/*`, takes a media type.
pub(crate) fn matches(range: &str, media: &str) -> bool {
    match range.split_once('/') {
        Some(("*", "*")) => true,
        Some((kind, "*")) => media.split_once('/').is_some_and(|(each, _)| each == kind),
        Some(_) | None => range == media,
    }
}

/// The ranges of a request, the most wanted first; no header takes anything.
pub(crate) fn ranges(headers: &HeaderMap) -> Vec<Range> {
    let mut ranges: Vec<Range> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| split(value, ','))
        .filter_map(|text| Range::parse(&text))
        .filter(|range| range.quality > 0.0)
        .collect();
    if !headers.contains_key(header::ACCEPT) {
        ranges.extend(Range::parse("*/*"));
    }
    ranges.sort_by(|one, other| other.quality.total_cmp(&one.quality));
    ranges
}

/// The first of the offered media types that the most wanted range takes.
pub(crate) fn choose<'a>(headers: &HeaderMap, offered: &[&'a str]) -> Option<&'a str> {
    ranges(headers)
        .iter()
        .find_map(|range| offered.iter().copied().find(|media| range.takes(media)))
}

/// Splits outside of quotes.
fn split(text: &str, separator: char) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut quoted = false;
    for each in text.chars() {
        if each == '"' {
            quoted = !quoted;
        }
        if each == separator && !quoted {
            pieces.push(String::new());
        } else if let Some(last) = pieces.last_mut() {
            last.push(each);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(accept: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        headers
    }

    #[test]
    fn the_most_wanted_comes_first() {
        let ranges = ranges(&headers(
            "image/png;q=0.5, multipart/related; type=\"application/octet-stream\"; \
             transfer-syntax=1.2.840.10008.1.2.4.90, text/html;q=0",
        ));
        assert_eq!(ranges.len(), 2);
        assert_eq!(ranges[0].part().as_deref(), Some("application/octet-stream"));
        assert_eq!(ranges[0].syntax(), Syntax::Uid("1.2.840.10008.1.2.4.90".to_owned()));
        assert_eq!(ranges[1].syntax(), Syntax::Default);
    }

    #[test]
    fn offers_are_chosen_by_what_is_wanted() {
        let check = |accept, expected| {
            assert_eq!(choose(&headers(accept), &["image/jpeg", "image/png"]), expected);
        };
        check("*/*", Some("image/jpeg"));
        check("image/*", Some("image/jpeg"));
        check("image/png, image/jpeg;q=0.9", Some("image/png"));
        check("text/html", None);
        check("nonsense", None);
        assert_eq!(choose(&HeaderMap::new(), &["a/b"]), Some("a/b"));
    }
}
