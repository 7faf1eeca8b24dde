//! Why a TLS handshake failed, told apart by what there is to do about it.

use std::io;

use tokio_rustls::rustls::{
    AlertDescription, CertificateError, Error as TlsError, PeerIncompatible,
};

/// Why a TLS handshake failed. "The other" is the peer, whichever side this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFault {
    /// The other does not speak TLS.
    NotTls,
    /// The other speaks only versions before 1.2.
    OldVersion,
    /// There is no cipher suite, or the like, that both know.
    NothingInCommon,
    /// The other shows no certificate, and must.
    NoCertificate,
    /// Nobody we trust signed the other's certificate.
    UnknownIssuer,
    /// The other's certificate has expired.
    Expired,
    /// The other's certificate is not valid yet.
    NotYetValid,
    /// The other's certificate is for another host.
    OtherName,
    /// The other's certificate is not for this side of a connection.
    OtherPurpose,
    /// The other's certificate is good, and not the one it is known by.
    OtherCertificate,
    /// The other's certificate is wrong in another way.
    BadCertificate,
    /// The other does not trust our certificate.
    OursNotTrusted,
    /// The other asks for a certificate of ours.
    OursMissing,
    /// The other closed the connection.
    Closed,
    /// Anything else.
    Other,
}

impl TlsFault {
    /// Reads what the transport said.
    pub fn of(error: &io::Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
        if let Some(error) = tls {
            return Self::of_tls(error);
        }
        let closed = matches!(
            error.kind(),
            io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
        );
        if closed { Self::Closed } else { Self::Other }
    }

