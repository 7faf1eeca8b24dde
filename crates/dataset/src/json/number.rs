//! DS and IS as JSON numbers, where they are (PS3.18 section F.2.2).

/// A decimal string as the text of a JSON number; nothing if it is none or would not be finite.
/// The digits are kept, so nothing is rounded.
pub(super) fn decimal(text: &str) -> Option<String> {
    if !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let mut out = String::with_capacity(text.len() + 1);
    out.push_str(sign);
    out.push_str(whole);
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        out.push('e');
        out.push_str(exponent);
    }
    Some(out)
}

/// An integer string within the range that PS3.5 section 6.2 gives it.
pub(super) fn integer(text: &str) -> Option<i32> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(decimal(text).as_deref(), expected);
    }

    #[test]
    fn decimal_strings() {
        check("1.50", Some("1.50"));
        check("+.5", Some("0.5"));
        check("-007.", Some("-7"));
        check("1E+03", Some("1e+03"));
        check("000", Some("0"));
        check("", None);
        check(".", None);
        check("NaN", None);
        check("inf", None);
        check("1e999", None);
        check("1,5", None);
        check("0x10", None);
        assert_eq!(integer("+12"), Some(12));
        assert_eq!(integer("99999999999999999999"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_the_same_number(text in "[+-]?[0-9]{0,6}\\.?[0-9]{0,6}([eE][+-]?[0-9]{1,2})?") {
            if let Some(json) = decimal(&text) {
                let read: f64 = serde_json::from_str(&json).unwrap();
                let meant: f64 = text.parse().unwrap();
                prop_assert!((read - meant).abs() <= meant.abs() * 1e-15);
            }
        }
    }
}
