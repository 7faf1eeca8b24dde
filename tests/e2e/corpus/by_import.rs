//! By `lightcase import`.

use std::collections::BTreeMap;
use std::path::Path;

use super::exceptions::REFUSED;
use super::sample::{Sample, samples};
use super::{ARCHIVES, Held, archive, held};
use crate::house::{Backend, House};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corpus_by_import_sqlite_and_folder() {
    Box::pin(check(Backend::Embedded)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corpus_by_import_postgres_and_s3() {
    Box::pin(check(Backend::Production)).await;
}

async fn check(backend: Backend) {
    let Some(mut left) = samples("the corpus by import") else { return };
    let mut refused = BTreeMap::new();
    // Variants of one object contradict each other: what an archive refuses as a contradiction,
    // or holds already in another transfer syntax, goes into the next one.
    for round in 0.. {
        assert!(round < ARCHIVES, "never taken: {left:#?}");
        let Some((house, reader)) = archive(backend) else { return };
        let verdicts = import(&house, &left);
        let (mut conflicts, before) = (Vec::new(), left.len());
        for sample in left {
            match verdicts.get(&sample.path) {
                None => match held(&reader, &sample, &sample.data_set()).await {
                    Held::Same => {}
                    Held::OtherSyntax => conflicts.push(sample),
                    verdict @ (Held::Other | Held::Nothing) => {
                        panic!("{}: {verdict:?}", sample.path);
                    }
                },
                Some(reason) if reason == "Conflict" => conflicts.push(sample),
                Some(reason) => {
                    refused.insert(sample.path, reason.clone());
                }
            }
        }
        println!("archive {round}: {} left of {before}", conflicts.len());
        left = conflicts;
        if left.is_empty() {
            break;
        }
    }
    let expected: BTreeMap<String, String> = REFUSED
        .iter()
        .map(|(path, reason, _)| {
            let reason = if INDEXES.contains(path) { "Index" } else { reason };
            ((*path).to_owned(), reason.to_owned())
        })
        .collect();
    assert_eq!(refused, expected);
}

/// Indexes of media: an import knows them by their class, and leaves them out.
const INDEXES: [&str; 2] = ["dicomdir/DICOMDIR", "series/ct-philips-ingenuity-4010/DIRFILE"];

/// Imports all; the reasons of those that were refused, by path. A DICOMDIR brings the rest of its
/// folder along, which is nobody's sample.
fn import(house: &House, samples: &[Sample]) -> BTreeMap<String, String> {
    let mut arguments = vec!["--json"];
    arguments.extend(samples.iter().map(|sample| sample.file.to_str().unwrap()));
    let answer = house.ask_leniently("import", &arguments);
    let path = |file: &str| {
        let found = samples.iter().find(|sample| sample.file == Path::new(file));
        found.map(|sample| sample.path.clone())
    };
    let refused = answer["refused"].as_array().unwrap().iter().filter_map(|refusal| {
        assert!(refusal["sentence"].as_str().unwrap().len() > 10, "{refusal}");
        let reason = refusal["reason"].as_str().unwrap().to_owned();
        Some((path(refusal["file"].as_str().unwrap())?, reason))
    });
    let indexes = answer["indexes"].as_array().unwrap().iter();
    let indexes = indexes.filter_map(|file| Some((path(file.as_str().unwrap())?, "Index".into())));
    refused.chain(indexes).collect()
}