    fn of_tls(error: &TlsError) -> Self {
        if let TlsError::InvalidCertificate(error) = error {
            return Self::of_certificate(error);
        }
        if let TlsError::AlertReceived(alert) = error {
            return Self::of_alert(*alert);
        }
        if let TlsError::PeerIncompatible(why) = error {
            // A caller that is too old is noticed by what its hello lacks, before its version is.
            let old = matches!(
                why,
                PeerIncompatible::SignatureAlgorithmsExtensionRequired
                    | PeerIncompatible::Tls12NotOffered
                    | PeerIncompatible::Tls12NotOfferedOrEnabled
                    | PeerIncompatible::ServerDoesNotSupportTls12Or13
                    | PeerIncompatible::SupportedVersionsExtensionRequired
            );
            return if old { Self::OldVersion } else { Self::NothingInCommon };
        }
        if matches!(error, TlsError::NoCertificatesPresented) {
            return Self::NoCertificate;
        }
        let foreign =
            matches!(error, TlsError::InvalidMessage(_) | TlsError::InappropriateMessage { .. });
        if foreign { Self::NotTls } else { Self::Other }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        use CertificateError as Wrong;

        if matches!(error, Wrong::Expired | Wrong::ExpiredContext { .. }) {
            Self::Expired
        } else if matches!(error, Wrong::NotValidYet | Wrong::NotValidYetContext { .. }) {
            Self::NotYetValid
        } else if matches!(error, Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }) {
            Self::OtherName
        } else if matches!(error, Wrong::InvalidPurpose | Wrong::InvalidPurposeContext { .. }) {
            Self::OtherPurpose
        } else if matches!(error, Wrong::UnknownIssuer) {
            Self::UnknownIssuer
        } else {
            Self::BadCertificate
        }
    }

    fn of_alert(alert: AlertDescription) -> Self {
        use AlertDescription as Alert;

        const CAUSES: [(Alert, TlsFault); 13] = [
            (Alert::CertificateRequired, TlsFault::OursMissing),
            (Alert::NoCertificate, TlsFault::OursMissing),
            (Alert::BadCertificate, TlsFault::OursNotTrusted),
            (Alert::UnsupportedCertificate, TlsFault::OursNotTrusted),
            (Alert::CertificateRevoked, TlsFault::OursNotTrusted),
            (Alert::CertificateExpired, TlsFault::OursNotTrusted),
            (Alert::CertificateUnknown, TlsFault::OursNotTrusted),
            (Alert::UnknownCA, TlsFault::OursNotTrusted),
            (Alert::AccessDenied, TlsFault::OursNotTrusted),
            (Alert::DecryptError, TlsFault::OursNotTrusted),
            (Alert::ProtocolVersion, TlsFault::OldVersion),
            (Alert::HandshakeFailure, TlsFault::NothingInCommon),
            (Alert::InsufficientSecurity, TlsFault::NothingInCommon),
        ];
        let found = CAUSES.iter().find(|(cause, _)| *cause == alert);
        found.map_or(Self::Other, |(_, fault)| *fault)
    }

    /// For the log of a listener: what is wrong with who called, and what to do.
    pub(crate) const fn of_caller(self) -> &'static str {
        match self {
            Self::NotTls => {
                "the peer does not speak TLS; a peer without TLS belongs on the plain port"
            }
            Self::OldVersion => "the peer offers only a version of TLS before 1.2; update it",
            Self::NothingInCommon => {
                "the peer and this listener have no cipher suite in common; update the peer, or let \
                 it offer those of BCP 195"
            }
            Self::NoCertificate => {
                "the peer shows no certificate, and here everybody must; give it one that an \
                 authority of dicom.tls.client_ca signed"
            }
            Self::UnknownIssuer => {
                "the peer's certificate is signed by an authority that dicom.tls.client_ca does \
                 not hold; add the authority there, or give the peer another certificate"
            }
            Self::Expired => "the peer's certificate has expired; renew it",
            Self::NotYetValid => "the peer's certificate is not valid yet; check both clocks",
            Self::OtherName => "the peer's certificate is for another host",
            Self::OtherPurpose => {
                "the peer's certificate is not for clients; give it one with the purpose of client \
                 authentication"
            }
            Self::OtherCertificate => "the peer's certificate is not the one it is known by",
            Self::BadCertificate => {
                "the peer's certificate is not good: its signature or its form is wrong"
            }
            Self::OursNotTrusted => {
                "the peer does not trust this listener's certificate; let it trust the authority \
                 that signed dicom.tls.certificate, and call by a name in it"
            }
            Self::OursMissing => "the peer asks for a certificate that this listener does not show",
            Self::Closed => {
                "the peer closed the connection during it; it may not trust this listener's \
                 certificate"
            }
            Self::Other => "it broke off",
        }
    }

    /// For the caller: what is wrong with who was called, and what to do.
    pub(crate) const fn of_called(self) -> &'static str {
        match self {
            Self::NotTls => {
                "it does not speak TLS on that port; call its TLS port, or call it without TLS"
            }
            Self::OldVersion => "it speaks only versions of TLS before 1.2; have it updated",
            Self::NothingInCommon => {
                "it has no cipher suite in common with us; have it updated, or have it offer those \
                 of BCP 195"
            }
            Self::NoCertificate => "it shows no certificate",
            Self::UnknownIssuer => {
                "its certificate is signed by an authority that is not trusted here; ask whoever \
                 runs it for the authority's certificate, and trust that one"
            }
            Self::Expired => "its certificate has expired; whoever runs it has to renew it",
            Self::NotYetValid => "its certificate is not valid yet; check the clocks of both sides",
            Self::OtherName => {
                "its certificate is for another host; call it by a name that the certificate has, \
                 or say which name is expected"
            }
            Self::OtherPurpose => "its certificate is not for servers",
            Self::OtherCertificate => {
                "its certificate is not the one that it is entered with; if it was renewed, enter \
                 the peer again with the new one"
            }
            Self::BadCertificate => {
                "its certificate is not good: its signature or its form is wrong"
            }
            Self::OursNotTrusted => {
                "it does not trust the certificate that we show; have it trust the authority that \
                 signed it"
            }
            Self::OursMissing => {
                "it asks for a certificate of ours and got none; call it with certificate and key"
            }
            Self::Closed => {
                "it closed the connection; it may not speak TLS on that port, or not trust the \
                 certificate that we show"
            }
            Self::Other => "the handshake broke off",
        }
    }
}
