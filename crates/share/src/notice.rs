//! The notice a recipient accepts before anything is shown.

use lightcase_audit::{Event, ListDigest};
use lightcase_catalog::Share;
use lightcase_model::{Authority, Ctx, Language, Timestamp};
use sha2::{Digest, Sha256};

use crate::words::{Words, fill};
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
        Self::saying(sentences(share.language, share.authority, who, share.expires_at))
    }

    fn saying(text: Vec<String>) -> Self {
        let mut hash = Sha256::new();
        for sentence in &text {
            hash.update(sentence);
            hash.update(b"\n");
        }
        Self { text, hash: ListDigest(hash.finalize().into()) }
    }
}

/// The sentences of a notice: who shares with whom and why, by what right, and until when.
pub(crate) fn sentences(
    language: Language,
    authority: Authority,
    (sender, recipient, purpose): (&str, &str, &str),
    expires: Timestamp,
) -> Vec<String> {
    let words = Words::of(language);
    let (notice, expires) = (&words.notice, words.instant(expires));
    let keep = match authority {
        Authority::OwnAccess => &notice.keep_own,
        Authority::Treatment | Authority::Authorisation(_) => &notice.keep,
    };
    let [who, whom] = words.sender(sender);
    let values =
        [who, whom, ("recipient", recipient), ("purpose", purpose), ("expires", expires.as_str())];
    [&notice.shares, &notice.until, &notice.logged, keep, &notice.diagnosis, &notice.others]
        .into_iter()
        .map(|text| fill(text, &values))
        .collect()
}

impl Shares {
    /// Accepts the notice, named by its hash in hexadecimal, and gives the visit as it is from then
    /// on. Doing it twice is not an error.
    ///
    /// # Errors
    /// [`ShareError::NoticeChanged`] when it is not the notice of this link.
    pub async fn accept(&self, ctx: &Ctx, visit: Visit, hash: &str) -> Result<Visit> {
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
        Ok(Visit { notice_accepted: true, ..visit })
    }
}

#[cfg(test)]
mod tests {
    use lightcase_model::AuthorisationId;

    use super::*;

    fn said(language: Language, authority: Authority) -> Vec<String> {
        let expires = Timestamp::parse_rfc3339("2026-11-29T08:30:00Z").unwrap();
        sentences(language, authority, ("Dr. Jane Doe", "Roe {sender}", "a claim"), expires)
    }

    fn check(language: Language, authority: Authority, words: &[&str], never: &str) {
        let text = said(language, authority).join(" ");
        for word in ["Dr. Jane Doe", "Roe {sender}", "a claim"].iter().chain(words) {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(!text.contains(never), "{text}");
    }

    #[test]
    fn it_says_until_when_and_what_may_be_passed_on_in_the_language_of_the_link() {
        let record = Authority::Authorisation(AuthorisationId::random());
        for authority in [Authority::Treatment, record] {
            let words = ["2026-11-29, 08:30 UTC", "Do not pass on", "not for making a diagnosis"];
            check(Language::English, authority, &words, "You may show");
            let words = ["29.11.2026, 08:30 Uhr (UTC)", "noch die Bilder weiter", "Diagnose"];
            check(Language::German, authority, &words, "2026-11");
        }
    }

    #[test]
    fn patients_may_do_with_their_own_images_what_they_like() {
        let words = ["You may show the images", "Keep the link", "not for making a diagnosis"];
        check(Language::English, Authority::OwnAccess, &words, "Do not pass on");
        let words = ["Sie dürfen die Bilder zeigen", "für sich", "Diagnose"];
        check(Language::German, Authority::OwnAccess, &words, "noch die Bilder weiter");
    }

    #[test]
    fn its_hash_is_of_the_text_that_is_shown() {
        // printf 'One.\nTwo ü.\n' | sha256sum
        let notice = Notice::saying(vec!["One.".to_owned(), "Two ü.".to_owned()]);
        let expected = "5a6330a76f6b6126db57bde6ef185deabda246ab4a71b8eb071ae46c4f7655b4";
        assert_eq!(notice.hash.to_string(), expected);
        for language in Language::ALL.iter().copied() {
            let shown = Notice::saying(said(language, Authority::Treatment));
            let own = Notice::saying(said(language, Authority::OwnAccess));
            assert_ne!(shown.hash, own.hash);
        }
    }
}
