//! What links objects stays linked, and only within a project.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{CT, EXPLICIT, Item, Node, clean_file, file, image, project, text};
use lightcase_dataset::VR;
use lightcase_deident::{Certificate, Deidentifier, Profile, ProfileOption, Project, Report};
use std::sync::Arc;

/// An object, its frame of reference, and the objects that it refers to.
fn object(instance: &str, series: &str, refers: &[&str]) -> Vec<u8> {
    let mut item = image(CT, instance, false);
    item.insert(0x0020_000E, text(VR::UI, series));
    item.insert(0x0020_0052, text(VR::UI, "1.2.3.52"));
    let references = refers
        .iter()
        .map(|uid| Item::from([(0x0008_1150, text(VR::UI, CT)), (0x0008_1155, text(VR::UI, uid))]));
    item.insert(0x0008_1140, Node::Items(references.collect()));
    file(&item, EXPLICIT)
}

/// All UIDs in an explicit file that are not the standard's, in their order.
fn uids(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(2).position(|window| window == b"UI") {
        rest = &rest[at + 2..];
        let length = usize::from(u16::from_le_bytes([rest[0], rest[1]]));
        // The two letters stand in the name of an option, too.
        let Some(value) = rest.get(2..2 + length) else { continue };
        let text = String::from_utf8_lossy(value);
        let text = text.trim_matches('\0').to_owned();
        if !text.starts_with("1.2.840.10008.") {
            found.push(text);
        }
        rest = &rest[2 + length..];
    }
    found
}

fn graph(project: &Arc<Project>, files: &[Vec<u8>]) -> BTreeMap<usize, Vec<String>> {
    let clean = |file| uids(&clean_file(project, file).unwrap().0[330..]);
    files.iter().enumerate().map(|(at, file)| (at, clean(file))).collect()
}

#[test]
fn the_graph_of_uids_is_the_same_graph() {
    let files = [
        object("1.2.3.10", "1.2.3.2", &["1.2.3.11", "1.2.3.12"]),
        object("1.2.3.11", "1.2.3.2", &["1.2.3.10"]),
        object("1.2.3.12", "1.2.3.3", &["1.2.3.12", "1.2.3.10"]),
    ];
    let before: Vec<String> = files.iter().flat_map(|file| uids(&file[330..])).collect();
    let project_one = project(Profile::default(), 1);
    let after: Vec<String> = graph(&project_one, &files).into_values().flatten().collect();
    assert_eq!(before.len(), after.len());
    let (mut there, mut back) = (BTreeMap::new(), BTreeMap::new());
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(there.entry(old).or_insert(new), &new);
        assert_eq!(back.entry(new).or_insert(old), &old);
    }
    assert_eq!(there.len(), 7);
    // Again, in another order, and elsewhere.
    let mut reversed = files.clone();
    reversed.reverse();
    let again = graph(&project(Profile::default(), 1), &reversed);
    assert_eq!(again[&0], graph(&project_one, &files)[&2]);
    let elsewhere: BTreeSet<_> =
        graph(&project(Profile::default(), 2), &files).into_values().flatten().collect();
    assert!(after.iter().all(|uid| !elsewhere.contains(uid)));
}

#[test]
fn an_identity_is_one_uid() {
    let retained = Profile::with_options([ProfileOption::RetainUids]).unwrap();
    let (mapped, retained) = (project(Profile::default(), 1), project(retained, 1));
    for tag in [0x0008_0018, 0x0020_000D, 0x0020_000E] {
        for (value, maps, stays) in [
            ("1.2.3.4", true, true),
            ("Quillerby", true, false),
            ("1.2.3.", true, false),
            ("1.2.3.4\\1.2.3.5", false, false),
            ("1.2.3.4\\Quillerby", false, false),
            ("", false, false),
        ] {
            let mut item = image(CT, "1.2.3", false);
            item.insert(tag, text(VR::UI, value));
            let bytes = file(&item, EXPLICIT);
            for (project, expected) in [(&mapped, maps), (&retained, stays)] {
                let cleaned = clean_file(project, &bytes);
                assert_eq!(cleaned.is_ok(), expected, "{tag:08X} {value}");
                let told = cleaned
                    .is_ok_and(|(_, done)| format!("{:?}", done.report).contains("Quillerby"));
                assert!(!told, "{tag:08X} {value}");
            }
        }
    }
}

