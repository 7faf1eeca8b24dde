//! Objects to spoil: small ones with everything that an archive asks for.

use lightcase_testkit::phantom::{Elements, Instance, part10};

use super::raw::CT;

/// UIDs of one object.
#[derive(Clone)]
pub(crate) struct Ids {
    pub(crate) instance: String,
    pub(crate) series: String,
    pub(crate) study: String,
}

impl Ids {
    /// The `n`th object of one series.
    pub(crate) fn of(study: u32, n: u32) -> Self {
        Self {
            instance: format!("1.2.3.{study}.1.{n}"),
            series: format!("1.2.3.{study}.1"),
            study: format!("1.2.3.{study}"),
        }
    }

    /// The object's path below a DICOMweb base.
    pub(crate) fn path(&self) -> String {
        let Self { instance, series, study } = self;
        format!("/dicom-web/studies/{study}/series/{series}/instances/{instance}")
    }
}

/// A data set with its identity; `more` adds elements of groups above 0020.
pub(crate) fn object(class: &str, ids: &Ids, more: impl FnOnce(&mut Elements)) -> Vec<u8> {
    let mut set = Elements::default();
    identify(&mut set, class, ids, "Attack^Anna");
    more(&mut set);
    set.into_bytes()
}

/// The elements up to group 0020.
pub(crate) fn identify(set: &mut Elements, class: &str, ids: &Ids, name: &str) {
    set.text(0x0008_0005, *b"CS", "ISO_IR 192")
        .text(0x0008_0016, *b"UI", class)
        .text(0x0008_0018, *b"UI", &ids.instance)
        .text(0x0008_0060, *b"CS", "OT")
        .text(0x0008_1030, *b"LO", name)
        .text(0x0010_0010, *b"PN", name)
        .text(0x0010_0020, *b"LO", &format!("ATTACK-{}", ids.study))
        .text(0x0020_000d, *b"UI", &ids.study)
        .text(0x0020_000e, *b"UI", &ids.series)
        .text(0x0020_0013, *b"IS", "1");
}

/// The tiniest object that is held.
pub(crate) fn tiny(ids: &Ids) -> Vec<u8> {
    object(CT, ids, |_| {})
}

/// A data set as a file.
pub(crate) fn file(ids: &Ids, data_set: Vec<u8>) -> Vec<u8> {
    part10(&Instance {
        sop_class: CT,
        sop_instance: ids.instance.clone(),
        series: ids.series.clone(),
        slice: 1,
        data_set,
    })
}

/// Header of an element with a 32-bit length that need not be true.
pub(crate) fn long_element(tag: u32, vr: [u8; 2], length: u32) -> Vec<u8> {
    let [a, b, c, d] = tag.to_be_bytes();
    let mut out = vec![b, a, d, c, vr[0], vr[1], 0, 0];
    out.extend(length.to_le_bytes());
    out
}

/// The start of an item of undefined length.
pub(crate) const ITEM: [u8; 8] = [0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff];

/// A text in an address, every byte of it escaped.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| escaped + &format!("%{byte:02X}"))
}
