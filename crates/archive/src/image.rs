//! What the catalog keeps of an image, so that a frame can be cut out and decoded without reading
//! the rest of the object.

use lightcase_codec::{
    CodecError, Image, Palette, Photometric, SampleKind, VoiFunction, Window, WordKind,
};
use lightcase_dataset::{ImageModule, PixelData};
use serde::{Deserialize, Serialize};

use crate::ArchiveError;

/// The image module and the place of its pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredImage {
    pub(crate) module: ImageModule,
    pub(crate) pixel: PixelData,
}

impl StoredImage {
    /// Reads what the catalog keeps; an object without pixels has none.
    pub(crate) fn parse(json: &str) -> Result<Self, ArchiveError> {
        if json.is_empty() {
            return Err(ArchiveError::NotRenderable("this object has no pixels".to_owned()));
        }
        serde_json::from_str(json).map_err(|error| ArchiveError::Damaged(Box::new(error)))
    }

    /// The image as the codec wants it to decode it.
    pub(crate) fn shape(&self) -> Image {
        let module = &self.module;
        let mut image = Image::new(
            module.rows,
            module.columns,
            Photometric::parse(&module.photometric_interpretation),
            module.bits_allocated,
        );
        image.samples_per_pixel = module.samples_per_pixel;
        image.planar_configuration = module.planar_configuration;
        image.bits_stored = module.bits_stored;
        image.high_bit = module.high_bit;
        image.pixel_representation = module.pixel_representation;
        image.sample = match self.pixel {
            PixelData::FloatNative { .. } => SampleKind::Float,
            PixelData::Native { .. } | PixelData::Encapsulated { .. } => SampleKind::Integer,
        };
        image.word = WordKind::Ow;
        image
    }

    /// The image as the codec wants it to draw it.
    pub(crate) fn describe(&self) -> Result<Image, CodecError> {
        let module = &self.module;
        if module.has_modality_lut {
            return Err(CodecError::Unsupported {
                why: "its values pass a Modality LUT, which is not drawn here".to_owned(),
            });
        }
        let mut image = self.shape();
        image.rescale_slope = module.rescale_slope.unwrap_or(1.0);
        image.rescale_intercept = module.rescale_intercept.unwrap_or(0.0);
        image.window = module
            .windows
            .iter()
            .map(|window| Window { center: window.center, width: window.width })
            .collect();
        image.voi_function =
            module.voi_lut_function.as_deref().map_or(VoiFunction::Linear, VoiFunction::parse);
        image.pixel_padding = module.pixel_padding.map(|value| {
            let limit = module.pixel_padding_limit.unwrap_or(value);
            (value.min(limit), value.max(limit))
        });
        image.palette = module
            .palette
            .as_ref()
            .map(|palette| palette_of(palette, module.pixel_representation == 1))
            .transpose()?;
        Ok(image)
    }
}

fn palette_of(palette: &lightcase_dataset::Palette, signed: bool) -> Result<Palette, CodecError> {
    let lut = |lut: &lightcase_dataset::Lut| -> Result<lightcase_codec::Lut, CodecError> {
        if lut.segmented {
            return Err(CodecError::Unsupported {
                why: "its colour table is segmented".to_owned(),
            });
        }
        let entries = u16::try_from(lut.descriptor.entries % 65_536).unwrap_or(0);
        // The first mapped value is US or SS; the codec reads it from the 16 bits as stored.
        let [low, high, ..] = lut.descriptor.first.to_le_bytes();
        let first = u16::from_le_bytes([low, high]);
        lightcase_codec::Lut::parse([entries, first, lut.descriptor.bits], signed, &lut.data)
    };
    Ok(Palette { red: lut(&palette.red)?, green: lut(&palette.green)?, blue: lut(&palette.blue)? })
}
