//! What can go wrong when calling a peer, in words that say what to do.

use std::io;

use lightcase_model::AeTitle;

use crate::{AssociationError, Rejection, Status};

/// Why a peer could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ScuError {
    /// No listener on that port.
    #[error("{place} refused the connection: nothing listens on that port")]
    Refused {
        /// The peer.
        place: String,
    },
    /// The host cannot be found or reached.
    #[error("{place} cannot be reached; check the host name and the network")]
    Unreachable {
        /// The peer.
        place: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The peer was silent.
    #[error("{place} did not answer in time while {awaited} was awaited")]
    Timeout {
        /// The peer.
        place: String,
        /// What was awaited.
        awaited: &'static str,
    },
    /// The TLS handshake failed.
    #[error(
        "TLS with {place} failed; it may not speak TLS on that port, or one side does not \
             trust the other's certificate"
    )]
    Tls {
        /// The peer.
        place: String,
        /// What rustls said.
        #[source]
        source: io::Error,
    },
    /// Called AE title not recognized.
    #[error("the peer knows no AE title {called}; check the title it was configured with")]
    UnknownCalled {
        /// The title that was called.
        called: AeTitle,
    },
    /// Calling AE title not recognized.
    #[error("the peer does not know {calling}; add this title to the peers it accepts")]
    UnknownCalling {
        /// The title that called.
        calling: AeTitle,
    },
    /// The peer has too much to do.
    #[error("the peer has too many associations at the moment; try again later")]
    Busy,
    /// Refused for another reason.
    #[error("the peer refused the association: {0}")]
    Rejected(Rejection),
    /// The peer closed the connection instead of answering the association request.
    #[error(
        "{place} closed the connection without answering; it may expect TLS on that port, or \
             not be a DICOM peer"
    )]
    NotDicom {
        /// The peer.
        place: String,
    },
    /// No proposed presentation context was accepted.
    #[error("the peer accepts none of the SOP classes and transfer syntaxes that were proposed")]
    NoContext,
    /// The peer answered with a failure.
    #[error("the peer answered with status {0}")]
    Failed(Status),
    /// The peer answered something that does not belong to the request.
    #[error("the peer answered with something else than the response")]
    Unexpected,
    /// The association broke.
    #[error("the association broke")]
    Association(#[from] AssociationError),
    /// What was to be sent could not be read; the association was aborted, so that the peer does
    /// not take a part for the whole.
    #[error("what was to be sent could not be read")]
    Source(#[source] io::Error),
}
