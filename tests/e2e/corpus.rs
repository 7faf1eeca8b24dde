//! Every corpus file that can be stored is stored, and comes back as it was: by import, by
//! DCMTK's `storescu`, and by our own SCU where DCMTK does not know the transfer syntax.

mod by_import;
mod by_scu;
mod dcmtk_pair;
mod exceptions;
mod sample;

use sha2::{Digest as _, Sha256};

use crate::caller::Caller;
use crate::house::{Backend, House};
use crate::multipart::{retrieve, split};
use sample::Sample;

/// More archives than this are not needed to take in every file that contradicts another.
const ARCHIVES: usize = 8;

/// A fresh archive of each kind for each round. `None` where it cannot run here.
fn archive(backend: Backend) -> Option<(House, Caller)> {
    let house = House::start(backend)?;
    let reader = house.program(&["dicomweb:read"]);
    Some((house, reader))
}

/// Whether the archive holds this sample, with exactly these bytes as its data set, in its own
/// transfer syntax, with the file meta information made anew.
async fn holds(reader: &Caller, sample: &Sample, data_set: &[u8]) -> bool {
    let Some(instance) = &sample.instance else { return false };
    let Some(file) = retrieve(reader, instance).await else { return false };
    let (meta, held) = split(&file);
    let has = |text: &str| meta.windows(text.len()).any(|window| window == text.as_bytes());
    if !has(&sample.syntax) || Sha256::digest(held) != Sha256::digest(data_set) {
        return false;
    }
    assert!(has(lightcase_dataset::IMPLEMENTATION_CLASS_UID), "{}", sample.path);
    assert!(has(instance), "{}", sample.path);
    true
}
