//! Refusals: how long each takes, for whatever reason. They have one body, and whoever could tell
//! them apart by the clock would learn what the body keeps to itself.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use reqwest::{Client, StatusCode};

use crate::house::House;
use crate::link::{self, Link};
use crate::table::percentile;

const ROUNDS: usize = 150;
/// Guesses at one link: two more would lock it, which is another reason.
const GUESSES: usize = 3;
/// Guesses that lock a link.
const LOCKING: usize = 5;
/// Rounds from one address: fewer tries than it has at once.
const BEHIND_ONE: usize = 4;
/// No passcode that a link has.
const WRONG: &str = "ABCDEFGH";

/// Why it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    WrongPasscode,
    Unknown,
    WrongSecret,
    Revoked,
    RevokedGuessed,
    Locked,
    UsedUp,
}

/// A prime number of them, so that a round of any step has each once.
const KINDS: [Kind; 7] = [
    Kind::WrongPasscode,
    Kind::Unknown,
    Kind::WrongSecret,
    Kind::Revoked,
    Kind::RevokedGuessed,
    Kind::Locked,
    Kind::UsedUp,
];

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::WrongPasscode => "wrong passcode",
            Self::Unknown => "no such link",
            Self::WrongSecret => "wrong secret",
            Self::Revoked => "revoked, right passcode",
            Self::RevokedGuessed => "revoked, wrong passcode",
            Self::Locked => "locked, right passcode",
            Self::UsedUp => "used up, right passcode",
        }
    }
}

/// What is asked for.
struct Links {
    live: Vec<Link>,
    revoked: Link,
    locked: Link,
    used_up: Link,
}

pub(crate) async fn run(house: &House) -> anyhow::Result<()> {
    let base = house.server.url();
    let links = Links::make(house).await?;
    let mut taken = BTreeMap::<Kind, Vec<f64>>::new();
    let rounds: Vec<usize> = (0..ROUNDS).collect();
    for (rounds, address) in rounds.chunks(BEHIND_ONE).zip(1..) {
        let http = link::browser(&base, Some(Ipv4Addr::new(127, 0, 2, address).into()))?;
        // What connecting takes is no part of an answer.
        refused(&http, &base, &links.of(Kind::Unknown, 0)?).await?;
        for round in rounds {
            for kind in order(*round) {
                let took = refused(&http, &base, &links.of(kind, *round)?).await?;
                taken.entry(kind).or_default().push(took);
            }
        }
    }
    tell(&taken);
    Ok(())
}

/// Each kind once, in an order that changes from round to round: what one leaves to be written does
/// not always meet the same next one.
fn order(round: usize) -> impl Iterator<Item = Kind> {
    let step = 1 + round % (KINDS.len() - 1);
    (0..KINDS.len()).filter_map(move |turn| KINDS.get((round + turn * step) % KINDS.len()).copied())
}

/// Asks to open a link that does not open; the milliseconds until the whole answer was there.
async fn refused(http: &Client, base: &str, link: &Link) -> anyhow::Result<f64> {
    let request = http.post(format!("{base}/s/session")).json(&link.proof());
    let begun = Instant::now();
    let reply = request.send().await?;
    let status = reply.status();
    reply.bytes().await?;
    let took = begun.elapsed();
    ensure!(status == StatusCode::FORBIDDEN, "{status} instead of a refusal");
    Ok(took.as_secs_f64() * 1e3)
}

impl Links {
    async fn make(house: &House) -> anyhow::Result<Self> {
        let (server, study) = (&house.server, &house.study.uid);
        let live = link::make(server, study, ROUNDS.div_ceil(GUESSES), 1)?;
        let others: Option<[Link; 3]> = link::make(server, study, 3, 1)?.try_into().ok();
        let [revoked, locked, used_up] = others.context("three links were asked for")?;
        server.run("share revoke", &[revoked.id.as_str()], "")?;
        let base = server.url();
        let http = link::browser(&base, Some(Ipv4Addr::new(127, 0, 3, 1).into()))?;
        for _ in 0..LOCKING {
            refused(&http, &base, &guessed(&locked)).await?;
        }
        used_up.open(&http, &base).await?;
        Ok(Self { live, revoked, locked, used_up })
    }

    /// What is asked for in a round.
    fn of(&self, kind: Kind, round: usize) -> anyhow::Result<Link> {
        let live = self.live.iter().cycle().nth(round).context("there are no links")?;
        Ok(match kind {
            Kind::WrongPasscode => guessed(live),
            Kind::Unknown => Link { share: nobodys(&live.share), ..guessed(live) },
            Kind::WrongSecret => Link { secret: self.revoked.secret.clone(), ..guessed(live) },
            Kind::Revoked => self.revoked.clone(),
            Kind::RevokedGuessed => guessed(&self.revoked),
            Kind::Locked => self.locked.clone(),
            Kind::UsedUp => self.used_up.clone(),
        })
    }
}

fn guessed(link: &Link) -> Link {
    Link { passcode: WRONG.to_owned(), ..link.clone() }
}

/// An identifier that no link has, of the letters of one: all turned round but the last, which
/// cannot be any letter.
fn nobodys(share: &str) -> String {
    let mut letters: Vec<char> = share.chars().collect();
    let last = letters.pop();
    letters.reverse();
    letters.into_iter().chain(last).collect()
}

fn tell(taken: &BTreeMap<Kind, Vec<f64>>) {
    println!("\n| refused, {ROUNDS} rounds | 25 % ms | median ms | 75 % ms |\n|---|---|---|---|");
    let (mut fastest, mut slowest) = (f64::NAN, f64::NAN);
    for (kind, taken) in taken {
        let [low, median, high] = [25, 50, 75].map(|percent| percentile(taken, percent));
        println!("| {} | {low:.2} | {median:.2} | {high:.2} |", kind.name());
        (fastest, slowest) = (median.min(fastest), median.max(slowest));
    }
    println!("\nThe slowest median is {:.2} times the fastest.", slowest / fastest);
}
