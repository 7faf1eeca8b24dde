//! What is done to an attribute, and why: the whole policy in one function.

use lightcase_dataset::{Tag, VR};

use crate::option::Cleaning;
use crate::pixel::{EXTENDED, EXTENDED_LENGTHS};
use crate::table::iod::{Iod, is_bulk};
use crate::table::private;
use crate::{Action, AttributeType, Profile, ProfileOption, Rule, rule};

/// What is done to an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// The value stays, byte for byte.
    Keep,
    /// A sequence stays, and the same rules run in its items.
    Recurse,
    /// Binary numbers of the IOD stay, unless a text can be read in them.
    Numbers,
    /// Few binary numbers stay, if they are too short for the number of a record.
    ShortNumbers,
    /// Binary numbers stay, however many, if they are too short for the number of a record.
    ManyShortNumbers,
    /// Numbers, terms or words, whichever the value is: nothing says its VR.
    Unknown,
    /// A number in text stays if it is one.
    Decimal,
    /// Likewise, if it is too short for the number of a record.
    ShortDecimal,
    /// Terms that the standard defines stay.
    Terms,
    /// Words of the vocabulary stay.
    Words,
    /// A date or time moves with the patient's.
    Shift,
    /// UIDs that name something are mapped.
    Uid,
    /// An age stays, those of the oldest as one.
    Age,
    /// The patient's other identity.
    Pseudonym,
    /// A name that other items refer to is another one, the same wherever it stands.
    Link,
    /// A part of a code: what stays depends on the whole item.
    Code,
    /// Nothing of it stays; see [`Decision::otherwise`].
    Drop,
}

/// Why, PS3.15 annex E where the table or an option says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Table(&'static Rule),
    Option(ProfileOption),
    Safe,
    /// Its kind may stay, and not all of the value did.
    Unfit,
    Unlisted,
    WrongVr,
    Private,
    SafePrivate,
    Overlay,
    GroupLength,
    Nested,
    Characteristic,
    CharacterSet,
    Marker,
    Pixels,
    Blanked,
    Meta,
}

/// The decision about one attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) verb: Verb,
    /// D, Z or X: what is done where the verb leaves nothing.
    pub(crate) otherwise: Action,
    pub(crate) why: Why,
}

/// Where an attribute stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) iod: Iod,
    /// The sequence whose item holds it; none at the top level.
    pub(crate) sequence: Option<Tag>,
    /// An Extended Offset Table stands before the fragments that it points at.
    pub(crate) offsets: bool,
    /// Of a private attribute, the creator of its block.
    pub(crate) creator: Option<&'a str>,
}

/// Decides.
pub(crate) fn decide(profile: &Profile, place: &Place<'_>, tag: Tag, vr: VR) -> Decision {
    let drop = |why| Decision { verb: Verb::Drop, otherwise: Action::X, why };
    if tag.is_group_length() || tag.group() < 8 {
        return drop(Why::GroupLength);
    }
    if !tag.group().is_multiple_of(2) {
        return private_attribute(profile, place, tag, vr);
    }
    if matches!(tag.group() & 0xFF01, 0x6000 | 0x5000) {
        return drop(Why::Overlay);
    }
    let required = place.iod.type_of(place.sequence, tag);
    let listed = rule((tag.group(), tag.element()));
    if !tag.allows(vr) {
        let basic = listed.map_or(Action::XZD, |rule| rule.basic);
        let why = if tag.standard_vr().is_some() { Why::WrongVr } else { Why::Unlisted };
        return Decision { verb: Verb::Drop, otherwise: leftover(basic, required), why };
    }
    match listed {
        Some(rule) => by_table(profile, rule, required, tag, vr),
        None => unlisted(profile, place, required, tag, vr),
    }
}

/// What remains of an attribute that cannot stay: D, Z or X. Where the table says X of what the IOD
/// cannot be without, a dummy or nothing stands for it: that tells as little, and the object stays
/// valid.
fn leftover(basic: Action, required: AttributeType) -> Action {
    match basic.resolve(required) {
        Action::Z => Action::Z,
        Action::D => Action::D,
        Action::X
        | Action::K
        | Action::C
        | Action::U
        | Action::XZ
        | Action::XD
        | Action::ZD
        | Action::XZD
        | Action::XZU => match required {
            AttributeType::One => Action::D,
            AttributeType::Two => Action::Z,
            AttributeType::Three => Action::X,
        },
    }
}

