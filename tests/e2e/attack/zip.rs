//! ZIP archives that would write elsewhere, unpack for ever, or say what is not so.

use std::path::{Path, PathBuf};

use flate2::{Compress, Compression, Crc, FlushCompress};
use serde_json::Value;
use tokio::process::Command;

use super::memory::peak;
use super::raw::CT;
use super::shapes::{Ids, file, long_element, object, tiny};
use crate::house::{House, first_file, small_ct, write_private};

on_both! {
    a21_archives_are_unpacked_and_nothing_in_them_is_followed,
    a21_archives_that_unpack_for_ever_are_stopped,
}

/// One entry, and what the archive says of it.
#[derive(Clone)]
struct Entry {
    name: &'static str,
    packed: Vec<u8>,
    crc: u32,
    length: u32,
    flags: u16,
    method: u16,
    /// Host system, and the mode of a Unix file.
    host: u8,
    mode: u32,
    /// Sizes stand in the ZIP64 field.
    long: bool,
}

impl Entry {
    fn stored(name: &'static str, bytes: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(bytes);
        let (crc, length) = (crc.sum(), u32::try_from(bytes.len()).unwrap());
        let (flags, method, mode) = (0, 0, 0o100_644);
        let packed = bytes.to_vec();
        Self { name, packed, crc, length, flags, method, host: 3, mode, long: false }
    }

    fn deflated(name: &'static str, bytes: &[u8]) -> Self {
        let mut packed = Vec::with_capacity(bytes.len() + 1024);
        let mut encoder = Compress::new(Compression::default(), false);
        encoder.compress_vec(bytes, &mut packed, FlushCompress::Finish).unwrap();
        Self { packed, method: 8, ..Self::stored(name, bytes) }
    }

    /// What local header and directory have in common, and the field of ZIP64.
    fn common(&self) -> (Vec<u8>, Vec<u8>) {
        let packed = u32::try_from(self.packed.len()).unwrap();
        let mut extra = Vec::new();
        let mut sizes = [packed, self.length];
        if self.long {
            extra.extend([0x99, 0x99, 2, 0, 0, 0, 1, 0, 16, 0]);
            extra.extend(u64::from(self.length).to_le_bytes());
            extra.extend(u64::from(packed).to_le_bytes());
            sizes = [u32::MAX; 2];
        }
        let mut fields = vec![45, 0];
        fields.extend(self.flags.to_le_bytes());
        fields.extend(self.method.to_le_bytes());
        fields.extend([0, 0, 0x21, 0]);
        fields.extend(self.crc.to_le_bytes());
        fields.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
        fields.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        fields.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
        (fields, extra)
    }

    fn local(&self) -> Vec<u8> {
        let (fields, extra) = self.common();
        [b"PK\x03\x04", fields.as_slice(), self.name.as_bytes(), &extra, &self.packed].concat()
    }

    fn record(&self, offset: usize) -> Vec<u8> {
        let (fields, extra) = self.common();
        let mut record = [b"PK\x01\x02", [45, self.host].as_slice(), &fields].concat();
        record.extend([0; 6]);
        record.extend((self.mode << 16).to_le_bytes());
        record.extend(u32::try_from(offset).unwrap().to_le_bytes());
        [record.as_slice(), self.name.as_bytes(), &extra].concat()
    }
}

/// An archive whose directory has these records, and says it has `count`.
fn archive(content: &[u8], directory: &[u8], count: u64) -> Vec<u8> {
    let offset = u64::try_from(content.len()).unwrap();
    let length = u64::try_from(directory.len()).unwrap();
    let mut whole = [content, directory].concat();
    let long = offset + length;
    whole.extend(b"PK\x06\x06");
    whole.extend(44_u64.to_le_bytes());
    whole.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    whole.extend([count, count, length, offset].iter().flat_map(|number| number.to_le_bytes()));
    whole.extend(b"PK\x06\x07\0\0\0\0");
    whole.extend(long.to_le_bytes());
    whole.extend([1, 0, 0, 0]);
    whole.extend(b"PK\x05\x06\0\0\0\0");
    whole.extend([0xff; 12]);
    whole.extend([0, 0]);
    whole
}

fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut content, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        directory.extend(entry.record(content.len()));
        content.extend(entry.local());
    }
    archive(&content, &directory, u64::try_from(entries.len()).unwrap())
}

/// Imports a path; the answer, whether the exit code was 0, and the most memory it held, in KiB.
async fn import(house: &House, path: &Path) -> (Value, bool, u64) {
    let mut command = Command::from(house.server.command("import").unwrap());
    command.arg("--json").arg(path).stdout(std::process::Stdio::piped()).kill_on_drop(true);
    let child = command.spawn().unwrap();
    let process = child.id().unwrap();
    let running = child.wait_with_output();
    tokio::pin!(running);
    let mut most = 0;
    let output = loop {
        tokio::select! {
            output = &mut running => break output.unwrap(),
            () = tokio::time::sleep(std::time::Duration::from_millis(5)) => {
                most = most.max(peak(process).unwrap_or_default());
            }
        }
    };
    let answer = serde_json::from_slice(&output.stdout).unwrap();
    (answer, output.status.success(), most)
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    write_private(&path, bytes);
    path
}

/// Each refused file, without the path of its archive, and why.
fn refused(answer: &Value) -> Vec<(String, String)> {
    let list = answer["refused"].as_array().unwrap().iter();
    list.map(|each| {
        let file = each["file"].as_str().unwrap();
        let file = file.rsplit_once(".zip: ").map_or(file, |(_, name)| name);
        (file.to_owned(), each["sentence"].as_str().unwrap().to_owned())
    })
    .collect()
}

async fn a21_archives_are_unpacked_and_nothing_in_them_is_followed(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("one/two");
    std::fs::create_dir_all(&inner).unwrap();
    let object = |n| {
        let ids = Ids::of(7, n);
        file(&ids, tiny(&ids))
    };
    let mut index = object(90);
    let class = b"1.2.840.10008.5.1.4.1.1.2";
    let at = index.windows(class.len()).position(|window| window == class).unwrap();
    index[at..at + class.len()].copy_from_slice(b"1.2.840.10008.1.3.10\0\0\0\0\0");

    let good = Entry::deflated("a/1.dcm", &object(1));
    let lie = |name, entry: Entry| Entry { name, ..entry };
    let target = b"/etc/passwd";
    let entries = [
        Entry { length: 0, crc: 0, packed: Vec::new(), ..lie("a/", good.clone()) },
        good.clone(),
        Entry::stored("a/2.dcm", &object(2)),
        Entry { long: true, ..Entry::deflated("a/3.dcm", &object(3)) },
        Entry::deflated("../../../evil.dcm", &object(4)),
        Entry::deflated("/evil.dcm", &object(5)),
        Entry::deflated("C:\\evil\u{1b}[2J.dcm", &object(6)),
        Entry::stored("DICOMDIR", &index),
        Entry { mode: 0o120_777, ..Entry::stored("link", target) },
        Entry { length: good.length + 1, ..lie("longer", good.clone()) },
        Entry { length: good.length - 1, ..lie("shorter", good.clone()) },
        Entry { crc: 1, ..lie("checksum", Entry::stored("", &object(7))) },
        Entry { flags: 1, ..lie("encrypted", good.clone()) },
        Entry { method: 14, ..lie("method", good.clone()) },
        Entry { method: 8, ..lie("garbage", Entry::stored("", &[0xff; 64])) },
        lie("nested", Entry::stored("", &zip(&[good]))),
        lie("letter", Entry::stored("", b"%PDF-1.7 a letter")),
    ];
    let path = written(&inner, "study.zip", &zip(&entries));
    let (answer, well, _) = import(&house, &path).await;
    assert!(!well);
    assert_eq!((&answer["stored"], &answer["alreadyHeld"]), (&6.into(), &0.into()), "{answer}");
    assert_eq!(answer["indexes"].as_array().unwrap().len(), 1, "{answer}");
    let expected = [
        ("link", "not followed"),
        ("longer", "its length is not"),
        ("shorter", "its length is not"),
        ("checksum", "its checksum is not"),
        ("encrypted", "encrypted"),
        ("method", "compressed in a way"),
        ("garbage", "deflate"),
        ("nested", "neither"),
        ("letter", "neither"),
    ];
    let refused = refused(&answer);
    assert_eq!(refused.len(), expected.len(), "{refused:?}");
    for ((file, sentence), (name, words)) in refused.iter().zip(expected) {
        assert!(file == name && sentence.contains(words), "{name} {words}: {file}: {sentence}");
    }
    // Nothing was unpacked to anywhere.
    for place in [folder.path(), &folder.path().join("one"), &inner] {
        assert_eq!(std::fs::read_dir(place).unwrap().count(), 1, "{}", place.display());
    }
    assert!(!Path::new("/evil.dcm").exists());

    // A folder is searched, with the archives in it; a DICOMDIR stands for the folder it is in.
    let study = small_ct(1);
    written(&inner, "picture.dcm", &first_file(&study));
    let index = written(&inner, "DICOMDIR", &index);
    let (answer, _, _) = import(&house, &index).await;
    assert_eq!((&answer["stored"], &answer["alreadyHeld"]), (&1.into(), &6.into()), "{answer}");
    assert_eq!(answer["indexes"].as_array().unwrap().len(), 2, "{answer}");
}

