//! Mail: from the outbox to a mail server, and what becomes of it.

mod delivery;
mod ended;
mod named;
mod scripted;
mod server;
mod told;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use lightcase_accounts::Accounts;
use lightcase_catalog::{Catalog, Delivery};
use lightcase_model::{AlertKind, Clock, Factor, Language, MailId, ShareId, Timestamp};
use lightcase_share::{
    AlertMail, CodeMail, EmailAddress, LinkMail, Mail, MailConfig, MailTls, Shares,
};
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::study::{NOW, hold};
use crate::{archive, at, create, link_to};

const TO: &str = "roe@practice.example";
const URL: &str = "https://images.example/s#v1.AAAAAAAAAAAAAAAAAAAAAA.QUJDREVGR0hJSktMTU5PUFFSU1Q";
const CODE: &str = "01234567";

/// Mail by a server on this machine, without TLS.
fn clear(port: u16) -> MailConfig {
    MailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        tls: MailTls::Clear,
        credentials: None,
        from: "Röntgen, Haus 3 <images@hospital.example>".to_owned(),
        authorities: None,
        timeout: Duration::from_secs(20),
    }
}

/// A link whose mails wait, and a clock that can be turned.
struct World {
    catalog: Arc<Catalog>,
    shares: Arc<Shares>,
    mail: Mail,
    clock: Arc<AtomicI64>,
    share: ShareId,
}

impl World {
    async fn new(engine: &Engine, config: &MailConfig) -> Self {
        Self::at(engine, config, 1).await
    }

    async fn at(engine: &Engine, config: &MailConfig, number: u32) -> Self {
        let held = hold(engine, number, 1, 1).await;
        let (mail, clock) = (Mail::new(config).unwrap(), Arc::new(AtomicI64::new(NOW.micros())));
        let now = Arc::clone(&clock);
        let clock_of_archive =
            Clock::new(move || Timestamp::from_micros(now.load(Ordering::Relaxed)));
        let accounts = Arc::new(Accounts::new(Arc::clone(&engine.catalog)));
        let shares = Shares::new(archive(&engine.catalog, clock_of_archive), accounts);
        let shares = Arc::new(shares.with_mail(Some(mail.clone())));
        let share = create(&shares, link_to(&held.uid)).await.id;
        Self { catalog: Arc::clone(&engine.catalog), shares, mail, clock, share }
    }

    fn turn(&self, later: Duration) {
        self.clock.store(NOW.plus(later).micros(), Ordering::Relaxed);
    }

    /// Whether a mail was due, taken or not.
    async fn send(&self) -> bool {
        self.shares.send_next(&self.mail, &CancellationToken::new()).await.unwrap()
    }

    async fn queue_link(&self, to: &str) -> MailId {
        let to = EmailAddress::parse(to).unwrap();
        let mail = LinkMail {
            to: &to,
            url: URL,
            sender: "Dr. Jäne Doe",
            starts: None,
            expires: NOW.plus(Duration::from_hours(24)),
            factors: &[Factor::Passcode],
            message: None,
            language: Language::German,
        };
        let mut tx = self.catalog.begin().await.unwrap();
        let ctx = at(Duration::ZERO);
        let id = self.shares.queue_link(&mut tx, &ctx, self.share, &mail).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn queue_code(&self, to: &str, code: &str) -> MailId {
        let to = EmailAddress::parse(to).unwrap();
        let mail = CodeMail { to: &to, code, sender: "Dr. Jane Doe", language: Language::English };
        let mut tx = self.catalog.begin().await.unwrap();
        let ctx = at(Duration::ZERO);
        let id = self.shares.queue_code(&mut tx, &ctx, self.share, &mail).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn queue_alert(&self, to: &str) -> MailId {
        let to = EmailAddress::parse(to).unwrap();
        let mail = AlertMail {
            to: &to,
            kind: AlertKind::Locked,
            recipient: Some("Dr. A. Roe"),
            at: NOW,
            language: Language::English,
        };
        let mut tx = self.catalog.begin().await.unwrap();
        let ctx = at(Duration::ZERO);
        let id = self.shares.queue_alert(&mut tx, &ctx, self.share, &mail).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn delivery(&self) -> Delivery {
        self.catalog.mail_of(&[self.share]).await.unwrap().remove(&self.share).unwrap()
    }

    async fn recorded(&self, name: &str) -> usize {
        crate::recorded(&self.catalog, self.share, name).await
    }
}
