//! The DICOM upper layer and DIMSE messages.
