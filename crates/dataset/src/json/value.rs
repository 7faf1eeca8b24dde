//! One element's value in the DICOM JSON Model, PS3.18 section F.2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dicom_core::VR;

use super::JsonWriter;
use super::number;
use crate::charset::SpecificCharacterSet;
use crate::element::Element;
use crate::text::{decode_text, split_values};
use crate::value::{self, Number};
use crate::vr;

/// Writes the `Value` or `InlineBinary` of an open member; an empty value writes nothing.
pub(crate) fn write_value(
    json: &mut JsonWriter,
    charset: &SpecificCharacterSet,
    element: &Element,
    bytes: &[u8],
) {
    if bytes.is_empty() {
        return;
    }
    if vr::is_bytes(element.vr) {
        json.raw(",\"InlineBinary\":\"");
        json.raw(&STANDARD.encode(value::little_endian(element, bytes)));
        json.raw("\"");
    } else if element.vr == VR::AT {
        tags(json, element, bytes);
    } else if vr::is_text(element.vr) {
        texts(json, charset, element.vr, bytes);
    } else {
        numbers(json, element, bytes);
    }
}

fn texts(json: &mut JsonWriter, charset: &SpecificCharacterSet, vr: VR, bytes: &[u8]) {
    let text = decode_text(charset, vr, bytes);
    // A name of delimiters alone, such as `^^^^`, names nobody.
    let is_empty =
        |value: &str| value.bytes().all(|byte| vr == VR::PN && matches!(byte, b'^' | b'=' | b' '));
    if split_values(vr, &text).all(is_empty) {
        return;
    }
    list(json, split_values(vr, &text), |json, value| {
        let decimal = if vr == VR::DS { number::decimal(value) } else { None };
        let integer = if vr == VR::IS { number::integer(value) } else { None };
        if is_empty(value) {
            json.raw("null");
        } else if vr == VR::PN {
            person_name(json, value);
        } else if let Some(number) = decimal {
            json.raw(&number);
        } else if let Some(number) = integer {
            json.display(number);
        } else {
            json.string(value);
        }
    });
}

/// Component groups of PS3.5 section 6.2.1.1, as PS3.18 section F.2.2 names them.
fn person_name(json: &mut JsonWriter, value: &str) {
    let mut groups = value.splitn(3, '=');
    let named = ["Alphabetic", "Ideographic", "Phonetic"].map(|name| (name, groups.next()));
    let mut first = true;
    json.raw("{");
    for (name, group) in named {
        let Some(group) = group.map(trim_group).filter(|group| !group.is_empty()) else {
            continue;
        };
        if !first {
            json.raw(",");
        }
        first = false;
        json.string(name);
        json.raw(":");
        json.string(group);
    }
    json.raw("}");
}

/// Trailing components that are empty say nothing, and their delimiters may go (PS3.5 6.2.1.1).
fn trim_group(group: &str) -> &str {
    group.trim_end_matches([' ', '^'])
}

fn tags(json: &mut JsonWriter, element: &Element, bytes: &[u8]) {
    let ordered = value::little_endian(element, bytes);
    let (chunks, _) = ordered.as_chunks::<4>();
    if chunks.is_empty() {
        return;
    }
    list(json, chunks.iter(), |json, [b, a, d, c]| {
        json.display(format_args!("\"{a:02X}{b:02X}{c:02X}{d:02X}\""));
    });
}

fn numbers(json: &mut JsonWriter, element: &Element, bytes: &[u8]) {
    if bytes.len() < vr::width(element.vr) {
        return;
    }
    list(json, value::numbers(element, bytes), |json, number| match number {
        Number::Integer(value) => integer(json, value),
        Number::Unsigned(value) => match i64::try_from(value) {
            Ok(value) => integer(json, value),
            Err(_) => json.display(format_args!("\"{value}\"")),
        },
        Number::Single(value) if value.is_finite() => {
            if value == 0.0 || (1e-5..1e15).contains(&value.abs()) {
                json.display(value);
            } else {
                json.display(format_args!("{value:e}"));
            }
        }
        Number::Double(value) if value.is_finite() => {
            if value == 0.0 || (1e-5..1e15).contains(&value.abs()) {
                json.display(value);
            } else {
                json.display(format_args!("{value:e}"));
            }
        }
        // JSON has no word for these; strings are what other DICOM JSON writers use.
        Number::Single(value) => not_finite(json, value.is_nan(), value.is_sign_negative()),
        Number::Double(value) => not_finite(json, value.is_nan(), value.is_sign_negative()),
    });
}

/// Integers beyond 53 bits are strings, because a JavaScript reader would round them.
fn integer(json: &mut JsonWriter, value: i64) {
    if value.unsigned_abs() < 1 << 53 {
        json.display(value);
    } else {
        json.display(format_args!("\"{value}\""));
    }
}

fn not_finite(json: &mut JsonWriter, nan: bool, negative: bool) {
    json.raw(match (nan, negative) {
        (true, _) => "\"NaN\"",
        (false, false) => "\"inf\"",
        (false, true) => "\"-inf\"",
    });
}

fn list<T>(
    json: &mut JsonWriter,
    values: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut JsonWriter, T),
) {
    json.raw(",\"Value\":[");
    for (index, value) in values.enumerate() {
        if index > 0 {
            json.raw(",");
        }
        write(json, value);
    }
    json.raw("]");
}
