//! Action and event information, PS3.4 tables J.3-1 and J.3-2.

use lightcase_archive::CommitmentReport;
use lightcase_catalog::{Reference, Verdict};
use lightcase_dataset::{Identifier, Tag, TransferSyntax, WriteError};
use lightcase_dimse::{Response, Status};
use lightcase_model::{TransferSyntaxUid, Uid};

const RETRIEVE_AE_TITLE: Tag = Tag(0x0008_0054);
const REFERENCED_SOP_CLASS_UID: Tag = Tag(0x0008_1150);
const REFERENCED_SOP_INSTANCE_UID: Tag = Tag(0x0008_1155);
const TRANSACTION_UID: Tag = Tag(0x0008_1195);
const FAILURE_REASON: Tag = Tag(0x0008_1197);
const FAILED_SOP_SEQUENCE: Tag = Tag(0x0008_1198);
const REFERENCED_SOP_SEQUENCE: Tag = Tag(0x0008_1199);

/// The most objects of one request.
const MOST: usize = 20_000;

/// What a request is about.
pub(super) fn read(information: &Identifier) -> Result<(Uid, Vec<Reference>), Response> {
    let invalid = |why| Response::because(Status::INVALID_ATTRIBUTE_VALUE, why);
    let transaction = information.text(TRANSACTION_UID).unwrap_or_default().trim().parse();
    let transaction = transaction
        .map_err(|_error: lightcase_model::UidError| invalid("Transaction UID is not a UID"))?;
    let items = information.items(REFERENCED_SOP_SEQUENCE);
    if items.is_empty() {
        return Err(Response::because(Status::MISSING_ATTRIBUTE, "No Referenced SOP Sequence"));
    }
    if items.len() > MOST {
        let why = "Too many objects in one request";
        return Err(Response::because(Status::RESOURCE_LIMITATION, why));
    }
    let references = items.iter().map(|item| {
        let uid = |tag| item.text(tag).unwrap_or_default().trim();
        Some(Reference {
            sop_class: uid(REFERENCED_SOP_CLASS_UID).parse().ok()?,
            sop_uid: uid(REFERENCED_SOP_INSTANCE_UID).parse().ok()?,
        })
    });
    let references: Option<Vec<_>> = references.collect();
    let references = references.ok_or_else(|| invalid("A referenced UID is not a UID"))?;
    Ok((transaction, references))
}

/// Failure Reason (0008,1197), PS3.3 section C.14.1.1; `None` for what is committed.
fn failure(verdict: Verdict) -> Option<Status> {
    match verdict {
        Verdict::Committed => None,
        Verdict::NoSuchInstance => Some(Status::NO_SUCH_SOP_INSTANCE),
        Verdict::ClassConflict => Some(Status::CLASS_INSTANCE_CONFLICT),
        Verdict::Damaged => Some(Status::PROCESSING_FAILURE),
        Verdict::Unreadable => Some(Status::RESOURCE_LIMITATION),
    }
}

/// Event Type ID: 1 when all are committed, 2 when there are failures.
pub(super) fn event_type(report: &CommitmentReport) -> u16 {
    if report.verdicts.iter().all(|(_, verdict)| failure(*verdict).is_none()) { 1 } else { 2 }
}

/// The event information.
pub(super) fn write(
    report: &CommitmentReport,
    syntax: &TransferSyntaxUid,
) -> Result<Vec<u8>, WriteError> {
    let (mut committed, mut failed) = (Vec::new(), Vec::new());
    for (reference, verdict) in &report.verdicts {
        let mut item = Identifier::default();
        item.put_text(REFERENCED_SOP_CLASS_UID, reference.sop_class.as_str());
        item.put_text(REFERENCED_SOP_INSTANCE_UID, reference.sop_uid.as_str());
        match failure(*verdict) {
            None => committed.push(item),
            Some(reason) => {
                item.put_text(FAILURE_REASON, reason.code().to_string());
                failed.push(item);
            }
        }
    }
    let mut information = Identifier::default();
    information.put_text(TRANSACTION_UID, report.commitment.transaction.as_str());
    information.put_text(RETRIEVE_AE_TITLE, report.commitment.called.as_str());
    if !failed.is_empty() {
        information.put_items(FAILED_SOP_SEQUENCE, failed);
    }
    if !committed.is_empty() {
        information.put_items(REFERENCED_SOP_SEQUENCE, committed);
    }
    information.write(&TransferSyntax::of(syntax))
}
