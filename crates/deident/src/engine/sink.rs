//! The listener: gathers what stands before the pixels, passes the pixels on, gathers the rest.

use std::sync::Arc;

use lightcase_dataset::{Element, Fragment, ScanError, Sink, Tag, Take, TransferSyntax, VR};

use super::Done;
use super::head::{Head, Pixels};
use crate::decide::may_be_long;
use crate::refusal::{Refusal, Result};
use crate::report::{Report, Verdict};
use crate::tape::{Event, Tape};
use crate::{Hold, ProfileOption, Project};

/// Bytes that are kept of what is not pixels: an enhanced object of some thousand frames has a
/// header of some ten million.
const MOST: usize = 128 << 20;

/// Longer values are gathered only where they may be samples or tables.
const LONG: u64 = 256 << 10;

const PIXEL_REPRESENTATION: Tag = Tag(0x0028_0103);

/// What lies between the walker and the output.
pub(super) struct Core {
    project: Arc<Project>,
    syntax: TransferSyntax,
    tape: Tape,
    head: Option<Box<Head>>,
    /// Of the top level and the items that are open: the tag that came last, and whether pixels
    /// are signed there.
    levels: Vec<(Option<Tag>, bool)>,
    failed: Option<Refusal>,
    /// The fragments that come are those of the image.
    passing: bool,
    pub(super) explains: bool,
    pub(super) usual_issuer: String,
}

type Heard<T> = std::result::Result<T, ScanError>;

impl Core {
    pub(super) fn new(project: &Arc<Project>, syntax: &TransferSyntax) -> Self {
        Self {
            project: Arc::clone(project),
            syntax: syntax.clone(),
            tape: Tape::default(),
            head: None,
            levels: vec![(None, false)],
            failed: None,
            passing: false,
            explains: false,
            usual_issuer: String::new(),
        }
    }

