//! Names in the store: `objects/ab/abcdef…` and `keys/…`, made of random identifiers alone.

use std::str::FromStr;

use object_store::path::Path;

use crate::{ObjectId, SubjectKeyId};

/// The prefix of all sealed objects.
pub(crate) const OBJECTS: &str = "objects";
/// The prefix of all wrapped keys.
pub(crate) const KEYS: &str = "keys";

/// A folder of a million files in one directory is slow to list; the first two characters
/// spread them over 1024.
pub(crate) fn object_path(object: ObjectId) -> Path {
    let name = object.to_string();
    Path::from_iter([OBJECTS, name.get(..2).unwrap_or_default(), name.as_str()])
}

pub(crate) fn key_path(id: SubjectKeyId) -> Path {
    Path::from_iter([KEYS, id.to_string().as_str()])
}

pub(crate) fn keys_path() -> Path {
    Path::from(KEYS)
}

/// The object that a name stands for, when it is one of ours.
pub(crate) fn object_id(path: &Path) -> Option<ObjectId> {
    let object = ObjectId::from_str(path.filename()?).ok()?;
    (object_path(object) == *path).then_some(object)
}

/// The subject key that a name stands for, when it is one of ours.
pub(crate) fn subject_key_id(path: &Path) -> Option<SubjectKeyId> {
    let id = SubjectKeyId::from_str(path.filename()?).ok()?;
    (key_path(id) == *path).then_some(id)
}
