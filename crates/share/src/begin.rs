//! The end of opening: which browser it is, whether it counts a use, and its session.

use std::net::IpAddr;

use lightcase_accounts::Secret;
use lightcase_audit::{Event, SignOutCause};
use lightcase_catalog::{Share, ShareSession, Tx};
use lightcase_model::{
    Actor, AlertKind, Ctx, DeviceId, Factor, Origin, SessionId, ShareId, Timestamp,
};
use sha2::{Digest, Sha256};

use crate::challenge::{probed, user_agent};
use crate::open::{Opened, Progress};
use crate::view::count;
use crate::{MAX_LIFETIME, Result, SHARE_SESSION_IDLE, SHARE_SESSION_LIFETIME, Shares};

/// The browser that proved itself.
pub(crate) struct Browser {
    device: DeviceId,
    /// Set when it is new.
    pub(crate) cookie: Option<Secret>,
    use_counted: bool,
    uses: i64,
}

/// The browser by its device cookie, or a new one that counts a use; `None` when no use is left.
pub(crate) async fn admit(
    tx: &mut Tx,
    ctx: &Ctx,
    share: &Share,
    cookie: Option<&str>,
) -> Result<Option<Browser>> {
    if let Some(cookie) = cookie.and_then(Secret::parse)
        && let Some(device) = tx.share_device(share.id, &cookie.hash()).await?
    {
        let browser = Browser { device, cookie: None, use_counted: true, uses: share.uses };
        return Ok(Some(browser));
    }
    let (device, cookie) = (DeviceId::random(), Secret::random());
    let use_counted = !share.factors.is_empty();
    let uses = if use_counted {
        let Some(uses) = tx.count_use(share.id, ctx.now).await? else { return Ok(None) };
        uses
    } else if share.uses < share.max_uses {
        share.uses
    } else {
        return Ok(None);
    };
    tx.add_share_device(device, share.id, &cookie.hash(), ctx.now).await?;
    Ok(Some(Browser { device, cookie: Some(cookie), use_counted, uses }))
}

impl Shares {
    /// Begins the session of a browser that proved everything.
    pub(crate) async fn begin(
        &self,
        mut tx: Tx,
        ctx: &Ctx,
        share: &Share,
        (browser, agent): (Browser, Option<&str>),
    ) -> Result<Progress> {
        let cookie = Secret::random();
        let factorless = share.factors.is_empty();
        let session = ShareSession {
            id: SessionId::random(),
            cookie_hash: cookie.hash(),
            share: share.id,
            device: browser.device,
            use_counted: browser.use_counted && !factorless,
            created_at: ctx.now,
            seen_at: ctx.now,
            expires_at: ctx.now.plus(SHARE_SESSION_LIFETIME).min(share.expires_at),
            accepted_at: None,
        };
        let session = place(&mut tx, ctx, session).await?;
        if share.factors.contains(&Factor::Email) {
            tx.spend_code(share.id).await?;
        }
        let recipient = Actor::Recipient { share: share.id, session: session.id };
        let ctx = Ctx { actor: recipient, ..ctx.clone() };
        let event = if factorless && !session.use_counted {
            // Nothing was proved yet; the opening is recorded with the first image.
            probed(Some(share.id), "no_factor", agent)
        } else {
            note_opening(&mut tx, &ctx, share.id, questions(&share.factors)).await?;
            Event::ShareOpened {
                share: share.id,
                session: session.id,
                device: session.device,
                uses: count(browser.uses),
                user_agent: user_agent(agent),
            }
        };
        tx.record(&ctx, event).await?;
        tx.commit().await?;
        Ok(Progress::Opened(Opened {
            handle: session.id,
            cookie,
            device: browser.cookie,
            expires: session.expires_at,
            device_expires: device_expires(share),
        }))
    }
}

/// Puts a session into the place of one of the same browser that is over, else into one of its own.
/// A browser that takes up a download again asks where it began it: below the handle of before.
async fn place(tx: &mut Tx, ctx: &Ctx, session: ShareSession) -> Result<ShareSession> {
    let idle_since = ctx.now.minus(SHARE_SESSION_IDLE);
    if let Some(over) = tx.over_share_session(&session, idle_since).await? {
        let use_counted = over.use_counted;
        let anew = ShareSession { id: over.id, use_counted, ..session.clone() };
        if tx.begin_share_session_anew(&over, &anew).await? {
            if !over.ended {
                let expired = over.expires_at <= ctx.now;
                let cause = if expired { SignOutCause::Expired } else { SignOutCause::Idle };
                let (share, session) = (anew.share, over.id);
                let event = Event::ShareSessionEnded { share, session, cause };
                tx.record(&Ctx::system(ctx.now), event).await?;
            }
            return Ok(anew);
        }
    }
    tx.add_share_session(&session).await?;
    Ok(session)
}

/// Until when a browser keeps the cookie that knows it: the latest end that the link can have.
pub(crate) fn device_expires(share: &Share) -> Timestamp {
    share.created_at.plus(MAX_LIFETIME)
}

/// How many visits of whoever opens a link prove nothing: the first, and the click that has a code
/// mailed.
fn questions(factors: &[Factor]) -> u32 {
    if factors.first() == Some(&Factor::Email) { 2 } else { 1 }
}

/// Notes an opening, before which so many questions were asked, and tells the owner of the first and
/// of another network.
pub(crate) async fn note_opening(
    tx: &mut Tx,
    ctx: &Ctx,
    share: ShareId,
    questions: u32,
) -> Result<()> {
    if tx.note_opening(share, questions, ctx.now).await? {
        tx.alert(share, AlertKind::FirstOpening, ctx.now).await?;
    }
    if let Some(network) = network(share, &ctx.origin)
        && tx.note_network(share, &network).await?
    {
        tx.alert(share, AlertKind::NewNetwork, ctx.now).await?;
    }
    Ok(())
}

/// SHA-256 over link and network: the first 24 bits of an IPv4 address, 48 of an IPv6 one.
fn network(share: ShareId, origin: &Origin) -> Option<[u8; 32]> {
    let (Origin::Http { address } | Origin::Share { address, .. }) = origin else { return None };
    let mut hash = Sha256::new();
    hash.update(share.as_bytes());
    match address.to_canonical() {
        IpAddr::V4(address) => hash.update(address.octets().get(..3)?),
        IpAddr::V6(address) => hash.update(address.octets().get(..6)?),
    }
    Some(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: &str, other: &str, same: bool) {
        let share = ShareId::random();
        let of =
            |address: &str| network(share, &Origin::Http { address: address.parse().unwrap() });
        assert_eq!(of(one) == of(other), same, "{one} {other}");
        assert!(of(one).is_some());
    }

    #[test]
    fn neighbours_are_one_network() {
        check("192.0.2.1", "192.0.2.200", true);
        check("192.0.2.1", "192.0.3.1", false);
        check("::ffff:192.0.2.1", "192.0.2.9", true);
        check("2001:db8:1::1", "2001:db8:1:ffff::1", true);
        check("2001:db8:1::1", "2001:db8:2::1", false);
    }
}
