//! A data set walked element by element as it arrives.

use crate::error::Result;
use crate::inflate::Inflate;
use crate::limits::Limits;
use crate::syntax::TransferSyntax;
use crate::tokenizer::{Sink, Tokenizer};

/// Tells a [`Sink`] what stands in a data set, without group 2, while it arrives.
///
/// A VR that the standard does not have is an error. Memory stays within what was pushed, inflated
/// at most 64 KiB at a time, and the values that the sink asked for. A walker that has failed is
/// spent.
pub struct Walker {
    inflate: Option<Inflate>,
    tokenizer: Tokenizer,
}

impl Walker {
    /// A walker at the first byte of a data set.
    pub fn new(syntax: &TransferSyntax, limits: &Limits) -> Self {
        Self {
            inflate: syntax.is_deflated().then(|| Inflate::new(limits)),
            tokenizer: Tokenizer::new(syntax, limits).with_known_vrs_only(),
        }
    }

    /// Takes the next bytes, as many as there are.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl Sink) -> Result<()> {
        let Self { inflate, tokenizer } = self;
        match inflate {
            Some(inflate) => inflate.push(bytes, |part| tokenizer.push(part, sink)),
            None => tokenizer.push(bytes, sink),
        }
    }

    /// No more bytes will come: is it the end of the data set?
    pub fn finish(&mut self, sink: &mut impl Sink) -> Result<()> {
        if let Some(inflate) = &self.inflate {
            inflate.finish()?;
        }
        self.tokenizer.finish(sink)
    }
}
