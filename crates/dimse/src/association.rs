//! An established association: messages in, messages out. The same for both roles.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dicom_ul::pdu::Pdu;
use lightcase_model::{AeTitle, RequestId, TransferSyntaxUid, Uid};
use tokio::time::Instant;

use crate::command::COMMAND_LIMIT;
use crate::pdv::{PREFIX, Pdv, prefix, split};
use crate::reports::Reporting;
use crate::wire::{PduKind, Phase, Wire, bytes_of};
use crate::{AssociationError, Body, BodyError, Command, Feed, Violation};

/// What the side that requested an association may do in a presentation context (PS3.7 D.3.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// It may be the SCU: it asks, we answer.
    pub scu: bool,
    /// It may be the SCP: we ask, it answers. C-GET needs that for the objects it is sent.
    pub scp: bool,
}

impl Roles {
    /// Those of a context for which nothing else was agreed on.
    pub const DEFAULT: Self = Self { scu: true, scp: false };
}

/// An accepted presentation context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Presentation context id, odd.
    pub id: u8,
    /// Abstract syntax.
    pub abstract_syntax: Uid,
    /// The transfer syntax that was agreed on.
    pub transfer_syntax: TransferSyntaxUid,
    /// The roles of the side that requested the association.
    pub roles: Roles,
    /// The answer to its SOP Class Extended Negotiation (PS3.7 D.3.3.5); empty when there was none.
    pub extended: Vec<u8>,
}

/// What is known of an association.
#[derive(Debug, Clone)]
pub struct AssociationInfo {
    /// Names the association in logs and audit.
    pub id: RequestId,
    /// Calling AE title.
    pub calling: AeTitle,
    /// Called AE title.
    pub called: AeTitle,
    /// The peer's network address.
    pub address: SocketAddr,
    /// The peer's certificate (DER), where the connection is TLS and it showed one.
    pub certificate: Option<Vec<u8>>,
    /// The peer's implementation version name, if it gave one.
    pub peer_version: Option<String>,
    /// The accepted contexts.
    pub contexts: Vec<Context>,
}

/// Limits of an established association.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest wait for a PDU.
    pub(crate) idle: Duration,
    /// The least data set bytes in each second of waiting for them.
    pub(crate) minimum_rate: u32,
    /// The longest PDU to send: what the peer takes, and no more than we make.
    pub(crate) max_pdu: u32,
}

/// A command, and the data set that follows it.
pub(crate) struct Message {
    pub(crate) context: Context,
    pub(crate) command: Command,
    /// Where [`Association::pump`] puts the data set; none when there is none.
    pub(crate) data_set: Option<(Feed, Body)>,
}

/// An established association.
pub(crate) struct Association {
    wire: Wire,
    values: VecDeque<Pdv>,
    /// The command that is coming in, kept here so that waiting for it may be given up.
    command: PartialCommand,
    reporting: Reporting,
    info: Arc<AssociationInfo>,
    limits: Limits,
}

/// The fragments of a command that came so far.
#[derive(Debug, Default)]
struct PartialCommand {
    context: Option<u8>,
    bytes: Vec<u8>,
}

impl Association {
    pub(crate) fn new(wire: Wire, info: AssociationInfo, limits: Limits) -> Self {
        Self {
            wire,
            values: VecDeque::new(),
            command: PartialCommand::default(),
            reporting: Reporting::default(),
            info: Arc::new(info),
            limits,
        }
    }

    pub(crate) fn info(&self) -> &Arc<AssociationInfo> {
        &self.info
    }

    pub(crate) const fn reporting(&mut self) -> &mut Reporting {
        &mut self.reporting
    }

    /// The next message, or `None` once the peer has released the association. Cancel-safe.
    pub(crate) async fn next_message(&mut self) -> Result<Option<Message>, AssociationError> {
        self.message_within(self.limits.idle).await
    }

    /// The next message, however long it takes: while we are the one who is awaited, the peer may
    /// be silent. Cancel-safe.
    pub(crate) async fn interruption(&mut self) -> Result<Option<Message>, AssociationError> {
        self.message_within(Duration::MAX).await
    }

