//! Files that are not stored although the index allows it, and why. A file that starts to be
//! stored fails the test just as one that stops: then this list is wrong.

/// Refused however they come: path in the corpus, reason, and what is wrong with it.
pub(crate) const REFUSED: &[(&str, &str, &str)] = &[
    ("dicomdir/DICOMDIR", "Malformed", "a directory of a medium, not an object"),
    ("series/ct-philips-ingenuity-4010/DIRFILE", "Malformed", "a directory of a medium"),
    ("malformed/made/encap_fragment_beyond_eof.dcm", "Malformed", "its end is missing"),
    ("malformed/made/encap_no_delimiter.dcm", "Malformed", "its end is missing"),
    (
        "malformed/made/uid_leading_zero.dcm",
        "Malformed",
        "its SOP Instance UID is none (PS3.5 9.1); under another one it would be another object",
    ),
    ("odd/fo-dicom__GH220.dcm", "Malformed", "it has no Study Instance UID"),
    ("odd/fo-dicom__GH487.dcm", "Malformed", "it has no Study Instance UID"),
    ("odd/pydicom__no_meta.dcm", "NotDicom", "neither a prefix nor a data set that begins as one"),
    ("syntax/pydicom__SC_rgb_jls_lossy_line.dcm", "Malformed", "it has no Study Instance UID"),
];

/// Not sent by DCMTK 3.6.7 in a syntax it knows, or not to be told among what it sends; left to
/// our own SCU instead.
pub(crate) const NOT_SENT_BY_DCMTK: &[(&str, &str)] = &[
    ("dicomdir/DICOMDIR", "it finds no SOP class in it"),
    ("series/ct-philips-ingenuity-4010/DIRFILE", "it finds no SOP class in it"),
    ("malformed/made/uid_leading_zero.dcm", "it is sent under what is no UID"),
    ("malformed/made/all_vr_un.dcm", "it finds no UIDs of VR UN"),
    ("malformed/made/encap_fragment_beyond_eof.dcm", "it cannot read it"),
    ("malformed/made/encap_no_delimiter.dcm", "it cannot read it"),
    ("odd/pydicom-data__explicit_VR-UN.dcm", "it finds no UIDs of VR UN"),
];

/// Sent by our own SCU, because DCMTK changes them into something that is no data set.
pub(crate) const SPOILT_BY_DCMTK: &[(&str, &str)] =
    &[("malformed/made/trailing_zeros.dcm", "it makes command elements of the zeros")];

/// Begins of transfer syntaxes DCMTK 3.6.7 does not know or cannot receive.
pub(crate) const UNKNOWN_TO_DCMTK: &[(&str, &str)] = &[
    ("1.2.840.10008.1.2.4.20", "HTJ2K, also over JPIP"),
    ("1.2.840.10008.1.2.4.11", "JPEG XL"),
    ("1.2.840.10008.1.2.1.98", "encapsulated uncompressed"),
    ("1.2.840.10008.1.2.4.94", "JPIP referenced"),
    ("1.2.840.10008.1.2.4.95", "JPIP referenced, deflated"),
    ("1.2.840.10008.1.2.4.102.1", "fragmentable MPEG-4"),
    ("1.2.840.10008.1.2.8.1", "deflated image frames"),
];
