//! Sorted texts that are searched where they lie.

/// Lines in ascending order of their bytes.
pub(crate) struct Lines(&'static str);

/// Terms of Code Strings that PS3.3 defines, and a few that scanners of known makers write, and
/// the names of those makers.
pub(crate) const TERMS: Lines = Lines(include_str!("terms.txt"));

/// Words, in lower case, that name no person, place or institution; but for a few that descriptions
/// need, although somebody is called so.
pub(crate) const WORDS: Lines = Lines(include_str!("words.txt"));

/// Codes of PS3.16: scheme, value and meaning, by tabs.
pub(crate) const CODES: Lines = Lines(include_str!("codes.txt"));

/// The UIDs that PS3.6 annex A registers: classes, syntaxes, frames of reference, context groups.
pub(crate) const UIDS: Lines = Lines(include_str!("uids.txt"));

impl Lines {
    /// Whether the text is a line.
    pub(crate) fn has(&self, text: &str) -> bool {
        !text.is_empty() && self.first_from(text) == Some(text)
    }

    /// What stands behind the text on the first line that begins with it.
    pub(crate) fn behind(&self, text: &str) -> Option<&'static str> {
        self.first_from(text)?.strip_prefix(text)
    }

    /// The first line that is not less than the text.
    fn first_from(&self, text: &str) -> Option<&'static str> {
        let whole = self.0;
        // `low` is the start of a line, and all lines before it are less.
        let (mut low, mut high) = (0, whole.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = whole.get(..middle)?.rfind('\n').map_or(0, |at| at + 1).max(low);
            let line = whole.get(start..)?.lines().next().unwrap_or_default();
            if line < text {
                low = start + line.len() + 1;
            } else {
                high = start;
            }
        }
        whole.get(low..)?.lines().next()
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::table::requirement::CLASSES;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for lines in [TERMS, WORDS, CODES, UIDS] {
            let all: Vec<&str> = lines.0.lines().collect();
            assert!(all.is_sorted_by(|a, b| a < b));
            for line in &all {
                assert!(lines.has(line), "{line}");
                assert!(!lines.has(&format!("{line}~")));
            }
            for no in ["", "\n", "~", " ", "CANARY", "canary"] {
                assert!(!lines.has(no));
            }
        }
    }

    /// To take a newer edition: put its UIDs in, in order, and the count and digest here.
    #[test]
    fn the_registry_is_pinned() {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(UIDS.0));
        assert_eq!(
            (UIDS.0.lines().count(), digest.as_str()),
            (1880, "610ee4df42c5026d6ac1cc2f79edc7bf320075ef37f8e1a4c0e4c7adf7798785"),
        );
        assert!(UIDS.0.lines().all(|uid| uid.starts_with("1.2.840.10008.")));
        assert!(CLASSES.iter().all(|class| UIDS.has(class)));
    }

    /// Words of PS3.16 that are names of persons, places, breeds or makers of dyes as well, and
    /// that descriptions of images can do without.
    const NAMES: &str = "\
        aborigine ale alpine amine angora apso aries atebrin azure basset bath bauer bay bear \
        beat begin bengal berkshire berlin biebrich bismark bison blanket blocker bloodhound \
        bloody blue blueblood boar bob bobtail box bracke brazilin breed brilliant bud bull \
        bulldog button caballus cancel carmine cat cattle cattlebreed catus celestine ceres \
        chaos charcoal cheek cheviot chicken chihuahua chin close coach cob cocker collie \
        constant coon coonhound corgi cousin cow cream crescent cross crystal cutter dachsbracke \
        dachshund dairy dama dane day days deerhound del dell delphian des diamond dingo dinmont \
        dog domestic dorset duck dye elite elkhound erie eskimo ethyl fouchet foxhound frise \
        garnet given glass gmelini gmellus goat gram grand greyhound griffon groenendael gross \
        handler hansel hard heater herder hircus holding horse hound huskie igloo indicus iris \
        islander jacchus janus javan kit laden laeken lafe lamalese lamp landrace lean leen \
        leopard light ljsselvee ller loge longhaired lop lowland lsau ma magnus malinois \
        maniculatus manx mark martius mau max meldola memp merino min mole moles mountain moyen \
        mthund murine mustang nadir narmont nberg nder ndner nile norvegicus nsterl nubian ole \
        oles orange palm parqui pei person petit pig pink pinscher pointer pony poodle porcellus \
        prairie prime purple putorius rabbit race rank reach reading ready red retriever rex \
        ridgeback rod rolling saddleback saddlebred saffron salt sample samples sandy scales \
        scarlet schnauzer scrofa setter shade sharp sheep sheepdog shield shorthair shorthaired \
        shorthorn sian sides silky sirius sky spaniel speed spitz ssing steppe stland strong sum \
        sunset superbreed swiss tan tarpan taurus terrier tervuren tien titan toy treat trotter \
        trotting ttingen tunis tzu van vendeen victoria violet vizsla wake wattle wax wayson \
        wchen wheaten wild wirehaired wolfhound wool yellow zebu";

    /// Words that are names as well and that descriptions cannot do without: they go only where the
    /// object itself names somebody so.
    const NEEDED: &str = "\
        block bold bone branch colon hand head high low main major minor post power ring root \
        short small stump wall wing";

    /// To take a word in: it names nobody, or it stands in `NEEDED`.
    #[test]
    fn words_name_nobody() {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(WORDS.0));
        assert_eq!(
            (WORDS.0.lines().count(), digest.as_str()),
            (3469, "cd76f12fe8fefd2a8a9158ad094af6072dafb73d4a12677c9b4c2fb6c3dd5e0e"),
        );
        for name in NAMES.split(' ') {
            assert!(!WORDS.has(name), "{name}");
        }
        for word in NEEDED.split(' ') {
            assert!(WORDS.has(word), "{word}");
        }
    }

    #[test]
    fn a_code_has_its_meaning() {
        assert_eq!(CODES.behind("DCM\t121058\t"), Some("Procedure reported"));
        assert_eq!(CODES.behind("DCM\t12105\t"), None);
    }
}
