//! Frames that are not compressed: byte order, planes, shared colour differences; and deflated ones.

use std::io::Read;

use super::Decoded;
use crate::{CodecError, Image, Photometric, WordKind};

pub(super) fn decode(image: &Image, frame: &[u8], big: bool) -> Result<Decoded, CodecError> {
    let frame = frame
        .get(..image.native_len()?)
        .ok_or_else(|| CodecError::broken("the frame is shorter than Rows and Columns say"))?;
    let mut bytes = frame.to_vec();
    if big {
        swap(image, &mut bytes);
    }
    if image.photometric == Photometric::YbrFull422 {
        let bytes = share(&bytes);
        return Ok(Decoded::cells(image, bytes, Photometric::YbrFull));
    }
    if image.samples_per_pixel == 3 && image.planar_configuration == 1 {
        bytes = interleave(&bytes, image.sample_bytes());
    }
    Ok(Decoded::cells(image, bytes, image.photometric))
}

/// PS3.5 section 7.3 and 8.1.1: words are swapped, and 8-bit samples sit in words when the VR is OW.
fn swap(image: &Image, bytes: &mut [u8]) {
    let word = match (image.bits_allocated, image.word) {
        (1 | 8, WordKind::Ow) => 2,
        (1 | 8, WordKind::Ob) => return,
        _ => image.sample_bytes(),
    };
    bytes.chunks_exact_mut(word).for_each(<[u8]>::reverse);
}

/// Three planes into pixels.
pub(super) fn interleave(planes: &[u8], sample: usize) -> Vec<u8> {
    let plane = planes.len() / 3;
    let (first, rest) = planes.split_at(plane);
    let (second, third) = rest.split_at(plane);
    let mut bytes = Vec::with_capacity(planes.len());
    let sample = sample.max(1);
    for ((a, b), c) in
        first.chunks_exact(sample).zip(second.chunks_exact(sample)).zip(third.chunks_exact(sample))
    {
        bytes.extend_from_slice(a);
        bytes.extend_from_slice(b);
        bytes.extend_from_slice(c);
    }
    bytes
}

/// PS3.3 section C.7.6.3.1.2: Y Y Cb Cr for each pair of pixels.
fn share(pairs: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pairs.len() / 2 * 3);
    for [first, second, blue, red] in pairs.as_chunks::<4>().0 {
        bytes.extend_from_slice(&[*first, *blue, *red, *second, *blue, *red]);
    }
    bytes
}

/// PS3.5 section A.4.12. Reads no more than the frame's honest size and a padding byte.
pub(super) fn inflate(image: &Image, frame: &[u8]) -> Result<Vec<u8>, CodecError> {
    let size = image.native_len()?;
    let limit = u64::try_from(size).unwrap_or(u64::MAX).saturating_add(2);
    let mut bytes = Vec::with_capacity(size);
    flate2::read::DeflateDecoder::new(frame)
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|_error: std::io::Error| CodecError::broken("the deflate stream is damaged"))?;
    if bytes.len() < size || bytes.len() > size + 1 {
        return Err(CodecError::broken("the inflated frame has another size than the header says"));
    }
    Ok(bytes)
}
