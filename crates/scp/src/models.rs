//! The retrieve SOP classes of PS3.4 annex C that are served, and what they mean.

use lightcase_dataset::Plain;
use lightcase_model::{TransferSyntaxUid, Uid};

/// Patient Root Query/Retrieve Information Model - MOVE.
const PATIENT_ROOT_MOVE: &str = "1.2.840.10008.5.1.4.1.2.1.2";
/// Patient Root Query/Retrieve Information Model - GET.
const PATIENT_ROOT_GET: &str = "1.2.840.10008.5.1.4.1.2.1.3";
/// Study Root Query/Retrieve Information Model - MOVE.
const STUDY_ROOT_MOVE: &str = "1.2.840.10008.5.1.4.1.2.2.2";
/// Study Root Query/Retrieve Information Model - GET.
const STUDY_ROOT_GET: &str = "1.2.840.10008.5.1.4.1.2.2.3";
/// Storage Commitment Push Model, PS3.4 annex J.
pub(crate) const STORAGE_COMMITMENT: &str = "1.2.840.10008.1.20.1";

/// Whether a SOP class is a C-GET one.
pub(crate) fn is_get(class: &Uid) -> bool {
    matches!(class.as_str(), PATIENT_ROOT_GET | STUDY_ROOT_GET)
}

/// Whether a SOP class is a C-MOVE one.
pub(crate) fn is_move(class: &Uid) -> bool {
    matches!(class.as_str(), PATIENT_ROOT_MOVE | STUDY_ROOT_MOVE)
}

/// Whether the level PATIENT belongs to the model of a SOP class.
pub(crate) fn is_patient_root(class: &Uid) -> bool {
    matches!(class.as_str(), PATIENT_ROOT_GET | PATIENT_ROOT_MOVE)
}

/// Identifiers, action and event information are read and written in the plain syntaxes, one of
/// which every peer proposes.
pub(crate) fn is_plain(syntax: &TransferSyntaxUid) -> bool {
    Plain::of(syntax).is_some()
}
