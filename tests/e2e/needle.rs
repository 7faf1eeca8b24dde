//! Texts that must not be somewhere, in any of the ways they could be written.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

/// No form is shorter, so one look at so many bytes tells whether any can begin there.
const HEAD: usize = 8;

/// What is looked for: forms with what they are of, by how they begin.
pub(crate) struct Needles(HashMap<Vec<u8>, Vec<(String, Vec<u8>)>>);

impl Needles {
    /// Of texts, each with what it is.
    pub(crate) fn of<'a, 'b>(texts: impl IntoIterator<Item = (&'a str, &'b str)>) -> Self {
        let mut by_head: HashMap<Vec<u8>, Vec<(String, Vec<u8>)>> = HashMap::new();
        for (what, text) in texts {
            for form in forms(text) {
                assert!(form.len() >= HEAD, "a {what} is too short to be looked for");
                let found = by_head.entry(form[..HEAD].to_vec()).or_default();
                found.push((what.to_owned(), form));
            }
        }
        Self(by_head)
    }

    /// Panics, naming the place, when any of them is there.
    pub(crate) fn none_in(&self, place: &str, bytes: &[u8]) {
        for (at, head) in bytes.windows(HEAD).enumerate() {
            let Some(forms) = self.0.get(head) else { continue };
            let found = forms.iter().find(|(_, form)| bytes[at..].starts_with(form));
            assert!(found.is_none(), "{place} holds a {}", found.unwrap().0);
        }
    }
}

/// As it is, in either case, in two encodings of text, in hexadecimal and in base64.
fn forms(text: &str) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::new();
    for spelling in [text.to_owned(), text.to_lowercase(), text.to_uppercase()] {
        forms.insert(spelling.encode_utf16().flat_map(u16::to_le_bytes).collect());
        forms.insert(spelling.encode_utf16().flat_map(u16::to_be_bytes).collect());
        forms.extend(encoded(spelling.as_bytes()));
        forms.insert(spelling.into_bytes());
    }
    // Secrets are given out as base64url of 256 bits.
    if text.len() == 43
        && let Ok(bits) = BASE64_URL_SAFE_NO_PAD.decode(text)
    {
        forms.extend(encoded(&bits));
        forms.insert(bits);
    }
    forms
}

fn encoded(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut hex = String::new();
    for byte in bytes {
        write!(hex, "{byte:02x}").unwrap();
    }
    let mut found = vec![hex.to_uppercase().into_bytes(), hex.into_bytes()];
    // Base64 depends on where in its three bytes a text begins; the ends depend on what stands
    // beside it.
    for before in 0..3 {
        let mut padded = vec![b' '; before];
        padded.extend_from_slice(bytes);
        let whole = padded.len() / 3 * 4;
        let begin = if before == 0 { 0 } else { 4 };
        for alphabet in [BASE64_STANDARD.encode(&padded), BASE64_URL_SAFE_NO_PAD.encode(&padded)] {
            found.push(alphabet.as_bytes()[begin..whole].to_vec());
        }
    }
    found
}

#[test]
fn a_needle_is_found_in_each_of_its_forms() {
    let check = |hay: &[u8], found: bool| {
        let needles = Needles::of([("name", "Lovelace")]);
        let searched = std::panic::catch_unwind(|| needles.none_in("here", hay));
        assert_eq!(searched.is_err(), found, "{hay:?}");
    };
    check(b"nothing of hers", false);
    check(b"Ada Lovelace was here", true);
    check(b"LOVELACE", true);
    check(b"l\0o\0v\0e\0l\0a\0c\0e\0", true);
    check(b"x 4c6f76656c616365", true);
    for hay in ["Lovelace", "-Lovelace", "a Lovelace and more"] {
        check(BASE64_STANDARD.encode(hay).as_bytes(), true);
    }
    let secret = BASE64_URL_SAFE_NO_PAD.encode([0xfb; 32]);
    let needles = Needles::of([("secret", secret.as_str())]);
    assert!(std::panic::catch_unwind(|| needles.none_in("here", &[0xfb; 40])).is_err());
}
