//! Look-up tables, palettes and waveforms that hold what the object itself tells of the patient.

use crate::support::{
    BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, Item, Node, clean_file, file, image, project, short, text,
};
use lightcase_dataset::VR;
use lightcase_deident::{Hold, Profile, Verdict};

const ECG: &str = "1.2.840.10008.5.1.4.1.1.9.1.2";

/// Samples that are no text, with one in them.
fn samples(told: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..2000_i32)
        .flat_map(|at| (at * 7919 % 991 - 400).to_le_bytes().into_iter().take(2))
        .collect();
    bytes[1000..1000 + told.len()].copy_from_slice(told);
    bytes
}

fn words(numbers: &[u16], big_endian: bool) -> Node {
    let bytes = |number: &u16| {
        if big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
    };
    Node::Value(VR::US, numbers.iter().flat_map(bytes).collect())
}

/// An image with a look-up table, and the waveform of a heart.
fn objects(told: &[u8], big_endian: bool) -> [Item; 3] {
    let data = Node::Value(VR::OW, samples(told));
    let descriptor = |big_endian| words(&[2000, 0, 16], big_endian);
    let mut table = image(CT, "1.2.3.4", big_endian);
    let lut = Item::from([(0x0028_3002, descriptor(big_endian)), (0x0028_3006, data.clone())]);
    table.insert(0x0028_3010, Node::Items(vec![lut]));
    let mut palette = image(CT, "1.2.3.4", big_endian);
    palette.insert(0x0028_0004, text(VR::CS, "PALETTE COLOR"));
    for nth in 1..=3 {
        palette.insert(0x0028_1100 + nth, descriptor(big_endian));
        palette.insert(0x0028_1200 + nth, data.clone());
    }
    let mut wave = image(ECG, "1.2.3.4", big_endian);
    wave.remove(&0x7FE0_0010);
    let long = |number: u32| {
        let bytes = if big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
        Node::Value(VR::UL, bytes.to_vec())
    };
    wave.insert(
        0x5400_0100,
        Node::Items(vec![Item::from([
            (0x003A_0005, short(1, big_endian)),
            (0x003A_0010, long(2000)),
            (0x5400_1004, short(16, big_endian)),
            (0x5400_1010, data),
        ])]),
    );
    [table, palette, wave].map(|mut item| {
        item.insert(0x0010_0010, text(VR::PN, "Quillerby^Anne"));
        item.insert(0x0010_0030, text(VR::DA, "19760904"));
        item
    })
}

#[track_caller]
fn check(told: &[u8], is_held: bool) {
    for syntax in [IMPLICIT, EXPLICIT, BIG_ENDIAN] {
        for item in objects(told, syntax == BIG_ENDIAN) {
            let bytes = file(&item, syntax);
            let (clean, done) = clean_file(&project(Profile::default(), 7), &bytes).unwrap();
            let held = Verdict::Held([Hold::Samples].into());
            let expected = if is_held { held } else { Verdict::Released };
            assert_eq!(done.report.verdict, expected, "{told:02X?} in {syntax}");
            let is_there = clean.windows(told.len()).any(|part| part == told);
            assert_eq!(is_there, !is_held || told.is_empty(), "{told:02X?} in {syntax}");
        }
    }
}

#[test]
fn samples_that_hold_what_the_object_tells_are_held() {
    check(b"Wainwright", false);
    check(b"7731906", false);
    for told in ["Quillerby", "QUILLERBY", "7731905", "19760904", "1976-09-04", "4.9.1976"] {
        check(told.as_bytes(), true);
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            check(&told.encode_utf16().flat_map(order).collect::<Vec<u8>>(), true);
        }
    }
}
