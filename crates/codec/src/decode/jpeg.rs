//! JPEG, lossy and lossless, ITU-T T.81; PS3.5 sections 8.2.1 and A.4.1.

use jpeg_decoder::{ColorTransform, Decoder};

use super::markers::{self, Head};
use super::{Cells, Claim, Decoded};
use crate::syntax::Syntax;
use crate::{CodecError, FRAME_LIMIT, Image, Photometric};

pub(super) fn decode(image: &Image, frame: &[u8], syntax: Syntax) -> Result<Decoded, CodecError> {
    let head = markers::read(frame)?;
    let lossless = admit(&head, syntax)?;
    let precision = u32::from(head.precision);
    Claim {
        rows: head.rows.into(),
        columns: head.columns.into(),
        samples: head.components.len(),
        precision,
    }
    .check(image)?;

    let mut decoder = Decoder::new(frame);
    decoder.set_max_decoding_buffer_size(FRAME_LIMIT);
    let mut photometric = image.photometric;
    if head.components.len() == 3 && lossless {
        decoder.set_color_transform(ColorTransform::None);
    } else if head.components.len() == 3 {
        let transformed = has_luminance(&head, image.photometric);
        let transform = if transformed { ColorTransform::YCbCr } else { ColorTransform::RGB };
        decoder.set_color_transform(transform);
        photometric = Photometric::Rgb;
    }
    let samples = decoder.decode().map_err(|error| refusal(&error))?;

    let mut cells = Cells::new(image, precision)?;
    cells.fill(&samples);
    Ok(Decoded::filled(image, cells.bytes, photometric))
}

/// Whether the process is one that is decoded right; `true` for the lossless one.
fn admit(head: &Head, syntax: Syntax) -> Result<bool, CodecError> {
    let lossless = match head.process {
        0xC0..=0xC2 => false,
        0xC3 => true,
        _ => return Err(CodecError::unsupported("this JPEG process (arithmetic or hierarchical)")),
    };
    if lossless != (syntax == Syntax::JpegLossless) {
        return Err(CodecError::broken("the JPEG process is not that of the transfer syntax"));
    }
    let [_, _, approximation] = head.scan;
    if !lossless && head.precision != 8 {
        return Err(CodecError::unsupported(format!(
            "lossy JPEG of {} bits per sample; download the original instead",
            head.precision
        )));
    }
    if lossless && approximation & 0x0F != 0 {
        return Err(CodecError::unsupported("lossless JPEG with a point transform"));
    }
    if lossless && head.subsampled {
        return Err(CodecError::unsupported("lossless JPEG with subsampled colours"));
    }
    Ok(lossless)
}

/// Whether three components are luminance and colour differences. The codestream knows better than
/// the data set, which is often edited after it; only when the stream is silent the data set decides.
fn has_luminance(head: &Head, photometric: Photometric) -> bool {
    match (head.adobe, head.components.as_slice()) {
        (Some(transform), _) => transform == 1,
        (None, [b'R', b'G', b'B'] | [b'r', b'g', b'b']) => false,
        (None, _) => head.jfif || photometric != Photometric::Rgb,
    }
}

fn refusal(error: &jpeg_decoder::Error) -> CodecError {
    match error {
        jpeg_decoder::Error::Unsupported(_) => {
            CodecError::unsupported("a feature of this JPEG codestream")
        }
        jpeg_decoder::Error::Format(_)
        | jpeg_decoder::Error::Io(_)
        | jpeg_decoder::Error::Internal(_) => CodecError::broken("the JPEG codestream is damaged"),
    }
}