    /// What was written since the last time.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.head.as_mut().map(|head| head.cleaner.encoder.take()).unwrap_or_default()
    }

    /// Tells our refusals, which the walker passed through, from those of the walker.
    pub(super) fn settle(&mut self, walked: Heard<()>) -> Result<()> {
        match (self.failed.take(), walked) {
            (Some(refusal), _) => Err(refusal),
            (None, walked) => Ok(walked?),
        }
    }

    /// SOP Class and Instance UID of the clean object.
    pub(super) fn identity(&self) -> Result<(String, String)> {
        let head = self.head.as_ref().ok_or(Refusal::Identity)?;
        let subject = &head.cleaner.subject;
        Ok((subject.class.clone(), self.mapped(&subject.instance)))
    }

    /// The data set has ended.
    pub(super) fn finish(&mut self) -> Result<()> {
        if self.head.is_none() {
            self.decide(Pixels::None)?;
        }
        let tape = std::mem::take(&mut self.tape);
        if let Some(head) = &mut self.head {
            head.cleaner.run(&tape)?;
            head.cleaner.mark(Tag(u32::MAX));
        }
        Ok(())
    }

    /// The report, without digests.
    pub(super) fn done(self) -> Result<Done> {
        let (series, study, instance) = {
            let head = self.head.as_ref().ok_or(Refusal::Identity)?;
            let subject = &head.cleaner.subject;
            (
                self.mapped(&subject.series),
                self.mapped(&subject.study),
                self.mapped(&subject.instance),
            )
        };
        let mut head = self.head.ok_or(Refusal::Identity)?;
        if head.stray.as_ref().is_some_and(crate::pixel::StrayBits::found) {
            head.holds.insert(Hold::StrayBits);
        }
        if head.comments.as_ref().is_some_and(crate::pixel::Comments::found) {
            head.holds.insert(Hold::CodestreamText);
        }
        let blanked = if head.blanker.is_some() { head.regions.clone() } else { Vec::new() };
        let verdict = if !head.holds.is_empty() {
            Verdict::Held(head.holds)
        } else if head.blanker.is_none() && !head.regions.is_empty() {
            Verdict::ReleasedOnceBlanked(head.regions)
        } else {
            Verdict::Released
        };
        let report = Report {
            sop_class: head.cleaner.subject.class,
            sop_instance: instance,
            series,
            study,
            verdict,
            blanked,
            counts: head.cleaner.counts,
            digest_before: String::new(),
            digest_after: String::new(),
        };
        Ok(Done { report, steps: head.cleaner.steps.unwrap_or_default() })
    }

    fn mapped(&self, uid: &str) -> String {
        if self.project.profile().has(ProfileOption::RetainUids) {
            return uid.to_owned();
        }
        let mapped = self.project.uids().replacement((0x0008, 0x0018), uid);
        mapped.map_or_else(|| uid.to_owned(), |uid| uid.as_str().to_owned())
    }

    fn decide(&mut self, pixels: Pixels) -> Result<()> {
        let mut head =
            Head::decide(&self.project, &self.syntax, &self.tape, pixels, &self.usual_issuer)?;
        head.cleaner.steps = self.explains.then(Vec::new);
        head.cleaner.run(&std::mem::take(&mut self.tape))?;
        self.head = Some(Box::new(head));
        Ok(())
    }

    /// Lets a refusal through the walker.
    fn pass<T>(&mut self, result: Result<T>) -> Heard<T> {
        result.map_err(|refusal| {
            self.failed = Some(refusal);
            ScanError::NotExact("refused")
        })
    }

    fn is_top(&self) -> bool {
        self.levels.len() == 1
    }

    /// Notes that a tag comes; it must be above the last one of its level.
    fn ascend(&mut self, tag: Tag) -> Heard<()> {
        let full = self.tape.size() > MOST;
        let last = self.levels.last_mut().map(|(last, _)| last.replace(tag));
        if last.flatten().is_some_and(|last| last >= tag) {
            return self.pass(Err(Refusal::Order));
        }
        if full { self.pass(Err(Refusal::TooLarge)) } else { Ok(()) }
    }

    /// Whether the pixels of the image begin, and are the first that do.
    fn begins_pixels(&self, tag: Tag) -> bool {
        self.is_top() && tag.is_pixels() && self.head.is_none()
    }

    /// Ends the head; where its pixels begin.
    fn begin_pixels(&mut self, tag: Tag, pixels: Pixels) -> Heard<()> {
        let decided = self.decide(pixels);
        self.pass(decided)?;
        if let Some(head) = &mut self.head {
            head.cleaner.mark(tag);
        }
        Ok(())
    }
}

impl Sink for Core {
    fn signed(&self) -> bool {
        self.levels.last().is_some_and(|(_, signed)| *signed)
    }

    fn element(&mut self, element: &Element) -> Heard<Take> {
        let tag = element.tag;
        self.ascend(tag)?;
        if self.begins_pixels(tag) {
            if tag == Tag::PIXEL_DATA && self.syntax.is_encapsulated() || !tag.allows(element.vr) {
                return self.pass(Err(misplaced(element.offset)));
            }
            self.begin_pixels(tag, Pixels::Native(element.len))?;
            if let Some(head) = &mut self.head {
                let len = u32::try_from(element.len).unwrap_or(u32::MAX);
                head.cleaner.encoder.header(tag, element.vr, len);
                if tag != Tag::PIXEL_DATA {
                    (head.stray, head.blanker) = (None, None);
                }
            }
            return Ok(Take::Pass);
        }
        let private = !tag.group().is_multiple_of(2);
        let retained = self.project.profile().has(ProfileOption::RetainSafePrivate);
        let gone = tag.is_group_length()
            || private && !retained
            || tag.is_pixels()
            || element.len > LONG && !may_be_long(tag);
        if gone {
            self.tape.element(tag, element.vr, element.big_endian, None);
            return Ok(Take::Skip);
        }
        let size = usize::try_from(element.len).unwrap_or(usize::MAX);
        if self.tape.size().saturating_add(size) > MOST {
            return self.pass(Err(Refusal::TooLarge));
        }
        Ok(Take::Value)
    }

