//! Every element of a tape, at any depth, with the character set that applies to it.

use lightcase_dataset::{CharacterSets, SpecificCharacterSet, Tag};

use crate::refusal::Result;
use crate::tape::{Entry, Event, Tape};

/// Tells each element but Specific Character Set itself. `top` is the set of the top level, which goes
/// on from one tape to the next.
pub(super) fn each(
    tape: &Tape,
    top: &mut SpecificCharacterSet,
    mut told: impl FnMut(&Entry, SpecificCharacterSet) -> Result<()>,
) -> Result<()> {
    let mut items: Vec<SpecificCharacterSet> = Vec::new();
    for event in &tape.events {
        match event {
            Event::OpenItem => items.push(items.last().copied().unwrap_or(*top)),
            Event::CloseItem => {
                items.pop();
            }
            Event::Element(entry) if entry.tag == Tag::SPECIFIC_CHARACTER_SET => {
                let value = tape.value(entry).unwrap_or_default();
                *items.last_mut().unwrap_or(top) = CharacterSets::parse(value).reading();
            }
            Event::Element(entry) => told(entry, items.last().copied().unwrap_or(*top))?,
            Event::OpenSequence(_) | Event::CloseSequence => {}
        }
    }
    Ok(())
}
