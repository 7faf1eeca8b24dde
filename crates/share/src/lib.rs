//! What is lent out, to whom, with which proof.
//!
//! Everything starts at [`Shares`]. Staff [`Shares::create`] a link; its secret and passcode are
//! given out once and only a hash and a keyed verifier are kept. A visitor asks which factor is
//! needed ([`Shares::challenge`]), proves it ([`Shares::open`]) and has a session; every request
//! turns its handle and cookie into a [`Visit`], whose [`Visit::scope`] is what the link grants.
//!
//! A visitor who may not come in learns nothing else: unknown, expired, revoked, locked, frozen
//! and used-up links, links whose studies are all withdrawn and wrong passcodes are one answer,
//! after the same work.

mod challenge;
mod create;
mod end;
mod error;
mod first_image;
mod leave;
mod link;
mod list;
mod mail;
mod new_link;
mod notice;
mod open;
mod passcode;
mod revoke;
mod shown;
mod view;
mod visit;
mod words;

use std::sync::Arc;

use lightcase_archive::Archive;
use lightcase_catalog::Catalog;

pub use challenge::Factor;
pub use create::Created;
pub use error::{Result, ShareError};
pub use lightcase_catalog::{ShareFilter, ShareState};
pub use link::SecretLink;
pub use mail::{
    AlertMail, CODE_LIFETIME, CodeMail, EmailAddress, EmailAddressError, LinkMail, MAIL_LIFETIME,
    Mail, MailConfig, MailConfigError, MailCredentials, MailText, MailTls, PlainText,
    PlainTextError,
};
pub use new_link::{MAX_LIFETIME, MAX_USES, NewLink};
pub use notice::Notice;
pub use open::{Attempt, FREEZE_AFTER, LOCK_AFTER, LOCK_FOR, Opened};
pub use passcode::Passcode;
pub use shown::{SharedPatient, SharedSeries, SharedStudy, SharedView};
pub use view::ShareView;
pub use visit::{SHARE_SESSION_IDLE, SHARE_SESSION_LIFETIME, Visit};

/// Share links, over the archive.
#[derive(Debug)]
pub struct Shares {
    catalog: Arc<Catalog>,
    archive: Archive,
    mail: Option<Mail>,
}

impl Shares {
    /// Over this archive.
    pub fn new(archive: Archive) -> Self {
        Self { catalog: Arc::clone(archive.catalog()), archive, mail: None }
    }

    /// With mail, where it is set up.
    #[must_use]
    pub fn with_mail(self, mail: Option<Mail>) -> Self {
        Self { mail, ..self }
    }
}
