//! Frames in fragments that are not compressed, PS3.5 section A.4.11: bits and bytes beside the
//! pixels, as in native ones.

use std::ops::RangeInclusive;

use lightcase_dataset::TransferSyntax;

use super::{Hold, Layout, StrayBits};
use crate::tape::Tape;

/// Watches the fragments of Encapsulated Uncompressed Explicit VR Little Endian.
#[derive(Debug, Clone)]
pub(crate) struct Uncompressed {
    stray: Option<StrayBits>,
    /// The offset table has passed.
    begun: bool,
    len: u64,
    /// How many there may be; `None` if nobody can say.
    fits: Option<RangeInclusive<u64>>,
}

impl Uncompressed {
    /// `None` in other transfer syntaxes.
    pub(crate) fn watch(syntax: &TransferSyntax, tape: &Tape) -> Option<Self> {
        (syntax.uid().as_str() == "1.2.840.10008.1.2.1.98").then(|| Self {
            stray: StrayBits::watch(tape, false),
            begun: false,
            len: 0,
            fits: Layout::len_in_frames(tape),
        })
    }

    /// A fragment begins; not the offset table.
    pub(crate) const fn fragment(&mut self) {
        self.begun = true;
    }

    /// Looks at its next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if !self.begun {
            return;
        }
        self.len = self.len.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if let Some(stray) = &mut self.stray {
            stray.push(bytes);
        }
    }

    /// Why the object is to be held.
    pub(crate) fn holds(&self) -> impl Iterator<Item = Hold> {
        let fits = self.fits.as_ref().is_some_and(|fits| fits.contains(&self.len));
        let length = (!fits).then_some(Hold::PixelLength);
        let stray = self.stray.as_ref().is_some_and(StrayBits::found).then_some(Hold::StrayBits);
        length.into_iter().chain(stray)
    }
}
