//! What lies in the store of a server, looked at from outside.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::house::House;

/// Where the store keeps its names.
pub(crate) fn folder(house: &House) -> PathBuf {
    match &house.bucket {
        None => house.server.data_dir().join("objects/objects"),
        Some(bucket) => bucket.folder().join("archive/objects"),
    }
}

/// The names of all blobs.
pub(crate) fn blobs(house: &House) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(&folder(house), &mut found);
    found
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    // A bucket's folder appears with its first object.
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if let Some(name) = path.file_name().and_then(|name| name.to_str())
            && name.len() == 26
        {
            found.insert(name.to_owned());
        }
    }
}

/// Waits until the server has compared store and index, and said so behind the first `seen` bytes
/// of its log; gives the line.
pub(crate) async fn compared(house: &House, seen: usize) -> String {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_mins(1) {
        let log = house.log();
        let line = log[seen..].lines().find(|line| line.contains("store and index were compared"));
        if let Some(line) = line {
            return line.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("store and index were not compared:\n{}", house.log());
}
