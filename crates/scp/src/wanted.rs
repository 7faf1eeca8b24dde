//! The identifier of a C-GET or C-MOVE as unique keys, PS3.4 section C.4.2.2.1.

use std::str::FromStr;

use futures::StreamExt;
use lightcase_catalog::Wanted;
use lightcase_dataset::{Identifier, IdentifierReader, Tag, TransferSyntax};
use lightcase_dimse::{Body, Context, Response, Status};
use lightcase_model::Phi;

use crate::models::is_patient_root;

/// The longest identifier taken, in bytes: room for tens of thousands of UIDs.
const LONGEST: usize = 4 << 20;
/// The most UIDs of one key, below the bind limit of the index.
const UIDS: usize = 20_000;

const QUERY_RETRIEVE_LEVEL: Tag = Tag(0x0008_0052);
const PATIENT_ID: Tag = Tag(0x0010_0020);
const ISSUER_OF_PATIENT_ID: Tag = Tag(0x0010_0021);
const STUDY_INSTANCE_UID: Tag = Tag(0x0020_000D);
const SERIES_INSTANCE_UID: Tag = Tag(0x0020_000E);
const SOP_INSTANCE_UID: Tag = Tag(0x0008_0018);

/// Reads an identifier to its end. Nothing is made of one that names no object clearly: rather
/// than more than was meant, nothing is handed over.
pub(crate) async fn wanted(body: Body, context: &Context) -> Result<Wanted, Response> {
    let syntax = TransferSyntax::of(&context.transfer_syntax);
    let identifier = identifier(body, &syntax, LONGEST).await?;
    keys(&identifier, is_patient_root(&context.abstract_syntax))
}

/// A small data set that a peer sends.
pub(crate) async fn identifier(
    mut body: Body,
    syntax: &TransferSyntax,
    longest: usize,
) -> Result<Identifier, Response> {
    let unreadable =
        |_error| Response::because(Status::CANNOT_UNDERSTAND, "The data set cannot be read");
    let mut reader = IdentifierReader::new(syntax, longest).map_err(unreadable)?;
    while let Some(part) = body.next().await {
        let aborted = |_error| Response::of(Status::CANNOT_UNDERSTAND);
        reader.push(&part.map_err(aborted)?).map_err(unreadable)?;
    }
    reader.finish().map_err(unreadable)
}

fn keys(identifier: &Identifier, patient_root: bool) -> Result<Wanted, Response> {
    let text = |tag| identifier.text(tag).map(str::trim).filter(|text| !text.is_empty());
    let wanted = Wanted {
        patient_id: text(PATIENT_ID).map(|id| Phi::new(id.to_owned())),
        issuer: text(ISSUER_OF_PATIENT_ID).map(str::to_owned),
        studies: uids(identifier, STUDY_INSTANCE_UID)?,
        series: uids(identifier, SERIES_INSTANCE_UID)?,
        instances: uids(identifier, SOP_INSTANCE_UID)?,
    };
    let deep = [wanted.studies.is_empty(), wanted.series.is_empty(), wanted.instances.is_empty()];
    let fits = match (text(QUERY_RETRIEVE_LEVEL), deep) {
        (Some("PATIENT"), [true, true, true]) => patient_root && wanted.patient_id.is_some(),
        (Some("STUDY"), [false, true, true])
        | (Some("SERIES"), [_, false, true])
        | (Some("IMAGE"), [_, _, false]) => true,
        _ => false,
    };
    if fits { Ok(wanted) } else { Err(mismatch("The unique keys are not those of the level")) }
}

fn uids<T: FromStr>(identifier: &Identifier, tag: Tag) -> Result<Vec<T>, Response> {
    let found = identifier.texts(tag).map(|uid| uid.trim().parse());
    let found: Result<Vec<T>, _> = found.take(UIDS.saturating_add(1)).collect();
    let found = found.map_err(|_error: T::Err| mismatch("A unique key is not a list of UIDs"))?;
    if found.len() > UIDS {
        return Err(mismatch("A unique key lists more UIDs than are taken at once"));
    }
    Ok(found)
}

fn mismatch(why: &str) -> Response {
    Response::because(Status::DATA_SET_DOES_NOT_MATCH_SOP_CLASS, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(patient_root: bool, level: &str, given: &[(Tag, &str)], expected: bool) {
        let mut identifier = Identifier::default();
        identifier.put_text(QUERY_RETRIEVE_LEVEL, level);
        for (tag, text) in given {
            identifier.put_text(*tag, *text);
        }
        let found = keys(&identifier, patient_root);
        assert_eq!(found.is_ok(), expected, "{level} {given:?} {found:?}");
    }

    #[test]
    fn keys_are_those_of_the_level_or_nothing_is_handed_over() {
        let (patient, study) = ((PATIENT_ID, "P1"), (STUDY_INSTANCE_UID, "1.2\\1.3"));
        let (series, image) = ((SERIES_INSTANCE_UID, "1.2.1"), (SOP_INSTANCE_UID, "1.2.1.1"));
        check(true, "PATIENT", &[patient], true);
        check(false, "PATIENT", &[patient], false);
        check(true, "PATIENT", &[], false);
        check(true, "PATIENT", &[(PATIENT_ID, " ")], false);
        check(true, "STUDY", &[patient, study], true);
        check(false, "STUDY", &[study], true);
        check(false, "STUDY", &[], false);
        check(false, "STUDY", &[study, series], false);
        check(false, "STUDY", &[study, (SERIES_INSTANCE_UID, "")], true);
        check(false, "STUDY", &[(STUDY_INSTANCE_UID, "1.2.*")], false);
        check(false, "STUDY", &[(STUDY_INSTANCE_UID, "*")], false);
        check(false, "STUDY", &[(STUDY_INSTANCE_UID, "../../etc/x")], false);
        check(false, "SERIES", &[series], true);
        check(false, "SERIES", &[study, series, image], false);
        check(false, "IMAGE", &[study, series, image], true);
        check(false, "IMAGE", &[study, series], false);
        check(false, "FRAME", &[image], false);
        check(false, "", &[study], false);
    }
}