/// Who is meant, says an ID with its issuer; in certificates under the name that the copies have.
#[test]
fn a_study_of_two_patients_is_told() {
    let project = project(Profile::default(), 1);
    let of = |issuer: &str, id: &str| {
        let mut item = image(CT, "1.2.3.10", false);
        item.insert(0x0010_0020, text(VR::LO, id));
        item.insert(0x0010_0021, text(VR::LO, issuer));
        file(&item, EXPLICIT)
    };
    let report = |issuer: &str, id: &str| {
        let (clean, done) = clean_file(&project, &of(issuer, id)).unwrap();
        let named = done.report.patient.as_bytes();
        assert!(clean.windows(named.len().max(1)).any(|window| window == named) || id.is_empty());
        done.report
    };
    let check = |reports: &[&Report], expected: usize| {
        let mut certificate = Certificate::new(project.profile());
        for report in reports {
            certificate.add(Report::clone(report));
        }
        let patients: Vec<_> = certificate.patients().into_values().collect();
        assert_eq!(patients.len(), 1);
        assert_eq!(patients[0].len(), expected);
    };
    let (one, nobody) = (report("HOSPITAL", "Q1"), report("HOSPITAL", ""));
    check(&[&one, &report("HOSPITAL", "Q1 "), &nobody], 1);
    check(&[&one, &report("HOSPITAL", "Q2")], 2);
    check(&[&one, &report("ELSEWHERE", "Q1")], 2);
    check(&[&nobody], 0);
    // An issuer that stands in is one like any other.
    let mut run = Deidentifier::of_file(&project).with_issuer("HOSPITAL");
    let mut clean = Vec::new();
    run.push(&of("", "Q1"), &mut clean).unwrap();
    let told = run.finish(&mut clean).unwrap().report;
    assert_eq!(told.patient, one.patient);
    assert_ne!(report("", "Q1").patient, one.patient);
}

/// The first value behind a tag and a VR of a short header.
fn value_of(clean: &[u8], tag: &[u8]) -> String {
    let at = clean.windows(tag.len()).position(|window| window == tag).unwrap();
    let length = usize::from(clean[at + tag.len()]);
    let start = at + tag.len() + 2;
    String::from_utf8_lossy(&clean[start..start + length]).trim().to_owned()
}

/// Else the distance of the one to the other says how far all were moved.
#[test]
fn a_date_that_somebody_knows_tells_nothing_of_those_that_move() {
    let options = [ProfileOption::RetainModifiedDates, ProfileOption::RetainDeviceIdentity];
    let project = project(Profile::with_options(options).unwrap(), 1);
    let mut item = image(CT, "1.2.3", false);
    item.insert(0x0008_0020, text(VR::DA, "20240131"));
    // Date of Last Calibration, which the device's identity would keep.
    item.insert(0x0018_1200, text(VR::DA, "20240131"));
    let code = Item::from([
        (0x0008_0100, text(VR::SH, "69536005")),
        (0x0008_0102, text(VR::SH, "SCT")),
        (0x0008_0104, text(VR::LO, "Head")),
        (0x0008_0106, text(VR::DT, "20020904")),
    ]);
    item.insert(0x0008_2218, Node::Items(vec![code]));
    let (clean, _) = clean_file(&project, &file(&item, EXPLICIT)).unwrap();
    let study = value_of(&clean, b"\x08\x00\x20\x00DA");
    assert_ne!(study, "20240131");
    assert_eq!(value_of(&clean, b"\x18\x00\x00\x12DA"), study);
    let date = |text: &str| jiff::civil::Date::strptime("%Y%m%d", text).unwrap();
    let moved = (date("20240131") - date(&study)).get_days();
    let version = clean.windows(8).find(|part| *part == b"\x08\x00\x06\x01DT\x08\x00");
    let told = version.map(|tag| value_of(&clean, &tag[..6]));
    let told = told.map(|version| (date("20020904") - date(&version)).get_days());
    assert!(told.is_none_or(|days| days != moved), "{told:?} of {moved}");
    assert!(!clean.windows(8).any(|part| part == b"20020904"));
}

