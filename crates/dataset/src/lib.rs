//! DICOM bytes read safely: bounded scanner, character sets, file meta, DICOM JSON.
