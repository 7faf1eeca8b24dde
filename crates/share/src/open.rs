//! Opening a link: prove the factors, be a browser, have a session.

use std::time::Duration;

use lightcase_accounts::Secret;
use lightcase_audit::Event;
use lightcase_catalog::{Share, ShareState, Tx};
use lightcase_model::{AlertKind, Ctx, Factor, SessionId, ShareId, Timestamp};

use crate::begin::{Browser, admit, device_expires};
use crate::challenge::{Found, probe, probed, user_agent};
use crate::factor::passcode::Passcode;
use crate::factor::{Lock, Proof};
use crate::view::count;
use crate::{Result, SecretLink, ShareError, Shares};

/// After so many wrong tries, and every so many again, a link is locked for a while.
pub const LOCK_AFTER: u32 = 5;
/// For so long.
pub const LOCK_FOR: Duration = Duration::from_mins(15);
/// After so many wrong tries over its lifetime a link is frozen.
pub const FREEZE_AFTER: u32 = 20;

/// A try to open a link, as a browser sent it: all factors that were proved so far, and the next.
/// `Debug` prints nothing of it.
#[derive(Clone, Copy, Default)]
pub struct Attempt<'a> {
    /// The share id of the fragment.
    pub share: &'a str,
    /// The secret of the fragment.
    pub secret: &'a str,
    /// The passcode as it was typed.
    pub passcode: Option<&'a str>,
    /// The mailed code as it was typed.
    pub code: Option<&'a str>,
    /// Name and password of an account.
    pub account: Option<(&'a str, &'a str)>,
    /// The patient's date of birth, `YYYY-MM-DD`.
    pub birth_date: Option<&'a str>,
    /// The device cookie, when the browser has one.
    pub device: Option<&'a str>,
    /// What the browser calls itself.
    pub user_agent: Option<&'a str>,
}

impl Attempt<'_> {
    /// Whether nothing is given for any factor.
    fn proves_nothing(&self) -> bool {
        let Self { passcode, code, account, birth_date, .. } = self;
        passcode.is_none() && code.is_none() && account.is_none() && birth_date.is_none()
    }
}

impl std::fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt")
    }
}

/// What came of a try.
#[derive(Debug)]
pub enum Progress {
    /// What was given is right, and this is asked for next.
    Next {
        /// The factor. When it is [`Factor::Email`], a code is on its way.
        factor: Factor,
        /// The device cookie's value, when the browser did not have one.
        device: Option<Secret>,
        /// Until when the browser keeps the device cookie.
        device_expires: Timestamp,
    },
    /// Everything was proved.
    Opened(Opened),
}

impl Progress {
    /// Nothing was proved yet, and this is asked for first.
    const fn asks(factor: Factor, now: Timestamp) -> Self {
        Self::Next { factor, device: None, device_expires: now }
    }
}

/// A session that was begun.
#[derive(Debug)]
pub struct Opened {
    /// Stands in the path: `/s/<handle>/…`.
    pub handle: SessionId,
    /// The session cookie's value.
    pub cookie: Secret,
    /// The device cookie's value, when the browser did not have one.
    pub device: Option<Secret>,
    /// When the session ends whatever happens.
    pub expires: Timestamp,
    /// Until when the browser keeps the device cookie: as long as the link can live, however often
    /// it is extended.
    pub device_expires: Timestamp,
}

impl Shares {
    /// Opens a link, or says which factor it asks for next. The first factor that is proved from a
    /// browser counts one use; later sessions of the same browser prove everything again and count
    /// none. A link without factors counts with its first image ([`Shares::first_image`]).
    ///
    /// # Errors
    /// [`ShareError::Refused`], whatever the reason.
    pub async fn open(&self, ctx: &Ctx, attempt: Attempt<'_>) -> Result<Progress> {
        let link = SecretLink::parse(attempt.share, attempt.secret);
        let found = self.find_link(link.as_ref()).await?;
        if attempt.proves_nothing() {
            // A click alone tells nothing of a link that it was not told before it.
            let (first, _) = found.first_factor(ctx.now);
            if let Some(factor) = first.filter(|factor| *factor != Factor::Email) {
                self.asked(ctx, &found, attempt.user_agent).await?;
                return Ok(Progress::asks(factor, ctx.now));
            }
        }
        let account = self.shown_account(ctx, &attempt).await?;
        let secret = link.map_or_else(Secret::random, |link| link.secret);
        match &found {
            Found::Known(share) => {
                let birth_date = self.catalog.share_birth_date(share.id).await?.into_exposed();
                let lock = Lock { share, secret: &secret, account, birth_date };
                self.try_lock(ctx, &lock, attempt).await
            }
            Found::Unknown { share, reason } => {
                let event = probed(*share, reason, attempt.user_agent);
                self.try_nothing(ctx, &secret, attempt, event).await
            }
        }
    }

    /// What [`Shares::try_lock`] does, for a link that is none.
    async fn try_nothing(
        &self,
        ctx: &Ctx,
        secret: &Secret,
        attempt: Attempt<'_>,
        event: Event,
    ) -> Result<Progress> {
        let nobody = ShareId::random();
        self.catalog.share_birth_date(nobody).await?;
        let mut tx = self.catalog.begin().await?;
        tx.count_attempt(nobody, &[0; 32], ctx.now).await?;
        let typed = Passcode::normalised(attempt.passcode.unwrap_or_default());
        let fits = typed.fits(secret, &[0; 32]);
        if attempt.code.is_some() {
            tx.try_code(nobody, ctx.now).await?;
        }
        debug_assert!(!fits, "nothing fits a verifier of zeros");
        refuse(tx, ctx, event).await
    }

