//! What is decided where the head ends and the pixels begin.

use std::collections::BTreeSet;
use std::sync::Arc;

use lightcase_dataset::{Tag, TransferSyntax};

use super::sink::Pixels;
use crate::clean::Cleaner;
use crate::marker::markers;
use crate::pixel::{Beside, Blanker, Floats, Offsets, StrayBits};
use crate::refusal::Result;
use crate::subject::{Subject, number_of, text_of, top_charset};
use crate::tape::Tape;
use crate::{Hold, Layout, ProfileOption, Project, Region};

/// What was decided.
pub(super) struct Head {
    pub(super) cleaner: Cleaner,
    pub(super) holds: BTreeSet<Hold>,
    /// Regions that are known for the device.
    pub(super) known: Vec<Region>,
    /// They answer all that spoke against the image, once they are blanked.
    pub(super) answers: bool,
    pub(super) blanker: Option<Blanker>,
    pub(super) stray: Option<StrayBits>,
    pub(super) floats: Option<Floats>,
    pub(super) beside: Option<Beside>,
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
        let (mut known, mut answers) = (Vec::new(), false);
        let (mut blanker, mut beside) = (None, None);
        let (mut stray, mut floats) = (None, None);
        if project.profile().has(ProfileOption::CleanPixelData) {
            let gate = project.profile().gate();
            holds.extend(gate.judge(&subject, tape, pixels != Pixels::None));
            if let Pixels::Native(element) = pixels {
                if element.tag == Tag::PIXEL_DATA {
                    stray = StrayBits::watch(tape, syntax.has_big_endian_pixels());
                } else {
                    holds.extend(Floats::judge(&subject, tape, &element));
                    floats = Some(Floats::watch(&element));
                }
                if !Layout::fits(tape, element.len) {
                    holds.insert(Hold::PixelLength);
                }
            }
            if pixels == Pixels::Fragments {
                beside = Some(Beside::watch(syntax, tape));
            }
            // Also where the gate has nothing against the image: the device writes all the same.
            if pixels != Pixels::None {
                known = known_regions(project, tape)?;
            }
            if !known.is_empty() && holds.iter().copied().all(is_answered_by_blanking) {
                let fit = Layout::has_all(tape, &known);
                let layout = Layout::of_native(tape, syntax, pixels.native());
                blanker = layout.filter(|_| fit).map(|layout| Blanker::new(layout, &known));
                if blanker.is_some() || fit && pixels == Pixels::Fragments {
                    answers = true;
                    holds.clear();
                } else {
                    holds.insert(Hold::NotBlanked);
                }
            }
        }
        // Of compressed pixels nothing was blanked, so that nothing says it was.
        let markers = markers(project.profile(), blanker.is_some());
        let mut cleaner = Cleaner::new(project, subject, syntax, markers);
        cleaner.keeps_offsets = pixels == Pixels::Fragments && Offsets::has_extended(tape);
        Ok(Self { cleaner, holds, known, answers, blanker, stray, floats, beside })
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
