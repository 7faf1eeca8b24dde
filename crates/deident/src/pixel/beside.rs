//! What lies beside the pixels in their fragments, in each family of transfer syntaxes.

use lightcase_dataset::{Fragment, Tag, TransferSyntax};

use super::rle::Rle;
use super::size::Size;
use super::told::Told;
use super::{Comments, Hold, Uncompressed};
use crate::subject::number_of;
use crate::tape::Tape;

/// Watches the fragments of an image for what is no part of its frames.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    comments: Option<Comments>,
    rle: Option<Rle>,
    uncompressed: Option<Uncompressed>,
    told: Told,
    /// A fragment has come, and none of these looks at it.
    unwatched: bool,
}

impl Beside {
    /// By the transfer syntax, and what stands before the fragments.
    pub(crate) fn watch(syntax: &TransferSyntax, tape: &Tape) -> Self {
        let uid = syntax.uid().as_str();
        let number = |tag| number_of(tape, Tag(tag));
        let frames = number(0x0028_0008).unwrap_or(1).max(1);
        let size = Size { rows: number(0x0028_0010), columns: number(0x0028_0011) };
        Self {
            comments: Comments::watch(uid, frames, number(0x0028_0101), size),
            rle: Rle::watch(uid, tape),
            uncompressed: Uncompressed::watch(syntax, tape),
            told: Told::default(),
            unwatched: false,
        }
    }

    /// A fragment begins; not the offset table.
    pub(crate) fn fragment(&mut self, fragment: Fragment) {
        self.unwatched |=
            self.comments.is_none() && self.rle.is_none() && self.uncompressed.is_none();
        self.told.part();
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

    /// Looks at its next bytes; `tells` says whether some that belong together tell who it is.
    pub(crate) fn push(&mut self, bytes: &[u8], tells: impl Fn(&[u8]) -> bool) {
        self.told.push(bytes, tells);
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
        let is_deep = self.comments.as_ref().is_some_and(Comments::is_deep);
        let rle_has_stray_bits = self.rle.as_ref().is_some_and(Rle::has_stray_bits);
        // Each of them looks to its end.
        let of_stream = self.comments.is_some_and(Comments::found);
        let of_rle = self.rle.is_some_and(|rle| rle.found());
        let texts = self.told.has_found() || of_stream || of_rle;
        let stray = rle_has_stray_bits.then_some(Hold::StrayBits);
        let uncompressed = self.uncompressed.into_iter();
        let beside: Vec<Hold> =
            uncompressed.flat_map(|each| each.holds().collect::<Vec<_>>()).chain(stray).collect();
        let unwatched = (self.unwatched || is_deep).then_some(Hold::NotWatched);
        texts.then_some(Hold::CodestreamText).into_iter().chain(unwatched).chain(beside)
    }
}

#[cfg(test)]
mod tests {
    use lightcase_dataset::VR;
    use lightcase_model::TransferSyntaxUid;

    use super::*;

    /// Of an image of 16 bits, a fragment without a byte, in which nothing can be found.
    fn holds(number: &str) -> Vec<Hold> {
        let uid = TransferSyntaxUid::parse(&format!("1.2.840.10008.1.2{number}")).unwrap();
        let mut tape = Tape::default();
        for (tag, number) in [(0x0028_0100, 16_u16), (0x0028_0101, 16), (0x0028_0102, 15)] {
            tape.element(Tag(tag), VR::US, false, Some(&number.to_le_bytes()));
        }
        let mut beside = Beside::watch(&TransferSyntax::of(&uid), &tape);
        beside.fragment(Fragment { offset: 0, len: 0 });
        beside.holds().collect()
    }

    #[test]
    fn what_nobody_watches_is_held() {
        for number in 100..=108 {
            assert_eq!(holds(&format!(".4.{number}")), [Hold::NotWatched]);
        }
        for number in 100..=106 {
            assert_eq!(holds(&format!(".4.{number}.1")), [Hold::NotWatched]);
        }
        for number in [".4.110", ".4.111", ".4.112", ".8.1", ".4.999"] {
            assert_eq!(holds(number), [Hold::NotWatched], "{number}");
        }
        for number in [
            "50", "51", "53", "55", "57", "70", "80", "81", "90", "91", "92", "93", "201", "202",
            "203",
        ] {
            assert!(holds(&format!(".4.{number}")).is_empty(), "{number}");
        }
        assert!(holds(".5").is_empty());
        assert!(!holds(".1.98").contains(&Hold::NotWatched));
    }
}
