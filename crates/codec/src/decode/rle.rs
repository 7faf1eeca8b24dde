//! RLE Lossless, PS3.5 annex G.

use super::Decoded;
use crate::{CodecError, Image};

/// The header: a count and fifteen offsets, 32 bits each.
const HEADER: usize = 64;

pub(super) fn decode(image: &Image, frame: &[u8]) -> Result<Decoded, CodecError> {
    let offsets = header(frame)?;
    let cell = image.sample_bytes();
    let stride = cell * usize::from(image.samples_per_pixel);
    if offsets.len() != stride {
        return Err(CodecError::broken(format!(
            "RLE data of {} segments, the header needs {stride}",
            offsets.len()
        )));
    }
    let pixels = image.pixels();
    let mut bytes = vec![0; image.decoded_len()?];
    let ends = offsets.iter().skip(1).copied().chain([frame.len()]);
    for (segment, (start, end)) in offsets.iter().copied().zip(ends).enumerate() {
        let packed =
            frame.get(start..end).ok_or_else(|| CodecError::broken("an RLE segment is outside"))?;
        let plane = unpack(packed, pixels)?;
        // Segments go from the most significant byte of each sample to the least.
        let at = segment / cell * cell + (cell - 1 - segment % cell);
        for (place, byte) in bytes.iter_mut().skip(at).step_by(stride).zip(plane) {
            *place = byte;
        }
    }
    Ok(Decoded::cells(image, bytes, image.photometric))
}

fn header(frame: &[u8]) -> Result<Vec<usize>, CodecError> {
    let damaged = || CodecError::broken("the RLE header is damaged");
    let (words, _) = frame.get(..HEADER).ok_or_else(damaged)?.as_chunks::<4>();
    let mut words = words.iter().map(|word| usize::try_from(u32::from_le_bytes(*word)));
    let count = words.next().and_then(Result::ok).ok_or_else(damaged)?;
    if !(1..=15).contains(&count) {
        return Err(damaged());
    }
    words
        .take(count)
        .map(|word| word.map_err(|_error: std::num::TryFromIntError| damaged()))
        .collect()
}

/// `PackBits`, section G.3.2, until `size` bytes are there. A pad byte may follow.
fn unpack(packed: &[u8], size: usize) -> Result<Vec<u8>, CodecError> {
    let short = || CodecError::broken("an RLE segment is shorter than Rows and Columns say");
    let mut plane = Vec::with_capacity(size);
    let mut rest = packed;
    while plane.len() < size {
        let (control, after) = rest.split_first().ok_or_else(short)?;
        let control = usize::from(*control);
        match control {
            0..=127 => {
                let (literal, after) = after.split_at_checked(control + 1).ok_or_else(short)?;
                plane.extend_from_slice(literal);
                rest = after;
            }
            128 => rest = after,
            _ => {
                let (byte, after) = after.split_first().ok_or_else(short)?;
                plane.resize(plane.len() + 257 - control, *byte);
                rest = after;
            }
        }
    }
    // Runs may not cross the rows, so an honest segment ends exactly here.
    if plane.len() > size {
        return Err(CodecError::broken("an RLE segment is longer than Rows and Columns say"));
    }
    Ok(plane)
}