/// A file of `mebibytes` of zeros behind a head, deflated to about a thousandth.
fn bomb(mebibytes: u32) -> Entry {
    let ids = Ids::of(8, 1);
    let head = object(CT, &ids, |set| {
        set.append(&long_element(0x7fe0_0010, *b"OW", mebibytes << 20));
    });
    let head = file(&ids, head);
    let mut encoder = Compress::new(Compression::best(), false);
    let mut deflate = |bytes: &[u8], flush| {
        let mut out = Vec::with_capacity(bytes.len() + 1024);
        encoder.compress_vec(bytes, &mut out, flush).unwrap();
        out
    };
    let start = deflate(&head, FlushCompress::Full);
    let block = deflate(&vec![0; 1 << 20], FlushCompress::Full);
    let end = deflate(&[], FlushCompress::Finish);
    let packed = [start, block.repeat(usize::try_from(mebibytes).unwrap()), end].concat();
    let length = u32::try_from(head.len()).unwrap() + (mebibytes << 20);
    Entry { packed, length, method: 8, ..Entry::stored("bomb.dcm", &[]) }
}

async fn a21_archives_that_unpack_for_ever_are_stopped(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let check = async |name: &str, bytes: Vec<u8>, words: &str| {
        let path = written(folder.path(), name, &bytes);
        let (answer, well, most) = import(&house, &path).await;
        assert!(!well && answer["stored"] == 0, "{name}: {answer}");
        let refused = refused(&answer);
        assert!(refused.iter().any(|(_, sentence)| sentence.contains(words)), "{name}: {answer}");
        assert!(refused.len() < 100, "{name}: {}", refused.len());
        println!("{name}: at most {most} KiB");
        assert!(most < 256 << 10, "{name}: {most} KiB");
    };
    let bomb = bomb(1024);
    check("bomb.zip", zip(std::slice::from_ref(&bomb)), "far more").await;
    // The same bytes under many names: overlapping entries, each of which is all of them.
    let content = bomb.local();
    let overlapping = archive(&content, &bomb.record(0).repeat(50_000), 50_000);
    check("overlapping.zip", overlapping, "far more").await;
    let empty = Entry::stored("", &[]);
    let million = archive(&empty.local(), &empty.record(0).repeat(1_000_000), 1_000_000);
    check("million.zip", million.clone(), "more entries").await;
    check("count.zip", archive(&empty.local(), &empty.record(0), 99_999), "directory").await;
    let cut = million.len() / 2;
    check("cut.zip", million[..cut].to_vec(), "end").await;
    check("end.zip", b"PK\x05\x06".to_vec(), "short").await;
    let nowhere = Entry { packed: vec![0; 64], ..empty };
    check("nowhere.zip", archive(b"PK\x03\x04", &nowhere.record(0), 1), "not where").await;
}
