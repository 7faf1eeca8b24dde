//! Which factor a link asks for. Costs nothing: neither a use nor an attempt.

use lightcase_audit::Event;
use lightcase_catalog::{Share, ShareState};
use lightcase_model::{Ctx, Phi, ShareId};
use subtle::ConstantTimeEq;

use crate::{Result, SecretLink, Shares};

/// The factor that a link asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// Eight characters told by another way.
    Passcode,
    /// None beside the link itself.
    None,
}

/// A link whose secret was shown, or why there is none. Both take the same lookup and compare.
pub(crate) enum Found {
    Known(Box<Share>),
    Unknown { share: Option<ShareId>, reason: &'static str },
}

impl Shares {
    /// Which factor a link asks for; an unknown link, a wrong secret, a link that has ended
    /// and one whose studies are all withdrawn ask for a passcode too. Recorded as a probe, whatever it is.
    pub async fn challenge(
        &self,
        ctx: &Ctx,
        share: &str,
        secret: &str,
        agent: Option<&str>,
    ) -> Result<Factor> {
        let link = SecretLink::parse(share, secret);
        let (factor, share, reason) = match self.find_link(link.as_ref()).await? {
            Found::Unknown { share, reason } => (Factor::Passcode, share, reason),
            Found::Known(share) => match share.state(ctx.now) {
                ShareState::Live | ShareState::Locked if share.passcode_verifier.is_none() => {
                    (Factor::None, Some(share.id), "asked")
                }
                ShareState::Live | ShareState::Locked => {
                    (Factor::Passcode, Some(share.id), "asked")
                }
                ShareState::Revoked
                | ShareState::Expired
                | ShareState::Frozen
                | ShareState::Withdrawn => (Factor::Passcode, Some(share.id), "ended"),
            },
        };
        self.catalog.record(ctx, probed(share, reason, agent)).await?;
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

pub(crate) fn probed(share: Option<ShareId>, reason: &'static str, agent: Option<&str>) -> Event {
    Event::ShareProbed { share, reason, user_agent: user_agent(agent) }
}

/// What a browser called itself, short enough to be kept.
pub(crate) fn user_agent(text: Option<&str>) -> Option<Phi<String>> {
    text.map(|text| Phi::new(text.chars().take(256).collect()))
}
