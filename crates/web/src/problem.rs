//! What went wrong, as RFC 9457 problem details: one exhaustive match per kind of error.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lightcase_accounts::AccountsError;
use lightcase_archive::{ArchiveError, ImportError, Reason, Refusal};
use lightcase_catalog::CatalogError;
use lightcase_model::{Permission, RequestId};
use lightcase_share::{AuthorisationFault, ShareError};
use serde::Serialize;

/// An answer, or what went wrong.
pub(crate) type Answer<T = Response> = Result<T, Problem>;

/// What went wrong. It rides in the response's extensions to the outer layer, which writes the
/// body, knows the request id and logs it once.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) reason: &'static str,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) retry_after: Option<u64>,
    /// A right that was missing, for the audit.
    pub(crate) denied: Option<Permission>,
    /// For the log only.
    pub(crate) source: Option<Arc<dyn Error + Send + Sync>>,
}

/// The body of a problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProblemDetails<'a> {
    /// Always `about:blank`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    status: u16,
    /// What is wrong and what to do.
    detail: &'a str,
    /// Why, for programs.
    reason: &'static str,
    /// The request, as in the log.
    request: String,
}

const DOWN: &str = "The archive's index does not answer. Try again in a moment.";

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        reason: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let detail = detail.into();
        Self { status, reason, detail, retry_after: None, denied: None, source: None }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "There is nothing here.")
    }

    pub(crate) fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Malformed", detail)
    }

    pub(crate) fn not_acceptable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", detail)
    }

    pub(crate) fn forbidden(reason: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, reason, detail)
    }

    pub(crate) fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "SignedOut", "Sign in first: there is no session.")
    }

    pub(crate) fn not_permitted(permission: Permission) -> Self {
        let detail = "This account may not do that. Ask an administrator.";
        Self { denied: Some(permission), ..Self::forbidden("NotPermitted", detail) }
    }

    fn unavailable(reason: &'static str, detail: &'static str) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self { retry_after: Some(5), ..Self::new(status, reason, detail) }
    }

    /// A defect of the program or of what is stored.
    pub(crate) fn internal(source: impl Error + Send + Sync + 'static) -> Self {
        Self::defect().because(source)
    }

    pub(crate) fn defect() -> Self {
        let detail = "Something is wrong inside the archive. Give the request id to who runs it.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal", detail)
    }

    fn because(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self { source: Some(Arc::new(source)), ..self }
    }

    /// An answer of the framework without words, such as 405.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::new(status, "MethodNotAllowed", "This cannot be done here.")
            }
            _ => Self::new(status, "Refused", "The request cannot be answered."),
        }
    }

    /// The body, with the request it belongs to.
    pub(crate) fn render(&self, request: RequestId) -> Vec<u8> {
        let details = ProblemDetails {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            reason: self.reason,
            request: request.to_string(),
        };
        // A struct of texts and a number has no value that cannot be written.
        serde_json::to_vec(&details).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ArchiveError> for Problem {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::NotFound => Self::not_found(),
            ArchiveError::ViewOnly => Self::forbidden(
                "NotPermitted",
                "These images may be looked at, but not downloaded. Ask the person who shared them.",
            ),
            ArchiveError::BadRequest(sentence) => Self::bad_request(sentence),
            ArchiveError::Conflict(sentence) => {
                Self::new(StatusCode::CONFLICT, "Conflict", sentence)
            }
            ArchiveError::NotRenderable(sentence) => {
                Self::new(StatusCode::NOT_ACCEPTABLE, "NotRenderable", sentence)
            }
            ArchiveError::Busy => Self {
                retry_after: Some(1),
                ..Self::unavailable("Busy", "Too much is asked at once. Try again in a moment.")
            },
            ArchiveError::Index(source) => source.into(),
            ArchiveError::Store(source) => Self::unavailable(
                "StoreDown",
                "The archive's object store does not answer. Try again in a moment.",
            )
            .because(source),
            ArchiveError::Damaged(source) => {
                let sentence = "What is stored of this cannot be read. Give the request id to who \
                                runs the archive.";
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Self { source: Some(source.into()), ..Self::new(status, "Damaged", sentence) }
            }
        }
    }
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Unavailable(_) | CatalogError::Unsuitable(_) => {
                Self::unavailable("IndexDown", DOWN).because(error)
            }
            CatalogError::Full(_) => {
                let sentence = "The disk of the index is full. Make room and try again.";
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "Full", sentence).because(error)
            }
            CatalogError::Keys(_) => Self::unavailable(
                "KeysDown",
                "The archive's keys do not answer. Try again in a moment.",
            )
            .because(error),
            CatalogError::Taken(name) => Self::new(
                StatusCode::CONFLICT,
                "Taken",
                format!("The name {name:?} is taken. Choose another one."),
            ),
            CatalogError::Migration(_) | CatalogError::Unaudited | CatalogError::Corrupt(_) => {
                Self::internal(error)
            }
        }
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        let sentence = error.to_string();
        match error {
            AccountsError::WrongCredentials => {
                Self::new(StatusCode::UNAUTHORIZED, "WrongCredentials", sentence)
            }
            AccountsError::Blocked { retry_after } => Self {
                retry_after: Some(retry_after.as_secs().max(1)),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Blocked", sentence)
            },
            AccountsError::Busy => Self {
                retry_after: Some(1),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Busy", sentence)
            },
            AccountsError::Taken(_) => Self::new(StatusCode::CONFLICT, "Taken", sentence),
            AccountsError::WeakPassword(_) => {
                Self::new(StatusCode::BAD_REQUEST, "WeakPassword", sentence)
            }
            AccountsError::Malformed(_) => Self::bad_request(sentence),
            AccountsError::NotPermitted(permission) => Self::not_permitted(permission),
            AccountsError::OwnAccount => Self::new(StatusCode::CONFLICT, "OwnAccount", sentence),
            AccountsError::SetUpOver => Self::new(StatusCode::FORBIDDEN, "SetUpOver", sentence),
            AccountsError::Unknown => Self::new(StatusCode::NOT_FOUND, "NotFound", sentence),
            AccountsError::Hashing => Self::internal(error),
            AccountsError::Unavailable(source) => source.into(),
        }
    }
}

