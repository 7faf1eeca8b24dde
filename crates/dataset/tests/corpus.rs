//! The public corpus: what must be storable scans, and nothing in it costs much or panics.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use lightcase_dataset::{BulkPath, Limits, Locator, Part10Prefix, ScanError, TransferSyntax};
use support::{corpus, scan_file};

/// Files whose index says "store ok" and that are refused all the same, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("dicomdir/DICOMDIR", "a media directory is no composite object; importers walk its files"),
    ("series/ct-philips-ingenuity-4010/DIRFILE", "a media directory, as above"),
    ("malformed/made/uid_leading_zero.dcm", "a UID with a leading zero is refused (PS3.5 9.1)"),
    ("syntax/pydicom__SC_rgb_jls_lossy_line.dcm", "it has no Study and no Series Instance UID"),
];

struct Row {
    path: String,
    expected: String,
}

/// The index is CSV with quoted fields; `path` is the first and `expected` the last column.
fn rows(index: &str) -> Vec<Row> {
    index
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = vec![String::new()];
            let mut quoted = false;
            for each in line.chars() {
                match each {
                    '"' => quoted = !quoted,
                    ',' if !quoted => fields.push(String::new()),
                    other => fields.last_mut().into_iter().for_each(|field| field.push(other)),
                }
            }
            let expected = fields.pop().unwrap_or_default();
            Row { path: fields.swap_remove(0), expected }
        })
        .collect()
}

#[test]
fn what_must_be_stored_scans() {
    let Some(corpus) = corpus() else { return };
    let rows = rows(&fs::read_to_string(corpus.join("public/index.csv")).unwrap());
    assert!(rows.len() > 600);
    let mut exceptions: BTreeMap<_, _> = EXCEPTIONS.iter().copied().collect();
    let mut wrong = Vec::new();
    for row in rows.iter().filter(|row| row.expected.starts_with("store ok")) {
        if row.expected.starts_with("store ok or reject") {
            continue;
        }
        let bytes = fs::read(corpus.join("public").join(&row.path)).unwrap();
        let result = scan_file(&bytes, 16 << 10);
        match (result, exceptions.remove(row.path.as_str())) {
            (Ok(_), None) | (Err(_), Some(_)) => {}
            (Ok(_), Some(_)) => wrong.push(format!("{}: scans, though excepted", row.path)),
            (Err(error), None) => wrong.push(format!("{}: {error}", row.path)),
        }
    }
    assert!(wrong.is_empty(), "{}\n{exceptions:?}", wrong.join("\n"));
    assert!(exceptions.is_empty(), "not in the index: {exceptions:?}");
}

#[test]
fn every_file_is_answered_quickly_and_whatever_the_push_size() {
    let Some(corpus) = corpus() else { return };
    let rows = rows(&fs::read_to_string(corpus.join("public/index.csv")).unwrap());
    for row in rows {
        let bytes = fs::read(corpus.join("public").join(&row.path)).unwrap();
        let start = Instant::now();
        let whole = scan_file(&bytes, usize::MAX);
        assert!(start.elapsed() < Duration::from_secs(10), "{}", row.path);
        if bytes.len() < 1 << 20 {
            // Where a bad file is given up may differ in offset with the pushes of a deflated one.
            let pieces = scan_file(&bytes, 7);
            assert_eq!(whole.is_ok(), pieces.is_ok(), "{}", row.path);
            if let (Ok(whole), Ok(pieces)) = (whole, pieces) {
                assert_eq!(whole, pieces, "{}", row.path);
            }
        }
    }
}

#[test]
fn what_must_be_refused_is_refused_for_its_reason() {
    let Some(corpus) = corpus() else { return };
    let made = corpus.join("public/malformed/made");
    let check = |name: &str, is_right: fn(&ScanError) -> bool| {
        let error = scan_file(&fs::read(made.join(name)).unwrap(), 4096).unwrap_err();
        assert!(is_right(&error), "{name}: {error:?}");
    };
    let limit = |error: &ScanError| matches!(error, ScanError::LimitExceeded { .. });
    let malformed = |error: &ScanError| matches!(error, ScanError::Malformed { .. });
    let truncated = |error: &ScanError| *error == ScanError::Truncated;
    let identity = |error: &ScanError| matches!(error, ScanError::Identity { .. });
    let not_dicom = |error: &ScanError| matches!(error, ScanError::NotDicom(_));
    check("deflate_bomb.dcm", limit);
    check("nest_20000_undefined.dcm", limit);
    check("nest_unclosed.dcm", limit);
    check("deflated_not_deflated.dcm", malformed);
    check("deflated_truncated.dcm", truncated);
    check("length_beyond_eof.dcm", truncated);
    check("trunc_in_header.dcm", truncated);
    check("sq_missing_delimiter.dcm", |error| *error != ScanError::UnsupportedEncoding);
    check("item_length_exceeds_sq.dcm", malformed);
    check("magic_then_random.dcm", |error| !matches!(error, ScanError::LimitExceeded { .. }));
    check("random_64k.dcm", not_dicom);
    check("json_named_dcm.dcm", not_dicom);
    check("png_named_dcm.dcm", not_dicom);
    check("gzip_named_dcm.dcm", not_dicom);
    check("empty.dcm", not_dicom);
    check("preamble_only.dcm", not_dicom);
    check("utf8_bom_prefix.dcm", not_dicom);
    check("meta_ts_leading_zero.dcm", malformed);
    check("no_sop_class.dcm", identity);
    check("no_study_uid.dcm", identity);
    check("uid_path_traversal.dcm", identity);
    check("uid_backslash_multi.dcm", identity);
    check("uid_crlf.dcm", identity);
    check("uid_empty.dcm", identity);
    check("uid_letters.dcm", identity);
    check("uid_percent_encoded.dcm", identity);
}

