//! A data set on its way through: inflated, walked, worked on, deflated.

use lightcase_dataset::{Deflate, Limits, TransferSyntax, Walker};

use super::sink::{Core, Work};
use super::syntax::is_known;
use crate::refusal::{Refusal, Result};

/// A data set on its way through some work, from one transfer syntax to the same.
pub(super) struct Stream<W> {
    walker: Walker,
    core: Core<W>,
    deflate: Option<Deflate>,
}

impl<W: Work> Stream<W> {
    /// At the first byte.
    pub(super) fn new(work: W, syntax: &TransferSyntax) -> Result<Self> {
        if !is_known(syntax.uid().as_str()) {
            return Err(Refusal::TransferSyntax);
        }
        Ok(Self {
            walker: Walker::new(syntax, &Limits::default()),
            core: Core::new(work, syntax),
            deflate: syntax.is_deflated().then(Deflate::new),
        })
    }

    /// What is done.
    pub(super) const fn work(&mut self) -> &mut W {
        &mut self.core.work
    }

    /// Takes the next bytes; what [`Stream::write`] is to be given.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        let walked = self.walker.push(bytes, &mut self.core);
        self.core.settle(walked)?;
        Ok(self.core.take())
    }

    /// No more bytes will come: the last that [`Stream::write`] is to be given.
    pub(super) fn finish(&mut self) -> Result<Vec<u8>> {
        let walked = self.walker.finish(&mut self.core);
        self.core.settle(walked)?;
        self.core.finish()?;
        Ok(self.core.take())
    }

    /// Appends bytes of the data set, deflated where its syntax is.
    pub(super) fn write(&mut self, bytes: Vec<u8>, out: &mut Vec<u8>) -> Result<()> {
        match &mut self.deflate {
            Some(deflate) => deflate.push(&bytes, out)?,
            None => out.extend_from_slice(&bytes),
        }
        if let Some(encoder) = self.core.work.encoder() {
            encoder.reuse(bytes);
        }
        Ok(())
    }

    /// Appends what is still to be deflated; what was done.
    pub(super) fn close(mut self, out: &mut Vec<u8>) -> Result<W> {
        if let Some(deflate) = &mut self.deflate {
            deflate.finish(out)?;
        }
        Ok(self.core.work)
    }
}
