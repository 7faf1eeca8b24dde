//! What is decided where the head ends and the pixels begin.

use std::collections::BTreeSet;
use std::sync::Arc;

use lightcase_dataset::{Tag, TransferSyntax};

use super::sink::Pixels;
use crate::clean::Cleaner;
use crate::marker::markers;
use crate::pixel::{Blanker, Comments, StrayBits, Uncompressed};
use crate::refusal::Result;
use crate::subject::{Subject, number_of, text_of, top_charset};
use crate::tape::Tape;
use crate::{Hold, Layout, ProfileOption, Project, Region};

/// What was decided.
pub(super) struct Head {
    pub(super) cleaner: Cleaner,
    pub(super) holds: BTreeSet<Hold>,
    /// Regions that are known for the device; nothing but possible text speaks against the image.
    pub(super) regions: Vec<Region>,
    pub(super) blanker: Option<Blanker>,
    pub(super) stray: Option<StrayBits>,
    pub(super) comments: Option<Comments>,
    pub(super) uncompressed: Option<Uncompressed>,
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
        let (mut regions, mut blanker, mut stray) = (Vec::new(), None, None);
        let (mut comments, mut uncompressed) = (None, None);
        if project.profile().has(ProfileOption::CleanPixelData) {
            let gate = project.profile().gate();
            holds.extend(gate.judge(&subject, tape, pixels != Pixels::None));
            if let Pixels::Native(element) = pixels {
                if element.tag == Tag::PIXEL_DATA {
                    stray = StrayBits::watch(tape, syntax.has_big_endian_pixels());
                }
                if Layout::is_too_long(tape, element.len) {
                    holds.insert(Hold::PixelLength);
                }
            }
            if pixels == Pixels::Fragments {
                comments = Comments::watch(syntax.uid().as_str());
                uncompressed = Uncompressed::watch(syntax, tape);
            }
            // Also where the gate has nothing against the image: the device writes all the same.
            if holds.iter().copied().all(is_answered_by_blanking) {
                regions = known_regions(project, tape)?;
            }
            if !regions.is_empty() {
                let fit = Layout::has_all(tape, &regions);
                let layout = Layout::of_native(tape, syntax, pixels.native());
                match (pixels, layout.filter(|_| fit)) {
                    (Pixels::Native(_), Some(layout)) => {
                        blanker = Some(Blanker::new(layout, &regions));
                        holds.clear();
                    }
                    (Pixels::Fragments, _) if fit => holds.clear(),
                    (Pixels::Native(_) | Pixels::Fragments | Pixels::None, _) => {
                        regions.clear();
                        holds.insert(Hold::NotBlanked);
                    }
                }
            }
        }
        // Of compressed pixels nothing was blanked, so that nothing says it was.
        let markers = markers(project.profile(), blanker.is_some());
        let cleaner = Cleaner::new(project, subject, syntax, markers);
        Ok(Self { cleaner, holds, regions, blanker, stray, comments, uncompressed })
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
