//! Which type an attribute has in an object of a SOP class.

use lightcase_dataset::{Tag, VR};

use super::group::GROUPS;
use super::requirement::{CLASSES, NESTED, TOP};
use super::{binary, number, values};
use crate::AttributeType;

/// A type as PS3.5 section 7.4 has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Type 1.
    One,
    /// Type 2.
    Two,
    /// Type 1C.
    OneC,
    /// Type 2C.
    TwoC,
    /// Type 3.
    Three,
}

/// A SOP class whose IOD is known: its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Iod(u8);

impl Iod {
    /// By UID; `None` for private, retired and other unknown classes.
    pub(crate) fn of_class(uid: &str) -> Option<Self> {
        let at = CLASSES.binary_search(&uid).ok()?;
        u8::try_from(at).ok().map(Self)
    }

    /// The type of an attribute at the top level, or in the items of a sequence. What is conditional
    /// counts as required: that the attribute is there says that its condition holds.
    pub(crate) fn type_of(self, sequence: Option<Tag>, tag: Tag) -> AttributeType {
        let kind = match sequence {
            None => self.top(tag),
            Some(sequence) => nested(sequence, tag),
        };
        match kind {
            Kind::One | Kind::OneC => AttributeType::One,
            Kind::Two | Kind::TwoC => AttributeType::Two,
            Kind::Three => AttributeType::Three,
        }
    }

    /// Whether the IOD has this number in text (VR DS or IS) at the top level, or any IOD has it in
    /// the items of that sequence.
    pub(crate) fn has_number(self, sequence: Option<Tag>, tag: Tag) -> bool {
        if let Some(sequence) = sequence {
            return number::NESTED.binary_search(&(sequence.0, tag.0)).is_ok();
        }
        self.is_among(number::TOP, tag)
    }

    /// Likewise of binary numbers, and bytes that are numbers.
    pub(crate) fn has_binary(self, sequence: Option<Tag>, tag: Tag) -> bool {
        if let Some(sequence) = sequence {
            return binary::NESTED.binary_search(&(sequence.0, tag.0)).is_ok();
        }
        self.is_among(binary::TOP, tag)
    }

    fn is_among(self, table: &[(u32, u16)], tag: Tag) -> bool {
        let found = table.binary_search_by_key(&tag.0, |(each, _)| *each);
        let row = found.ok().and_then(|at| table.get(at)).map(|(_, group)| usize::from(*group));
        let classes = row.and_then(|row| GROUPS.get(row)).copied();
        classes.unwrap_or_default().iter().any(|(from, to)| (*from..=*to).contains(&self.0))
    }

    fn top(self, tag: Tag) -> Kind {
        let Ok(at) = TOP.binary_search_by_key(&tag.0, |(each, _, _)| *each) else {
            return Kind::Three;
        };
        let Some((_, usual, exceptions)) = TOP.get(at) else { return Kind::Three };
        let exception = exceptions.iter().find(|(_, classes)| classes.contains(&self.0));
        exception.map_or(*usual, |(kind, _)| *kind)
    }
}

fn nested(sequence: Tag, tag: Tag) -> Kind {
    let found = NESTED.binary_search_by_key(&(sequence.0, tag.0), |(a, b, _)| (*a, *b));
    found.ok().and_then(|at| NESTED.get(at)).map_or(Kind::Three, |(_, _, kind)| *kind)
}

/// How many binary numbers, numbers in text or terms the attribute has at most; `None` where PS3.6 says none,
/// or says nothing.
pub(crate) fn most_values(tag: Tag) -> Option<usize> {
    if let Some(VR::DS | VR::IS | VR::CS) = tag.standard_vr() {
        let found = values::SEVERAL.binary_search_by_key(&tag.0, |(each, _)| *each);
        let most = found.ok().and_then(|at| values::SEVERAL.get(at)).map_or(1, |(_, most)| *most);
        return (most > 0).then(|| usize::from(most));
    }
    let found = binary::MOST.binary_search_by_key(&tag.0, |(each, _)| *each);
    found.ok().and_then(|at| binary::MOST.get(at)).map(|(_, most)| usize::from(*most))
}

/// Whether some IOD has bytes or words under this tag, which may be long.
pub(crate) fn is_bulk(tag: Tag) -> bool {
    binary::BULK.binary_search(&tag.0).is_ok()
}