fn by_table(
    profile: &Profile,
    rule: &'static Rule,
    required: AttributeType,
    tag: Tag,
    vr: VR,
) -> Decision {
    // A sequence that the table removes is not remade.
    let gone = rule.basic == Action::X && vr == VR::SQ;
    let otherwise = if gone { Action::X } else { leftover(rule.basic, required) };
    let with = |verb, why| Decision { verb, otherwise, why };
    if let Some(verb) = moved(profile, rule, tag, vr) {
        return with(verb, Why::Option(ProfileOption::RetainModifiedDates));
    }
    let kept = profile.options().find(|option| rule.under(*option) == Some(Action::K));
    if let Some(option) = kept {
        let verb = if vr == VR::SQ {
            Verb::Recurse
        } else if vr == VR::AS {
            Verb::Age
        } else {
            Verb::Keep
        };
        return with(verb, Why::Option(option));
    }
    for cleaner in crate::option::CLEANERS {
        let cleaned = profile.has(cleaner.option) && rule.under(cleaner.option) == Some(Action::C);
        let verb = if cleaned { (cleaner.clean)(vr) } else { Cleaning::Basic };
        match verb {
            Cleaning::Basic => {}
            Cleaning::Items => return with(Verb::Recurse, Why::Option(cleaner.option)),
            Cleaning::Words => return with(Verb::Words, Why::Option(cleaner.option)),
            Cleaning::Shift => return with(Verb::Shift, Why::Option(cleaner.option)),
        }
    }
    let verb = match (rule.basic.resolve(required), vr) {
        _ if matches!(tag, crate::subject::PATIENT_ID | crate::subject::PATIENT_NAME) => {
            Verb::Pseudonym
        }
        (Action::U, VR::UI) => Verb::Uid,
        (Action::U, VR::SQ) => Verb::Recurse,
        // Cleaned inside, its items are the dummies; but a report or a drawing is its items.
        (Action::D, VR::SQ) if is_cleaned_inside(rule) => Verb::Recurse,
        (Action::K, _) => Verb::Keep,
        _ => Verb::Drop,
    };
    with(verb, Why::Table(rule))
}

/// What becomes of a date that moves with the patient's. One that another option would keep, such as
/// that of a calibration, tells by its distance how far the others were moved; and so do those that
/// are published, once they are moved.
fn moved(profile: &Profile, rule: &Rule, tag: Tag, vr: VR) -> Option<Verb> {
    let modified = ProfileOption::RetainModifiedDates;
    let is_date = matches!(vr, VR::DA | VR::DT | VR::TM);
    let moves = profile.has(modified) && is_date && rule.under(modified) == Some(Action::C);
    let stays = !is_version(tag) || profile.has_moved_versions();
    let verb = if stays { Verb::Shift } else { Verb::Drop };
    moves.then_some(verb)
}

/// Whether a date is the version of a context group or a template: (0008,0106), (0008,0107),
/// (0040,DB06) and (0040,DB07).
const fn is_version(tag: Tag) -> bool {
    matches!(tag.0, 0x0008_0106 | 0x0008_0107 | 0x0040_DB06 | 0x0040_DB07)
}

/// Whether a sequence is more than its items: no option cleans it.
fn is_cleaned_inside(rule: &Rule) -> bool {
    rule.options.iter().all(|(_, action)| *action == Action::K)
}

