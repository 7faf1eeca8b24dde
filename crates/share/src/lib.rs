//! What is lent out, to whom, with which proof.
//!
//! Everything starts at [`Shares`]. Staff [`Shares::create`] a link; its secret and passcode are
//! given out once and only a hash and a keyed verifier are kept. A visitor asks which factor is
//! needed ([`Shares::challenge`]), proves it ([`Shares::open`]) and has a session; every request
//! turns its handle and cookie into a [`Visit`], whose [`Visit::scope`] is what the link grants.
//!
//! A visitor who may not come in learns nothing else: unknown, expired, revoked, locked, frozen,
//! withdrawn and used-up links and wrong passcodes are one answer, after the same work.

mod authority;
mod begin;
mod body_part;
mod challenge;
mod create;
mod deliver;
mod detail;
mod end;
mod error;
mod extend;
mod factor;
mod first_image;
mod grow;
mod known;
mod leave;
mod link;
mod list;
mod mail;
mod mention;
mod new_link;
mod notice;
mod open;
mod owner;
mod preview;
mod recall;
mod renew;
mod revoke;
mod shown;
mod spelling;
mod tell;
mod view;
mod visit;
mod words;

use std::sync::Arc;

use lightcase_accounts::Accounts;
use lightcase_archive::Archive;
use lightcase_catalog::Catalog;

pub use authority::{
    Authorisation, AuthorisationExport, AuthorisationFault, AuthorisationState, ExportedForm,
    ExportedLink, ExportedVersion, FormBytes, FormKind, MAX_FORM, Statements, Terms,
};
pub use create::{Created, Made};
pub use detail::ShareDetail;
pub use error::{Result, ShareError};
pub use factor::passcode::Passcode;
pub use lightcase_catalog::{
    Alert, Delivery, MailState, Recall, SeenSeries, ShareDownload, ShareFilter, ShareState,
};
pub use link::SecretLink;
pub use mail::{
    AlertMail, CODE_LIFETIME, CodeMail, EmailAddress, EmailAddressError, LinkMail, MAIL_LIFETIME,
    Mail, MailConfig, MailConfigError, MailCredentials, MailText, MailTls, PlainText,
    PlainTextError,
};
pub use new_link::{
    Deliver, MAX_LIFETIME, MAX_RECIPIENTS, MAX_USES, NewLink, Recipient, sender_name,
};
pub use notice::Notice;
pub use open::{Attempt, FREEZE_AFTER, LOCK_AFTER, LOCK_FOR, Opened, Progress};
pub use preview::{Preview, Warning, WarningKind};
pub use renew::Renewed;
pub use shown::{SharedPatient, SharedSeries, SharedStudy, SharedView};
pub use view::ShareView;
pub use visit::{SHARE_SESSION_IDLE, SHARE_SESSION_LIFETIME, Visit};

/// Share links, over the archive.
#[derive(Debug)]
pub struct Shares {
    catalog: Arc<Catalog>,
    archive: Archive,
    accounts: Arc<Accounts>,
    mail: Option<Mail>,
}

impl Shares {
    /// Over this archive, for recipients who have an account among these.
    pub fn new(archive: Archive, accounts: Arc<Accounts>) -> Self {
        Self { catalog: Arc::clone(archive.catalog()), archive, accounts, mail: None }
    }

    /// With mail, where it is set up.
    #[must_use]
    pub fn with_mail(self, mail: Option<Mail>) -> Self {
        Self { mail, ..self }
    }
}
