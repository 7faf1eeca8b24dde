//! The notice a recipient accepts before anything is shown.

use lightcase_audit::{Event, ListDigest};
use lightcase_catalog::Share;
use lightcase_model::Ctx;
use sha2::{Digest, Sha256};

use crate::{Result, ShareError, Shares, Visit};

/// The notice of one link. It names neither patient nor study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Sentences, in order.
    pub text: Vec<String>,
    /// SHA-256 over the sentences, each followed by a line feed; recorded when it is accepted.
    pub hash: ListDigest,
}

impl Notice {
    pub(crate) fn of(share: &Share) -> Self {
        let (by, to) = (&share.shared_by, share.recipient.expose());
        // RFC 3339 in UTC, down to the minute.
        let expires: String = share.expires_at.to_string().chars().take(16).collect();
        let (day, minute) = expires.split_once('T').unwrap_or((&expires, "00:00"));
        let text = vec![
            format!("{by} shares medical images with {to} for {}.", share.purpose),
            format!("They can be opened until {day}, {minute} UTC."),
            "Every access is logged: when, from which network address, and which images."
                .to_owned(),
            "Do not pass on the link, the passcode or the images.".to_owned(),
            "The pictures shown here are not for primary diagnosis, unless your screen and your \
             institution have cleared them for it."
                .to_owned(),
            format!("If you are not {to}, close this page and tell the person who sent the link."),
        ];
        let mut hash = Sha256::new();
        for sentence in &text {
            hash.update(sentence);
            hash.update(b"\n");
        }
        Self { text, hash: ListDigest(hash.finalize().into()) }
    }
}

impl Shares {
    /// Accepts the notice, named by its hash in hexadecimal. Doing it twice is not an error.
    ///
    /// # Errors
    /// [`ShareError::NoticeChanged`] when it is not the notice of this link.
    pub async fn accept(&self, ctx: &Ctx, visit: &Visit, hash: &str) -> Result<()> {
        let notice = Notice::of(&visit.link);
        if notice.hash.to_string() != hash {
            return Err(ShareError::NoticeChanged);
        }
        let mut tx = self.catalog.begin().await?;
        if tx.accept_notice(visit.session, ctx.now).await? {
            let (share, session) = (visit.share, visit.session);
            let event = Event::NoticeAccepted { share, session, notice: notice.hash };
            tx.record(ctx, event).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