/// An attribute that the table is silent about stays only where its kind leaves no room for an
/// identity.
fn unlisted(
    profile: &Profile,
    place: &Place<'_>,
    required: AttributeType,
    tag: Tag,
    vr: VR,
) -> Decision {
    let otherwise = leftover(Action::XZD, required);
    if tag.is_pixels() && place.sequence.is_some() {
        return Decision { verb: Verb::Drop, otherwise: Action::X, why: Why::Nested };
    }
    let retained = profile.has(ProfileOption::RetainPatientCharacteristics);
    if matches!(tag, BODY_MASS_INDEX | AP_DIMENSION | LATERAL_DIMENSION) && !retained {
        return Decision { verb: Verb::Drop, otherwise, why: Why::Characteristic };
    }
    let kept = match (vr, tag) {
        (VR::UI, tag) if keeps_uids(profile, tag) => Some(ProfileOption::RetainUids),
        (VR::LO, MODEL | SOFTWARE) => Some(ProfileOption::RetainDeviceIdentity),
        _ => None,
    };
    if let Some(option) = kept.filter(|option| profile.has(*option)) {
        return Decision { verb: Verb::Keep, otherwise, why: Why::Option(option) };
    }
    let verb = match (vr, tag) {
        (VR::SQ, _) => Verb::Recurse,
        (_, STACK_ID | OPTICAL_PATH | GRAPHIC_LAYER) => Verb::Link,
        (_, EXTENDED | EXTENDED_LENGTHS) if place.offsets && place.sequence.is_none() => Verb::Keep,
        (vr, tag) if is_binary(vr) => {
            if place.iod.has_binary(place.sequence, tag) {
                Verb::Numbers
            } else if is_number(vr) {
                Verb::ShortNumbers
            } else {
                Verb::Drop
            }
        }
        (VR::DS | VR::IS, tag) if !is_measured(place, tag) => Verb::ShortDecimal,
        (VR::DS | VR::IS, _) | (VR::CS, CONTEXT_IDENTIFIER | TEMPLATE_IDENTIFIER) => Verb::Decimal,
        (_, tag) if is_part_of_code(tag) => Verb::Code,
        (VR::CS, _)
        | (VR::SH, NUCLEUS)
        | (VR::LO, MANUFACTURER | RESCALE_TYPE | MODALITY_LUT_TYPE | MIME_TYPE) => Verb::Terms,
        (VR::UI, _) => Verb::Uid,
        (VR::SH | VR::LO, tag) if is_technical(tag) => Verb::Words,
        _ => Verb::Drop,
    };
    let why = if verb == Verb::Drop { Why::Unlisted } else { Why::Safe };
    Decision { verb, otherwise, why }
}

/// Attributes that the table is silent about and that refer to what it lists: SOP Instance UID of
/// Concatenation Source, Volume Frame of Reference UID, Fiducial UID, Referenced Fiducial UID.
const REFERRING: [Tag; 4] =
    [Tag(0x0020_0242), Tag(0x0020_9312), Tag(0x0070_031A), Tag(0x0070_031B)];

/// Whether a UID that the table is silent about stays beside those that it lists: else what refers to an
/// object or a frame of reference would find nothing.
fn keeps_uids(profile: &Profile, tag: Tag) -> bool {
    profile.has(ProfileOption::RetainUids) && REFERRING.contains(&tag)
}

fn private_attribute(profile: &Profile, place: &Place<'_>, tag: Tag, vr: VR) -> Decision {
    let retained = profile.has(ProfileOption::RetainSafePrivate);
    let number = tag.element().to_be_bytes();
    let safe = retained
        && place.creator.is_some_and(|creator| match number {
            [0, _] => private::is_safe_creator(creator, tag.group()),
            [_, number] => private::is_safe(creator, tag.group(), number),
        });
    let verb = match number {
        _ if !safe => Verb::Drop,
        // The name on the list.
        [0, _] => Verb::Keep,
        _ => safe_private(profile, vr),
    };
    let why = if verb == Verb::Drop { Why::Private } else { Why::SafePrivate };
    Decision { verb, otherwise: Action::X, why }
}

/// What stays of a safe private attribute: the list gives no VRs, so that a value is judged by its
/// own, like those that no table lists.
fn safe_private(profile: &Profile, vr: VR) -> Verb {
    let full = profile.has(ProfileOption::RetainFullDates);
    let modified = profile.has(ProfileOption::RetainModifiedDates);
    match (vr, full, modified) {
        (VR::SQ, ..) => Verb::Recurse,
        (VR::UN, ..) => Verb::Unknown,
        (VR::DS | VR::IS, ..) => Verb::ShortDecimal,
        (VR::CS, ..) => Verb::Terms,
        (VR::LO | VR::SH | VR::ST | VR::LT | VR::UT | VR::UC, ..) => Verb::Words,
        (VR::UI, ..) => Verb::Uid,
        (VR::DA | VR::TM | VR::DT, true, _) => Verb::Keep,
        (VR::DA | VR::TM | VR::DT, _, true) => Verb::Shift,
        (vr, ..) if is_number(vr) => Verb::ManyShortNumbers,
        (vr, ..) if is_binary(vr) => Verb::Numbers,
        _ => Verb::Drop,
    }
}

