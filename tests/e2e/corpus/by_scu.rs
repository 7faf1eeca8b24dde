//! By C-STORE.

use std::collections::{BTreeMap, BTreeSet};

use lightcase_dimse::scu::Outcome;

use super::exceptions::{NOT_SENT_BY_DCMTK, REFUSED, SPOILT_BY_DCMTK, UNKNOWN_TO_DCMTK};
use super::sample::{Sample, samples};
use super::{ARCHIVES, Held, archive, dcmtk_pair, held};
use crate::caller::Caller;
use crate::house::{Backend, House};
use crate::{dcmtk, scu};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corpus_by_store_sqlite_and_folder() {
    Box::pin(check(Backend::Embedded)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corpus_by_store_postgres_and_s3() {
    Box::pin(check(Backend::Production)).await;
}

/// What became of a sample in one round.
enum Verdict {
    Held,
    Refused,
    /// DCMTK did not send it.
    Unsent,
}

async fn check(backend: Backend) {
    if dcmtk::tool("storescu").is_none() {
        return;
    }
    let Some(mut left) = samples("the corpus by storescu") else { return };
    let mut unsent = BTreeSet::new();
    for round in 0.. {
        assert!(round < 2 * ARCHIVES, "never taken: {left:#?}");
        let Some((house, reader)) = archive(backend) else { return };
        let verdicts = one_round(&house, &reader, &left, &unsent).await;
        let before = (left.len(), unsent.len());
        left.retain(|sample| match verdicts.get(&sample.path) {
            Some(Verdict::Held) => false,
            Some(Verdict::Unsent) => {
                unsent.insert(sample.path.clone());
                true
            }
            Some(Verdict::Refused) | None => true,
        });
        println!("archive {round}: {} left of {}", left.len(), before.0);
        if (left.len(), unsent.len()) == before {
            break;
        }
    }
    let refused: BTreeSet<&str> = left.iter().map(|sample| sample.path.as_str()).collect();
    assert_eq!(refused, REFUSED.iter().map(|(path, _, _)| *path).collect());
    // Another release of DCMTK may send more of them, but not fewer.
    let known: BTreeSet<&str> = NOT_SENT_BY_DCMTK.iter().map(|(path, _)| *path).collect();
    let news: Vec<_> = unsent.iter().filter(|path| !known.contains(path.as_str())).collect();
    assert!(news.is_empty(), "{news:#?}");
}

/// Sends one object of each SOP Instance UID that is left.
async fn one_round(
    house: &House,
    reader: &Caller,
    left: &[Sample],
    unsent: &BTreeSet<String>,
) -> BTreeMap<String, Verdict> {
    let (mut seen, mut by_syntax) = (BTreeSet::new(), BTreeMap::<&str, Vec<&Sample>>::new());
    let mut own = Vec::new();
    for sample in left.iter().filter(|sample| seen.insert(&sample.instance)) {
        let unknown = UNKNOWN_TO_DCMTK.iter().any(|(uid, _)| sample.syntax.starts_with(uid));
        let spoilt = SPOILT_BY_DCMTK.iter().any(|(path, _)| sample.path == *path);
        if unknown || spoilt || unsent.contains(&sample.path) {
            own.push(sample);
        } else {
            by_syntax.entry(&sample.syntax).or_default().push(sample);
        }
    }
    let mut verdicts = BTreeMap::new();
    for (syntax, samples) in by_syntax {
        for sample in &samples {
            verdicts.insert(sample.path.clone(), Verdict::Unsent);
        }
        verdicts.extend(by_dcmtk(house, reader, syntax, &samples).await);
    }
    for sample in own {
        verdicts.insert(sample.path.clone(), by_ourselves(house, reader, sample).await);
    }
    verdicts
}

async fn by_dcmtk(
    house: &House,
    reader: &Caller,
    syntax: &str,
    samples: &[&Sample],
) -> Vec<(String, Verdict)> {
    let folder = tempfile::tempdir().unwrap();
    let profile = dcmtk_pair::profile(folder.path(), syntax, samples).await;
    dcmtk_pair::send(dcmtk::place(house.server.dicom()), &profile, samples).await.unwrap();
    let sent = dcmtk_pair::received(&profile, samples).await.unwrap();
    let mut verdicts = Vec::new();
    for sample in samples {
        let sent = sample.instance.as_ref().and_then(|instance| sent.get(instance));
        let Some(sent) = sent else { continue };
        let verdict = match held(reader, sample, sent).await {
            Held::Same => Verdict::Held,
            Held::Nothing => Verdict::Refused,
            verdict @ (Held::OtherSyntax | Held::Other) => {
                panic!("{}: {verdict:?}", sample.path);
            }
        };
        verdicts.push((sample.path.clone(), verdict));
    }
    verdicts
}

async fn by_ourselves(house: &House, reader: &Caller, sample: &Sample) -> Verdict {
    let (Some(class), Some(instance)) = (&sample.class, &sample.instance) else {
        return Verdict::Refused;
    };
    let mut data_set = sample.data_set();
    let object = scu::outgoing(class, instance, &sample.syntax, data_set.clone());
    match scu::send_as(&house.server, "SCU", object).await {
        Ok(Outcome::Stored(_)) => {
            // What is sent is of even length.
            data_set.resize(data_set.len().next_multiple_of(2), 0);
            let verdict = held(reader, sample, &data_set).await;
            assert_eq!(verdict, Held::Same, "{}", sample.path);
            Verdict::Held
        }
        other => {
            println!("{}: {other:?}", sample.path);
            Verdict::Refused
        }
    }
}
