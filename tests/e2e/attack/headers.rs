//! Large headers, of many associations at once: each is within the limits, all of them are not.

use std::io::Cursor;
use std::sync::Arc;

use futures::stream;
use lightcase_dimse::scu::{Outcome, Outgoing, Source, store};
use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid};
use lightcase_testkit::phantom::Elements;
use tokio::io::AsyncReadExt as _;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio_util::io::StreamReader;

use super::memory::unharmed;
use super::raw::{CT, EXPLICIT};
use super::shapes::{Ids, object};
use crate::house::{Backend, House};
use crate::scu::{outgoing, send, target};

const AT_ONCE: u32 = 24;

/// Nearly a million elements without a value, in private groups.
fn many_elements(ids: &Ids) -> Vec<u8> {
    object(CT, ids, |set| {
        for group in (0x0021_u16..0x0041).step_by(2) {
            for element in 0x1000_u16..=0xffff {
                let [g, e] = [group.to_le_bytes(), element.to_le_bytes()];
                set.append(&[g[0], g[1], e[0], e[1], b'L', b'O', 0, 0]);
            }
        }
    })
}

/// 15 MiB before anything says which study it is of.
fn late_identity(ids: &Ids) -> Vec<u8> {
    let mut set = Elements::default();
    set.text(0x0008_0016, *b"UI", CT).text(0x0008_0018, *b"UI", &ids.instance);
    for element in 0x1000_u16..0x10f0 {
        let [low, high] = element.to_le_bytes();
        set.append(&[9, 0, low, high, b'O', b'B', 0, 0, 0, 0, 1, 0]).append(&[7].repeat(1 << 16));
    }
    set.text(0x0010_0020, *b"LO", "ATTACK").text(0x0020_000d, *b"UI", &ids.study).text(
        0x0020_000e,
        *b"UI",
        &ids.series,
    );
    set.into_bytes()
}

/// An object whose last byte comes when all of them have come so far.
fn held_back(ids: &Ids, data_set: &[u8], all: Arc<Barrier>) -> Outgoing {
    let (last, first) = data_set.split_last().unwrap();
    let (last, first) = (Cursor::new(vec![*last]), Cursor::new(first.to_vec()));
    let wait = stream::once(Box::pin(async move {
        all.wait().await;
        std::io::Result::Ok(Cursor::new(&b""[..]))
    }));
    Outgoing {
        class: SopClassUid::parse(CT).unwrap(),
        instance: SopInstanceUid::parse(&ids.instance).unwrap(),
        syntax: TransferSyntaxUid::parse(EXPLICIT).unwrap(),
        source: Source::Reader(Box::new(first.chain(StreamReader::new(wait)).chain(last))),
    }
}

async fn check(make: fn(&Ids) -> Vec<u8>) {
    let house = House::start(Backend::Embedded).unwrap();
    let all = Arc::new(Barrier::new(usize::try_from(AT_ONCE).unwrap()));
    let mut sending = JoinSet::new();
    for n in 1..=AT_ONCE {
        let (ids, to) = (Ids::of(1, n), target(&house.server, "SCU"));
        let object = held_back(&ids, &make(&ids), Arc::clone(&all));
        sending.spawn(async move {
            let mut code = None;
            let each = |_: &SopInstanceUid, outcome: &Outcome| {
                if let Outcome::Stored(status) | Outcome::Refused(status, _) = outcome {
                    code = Some(status.code());
                }
            };
            store(&to, vec![object], each).await.unwrap();
            code.unwrap()
        });
    }
    let codes = sending.join_all().await;
    assert!(codes.iter().all(|code| matches!(code, 0 | 0xA700)), "{codes:x?}");
    assert!(codes.contains(&0) && codes.contains(&0xA700), "{codes:x?}");
    // What found no room then finds it now.
    let ids = Ids::of(1, AT_ONCE);
    assert_eq!(send(&house.server, outgoing(CT, &ids.instance, EXPLICIT, make(&ids))).await, 0);
    unharmed(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_headers_of_many_elements_share_their_memory() {
    check(many_elements).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_headers_without_identity_share_their_memory() {
    check(late_identity).await;
}
