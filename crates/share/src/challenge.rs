//! Which factor a link asks for. Costs nothing: neither a use nor an attempt.

use lightcase_audit::Event;
use lightcase_catalog::{Share, ShareState, Tx};
use lightcase_model::{Ctx, Factor, Phi, ShareId, Timestamp};
use subtle::ConstantTimeEq;

use crate::{Result, SecretLink, Shares};

/// A link whose secret was shown, or why there is none. Both take the same lookup and compare.
pub(crate) enum Found {
    Known(Box<Share>),
    Unknown { share: Option<ShareId>, reason: &'static str },
}

impl Found {
    /// What is asked for first at an instant, `None` when nothing is; and why, for the audit.
    pub(crate) fn first_factor(&self, now: Timestamp) -> (Option<Factor>, &'static str) {
        match self {
            Self::Unknown { reason, .. } => (Some(Factor::Passcode), *reason),
            Self::Known(share) => match share.state(now) {
                ShareState::Live | ShareState::Locked | ShareState::Exhausted => {
                    (share.factors.first().copied(), "asked")
                }
                ShareState::Revoked
                | ShareState::Expired
                | ShareState::Frozen
                | ShareState::NotYet
                | ShareState::Withdrawn => (Some(Factor::Passcode), "ended"),
            },
        }
    }
}

impl Shares {
    /// Which factor a link asks for first, `None` when for none; an unknown link, a wrong secret, a link that has ended
    /// and a withdrawn one ask for a passcode too. Recorded as a probe, whatever it is.
    pub async fn challenge(
        &self,
        ctx: &Ctx,
        share: &str,
        secret: &str,
        agent: Option<&str>,
    ) -> Result<Option<Factor>> {
        let link = SecretLink::parse(share, secret);
        // Before the transaction: who holds one connection and waits for another can stop everybody.
        let found = self.find_link(link.as_ref()).await?;
        self.asked(ctx, &found, agent).await
    }

    /// The same of a link that was looked up.
    pub(crate) async fn asked(
        &self,
        ctx: &Ctx,
        found: &Found,
        agent: Option<&str>,
    ) -> Result<Option<Factor>> {
        let (factor, reason) = found.first_factor(ctx.now);
        let mut tx = self.catalog.begin().await?;
        let event = match found {
            Found::Unknown { share, .. } => probed(*share, reason, agent),
            Found::Known(share) => probe(&mut tx, share.id, reason, agent).await?,
        };
        tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok(factor)
    }

    pub(crate) async fn find_link(&self, link: Option<&SecretLink>) -> Result<Found> {
        // A text that is no link is looked up as an identifier that nobody has.
        let id = link.map_or_else(ShareId::random, |link| link.share);
        let shown = link.map_or([0; 32], |link| link.secret.hash());
        let share = self.catalog.share(id).await?;
        let kept = share.as_ref().map_or([1; 32], |share| share.secret_hash);
        let same = bool::from(shown.ct_eq(&kept));
        Ok(match share {
            Some(share) if same => Found::Known(Box::new(share)),
            Some(share) => Found::Unknown { share: Some(share.id), reason: "wrong_secret" },
            None => Found::Unknown { share: None, reason: "unknown" },
        })
    }
}

/// Counts a visit that proved nothing, for its event.
pub(crate) async fn probe(
    tx: &mut Tx,
    share: ShareId,
    reason: &'static str,
    agent: Option<&str>,
) -> Result<Event> {
    tx.count_probe(share).await?;
    Ok(probed(Some(share), reason, agent))
}

pub(crate) fn probed(share: Option<ShareId>, reason: &'static str, agent: Option<&str>) -> Event {
    Event::ShareProbed { share, reason, user_agent: user_agent(agent) }
}

/// What a browser called itself, short enough to be kept.
pub(crate) fn user_agent(text: Option<&str>) -> Option<Phi<String>> {
    text.map(|text| Phi::new(text.chars().take(256).collect()))
}
