//! What a caller may see. No read happens without a [`Scope`].

use std::collections::BTreeSet;

use crate::{CollectionId, SeriesId, StudyId};

/// The collections a member of staff or a peer works in.
pub type Collections = BTreeSet<CollectionId>;

/// What this caller may see. Staff, peers and share recipients run through the same handlers;
/// only their scope differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything in these collections that is not withdrawn.
    All(Collections),
    /// Exactly what was granted.
    Grants(Vec<Grant>),
    /// Nothing at all.
    Nothing,
}

/// One granted study, or some series of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The collection the study lives in.
    pub collection: CollectionId,
    /// The study.
    pub study: StudyId,
    /// Only these series; `None` is the whole study as it was at creation.
    pub series: Option<BTreeSet<SeriesId>>,
    /// What may be done with it.
    pub may: May,
}

/// What a grant allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum May {
    /// Look at pictures: metadata, frames, rendered pictures.
    View,
    /// Also take the DICOM objects along.
    Download,
}

impl Scope {
    /// Everything in the archive.
    pub fn archive() -> Self {
        Self::All(Collections::from([CollectionId::ARCHIVE]))
    }

    /// Whether objects of this study may be taken along, beyond being looked at.
    pub fn may_download(&self, study: StudyId) -> bool {
        match self {
            Self::All(_) => true,
            Self::Grants(grants) => {
                grants.iter().any(|grant| grant.study == study && grant.may == May::Download)
            }
            Self::Nothing => false,
        }
    }
}
