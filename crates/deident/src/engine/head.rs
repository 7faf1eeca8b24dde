//! What is decided where the head ends and the pixels begin.

use std::collections::BTreeSet;
use std::sync::Arc;

use lightcase_dataset::TransferSyntax;

use crate::clean::Cleaner;
use crate::marker::markers;
use crate::pixel::{Blanker, Comments, StrayBits};
use crate::refusal::Result;
use crate::subject::{Subject, number_of, text_of, top_charset};
use crate::tape::Tape;
use crate::{Hold, Layout, ProfileOption, Project, Region};
use lightcase_dataset::Tag;

/// How the pixels begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pixels {
    None,
    /// With their length in bytes.
    Native(u64),
    Fragments,
}

/// What was decided.
pub(super) struct Head {
    pub(super) cleaner: Cleaner,
    pub(super) holds: BTreeSet<Hold>,
    /// Regions that are known for the device; the gate has nothing else against the image.
    pub(super) regions: Vec<Region>,
    pub(super) blanker: Option<Blanker>,
    pub(super) stray: Option<StrayBits>,
    pub(super) comments: Option<Comments>,
}

impl Head {
    pub(super) fn decide(
        project: &Arc<Project>,
        syntax: &TransferSyntax,
        tape: &Tape,
        pixels: Pixels,
        usual_issuer: &str,
    ) -> Result<Self> {
        let subject = Subject::read(project, usual_issuer, tape)?;
        let mut holds = BTreeSet::new();
        let (mut regions, mut blanker, mut stray, mut comments) = (Vec::new(), None, None, None);
        if project.profile().has(ProfileOption::CleanPixelData) {
            let gate = project.profile().gate();
            holds.extend(gate.judge(&subject, tape, pixels != Pixels::None));
            if let Pixels::Native(len) = pixels {
                stray = StrayBits::watch(tape, syntax.has_big_endian_pixels());
                if is_too_long(tape, len) {
                    holds.insert(Hold::PixelLength);
                }
            }
            if pixels == Pixels::Fragments {
                comments = Comments::watch(syntax.uid().as_str());
            }
            if !holds.is_empty() && holds.iter().copied().all(is_answered_by_blanking) {
                regions = known_regions(project, tape)?;
            }
            if !regions.is_empty() {
                let swapped = syntax.has_big_endian_pixels();
                match (pixels, Layout::read(tape).filter(|_| !swapped)) {
                    (Pixels::Native(_), Some(layout)) => {
                        blanker = Some(Blanker::new(layout, &regions));
                        holds.clear();
                    }
                    (Pixels::Fragments, _) => holds.clear(),
                    (Pixels::Native(_) | Pixels::None, _) => {
                        regions.clear();
                        holds.insert(Hold::NotBlanked);
                    }
                }
            }
        }
        let markers = markers(project.profile(), !regions.is_empty());
        let cleaner = Cleaner::new(project, subject, syntax, markers);
        Ok(Self { cleaner, holds, regions, blanker, stray, comments })
    }
}

/// Holds that fear text in the picture, which a device's regions answer.
const fn is_answered_by_blanking(hold: Hold) -> bool {
    matches!(
        hold,
        Hold::SopClass
            | Hold::ImageType
            | Hold::Secondary
            | Hold::ImageTypeTerm
            | Hold::BurnedInAnnotation
            | Hold::ConversionType
    )
}

fn known_regions(project: &Project, tape: &Tape) -> Result<Vec<Region>> {
    let charset = top_charset(tape)?;
    let (rows, columns) = (number_of(tape, Tag(0x0028_0010)), number_of(tape, Tag(0x0028_0011)));
    let (Some(rows), Some(columns)) = (rows, columns) else { return Ok(Vec::new()) };
    let text = |tag| text_of(tape, charset, Tag(tag));
    let device = project.profile().devices().iter().find(|each| each.made(text, rows, columns));
    Ok(device.map(|device| device.regions.clone()).unwrap_or_default())
}

/// Whether there are bytes behind the last frame, but for one of padding.
fn is_too_long(tape: &Tape, len: u64) -> bool {
    let number = |tag| number_of(tape, Tag(tag)).map(u64::from);
    let (Some(rows), Some(columns), Some(bits)) =
        (number(0x0028_0010), number(0x0028_0011), number(0x0028_0100))
    else {
        return true;
    };
    let samples = number(0x0028_0002).unwrap_or(1);
    let frames = number(0x0028_0008).unwrap_or(1).max(1);
    let pixels = [rows, columns, samples, frames].iter().fold(1_u64, |a, b| a.saturating_mul(*b));
    let bytes = pixels.saturating_mul(bits).div_ceil(8);
    len > bytes.saturating_add(1)
}
