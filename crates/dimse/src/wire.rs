//! PDUs on a byte stream: bounded framing, and writes with a time limit.
//!
//! A PDU's type and length are judged from its header, before anything of its body is read or
//! room is made for it.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dicom_ul::pdu::{AbortRQServiceProviderReason as AbortReason, AbortRQSource, Pdu, write_pdu};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::error::Foreign;
use crate::{AssociationError, Violation};

/// Bytes of a PDU's header: type, reserved, length.
pub(crate) const HEADER: usize = 6;
/// The longest association PDU taken: 128 contexts with some thirty transfer syntaxes each.
const ASSOCIATE_LIMIT: u32 = 256 * 1024;
/// How much of a refused peer's pending bytes is read away so that it sees our A-ABORT.
const LINGER_BYTES: usize = 1024 * 1024;
const LINGER_TIME: Duration = Duration::from_secs(2);

pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

/// Where the association stands, so which PDUs may come (PS3.8 table 9-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Sta2: the acceptor awaits A-ASSOCIATE-RQ.
    AwaitRequest,
    /// Sta5: the requestor awaits the answer.
    AwaitAnswer,
    /// Sta6: data transfer.
    Established,
    /// Sta7: the requestor awaits A-RELEASE-RP.
    Releasing,
}

/// The PDU types of PS3.8 section 9.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PduKind {
    AssociateRq,
    AssociateAc,
    AssociateRj,
    Data,
    ReleaseRq,
    ReleaseRp,
    Abort,
}

impl PduKind {
    const ALL: [Self; 7] = [
        Self::AssociateRq,
        Self::AssociateAc,
        Self::AssociateRj,
        Self::Data,
        Self::ReleaseRq,
        Self::ReleaseRp,
        Self::Abort,
    ];

    /// PDU-type.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::AssociateRq => 0x01,
            Self::AssociateAc => 0x02,
            Self::AssociateRj => 0x03,
            Self::Data => 0x04,
            Self::ReleaseRq => 0x05,
            Self::ReleaseRp => 0x06,
            Self::Abort => 0x07,
        }
    }

    fn of(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    fn allowed(self, phase: Phase) -> bool {
        match self {
            Self::AssociateRq => phase == Phase::AwaitRequest,
            Self::AssociateAc | Self::AssociateRj => phase == Phase::AwaitAnswer,
            Self::Data | Self::ReleaseRq => matches!(phase, Phase::Established | Phase::Releasing),
            Self::ReleaseRp => phase == Phase::Releasing,
            Self::Abort => true,
        }
    }
}

/// One whole PDU.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: PduKind,
    /// The PDU with its header, for dicom-ul's reader.
    pub(crate) whole: Bytes,
}

impl Frame {
    /// What follows the header.
    pub(crate) fn payload(&self) -> Bytes {
        self.whole.slice(HEADER.min(self.whole.len())..)
    }
}

/// A connection that carries PDUs.
pub(crate) struct Wire {
    socket: Box<dyn Socket>,
    received: BytesMut,
    max_pdu: u32,
    write_limit: Duration,
}

impl Wire {
    pub(crate) fn new(socket: Box<dyn Socket>, max_pdu: u32, write_limit: Duration) -> Self {
        Self { socket, received: BytesMut::new(), max_pdu, write_limit }
    }

    /// The next PDU, within a time limit for all of it. Cancel-safe: bytes that came stay.
    pub(crate) async fn receive(
        &mut self,
        phase: Phase,
        limit: Duration,
        awaited: &'static str,
    ) -> Result<Frame, AssociationError> {
        timeout(limit, self.frame(phase))
            .await
            .map_err(|_late: tokio::time::error::Elapsed| AssociationError::Timeout(awaited))?
    }