    fn value(&mut self, element: &Element, bytes: &[u8]) -> Heard<()> {
        if element.tag == PIXEL_REPRESENTATION
            && let (Some((_, signed)), [a, b]) = (self.levels.last_mut(), bytes)
        {
            *signed = (*a, *b) == if element.big_endian { (0, 1) } else { (1, 0) };
        }
        self.tape.element(element.tag, element.vr, element.big_endian, Some(bytes));
        Ok(())
    }

    fn part(&mut self, _element: &Element, bytes: &[u8], _last: bool) -> Heard<()> {
        let Some(head) = &mut self.head else { return Ok(()) };
        if let Some(stray) = &mut head.stray {
            stray.push(bytes);
        }
        match &mut head.blanker {
            Some(blanker) => {
                let mut bytes = bytes.to_vec();
                blanker.push(&mut bytes);
                head.cleaner.encoder.raw(&bytes);
            }
            None => head.cleaner.encoder.raw(bytes),
        }
        Ok(())
    }

    fn open_sequence(&mut self, tag: Tag) -> Heard<()> {
        self.ascend(tag)?;
        self.tape.push(Event::OpenSequence(tag));
        Ok(())
    }

    fn open_item(&mut self) -> Heard<()> {
        self.levels.push((None, self.signed()));
        self.tape.push(Event::OpenItem);
        Ok(())
    }

    fn close_item(&mut self) -> Heard<()> {
        self.levels.pop();
        self.tape.push(Event::CloseItem);
        Ok(())
    }

    fn close_sequence(&mut self) -> Heard<()> {
        self.tape.push(Event::CloseSequence);
        Ok(())
    }

    fn open_fragments(&mut self, element: &Element) -> Heard<()> {
        let tag = element.tag;
        self.ascend(tag)?;
        if !self.begins_pixels(tag) {
            self.tape.element(tag, VR::OB, element.big_endian, None);
            return Ok(());
        }
        if tag != Tag::PIXEL_DATA || !self.syntax.is_encapsulated() {
            return self.pass(Err(misplaced(element.offset)));
        }
        self.begin_pixels(tag, Pixels::Fragments)?;
        if let Some(head) = &mut self.head {
            head.cleaner.encoder.open_fragments(tag, element.vr);
        }
        self.passing = true;
        Ok(())
    }

    fn fragment(&mut self, index: usize, fragment: Fragment) -> Heard<Take> {
        let Some(head) = self.head.as_mut().filter(|_| self.passing) else {
            return Ok(Take::Skip);
        };
        let len = u32::try_from(fragment.len).unwrap_or(u32::MAX);
        head.cleaner.encoder.fragment(len);
        if let Some(comments) = head.comments.as_mut().filter(|_| index > 0) {
            comments.fragment();
        }
        Ok(Take::Pass)
    }

    fn fragment_value(&mut self, _bytes: &[u8]) -> Heard<()> {
        Ok(())
    }

    fn fragment_start(&mut self, _bytes: &[u8]) {}

    fn fragment_part(&mut self, bytes: &[u8]) -> Heard<()> {
        if let Some(head) = &mut self.head {
            if let Some(comments) = &mut head.comments {
                comments.push(bytes);
            }
            head.cleaner.encoder.raw(bytes);
        }
        Ok(())
    }

    fn close_fragments(&mut self, _end: u64) -> Heard<()> {
        if let Some(head) = self.head.as_mut().filter(|_| self.passing) {
            head.cleaner.encoder.close_sequence();
        }
        self.passing = false;
        Ok(())
    }
}

/// Pixels that are not as the transfer syntax has them, PS3.5 section A.4.
const fn misplaced(offset: u64) -> Refusal {
    let what = "pixel data that are not as the transfer syntax has them";
    Refusal::Unreadable(ScanError::Malformed { offset, what })
}
