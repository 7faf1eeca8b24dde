//! PS3.10 files: preamble, File Meta Information, data set.

use super::{Elements, Instance};

const EXPLICIT_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";
const IMPLEMENTATION_CLASS: &str = "2.25.282310962837482563219856034892375412001";

/// The instance as a file (PS3.10 7.1).
pub fn part10(instance: &Instance) -> Vec<u8> {
    let mut meta = Elements::default();
    meta.bytes(0x0002_0001, *b"OB", &[0, 1])
        .text(0x0002_0002, *b"UI", instance.sop_class)
        .text(0x0002_0003, *b"UI", &instance.sop_instance)
        .text(0x0002_0010, *b"UI", EXPLICIT_LITTLE_ENDIAN)
        .text(0x0002_0012, *b"UI", IMPLEMENTATION_CLASS)
        .text(0x0002_0013, *b"SH", "LIGHTCASE_TEST")
        .text(0x0002_0016, *b"AE", "PHANTOM");
    let meta = meta.into_bytes();
    let mut group = Elements::default();
    group.ul(0x0002_0000, u32::try_from(meta.len()).unwrap_or(u32::MAX));

    let mut file = Vec::with_capacity(512 + instance.data_set.len());
    file.resize(128, 0);
    file.extend_from_slice(b"DICM");
    file.extend_from_slice(&group.into_bytes());
    file.extend_from_slice(&meta);
    file.extend_from_slice(&instance.data_set);
    file
}
