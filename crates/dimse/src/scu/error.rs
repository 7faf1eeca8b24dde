//! What can go wrong when calling a peer, in words that say what to do.

use std::io;

use lightcase_model::AeTitle;

use crate::{AssociationError, Foreign, Rejection, Status, TlsFault};

/// Why a peer could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ScuError {
    /// The host name has no address.
    #[error("the host name {host} is not known; check how it is spelled, or use an address")]
    UnknownHost {
        /// The name.
        host: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No listener on that port.
    #[error(
        "{place} refused the connection: nothing listens on that port; check the port, and whether \
         the peer runs"
    )]
    Refused {
        /// The peer.
        place: String,
    },
    /// The host cannot be reached.
    #[error("{place} cannot be reached; check the address and the network between")]
    Unreachable {
        /// The peer.
        place: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The host did not answer the connection.
    #[error(
        "{place} does not answer at all; the host may be off, the address wrong, or a firewall \
         between drops what is sent"
    )]
    Unanswered {
        /// The peer.
        place: String,
    },
    /// The peer took the connection and was silent.
    #[error(
        "{place} took the connection and then said nothing while {awaited} was awaited; it may not \
         be a DICOM port, it may expect TLS, or the peer hangs"
    )]
    Silent {
        /// The peer.
        place: String,
        /// What was awaited.
        awaited: &'static str,
    },
    /// The TLS handshake failed.
    #[error("no TLS with {place}: {}", .fault.of_called())]
    Tls {
        /// The peer.
        place: String,
        /// Why.
        fault: TlsFault,
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
    #[error(
        "the peer does not know {calling}; add this title, with the address of this machine, to \
         the peers it accepts"
    )]
    UnknownCalling {
        /// The title that called.
        calling: AeTitle,
    },
    /// The peer has too much to do.
    #[error(
        "the peer has too many associations at the moment; try again later, or have its limit \
         raised"
    )]
    Busy,
    /// Refused for another reason.
    #[error("the peer refused the association ({0}); its log says why")]
    Rejected(Rejection),
    /// The peer aborted instead of answering the association request.
    #[error(
        "{place} aborted the association instead of answering; its log says why, often that it \
         expects other titles or another address"
    )]
    Aborted {
        /// The peer.
        place: String,
    },
    /// Whatever listens there does not speak DICOM.
    #[error("{place} {}", not_dicom(*.speaks))]
    NotDicom {
        /// The peer.
        place: String,
        /// What it speaks, as far as can be told.
        speaks: Foreign,
    },
    /// No proposed presentation context was accepted.
    #[error(
        "the peer accepts none of the SOP classes and transfer syntaxes that were proposed; it may \
         not offer this service, or not to this title"
    )]
    NoContext,
    /// The peer answered with a failure.
    #[error("the peer answered with status {0}; its log says why")]
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

impl ScuError {
    /// The name of the mistake, for programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UnknownHost { .. } => "UnknownHost",
            Self::Refused { .. } => "Refused",
            Self::Unreachable { .. } => "Unreachable",
            Self::Unanswered { .. } => "Unanswered",
            Self::Silent { .. } => "Silent",
            Self::Tls { fault, .. } => match fault {
                TlsFault::NotTls => "TlsNotSpoken",
                TlsFault::OldVersion => "TlsOldVersion",
                TlsFault::NothingInCommon => "TlsNothingInCommon",
                TlsFault::NoCertificate => "TlsNoCertificate",
                TlsFault::UnknownIssuer => "TlsUnknownIssuer",
                TlsFault::Expired => "TlsExpired",
                TlsFault::NotYetValid => "TlsNotYetValid",
                TlsFault::OtherName => "TlsOtherName",
                TlsFault::OtherPurpose => "TlsOtherPurpose",
                TlsFault::OtherCertificate => "TlsOtherCertificate",
                TlsFault::BadCertificate => "TlsBadCertificate",
                TlsFault::OursNotTrusted => "TlsOursNotTrusted",
                TlsFault::OursMissing => "TlsOursMissing",
                TlsFault::Closed => "TlsClosed",
                TlsFault::Other => "Tls",
            },
            Self::UnknownCalled { .. } => "UnknownCalled",
            Self::UnknownCalling { .. } => "UnknownCalling",
            Self::Busy => "Busy",
            Self::Rejected(_) => "Rejected",
            Self::Aborted { .. } => "Aborted",
            Self::NotDicom { speaks, .. } => match speaks {
                Foreign::Tls => "SpeaksTls",
                Foreign::Http => "SpeaksHttp",
                Foreign::Unknown => "NotDicom",
            },
            Self::NoContext => "NoContext",
            Self::Failed(_) => "Failed",
            Self::Unexpected => "Unexpected",
            Self::Association(_) => "Association",
            Self::Source(_) => "Source",
        }
    }
}

const fn not_dicom(speaks: Foreign) -> &'static str {
    match speaks {
        Foreign::Tls => "answers in TLS; call it with TLS, or call its port for plain DICOM",
        Foreign::Http => {
            "answers in HTTP: that is the port of a web server; ask for the DICOM port"
        }
        Foreign::Unknown => {
            "does not answer in DICOM; the port may be another service's, or expect TLS"
        }
    }
}
