//! The metadata of generated files against `dicom-object`: the same elements, the same values.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::fs;

use dicom_core::header::{HasLength as _, Header as _};
use dicom_object::mem::{InMemDicomObject, InMemElement};
use dicom_object::open_file;
use lightcase_dataset::VR;
use serde_json::{Map, Value};
use support::{corpus, scan_file};

/// The numbers of a value; DICOM JSON has them as numbers or, where that would lose digits, text.
fn numbers(value: &Value) -> Vec<f64> {
    let number = |value: &Value| {
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).unwrap_or(f64::NAN)
    };
    value.as_array().map(|all| all.iter().map(number).collect()).unwrap_or_default()
}

const NUMBERS: [VR; 8] = [VR::US, VR::SS, VR::UL, VR::SL, VR::FL, VR::FD, VR::IS, VR::DS];
const WORDS: [VR; 9] = [VR::CS, VR::UI, VR::DA, VR::TM, VR::DT, VR::AE, VR::AS, VR::SH, VR::LO];

fn same_value(ours: &Value, theirs: &InMemElement) -> bool {
    if NUMBERS.contains(&theirs.vr()) {
        return numbers(ours) == theirs.to_multi_float64().unwrap();
    }
    if !WORDS.contains(&theirs.vr()) {
        return true;
    }
    let theirs = theirs.to_multi_str().unwrap();
    let theirs = theirs.iter().map(|text| text.trim_matches([' ', '\0']));
    let ours = ours.as_array().map(Vec::as_slice).unwrap_or_default();
    ours.iter().map(|text| text.as_str().unwrap_or("")).eq(theirs)
}

/// All but the group lengths, which are no metadata.
fn elements(item: &InMemDicomObject) -> Vec<&InMemElement> {
    item.iter().filter(|element| element.tag().element() != 0).collect()
}

/// Compares an item with its elements, and gives how many there were.
fn compare(ours: &Map<String, Value>, theirs: &InMemDicomObject, place: &str) -> usize {
    let mut compared = 0;
    let theirs = elements(theirs);
    for element in &theirs {
        let tag = format!("{:04X}{:04X}", element.tag().group(), element.tag().element());
        let place = format!("{place}/{tag}");
        assert!(ours.contains_key(&tag), "{place} is missing");
        let our = &ours[&tag];
        assert_eq!(our["vr"], element.vr().to_string(), "{place}");
        compared += 1;
        if let Some(items) = element.items() {
            let our = our["Value"].as_array().map(Vec::as_slice).unwrap_or_default();
            assert_eq!(our.len(), items.len(), "{place}");
            for (our, their) in our.iter().zip(items) {
                compared += compare(our.as_object().unwrap(), their, &place);
            }
        } else if tag != "00080005" && !element.value().is_empty() {
            assert!(same_value(&our["Value"], element), "{place}: {our} is not {element:?}");
        }
    }
    assert_eq!(ours.len(), theirs.len(), "{place}: elements");
    compared
}

fn check(name: &str, least: usize) {
    let Some(corpus) = corpus() else { return };
    let path = corpus.join("public/generated").join(name);
    let scan = scan_file(&fs::read(&path).unwrap(), 4096).unwrap();
    let ours: Value = serde_json::from_slice(scan.metadata.as_bytes()).unwrap();
    let theirs = open_file(&path).unwrap().into_inner();
    let compared = compare(ours.as_object().unwrap(), &theirs, name);
    assert!(compared >= least, "{name}: {compared} elements");
}

#[test]
fn plain_images_agree() {
    check("classes/ct_1.dcm", 30);
    check("classes/pet_1.dcm", 30);
}

#[test]
fn every_encoding_agrees() {
    check("syntax/ct_native.dcm", 30);
    check("syntax/ct_big_endian.dcm", 30);
    check("syntax/ct_implicit_group_lengths.dcm", 30);
    check("syntax/mr_deflated.dcm", 30);
    check("syntax/mf_rle.dcm", 30);
}

#[test]
fn sequences_agree() {
    check("classes/enhanced_mr_colour.dcm", 80);
    check("classes/enhanced_pet.dcm", 80);
}

#[test]
fn every_vr_agrees() {
    check("classes/every_vr.dcm", 30);
}
