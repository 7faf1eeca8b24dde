//! The job that empties the outbox.

use std::sync::Arc;
use std::time::Duration;

use lettre::Message;
use lightcase_audit::Event;
use lightcase_catalog::{DueMail, MailKind, MailState, Tx};
use lightcase_model::{AlertKind, Ctx, ShareId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Mail;
use super::failure::Failure;
use super::message::message;
use crate::view::count;
use crate::{Result, Shares};

/// How often is looked for what is due.
const LOOK: Duration = Duration::from_secs(1);
/// How often what ended is taken out.
const SWEEP: Duration = Duration::from_secs(30);
/// How often mails are made of what owners are told.
const TELL: Duration = Duration::from_secs(2);
/// Mails under way at once, so that a server that does not answer keeps no code waiting.
const AT_ONCE: usize = 4;
/// How long a mail under way may still take when the program is stopped.
const GRACE: Duration = Duration::from_secs(10);

impl Shares {
    /// Sends what is due, again when the mail server did not take it, and takes out what ended,
    /// until it is told to stop. Where mail is not set up, it only takes out.
    pub async fn send_mail(self: Arc<Self>, stop: CancellationToken) {
        let mut sending: JoinSet<Result<bool>> = JoinSet::new();
        let mut sweep = tokio::time::interval(SWEEP);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut tell = tokio::time::interval(TELL);
        tell.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut look = 1;
        loop {
            if let Some(mail) = &self.mail {
                for _ in 0..look.min(AT_ONCE.saturating_sub(sending.len())) {
                    let (this, mail, stop) = (Arc::clone(&self), mail.clone(), stop.clone());
                    sending.spawn(async move { this.send_next(&mail, &stop).await });
                }
            }
            look = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                _ = sweep.tick() => {
                    if let Err(error) = self.sweep_mail().await {
                        tracing::error!("the outbox could not be swept: {error}");
                    }
                    0
                }
                _ = tell.tick(), if self.mail.is_some() => {
                    if let Err(error) = self.mail_alerts().await {
                        tracing::error!("no mails could be made of alerts: {error}");
                    }
                    0
                }
                // Where one was due, there may be more than one more.
                Some(ended) = sending.join_next() => if said(ended) { 2 } else { 0 },
                () = tokio::time::sleep(LOOK) => 1,
            };
        }
        while let Some(ended) = sending.join_next().await {
            said(ended);
        }
    }

    /// Sends the mail that has been due longest; whether there was one. Made for
    /// [`Shares::send_mail`].
    pub async fn send_next(&self, mail: &Mail, stop: &CancellationToken) -> Result<bool> {
        let transport = &mail.0.transport;
        let lease = transport.longest() + GRACE * 2;
        let now = self.archive.clock().now();
        let Some(due) = self.catalog.claim_mail(now, lease).await? else { return Ok(false) };
        let outcome = match message(&mail.0.from, &due, now) {
            Ok(message) => deliver(mail, &message, stop).await,
            Err(failure) => Err(failure),
        };
        let ctx = Ctx::system(self.archive.clock().now());
        match outcome {
            Ok(()) => self.sent(&ctx, &due).await?,
            Err(failure) => self.not_sent(&ctx, &due, failure).await?,
        }
        Ok(true)
    }

    async fn sent(&self, ctx: &Ctx, due: &DueMail) -> Result<()> {
        let DueMail { id, share, kind, tries, .. } = *due;
        let mut tx = self.catalog.begin().await?;
        if tx.mail_sent(id, ctx.now).await? {
            let tries = count(tries);
            tx.record(ctx, Event::MailSent { mail: id, share, kind: kind.name(), tries }).await?;
            tx.commit().await?;
        }
        tracing::info!(mail = %id, kind = kind.name(), tries, "the mail server took a mail");
        Ok(())
    }

    async fn not_sent(&self, ctx: &Ctx, due: &DueMail, failure: Failure) -> Result<()> {
        let DueMail { id, kind, tries, .. } = *due;
        tracing::warn!(mail = %id, kind = kind.name(), tries, "a mail was not taken: {failure}");
        let next = ctx.now.plus(pause(kind, tries));
        if !failure.is_final() && next < due.ends {
            return Ok(self.catalog.mail_failed(id, next, &failure.to_string()).await?);
        }
        let mut tx = self.catalog.begin().await?;
        if tx.give_mail_up(id, &failure.to_string(), ctx.now).await? {
            let reason = if failure.is_final() { "refused" } else { "not_taken" };
            tx.record(ctx, given_up(due, reason)).await?;
            undelivered(&mut tx, ctx, (due.share, kind)).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Takes out what the mail server did not take in time and what belongs to links that ended,
    /// each recorded. Made for [`Shares::send_mail`].
    pub async fn sweep_mail(&self) -> Result<()> {
        let ctx = Ctx::system(self.archive.clock().now());
        let mut tx = self.catalog.begin().await?;
        let swept = tx.sweep_mail(ctx.now).await?;
        for mail in &swept {
            let reason = match mail.state {
                MailState::Cancelled => "link_ended",
                MailState::Queued | MailState::Sent | MailState::Failed => "not_taken",
            };
            let event = Event::MailGivenUp {
                mail: mail.id,
                share: mail.share,
                kind: mail.kind.name(),
                tries: count(mail.tries),
                reason,
            };
            tx.record(&ctx, event).await?;
            if reason == "not_taken" {
                undelivered(&mut tx, &ctx, (mail.share, mail.kind)).await?;
            }
        }
        if swept.is_empty() { Ok(()) } else { Ok(tx.commit().await?) }
    }
}

fn given_up(mail: &DueMail, reason: &'static str) -> Event {
    let DueMail { id, share, kind, tries, .. } = *mail;
    Event::MailGivenUp { mail: id, share, kind: kind.name(), tries: count(tries), reason }
}

/// Tells the owner of a link that its recipient did not get it, or not what opens it: whoever waits
/// for a code can mend nothing. Of codes one is told for all, since each visit may ask for another.
async fn undelivered(tx: &mut Tx, ctx: &Ctx, mail: (Option<ShareId>, MailKind)) -> Result<()> {
    let (Some(share), kind) = mail else { return Ok(()) };
    match kind {
        MailKind::Link => tx.alert(share, AlertKind::DeliveryFailed, ctx.now).await?,
        MailKind::Code => tx.alert_once(share, AlertKind::DeliveryFailed, ctx.now).await?,
        MailKind::Alert => {}
    }
    Ok(())
}

/// Hands a mail over, and breaks off some time after the program was told to stop.
async fn deliver(mail: &Mail, message: &Message, stop: &CancellationToken) -> Result<(), Failure> {
    let too_long = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        biased;
        done = mail.0.transport.deliver(message) => done,
        () = too_long => Err(Failure::Stopped),
    }
}

/// How long to wait before the next try. Somebody sits and waits for a code.
fn pause(kind: MailKind, tries: i64) -> Duration {
    match (kind, tries) {
        (MailKind::Code, ..=1) => Duration::from_secs(10),
        (MailKind::Code, _) => Duration::from_secs(30),
        (MailKind::Link | MailKind::Alert, ..=1) => Duration::from_mins(1),
        (MailKind::Link | MailKind::Alert, 2) => Duration::from_mins(5),
        (MailKind::Link | MailKind::Alert, 3) => Duration::from_mins(15),
        (MailKind::Link | MailKind::Alert, _) => Duration::from_hours(1),
    }
}

/// Whether there was something to send; what went wrong is said.
fn said(ended: std::result::Result<Result<bool>, tokio::task::JoinError>) -> bool {
    match ended {
        Ok(Ok(worked)) => worked,
        Ok(Err(error)) => {
            tracing::error!("mail is not sent: {error}");
            false
        }
        Err(error) => {
            tracing::error!("sending a mail broke off: {error}");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_a_code_is_tried_often_in_its_life() {
        let tries = |kind, life: Duration| {
            let mut spent = Duration::ZERO;
            (1..1_000)
                .take_while(|tries| {
                    spent += pause(kind, *tries);
                    spent < life
                })
                .count()
        };
        assert_eq!(tries(MailKind::Code, super::super::CODE_LIFETIME), 20);
        assert_eq!(tries(MailKind::Link, super::super::MAIL_LIFETIME), 50);
    }
}
