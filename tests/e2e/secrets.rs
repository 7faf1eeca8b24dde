//! Nothing at rest, and no line of the log, tells who the patient is or how to get in.

use std::path::{Path, PathBuf};

use lightcase_testkit::phantom::{PATIENT_NAME, PLANTED};

use crate::house::House;
use crate::needle::Needles;
use crate::{day, dump};

on_both!(nothing_at_rest_names_the_patient_or_opens_a_door);

/// Of the patient and of files.
const NAMES: [(&str, &str); 3] =
    [("name", PATIENT_NAME), ("name part", "Lovelace"), ("file name", "picture.dcm")];

async fn nothing_at_rest_names_the_patient_or_opens_a_door(mut house: House) {
    let secrets = day::live(&house).await;
    let secret = secrets.iter().map(|(what, text)| (*what, text.as_str()));
    let planted = PLANTED.iter().map(|text| ("planted", *text));
    let entry = Needles::of(secret.clone());
    let everything = Needles::of(secret.chain(NAMES).chain(planted));
    // While it runs, with the write-ahead log as it is, and after it has tidied up.
    for stopped in [false, true] {
        if stopped {
            assert!(house.server.stop().unwrap(), "{}", house.log());
        }
        let mut files = vec![house.server.log()];
        walk(&house.server.data_dir(), &mut files);
        if let Some(bucket) = &house.bucket {
            let before = files.len();
            walk(&bucket.folder(), &mut files);
            assert!(files.len() > before + 10, "the bucket is empty");
        }
        assert!(files.len() > 12, "{files:?}");
        for file in files {
            // A temporary file may be gone by now.
            let Ok(bytes) = std::fs::read(&file) else { continue };
            everything.none_in(&file.display().to_string(), &bytes);
        }
    }
    // The index names patients, or it could not be searched, whatever the engine; the audit beside
    // it does not. Neither opens a door.
    let tables = dump::tables(&house).await;
    assert!(tables.iter().filter(|table| !table.text.is_empty()).count() > 10);
    for table in tables {
        let needles = if table.name.starts_with("audit") { &everything } else { &entry };
        needles.none_in(&table.name, table.text.as_bytes());
        needles.none_in(&table.name, &table.bytes);
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}