/// What an item of a sequence cannot be without.
pub(crate) fn required_in(sequence: Tag) -> impl Iterator<Item = (Tag, AttributeType)> {
    let start = NESTED.partition_point(|(each, _, _)| *each < sequence.0);
    let rows = NESTED.get(start..).unwrap_or_default().iter();
    rows.take_while(move |(each, _, _)| *each == sequence.0).filter_map(|(_, tag, kind)| match kind
    {
        Kind::One => Some((Tag(*tag), AttributeType::One)),
        Kind::Two => Some((Tag(*tag), AttributeType::Two)),
        Kind::OneC | Kind::TwoC | Kind::Three => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_follow_the_class() {
        let check = |class: &str, sequence: Option<u32>, tag: u32, expected| {
            let iod = Iod::of_class(class).unwrap();
            assert_eq!(iod.type_of(sequence.map(Tag), Tag(tag)), expected, "{class} {tag:08X}");
        };
        let (ct, enhanced_mr) = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4.1");
        check(ct, None, 0x0010_0010, AttributeType::Two);
        check(ct, None, 0x0020_000D, AttributeType::One);
        check(ct, None, 0x0010_1010, AttributeType::Three);
        check(enhanced_mr, None, 0x0008_0023, AttributeType::One);
        check(ct, None, 0x0008_0023, AttributeType::Two);
        check(ct, Some(0x0040_A730), 0x0040_A040, AttributeType::One);
        assert_eq!(Iod::of_class("1.2.3"), None);
    }

    type Has = fn(Iod, Option<Tag>, Tag) -> bool;

    #[track_caller]
    fn check(has: Has, class: &str, (sequence, tag): (Option<u32>, u32), expected: bool) {
        let iod = Iod::of_class(&format!("1.2.840.10008.5.1.4.1.1.{class}")).unwrap();
        assert_eq!(has(iod, sequence.map(Tag), Tag(tag)), expected, "{class} {tag:08X}");
    }

    #[test]
    fn numbers_are_those_of_the_iod() {
        for (class, at, expected) in [
            ("2", (None, 0x0020_0013), true),
            ("2", (None, 0x0018_1152), true),
            ("4", (None, 0x0018_1152), false),
            ("128", (None, 0x0054_1300), true),
            ("2", (None, 0x0054_1300), false),
            ("2", (None, 0x3006_0022), false),
            ("481.3", (Some(0x3006_0020), 0x3006_0022), true),
            ("2.1", (Some(0x0028_9110), 0x0028_0030), true),
            ("2.1", (Some(0x0028_9110), 0x0018_1152), false),
        ] {
            check(Iod::has_number, class, at, expected);
        }
    }

    #[test]
    fn binary_numbers_are_those_of_the_iod() {
        for (class, at, expected) in [
            ("2", (None, 0x0028_0010), true),
            ("2", (None, 0x0028_0106), true),
            ("2", (None, 0x0018_9087), false),
            ("2", (None, 0x0028_3006), false),
            ("2", (Some(0x0028_3010), 0x0028_3006), true),
            ("2", (None, 0x5400_1010), false),
            ("9.1.1", (Some(0x5400_0100), 0x5400_1010), true),
            ("2.1", (Some(0x0020_9111), 0x0020_9157), true),
        ] {
            check(Iod::has_binary, class, at, expected);
        }
        assert_eq!(most_values(Tag(0x0028_3002)), Some(3));
        assert_eq!(most_values(Tag(0x0028_0009)), None);
        for (tag, most) in [
            (0x0018_0060, Some(1)),
            (0x0028_0030, Some(2)),
            (0x0020_0037, Some(6)),
            (0x0028_1050, None),
            (0x0008_0008, None),
            (0x0018_0015, Some(1)),
            (0x0009_1001, None),
        ] {
            assert_eq!(most_values(Tag(tag)), most, "{tag:08X}");
        }
        assert!(is_bulk(Tag(0x5600_0020)) && !is_bulk(Tag(0x0028_0010)));
    }

    #[test]
    fn rows_are_in_order() {
        assert!(binary::TOP.is_sorted_by(|a, b| a.0 < b.0));
        let groups = number::TOP.iter().chain(binary::TOP).map(|(_, group)| usize::from(*group));
        assert_eq!(groups.max(), GROUPS.len().checked_sub(1));
        assert!(binary::NESTED.is_sorted_by(|a, b| a < b));
        assert!(binary::MOST.is_sorted_by(|a, b| a.0 < b.0));
        assert!(values::SEVERAL.is_sorted_by(|a, b| a.0 < b.0));
        assert!(binary::BULK.is_sorted_by(|a, b| a < b));
        assert!(number::TOP.is_sorted_by(|a, b| a.0 < b.0));
        assert!(number::NESTED.is_sorted_by(|a, b| a < b));
        assert!(CLASSES.is_sorted_by(|a, b| a < b));
        assert!(TOP.is_sorted_by(|a, b| a.0 < b.0));
        assert!(NESTED.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
    }
}