    /// The next PDU, however long it takes.
    pub(crate) async fn frame(&mut self, phase: Phase) -> Result<Frame, AssociationError> {
        loop {
            let missing = match self.header(phase)? {
                None => HEADER,
                Some((kind, total)) if self.received.len() >= total => {
                    let whole = self.received.split_to(total).freeze();
                    return Ok(Frame { kind, whole });
                }
                Some((_, total)) => total.saturating_sub(self.received.len()),
            };
            // A little more than one frame, so that the next header comes with the same read.
            self.received.reserve(missing.saturating_add(HEADER).max(4096));
            if self.socket.read_buf(&mut self.received).await? == 0 {
                return Err(AssociationError::Closed);
            }
        }
    }

    /// Type and total length of the frame that begins in the buffer, once they are known and
    /// found to be allowed.
    fn header(&self, phase: Phase) -> Result<Option<(PduKind, usize)>, Violation> {
        let Some(&first) = self.received.first() else { return Ok(None) };
        let Some(kind) = PduKind::of(first) else {
            return Err(if phase == Phase::AwaitRequest {
                Violation::NotDicom(Foreign::of(first))
            } else {
                Violation::UnrecognizedPdu(first)
            });
        };
        if !kind.allowed(phase) {
            return Err(Violation::UnexpectedPdu(first));
        }
        let Some(length) = self.received.get(2..HEADER) else { return Ok(None) };
        let length = length.iter().fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
        let limit = match kind {
            PduKind::AssociateRq | PduKind::AssociateAc => ASSOCIATE_LIMIT,
            PduKind::Data => self.max_pdu,
            PduKind::AssociateRj | PduKind::ReleaseRq | PduKind::ReleaseRp | PduKind::Abort => 4,
        };
        if length > limit {
            return Err(Violation::PduTooLong { length, limit });
        }
        Ok(Some((kind, HEADER.saturating_add(bytes_of(length)))))
    }

    /// Writes bytes that already are PDUs.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), AssociationError> {
        let writing = async {
            self.socket.write_all(bytes).await?;
            self.socket.flush().await
        };
        timeout(self.write_limit, writing).await.map_err(
            |_late: tokio::time::error::Elapsed| {
                AssociationError::Timeout("the peer reading what it was sent")
            },
        )??;
        Ok(())
    }

    /// Writes one of dicom-ul's PDUs.
    pub(crate) async fn send(&mut self, pdu: &Pdu) -> Result<(), AssociationError> {
        let mut bytes = Vec::new();
        write_pdu(&mut bytes, pdu).map_err(io::Error::other)?;
        self.write(&bytes).await
    }

    /// Sends A-ABORT as service provider and closes; failures to do so change nothing.
    pub(crate) async fn abort(&mut self, reason: AbortReason) {
        let source = AbortRQSource::ServiceProvider(reason);
        if self.send(&Pdu::AbortRQ { source }).await.is_ok() {
            self.close().await;
        }
    }

    /// Sends A-ABORT as service user: this side gives up.
    pub(crate) async fn abort_as_user(&mut self) {
        if self.send(&Pdu::AbortRQ { source: AbortRQSource::ServiceUser }).await.is_ok() {
            self.close().await;
        }
    }

    /// Ends our direction, then reads the peer's pending bytes away for a moment: closing a
    /// socket with unread bytes resets the connection, and the peer would lose our last PDU.
    pub(crate) async fn close(&mut self) {
        let draining = async {
            self.socket.shutdown().await?;
            let mut left = LINGER_BYTES;
            let mut scratch = vec![0_u8; 16 * 1024];
            while left > 0 {
                match self.socket.read(&mut scratch).await? {
                    0 => break,
                    read => left = left.saturating_sub(read),
                }
            }
            Ok::<(), io::Error>(())
        };
        if let Ok(Err(error)) = timeout(LINGER_TIME, draining).await {
            tracing::trace!(%error, "the peer was gone before the connection was closed");
        }
    }
}

/// A length of the wire as a size in memory.
pub(crate) fn bytes_of(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}
