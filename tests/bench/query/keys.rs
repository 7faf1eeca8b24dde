//! What is asked.

use bytes::Bytes;
use lightcase_dimse::scu::Query;
use lightcase_model::{TransferSyntaxUid, Uid};
use lightcase_testkit::phantom::Elements;

use crate::fill::{date, patient, study};

const STUDY_ROOT_FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
const EXPLICIT_VR_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";

/// A kind of query.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Case {
    StudyUid,
    PatientId,
    WholeName,
    NameBegins,
    NameInner,
    Day,
}

impl Case {
    pub(crate) const ALL: [Self; 6] = [
        Self::StudyUid,
        Self::PatientId,
        Self::WholeName,
        Self::NameBegins,
        Self::NameInner,
        Self::Day,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::StudyUid => "Study Instance UID",
            Self::PatientId => "Patient ID",
            Self::WholeName => "name",
            Self::NameBegins => "name `begin*`",
            Self::NameInner => "name `*inner*`",
            Self::Day => "one day",
        }
    }

    /// The query for the study of a number, at the study level with what a worklist shows.
    pub(crate) fn query(self, n: u32) -> anyhow::Result<Query> {
        let (name, id) = patient(n);
        let mut keys = ["", "", "", ""].map(str::to_owned);
        let [day, called, known, uid] = &mut keys;
        match self {
            Self::StudyUid => *uid = study(n),
            Self::PatientId => *known = id,
            Self::WholeName => *called = name,
            Self::NameBegins => *called = format!("{}*", name.get(..name.len() - 2).unwrap_or("")),
            Self::NameInner => {
                let inner = name.get(name.len() - 7..name.len() - 1).unwrap_or("");
                *called = format!("*{inner}*");
            }
            Self::Day => *day = date(n),
        }
        let mut set = Elements::default();
        set.text(0x0008_0020, *b"DA", day)
            .text(0x0008_0050, *b"SH", "")
            .text(0x0008_0052, *b"CS", "STUDY")
            .text(0x0008_1030, *b"LO", "")
            .text(0x0010_0010, *b"PN", called)
            .text(0x0010_0020, *b"LO", known)
            .text(0x0020_000d, *b"UI", uid);
        let (class, syntax) = context()?;
        Ok(Query { class, syntax, identifier: Bytes::from(set.into_bytes()), limit: usize::MAX })
    }
}

/// The only context that is proposed.
pub(crate) fn context() -> anyhow::Result<(Uid, TransferSyntaxUid)> {
    Ok((Uid::parse(STUDY_ROOT_FIND)?, TransferSyntaxUid::parse(EXPLICIT_VR_LITTLE_ENDIAN)?))
}
