//! The phantoms: reproducible, well formed, and with the pixels they claim.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use lightcase_testkit::phantom::{PATIENT_NAME, Series, Study, ct_value, grey, probes};

/// The value read back from the bytes of the object, at its end, as a viewer would.
fn from_bytes(study: &Study, series: &Series, slice: u32, x: u32, y: u32) -> i32 {
    let set = study.instance(series, slice).data_set;
    let columns = usize::from(series.columns);
    let pixels = set.get(set.len() - columns * columns * 2..).unwrap();
    let at = (usize::try_from(y).unwrap() * columns + usize::try_from(x).unwrap()) * 2;
    i32::from(u16::from_le_bytes([pixels[at], pixels[at + 1]])) + series.intercept()
}

#[test]
fn pixels_in_the_bytes_are_the_values_promised() {
    for study in [Study::ct_of(1, 9, 128), Study::mr_of(1, 5)] {
        for series in &study.series {
            for slice in 1..=series.slices {
                for n in (0..u32::from(series.columns)).step_by(7) {
                    let (x, y) = (n, (n * 5 + slice) % u32::from(series.columns));
                    assert_eq!(
                        from_bytes(&study, series, slice, x, y),
                        series.value(slice, x, y),
                        "{} slice {slice} at {x},{y}",
                        series.description
                    );
                }
            }
        }
    }
}

#[test]
fn the_ct_is_in_hounsfield_units() {
    assert_eq!(ct_value(84, 5, 5), -1000);
    let study = Study::ct(1);
    let found: Vec<(&str, i32)> =
        probes(&study.series[0]).iter().map(|probe| (probe.place, probe.value)).collect();
    assert_eq!(
        found,
        [
            ("air", -1000),
            ("skull", 1000),
            ("brain", 40),
            ("left ventricle", 10),
            ("right ventricle", 10),
            ("air cavity", -1000),
            ("rod", 300),
        ]
    );
}

#[test]
fn every_mr_series_has_probes() {
    for series in &Study::mr(1).series {
        let places: Vec<_> = probes(series).iter().map(|probe| probe.place).collect();
        assert!(places.len() >= 3, "{}: {places:?}", series.description);
    }
}

#[test]
fn left_right_front_back_head_and_feet_differ() {
    let series = Study::ct(1).series.remove(0);
    let last = u32::from(series.columns) - 1;
    let slice = |n: u32| series.pixels(n);
    assert_ne!(slice(60), slice(109), "mirrored along the body");
    let differs = |flip: &dyn Fn(u32, u32) -> (u32, u32)| {
        (0..=last).any(|x| {
            (0..=last).step_by(4).any(|y| {
                let (fx, fy) = flip(x, y);
                series.value(60, x, y) != series.value(60, fx, fy)
            })
        })
    };
    assert!(differs(&|x, y| (last - x, y)));
    assert!(differs(&|x, y| (x, last - y)));
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let bytes = |seed| Study::mr_of(seed, 2).instances().map(|i| i.data_set).collect::<Vec<_>>();
    assert_eq!(bytes(3), bytes(3));
    assert_ne!(bytes(3), bytes(4));
    assert_ne!(Study::ct(3).uid, Study::ct(4).uid);
    assert_ne!(Study::ct(3).uid, Study::mr(3).uid);
    let name = PATIENT_NAME.as_bytes();
    assert!(bytes(3)[0].windows(name.len()).any(|part| part == name));
}

#[test]
fn tags_ascend() {
    for study in [Study::ct_of(1, 1, 64), Study::mr_of(1, 1)] {
        for instance in study.instances() {
            let set = instance.data_set;
            let (mut at, mut last) = (0, 0);
            while at < set.len() {
                let tag = u32::from(u16::from_le_bytes([set[at], set[at + 1]])) << 16
                    | u32::from(u16::from_le_bytes([set[at + 2], set[at + 3]]));
                assert!(tag > last, "{tag:08x} after {last:08x}");
                last = tag;
                let long = matches!(&set[at + 4..at + 6], b"SQ" | b"OW" | b"OB");
                let length = if long {
                    let bytes = [set[at + 8], set[at + 9], set[at + 10], set[at + 11]];
                    usize::try_from(u32::from_le_bytes(bytes)).unwrap()
                } else {
                    usize::from(u16::from_le_bytes([set[at + 6], set[at + 7]]))
                };
                at += if long { 12 } else { 8 } + length;
            }
            assert_eq!(at, set.len());
        }
    }
}

#[test]
fn greys_follow_the_linear_window() {
    assert_eq!(grey(-1000, (40, 400)), 0);
    assert_eq!(grey(1000, (40, 400)), 255);
    assert_eq!(grey(40, (40, 400)), 128);
    assert_eq!(grey(10, (40, 400)), 109);
}
