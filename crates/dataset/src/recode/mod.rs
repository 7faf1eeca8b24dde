//! A data set in another transfer syntax: the same elements and values, written anew as they
//! arrive.
//!
//! What changes: VRs appear or disappear, bytes change their order, sequences get undefined
//! lengths, group lengths (retired) go. Nothing else, but for encapsulated pixel data: whoever
//! decodes them says what the native ones are, and puts them where [`Piece::Pixels`] says so.

mod order;
mod rewrite;

use crate::encoder::Plain;
use crate::error::Result;
use crate::inflate::Inflate;
use crate::limits::Limits;
use crate::syntax::TransferSyntax;
use crate::tokenizer::Tokenizer;
use rewrite::Rewrite;

/// What decoded pixel data are, where the source has them encapsulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativePixels {
    /// Photometric Interpretation (0028,0004) of the samples.
    pub photometric: &'static str,
    /// There is more than one sample for a pixel: Planar Configuration (0028,0006) is 0 then.
    pub colour: bool,
    /// Bits Allocated (0028,0100) is more than 8, so that they are words (PS3.5 section A.2).
    pub words: bool,
    /// Length in bytes of all frames, without the padding byte that an odd one gets.
    pub len: u32,
}

/// A part of the new data set.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// Its next bytes.
    Bytes(Vec<u8>),
    /// [`NativePixels::len`] bytes of decoded frames come here.
    Pixels,
}

/// Writes a data set in a plain transfer syntax while it arrives in another one.
///
/// Memory stays within what was pushed, inflated at most, and one value that is not long.
pub struct Recoder {
    inflate: Option<Inflate>,
    tokenizer: Tokenizer,
    rewrite: Rewrite,
}

impl Recoder {
    /// A recoder at the first byte of a data set. `pixels` is what the encapsulated pixel data
    /// become; without it, a data set that has some is [`ScanError::NotExact`](crate::ScanError).
    pub fn new(from: &TransferSyntax, to: Plain, pixels: Option<NativePixels>) -> Self {
        let limits = Limits::default();
        Self {
            inflate: from.is_deflated().then(|| Inflate::new(&limits)),
            tokenizer: Tokenizer::new(from, &limits),
            rewrite: Rewrite::new(from, to, pixels),
        }
    }

    /// Takes the next bytes, as many as there are; gives what could be written of the new ones.
    ///
    /// # Errors
    /// [`ScanError::NotExact`](crate::ScanError) where the new bytes would not mean the same.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Piece>> {
        let Self { inflate, tokenizer, rewrite } = self;
        match inflate {
            Some(inflate) => inflate.push(bytes, |part| tokenizer.push(part, rewrite))?,
            None => tokenizer.push(bytes, rewrite)?,
        }
        Ok(self.rewrite.take())
    }

    /// No more bytes will come: the last of the new ones.
    pub fn finish(mut self) -> Result<Vec<Piece>> {
        if let Some(inflate) = &self.inflate {
            inflate.finish()?;
        }
        self.tokenizer.finish(&mut self.rewrite)?;
        Ok(self.rewrite.take())
    }
}
