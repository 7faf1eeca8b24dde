//! Binary values as numbers, PS3.5 section 6.2.

use dicom_core::VR;

use crate::element::Element;
use crate::vr;

/// One binary number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Integer(i64),
    Unsigned(u64),
    Single(f32),
    Double(f64),
}

/// Reads one value that has the width of its VR, big endian. Bytes of no number give nothing.
fn number(vr: VR, bytes: &[u8]) -> Option<Number> {
    Some(match (vr, bytes) {
        (VR::US, [a, b]) => Number::Integer(u16::from_be_bytes([*a, *b]).into()),
        (VR::SS, [a, b]) => Number::Integer(i16::from_be_bytes([*a, *b]).into()),
        (VR::UL, _) => Number::Integer(u32::from_be_bytes(bytes.try_into().ok()?).into()),
        (VR::SL, _) => Number::Integer(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        (VR::UV, _) => Number::Unsigned(u64::from_be_bytes(bytes.try_into().ok()?)),
        (VR::SV, _) => Number::Integer(i64::from_be_bytes(bytes.try_into().ok()?)),
        (VR::FL, _) => Number::Single(f32::from_be_bytes(bytes.try_into().ok()?)),
        (VR::FD, _) => Number::Double(f64::from_be_bytes(bytes.try_into().ok()?)),
        _ => return None,
    })
}

/// The numbers of a binary value field; a remainder shorter than one number is passed over.
pub(crate) fn numbers<'a>(
    element: &'a Element,
    bytes: &'a [u8],
) -> impl Iterator<Item = Number> + 'a {
    let width = vr::width(element.vr);
    bytes.chunks_exact(width).filter_map(move |chunk| {
        let mut ordered = [0; 8];
        let place = ordered.get_mut(..width)?;
        place.copy_from_slice(chunk);
        if !element.big_endian {
            place.reverse();
        }
        number(element.vr, place)
    })
}

/// The value field in little endian, as it travels outside the data set.
pub(crate) fn little_endian(element: &Element, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    if element.big_endian {
        for chunk in out.chunks_exact_mut(vr::width(element.vr)) {
            chunk.reverse();
        }
    }
    out
}

/// The values of an element as finite numbers, whether its VR is binary or text; values that are
/// no numbers are nothing.
pub(crate) fn floats(element: &Element, bytes: &[u8]) -> Vec<Option<f64>> {
    if vr::is_text(element.vr) {
        return bytes
            .split(|byte| *byte == b'\\')
            .map(|value| {
                let text = str::from_utf8(value).ok()?.trim_matches([' ', '\0']);
                text.parse::<f64>().ok().filter(|value| value.is_finite())
            })
            .collect();
    }
    numbers(element, bytes)
        .map(|number| match number {
            // Through i32 and u32 the conversion is exact; wider values are no image geometry.
            Number::Integer(value) => i32::try_from(value)
                .map(f64::from)
                .or_else(|_: std::num::TryFromIntError| u32::try_from(value).map(f64::from))
                .ok(),
            Number::Unsigned(value) => u32::try_from(value).map(f64::from).ok(),
            Number::Single(value) => Some(f64::from(value)).filter(|value| value.is_finite()),
            Number::Double(value) => Some(value).filter(|value| value.is_finite()),
        })
        .collect()
}

/// The first value of an element as a whole number.
pub(crate) fn integer(element: &Element, bytes: &[u8]) -> Option<i64> {
    if vr::is_text(element.vr) {
        let first = bytes.split(|byte| *byte == b'\\').next()?;
        return str::from_utf8(first).ok()?.trim_matches([' ', '\0']).parse().ok();
    }
    match numbers(element, bytes).next()? {
        Number::Integer(value) => Some(value),
        Number::Unsigned(value) => i64::try_from(value).ok(),
        Number::Single(_) | Number::Double(_) => None,
    }
}
