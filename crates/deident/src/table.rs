//! PS3.15 Table E.1-1 as data, and how a tag finds its row.

use std::fmt;

use crate::{Action, ProfileOption};

/// Edition of the standard the table is of.
pub const EDITION: &str = "2024e";

/// The rows, in ascending order of the tag, the patterns last.
pub const RULES: &[Rule] = profile::RULES;

/// The attributes a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// One attribute.
    One(u16, u16),
    /// A repeating group of PS3.5 section 7.6: the even groups from this one to 0xFE above it, and
    /// one element of them or all.
    Repeating(u16, Option<u16>),
    /// Private attributes: any odd group.
    OddGroups,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What the row is about.
    pub pattern: Pattern,
    /// Keyword of PS3.6; empty for a pattern without one.
    pub keyword: &'static str,
    /// Name of PS3.6.
    pub name: &'static str,
    /// Value representation; empty where it differs.
    pub vr: &'static str,
    /// Whether PS3.6 retired it.
    pub retired: bool,
    /// Whether an IOD of PS3.3 has it.
    pub in_standard_iod: bool,
    /// What the Basic Profile does.
    pub basic: Action,
    /// What options do instead.
    pub options: &'static [(ProfileOption, Action)],
}

/// The row of an attribute. `None` means that the table is silent, which is no permission to keep.
pub fn rule(tag: (u16, u16)) -> Option<&'static Rule> {
    let listed = RULES.partition_point(|rule| match rule.pattern {
        Pattern::One(group, element) => (group, element) < tag,
        Pattern::Repeating(..) | Pattern::OddGroups => false,
    });
    let exact = RULES.get(listed).filter(|rule| rule.pattern.covers(tag));
    exact.or_else(|| RULES.iter().rev().take(PATTERNS).find(|rule| rule.pattern.covers(tag)))
}

/// How many rows at the end are patterns.
const PATTERNS: usize = 4;

impl Pattern {
    /// Whether the attribute is one of these.
    pub const fn covers(self, (group, element): (u16, u16)) -> bool {
        match self {
            Self::One(one, other) => one == group && other == element,
            Self::Repeating(first, only) => {
                group & 0xFF01 == first
                    && match only {
                        Some(only) => only == element,
                        None => true,
                    }
            }
            Self::OddGroups => group % 2 == 1,
        }
    }
}

impl Rule {
    /// What an option does with it; `None` when it leaves the matter to the Basic Profile.
    pub fn under(&self, option: ProfileOption) -> Option<Action> {
        self.options.iter().find(|(each, _)| *each == option).map(|(_, action)| *action)
    }
}

impl fmt::Display for Pattern {
    /// As the standard prints it, without parentheses and comma.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(group, element) => write!(f, "{group:04X}{element:04X}"),
            Self::Repeating(first, Some(element)) => write!(f, "{:02X}XX{element:04X}", first >> 8),
            Self::Repeating(first, None) => write!(f, "{:02X}XXXXXX", first >> 8),
            Self::OddGroups => f.write_str("GGGGEEEE"),
        }
    }
}

macro_rules! rules {
    (@retired retired) => { true };
    (@retired current) => { false };
    (@used used) => { true };
    (@used unused) => { false };
    ($(
        $pattern:ident $(($($part:expr),*))? $keyword:literal $name:literal $vr:literal
        $retired:ident $used:ident $basic:ident [$($option:ident $action:ident),*];
    )*) => {
        pub(super) const RULES: &[Rule] = &[$(
            Rule {
                pattern: $crate::Pattern::$pattern $(($($part),*))?,
                keyword: $keyword,
                name: $name,
                vr: $vr,
                retired: rules!(@retired $retired),
                in_standard_iod: rules!(@used $used),
                basic: $crate::Action::$basic,
                options: &[$(($crate::ProfileOption::$option, $crate::Action::$action),)*],
            },
        )*];
    };
}

mod binary;
mod group;
pub(crate) mod iod;
pub(crate) mod lines;
mod number;
pub(crate) mod private;
mod profile;
mod requirement;
mod safe_private;
mod values;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tag: (u16, u16), expected: Option<(&str, Action)>) {
        assert_eq!(rule(tag).map(|rule| (rule.name, rule.basic)), expected, "{tag:04X?}");
    }

    #[test]
    fn a_tag_finds_its_row() {
        check((0x0010, 0x0010), Some(("Patient's Name", Action::Z)));
        check((0x0008, 0x0018), Some(("SOP Instance UID", Action::U)));
        check((0x0000, 0x1000), Some(("Affected SOP Instance UID", Action::X)));
        check((0xFFFC, 0xFFFC), Some(("Data Set Trailing Padding", Action::X)));
        check((0x5000, 0x0005), Some(("Curve Data", Action::X)));
        check((0x50FE, 0x3000), Some(("Curve Data", Action::X)));
        check((0x5100, 0x3000), None);
        check((0x6000, 0x3000), Some(("Overlay Data", Action::X)));
        check((0x601E, 0x4000), Some(("Overlay Comments", Action::X)));
        check((0x6000, 0x0010), None);
        check((0x6001, 0x3000), Some(("Private Attributes", Action::X)));
        check((0x0009, 0x0010), Some(("Private Attributes", Action::X)));
        check((0xFFFF, 0xFFFF), Some(("Private Attributes", Action::X)));
        check((0x0028, 0x0010), None);
    }

    #[test]
    fn rows_are_in_order_and_patterns_last() {
        let singles = RULES.len() - PATTERNS;
        let tags: Vec<_> = RULES[..singles].iter().map(|rule| rule.pattern.to_string()).collect();
        assert!(tags.is_sorted_by(|a, b| a < b));
        for rule in RULES {
            let single = matches!(rule.pattern, Pattern::One(..));
            assert_eq!(single, tags.contains(&rule.pattern.to_string()), "{}", rule.pattern);
            if let Pattern::One(group, element) = rule.pattern {
                assert_eq!(super::rule((group, element)), Some(rule));
            }
        }
    }

    #[test]
    fn options_do_what_their_columns_say() {
        let name = rule((0x0008, 0x0018)).unwrap();
        assert_eq!(name.under(ProfileOption::RetainUids), Some(Action::K));
        assert_eq!(name.under(ProfileOption::CleanGraphics), None);
    }
}