/// Whether a value of this attribute could stay for any profile, whatever it is. Asked before long
/// values are gathered.
pub(crate) fn may_be_long(tag: Tag) -> bool {
    is_bulk(tag) || matches!(tag, EXTENDED | EXTENDED_LENGTHS) || !tag.group().is_multiple_of(2)
}

/// Context Identifier (0008,010F): a number in a Code String.
const CONTEXT_IDENTIFIER: Tag = Tag(0x0008_010F);

/// Template Identifier (0040,DB00): likewise.
const TEMPLATE_IDENTIFIER: Tag = Tag(0x0040_DB00);

/// Patient's Body Mass Index (0010,1022), beside the size and the weight that the table lists.
const BODY_MASS_INDEX: Tag = Tag(0x0010_1022);

/// Measured AP Dimension (0010,1023) of the patient.
const AP_DIMENSION: Tag = Tag(0x0010_1023);

/// Measured Lateral Dimension (0010,1024) of the patient.
const LATERAL_DIMENSION: Tag = Tag(0x0010_1024);

/// Manufacturer (0008,0070): those that are known by name stay.
const MANUFACTURER: Tag = Tag(0x0008_0070);

/// Manufacturer's Model Name (0008,1090): less than the serial number that the table keeps with the
/// device's identity.
const MODEL: Tag = Tag(0x0008_1090);

/// Software Versions (0018,1020): likewise.
const SOFTWARE: Tag = Tag(0x0018_1020);

/// Imaged Nucleus (0018,0085): one of Resonant Nucleus (0018,9100), in a Short String.
const NUCLEUS: Tag = Tag(0x0018_0085);

/// Rescale Type (0028,1054): a term, in a Long String.
const RESCALE_TYPE: Tag = Tag(0x0028_1054);

/// Modality LUT Type (0028,3004): likewise.
const MODALITY_LUT_TYPE: Tag = Tag(0x0028_3004);

/// Whether a number in text is one that objects of the class have, or that pixels are read by: what
/// else it says may be who it is.
fn is_measured(place: &Place<'_>, tag: Tag) -> bool {
    tag.group() == 0x0028 || place.iod.has_number(place.sequence, tag)
}

/// Stack ID (0020,9056): frames that belong together have the same.
const STACK_ID: Tag = Tag(0x0020_9056);

/// Optical Path Identifier (0048,0106): frames name theirs by it.
const OPTICAL_PATH: Tag = Tag(0x0048_0106);

/// Graphic Layer (0070,0002): annotations name theirs by it.
const GRAPHIC_LAYER: Tag = Tag(0x0070_0002);

/// MIME Type of Encapsulated Document (0042,0012): a term, in a Long String.
const MIME_TYPE: Tag = Tag(0x0042_0012);

/// The parts of a code that are text, PS3.3 section 8.8.
fn is_part_of_code(tag: Tag) -> bool {
    matches!(tag.0, 0x0008_0100 | 0x0008_0102..=0x0008_0104 | 0x0008_0119 | 0x0008_0120)
}

/// Texts in which scanners name protocols and parts of themselves; what is no word of the
/// vocabulary goes.
fn is_technical(tag: Tag) -> bool {
    matches!(
        tag.0,
        0x0018_0024 // Sequence Name
            | 0x0018_1160 // Filter Type
            | 0x0018_1210 // Convolution Kernel
            | 0x0018_1250 // Receive Coil Name
            | 0x0018_1251 // Transmit Coil Name
            | 0x0018_9005 // Pulse Sequence Name
            | 0x0054_1103 // Reconstruction Method
            | 0x0054_1105 // Scatter Correction Method
    )
}

/// Whether values of a VR are numbers.
pub(crate) fn is_number(vr: VR) -> bool {
    matches!(vr, VR::US | VR::SS | VR::UL | VR::SL | VR::UV | VR::SV | VR::FL | VR::FD | VR::AT)
}

/// Whether values of a VR are numbers, or bytes that may be.
pub(crate) fn is_binary(vr: VR) -> bool {
    is_number(vr) || matches!(vr, VR::OB | VR::OD | VR::OF | VR::OL | VR::OV | VR::OW)
}
