//! A visit: one request of a session, after the link itself was looked at again.

use std::time::Duration;

use lightcase_accounts::Secret;
use lightcase_audit::SignOutCause;
use lightcase_catalog::{Share, ShareSession, ShareState};
use lightcase_model::{Actor, Ctx, Grant, Language, May, Scope, SessionId, ShareId, Timestamp};
use subtle::ConstantTimeEq;

use crate::{Result, Shares};

/// A session ends when nothing came for so long.
pub const SHARE_SESSION_IDLE: Duration = Duration::from_mins(15);
/// A session ends after so long, or with its link.
pub const SHARE_SESSION_LIFETIME: Duration = Duration::from_hours(8);
/// How often at most it is noted that a session was used.
const TOUCH: Duration = Duration::from_mins(1);

/// A session whose link is live, at the instant of one request. Made by [`Shares::session`] only.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The session, which is the handle in the path.
    pub session: SessionId,
    /// The link.
    pub share: ShareId,
    /// What may be done.
    pub may: May,
    /// Whether the notice was accepted; before, nothing is shown.
    pub notice_accepted: bool,
    /// When the session ends whatever happens.
    pub expires: Timestamp,
    pub(crate) begun: ShareSession,
    pub(crate) link: Share,
    pub(crate) grants: Vec<Grant>,
}

impl Visit {
    /// What may be seen: the granted series, after the notice was accepted.
    pub fn scope(&self) -> Scope {
        if self.notice_accepted { Scope::Grants(self.grants.clone()) } else { Scope::Nothing }
    }

    /// The language that the link speaks.
    pub const fn language(&self) -> Language {
        self.link.language
    }

    /// Whether all that an earlier visit of the session could see may still be seen: a study of
    /// several can be withdrawn while an answer that carries it is under way. What was added since
    /// does no harm.
    pub fn still_shows(&self, earlier: &Self) -> bool {
        earlier.grants.iter().all(|before| self.grants.iter().any(|now| covers(now, before)))
    }

    /// Who acts, for the context.
    pub fn actor(&self) -> Actor {
        Actor::Recipient { share: self.share, session: self.session }
    }
}

impl Shares {
    /// The visit of a handle and its cookie; `None` when there is no such session, or it has
    /// ended, idled away or expired, or its link has ended, is frozen, or shows nothing any more.
    /// Asked for every request, so that a revocation bites at once.
    pub async fn session(
        &self,
        now: Timestamp,
        handle: &str,
        cookie: &str,
    ) -> Result<Option<Visit>> {
        let (Ok(id), Some(cookie)) = (handle.parse::<SessionId>(), Secret::parse(cookie)) else {
            return Ok(None);
        };
        let Some(session) = self.catalog.share_session(id).await? else { return Ok(None) };
        if !bool::from(session.cookie_hash.ct_eq(&cookie.hash())) {
            return Ok(None);
        }
        let Some(share) = self.catalog.share(session.share).await? else { return Ok(None) };
        if let Some(cause) = over(&session, &share, now) {
            self.end_session(&Ctx::system(now), &session, cause).await?;
            return Ok(None);
        }
        self.grow(&share, now).await?;
        let grants = self.catalog.share_grants(&share).await?;
        if grants.is_empty() {
            return Ok(None);
        }
        if now.since(session.seen_at) >= TOUCH {
            self.catalog.touch_share_session(id, now).await?;
        }
        Ok(Some(Visit {
            session: id,
            share: share.id,
            may: share.may,
            notice_accepted: session.accepted_at.is_some(),
            expires: session.expires_at,
            begun: session,
            link: share,
            grants,
        }))
    }
}

/// Whether a grant allows all that another one did.
fn covers(now: &Grant, before: &Grant) -> bool {
    let series = match (&now.series, &before.series) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(now), Some(before)) => now.is_superset(before),
    };
    series
        && now.may >= before.may
        && (now.collection, now.study) == (before.collection, before.study)
}

fn over(session: &ShareSession, share: &Share, now: Timestamp) -> Option<SignOutCause> {
    match share.state(now) {
        ShareState::Revoked | ShareState::Frozen => return Some(SignOutCause::Ended),
        ShareState::Expired => return Some(SignOutCause::Expired),
        // Somebody else's wrong tries end nobody's visit, and studies may be brought back.
        ShareState::Live
        | ShareState::Locked
        | ShareState::Exhausted
        | ShareState::NotYet
        | ShareState::Withdrawn => {}
    }
    if session.expires_at <= now {
        Some(SignOutCause::Expired)
    } else if now.since(session.seen_at) >= SHARE_SESSION_IDLE {
        Some(SignOutCause::Idle)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use lightcase_model::{CollectionId, SeriesId, StudyId};

    use super::*;

    #[test]
    fn a_grant_covers_what_is_no_more_than_it() {
        let grant = |study, series: Option<&[i64]>, may| Grant {
            collection: CollectionId::ARCHIVE,
            study: StudyId(study),
            series: series.map(|series| series.iter().copied().map(SeriesId).collect()),
            may,
        };
        let before = grant(1, Some(&[1, 2]), May::View);
        let check = |study, series: Option<&[i64]>, may, expected| {
            let now = grant(study, series, may);
            assert_eq!(covers(&now, &before), expected, "{now:?}");
        };
        check(1, Some(&[1, 2]), May::View, true);
        check(1, Some(&[1, 2, 3]), May::Download, true);
        check(1, None, May::View, true);
        check(1, Some(&[1, 3]), May::Download, false);
        check(1, Some(&[]), May::Download, false);
        check(2, Some(&[1, 2]), May::Download, false);
        let downloads = grant(1, Some(&[1]), May::Download);
        assert!(!covers(&grant(1, Some(&[1]), May::View), &downloads), "a lesser right");
        let whole = grant(1, None, May::View);
        assert!(!covers(&before, &whole), "some series of all");
        assert!(covers(&whole, &whole));
    }
}