    async fn message_within(
        &mut self,
        idle: Duration,
    ) -> Result<Option<Message>, AssociationError> {
        loop {
            let Some(value) = self.value_within(idle, "a command").await? else {
                return if self.command.context.is_none() {
                    Ok(None)
                } else {
                    Err(Violation::FragmentOrder("release inside a command").into())
                };
            };
            if !value.command {
                return Err(Violation::FragmentOrder("a data set without its command").into());
            }
            if self.command.context.is_some_and(|id| id != value.context) {
                return Err(Violation::FragmentOrder("a command in two contexts").into());
            }
            self.command.context = Some(value.context);
            self.command.bytes.extend_from_slice(&value.data);
            if self.command.bytes.len() > COMMAND_LIMIT {
                return Err(Violation::CommandTooLong(COMMAND_LIMIT).into());
            }
            if value.last {
                let PartialCommand { bytes, .. } = std::mem::take(&mut self.command);
                let context = self.context(value.context)?;
                let decoded = Command::decode(&bytes).map_err(Violation::from)?;
                let data_set = decoded.data_set.then(Body::channel);
                return Ok(Some(Message { context, command: decoded.command, data_set }));
            }
        }
    }

    /// Moves a data set's fragments into its feed. The feed ends cleanly only after the fragment
    /// that the peer marked as the last.
    pub(crate) async fn pump(
        &mut self,
        context: u8,
        mut feed: Feed,
    ) -> Result<(), AssociationError> {
        let moved = self.fragments(context, &mut feed).await;
        match &moved {
            Ok(()) => feed.finish().await,
            Err(AssociationError::Timeout(_)) => feed.fail(BodyError::TooSlow).await,
            Err(
                AssociationError::Closed
                | AssociationError::Aborted
                | AssociationError::Violation(_)
                | AssociationError::Io(_)
                | AssociationError::Source(_)
                | AssociationError::Shutdown,
            ) => feed.fail(BodyError::Aborted).await,
        }
        moved
    }

    async fn fragments(&mut self, context: u8, feed: &mut Feed) -> Result<(), AssociationError> {
        let mut rate = Rate::new(self.limits);
        loop {
            let waiting = Instant::now();
            let Some(value) = self.value_within(self.limits.idle, "a data set").await? else {
                return Err(Violation::FragmentOrder("release inside a data set").into());
            };
            if value.command {
                return Err(Violation::FragmentOrder("a command inside a data set").into());
            }
            if value.context != context {
                return Err(Violation::FragmentOrder("a data set in two contexts").into());
            }
            rate.count(waiting.elapsed(), value.data.len())?;
            if !value.data.is_empty() {
                feed.push(value.data).await;
            }
            if value.last {
                return Ok(());
            }
        }
    }

    async fn value_within(
        &mut self,
        idle: Duration,
        awaited: &'static str,
    ) -> Result<Option<Pdv>, AssociationError> {
        loop {
            if let Some(value) = self.values.pop_front() {
                self.context(value.context)?;
                return Ok(Some(value));
            }
            let frame = self.wire.receive(Phase::Established, idle, awaited).await?;
            match frame.kind {
                PduKind::Data => self.values = split(frame.payload())?,
                PduKind::ReleaseRq => return Ok(None),
                PduKind::Abort => return Err(AssociationError::Aborted),
                PduKind::AssociateRq
                | PduKind::AssociateAc
                | PduKind::AssociateRj
                | PduKind::ReleaseRp => {
                    return Err(Violation::UnexpectedPdu(frame.kind.code()).into());
                }
            }
        }
    }

    fn context(&self, id: u8) -> Result<Context, Violation> {
        let found = self.info.contexts.iter().find(|context| context.id == id);
        found.cloned().ok_or(Violation::UnknownContext(id))
    }

    /// Bytes of data that go into one PDU of one value.
    pub(crate) fn room(&self) -> usize {
        // A peer whose limit leaves no room for a fragment gets small ones all the same.
        bytes_of(self.limits.max_pdu).saturating_sub(6).max(16) & !1
    }

