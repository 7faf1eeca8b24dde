//! What an option keeps as it is, whatever it says: whoever chooses the option answers for it.

use lightcase_dataset::{
    Element, Fragment, Limits, ScanError, Sink, Tag, Take, TransferSyntax, Walker,
};
use lightcase_deident::{Action, ProfileOption, RULES};

/// Whether an option keeps an attribute.
pub(crate) fn is_kept(option: ProfileOption, tag: Tag) -> bool {
    /// Manufacturer's Model Name and Software Versions, which the table does not list.
    const DEVICE: [u32; 2] = [0x0008_1090, 0x0018_1020];
    /// What refers to objects and frames of reference, likewise.
    const REFERRING: [u32; 4] = [0x0020_0242, 0x0020_9312, 0x0070_031A, 0x0070_031B];
    let rule = RULES.iter().find(|rule| rule.pattern.covers((tag.group(), tag.element())));
    rule.is_some_and(|rule| rule.under(option) == Some(Action::K))
        || option == ProfileOption::RetainDeviceIdentity && DEVICE.contains(&tag.0)
        || option == ProfileOption::RetainUids && REFERRING.contains(&tag.0)
}

/// All values of a data set but those that these options keep, with something between them.
pub(crate) fn beside_kept(
    bytes: &[u8],
    syntax: &TransferSyntax,
    options: &[ProfileOption],
) -> Vec<u8> {
    let mut values = Values { options, all: Vec::new() };
    let mut walker = Walker::new(syntax, &Limits::default());
    walker.push(bytes, &mut values).unwrap();
    walker.finish(&mut values).unwrap();
    values.all
}

struct Values<'a> {
    options: &'a [ProfileOption],
    all: Vec<u8>,
}

impl Values<'_> {
    fn add(&mut self, bytes: &[u8]) {
        self.all.extend_from_slice(bytes);
        self.all.push(b'|');
    }
}

type Heard<T> = Result<T, ScanError>;

impl Sink for Values<'_> {
    fn signed(&self) -> bool {
        false
    }
    fn element(&mut self, _element: &Element) -> Heard<Take> {
        Ok(Take::Value)
    }
    fn value(&mut self, element: &Element, bytes: &[u8]) -> Heard<()> {
        if !self.options.iter().any(|option| is_kept(*option, element.tag)) {
            self.add(bytes);
        }
        Ok(())
    }
    fn open_sequence(&mut self, _tag: Tag) -> Heard<()> {
        Ok(())
    }
    fn open_item(&mut self) -> Heard<()> {
        Ok(())
    }
    fn close_item(&mut self) -> Heard<()> {
        Ok(())
    }
    fn close_sequence(&mut self) -> Heard<()> {
        Ok(())
    }
    fn open_fragments(&mut self, _element: &Element) -> Heard<()> {
        Ok(())
    }
    fn fragment(&mut self, index: usize, _fragment: Fragment) -> Heard<Take> {
        Ok(if index == 0 { Take::Value } else { Take::Pass })
    }
    fn fragment_value(&mut self, bytes: &[u8]) -> Heard<()> {
        self.add(bytes);
        Ok(())
    }
    fn fragment_start(&mut self, _bytes: &[u8]) {}
    fn fragment_part(&mut self, bytes: &[u8]) -> Heard<()> {
        self.all.extend_from_slice(bytes);
        Ok(())
    }
    fn close_fragments(&mut self, _end: u64) -> Heard<()> {
        Ok(())
    }
}
