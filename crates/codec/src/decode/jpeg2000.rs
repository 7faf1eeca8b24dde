//! JPEG 2000 and High-Throughput JPEG 2000, ITU-T T.800 and T.814; PS3.5 sections A.4.4 and A.4.9.

use super::{Cells, Claim, Decoded};
use crate::{CodecError, Image, Photometric};

pub(super) fn decode(image: &Image, frame: &[u8]) -> Result<Decoded, CodecError> {
    let head = read(frame)?;
    head.claim.check(image)?;
    let photometric = colours(&head, image)?;

    let picture = jpeg2k::Image::from_bytes(frame).map_err(|_error: jpeg2k::error::Error| {
        CodecError::broken("the JPEG 2000 codestream is damaged")
    })?;
    let planes: Vec<&[i32]> =
        picture.components().iter().map(jpeg2k::ImageComponent::data).collect();
    let as_claimed = picture.width() == head.claim.columns
        && picture.height() == head.claim.rows
        && planes.len() == head.claim.samples
        && planes.iter().all(|plane| plane.len() == image.pixels());
    if !as_claimed {
        return Err(CodecError::broken("the JPEG 2000 picture differs from its own header"));
    }

    // What is below zero has no place in cells that the data set calls unsigned, and nothing says
    // how far it would have to be moved.
    let negative = || planes.iter().any(|plane| plane.iter().any(|sample| *sample < 0));
    if !image.signed() && negative() {
        return Err(CodecError::unsupported(
            "JPEG 2000 samples below zero in an image without signed samples",
        ));
    }

    let mut cells = Cells::new(image, head.claim.precision)?;
    match planes.as_slice() {
        [grey] => grey.iter().for_each(|sample| cells.push(sample.cast_unsigned())),
        [red, green, blue] => {
            for ((red, green), blue) in red.iter().zip(*green).zip(*blue) {
                cells.push(red.cast_unsigned());
                cells.push(green.cast_unsigned());
                cells.push(blue.cast_unsigned());
            }
        }
        _ => return Err(CodecError::unsupported("JPEG 2000 of this number of components")),
    }
    Ok(Decoded::filled(image, cells.bytes, photometric))
}

/// The SIZ and COD marker segments.
struct Head {
    claim: Claim,
    colour_transform: bool,
}

/// The decoder undoes the codestream's own colour transform whatever the data set calls it, so the
/// two must agree before the result has a name.
fn colours(head: &Head, image: &Image) -> Result<Photometric, CodecError> {
    match (image.photometric, head.colour_transform) {
        (Photometric::YbrIct | Photometric::YbrRct | Photometric::Rgb, true) => {
            Ok(Photometric::Rgb)
        }
        (Photometric::YbrIct | Photometric::YbrRct, false) => {
            Err(CodecError::unsupported("JPEG 2000 colours named as transformed that are not"))
        }
        (Photometric::YbrFull, true) => Err(CodecError::unsupported(
            "JPEG 2000 colours that are transformed but named YBR_FULL",
        )),
        (photometric, _) => Ok(photometric),
    }
}

/// Start of codestream, and the size segment that must follow it.
const START: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];

/// Reads the codestream's main header, behind the boxes of a JP2 file if there are any.
fn read(frame: &[u8]) -> Result<Head, CodecError> {
    let damaged = || CodecError::broken("the JPEG 2000 header is damaged");
    let at = frame.windows(4).position(|bytes| bytes == START).ok_or_else(damaged)?;
    if at != 0 && !frame.starts_with(b"\0\0\0\x0cjP  ") {
        return Err(damaged());
    }
    let mut rest = frame.get(at + 2..).ok_or_else(damaged)?;
    let mut claim = None;
    loop {
        let (marker, after) = rest.split_first_chunk::<2>().ok_or_else(damaged)?;
        let (length, _) = after.split_first_chunk::<2>().ok_or_else(damaged)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (segment, after) = after.split_at_checked(length).ok_or_else(damaged)?;
        rest = after;
        match marker {
            [0xFF, 0x51] => claim = Some(size(segment)?),
            [0xFF, 0x52] => {
                let transform = segment.get(6).copied().ok_or_else(damaged)?;
                let claim = claim.ok_or_else(damaged)?;
                return Ok(Head { claim, colour_transform: transform != 0 });
            }
            [0xFF, 0x90 | 0xD9] => return Err(damaged()),
            _ => {}
        }
    }
}

/// Table A.9 of T.800: the segment's length is at 0, Xsiz at 4, Csiz at 36, components from 38.
fn size(segment: &[u8]) -> Result<Claim, CodecError> {
    let damaged = || CodecError::broken("the JPEG 2000 size is damaged");
    let word = |at: usize| -> Result<u32, CodecError> {
        let (bytes, _) =
            segment.get(at..).and_then(<[u8]>::split_first_chunk::<4>).ok_or_else(damaged)?;
        Ok(u32::from_be_bytes(*bytes))
    };
    let columns = word(4)?.checked_sub(word(12)?).ok_or_else(damaged)?;
    let rows = word(8)?.checked_sub(word(16)?).ok_or_else(damaged)?;
    let components = segment.get(38..).ok_or_else(damaged)?.as_chunks::<3>().0;
    let [depth, ..] = *components.first().ok_or_else(damaged)?;
    if components.iter().any(|component| *component != [depth, 1, 1]) {
        return Err(CodecError::unsupported("JPEG 2000 with components that are not alike"));
    }
    let precision = u32::from(depth & 0x7F) + 1;
    Ok(Claim { rows, columns, samples: components.len(), precision })
}
