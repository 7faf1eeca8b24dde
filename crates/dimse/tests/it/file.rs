//! DICOM files as the tests need them: UIDs of the file meta information, and the rest as bytes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use lightcase_dimse::scu::{Outgoing, Source};
use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid};

#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) class: String,
    pub(crate) instance: String,
    pub(crate) syntax: String,
    pub(crate) offset: usize,
    pub(crate) bytes: Bytes,
}

impl File {
    /// Reads a file; `None` when it has no usable file meta information.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let bytes = Bytes::from(std::fs::read(path).ok()?);
        if bytes.get(128..132)? != b"DICM" || bytes.get(132..136)? != [2, 0, 0, 0] {
            return None;
        }
        let length = u32::from_le_bytes(*bytes.get(140..)?.first_chunk()?);
        let offset = 144 + usize::try_from(length).unwrap();
        let mut meta = HashMap::new();
        let mut left = bytes.get(144..offset)?;
        while let Some((head, rest)) = left.split_first_chunk::<8>() {
            let long = matches!(&head[4..6], b"OB" | b"UN");
            let (length, rest) = if long {
                let (length, rest) = rest.split_first_chunk::<4>()?;
                (usize::try_from(u32::from_le_bytes(*length)).unwrap(), rest)
            } else {
                (usize::from(u16::from_le_bytes([head[6], head[7]])), rest)
            };
            let value = String::from_utf8_lossy(rest.get(..length)?);
            let value = value.trim_end_matches(['\0', ' ']).to_owned();
            meta.insert(u16::from_le_bytes([head[2], head[3]]), value);
            left = &rest[length..];
        }
        Some(Self {
            path: path.to_owned(),
            class: meta.remove(&2)?,
            instance: meta.remove(&3)?,
            syntax: meta.remove(&16)?,
            offset,
            bytes,
        })
    }

    pub(crate) fn data_set(&self) -> &[u8] {
        &self.bytes[self.offset..]
    }

    pub(crate) fn outgoing(&self) -> Outgoing {
        Outgoing {
            class: SopClassUid::parse(&self.class).unwrap(),
            instance: SopInstanceUid::parse(&self.instance).unwrap(),
            syntax: TransferSyntaxUid::parse(&self.syntax).unwrap(),
            source: Source::File {
                path: self.path.clone(),
                offset: u64::try_from(self.offset).unwrap(),
            },
        }
    }
}

/// The files of a folder of the public corpus, one per SOP instance; empty, and said so, where
/// there is no corpus.
pub(crate) fn corpus(folder: &str) -> Vec<File> {
    let Some(root) = environment("LIGHTCASE_CORPUS") else {
        assert!(environment("LIGHTCASE_REQUIRE_CORPUS").is_none(), "no corpus");
        println!("skipped: LIGHTCASE_CORPUS does not name a corpus");
        return Vec::new();
    };
    let mut paths: Vec<_> = std::fs::read_dir(Path::new(&root).join("public").join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut known = std::collections::HashSet::new();
    let mut files: Vec<_> = paths.iter().filter_map(|path| File::read(path)).collect();
    files.retain(|file| known.insert(file.instance.clone()));
    assert!(!files.is_empty(), "{folder} has no usable file");
    files
}

#[expect(clippy::disallowed_methods, reason = "tests are told of the corpus by the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
