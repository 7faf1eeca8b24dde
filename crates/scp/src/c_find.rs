//! Query, PS3.4 annex C: C-FIND in the Patient Root, Study Root and Patient/Study Only models.

mod answer;
mod keys;
mod model;

use std::error::Error;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use lightcase_archive::{Archive, ArchiveError, Matches};
use lightcase_dataset::{Identifier, IdentifierReader, TransferSyntax};
use lightcase_dimse::{
    AssociationInfo, Body, Call, Context, Replies, Request, Response, Service, Status,
};
use lightcase_model::{Scope, TransferSyntaxUid, Uid};
use tokio::time::{Instant, timeout_at};

use self::answer::Answering;
use self::keys::Asked;
use self::model::{Model, Options};
use crate::origin::context;

pub(crate) use self::model::is_query;

/// The longest identifier taken, in bytes: room for ten thousand UIDs.
const LONGEST: usize = 1 << 20;

/// How much a query may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindLimits {
    /// Matches of one C-FIND; when there are more, the last response is A700.
    pub matches: u32,
    /// The longest wait for the index, in all; then the last response is A700.
    pub patience: std::time::Duration,
}

impl Default for FindLimits {
    fn default() -> Self {
        Self { matches: 10_000, patience: std::time::Duration::from_mins(1) }
    }
}

/// Answers C-FIND from the archive.
pub(crate) struct CFind {
    archive: Archive,
    limits: FindLimits,
}

impl CFind {
    pub(crate) fn new(archive: Archive, limits: FindLimits) -> Self {
        Self { archive, limits }
    }

    async fn find(
        &self,
        association: &AssociationInfo,
        presentation: &Context,
        body: Body,
        replies: &Replies,
    ) -> Result<Response, Response> {
        let ctx = context(association, self.archive.clock().now());
        let model = Model::of(&presentation.abstract_syntax).ok_or_else(Response::unrecognized)?;
        let syntax = TransferSyntax::of(&presentation.transfer_syntax);
        let identifier = read(&syntax, body).await?;
        let options = Options::agreed(&presentation.extended);
        let mut asked = Asked::read(&identifier, model, options)
            .map_err(|refused| Response::because(refused.status, &refused.comment))?;
        asked.query.limit = self.limits.matches;
        tracing::debug!(request = %ctx.request, level = ?asked.query.level, "query");

        let until = Instant::now() + self.limits.patience;
        let scope = Scope::archive();
        let finding = self.archive.find_all(&ctx, &scope, &asked.query);
        let mut matches = self.within(until, replies, Box::pin(finding)).await?;
        let answering = Answering { asked: &asked, title: &association.called, syntax: &syntax };
        self.answer(&answering, &mut matches, replies, until).await?;
        if matches.capped {
            let most = self.limits.matches;
            let why = format!("More than {most} match; ask for less at once");
            return Err(Response::because(Status::OUT_OF_RESOURCES, &why));
        }
        Ok(Response::SUCCESS)
    }

    async fn answer(
        &self,
        answering: &Answering<'_>,
        matches: &mut Matches,
        replies: &Replies,
        until: Instant,
    ) -> Result<(), Response> {
        loop {
            let page = self.within(until, replies, Box::pin(matches.page())).await?;
            if page.is_empty() {
                return Ok(());
            }
            for found in &page {
                if replies.stop().is_cancelled() {
                    return Err(Response::of(Status::CANCEL));
                }
                let identifier = answering.of_match(found).map_err(|error| {
                    tracing::error!(%error, "a match could not be written");
                    Response::because(Status::UNABLE_TO_PROCESS, "a match cannot be written")
                })?;
                let pending = Response {
                    status: answering.status(),
                    ..Response::pending(Bytes::from(identifier))
                };
                // With the association gone, the last response goes nowhere either.
                replies.pending(pending).await.map_err(|_gone| Response::of(Status::CANCEL))?;
            }
        }
    }

    /// Waits for the index, but not beyond the patience, nor longer than the peer does.
    async fn within<T>(
        &self,
        until: Instant,
        replies: &Replies,
        asking: impl Future<Output = Result<T, ArchiveError>>,
    ) -> Result<T, Response> {
        tokio::select! {
            biased;
            () = replies.stop().cancelled() => Err(Response::of(Status::CANCEL)),
            answer = timeout_at(until, asking) => match answer {
                Ok(answer) => answer.map_err(|error| failure(&error)),
                Err(_elapsed) => Err(Response::because(
                    Status::OUT_OF_RESOURCES,
                    "The query takes too long; ask for less at once",
                )),
            },
        }
    }
}

/// Reads the whole identifier, which must be there before anything can be matched.
async fn read(syntax: &TransferSyntax, mut body: Body) -> Result<Identifier, Response> {
    let unreadable = |error: lightcase_dataset::ScanError| {
        tracing::info!("refused a query: {error}");
        Response::because(Status::UNABLE_TO_PROCESS, "The identifier cannot be read")
    };
    let mut reader = IdentifierReader::new(syntax, LONGEST).map_err(unreadable)?;
    while let Some(part) = body.next().await {
        let part = part.map_err(|_broken| Response::of(Status::PROCESSING_FAILURE))?;
        reader.push(&part).map_err(unreadable)?;
    }
    reader.finish().map_err(unreadable)
}

fn failure(error: &ArchiveError) -> Response {
    match error {
        ArchiveError::BadRequest(_) => {
            Response::because(Status::OUT_OF_RESOURCES, "The query asks for too much at once")
        }
        ArchiveError::NotFound
        | ArchiveError::ViewOnly
        | ArchiveError::Conflict(_)
        | ArchiveError::NotRenderable(_)
        | ArchiveError::Busy
        | ArchiveError::Index(_)
        | ArchiveError::Store(_)
        | ArchiveError::Damaged(_) => {
            let error: &dyn Error = error;
            tracing::error!(error, "a query was not answered");
            let why = "The index does not answer; ask again later";
            Response::because(Status::OUT_OF_RESOURCES, why)
        }
    }
}

impl Service for CFind {
    fn service_class(&self) -> &'static str {
        "Query/Retrieve (C-FIND)"
    }

    fn takes(&self, abstract_syntax: &Uid) -> bool {
        is_query(abstract_syntax)
    }

    fn reads(&self, syntax: &TransferSyntaxUid) -> bool {
        matches!(syntax.as_str(), TransferSyntax::IMPLICIT_LITTLE | TransferSyntax::EXPLICIT_LITTLE)
    }

    fn extend(&self, abstract_syntax: &Uid, proposed: &[u8]) -> Option<Vec<u8>> {
        is_query(abstract_syntax).then(|| Options::answer(proposed))
    }

    fn handle(&self, call: Call) -> BoxFuture<'_, Response> {
        async move {
            let Call { association, context, request, replies } = call;
            match request {
                Request::Find(_, body) => {
                    let found = Box::pin(self.find(&association, &context, body, &replies));
                    found.await.unwrap_or_else(|refusal| refusal)
                }
                Request::Echo(_)
                | Request::Store(..)
                | Request::Get(..)
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
