//! The metadata of the corpus against `dcm2json` of DCMTK, where both have an answer.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};
use support::{corpus, scan_file};

/// Every file below a folder.
fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

/// DCMTK prints more digits of a 32-bit number than it has, and reads long decimals as text.
fn same(ours: &Value, theirs: &Value) -> bool {
    let number =
        |value: &Value| value.as_str().map_or_else(|| value.as_f64(), |text| text.parse().ok());
    match (ours, theirs) {
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
        }
        _ => {
            ours == theirs
                || number(ours)
                    .zip(number(theirs))
                    .is_some_and(|(a, b): (f64, f64)| (a - b).abs() <= a.abs() * 1e-6)
        }
    }
}

/// Elements that differ, and how many were compared.
fn compare(ours: &Map<String, Value>, theirs: &Map<String, Value>, wrong: &mut Vec<String>) -> u32 {
    let mut compared = 0;
    // Ours is always UTF-8, and padding and group lengths are no metadata.
    let passed_over = |tag: &str| {
        tag == "00080005" || tag == "FFFCFFFC" || tag.starts_with("0002") || tag.ends_with("0000")
    };
    for (tag, their) in theirs.iter().filter(|(tag, _)| !passed_over(tag)) {
        let Some(our) = ours.get(tag) else {
            wrong.push(format!("{tag} is missing"));
            continue;
        };
        let (our_vr, their_vr) = (&our["vr"], &their["vr"]);
        let unknown = our_vr == "UN" || their_vr == "UN";
        if our.get("BulkDataURI").is_some() || unknown {
            continue;
        }
        compared += 1;
        if our_vr != their_vr {
            wrong.push(format!("{tag} is {our_vr}, not {their_vr}"));
        } else if our_vr == "SQ" {
            let items = |element: &Value| element["Value"].as_array().cloned().unwrap_or_default();
            let (our, their) = (items(our), items(their));
            if our.len() != their.len() {
                wrong.push(format!("{tag} has {} items, not {}", our.len(), their.len()));
            }
            for (our, their) in our.iter().zip(&their) {
                let empty = Map::new();
                let their = their.as_object().unwrap_or(&empty);
                compared += compare(our.as_object().unwrap(), their, wrong);
            }
        } else if !same(&our["Value"], &their["Value"])
            || our["InlineBinary"] != their["InlineBinary"]
        {
            wrong.push(format!("{tag}: {our} is not {their}"));
        }
    }
    compared
}

#[test]
fn metadata_agrees_with_dcmtk() {
    let Some(corpus) = corpus() else { return };
    if Command::new("dcm2json").arg("--version").output().is_err() {
        eprintln!("skipped: dcm2json (Debian package dcmtk) is not installed");
        return;
    }
    let mut paths = Vec::new();
    for folder in ["charset", "classes", "generated", "odd", "syntax", "series/mr-uih-dti"] {
        files(&corpus.join("public").join(folder), &mut paths);
    }
    let (mut compared, mut wrong) = (0, Vec::new());
    for path in paths {
        let Ok(scan) = scan_file(&fs::read(&path).unwrap(), 4096) else { continue };
        let output = Command::new("dcm2json").arg(&path).output().unwrap();
        // Compressed pixels and Japanese are beyond it.
        let Ok(theirs) = serde_json::from_slice::<Value>(&output.stdout) else { continue };
        let ours: Value = serde_json::from_slice(scan.metadata.as_bytes()).unwrap();
        let mut here = Vec::new();
        compared += compare(ours.as_object().unwrap(), theirs.as_object().unwrap(), &mut here);
        wrong.extend(here.iter().map(|what| format!("{}: {what}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 5000, "{compared}");
}
