//! Nothing at rest, and no line of the log, tells who the patient is or how to get in.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lightcase_testkit::phantom::{PATIENT_NAME, PLANTED};

use crate::day;
use crate::house::House;

on_both!(nothing_at_rest_names_the_patient_or_opens_a_door);

async fn nothing_at_rest_names_the_patient_or_opens_a_door(mut house: House) {
    let secrets = day::live(&house).await;
    let mut needles: Vec<Needle> = secrets
        .iter()
        .map(|(what, secret)| Needle::new(what, secret))
        .chain(PLANTED.iter().map(|text| Needle::new("planted", text)))
        .collect();
    needles.push(Needle::new("name", PATIENT_NAME));
    needles.push(Needle::new("name part", "Lovelace"));
    needles.push(Needle::new("file name", "picture.dcm"));
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
            search(&file, &needles);
        }
    }
    let Some(database) = &house.database else { return };
    let query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    let tables = database.execute(query).unwrap();
    assert!(tables.lines().count() > 10);
    for table in tables.lines() {
        let rows = database.execute(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let binary = rows.split(['|', '\n']).filter_map(|cell| cell.strip_prefix("\\x"));
        let decoded: Vec<u8> = binary.flat_map(unhex).collect();
        // The index of a server's database names patients, or it could not be searched; the
        // audit beside it does not.
        let count = if table.starts_with("audit") { needles.len() } else { secrets.len() };
        for needle in &needles[..count] {
            needle.check(table, rows.as_bytes());
            needle.check(table, &decoded);
        }
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks_exact(2);
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap_or_default())
        .collect()
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

fn search(file: &Path, needles: &[Needle]) {
    // A temporary file may be gone by now.
    let Ok(bytes) = std::fs::read(file) else { return };
    for needle in needles {
        needle.check(&file.display().to_string(), &bytes);
    }
}

/// A text that must not be there, in any of the ways it could be written.
struct Needle {
    what: String,
    forms: Vec<Vec<u8>>,
}

impl Needle {
    fn new(what: &str, text: &str) -> Self {
        let lower = text.to_lowercase();
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut forms =
            vec![text.as_bytes().to_vec(), lower.clone().into_bytes(), wide(text), wide(&lower)];
        // Base64 depends on where in its three bytes a text begins; the ends depend on what
        // stands beside it.
        for before in 0..3 {
            let mut bytes = vec![b' '; before];
            bytes.extend_from_slice(text.as_bytes());
            let encoded = BASE64_STANDARD.encode(&bytes);
            let whole = bytes.len() / 3 * 4;
            forms.push(encoded.as_bytes()[if before == 0 { 0 } else { 4 }..whole].to_vec());
        }
        Self { what: what.to_owned(), forms }
    }

    fn check(&self, place: &str, bytes: &[u8]) {
        for form in &self.forms {
            let found = bytes.windows(form.len()).any(|window| window == form);
            assert!(!found, "{place} holds a {}", self.what);
        }
    }
}
