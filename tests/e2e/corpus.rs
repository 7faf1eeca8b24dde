//! Every corpus file that can be stored is stored, and comes back as it was: by import, by
//! DCMTK's `storescu`, and by our own SCU where DCMTK does not know the transfer syntax.

mod by_import;
mod by_scu;
mod dcmtk_pair;
mod exceptions;
pub(crate) mod sample;

use sha2::{Digest as _, Sha256};

use crate::caller::Caller;
use crate::house::{Backend, House};
use crate::multipart::{retrieve, split};
use sample::Sample;

/// More archives than this are not needed to take in every file that contradicts another.
const ARCHIVES: usize = 12;

/// A fresh archive of each kind for each round. `None` where it cannot run here.
fn archive(backend: Backend) -> Option<(House, Caller)> {
    let house = House::start(backend)?;
    let reader = house.program(&["dicomweb:read"]);
    Some((house, reader))
}

/// What the archive holds under a sample's SOP Instance UID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// Exactly these bytes as its data set, in its own transfer syntax, with the file meta
    /// information made anew.
    Same,
    /// The same object in another transfer syntax, which came first and stays.
    OtherSyntax,
    /// Other bytes in the same transfer syntax.
    Other,
    Nothing,
}

async fn held(reader: &Caller, sample: &Sample, data_set: &[u8]) -> Held {
    let Some(instance) = &sample.instance else { return Held::Nothing };
    let Some(file) = retrieve(reader, instance).await else { return Held::Nothing };
    let (meta, found) = split(&file);
    // Padded to even length, as UIDs are.
    let has = |text: &str| {
        let mut value = text.as_bytes().to_vec();
        value.resize(value.len().next_multiple_of(2), 0);
        let length = u16::try_from(value.len()).unwrap().to_le_bytes();
        let element = [&b"UI"[..], &length[..], &value[..]].concat();
        meta.windows(element.len()).any(|window| window == element)
    };
    assert!(has(lightcase_dataset::IMPLEMENTATION_CLASS_UID), "{}", sample.path);
    assert!(has(instance), "{}", sample.path);
    if !has(&sample.syntax) {
        Held::OtherSyntax
    } else if Sha256::digest(found) == Sha256::digest(data_set) {
        Held::Same
    } else {
        Held::Other
    }
}
