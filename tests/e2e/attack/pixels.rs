//! Image modules that lie: refused before a decoder sees a byte.

use super::memory::unharmed;
use super::raw::{CT, EXPLICIT};
use super::shapes::{Ids, identify};
use crate::caller::Caller;
use crate::house::House;
use crate::scu::{outgoing, send};

use lightcase_testkit::phantom::Elements;

on_both!(a22_images_that_lie_are_refused_before_they_are_decoded);

/// What an image says of itself.
#[derive(Clone)]
struct Lie {
    what: &'static str,
    samples: u16,
    photometric: &'static str,
    frames: &'static str,
    size: (u16, u16),
    bits: (u16, u16, u16),
    /// Descriptor and bytes of each of the three lookup tables.
    palette: Option<([u16; 3], usize)>,
    pixels: usize,
    /// The frame that is asked for.
    frame: u32,
}

/// An image of 8 by 8 that is what it says.
const TRUE: Lie = Lie {
    what: "the truth",
    samples: 1,
    photometric: "MONOCHROME2",
    frames: "1",
    size: (8, 8),
    bits: (16, 16, 15),
    palette: None,
    pixels: 128,
    frame: 1,
};

fn lies() -> Vec<Lie> {
    let colour = Lie { photometric: "PALETTE COLOR", bits: (8, 8, 7), pixels: 64, ..TRUE };
    vec![
        Lie { what: "65535 rows and columns", size: (65_535, 65_535), ..TRUE },
        Lie { what: "2^31 frames", frames: "2147483648", frame: 2_147_483_647, ..TRUE },
        Lie {
            what: "2^31 - 1 frames of 65535",
            frames: "2147483647",
            frame: 2_147_483_647,
            size: (65_535, 65_535),
            ..TRUE
        },
        Lie { what: "less than no frames", frames: "-1", frame: 2, ..TRUE },
        Lie { what: "bits 0", bits: (0, 0, 0), ..TRUE },
        Lie { what: "bits 33", bits: (33, 33, 32), ..TRUE },
        Lie { what: "bits 65535", bits: (65_535, 65_535, 65_535), ..TRUE },
        Lie { what: "more bits stored than allocated", bits: (16, 32, 31), ..TRUE },
        Lie { what: "a high bit beyond", bits: (16, 12, 3), ..TRUE },
        Lie { what: "no rows", size: (0, 8), ..TRUE },
        Lie { what: "no samples", samples: 0, ..TRUE },
        Lie { what: "65535 samples", samples: 65_535, ..TRUE },
        Lie { what: "too few pixels", pixels: 126, ..TRUE },
        Lie { what: "no pixels", pixels: 0, ..TRUE },
        Lie { what: "a palette without tables", ..colour.clone() },
        Lie {
            what: "a table shorter than it says",
            palette: Some(([256, 0, 16], 2)),
            ..colour.clone()
        },
        Lie { what: "a table of 77 bits", palette: Some(([256, 0, 77], 512)), ..colour },
    ]
}

fn data_set(lie: &Lie, ids: &Ids) -> Vec<u8> {
    let mut set = Elements::default();
    identify(&mut set, CT, ids, "Pixels^Anna");
    set.us(0x0028_0002, lie.samples)
        .text(0x0028_0004, *b"CS", lie.photometric)
        .text(0x0028_0008, *b"IS", lie.frames)
        .us(0x0028_0010, lie.size.0)
        .us(0x0028_0011, lie.size.1)
        .us(0x0028_0100, lie.bits.0)
        .us(0x0028_0101, lie.bits.1)
        .us(0x0028_0102, lie.bits.2)
        .us(0x0028_0103, 0);
    if let Some((descriptor, bytes)) = lie.palette {
        let descriptor: Vec<u8> = descriptor.iter().flat_map(|value| value.to_le_bytes()).collect();
        for tag in 0x0028_1101..=0x0028_1103 {
            set.bytes(tag, *b"US", &descriptor);
        }
        for tag in 0x0028_1201..=0x0028_1203 {
            set.bytes(tag, *b"OW", &vec![0x80; bytes]);
        }
    }
    set.bytes(0x7fe0_0010, *b"OW", &vec![0xff; lie.pixels]).clone().into_bytes()
}

async fn rendered(staff: &Caller, ids: &Ids, frame: u32) -> u16 {
    let reply = staff.get(&format!("{}/frames/{frame}/rendered", ids.path()), "image/png").await;
    assert!(reply.status == 200 || reply.reason().len() > 3, "{}", reply.text());
    reply.status
}

async fn a22_images_that_lie_are_refused_before_they_are_decoded(house: House) {
    let staff = house.signed_in("radiologist").await;
    for (lie, n) in lies().into_iter().zip(1..) {
        let ids = Ids::of(1, n);
        // It may be refused at the door; what is let in is kept as it is.
        let object = outgoing(CT, &ids.instance, EXPLICIT, data_set(&lie, &ids));
        let status = send(&house.server, object).await;
        assert!([0, 0xC000].contains(&status), "{}: {status:#06x}", lie.what);
        let status = rendered(&staff, &ids, lie.frame).await;
        assert!([400, 404, 406, 413].contains(&status), "{}: {status}", lie.what);
        for place in [format!("frames/{}", lie.frame), "thumbnail".to_owned()] {
            let reply = staff.get(&format!("{}/{place}", ids.path()), "*/*").await;
            assert!(reply.status < 500, "{} {place}: {}", lie.what, reply.text());
            assert!(reply.body.len() < 1 << 16, "{} {place}", lie.what);
        }
    }
    let log = house.log();
    assert!(!log.contains("ended unexpectedly") && !log.contains("took too long"), "{log}");

    // The same image is drawn when it does not lie, and a value beyond a table takes its last.
    let palette = Some(([16, 0, 16], 32));
    let beyond = Lie { photometric: "PALETTE COLOR", bits: (8, 8, 7), pixels: 64, palette, ..TRUE };
    for (image, n) in [TRUE, beyond].into_iter().zip(100..) {
        let ids = Ids::of(2, n);
        let object = outgoing(CT, &ids.instance, EXPLICIT, data_set(&image, &ids));
        assert_eq!(send(&house.server, object).await, 0);
        assert_eq!(rendered(&staff, &ids, 1).await, 200);
    }
    unharmed(&house).await;
}