impl From<ShareError> for Problem {
    fn from(error: ShareError) -> Self {
        let sentence = error.to_string();
        match error {
            ShareError::Refused => Self::new(StatusCode::FORBIDDEN, "Refused", sentence),
            ShareError::NotPermitted(permission) => Self {
                denied: Some(permission),
                ..Self::new(StatusCode::FORBIDDEN, "NotPermitted", sentence)
            },
            ShareError::FactorNeeded => Self {
                denied: Some(Permission::ShareWithoutFactor),
                ..Self::new(StatusCode::FORBIDDEN, "FactorNeeded", sentence)
            },
            ShareError::Ended => Self::new(StatusCode::CONFLICT, "Ended", sentence),
            ShareError::NotFound => Self::new(StatusCode::NOT_FOUND, "NotFound", sentence),
            ShareError::Malformed(_) => Self::bad_request(sentence),
            ShareError::Authorisation(fault) => fault.into(),
            ShareError::NoticeChanged => Self::new(StatusCode::CONFLICT, "NoticeChanged", sentence),
            ShareError::MailOff => Self::new(StatusCode::CONFLICT, "MailOff", sentence),
            ShareError::NoCopies(source) => {
                let sentence = "Clean copies cannot be made at the moment. Try again later.";
                Self::unavailable("Busy", sentence).because(source)
            }
            ShareError::Unavailable(source) => source.into(),
        }
    }
}

impl From<AuthorisationFault> for Problem {
    fn from(fault: AuthorisationFault) -> Self {
        let (status, reason) = match fault {
            AuthorisationFault::NoDescription
            | AuthorisationFault::NoDiscloser
            | AuthorisationFault::NoRecipient
            | AuthorisationFault::NoPurpose
            | AuthorisationFault::NoExpiry
            | AuthorisationFault::NoSignature
            | AuthorisationFault::NoSignatureDate
            | AuthorisationFault::NoRepresentative
            | AuthorisationFault::NoRevocationStatement
            | AuthorisationFault::NoConditioningStatement
            | AuthorisationFault::NoRedisclosureStatement => {
                (StatusCode::BAD_REQUEST, "Incomplete")
            }
            AuthorisationFault::TooLong { .. }
            | AuthorisationFault::ControlCharacter(_)
            | AuthorisationFault::SignedLater(_)
            | AuthorisationFault::Over(_)
            | AuthorisationFault::FormMismatch(_) => (StatusCode::BAD_REQUEST, "Malformed"),
            AuthorisationFault::StudyOfAnotherPatient | AuthorisationFault::Closed => {
                (StatusCode::CONFLICT, "Conflict")
            }
            AuthorisationFault::Unknown
            | AuthorisationFault::AnotherPatient
            | AuthorisationFault::Revoked
            | AuthorisationFault::Expired
            | AuthorisationFault::Outlived(_) => (StatusCode::CONFLICT, "NotAuthorised"),
            AuthorisationFault::FormKind => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Malformed"),
            AuthorisationFault::FormTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "LimitExceeded"),
        };
        Self::new(status, reason, fault.to_string())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.reason {
            Reason::NotPermitted => StatusCode::FORBIDDEN,
            Reason::Malformed | Reason::UidMismatch => StatusCode::BAD_REQUEST,
            Reason::LimitExceeded => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::ClassMismatch | Reason::Conflict => StatusCode::CONFLICT,
            Reason::Full => StatusCode::INSUFFICIENT_STORAGE,
            Reason::StoreDown | Reason::IndexDown | Reason::KeysDown => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        let retry_after = refusal.reason.may_pass().then_some(5);
        Self { retry_after, ..Self::new(status, refusal.reason.name(), refusal.sentence) }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let sentence = error.to_string();
        match error {
            ImportError::NotDicom(_) | ImportError::CutOff(_) | ImportError::Index => {
                Self::bad_request(sentence)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reason: Reason, status: u16) {
        let refusal = Refusal { reason, sentence: "why".to_owned(), id: None };
        let problem = Problem::from(refusal);
        assert_eq!((problem.status.as_u16(), problem.reason), (status, reason.name()));
    }

    #[test]
    fn refusals_have_the_status_of_the_contract() {
        check(Reason::NotPermitted, 403);
        check(Reason::Malformed, 400);
        check(Reason::UidMismatch, 400);
        check(Reason::LimitExceeded, 413);
        check(Reason::ClassMismatch, 409);
        check(Reason::Conflict, 409);
        check(Reason::Full, 507);
        check(Reason::StoreDown, 503);
        check(Reason::IndexDown, 503);
        check(Reason::KeysDown, 503);
    }

    #[test]
    fn a_problem_is_written_as_rfc_9457_says() {
        let request = RequestId::random();
        let body: serde_json::Value =
            serde_json::from_slice(&Problem::not_found().render(request)).unwrap();
        assert_eq!(body["type"], "about:blank");
        assert_eq!(body["title"], "Not Found");
        assert_eq!(body["status"], 404);
        assert_eq!(body["request"], request.to_string());
    }
}
