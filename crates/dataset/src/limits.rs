//! The caps that keep a hostile object from costing more than an honest one.

/// Caps of one scan. Sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Sequences nested in each other.
    pub depth: usize,
    /// Data elements in all, at every depth.
    pub elements: u32,
    /// Items of sequences in all.
    pub items: u32,
    /// Elements out of ascending tag order that are put in order, in all.
    pub unordered: u32,
    /// A binary value longer than this is left in place and becomes a `BulkDataURI`.
    pub inline_value: u64,
    /// The same for bytes of unknown meaning (OB, OW, OF, OD, OL, OV, UN).
    pub inline_bytes: u64,
    /// A text value longer than this is left in place and becomes a `BulkDataURI`.
    pub text: u64,
    /// Longest offset table that is read to find the frames.
    pub offset_table: u64,
    /// Fragments of encapsulated pixel data.
    pub fragments: usize,
    /// Inflated bytes per deflated byte, once `inflate_free` bytes are out.
    pub inflate_ratio: u64,
    /// Inflated bytes that the ratio does not apply to.
    pub inflate_free: u64,
    /// Inflated bytes in all.
    pub inflated: u64,
    /// Length of the DICOM JSON.
    pub metadata: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 64,
            elements: 100_000,
            items: 100_000,
            unordered: 1_000,
            inline_value: 64 << 10,
            inline_bytes: 1 << 10,
            text: 1 << 20,
            offset_table: 4 << 20,
            fragments: 1_000_000,
            inflate_ratio: 100,
            inflate_free: 1 << 20,
            inflated: 512 << 20,
            metadata: 64 << 20,
        }
    }
}
