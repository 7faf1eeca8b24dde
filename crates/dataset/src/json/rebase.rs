//! The place of bulk data, put into metadata when it is served.

const PLACEHOLDER: &[u8] = b"\"BulkDataURI\":\"lc:";

/// Replaces the `lc:` of every `BulkDataURI` in metadata that a [`Scan`](crate::Scan) made by
/// `base`, which must hold nothing that JSON escapes, such as `/dicom-web/studies/1.2/…/bulkdata/`.
///
/// Works on the text, whatever its depth, and cannot be misled by values: a quotation mark inside
/// one is escaped.
pub fn rebase_bulk_data(metadata: &[u8], base: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(metadata.len() + 1024);
    let mut rest = metadata;
    while let Some(at) = find(rest) {
        let (before, behind) = rest.split_at_checked(at + PLACEHOLDER.len()).unwrap_or((rest, &[]));
        out.extend_from_slice(before.strip_suffix(b"lc:").unwrap_or(before));
        out.extend_from_slice(base.as_bytes());
        rest = behind;
    }
    out.extend_from_slice(rest);
    out
}

/// Where the placeholder starts.
fn find(text: &[u8]) -> Option<usize> {
    text.windows(PLACEHOLDER.len()).position(|window| window == PLACEHOLDER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(metadata: &str, expected: &str) {
        assert_eq!(rebase_bulk_data(metadata.as_bytes(), "/b/"), expected.as_bytes());
    }

    #[test]
    fn only_members_are_replaced() {
        check("{}", "{}");
        check(
            r#"{"7FE00010":{"vr":"OW","BulkDataURI":"lc:7FE00010"}}"#,
            r#"{"7FE00010":{"vr":"OW","BulkDataURI":"/b/7FE00010"}}"#,
        );
        check(
            r#"{"00104000":{"vr":"LT","Value":["\"BulkDataURI\":\"lc:7FE00010\""]}}"#,
            r#"{"00104000":{"vr":"LT","Value":["\"BulkDataURI\":\"lc:7FE00010\""]}}"#,
        );
    }
}
