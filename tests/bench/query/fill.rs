//! What is looked for: studies of one small object each.

use anyhow::bail;
use bytes::Bytes;
use lightcase_dimse::scu::{Outcome, Outgoing, Session, Source, Target};
use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid, Uid};
use lightcase_testkit::phantom::Elements;
use tokio::task::JoinSet;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const EXPLICIT_VR_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";
/// Senders at once.
const SENDERS: u32 = 8;
/// Parts that names are made of: common enough that a part is found in many of them.
const FAMILY: [&str; 20] = [
    "Abegg",
    "Berger",
    "Castellan",
    "Dubois",
    "Eriksen",
    "Fontaine",
    "Grabowski",
    "Hoffmann",
    "Ivanova",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Oliveira",
    "Petersen",
    "Quispe",
    "Romano",
    "Schneider",
    "Takahashi",
];

/// The study of a number.
pub(crate) fn study(n: u32) -> String {
    format!("1.2.826.0.1.3680043.10.1.{n}")
}

/// The patient of a number: the name is of nobody else.
pub(crate) fn patient(n: u32) -> (String, String) {
    let family = usize::try_from(n).ok().and_then(|n| FAMILY.get(n % FAMILY.len()));
    let given = n.wrapping_mul(2_654_435_761);
    (format!("{}^Pat{given:08x}", family.unwrap_or(&"Abegg")), format!("BENCH-{n:06}"))
}

/// The day of a study: twenty years of them.
pub(crate) fn date(n: u32) -> String {
    format!("{}{:02}{:02}", 2005 + n % 20, 1 + n / 20 % 12, 1 + n / 240 % 28)
}

/// Sends studies 0 to `studies`.
pub(crate) async fn fill(target: &Target, studies: u32) -> anyhow::Result<()> {
    let mut sending = JoinSet::new();
    for sender in 0..SENDERS {
        let target = target.clone();
        sending.spawn(async move {
            let context = (Uid::parse(CT)?, TransferSyntaxUid::parse(EXPLICIT_VR_LITTLE_ENDIAN)?);
            let mut session = Session::connect(&target, &[context]).await?;
            for n in (sender..studies).step_by(SENDERS.try_into()?) {
                match session.store(object(n)?).await? {
                    Outcome::Stored(_) => {}
                    other
                    @ (Outcome::Refused(..) | Outcome::NoContext | Outcome::Unreadable(_)) => {
                        bail!("study {n}: {other:?}")
                    }
                }
            }
            anyhow::Ok(session.release().await?)
        });
    }
    while let Some(sent) = sending.join_next().await {
        sent??;
    }
    Ok(())
}

fn object(n: u32) -> anyhow::Result<Outgoing> {
    let (study, (name, id), date) = (study(n), patient(n), date(n));
    let instance = format!("{study}.1.1");
    let mut set = Elements::default();
    set.text(0x0008_0016, *b"UI", CT)
        .text(0x0008_0018, *b"UI", &instance)
        .text(0x0008_0020, *b"DA", &date)
        .text(0x0008_0050, *b"SH", &format!("A{n:08}"))
        .text(0x0008_0060, *b"CS", "CT")
        .text(0x0008_1030, *b"LO", "Head")
        .text(0x0010_0010, *b"PN", &name)
        .text(0x0010_0020, *b"LO", &id)
        .text(0x0020_000d, *b"UI", &study)
        .text(0x0020_000e, *b"UI", &format!("{study}.1"))
        .text(0x0020_0013, *b"IS", "1");
    Ok(Outgoing {
        class: SopClassUid::parse(CT)?,
        instance: SopInstanceUid::parse(&instance)?,
        syntax: TransferSyntaxUid::parse(EXPLICIT_VR_LITTLE_ENDIAN)?,
        source: Source::Bytes(Bytes::from(set.into_bytes())),
    })
}
