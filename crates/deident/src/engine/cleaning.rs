//! The work of a de-identifier.

use std::sync::Arc;

use lightcase_dataset::{Element, Encoder, Fragment, Tag, TransferSyntax};

use super::Done;
use super::head::Head;
use super::sink::{Pixels, Work};
use crate::decide::{Why, may_be_long};
use crate::refusal::{Refusal, Result};
use crate::report::{Outcome, Report, Verdict};
use crate::tape::Tape;
use crate::{Hold, ProfileOption, Project};

/// Longer values are gathered only where they may be samples or tables.
const LONG: u64 = 256 << 10;

/// Cleans what stands around the pixels, and watches them.
pub(super) struct Cleaning {
    project: Arc<Project>,
    head: Option<Box<Head>>,
    pub(super) explains: bool,
    pub(super) usual_issuer: String,
}

impl Cleaning {
    pub(super) fn new(project: &Arc<Project>) -> Self {
        Self {
            project: Arc::clone(project),
            head: None,
            explains: false,
            usual_issuer: String::new(),
        }
    }

    /// SOP Class and Instance UID of the clean object.
    pub(super) fn identity(&self) -> Result<(String, String)> {
        let head = self.head.as_ref().ok_or(Refusal::Identity)?;
        let subject = &head.cleaner.subject;
        Ok((subject.class.clone(), self.project.mapped(&subject.instance)))
    }

    /// The report, without digests.
    pub(super) fn done(self) -> Result<Done> {
        let (series, study, instance) = {
            let head = self.head.as_ref().ok_or(Refusal::Identity)?;
            let subject = &head.cleaner.subject;
            let mapped = |uid: &str| self.project.mapped(uid);
            (mapped(&subject.series), mapped(&subject.study), mapped(&subject.instance))
        };
        let mut head = self.head.ok_or(Refusal::Identity)?;
        if head.stray.as_ref().is_some_and(crate::pixel::StrayBits::found) {
            head.holds.insert(Hold::StrayBits);
        }
        let tells = |bytes: &[u8]| head.cleaner.tells(bytes);
        if head.floats.take().is_some_and(|floats| floats.found(tells)) {
            head.holds.insert(Hold::Samples);
        }
        if let Some(beside) = head.beside.take() {
            head.holds.extend(beside.holds());
        }
        head.holds.extend(std::mem::take(&mut head.cleaner.holds));
        let blanked = if head.blanker.is_some() { head.known.clone() } else { Vec::new() };
        let mut proposed = Vec::new();
        let verdict = if !head.holds.is_empty() {
            if blanked.is_empty() {
                proposed = head.known;
            }
            Verdict::Held(head.holds)
        } else if head.answers && blanked.is_empty() {
            Verdict::ReleasedOnceBlanked(head.known)
        } else {
            Verdict::Released
        };
        let pseudonym = head.cleaner.subject.pseudonym;
        let report = Report {
            sop_class: head.cleaner.subject.class,
            sop_instance: instance,
            series,
            study,
            patient: pseudonym.map(|pseudonym| pseudonym.id).unwrap_or_default(),
            verdict,
            blanked,
            proposed,
            counts: head.cleaner.counts,
            digest_before: String::new(),
            digest_after: String::new(),
        };
        Ok(Done { report, steps: head.cleaner.steps.unwrap_or_default() })
    }
}

impl Work for Cleaning {
    fn gathers(&self, element: &Element) -> bool {
        let tag = element.tag;
        let private = !tag.group().is_multiple_of(2);
        let retained = self.project.profile().has(ProfileOption::RetainSafePrivate);
        let gone = tag.is_group_length()
            || private && !retained
            || element.len > LONG && !may_be_long(tag);
        !gone
    }

    fn leaves_out_pixels(&self, _offset: u64) -> Result<()> {
        Ok(())
    }

    fn begin(&mut self, syntax: &TransferSyntax, tape: &Tape, pixels: Pixels) -> Result<()> {
        let mut head = Head::decide(&self.project, syntax, tape, pixels, &self.usual_issuer)?;
        head.cleaner.steps = self.explains.then(Vec::new);
        head.cleaner.run(tape)?;
        if let Some(tag) = pixels.tag() {
            head.cleaner.mark(tag);
            let (outcome, why) = if head.blanker.is_some() {
                (Outcome::Cleaned, Why::Blanked)
            } else {
                (Outcome::Kept, Why::Pixels)
            };
            head.cleaner.note_at_top(tag.keyword().unwrap_or_default().to_owned(), outcome, why);
        }
        self.head = Some(Box::new(head));
        Ok(())
    }

    fn encoder(&mut self) -> Option<&mut Encoder> {
        self.head.as_mut().map(|head| &mut head.cleaner.encoder)
    }

    fn part(&mut self, bytes: &[u8]) {
        let Some(head) = &mut self.head else { return };
        if let Some(stray) = &mut head.stray {
            stray.push(bytes);
        }
        if let Some(floats) = &mut head.floats {
            floats.push(bytes, |bytes| head.cleaner.tells(bytes));
        }
        match &mut head.blanker {
            Some(blanker) => {
                let mut bytes = bytes.to_vec();
                blanker.push(&mut bytes);
                head.cleaner.encoder.raw(&bytes);
            }
            None => head.cleaner.encoder.raw(bytes),
        }
    }

    fn fragment(&mut self, fragment: Fragment) {
        if let Some(beside) = self.head.as_mut().and_then(|head| head.beside.as_mut()) {
            beside.fragment(fragment);
        }
    }

    fn fragment_part(&mut self, bytes: &[u8]) {
        let Some(head) = &mut self.head else { return };
        if let Some(beside) = &mut head.beside {
            beside.push(bytes, |bytes| head.cleaner.tells(bytes));
        }
    }

    fn mislead(&mut self) -> Result<()> {
        if let Some(head) = &mut self.head {
            head.holds.insert(Hold::OffsetTable);
        }
        Ok(())
    }

    fn end(&mut self, tape: &Tape) -> Result<()> {
        if let Some(head) = &mut self.head {
            head.cleaner.run(tape)?;
            head.cleaner.mark(Tag(u32::MAX));
        }
        Ok(())
    }
}
