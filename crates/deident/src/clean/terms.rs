//! Code Strings, of which the terms of PS3.3 stay.

use crate::table::lines::TERMS;

/// The values that are terms, each in its place; `None` when none is one. Terms are looked up in
/// `more` too.
pub(super) fn terms(value: &[u8], more: &[String]) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(value.len());
    for each in value.split(|byte| *byte == b'\\') {
        let term = str::from_utf8(each).unwrap_or_default().trim_matches([' ', '\0']);
        if TERMS.has(term) || more.iter().any(|each| each == term) {
            kept.extend_from_slice(term.as_bytes());
        }
        kept.push(b'\\');
    }
    let behind = kept.iter().rev().take_while(|byte| **byte == b'\\').count();
    kept.truncate(kept.len() - behind);
    (!kept.is_empty()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_stay_in_their_places() {
        let check = |value: &str, expected: Option<&str>| {
            let kept = terms(value.as_bytes(), &["GANTRY".to_owned()]);
            assert_eq!(kept.as_deref(), expected.map(str::as_bytes), "{value}");
        };
        check("ORIGINAL\\PRIMARY\\AXIAL ", Some("ORIGINAL\\PRIMARY\\AXIAL"));
        check("ORIGINAL\\PRIMARY\\QUILLERBY\\AXIAL", Some("ORIGINAL\\PRIMARY\\\\AXIAL"));
        check("DERIVED\\PRIMARY\\QUILLERBY", Some("DERIVED\\PRIMARY"));
        check("GANTRY", Some("GANTRY"));
        check("QUILLERBY", None);
        check("", None);
    }
}
