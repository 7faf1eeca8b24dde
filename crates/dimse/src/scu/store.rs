//! C-STORE as SCU.

use std::collections::BTreeSet;
use std::io;

use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid, Uid};

use super::{MAX_CONTEXTS, ScuError, Session, Source, Target};
use crate::{CStoreRq, CStoreRsp, Command, Comment, MoveOriginator, Priority, Status, StatusKind};

/// One object to send.
#[derive(Debug)]
pub struct Outgoing {
    /// Its SOP class.
    pub class: SopClassUid,
    /// Its SOP instance.
    pub instance: SopInstanceUid,
    /// The transfer syntax of the source's bytes.
    pub syntax: TransferSyntaxUid,
    /// Its data set.
    pub source: Source,
}

/// What became of one object.
#[derive(Debug)]
pub enum Outcome {
    /// The peer has it; the status is success or a warning.
    Stored(Status),
    /// The peer refused it.
    Refused(Status, Option<Comment>),
    /// The peer does not take this SOP class in this transfer syntax.
    NoContext,
    /// Its source could not be opened. It was not sent.
    Unreadable(io::Error),
}

impl Outcome {
    pub(crate) fn of(rsp: CStoreRsp) -> Self {
        match rsp.status.kind() {
            StatusKind::Success | StatusKind::Warning => Self::Stored(rsp.status),
            StatusKind::Pending | StatusKind::Cancel | StatusKind::Failure => {
                Self::Refused(rsp.status, rsp.comment)
            }
        }
    }
}

/// Sends objects in order, over as many associations as their syntaxes need (one for up to 128
/// different pairs of SOP class and transfer syntax). `progress` is told of each object as it is
/// done. An error means that the objects not yet told of were not stored.
pub async fn store(
    target: &Target,
    objects: Vec<Outgoing>,
    mut progress: impl FnMut(&SopInstanceUid, &Outcome),
) -> Result<(), ScuError> {
    let mut left = objects.into_iter().peekable();
    while left.peek().is_some() {
        let mut pairs = BTreeSet::new();
        let mut batch = Vec::new();
        while let Some(object) = left.next_if(|object| fits(&mut pairs, object)) {
            batch.push(object);
        }
        let pairs: Vec<_> = pairs.into_iter().collect();
        match Session::connect(target, &pairs).await {
            Ok(mut session) => {
                for object in batch {
                    let instance = object.instance.clone();
                    let outcome = session.store(object).await?;
                    progress(&instance, &outcome);
                }
                session.release().await?;
            }
            Err(ScuError::NoContext) => {
                for object in batch {
                    progress(&object.instance, &Outcome::NoContext);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn fits(pairs: &mut BTreeSet<(Uid, TransferSyntaxUid)>, object: &Outgoing) -> bool {
    let pair = (object.class.as_uid().clone(), object.syntax.clone());
    let fits = pairs.len() < MAX_CONTEXTS || pairs.contains(&pair);
    if fits {
        pairs.insert(pair);
    }
    fits
}

impl Session {
    /// Sends one object and waits for the response. A source of odd length gets a padding byte. A
    /// source that fails midway aborts the
    /// association: the last fragment is sent only when the source has ended well.
    pub async fn store(&mut self, object: Outgoing) -> Result<Outcome, ScuError> {
        self.store_for(object, None).await
    }

    /// [`Session::store`] as a sub-operation of a C-MOVE.
    pub async fn store_for(
        &mut self,
        object: Outgoing,
        move_originator: Option<MoveOriginator>,
    ) -> Result<Outcome, ScuError> {
        let Outgoing { class, instance, syntax, source } = object;
        let Some(context) = self.context(class.as_uid(), &syntax) else {
            return Ok(Outcome::NoContext);
        };
        let mut reader = match source.open().await {
            Ok(reader) => reader,
            Err(error) => return Ok(Outcome::Unreadable(error)),
        };
        let message_id = self.next_id();
        let rq = CStoreRq {
            message_id,
            affected_class: class,
            affected_instance: instance,
            priority: Priority::Medium,
            move_originator,
        };
        self.association.send_object(context, &rq, &mut *reader).await?;
        self.stored(message_id).await
    }

    async fn stored(&mut self, message_id: u16) -> Result<Outcome, ScuError> {
        let message = self.association.next_message().await?.ok_or(ScuError::Unexpected)?;
        let Command::CStoreRsp(rsp) = message.command else { return Err(ScuError::Unexpected) };
        if rsp.message_id != message_id {
            return Err(ScuError::Unexpected);
        }
        Ok(Outcome::of(rsp))
    }
}
