//! DICOM bytes read safely: bounded scanner, character sets, file meta, DICOM JSON.
//!
//! Everything here is fed bytes in pieces of any size and never trusts a length it reads: nothing
//! recurses, and nothing is allocated beyond what has arrived and the [`Limits`]. Knows nothing of
//! networks, files, databases, nor of how pixels are decoded.

mod charset;
mod collector;
mod deflate;
mod element;
mod encoder;
mod error;
mod file_meta;
mod frames;
#[doc(hidden)]
pub mod fuzzing;
mod identifier;
mod identity;
mod image;
mod inflate;
mod json;
mod limits;
mod locator;
mod part10;
mod pixel;
mod recode;
mod scanner;
mod signals;
mod syntax;
mod text;
mod tokenizer;
mod value;
mod vr;
mod walker;

pub use charset::{CharacterSets, SpecificCharacterSet};
pub use deflate::Deflate;
pub use dicom_core::VR;
pub use element::{Element, Tag};
pub use encoder::{Encoder, Plain};
pub use error::ScanError;
pub use file_meta::{IMPLEMENTATION_CLASS_UID, write_file_meta};
pub use frames::{Fragment, Frame};
pub use identifier::{Identifier, IdentifierReader, Value, WriteError};
pub use identity::{Attributes, Identity};
pub use image::{ImageModule, Lut, LutDescriptor, Palette, Window};
pub use json::rebase_bulk_data;
pub use limits::Limits;
pub use locator::{BulkPath, Located, Locator};
pub use part10::{FileMeta, MAX_FILE_META, Part10Prefix, Preamble};
pub use pixel::PixelData;
pub use recode::{NativePixels, Piece, Recoder};
pub use scanner::{Metadata, Scan, Scanner};
pub use signals::Signals;
pub use syntax::TransferSyntax;
pub use text::{decode_text, split_values};
pub use tokenizer::{Sink, Take};
pub use vr::width;
pub use walker::Walker;
