//! From samples to a picture: window, palette, colours, size, file format.

mod colour;
mod grey;
mod output;
mod samples;

use lightcase_model::TransferSyntaxUid;

use crate::decode::{Decoded, decode};
use crate::{CodecError, Format, Image, Photometric, Window};

/// What a picture shall look like.
pub(crate) struct Wish {
    pub(crate) window: Option<Window>,
    pub(crate) viewport: Option<(u32, u32)>,
    pub(crate) format: Format,
}

/// Decodes one frame and makes a picture of it. Runs in the worker only.
pub(crate) fn render(
    image: &Image,
    uid: &TransferSyntaxUid,
    frame: &[u8],
    wish: &Wish,
) -> Result<Vec<u8>, CodecError> {
    let decoded: Decoded = decode(image, uid, frame)?;
    let picture = match decoded.photometric {
        Photometric::Monochrome1 | Photometric::Monochrome2 => {
            grey::picture(image, &decoded, wish.window)
        }
        Photometric::PaletteColor => colour::from_palette(image, &decoded),
        Photometric::Rgb => colour::from_rgb(image, &decoded),
        Photometric::YbrFull => colour::from_luminance(image, &decoded),
        Photometric::YbrFull422
        | Photometric::YbrIct
        | Photometric::YbrRct
        | Photometric::Other => Err(CodecError::unsupported("these colours")),
    }?;
    output::write(picture, wish)
}
