//! UIDs.

use lightcase_dataset::VR;

use crate::refusal::{Refusal, Result};
use crate::tape::{Event, Tape};
use crate::uid_map::{UidMap, is_class_like, registered};

/// UIDs that an object may have behind others in one value: short ones become long, and many of them
/// more than memory holds.
pub(super) const MOST_BEYOND_ONE: usize = 1 << 20;

/// How many UIDs stand behind others in one value.
pub(super) fn beyond_one(tape: &Tape) -> usize {
    let behind = |event: &Event| {
        let Event::Element(entry) = event else { return 0 };
        let value = tape.value(entry).filter(|_| entry.vr == VR::UI).unwrap_or_default();
        value.split(|byte| *byte == b'\\').count() - 1
    };
    tape.events.iter().map(behind).sum()
}

/// The values of a UI attribute, mapped where they name something. `None` when nothing stays,
/// as of more values than any attribute has.
///
/// # Errors
/// A SOP class that the standard did not register: it may say who made it, and its objects hold
/// what nobody here knows.
pub(super) fn uids(map: &UidMap, tag: (u16, u16), value: &[u8]) -> Result<Option<Vec<u8>>> {
    /// Values of one attribute.
    const MOST: usize = 4096;
    let text = String::from_utf8_lossy(value);
    if text.split('\\').count() > MOST {
        return Ok(None);
    }
    let mut out: Vec<String> = Vec::new();
    for each in text.split('\\') {
        let each = each.trim_matches([' ', '\0']);
        if is_class_like(tag) && !each.is_empty() && !registered(each) {
            if is_sop_class(tag) {
                return Err(Refusal::SopClass);
            }
            continue;
        }
        let mapped = map.replacement(tag, each);
        out.push(mapped.map_or_else(|| each.to_owned(), |uid| uid.as_str().to_owned()));
    }
    let joined = out.join("\\");
    Ok((!joined.is_empty()).then(|| joined.into_bytes()))
}

/// Of the attributes that hold classes, those of SOP classes.
fn is_sop_class(tag: (u16, u16)) -> bool {
    !matches!(tag, (0x0008, 0x010C | 0x0117 | 0x0118))
}

#[cfg(test)]
mod tests {
    use lightcase_dataset::Tag;

    use super::*;
    use crate::ProjectKey;

    #[test]
    fn classes_stay_and_names_are_mapped() {
        let map = UidMap::new(ProjectKey::from_bytes([7; 32]));
        let check = |tag, value: &str| uids(&map, tag, value.as_bytes());
        let class = "1.2.840.10008.5.1.4.1.1.2";
        assert_eq!(check((8, 0x1150), class), Ok(Some(class.as_bytes().to_vec())));
        assert_eq!(check((8, 0x1150), "1.2.276.1"), Err(Refusal::SopClass));
        assert_eq!(check((8, 0x010C), "Quillerby"), Ok(None));
        assert_eq!(check((8, 0x0018), ""), Ok(None));
        assert_eq!(check((8, 0x1155), &"1\\".repeat(4096)), Ok(None));
        assert!(check((8, 0x1155), &"1\\".repeat(4095)).unwrap().is_some());
        let two = check((8, 0x0018), "1.2.3\\1.2.4\0").unwrap().unwrap();
        let text = String::from_utf8(two).unwrap();
        assert_eq!(text.split('\\').count(), 2);
        assert!(text.split('\\').all(|uid| uid.starts_with("2.25.")));
    }

    #[test]
    fn values_behind_others_are_counted() {
        let mut tape = Tape::default();
        tape.element(Tag(0x0008_1155), VR::UI, false, Some(b"1\\2\\3"));
        tape.element(Tag(0x0008_1155), VR::UI, false, None);
        tape.element(Tag(0x0008_0008), VR::CS, false, Some(b"A\\B"));
        assert_eq!(beyond_one(&tape), 2);
    }
}
