//! How an association can end badly, and what the peer is told when it is at fault.

use std::io;

use dicom_ul::pdu::AbortRQServiceProviderReason as AbortReason;

use crate::CommandError;

/// Why an association ended other than by release.
#[derive(Debug, thiserror::Error)]
pub enum AssociationError {
    /// The transport connection ended without A-RELEASE or A-ABORT.
    #[error("the peer closed the connection without releasing the association")]
    Closed,
    /// The peer sent A-ABORT.
    #[error("the peer aborted the association")]
    Aborted,
    /// The peer was silent for longer than allowed.
    #[error("the peer sent nothing, or not enough, while {0} was awaited")]
    Timeout(&'static str),
    /// The peer broke PS3.7 or PS3.8; it is sent A-ABORT.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The transport failed.
    #[error("the connection failed")]
    Io(#[from] io::Error),
    /// What was being sent could not be read to its end; the association was aborted, so that the
    /// peer does not take a part for the whole.
    #[error("what was being sent could not be read to its end")]
    Source(#[source] io::Error),
    /// Lightcase stops, and nothing was under way on the association.
    #[error("Lightcase is shutting down")]
    Shutdown,
}

/// What speaks on a DICOM port without being DICOM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// A TLS client on the plain port.
    Tls,
    /// An HTTP client, most likely.
    Http,
    /// Anything else.
    Unknown,
}

impl Foreign {
    /// What the first byte of a connection, or of an answer, tells: a TLS record of an alert or a
    /// handshake, a word of HTTP.
    pub(crate) fn of(byte: u8) -> Self {
        match byte {
            0x15 | 0x16 => Self::Tls,
            // GET, PUT, POST, PATCH, HEAD, HTTP, DELETE, OPTIONS, CONNECT, TRACE.
            b'G' | b'P' | b'H' | b'D' | b'O' | b'C' | b'T' => Self::Http,
            _ => Self::Unknown,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Tls => "a TLS client on the port for plain DICOM; use the TLS port",
            Self::Http => "it looks like HTTP; the web address is another port",
            Self::Unknown => "the first byte is no PDU type",
        }
    }
}

/// A breach of the protocol by the peer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Violation {
    /// The bytes are no DICOM PDU.
    #[error("the peer does not speak DICOM: {}", .0.words())]
    NotDicom(Foreign),
    /// A PDU type that PS3.8 does not define.
    #[error("PDU type {0} does not exist")]
    UnrecognizedPdu(u8),
    /// A PDU that the state table does not allow here (PS3.8 table 9-10).
    #[error("PDU type {0} is not allowed in this state")]
    UnexpectedPdu(u8),
    /// A PDU longer than what was negotiated.
    #[error("a PDU declares {length} bytes; at most {limit} are allowed")]
    PduTooLong {
        /// What the PDU's header declares, in bytes.
        length: u32,
        /// What is allowed, in bytes.
        limit: u32,
    },
    /// A PDU whose content breaks PS3.8 chapter 9.3.
    #[error("a PDU is malformed: {0}")]
    Malformed(&'static str),
    /// A P-DATA value for a presentation context that was not accepted.
    #[error("presentation context {0} was not accepted")]
    UnknownContext(u8),
    /// Fragments of command and data set in an order PS3.7 does not allow.
    #[error("a fragment came out of order: {0}")]
    FragmentOrder(&'static str),
    /// A command set beyond the bound.
    #[error("a command set is longer than {0} bytes")]
    CommandTooLong(usize),
    /// A command set that cannot be read.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A message that makes no sense from this side of the association.
    #[error("a message of this kind is not expected: {0}")]
    UnexpectedMessage(&'static str),
}

impl Violation {
    /// The reason the A-ABORT carries (PS3.8 table 9-26).
    pub(crate) fn abort_reason(&self) -> AbortReason {
        match self {
            Self::NotDicom(_) | Self::UnrecognizedPdu(_) => AbortReason::UnrecognizedPdu,
            Self::UnexpectedPdu(_) | Self::UnexpectedMessage(_) => AbortReason::UnexpectedPdu,
            Self::FragmentOrder(_) => AbortReason::UnexpectedPduParameter,
            Self::PduTooLong { .. }
            | Self::Malformed(_)
            | Self::UnknownContext(_)
            | Self::CommandTooLong(_)
            | Self::Command(_) => AbortReason::InvalidPduParameter,
        }
    }
}
