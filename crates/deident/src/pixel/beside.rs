//! What lies beside the pixels in their fragments, in each family of transfer syntaxes.

use lightcase_dataset::{Fragment, Tag, TransferSyntax};

use super::rle::Rle;
use super::{Comments, Hold, Uncompressed};
use crate::subject::number_of;
use crate::tape::Tape;

/// Watches the fragments of an image for what is no part of its frames.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    comments: Option<Comments>,
    rle: Option<Rle>,
    uncompressed: Option<Uncompressed>,
}

impl Beside {
    /// By the transfer syntax, and what stands before the fragments.
    pub(crate) fn watch(syntax: &TransferSyntax, tape: &Tape) -> Self {
        let uid = syntax.uid().as_str();
        let frames = number_of(tape, Tag(0x0028_0008)).unwrap_or(1).max(1);
        Self {
            comments: Comments::watch(uid, frames),
            rle: Rle::watch(uid, tape),
            uncompressed: Uncompressed::watch(syntax, tape),
        }
    }

    /// A fragment begins; not the offset table.
    pub(crate) fn fragment(&mut self, fragment: Fragment) {
        if let Some(comments) = &mut self.comments {
            comments.fragment();
        }
        if let Some(rle) = &mut self.rle {
            rle.fragment(fragment.len);
        }
        if let Some(uncompressed) = &mut self.uncompressed {
            uncompressed.fragment();
        }
    }

    /// Looks at its next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if let Some(comments) = &mut self.comments {
            comments.push(bytes);
        }
        if let Some(rle) = &mut self.rle {
            rle.push(bytes);
        }
        if let Some(uncompressed) = &mut self.uncompressed {
            uncompressed.push(bytes);
        }
    }

    /// Why the object is to be held; no more bytes will come.
    pub(crate) fn holds(self) -> impl Iterator<Item = Hold> {
        let texts =
            self.comments.is_some_and(Comments::found) || self.rle.is_some_and(|rle| rle.found());
        let uncompressed = self.uncompressed.into_iter();
        let beside: Vec<Hold> =
            uncompressed.flat_map(|each| each.holds().collect::<Vec<_>>()).collect();
        texts.then_some(Hold::CodestreamText).into_iter().chain(beside)
    }
}