    async fn try_lock(&self, ctx: &Ctx, lock: &Lock<'_>, attempt: Attempt<'_>) -> Result<Progress> {
        let (share, agent) = (lock.share, attempt.user_agent);
        let mut tx = self.catalog.begin().await?;
        // Counted before anything is compared: the row stays locked until the verdict is committed,
        // so however many guess at once, they come one after the other.
        let counted = tx.count_attempt(share.id, &share.secret_hash, ctx.now).await?;
        let Some(counted) = counted else {
            let event = probe(&mut tx, share.id, ended(share, ctx.now), agent).await?;
            if attempt.proves_nothing() {
                tx.record(ctx, event).await?;
                tx.commit().await?;
                let factor = share.factors.first().copied().unwrap_or(Factor::Passcode);
                return Ok(Progress::asks(factor, ctx.now));
            }
            return refuse(tx, ctx, event).await;
        };
        let mut proved = None;
        let mut next = None;
        for factor in share.factors.iter().copied() {
            match lock.tries(&mut tx, ctx, factor, &attempt).await? {
                Proof::Right => proved = Some(factor),
                // To be asked for the first factor after a proof of another would tell that the link
                // lives: no other answers so.
                Proof::Missing if proved.is_none() && !attempt.proves_nothing() => {
                    tx.forgive_attempt(share.id).await?;
                    let event = probe(&mut tx, share.id, "unasked", agent).await?;
                    return refuse(tx, ctx, event).await;
                }
                Proof::Missing => {
                    next = Some(factor);
                    break;
                }
                Proof::Undecided => {
                    tx.forgive_attempt(share.id).await?;
                    let event = probe(&mut tx, share.id, "account_busy", agent).await?;
                    return refuse(tx, ctx, event).await;
                }
                Proof::Wrong => {
                    let attempts = count(counted.failed_attempts);
                    return self.wrong(tx, ctx, lock, (factor, attempts, agent)).await;
                }
            }
        }
        tx.forgive_attempt(share.id).await?;
        let browser = if proved.is_some() || share.factors.is_empty() {
            let Some(browser) = admit(&mut tx, ctx, share, attempt.device).await? else {
                let event = probe(&mut tx, share.id, "exhausted", agent).await?;
                return refuse(tx, ctx, event).await;
            };
            Some(browser)
        } else {
            None
        };
        match (next, browser) {
            (None, Some(browser)) => self.begin(tx, ctx, share, (browser, agent)).await,
            (next, browser) => {
                let factor = next.unwrap_or(Factor::Passcode);
                self.ask_next(tx, ctx, lock, (proved, factor, browser, agent)).await
            }
        }
    }

    /// Says which factor is missing; a code goes out when it is the mailed one.
    async fn ask_next(
        &self,
        mut tx: Tx,
        ctx: &Ctx,
        lock: &Lock<'_>,
        (proved, factor, browser, agent): (Option<Factor>, Factor, Option<Browser>, Option<&str>),
    ) -> Result<Progress> {
        let share = lock.share;
        let event = match proved {
            Some(proved) => {
                let (share, factor) = (share.id, proved.name());
                Event::FactorProved { share, factor, user_agent: user_agent(agent) }
            }
            None => probe(&mut tx, share.id, "asked", agent).await?,
        };
        tx.record(ctx, event).await?;
        if factor == Factor::Email {
            self.mail_code(&mut tx, ctx, lock).await?;
        }
        tx.commit().await?;
        let device = browser.and_then(|browser| browser.cookie);
        Ok(Progress::Next { factor, device, device_expires: device_expires(share) })
    }

    /// Locks or freezes the link when its limit is reached.
    async fn wrong<T>(
        &self,
        mut tx: Tx,
        ctx: &Ctx,
        lock: &Lock<'_>,
        (factor, attempts, agent): (Factor, u32, Option<&str>),
    ) -> Result<T> {
        let share = lock.share.id;
        if attempts >= FREEZE_AFTER {
            tx.freeze_share(share, ctx.now).await?;
            tx.record(ctx, Event::ShareFrozen { share, attempts }).await?;
            tx.alert(share, AlertKind::Frozen, ctx.now).await?;
        } else if attempts.is_multiple_of(LOCK_AFTER) {
            let until = ctx.now.plus(LOCK_FOR);
            tx.lock_share(share, until).await?;
            tx.record(ctx, Event::ShareLocked { share, attempts, until }).await?;
            tx.alert(share, AlertKind::Locked, ctx.now).await?;
        }
        let (factor, user_agent) = (factor.name(), user_agent(agent));
        refuse(tx, ctx, Event::FactorFailed { share, factor, attempts, user_agent }).await
    }
}

fn ended(share: &Share, now: Timestamp) -> &'static str {
    match share.state(now) {
        ShareState::Revoked => "revoked",
        ShareState::Expired => "expired",
        ShareState::Frozen => "frozen",
        ShareState::Withdrawn => "withdrawn",
        ShareState::NotYet => "not_yet",
        // Live: it was when it was looked up, and tries beside this one locked it since.
        ShareState::Locked | ShareState::Live | ShareState::Exhausted => "locked",
    }
}

async fn refuse<T>(mut tx: Tx, ctx: &Ctx, event: Event) -> Result<T> {
    tx.record(ctx, event).await?;
    tx.commit().await?;
    Err(ShareError::Refused)
}
