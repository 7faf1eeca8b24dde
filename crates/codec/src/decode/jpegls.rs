//! JPEG-LS, ITU-T T.87; PS3.5 section A.4.3.

use charls::CharLS;

use super::{Cells, Claim, Decoded, markers, native};
use crate::{CodecError, Image};

/// The end of the image is looked for in this many last bytes; padding may follow it.
const TAIL: usize = 64;

pub(super) fn decode(image: &Image, frame: &[u8]) -> Result<Decoded, CodecError> {
    let head = markers::read(frame)?;
    if head.process != 0xF7 {
        return Err(CodecError::broken("the codestream is not JPEG-LS"));
    }
    let precision = u32::from(head.precision);
    Claim {
        rows: head.rows.into(),
        columns: head.columns.into(),
        samples: head.components.len(),
        precision,
    }
    .check(image)?;
    if head.subsampled {
        return Err(CodecError::unsupported("JPEG-LS with subsampled colours"));
    }
    // Without its end CharLS 2.4 reads on for seconds before it refuses the stream.
    let tail = frame.get(frame.len().saturating_sub(TAIL)..).unwrap_or(frame);
    if !tail.windows(2).any(|bytes| bytes == [0xFF, 0xD9]) {
        return Err(CodecError::broken("the JPEG-LS codestream is cut off"));
    }

    let mut samples = CharLS::default()
        .decode(frame)
        .map_err(|_error: charls::Error| CodecError::broken("the JPEG-LS codestream is damaged"))?;
    let [_, interleave, _] = head.scan;
    if head.components.len() == 3 && interleave == 0 {
        samples = native::interleave(&samples, if head.precision > 8 { 2 } else { 1 });
    }
    let mut cells = Cells::new(image, precision)?;
    cells.fill(&samples);
    Ok(Decoded::filled(image, cells.bytes, image.photometric))
}
