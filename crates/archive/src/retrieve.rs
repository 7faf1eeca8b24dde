//! Retrieve: whole objects, as they are held, streamed.

use bytes::Bytes;
use futures::StreamExt;
use lightcase_audit::{AccessId, Event};
use lightcase_catalog::{Held, Selection};
use lightcase_model::{Ctx, Phi, Scope, SopInstanceUid, TransferSyntaxUid};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::error::cause;
use crate::unbroken::unbroken;
use crate::{Archive, ArchiveError};

/// Pieces that wait for a slow receiver; each at most 64 KiB.
const AHEAD: usize = 16;

/// A piece of a retrieval.
#[derive(Debug)]
pub enum Part {
    /// The next instance begins; its PS3.10 file follows as bytes.
    Instance {
        /// (0008,0018).
        sop_instance: SopInstanceUid,
        /// The syntax it is held and handed over in.
        transfer_syntax: TransferSyntaxUid,
        /// Length of its file in bytes.
        length: u64,
    },
    /// Bytes of the instance that began last.
    Bytes(Bytes),
}

/// Instances on their way out. Dropping it ends the retrieval, which is recorded as incomplete.
#[derive(Debug)]
pub struct Retrieval {
    /// How many instances come.
    pub instances: usize,
    parts: mpsc::Receiver<Result<Part, ArchiveError>>,
}

impl Retrieval {
    /// The next part; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Part, ArchiveError>> {
        self.parts.recv().await
    }
}

impl Archive {
    /// Hands over the objects of a selection. Beginning and end are recorded; `ended` stops it
    /// within one piece when the caller's right ends on the way.
    pub async fn retrieve(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        selection: &Selection,
        ended: CancellationToken,
    ) -> Result<Retrieval, ArchiveError> {
        let held = self.catalog.held(scope, selection).await?;
        let Some(first) = held.first() else { return Err(ArchiveError::NotFound) };
        let study = first.study;
        if !scope.may_download(study) {
            return Err(ArchiveError::ViewOnly);
        }
        let access = AccessId::random();
        let begin = Event::RetrieveBegun {
            access_id: access,
            study,
            series: selection.series.is_some().then_some(first.series),
            service: "WADO-RS",
            destination: None,
            instances: u64::try_from(held.len()).unwrap_or(u64::MAX),
            offset: 0,
            study_uid: Phi::new(selection.study.to_string()),
        };
        let instances = held.len();
        let (archive, ctx) = (self.clone(), ctx.clone());
        unbroken(async move {
            archive.catalog.record(&ctx, begin).await?;
            let (sender, parts) = mpsc::channel(AHEAD);
            tokio::spawn(async move {
                let mut sent = Sent::default();
                let complete = tokio::select! {
                    () = ended.cancelled() => false,
                    complete = send(&archive, &ctx, held, (&sender, &mut sent)) => complete,
                };
                let ctx = Ctx { now: archive.clock.now(), ..ctx };
                let end = Event::RetrieveEnded {
                    access_id: access,
                    study,
                    instances: sent.instances,
                    bytes: sent.bytes,
                    complete,
                    recovered: false,
                };
                if let Err(error) = archive.catalog.record(&ctx, end).await {
                    // Start-up finds the beginning without an end and accounts for it.
                    tracing::error!(
                        error = cause(&error),
                        "the end of a retrieval could not be recorded"
                    );
                }
            });
            Ok(Retrieval { instances, parts })
        })
        .await
    }
}

#[derive(Default)]
struct Sent {
    instances: u64,
    bytes: u64,
}

/// Sends everything; whether all of it was taken.
async fn send(
    archive: &Archive,
    ctx: &Ctx,
    held: Vec<Held>,
    (sender, sent): (&mpsc::Sender<Result<Part, ArchiveError>>, &mut Sent),
) -> bool {
    for held in held {
        let part = Part::Instance {
            sop_instance: held.sop_uid.clone(),
            transfer_syntax: held.transfer_syntax.clone(),
            length: held.location.file_length.unsigned_abs(),
        };
        if sender.send(Ok(part)).await.is_err() {
            return false;
        }
        let mut file = match archive.file(&held).await {
            Ok(file) => file,
            Err(error) => return fail(ctx, &held, sender, error).await,
        };
        while let Some(bytes) = file.next().await {
            let bytes = match bytes {
                Ok(bytes) => bytes,
                Err(error) => return fail(ctx, &held, sender, error).await,
            };
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            archive.seen_by(ctx, &held);
            if sender.send(Ok(Part::Bytes(bytes))).await.is_err() {
                return false;
            }
            sent.bytes = sent.bytes.saturating_add(length);
        }
        sent.instances = sent.instances.saturating_add(1);
    }
    true
}

/// Ends a retrieval that cannot go on. The answer's status is out by now: the log is where the
/// reason is found.
async fn fail(
    ctx: &Ctx,
    held: &Held,
    sender: &mpsc::Sender<Result<Part, ArchiveError>>,
    error: ArchiveError,
) -> bool {
    tracing::error!(
        id = %ctx.request,
        object = %held.location.object,
        error = cause(&error),
        "a retrieval broke off: an object cannot be read"
    );
    // Whoever went away does not miss the reason.
    drop(sender.send(Err(error)).await);
    false
}
