//! Private attributes that PS3.15 Table E.3.10-1 declares safe.

use super::safe_private::SAFE_PRIVATE;

/// Whether a private creator has safe attributes in a group.
pub(crate) fn is_safe_creator(creator: &str, group: u16) -> bool {
    SAFE_PRIVATE.iter().any(|(each, of, _)| *each == creator && *of == group)
}

/// Whether an attribute, by its number in the creator's block, is on the list.
pub(crate) fn is_safe(creator: &str, group: u16, number: u8) -> bool {
    SAFE_PRIVATE.binary_search(&(creator, group, number)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_found() {
        assert!(SAFE_PRIVATE.is_sorted_by(|a, b| a < b));
        assert_eq!(SAFE_PRIVATE.len(), 317);
        assert!(is_safe("SIEMENS MR HEADER", 0x0019, 0x0C));
        assert!(!is_safe("SIEMENS MR HEADER", 0x0029, 0x0C));
        assert!(is_safe_creator("GEMS_PARM_01", 0x0043));
        assert!(!is_safe_creator("SIEMENS CSA HEADER", 0x0029));
    }
}
