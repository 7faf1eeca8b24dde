//! Codes of devices and of electrocardiograms: MDC, which is ISO/IEEE 11073-10101, and SCPECG, EN 1064.

use crate::table::lines::{CODES, WORDS};

/// What PS3.16 prints for a code of MDC, of which it has numbers within a partition: also for one number
/// of both, as ISO/IEEE 11073-20601 counts.
pub(super) fn meaning_of_mdc(value: &str) -> Option<&'static str> {
    let number: u32 = short(value, 6)?;
    CODES.behind(&format!("MDC\t{}:{}\t", number >> 16, number & 0xFFFF))
}

/// What PS3.16 prints for a lead of SCPECG: MDC took their numbers over.
pub(super) fn meaning_of_lead(value: &str) -> Option<&'static str> {
    let lead: u32 = short(value.strip_prefix("5.6.3-9-")?, 3)?;
    CODES.behind(&format!("MDC\t2:{lead}\t"))
}

/// Whether a value is a number of MDC in its partition, or a reference identifier all of whose parts are
/// words of the vocabulary. `is_name` says of a part, in small letters, that the object names somebody so.
pub(super) fn is_mdc(value: &str, is_name: impl Fn(&str) -> bool) -> bool {
    if let Some((partition, code)) = value.split_once(':') {
        let partition: Option<u32> = short(partition, 2);
        return partition.is_some_and(|partition| (1..=11).contains(&partition))
            && short(code, 5).is_some_and(|code: u32| code <= 0xFFFF);
    }
    let Some(parts) = value.strip_prefix("MDC_") else { return false };
    parts.split('_').all(|part| {
        let small = part.to_ascii_lowercase();
        let is_capital =
            part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        is_capital
            && (PARTS.split(' ').any(|each| each == part) || WORDS.has(&small))
            && !is_name(&small)
    })
}

/// Whether a value is a field of SCPECG by its section, with up to three short numbers behind it. Those
/// of statements (annex D) are letters that could be any, and stay only where PS3.16 prints them.
pub(super) fn is_scpecg(value: &str) -> bool {
    const SECTIONS: [&str; 10] = [
        "5.4.5", "5.6.3", "5.7.1", "5.10.2.1", "5.10.2.2", "5.10.2.3", "5.10.2.4", "5.10.2.5",
        "5.10.3", "5.13.5",
    ];
    const MOST_NUMBERS: usize = 3;
    /// More may be the number of a record.
    const MOST_DIGITS: usize = 5;
    let Some((section, numbers)) = value.split_once('-') else { return false };
    let digits = numbers.bytes().filter(u8::is_ascii_digit).count();
    SECTIONS.contains(&section)
        && digits <= MOST_DIGITS
        && numbers.split('-').count() <= MOST_NUMBERS
        && numbers.split('-').all(|number| short::<u32>(number, 3).is_some())
}

/// A number of few digits, without zeros before it.
fn short<T: std::str::FromStr>(text: &str, most: usize) -> Option<T> {
    let is_one = text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_one && (text == "0" || !text.starts_with('0')))
}

/// Parts of reference identifiers that are no words.
const PARTS: &str = "\
    ABP AMPL ART ATR AV AVF AVL AVR AWAY BLD BEATS CARD CO2 CONC CVP DEV DIA DIM DUR ECG ELEC EEG \
    EMG EVT FLOW HEART I II III LA LEAD LL LV MEAN MILLI MICRO NIBP O2 OXIM P PAP POS PRESS PULS \
    QRS QT QTC RA RATE RESP RL RR RV SAT SPO2 ST SYS T TEMP TIME TORR V V1 V2 V3 V4 V5 V6 V7 V8 V9 \
    VEN VENT VOL VOLT WAVE X Y Z";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_devices_are_in_their_form() {
        for (value, is) in [
            ("2:19384", true),
            ("10:1", true),
            ("11:65535", true),
            ("11:65536", false),
            ("12:1", false),
            ("0:1", false),
            ("2:019384", false),
            ("2:773190", false),
            ("MDC_ECG_LEAD_AVR", true),
            ("MDC_PULS_RATE", true),
            ("MDC_ECG_QUILLERBY", false),
            ("MDC_ECG_7731905", false),
            ("MDC_ECG_HAND", false),
            ("MDC_ecg", false),
            ("MDC_", false),
            ("ECG_LEAD", false),
            ("150456", false),
        ] {
            assert_eq!(is_mdc(value, |part| part == "hand"), is, "{value}");
        }
        assert_eq!(meaning_of_mdc("131073"), Some("Lead I"));
        assert_eq!(meaning_of_mdc("773190"), None);
    }

    #[test]
    fn codes_of_electrocardiograms_are_in_their_form() {
        for (value, is) in [
            ("5.10.3-11", true),
            ("5.6.3-9-61", true),
            ("5.4.5-33-1-1", true),
            ("5.10.2.5-5", true),
            ("5.10.3", false),
            ("5.10.3-7731905", false),
            ("5.10.3-773-190", false),
            ("5.10.3-1-1-1-1", false),
            ("5.77.3-1", false),
            ("5.10.3-", false),
            ("D.3-QUILL", false),
        ] {
            assert_eq!(is_scpecg(value), is, "{value}");
        }
        assert_eq!(meaning_of_lead("5.6.3-9-61"), Some("Lead III"));
        assert_eq!(meaning_of_lead("5.6.3-9-773"), None);
    }
}
