//! N-ACTION: a request is written down before it is answered with Success.

use futures::FutureExt;
use futures::future::BoxFuture;
use lightcase_catalog::NewCommitment;
use lightcase_dataset::TransferSyntax;
use lightcase_dimse::{
    AssociationInfo, Body, Call, Context, NActionRq, Replies, Request, Response, Service, Status,
};
use lightcase_model::{CommitmentId, TransferSyntaxUid, Uid};

use super::{Commitments, Line, WELL_KNOWN_INSTANCE, information};
use crate::models::{STORAGE_COMMITMENT, is_plain};
use crate::origin::context;
use crate::wanted::identifier;

/// Request Storage Commitment (PS3.4 section J.3.2).
const REQUEST: u16 = 1;
/// The longest action information, in bytes.
const LONGEST: usize = 8 << 20;

/// Takes requests.
pub(crate) struct NAction(pub(crate) Commitments);

impl NAction {
    async fn request(
        &self,
        association: &AssociationInfo,
        at: Context,
        (rq, body): (NActionRq, Option<Body>),
        replies: &Replies,
    ) -> Result<(), Response> {
        if rq.requested_instance.is_none_or(|uid| uid.as_str() != WELL_KNOWN_INSTANCE) {
            return Err(Response::of(Status::NO_SUCH_SOP_INSTANCE));
        }
        if rq.action_type != REQUEST {
            return Err(Response::of(Status::NO_SUCH_ACTION_TYPE));
        }
        let body = body.ok_or_else(|| Response::of(Status::MISSING_ATTRIBUTE))?;
        let syntax = TransferSyntax::of(&at.transfer_syntax);
        let (transaction, references) =
            information::read(&identifier(body, &syntax, LONGEST).await?)?;
        let archive = &self.0.archive;
        let ctx = context(association, archive.clock().now());
        let new = NewCommitment {
            id: CommitmentId::random(),
            peer: association.calling.clone(),
            called: association.called.clone(),
            transaction,
            at: ctx.now,
            references,
        };
        archive.request_commitment(&ctx, &new).await.map_err(|error| {
            tracing::error!(request = %ctx.request, "a storage commitment was not taken: {error}");
            Response::because(Status::PROCESSING_FAILURE, "The index is down; ask again later")
        })?;
        tracing::info!(commitment = %new.id, objects = new.references.len(),
            "storage commitment was asked for");
        let (association, reports) = (association.id, replies.reports().clone());
        self.0.asked(new.id, Line { association, context: at, reports });
        Ok(())
    }
}

impl Service for NAction {
    fn service_class(&self) -> &'static str {
        "Storage Commitment"
    }

    fn takes(&self, abstract_syntax: &Uid) -> bool {
        abstract_syntax.as_str() == STORAGE_COMMITMENT
    }

    fn reads(&self, transfer_syntax: &TransferSyntaxUid) -> bool {
        is_plain(transfer_syntax)
    }

    fn handle(&self, call: Call) -> BoxFuture<'_, Response> {
        async move {
            let Call { association, context, request, replies } = call;
            match request {
                Request::Action(rq, body) => {
                    let taken = self.request(&association, context, (rq, body), &replies).await;
                    taken.err().unwrap_or(Response::SUCCESS)
                }
                Request::Echo(_)
                | Request::Store(..)
                | Request::Find(..)
                | Request::Get(..)
                | Request::Move(..) => Response::unrecognized(),
            }
        }
        .boxed()
    }

    fn ended<'a>(&'a self, association: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        self.0.ended(association.id);
        async {}.boxed()
    }
}
