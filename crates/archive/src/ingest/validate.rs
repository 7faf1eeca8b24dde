//! Validated: who the object is, read by the bounded scanner, and the same as the command said.

use bytes::Bytes;
use futures::StreamExt;
use lightcase_dataset::{Identity, Limits, Scanner, TransferSyntax};
use lightcase_model::{SopClassUid, SopInstanceUid, StudyUid, TransferSyntaxUid};

use super::room::Room;
use super::{Body, Failed, Received, Taken};
use crate::refusal::{Fault, Reason};

/// Bytes that may be held in memory until the object is known. Headers before the series UID are
/// small; only private groups below 0020 can make them large.
const HEAD: usize = 16 << 20;

/// An object whose identity is known. Made by [`validate`] only.
pub(crate) struct Validated {
    pub(super) identity: Identity,
    pub(super) transfer_syntax: TransferSyntaxUid,
    pub(super) scanner: Scanner,
    pub(super) head: Vec<Bytes>,
    pub(super) rest: Body,
    pub(super) room: Room,
}

/// Reads until the identity is known.
pub(crate) async fn validate(received: Received, mut room: Room) -> Result<Validated, Failed> {
    let Received { affected_class, affected_instance, study, transfer_syntax, mut body, .. } =
        received;
    let said = Said { class: affected_class, instance: affected_instance, study };
    let syntax = TransferSyntax::of(&transfer_syntax);
    let mut scanner = Scanner::new(&syntax, limits());
    let mut head = Vec::new();
    let mut length = 0_usize;
    while scanner.identity().is_none() {
        let bytes = match body.next().await {
            Some(Ok(bytes)) => bytes,
            Some(Err(error)) => return Err(cut_off(&error.to_string(), body)),
            None => {
                // The data set ends with its series UID, or before it.
                let identity = match whole(&syntax, &head) {
                    Ok(identity) => identity,
                    Err(fault) => {
                        return Err(Failed { fault, taken: Taken::Head(head), rest: body });
                    }
                };
                let rest = body;
                let seen = Validated { identity, transfer_syntax, scanner, head, rest, room };
                return same(seen, &said);
            }
        };
        length = length.saturating_add(bytes.len());
        head.push(bytes.clone());
        if let Err(error) = scanner.push(&bytes) {
            return Err(Failed { fault: Fault::from(error), taken: Taken::Head(head), rest: body });
        }
        if let Err(fault) = room.grow(length.saturating_add(scanner.held())) {
            return Err(Failed { fault, taken: Taken::Lost, rest: body });
        }
        if length > HEAD && scanner.identity().is_none() {
            let fault = Fault::new(
                Reason::LimitExceeded,
                "more than 16 MiB come before the Series Instance UID",
            );
            return Err(Failed { fault, taken: Taken::Head(head), rest: body });
        }
    }
    let Some(identity) = scanner.identity().cloned() else {
        let fault = Fault::new(Reason::Malformed, "the object has no identity");
        return Err(Failed { fault, taken: Taken::Head(head), rest: body });
    };
    let seen = Validated { identity, transfer_syntax, scanner, head, rest: body, room };
    same(seen, &said)
}

/// What is scanned at most. Enhanced objects of some thousand frames have more elements than the
/// scanner's own default allows.
fn limits() -> Limits {
    Limits { elements: 1_000_000, items: 1_000_000, ..Limits::default() }
}

/// The identity of an object that is wholly in memory.
fn whole(syntax: &TransferSyntax, head: &[Bytes]) -> Result<Identity, Fault> {
    let mut scanner = Scanner::new(syntax, limits());
    for bytes in head {
        scanner.push(bytes)?;
    }
    Ok(scanner.finish()?.identity)
}

/// What the command or the request said of the object.
struct Said {
    class: Option<SopClassUid>,
    instance: Option<SopInstanceUid>,
    study: Option<StudyUid>,
}

fn same(seen: Validated, said: &Said) -> Result<Validated, Failed> {
    match said.differs(&seen.identity) {
        None => Ok(seen),
        Some(fault) => Err(Failed { fault, taken: Taken::Head(seen.head), rest: seen.rest }),
    }
}

impl Said {
    fn differs(&self, identity: &Identity) -> Option<Fault> {
        if self.instance.as_ref().is_some_and(|instance| *instance != identity.sop_instance) {
            return Some(Fault::new(
                Reason::UidMismatch,
                "the SOP Instance UID of the data set is not the one of the command; the sender \
                 mixes up objects",
            ));
        }
        if self.study.as_ref().is_some_and(|study| *study != identity.study) {
            return Some(Fault::new(
                Reason::UidMismatch,
                "the object is of another study than the request was for; send it to its own study",
            ));
        }
        self.class.as_ref().is_some_and(|class| *class != identity.sop_class).then(|| {
            Fault::new(
                Reason::ClassMismatch,
                "the SOP Class UID of the data set is not the one of the command; the sender mixes \
                 up objects",
            )
        })
    }
}

pub(super) fn cut_off(why: &str, rest: Body) -> Failed {
    Failed { fault: Fault::new(Reason::Malformed, why), taken: Taken::Lost, rest }
}
