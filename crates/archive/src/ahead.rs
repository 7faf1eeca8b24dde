//! Reading ahead: an object is read and opened while the one before it is on the wire.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use lightcase_catalog::Listed;
use lightcase_model::{InstanceId, Scope, TransferSyntaxUid};
use tokio::sync::mpsc;

use crate::{Archive, ArchiveError};

/// Pieces that wait, each at most 64 KiB: what memory an object that nobody asked for yet takes.
const PIECES: usize = 8;

type Piece = Result<Bytes, ArchiveError>;

/// An object that is being read. Dropping it ends that.
#[derive(Debug)]
pub(crate) struct Ahead {
    instance: InstanceId,
    syntax: TransferSyntaxUid,
    pieces: mpsc::Receiver<Piece>,
}

impl Ahead {
    /// Begins to read an object in a transfer syntax.
    pub(crate) fn read(
        archive: &Archive,
        scope: &Scope,
        listed: &Listed,
        syntax: &TransferSyntaxUid,
    ) -> Self {
        let (sender, pieces) = mpsc::channel(PIECES);
        let (archive, scope, instance) = (archive.clone(), scope.clone(), listed.id);
        let wanted = syntax.clone();
        tokio::spawn(async move {
            // Whoever does not want it any more does not miss an error either.
            let reading = feed(&archive, &scope, instance, &wanted, &sender);
            if let Err(error) = Box::pin(reading).await {
                drop(sender.send(Err(error)).await);
            }
        });
        Self { instance, syntax: syntax.clone(), pieces }
    }

    /// Whether it is this object in this transfer syntax.
    pub(crate) fn is(&self, listed: &Listed, syntax: &TransferSyntaxUid) -> bool {
        self.instance == listed.id && self.syntax == *syntax
    }

    /// The data set. The first piece is waited for, so that an object that cannot be opened fails
    /// before anything of it goes out.
    pub(crate) async fn open(mut self) -> Result<BoxStream<'static, Piece>, ArchiveError> {
        let first = self.pieces.recv().await.transpose()?;
        let rest = futures::stream::unfold(self.pieces, |mut pieces| async move {
            pieces.recv().await.map(|piece| (piece, pieces))
        });
        Ok(futures::stream::iter(first.map(Ok)).chain(rest).boxed())
    }
}

async fn feed(
    archive: &Archive,
    scope: &Scope,
    instance: InstanceId,
    syntax: &TransferSyntaxUid,
    sender: &mpsc::Sender<Piece>,
) -> Result<(), ArchiveError> {
    let held = archive.catalog.held_instance(scope, instance).await?;
    let held = held.ok_or(ArchiveError::NotFound)?;
    let mut body = archive.data_set_in(&held, syntax).await?;
    while let Some(piece) = body.next().await {
        if sender.send(Ok(piece?)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}
