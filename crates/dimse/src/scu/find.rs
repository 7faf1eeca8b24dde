//! C-FIND as SCU.

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use futures::future::try_join;
use lightcase_model::{TransferSyntaxUid, Uid};

use super::{ScuError, Session, Target};
use crate::{
    AssociationError, Body, CCancelRq, CFindRq, Command, Comment, Feed, Priority, Status,
    StatusKind, Violation,
};

/// The longest identifier of a response that is taken, in bytes.
const LONGEST: usize = 1 << 20;

/// A query for a peer.
#[derive(Debug, Clone)]
pub struct Query {
    /// The query model.
    pub class: Uid,
    /// The transfer syntax of the identifiers, this one and those of the matches.
    pub syntax: TransferSyntaxUid,
    /// The identifier.
    pub identifier: Bytes,
    /// Matches after which the peer is told to stop.
    pub limit: usize,
}

/// How a query ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Matches that came.
    pub matches: usize,
    /// The last status: success, cancel when the limit was reached, or why the peer gave up.
    pub status: Status,
    /// What the peer says about it.
    pub comment: Option<Comment>,
    /// There were more than the limit.
    pub more: bool,
    /// The peer does not know some of the keys and left them out of account.
    pub keys_ignored: bool,
}

/// Associates, queries, releases. `each` is given the identifiers of the matches as they come.
pub async fn find(
    target: &Target,
    query: &Query,
    each: impl FnMut(Bytes),
) -> Result<Found, ScuError> {
    let pair = (query.class.clone(), query.syntax.clone());
    let mut session = Session::connect(target, std::slice::from_ref(&pair)).await?;
    let found = session.find(query, each).await?;
    session.release().await?;
    Ok(found)
}

impl Session {
    /// One C-FIND. Matches beyond the limit that were already on their way are passed over.
    pub async fn find(
        &mut self,
        query: &Query,
        mut each: impl FnMut(Bytes),
    ) -> Result<Found, ScuError> {
        let context = self.context(&query.class, &query.syntax).ok_or(ScuError::NoContext)?;
        let message_id = self.next_id();
        let affected_class = Some(query.class.clone());
        let rq = CFindRq { message_id, affected_class, priority: Priority::Medium };
        self.association.send_command(context, &rq.encode()).await?;
        self.association.send_data_set(context, &query.identifier).await?;
        let (mut matches, mut keys_ignored, mut more) = (0_usize, false, false);
        loop {
            let message = self.association.next_message().await?.ok_or(ScuError::Unexpected)?;
            let Command::CFindRsp(rsp) = message.command else { return Err(ScuError::Unexpected) };
            if rsp.message_id != message_id {
                return Err(ScuError::Unexpected);
            }
            let identifier = match message.data_set {
                Some(data_set) => Some(self.gather(context, data_set).await?),
                None => None,
            };
            if rsp.status.kind() != StatusKind::Pending {
                let (status, comment) = (rsp.status, rsp.comment);
                return Ok(Found { matches, status, comment, more, keys_ignored });
            }
            keys_ignored |= rsp.status == Status::PENDING_WARNING;
            if matches < query.limit {
                matches = matches.saturating_add(1);
                each(identifier.ok_or(ScuError::Unexpected)?);
            } else if !more {
                more = true;
                let cancel = CCancelRq { message_id };
                self.association.send_command(context, &cancel.encode()).await?;
            }
        }
    }

    /// The identifier of a response, whole.
    pub(super) async fn gather(
        &mut self,
        context: u8,
        (feed, body): (Feed, Body),
    ) -> Result<Bytes, AssociationError> {
        // A body that breaks is an error of the pump as well, which says more.
        let gathering = async {
            let whole = body.try_fold(Some(BytesMut::new()), |whole, part| async move {
                Ok(whole.filter(|whole| whole.len().saturating_add(part.len()) <= LONGEST).map(
                    |mut whole| {
                        whole.extend_from_slice(&part);
                        whole
                    },
                ))
            });
            Ok(whole.await.ok().flatten())
        };
        let ((), whole) = try_join(self.association.pump(context, feed), gathering).await?;
        let whole =
            whole.ok_or(Violation::Malformed("the identifier of a response is too long"))?;
        Ok(whole.freeze())
    }
}