    /// Sends a command set, in as many fragments as the peer's PDUs need.
    pub(crate) async fn send_command(
        &mut self,
        context: u8,
        command: &[u8],
    ) -> Result<(), AssociationError> {
        let fragments: Vec<&[u8]> = command.chunks(self.room().min(COMMAND_FRAGMENT)).collect();
        let count = fragments.len();
        let mut pdus = Vec::with_capacity(command.len().saturating_add(PREFIX));
        for (index, fragment) in fragments.into_iter().enumerate() {
            let last = index.saturating_add(1) == count;
            pdus.extend_from_slice(&prefix(context, true, last, fragment.len()));
            pdus.extend_from_slice(fragment);
        }
        self.wire.write(&pdus).await
    }

    /// Sends one fragment of a data set. The first [`PREFIX`] bytes of the buffer are overwritten
    /// with the headers, so that a fragment goes out in one write and is never moved.
    pub(crate) async fn send_fragment(
        &mut self,
        context: u8,
        last: bool,
        buffer: &mut [u8],
    ) -> Result<(), AssociationError> {
        let length = buffer.len().saturating_sub(PREFIX);
        if let Some(head) = buffer.first_chunk_mut::<PREFIX>() {
            *head = prefix(context, false, last, length);
        }
        self.wire.write(buffer).await
    }

    /// Answers a release.
    pub(crate) async fn confirm_release(&mut self) -> Result<(), AssociationError> {
        self.wire.send(&Pdu::ReleaseRP).await
    }

    /// Waits a moment for the peer to close, then closes.
    pub(crate) async fn close(&mut self) {
        self.wire.close().await;
    }

    /// Asks for release and waits for the answer.
    pub(crate) async fn release(&mut self) -> Result<(), AssociationError> {
        self.wire.send(&Pdu::ReleaseRQ).await?;
        loop {
            let frame =
                self.wire.receive(Phase::Releasing, self.limits.idle, "the release").await?;
            match frame.kind {
                PduKind::ReleaseRp => return Ok(()),
                // Release collision (PS3.8 section 9.2.3): the acceptor's request is answered too.
                PduKind::ReleaseRq => self.wire.send(&Pdu::ReleaseRP).await?,
                PduKind::Data => {}
                PduKind::Abort => return Err(AssociationError::Aborted),
                PduKind::AssociateRq | PduKind::AssociateAc | PduKind::AssociateRj => {
                    return Err(Violation::UnexpectedPdu(frame.kind.code()).into());
                }
            }
        }
    }

    /// Gives the association up.
    pub(crate) async fn abort(&mut self) {
        self.wire.abort_as_user().await;
    }

    /// Tells the peer how the association ended, where it does not know.
    pub(crate) async fn end(&mut self, error: &AssociationError) {
        end(&mut self.wire, error).await;
    }
}

/// Tells the peer of a bad end, where it does not know.
pub(crate) async fn end(wire: &mut Wire, error: &AssociationError) {
    match error {
        AssociationError::Violation(violation) => wire.abort(violation.abort_reason()).await,
        AssociationError::Timeout(_) | AssociationError::Shutdown => wire.abort_as_user().await,
        AssociationError::Closed
        | AssociationError::Aborted
        | AssociationError::Io(_)
        | AssociationError::Source(_) => {}
    }
}

/// Command sets go out in fragments of at most this many bytes.
const COMMAND_FRAGMENT: usize = 16 * 1024;

/// Whether a data set comes fast enough. Counts only time spent waiting for the peer, so that
/// our own back-pressure is not held against it.
struct Rate {
    limits: Limits,
    waited: Duration,
    bytes: usize,
}

impl Rate {
    fn new(limits: Limits) -> Self {
        Self { limits, waited: Duration::ZERO, bytes: 0 }
    }

    fn count(&mut self, waited: Duration, bytes: usize) -> Result<(), AssociationError> {
        self.waited = self.waited.saturating_add(waited);
        self.bytes = self.bytes.saturating_add(bytes);
        if self.waited < self.limits.idle {
            return Ok(());
        }
        let seconds = usize::try_from(self.waited.as_secs()).unwrap_or(usize::MAX);
        if self.bytes < seconds.saturating_mul(bytes_of(self.limits.minimum_rate)) {
            return Err(AssociationError::Timeout("a data set at the minimum rate"));
        }
        *self = Self::new(self.limits);
        Ok(())
    }
}
