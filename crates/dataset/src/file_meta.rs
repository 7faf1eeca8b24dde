//! File Meta Information as Lightcase writes it, PS3.10 section 7.1.

use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid};

/// Implementation Class UID (0002,0012) of Lightcase, derived from a UUID (PS3.5 section B.2).
pub const IMPLEMENTATION_CLASS_UID: &str = "2.25.231401774471958695161617678520701388541";

const VERSION_NAME: &str = concat!("LIGHTCASE_", env!("CARGO_PKG_VERSION"));

/// Preamble, prefix and group 2 of a file that holds the given object. The same arguments give the
/// same bytes, and the preamble is zero.
pub fn write_file_meta(
    sop_class: &SopClassUid,
    sop_instance: &SopInstanceUid,
    transfer_syntax: &TransferSyntaxUid,
) -> Vec<u8> {
    let mut group = Vec::with_capacity(256);
    // OB has two reserved bytes and a 32-bit length.
    group.extend_from_slice(&[0x02, 0x00, 0x01, 0x00, b'O', b'B', 0, 0, 2, 0, 0, 0, 0x00, 0x01]);
    text(&mut group, 0x02, *b"UI", sop_class.as_str());
    text(&mut group, 0x03, *b"UI", sop_instance.as_str());
    text(&mut group, 0x10, *b"UI", transfer_syntax.as_str());
    text(&mut group, 0x12, *b"UI", IMPLEMENTATION_CLASS_UID);
    text(&mut group, 0x13, *b"SH", VERSION_NAME);

    let mut out = vec![0; 128];
    out.extend_from_slice(b"DICM");
    out.extend_from_slice(&[0x02, 0x00, 0x00, 0x00, b'U', b'L', 4, 0]);
    out.extend_from_slice(&u32::try_from(group.len()).unwrap_or(0).to_le_bytes());
    out.append(&mut group);
    out
}

/// Appends an element (0002,00xx); UIDs are padded with NUL and texts with a space.
fn text(out: &mut Vec<u8>, element: u8, vr: [u8; 2], value: &str) {
    let even = value.len().next_multiple_of(2);
    out.extend_from_slice(&[0x02, 0x00, element, 0x00]);
    out.extend_from_slice(&vr);
    out.extend_from_slice(&u16::try_from(even).unwrap_or(0).to_le_bytes());
    out.extend_from_slice(value.as_bytes());
    if even > value.len() {
        out.push(if vr == *b"UI" { 0 } else { b' ' });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::part10::Part10Prefix;

    #[test]
    fn what_is_written_reads_back() {
        let (class, instance, syntax) =
            ("1.2.840.10008.5.1.4.1.1.2", "1.2.3.4", "1.2.840.10008.1.2.1");
        let bytes = write_file_meta(
            &SopClassUid::parse(class).unwrap(),
            &SopInstanceUid::parse(instance).unwrap(),
            &TransferSyntaxUid::parse(syntax).unwrap(),
        );
        assert!(VERSION_NAME.len() <= 16);
        let mut prefix = Part10Prefix::new();
        let mut file = bytes.clone();
        file.extend_from_slice(&[0x08, 0x00, 0x16, 0x00, b'U', b'I', 0, 0]);
        let meta = prefix.push(&file).unwrap().unwrap();
        assert_eq!(meta.transfer_syntax.as_str(), syntax);
        assert_eq!(meta.sop_class.unwrap().as_str(), class);
        assert_eq!(meta.sop_instance.unwrap().as_str(), instance);
        assert_eq!(usize::try_from(meta.meta_len).unwrap(), bytes.len());
        // Group length counts from behind itself to the end of the group.
        let written = u32::from_le_bytes(bytes[140..144].try_into().unwrap());
        assert_eq!(usize::try_from(written).unwrap(), bytes.len() - 144);
    }
}
