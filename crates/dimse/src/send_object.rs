//! Sending an object as C-STORE, whichever side requested the association.

use std::io;

use tokio::io::AsyncRead;

use crate::association::Association;
use crate::pdv::PREFIX;
use crate::scu::{ScuError, fill};
use crate::{AssociationError, CStoreRq};

/// Why an object was not sent. Either way the association is over.
#[derive(Debug)]
pub(crate) enum SendError {
    /// The association broke.
    Association(AssociationError),
    /// The source failed midway; the association was aborted, so that the peer does not take a
    /// part for the whole.
    Source(io::Error),
}

impl From<AssociationError> for SendError {
    fn from(error: AssociationError) -> Self {
        Self::Association(error)
    }
}

impl From<SendError> for ScuError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Association(error) => Self::Association(error),
            SendError::Source(error) => Self::Source(error),
        }
    }
}

impl Association {
    /// Sends a command and its data set. The last fragment is sent only when the source has ended
    /// well.
    pub(crate) async fn send_object(
        &mut self,
        context: u8,
        rq: &CStoreRq,
        reader: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<(), SendError> {
        self.send_command(context, &rq.encode()).await?;
        let full = PREFIX.saturating_add(self.room());
        let [mut fragment, mut ahead] = [0, 1].map(|_| Vec::with_capacity(full));
        self.read_fragment(reader, &mut fragment, full).await?;
        loop {
            self.read_fragment(reader, &mut ahead, full).await?;
            let last = ahead.len() <= PREFIX;
            // Fragments are of even length (PS3.8 annex E). A whole data set is too, unless it is
            // deflated and its writer forgot the padding that PS3.5 A.5 asks for.
            if last && !fragment.len().is_multiple_of(2) {
                fragment.push(0);
            }
            self.send_fragment(context, last, &mut fragment).await?;
            if last {
                return Ok(());
            }
            std::mem::swap(&mut fragment, &mut ahead);
        }
    }

    /// Fills a buffer after room for the headers. One fragment is read ahead, because the last
    /// one must be marked so.
    async fn read_fragment(
        &mut self,
        reader: &mut (dyn AsyncRead + Send + Unpin),
        buffer: &mut Vec<u8>,
        full: usize,
    ) -> Result<(), SendError> {
        buffer.clear();
        buffer.resize(PREFIX, 0);
        match fill(reader, buffer, full).await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.abort().await;
                Err(SendError::Source(error))
            }
        }
    }

    /// Sends a data set that is in memory.
    pub(crate) async fn send_data_set(
        &mut self,
        context: u8,
        bytes: &[u8],
    ) -> Result<(), AssociationError> {
        let mut left = bytes.chunks(self.room()).peekable();
        while let Some(chunk) = left.next() {
            let mut fragment = vec![0; PREFIX];
            fragment.extend_from_slice(chunk);
            self.send_fragment(context, left.peek().is_none(), &mut fragment).await?;
        }
        Ok(())
    }
}
