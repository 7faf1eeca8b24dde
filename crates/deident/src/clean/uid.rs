//! UIDs.

use crate::refusal::{Refusal, Result};
use crate::uid_map::{UidMap, is_class_like, registered};

/// The values of a UI attribute, mapped where they name something. `None` when nothing stays.
///
/// # Errors
/// A SOP class that the standard did not register: it may say who made it, and its objects hold
/// what nobody here knows.
pub(super) fn uids(map: &UidMap, tag: (u16, u16), value: &[u8]) -> Result<Option<Vec<u8>>> {
    let text = String::from_utf8_lossy(value);
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
        let two = check((8, 0x0018), "1.2.3\\1.2.4\0").unwrap().unwrap();
        let text = String::from_utf8(two).unwrap();
        assert_eq!(text.split('\\').count(), 2);
        assert!(text.split('\\').all(|uid| uid.starts_with("2.25.")));
    }
}
