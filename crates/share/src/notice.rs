//! The notice a recipient accepts before anything is shown.

use lightcase_audit::{Event, ListDigest};
use lightcase_catalog::Share;
use lightcase_model::{Ctx, Language, Timestamp};
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
        let who =
            (share.shared_by.as_str(), share.recipient.expose().as_str(), share.purpose.as_str());
        let text = sentences(share.language, who, share.expires_at);
        let mut hash = Sha256::new();
        for sentence in &text {
            hash.update(sentence);
            hash.update(b"\n");
        }
        Self { text, hash: ListDigest(hash.finalize().into()) }
    }
}

/// The sentences of a notice: who shares with whom and why, and until when.
pub(crate) fn sentences(
    language: Language,
    (by, to, purpose): (&str, &str, &str),
    expires: Timestamp,
) -> Vec<String> {
    // RFC 3339 in UTC, down to the minute.
    let expires: String = expires.to_string().chars().take(16).collect();
    let (day, minute) = expires.split_once('T').unwrap_or((&expires, "00:00"));
    match language {
        Language::English => vec![
            format!("{by} shares medical images with {to}. Purpose: {purpose}."),
            format!("They can be opened until {day}, {minute} UTC."),
            "Every access is logged: when, from which network address, and which images."
                .to_owned(),
            "Do not pass on the link, the passcode or the images.".to_owned(),
            "The pictures shown here are not for primary diagnosis, unless your screen and your \
             institution have cleared them for it."
                .to_owned(),
            format!("If you are not {to}, close this page and tell the person who sent the link."),
        ],
        Language::German => vec![
            format!("{by} gibt medizinische Bilder f\u{fc}r {to} frei. Zweck: {purpose}."),
            format!("Sie k\u{f6}nnen bis zum {day}, {minute} UTC ge\u{f6}ffnet werden."),
            "Jeder Zugriff wird aufgezeichnet: wann, von welcher Netzwerkadresse und welche Bilder."
                .to_owned(),
            "Geben Sie weder den Link noch den Zugangscode noch die Bilder weiter.".to_owned(),
            "Die hier gezeigten Bilder dienen nicht der Befundung, au\u{df}er Ihr Bildschirm und \
             Ihre Einrichtung sind daf\u{fc}r zugelassen."
                .to_owned(),
            format!(
                "Wenn Sie nicht {to} sind, schlie\u{df}en Sie diese Seite und benachrichtigen Sie \
                 die Person, die den Link gesendet hat."
            ),
        ],
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
