//! Opening a link: prove the factor, be a browser, have a session.

use std::time::Duration;

use lightcase_accounts::Secret;
use lightcase_audit::Event;
use lightcase_catalog::{Share, ShareSession, ShareState, Tx};
use lightcase_model::{Actor, Ctx, DeviceId, SessionId, ShareId, Timestamp};

use crate::challenge::{Found, probed, user_agent};
use crate::view::count;
use crate::{Passcode, Result, SHARE_SESSION_LIFETIME, SecretLink, ShareError, Shares};

/// After so many wrong tries, and every so many again, a link is locked for a while.
pub const LOCK_AFTER: u32 = 5;
/// For so long.
pub const LOCK_FOR: Duration = Duration::from_mins(15);
/// After so many wrong tries over its lifetime a link is frozen.
pub const FREEZE_AFTER: u32 = 20;

/// A try to open a link, as a browser sent it. `Debug` prints nothing of it.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The share id of the fragment.
    pub share: &'a str,
    /// The secret of the fragment.
    pub secret: &'a str,
    /// The passcode as it was typed; empty when none is asked for.
    pub passcode: &'a str,
    /// The device cookie, when the browser has one.
    pub device: Option<&'a str>,
    /// What the browser calls itself.
    pub user_agent: Option<&'a str>,
}

impl std::fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt")
    }
}

/// A session that was begun.
#[derive(Debug)]
pub struct Opened {
    /// Stands in the path: `/s/<handle>/…`.
    pub handle: SessionId,
    /// The session cookie's value.
    pub cookie: Secret,
    /// The device cookie's value, when the browser did not have one; it lasts as long as the link.
    pub device: Option<Secret>,
    /// When the session ends whatever happens.
    pub expires: Timestamp,
    /// When the link ends.
    pub share_expires: Timestamp,
}

/// The browser that proved itself.
struct Browser {
    device: DeviceId,
    /// Set when it is new.
    cookie: Option<Secret>,
    use_counted: bool,
    uses: i64,
}

impl Shares {
    /// Opens a link. A first opening from a browser counts one use; later ones from the same
    /// browser prove the factor again and count none. A link without factors counts with its first
    /// image ([`Shares::first_image`]).
    ///
    /// # Errors
    /// [`ShareError::Refused`], whatever the reason.
    pub async fn open(&self, ctx: &Ctx, attempt: Attempt<'_>) -> Result<Opened> {
        let link = SecretLink::parse(attempt.share, attempt.secret);
        let found = self.find_link(link.as_ref()).await?;
        let passcode = Passcode::normalised(attempt.passcode);
        let secret = link.map_or_else(Secret::random, |link| link.secret);
        let (share, id, verifier) = match &found {
            Found::Known(share) => (Some(share), share.id, share.passcode_verifier),
            Found::Unknown { .. } => (None, ShareId::random(), Some([0; 32])),
        };
        let mut tx = self.catalog.begin().await?;
        // Counted before it is compared: the row stays locked until the verdict is committed, so
        // however many guess at once, they come one after the other.
        let counted = tx.count_attempt(id, ctx.now).await?;
        let fits = passcode.fits(&secret, &verifier.unwrap_or([0; 32])) || verifier.is_none();
        let (Some(share), Some(counted)) = (share, counted) else {
            let event = match &found {
                Found::Known(share) => {
                    probed(Some(share.id), ended(share, ctx.now), attempt.user_agent)
                }
                Found::Unknown { share, reason } => probed(*share, reason, attempt.user_agent),
            };
            return refuse(tx, ctx, event).await;
        };
        if !fits {
            return wrong(tx, ctx, share.id, (count(counted.failed_attempts), attempt.user_agent))
                .await;
        }
        tx.forgive_attempt(share.id).await?;
        let Some(browser) = admit(&mut tx, ctx, share, attempt.device).await? else {
            let event = probed(Some(share.id), "exhausted", attempt.user_agent);
            return refuse(tx, ctx, event).await;
        };
        begin(tx, ctx, share, (browser, attempt.user_agent)).await
    }
}

fn ended(share: &Share, now: Timestamp) -> &'static str {
    match share.state(now) {
        ShareState::Revoked => "revoked",
        ShareState::Expired => "expired",
        ShareState::Frozen => "frozen",
        ShareState::Withdrawn => "withdrawn",
        // Live: it was when it was looked up, and tries beside this one locked it since.
        ShareState::Locked | ShareState::Live => "locked",
    }
}

async fn refuse<T>(mut tx: Tx, ctx: &Ctx, event: Event) -> Result<T> {
    tx.record(ctx, event).await?;
    tx.commit().await?;
    Err(ShareError::Refused)
}

/// Locks or freezes the link when its limit is reached.
async fn wrong<T>(
    mut tx: Tx,
    ctx: &Ctx,
    share: ShareId,
    (attempts, agent): (u32, Option<&str>),
) -> Result<T> {
    if attempts >= FREEZE_AFTER {
        tx.freeze_share(share, ctx.now).await?;
        tx.record(ctx, Event::ShareFrozen { share, attempts }).await?;
    } else if attempts.is_multiple_of(LOCK_AFTER) {
        let until = ctx.now.plus(LOCK_FOR);
        tx.lock_share(share, until).await?;
        tx.record(ctx, Event::ShareLocked { share, attempts, until }).await?;
    }
    let user_agent = user_agent(agent);
    refuse(tx, ctx, Event::FactorFailed { share, factor: "passcode", attempts, user_agent }).await
}

/// The browser by its device cookie, or a new one that counts a use; `None` when no use is left.
async fn admit(
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
    let uses = if share.passcode_verifier.is_some() {
        let Some(uses) = tx.count_use(share.id, ctx.now).await? else { return Ok(None) };
        uses
    } else if share.uses < share.max_uses {
        share.uses
    } else {
        return Ok(None);
    };
    tx.add_share_device(device, share.id, &cookie.hash(), ctx.now).await?;
    let use_counted = share.passcode_verifier.is_some();
    Ok(Some(Browser { device, cookie: Some(cookie), use_counted, uses }))
}

async fn begin(
    mut tx: Tx,
    ctx: &Ctx,
    share: &Share,
    (browser, agent): (Browser, Option<&str>),
) -> Result<Opened> {
    let cookie = Secret::random();
    let factorless = share.passcode_verifier.is_none();
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
    tx.add_share_session(&session).await?;
    let recipient = Actor::Recipient { share: share.id, session: session.id };
    let ctx = Ctx { actor: recipient, ..ctx.clone() };
    let event = if factorless {
        // Nothing was proved yet; the opening is recorded with the first image.
        probed(Some(share.id), "no_factor", agent)
    } else {
        tx.note_opening(share.id, ctx.now).await?;
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
    Ok(Opened {
        handle: session.id,
        cookie,
        device: browser.cookie,
        expires: session.expires_at,
        share_expires: share.expires_at,
    })
}
