//! Numbers.

use lightcase_dataset::VR;

/// Whether each value is a number as PS3.5 section 6.2 has DS and IS, or one that identifies a table
/// of PS3.16 in a Code String: those have five digits at most.
pub(super) fn is_decimal(vr: VR, value: &[u8]) -> bool {
    value.split(|byte| *byte == b'\\').all(|each| {
        let Ok(text) = str::from_utf8(each) else { return false };
        let text = text.trim_matches([' ', '\0']);
        let fits = text.bytes().all(|byte| {
            byte.is_ascii_digit()
                || matches!(byte, b'+' | b'-')
                || vr == VR::DS && matches!(byte, b'.' | b'e' | b'E')
        });
        let most = if vr == VR::CS { 5 } else { 24 };
        text.is_empty() || fits && text.len() <= most && text.parse::<f64>().is_ok()
    })
}

/// Whether one of the numbers is as long as those of records, dates and telephones: six digits before
/// the point.
pub(super) fn is_record_number(value: &[u8]) -> bool {
    const SHORTEST: usize = 6;
    value.split(|byte| *byte == b'\\').any(|each| {
        let digits = each.iter().skip_while(|byte| !byte.is_ascii_digit());
        digits.take_while(|byte| byte.is_ascii_digit()).count() >= SHORTEST
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_text() {
        for (value, is) in [
            ("1\\-2.5\\3e-4 ", true),
            ("", true),
            ("\\", true),
            ("1.2.3", false),
            ("inf", false),
            ("12a", false),
            ("1976-09-04", false),
        ] {
            assert_eq!(is_decimal(VR::DS, value.as_bytes()), is, "{value}");
        }
        assert!(!is_decimal(VR::IS, b"1.5"));
        assert!(is_decimal(VR::CS, b"10022"));
        assert!(!is_decimal(VR::CS, b"19760904"));
        assert!(is_decimal(VR::IS, b"+12"));
        for (value, is) in [
            ("7731905", true),
            ("1\\-773190", true),
            (" 19760904.0 ", true),
            ("-99999.999999\\0.1234567", false),
            ("3e-10", false),
            ("", false),
        ] {
            assert_eq!(is_record_number(value.as_bytes()), is, "{value}");
        }
    }
}
