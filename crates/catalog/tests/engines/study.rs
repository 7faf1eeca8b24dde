//! Made-up studies, as ingest would enter them.

use std::collections::BTreeSet;

use lightcase_audit::{AccessId, Event};
use lightcase_catalog::{
    Indexed, Location, NewInstance, NewKey, NewStudy, Outcome, StudyOpening, Tx,
};
use lightcase_model::{
    CollectionId, Ctx, Phi, SeriesId, SeriesUid, SopInstanceUid, StudyId, StudyUid, Timestamp,
    TransferSyntaxUid,
};
use lightcase_storage::{ObjectId, SubjectKeyId};

use crate::engine::Engine;

/// 2026-11-22T00:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_795_305_600_000_000);
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

/// A study that is held: patient `P<number>`, name `Doe^Jane`, dated in November 2026.
pub(crate) struct Held {
    pub(crate) uid: StudyUid,
    pub(crate) id: StudyId,
    pub(crate) key: SubjectKeyId,
    pub(crate) access: AccessId,
    pub(crate) series: Vec<(SeriesUid, SeriesId)>,
}

impl Held {
    pub(crate) fn series_ids(&self) -> BTreeSet<SeriesId> {
        self.series.iter().map(|(_, id)| *id).collect()
    }
}

pub(crate) fn study_uid(number: u32) -> StudyUid {
    StudyUid::parse(&format!("1.2.3.{number}")).unwrap()
}

pub(crate) fn new_study(number: u32) -> NewStudy {
    NewStudy {
        collection: CollectionId::ARCHIVE,
        issuer: String::new(),
        patient_id: Phi::new(format!("P{number}")),
        patient_name: Phi::new("Doe^Jane".to_owned()),
        birth_date: Phi::new("19700101".to_owned()),
        sex: "F".to_owned(),
        study_uid: study_uid(number),
        study_date: format!("202611{:02}", number % 30 + 1),
        study_time: "101500".to_owned(),
        accession_number: Phi::new(format!("A_{number}")),
        description: "Head".to_owned(),
        referring_physician: Phi::new("Müller^Ümit".to_owned()),
        received_at: NOW,
    }
}

/// Instance `instance` of series `series`: CT in the first series, MR in the others, two frames.
pub(crate) fn new_instance(
    (study, key): (StudyId, SubjectKeyId),
    access: AccessId,
    (number, series, instance): (u32, u32, u32),
) -> NewInstance {
    let content = u8::try_from(instance % 256).unwrap();
    NewInstance {
        collection: CollectionId::ARCHIVE,
        study,
        series_uid: SeriesUid::parse(&format!("1.2.3.{number}.{series}")).unwrap(),
        modality: if series == 1 { "CT" } else { "MR" }.to_owned(),
        series_number: i64::from(series),
        series_date: "20261122".to_owned(),
        series_time: "101600".to_owned(),
        series_description: format!("series {series}"),
        body_part: "HEAD".to_owned(),
        sop_uid: SopInstanceUid::parse(&format!("1.2.3.{number}.{series}.{instance}")).unwrap(),
        sop_class: "1.2.840.10008.5.1.4.1.1.2".parse().unwrap(),
        transfer_syntax: TransferSyntaxUid::parse(EXPLICIT).unwrap(),
        instance_number: i64::from(instance),
        frames: 2,
        rows: 512,
        columns: 512,
        bits_allocated: 16,
        location: Location {
            object: ObjectId::random(),
            sealed_offset: 0,
            sealed_length: 2000,
            plain_length: 1800,
            subject_key: key,
            record_length: 100,
            file_length: 1700,
            file_sha256: [content; 32],
            file_crc32: u32::MAX,
            meta_length: 400,
            data_set_sha256: [content; 32],
        },
        image: "{}".to_owned(),
        metadata: vec![1, 2, 3],
        expectations: Vec::new(),
        clean: None,
        clean_into: None,
        store_access: access,
        study_id: format!("{number}"),
        received_at: NOW,
    }
}

/// Opens a study in a transaction under a fresh candidate key.
pub(crate) async fn open(engine: &Engine, tx: &mut Tx, new: &NewStudy) -> StudyOpening {
    let (key, wrapped) = engine.ring.generate().await.unwrap();
    tx.open_study(new, Some(&NewKey { id: key.id(), wrapped })).await.unwrap()
}

/// Enters a study with so many series of so many instances each, as one store access.
pub(crate) async fn hold(engine: &Engine, number: u32, series: u32, instances: u32) -> Held {
    hold_as(engine, new_study(number), (number, series, instances)).await
}

/// The same with other attributes of patient and study.
pub(crate) async fn hold_as(
    engine: &Engine,
    new: NewStudy,
    (number, series, instances): (u32, u32, u32),
) -> Held {
    let access = AccessId::random();
    let mut tx = engine.catalog.begin().await.unwrap();
    let StudyOpening::Open { study, subject_key, .. } = open(engine, &mut tx, &new).await else {
        panic!("the study is held with another patient")
    };
    let event = Event::StoreBegun {
        access_id: access,
        study,
        patient_name: new.patient_name.clone(),
        patient_id: new.patient_id.clone(),
        study_uid: Phi::new(new.study_uid.to_string()),
    };
    tx.record(&Ctx::system(NOW), event).await.unwrap();
    let mut held =
        Held { uid: new.study_uid, id: study, key: subject_key, access, series: Vec::new() };
    for series in 1..=series {
        let mut row = None;
        for instance in 1..=instances {
            let new = new_instance((study, subject_key), access, (number, series, instance));
            let Outcome::Indexed(Indexed { series, .. }) = tx.index(&new).await.unwrap() else {
                panic!("the instance is held already")
            };
            row = Some((new.series_uid, series));
        }
        held.series.extend(row);
    }
    tx.commit().await.unwrap();
    held
}
