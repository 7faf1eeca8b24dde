//! C-GET, PS3.4 section C.4.3: objects handed over on the association that asked for them.

use futures::FutureExt;
use futures::future::BoxFuture;
use lightcase_archive::{Archive, HandOver, Passage};
use lightcase_catalog::Listed;
use lightcase_dimse::scu::Outcome;
use lightcase_dimse::{AssociationInfo, Body, Call, Context, Replies, Request, Response, Service};
use lightcase_model::{Scope, TransferSyntaxUid, Uid};

use crate::hand_over::{outgoing, told};
use crate::models::{is_get, is_plain};
use crate::origin::context;
use crate::tally::{Tally, not_begun};
use crate::wanted::wanted;

/// Hands objects over to who asks.
pub(crate) struct CGet(pub(crate) Archive);

impl CGet {
    async fn get(
        &self,
        association: &AssociationInfo,
        at: &Context,
        body: Body,
        replies: &Replies,
    ) -> Response {
        let wanted = match wanted(body, at).await {
            Ok(wanted) => wanted,
            Err(response) => return response,
        };
        let ctx = context(association, self.0.clock().now());
        let passage = Passage { service: "C-GET", destination: None };
        let objects = self.0.hand_over(&ctx, &Scope::archive(), &wanted, passage).await;
        let mut objects = match objects {
            Ok(objects) => objects,
            Err(error) => {
                tracing::warn!(request = %ctx.request, "nothing was handed over: {error}");
                return not_begun(&error);
            }
        };
        let mut tally = Tally::new(objects.left());
        let mut gone = false;
        while !gone && !replies.stop().is_cancelled() {
            match objects.next().await {
                Ok(None) => break,
                Ok(Some(listed)) => {
                    let Some(outcome) = send(&mut objects, &listed, association, replies).await
                    else {
                        objects.done(false);
                        break;
                    };
                    told(&listed, &outcome);
                    objects.done(tally.count(&listed.sop_uid, &outcome));
                    gone = replies.pending(tally.pending()).await.is_err();
                }
                Err(error) => {
                    tracing::error!(request = %ctx.request, "nothing more is handed over: {error}");
                    objects.rest().for_each(|listed| tally.fail(&listed.sop_uid));
                }
            }
        }
        let cancelled = replies.stop().is_cancelled() && objects.left() > 0;
        objects.end().await;
        tally.finish(cancelled, at)
    }
}

/// What became of an object; `None` when the association broke.
async fn send(
    objects: &mut HandOver,
    listed: &Listed,
    association: &AssociationInfo,
    replies: &Replies,
) -> Option<Outcome> {
    let class = listed.sop_class.as_uid();
    let taken: Vec<&TransferSyntaxUid> = association
        .contexts
        .iter()
        .filter(|context| context.roles.scp && context.abstract_syntax == *class)
        .map(|context| &context.transfer_syntax)
        .collect();
    match outgoing(objects, listed, &taken).await {
        Ok(object) => replies.store(object).await.ok(),
        Err(outcome) => Some(outcome),
    }
}

impl Service for CGet {
    fn service_class(&self) -> &'static str {
        "Query/Retrieve (C-GET)"
    }

    fn takes(&self, abstract_syntax: &Uid) -> bool {
        is_get(abstract_syntax)
    }

    fn reads(&self, transfer_syntax: &TransferSyntaxUid) -> bool {
        is_plain(transfer_syntax)
    }

    fn handle(&self, call: Call) -> BoxFuture<'_, Response> {
        async move {
            let Call { association, context, request, replies } = call;
            match request {
                Request::Get(_, body) => {
                    Box::pin(self.get(&association, &context, body, &replies)).await
                }
                Request::Echo(_)
                | Request::Store(..)
                | Request::Find(..)
                | Request::Move(..)
                | Request::Action(..) => Response::unrecognized(),
            }
        }
        .boxed()
    }

    fn ended<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }
}