#[test]
fn days_between_dates_are_kept() {
    let profile = Profile::with_options([ProfileOption::RetainModifiedDates]).unwrap();
    let project = project(profile, 1);
    let day = |study: &str| {
        let mut item = image(CT, "1.2.3", false);
        item.insert(0x0008_0020, text(VR::DA, study));
        item.insert(0x0008_0030, text(VR::TM, "120000"));
        item.insert(0x0008_002A, text(VR::DT, &format!("{study}235959+0100")));
        let (clean, _) = clean_file(&project, &file(&item, EXPLICIT)).unwrap();
        let value = |tag: &[u8]| value_of(&clean, tag);
        let (date, moment) = (value(b"\x08\x00\x20\x00DA"), value(b"\x08\x00\x2A\x00DT"));
        assert_eq!(moment, format!("{date}235959+0100"));
        assert_eq!(value(b"\x08\x00\x30\x00TM"), "120000");
        jiff::civil::Date::strptime("%Y%m%d", &date).unwrap()
    };
    let (first, second) = (day("20240229"), day("20250301"));
    assert_eq!((second - first).get_days(), 366);
    assert_ne!(first, jiff::civil::date(2024, 2, 29));
    let mut nobody = image(CT, "1.2.3", false);
    nobody.insert(0x0010_0020, text(VR::LO, ""));
    assert!(clean_file(&project, &file(&nobody, EXPLICIT)).is_err());
}

#[test]
fn retained_uids_are_retained_wherever_they_stand() {
    let retained = Profile::with_options([ProfileOption::RetainUids]).unwrap();
    let (mapped, retained) = (project(Profile::default(), 1), project(retained, 1));
    // Volume Frame of Reference UID, SOP Instance UID of Concatenation Source, Fiducial UID.
    for (tag, value) in [
        (0x0020_9312, "1.2.3.52"),
        (0x0020_0242, "1.2.3"),
        (0x0070_031A, "1.2.3.78"),
        (0x0020_0052, "1.2.3.52"),
    ] {
        for (value, stays) in [(value, true), ("Quillerby", false)] {
            let mut item = image(CT, "1.2.3", false);
            item.insert(tag, text(VR::UI, value));
            let bytes = file(&item, EXPLICIT);
            let has = |project: &Arc<Project>| {
                let found = uids(&clean_file(project, &bytes).unwrap().0[330..]);
                found.iter().filter(|uid| *uid == value).count()
            };
            let before = uids(&bytes[330..]).iter().filter(|uid| *uid == value).count();
            assert_eq!(has(&retained), if stays { before } else { 0 }, "{tag:08X} {value}");
            assert_eq!(has(&mapped), 0, "{tag:08X} {value}");
        }
    }
}

#[test]
fn names_that_items_refer_to_stay_apart() {
    // Two items that are named, and two that refer to them the other way around.
    for (tag, vr, sequence, referring) in [
        (0x0048_0106, VR::SH, 0x0048_0105, 0x0048_0207),
        (0x0070_0002, VR::CS, 0x0070_0060, 0x0070_1905),
        (0x0020_9056, VR::SH, 0x0020_9111, 0x0048_0207),
    ] {
        let items = |names: [&str; 2]| {
            Node::Items(names.map(|name| Item::from([(tag, text(vr, name))])).to_vec())
        };
        let mut item = image(CT, "1.2.3", false);
        item.insert(sequence, items(["QUILLERBY", "Q7731905"]));
        item.insert(referring, items(["Q7731905 ", "QUILLERBY"]));
        let bytes = file(&item, EXPLICIT);
        let names = |key: u8| -> Vec<String> {
            let (clean, _) = clean_file(&project(Profile::default(), key), &bytes).unwrap();
            let [a, b, c, d] = u32::to_be_bytes(tag);
            let found = clean.windows(20).filter(|window| window.starts_with(&[b, a, d, c]));
            found.map(|window| String::from_utf8_lossy(&window[8..18]).into_owned()).collect()
        };
        let after = names(1);
        assert_eq!(after.len(), 4, "{tag:08X} {after:?}");
        assert_eq!((&after[0], &after[1]), (&after[3], &after[2]), "{tag:08X}");
        assert_ne!(after[0], after[1], "{tag:08X}");
        assert!(after.iter().all(|name| name.starts_with("ID")), "{tag:08X} {after:?}");
        assert!(names(2).iter().all(|name| !after.contains(name)), "{tag:08X}");
    }
}