#[test]
fn national_names_are_decoded() {
    let Some(corpus) = corpus() else { return };
    let check = |name: &str, expected: &str| {
        let path = Path::new("public").join(name);
        let scan = scan_file(&fs::read(corpus.join(path)).unwrap(), 512).unwrap();
        let patient = scan.attributes.get(lightcase_model::Attribute::PatientName);
        assert_eq!(patient, Some(expected), "{name}");
    };
    check("charset/pydicom__chrH31.dcm", "Yamada^Tarou=山田^太郎=やまだ^たろう");
    check("charset/pydicom__chrX1.dcm", "Wang^XiaoDong=王^小東=");
    check("charset/pydicom__chrX2.dcm", "Wang^XiaoDong=王^小东=");
    check("charset/pydicom__chrFren.dcm", "Buc^Jérôme");
    check("charset/pydicom__chrFrenMulti.dcm", "Buc^Jérôme");
    check("charset/pydicom__chrGreek.dcm", "Διονυσιος");
    check("charset/pydicom__chrArab.dcm", "قباني^لنزار");
}

#[test]
fn every_bulk_value_of_the_metadata_is_found_again() {
    let Some(corpus) = corpus() else { return };
    let rows = rows(&fs::read_to_string(corpus.join("public/index.csv")).unwrap());
    let mut found = 0;
    for row in rows {
        let bytes = fs::read(corpus.join("public").join(&row.path)).unwrap();
        let Ok(scan) = scan_file(&bytes, usize::MAX) else { continue };
        let mut prefix = Part10Prefix::new();
        let meta = prefix.push(&bytes).unwrap().unwrap();
        let syntax = TransferSyntax::of(&meta.transfer_syntax);
        let json = str::from_utf8(scan.metadata.as_bytes()).unwrap();
        for uri in json.split("\"BulkDataURI\":\"lc:").skip(1).take(50) {
            let path = BulkPath::parse(uri.split('"').next().unwrap()).unwrap();
            let mut locator = Locator::new(path, &syntax, &Limits::default());
            let place = prefix.rest().chunks(4096).find_map(|part| locator.push(part).unwrap());
            let place = place.unwrap_or_else(|| panic!("{}: {uri:.30}", row.path));
            assert!(place.offset + place.len <= scan.data_set_len, "{}", row.path);
            found += 1;
        }
    }
    assert!(found > 500, "{found}");
}

#[test]
fn all_metadata_is_json() {
    let Some(corpus) = corpus() else { return };
    let rows = rows(&fs::read_to_string(corpus.join("public/index.csv")).unwrap());
    for row in rows {
        let bytes = fs::read(corpus.join("public").join(&row.path)).unwrap();
        let Ok(scan) = scan_file(&bytes, usize::MAX) else { continue };
        if row.path.ends_with("nest_60.dcm") {
            // Deeper than serde_json reads.
            continue;
        }
        let json: serde_json::Value = serde_json::from_slice(scan.metadata.as_bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", row.path));
        let instance = &json["00080018"]["Value"][0];
        assert_eq!(instance, scan.identity.sop_instance.as_str(), "{}", row.path);
        let module = serde_json::to_string(&scan.image).unwrap();
        assert_eq!(serde_json::from_str::<Option<_>>(&module).unwrap(), scan.image, "{}", row.path);
    }
}

#[test]
fn malformed_files_cost_little_memory() {
    let Some(corpus) = corpus() else { return };
    let rows = rows(&fs::read_to_string(corpus.join("public/index.csv")).unwrap());
    for row in rows.iter().filter(|row| row.path.starts_with("malformed/")) {
        let bytes = fs::read(corpus.join("public").join(&row.path)).unwrap();
        // Whether it is refused is another test's matter.
        drop(scan_file(&bytes, 16 << 10));
    }
    // Only Linux tells; tests run in a process each.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let peak: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 64 << 10, "{peak} KiB");
}
