//! Storage, PS3.4 annex B: every SOP class, every transfer syntax, kept as sent.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use lightcase_archive::{Archive, BodyError, Intake, Reason, Received};
use lightcase_catalog::CatalogError;
use lightcase_dimse::{
    AssociationInfo, Body, CStoreRq, Call, Request, Response, Service, Status, is_storage,
};
use lightcase_model::{Phi, RequestId, TransferSyntaxUid, Uid};

use crate::origin::context;
use crate::refusal::response;

/// One association's intake.
type Open = Arc<tokio::sync::Mutex<Stage>>;

/// The life of an intake: it begins with the first object.
#[derive(Default)]
enum Stage {
    #[default]
    Unopened,
    Open(Box<Intake>),
    Ended,
}

/// Hands objects to the archive, and the beginning and end of each association with them.
pub(crate) struct CStore {
    archive: Archive,
    open: Mutex<HashMap<RequestId, Open>>,
}

impl CStore {
    pub(crate) fn new(archive: Archive) -> Self {
        Self { archive, open: Mutex::default() }
    }

    fn intake(&self, association: &AssociationInfo) -> Open {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(open.entry(association.id).or_default())
    }

    /// The issuer that the sender's entry gives to patient ids without one.
    async fn issuer(&self, association: &AssociationInfo) -> Result<String, CatalogError> {
        let peer = self.archive.catalog().peer(&association.calling).await?;
        Ok(peer.map(|peer| peer.issuer).unwrap_or_default())
    }

    async fn store(
        &self,
        association: &AssociationInfo,
        transfer_syntax: TransferSyntaxUid,
        rq: CStoreRq,
        body: Body,
    ) -> Response {
        let ctx = context(association, self.archive.clock().now());
        let received = Received {
            affected_class: Some(rq.affected_class),
            affected_instance: Some(rq.affected_instance),
            study: None,
            media_storage: None,
            transfer_syntax,
            sender: Phi::new(format!("{}@{}", association.calling, association.address.ip())),
            body: body.map(|part| part.map_err(|error| BodyError(error.to_string()))).boxed(),
        };
        let open = self.intake(association);
        let mut open = open.lock().await;
        if matches!(*open, Stage::Unopened) {
            match self.issuer(association).await {
                Ok(issuer) => *open = Stage::Open(Box::new(self.archive.intake(issuer))),
                // Filed without its issuer it could become another patient's.
                Err(error) => {
                    let error: &dyn Error = &error;
                    tracing::error!(error, "the sender could not be looked up");
                    return response(Reason::IndexDown);
                }
            }
        }
        let Stage::Open(intake) = &mut *open else {
            return Response::because(Status::PROCESSING_FAILURE, "the association has ended");
        };
        match Box::pin(intake.ingest(&ctx, received)).await {
            Ok(accepted) => {
                tracing::debug!(request = %ctx.request, held = accepted.already_held, "stored");
                Response::SUCCESS
            }
            Err(refusal) => response(refusal.reason),
        }
    }
}

impl Service for CStore {
    fn service_class(&self) -> &'static str {
        "Storage"
    }

    fn takes(&self, abstract_syntax: &Uid) -> bool {
        is_storage(abstract_syntax)
    }

    fn reads(&self, _: &TransferSyntaxUid) -> bool {
        true
    }

    fn handle(&self, call: Call) -> BoxFuture<'_, Response> {
        async move {
            let Call { association, context, request, replies: _ } = call;
            match request {
                Request::Store(rq, body) => {
                    self.store(&association, context.transfer_syntax, rq, body).await
                }
                Request::Echo(_)
                | Request::Find(..)
                | Request::Get(..)
                | Request::Move(..)
                | Request::Action(..) => Response::unrecognized(),
            }
        }
        .boxed()
    }

    fn ended<'a>(&'a self, association: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&association.id);
        async move {
            let Some(open) = open else { return };
            if let Stage::Open(intake) = std::mem::replace(&mut *open.lock().await, Stage::Ended) {
                Box::pin(intake.end(&context(association, self.archive.clock().now()))).await;
            }
        }
        .boxed()
    }
}
