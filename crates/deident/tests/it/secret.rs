//! What must not survive, and the forms in which it could.

use std::collections::BTreeSet;

/// Parts of the identity that is planted. None of them is a word, a date or a number of anything
/// else in the objects.
pub(crate) const SECRETS: [&str; 10] = [
    "quillerby",
    "peverell",
    "7731905",
    "19760904",
    "marnorbel",
    "135739.77",
    "1976-09-04",
    "077y",
    "04.09.1976",
    "p.quill@ward7",
];

/// Names in five character sets, as bytes.
pub(crate) const NAMES: [(&str, &[u8]); 5] = [
    ("ISO_IR 100", b"Qu\xEEllerb\xFD^\xC6ver\xEBll"),
    ("ISO_IR 144", b"\xBA\xD2\xD8\xDB\xDB\xD5\xE0\xD1\xD8^\xBF\xD5\xD2\xD5"),
    ("\\ISO 2022 IR 87", b"Yamada=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B"),
    ("ISO_IR 192", "Хабаровицкий^Ямадамото".as_bytes()),
    ("GB18030", b"\xCD\xF5\xD0\xA1\xB6\xAB^\xC0\xEE\xCB\xC4"),
];

/// Pieces of those names long enough to be nothing else.
const NAME_PARTS: [&[u8]; 7] = [
    b"llerb\xFD",
    b"ver\xEBll",
    b"\xDB\xDB\xD5\xE0\xD1",
    b";3ED",
    "Хабаров".as_bytes(),
    "Ямада".as_bytes(),
    b"\xCD\xF5\xD0\xA1\xB6",
];

/// Which secrets stand in bytes: as they are, in UTF-16, reversed, in base64, in
/// hexadecimal.
pub(crate) fn survivors(bytes: &[u8]) -> BTreeSet<String> {
    let lower = bytes.to_ascii_lowercase();
    let narrow: Vec<u8> = lower.iter().copied().filter(|byte| *byte != 0).collect();
    let mut found = BTreeSet::new();
    let has = |within: &[u8], part: &[u8]| {
        within.windows(part.len()).any(|window| window[0] == part[0] && window == part)
    };
    for secret in SECRETS {
        let hex = data_encoding::HEXLOWER.encode(secret.as_bytes());
        if has(&lower, secret.as_bytes()) || has(&narrow, secret.as_bytes()) {
            found.insert(secret.to_owned());
        }
        let reversed: Vec<u8> = secret.bytes().rev().collect();
        if has(&lower, &reversed) || has(&narrow, &reversed) {
            found.insert(format!("{secret} reversed"));
        }
        if has(&lower, hex.as_bytes()) {
            found.insert(format!("{secret} in hexadecimal"));
        }
    }
    for part in NAME_PARTS {
        if has(bytes, part) {
            found.insert(String::from_utf8_lossy(part).into_owned());
        }
    }
    let runs = bytes.split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')));
    // The shortest secret has four characters.
    for run in runs.filter(|run| run.len() >= 6) {
        for start in 0..4.min(run.len()) {
            let whole = run[start..].len() / 4 * 4;
            let decoded = data_encoding::BASE64.decode(&run[start..start + whole]);
            let decoded = decoded.unwrap_or_default().to_ascii_lowercase();
            for secret in SECRETS {
                if has(&decoded, secret.as_bytes()) {
                    found.insert(format!("{secret} in base64"));
                }
            }
        }
    }
    found
}
