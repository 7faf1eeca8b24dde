//! Which directory record an object has, and with which keys: PS3.3 section F.5.

use lightcase_dataset::Tag;

/// A kind of directory record below a series.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Directory Record Type (0004,1430).
    pub(super) name: &'static str,
    /// Its keys beside Instance Number, which each has.
    pub(super) keys: &'static [Key],
}

/// A key, and what becomes of it where the object lacks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Type 1, a date: that of the series, or of the study.
    Date(Tag),
    /// Type 1, a time, likewise.
    Time(Tag),
    /// Type 1: else this.
    Text(Tag, &'static str),
    /// Type 2: else empty.
    Empty(Tag),
    /// Type 1C: else left out.
    Present(Tag),
    /// Type 2, a sequence: else without items.
    Items(Tag),
    /// Concept Name Code Sequence, type 1: else the code for a title that is not known.
    Title,
    /// Content Sequence, type 1C: what modifies the title, and nothing else of the content.
    Modifiers,
    /// Verification `DateTime`, type 1C: the latest of the verifying observers.
    Verified,
}

use Key::{Date, Empty, Items, Modifiers, Present, Text, Time, Title, Verified};

const CONTENT_DATE: Key = Date(Tag(0x0008_0023));
const CONTENT_TIME: Key = Time(Tag(0x0008_0033));
/// PS3.3 table 10-12, Content Identification Macro, without Instance Number.
const LABEL: Key = Text(Tag(0x0070_0080), "UNLABELED");
const DESCRIPTION: Key = Empty(Tag(0x0070_0081));
const CREATOR: Key = Empty(Tag(0x0070_0084));

/// Whatever has no kind of its own in the standard: retired and private classes without pixels.
pub(super) const PRIVATE: Kind = Kind { name: "PRIVATE", keys: &[] };
/// Private Record UID (0004,1432) of such records, derived from a UUID (PS3.5 section B.2).
pub(super) const PRIVATE_RECORD_UID: &str = "2.25.218711140671930954855101613787783666978";

const IMAGE: Kind = Kind { name: "IMAGE", keys: &[] };
const RT_DOSE: Kind =
    Kind { name: "RT DOSE", keys: &[Text(Tag(0x3004_000A), "UNKNOWN"), Present(Tag(0x3004_0006))] };
const RT_STRUCTURE_SET: Kind = Kind {
    name: "RT STRUCTURE SET",
    keys: &[Text(Tag(0x3006_0002), "UNLABELED"), Empty(Tag(0x3006_0008)), Empty(Tag(0x3006_0009))],
};
const RT_PLAN: Kind = Kind {
    name: "RT PLAN",
    keys: &[Text(Tag(0x300A_0002), "UNLABELED"), Empty(Tag(0x300A_0006)), Empty(Tag(0x300A_0007))],
};
const RT_TREAT_RECORD: Kind =
    Kind { name: "RT TREAT RECORD", keys: &[Empty(Tag(0x3008_0250)), Empty(Tag(0x3008_0251))] };
const PRESENTATION: Kind = Kind {
    name: "PRESENTATION",
    keys: &[
        Date(Tag(0x0070_0082)),
        Time(Tag(0x0070_0083)),
        LABEL,
        DESCRIPTION,
        CREATOR,
        Present(Tag(0x0008_1115)),
        Present(Tag(0x0070_0402)),
    ],
};
const WAVEFORM: Kind = Kind { name: "WAVEFORM", keys: &[CONTENT_DATE, CONTENT_TIME] };
const SR_DOCUMENT: Kind = Kind {
    name: "SR DOCUMENT",
    keys: &[
        Text(Tag(0x0040_A491), "PARTIAL"),
        Text(Tag(0x0040_A493), "UNVERIFIED"),
        CONTENT_DATE,
        CONTENT_TIME,
        Verified,
        Title,
        Modifiers,
    ],
};
const KEY_OBJECT_DOC: Kind =
    Kind { name: "KEY OBJECT DOC", keys: &[CONTENT_DATE, CONTENT_TIME, Title, Modifiers] };
const SPECTROSCOPY: Kind = Kind {
    name: "SPECTROSCOPY",
    keys: &[
        Text(Tag(0x0008_0008), "ORIGINAL\\PRIMARY"),
        CONTENT_DATE,
        CONTENT_TIME,
        Present(Tag(0x0008_9092)),
        Text(Tag(0x0028_0008), "1"),
        Text(Tag(0x0028_0010), "1"),
        Text(Tag(0x0028_0011), "1"),
        Text(Tag(0x0028_9001), "1"),
        Text(Tag(0x0028_9002), "1"),
    ],
};
const RAW_DATA: Kind = Kind { name: "RAW DATA", keys: &[CONTENT_DATE, CONTENT_TIME] };
/// The keys of kinds that say who made their content, and what it is called.
const LABELED: &[Key] = &[CONTENT_DATE, CONTENT_TIME, LABEL, DESCRIPTION, CREATOR];
const REGISTRATION: Kind = Kind { name: "REGISTRATION", keys: LABELED };
const FIDUCIAL: Kind = Kind { name: "FIDUCIAL", keys: LABELED };
const VALUE_MAP: Kind = Kind { name: "VALUE MAP", keys: LABELED };
const MEASUREMENT: Kind = Kind { name: "MEASUREMENT", keys: LABELED };
const SURFACE: Kind = Kind { name: "SURFACE", keys: LABELED };
const TRACT: Kind = Kind { name: "TRACT", keys: LABELED };
const ANNOTATION: Kind = Kind { name: "ANNOTATION", keys: LABELED };
const SURFACE_SCAN: Kind = Kind { name: "SURFACE SCAN", keys: &[CONTENT_DATE, CONTENT_TIME] };
const STEREOMETRIC: Kind = Kind { name: "STEREOMETRIC", keys: &[] };
const PLAN: Kind = Kind { name: "PLAN", keys: &[] };
const ASSESSMENT: Kind =
    Kind { name: "ASSESSMENT", keys: &[Date(Tag(0x0008_0012)), Empty(Tag(0x0008_0013))] };
