//! Numbers.

use lightcase_dataset::VR;

/// Whether each value is a number as PS3.5 section 6.2 has DS and IS, or one that identifies a table
/// of PS3.16 in a Code String: those have five digits at most.
pub(super) fn is_decimal(vr: VR, value: &[u8]) -> bool {
    const LONGEST: usize = 24;
    value.split(|byte| *byte == b'\\').all(|each| {
        let Ok(text) = str::from_utf8(each) else { return false };
        let text = text.trim_matches([' ', '\0']);
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let is_one = if vr == VR::CS {
            are_digits(text) && text.len() <= 5
        } else if vr == VR::DS {
            let (mantissa, exponent) = parts(unsigned);
            let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
            let has = |part: &str| part.is_empty() || are_digits(part);
            !(whole.is_empty() && fraction.is_empty())
                && has(whole)
                && has(fraction)
                && exponent.is_none_or(is_exponent)
        } else {
            are_digits(unsigned)
        };
        text.is_empty() || is_one && text.len() <= LONGEST
    })
}

/// Mantissa and exponent of a number.
pub(super) fn parts(text: &str) -> (&str, Option<&str>) {
    text.split_once(['e', 'E'])
        .map_or((text, None), |(mantissa, exponent)| (mantissa, Some(exponent)))
}

/// Whether an exponent has two digits, behind a zero that some programs write: longer ones make no number
/// that is measured, and may say anything behind 0 and 1.
fn is_exponent(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits =
        if digits.len() == 3 { digits.strip_prefix('0').unwrap_or(digits) } else { digits };
    are_digits(digits) && digits.len() <= 2
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether one of the numbers is as long as those of records, dates and telephones: six digits before
/// the point, also where an exponent puts it.
pub(super) fn is_record_number(value: &[u8]) -> bool {
    const SHORTEST: usize = 6;
    const LEAST: f64 = 1e5;
    value.split(|byte| *byte == b'\\').any(|each| {
        let digits = each.iter().skip_while(|byte| !byte.is_ascii_digit());
        digits.take_while(|byte| byte.is_ascii_digit()).count() >= SHORTEST || {
            let text = str::from_utf8(each).unwrap_or_default().trim_matches([' ', '\0']);
            parts(text).1.is_some() && text.parse().is_ok_and(|number: f64| number.abs() >= LEAST)
        }
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
            ("1e19760904", false),
            ("0e7731905", false),
            ("0e-773", false),
            ("1e300", false),
            ("6.123234e-017", true),
            (".5\\5.\\+5E+05", true),
            (".", false),
            ("e5", false),
            ("5e", false),
            ("+-5", false),
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
            ("4.471182e6", true),
            ("-0.4471182E7 ", true),
            ("1.25e4", false),
            ("", false),
        ] {
            assert_eq!(is_record_number(value.as_bytes()), is, "{value}");
        }
    }
}
