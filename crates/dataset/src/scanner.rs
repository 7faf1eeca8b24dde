//! The scanner: a data set pushed in as it arrives, what the archive keeps of it out.

use crate::collector::Collector;
use crate::error::Result;
use crate::identity::{Attributes, Identity};
use crate::image::ImageModule;
use crate::inflate::Inflate;
use crate::limits::Limits;
use crate::pixel::PixelData;
use crate::signals::Signals;
use crate::syntax::TransferSyntax;
use crate::tokenizer::Tokenizer;

/// Reads one data set, without group 2, as it arrives.
///
/// Memory stays within what has arrived of the values that are kept plus the [`Limits`], whatever
/// the bytes claim. Once a call has failed the scanner is spent: every later call fails the same
/// way.
pub struct Scanner {
    inflate: Option<Inflate>,
    tokenizer: Tokenizer,
    collector: Collector,
    failed: Option<crate::ScanError>,
    pushed: u64,
}

/// What is kept of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Who the object is.
    pub identity: Identity,
    /// The indexed attributes.
    pub attributes: Attributes,
    /// Counts of objects that belong together.
    pub signals: Signals,
    /// The image description, if Rows, Columns and Bits Allocated are there.
    pub image: Option<ImageModule>,
    /// Where the pixels are.
    pub pixel: Option<PixelData>,
    /// The whole data set as one DICOM JSON object (PS3.18 annex F), UTF-8. Long values stand as
    /// `"BulkDataURI":"lc:PATH"` with a path that [`BulkPath`](crate::BulkPath) reads; see
    /// [`rebase_bulk_data`](crate::rebase_bulk_data). Nesting may reach three times
    /// [`Limits::depth`] and more, which is beyond what `serde_json` parses by default.
    pub metadata: Metadata,
    /// Bytes pushed.
    pub len: u64,
    /// Bytes of the data set that offsets count in: more than `len` in deflated syntaxes.
    pub data_set_len: u64,
}

/// DICOM JSON of a data set; its `Debug` tells the length only.
#[derive(Clone, PartialEq, Eq)]
pub struct Metadata(Vec<u8>);

impl Metadata {
    /// The JSON text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The JSON text, given up.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl std::fmt::Debug for Metadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} bytes of DICOM JSON>", self.0.len())
    }
}

impl Scanner {
    /// A scanner at the first byte of a data set.
    pub fn new(syntax: &TransferSyntax, limits: Limits) -> Self {
        Self {
            inflate: syntax.is_deflated().then(|| Inflate::new(&limits)),
            tokenizer: Tokenizer::new(syntax, &limits),
            collector: Collector::new(limits),
            failed: None,
            pushed: 0,
        }
    }

    /// Takes the next bytes, as many as there are. Costs nothing per byte of a long value.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.pushed = self.pushed.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let Self { inflate, tokenizer, collector, .. } = self;
        let result = match inflate {
            Some(inflate) => inflate.push(bytes, |part| tokenizer.push(part, collector)),
            None => tokenizer.push(bytes, collector),
        };
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    /// Bytes of memory in use for what is kept of the data set, about.
    pub fn held(&self) -> usize {
        self.collector.held()
    }

    /// Who the object is, once the scan is past (0020,000E).
    pub fn identity(&self) -> Option<&Identity> {
        self.collector.identity.as_ref()
    }

    /// The indexed attributes that the scan has passed so far.
    pub fn attributes(&self) -> &Attributes {
        &self.collector.attributes
    }

    /// No more bytes will come.
    ///
    /// Fails when they ended inside something, or when the object has no usable identity.
    pub fn finish(mut self) -> Result<Scan> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if let Some(inflate) = &self.inflate {
            inflate.finish()?;
        }
        self.tokenizer.finish(&mut self.collector)?;
        let collected = self.collector.finish()?;
        Ok(Scan {
            identity: collected.identity,
            attributes: collected.attributes,
            signals: collected.signals,
            image: collected.image,
            pixel: collected.pixel,
            metadata: Metadata(collected.metadata),
            len: self.pushed,
            data_set_len: self.tokenizer.position(),
        })
    }
}