const RADIOTHERAPY: Kind = Kind {
    name: "RADIOTHERAPY",
    keys: &[Present(Tag(0x3010_0033)), Present(Tag(0x3010_0034)), DESCRIPTION, CREATOR],
};
const ENCAP_DOC: Kind = Kind {
    name: "ENCAP DOC",
    keys: &[
        Empty(Tag(0x0008_0023)),
        Empty(Tag(0x0008_0033)),
        Empty(Tag(0x0042_0010)),
        Present(Tag(0x0040_E001)),
        Items(Tag(0x0040_A043)),
        Text(Tag(0x0042_0012), "application/octet-stream"),
    ],
};

/// Where PS3.6 table A-1 keeps the storage classes.
const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";
/// Delivery instructions are beside them.
const DELIVERY: &str = "1.2.840.10008.5.1.4.34.";

/// The kinds of the standard's classes, by what follows [`STORAGE`] in their UID, or by the part of
/// it up to a dot; the first that fits holds. What is not here and has pixels is an image.
const KINDS: &[(&str, &Kind)] = &[
    ("4.2", &SPECTROSCOPY),
    // Sound and curves.
    ("9.", &WAVEFORM),
    ("11.", &PRESENTATION),
    ("131", &PRESENTATION),
    ("66", &RAW_DATA),
    ("66.1", &REGISTRATION),
    ("66.2", &FIDUCIAL),
    ("66.3", &REGISTRATION),
    ("66.5", &SURFACE),
    ("66.6", &TRACT),
    ("67", &VALUE_MAP),
    ("68.", &SURFACE_SCAN),
    ("77.1.5.3", &STEREOMETRIC),
    ("78.6", &SR_DOCUMENT),
    ("78.", &MEASUREMENT),
    ("79.1", &SR_DOCUMENT),
    ("80.1", &MEASUREMENT),
    ("88.59", &KEY_OBJECT_DOC),
    ("88.", &SR_DOCUMENT),
    ("90.1", &ASSESSMENT),
    ("91.1", &ANNOTATION),
    ("104.", &ENCAP_DOC),
    ("481.1", &IMAGE),
    ("481.2", &RT_DOSE),
    ("481.3", &RT_STRUCTURE_SET),
    ("481.4", &RT_TREAT_RECORD),
    ("481.5", &RT_PLAN),
    ("481.6", &RT_TREAT_RECORD),
    ("481.7", &RT_TREAT_RECORD),
    ("481.8", &RT_PLAN),
    ("481.9", &RT_TREAT_RECORD),
    ("481.23", &IMAGE),
    ("481.24", &IMAGE),
    // Second generation radiotherapy.
    ("481.", &RADIOTHERAPY),
];

/// The kind of a class's record.
pub(super) fn kind_of(sop_class: &str, has_pixels: bool) -> &'static Kind {
    if sop_class.starts_with(DELIVERY) {
        return &PLAN;
    }
    let known = sop_class.strip_prefix(STORAGE).and_then(|rest| {
        let fits = |name: &str| rest == name || (name.ends_with('.') && rest.starts_with(name));
        KINDS.iter().find(|(name, _)| fits(name))
    });
    match known {
        Some((_, kind)) => kind,
        None if has_pixels => &IMAGE,
        None => &PRIVATE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_the_record_of_the_standard() {
        let check = |class: &str, pixels, name| {
            assert_eq!(kind_of(&format!("{STORAGE}{class}"), pixels).name, name, "{class}");
        };
        check("2", true, "IMAGE");
        check("4.2", false, "SPECTROSCOPY");
        check("4.1", true, "IMAGE");
        check("66.4", true, "IMAGE");
        check("66", false, "RAW DATA");
        check("66.1", false, "REGISTRATION");
        check("67", false, "VALUE MAP");
        check("9.1.1", false, "WAVEFORM");
        check("88.11", false, "SR DOCUMENT");
        check("88.59", false, "KEY OBJECT DOC");
        check("104.1", false, "ENCAP DOC");
        check("11.1", false, "PRESENTATION");
        check("481.1", true, "IMAGE");
        check("481.5", false, "RT PLAN");
        check("481.12", false, "RADIOTHERAPY");
        check("78.6", false, "SR DOCUMENT");
        check("78.1", false, "MEASUREMENT");
        // Retired, without pixels.
        check("8", false, "PRIVATE");
        assert_eq!(kind_of("1.2.840.10008.5.1.4.34.7", false).name, "PLAN");
        assert_eq!(kind_of("1.2.3", true).name, "IMAGE");
        assert_eq!(kind_of("1.2.3", false).name, "PRIVATE");
    }
}
