//! Whatever keeps a visitor out: one status, one body, one set of headers.

use std::time::Duration;

use serde_json::{Value, json};

use super::sharing::Link;
use super::states::put::{State, put};
use super::world::{Client, PASSWORD, PLAIN, Reply, World};

const ROE: &str = "roe@practice.example";
/// How long a mailed code lives.
const CODE: Duration = Duration::from_mins(10);
/// How long a session lives that nobody uses.
const IDLE: Duration = Duration::from_mins(15);

/// All that an onlooker sees, without what differs from any request to the next.
type Shape = (u16, Vec<(String, String)>, Value);

fn shape(reply: &Reply) -> Shape {
    let named = reply.headers.iter().filter(|(name, _)| name.as_str() != "x-request-id");
    let mut headers: Vec<(String, String)> = named
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let (status, body) = reply.without_request();
    (status.as_u16(), headers, body)
}

/// Refusals, by what was wrong.
struct Refusals<'a> {
    world: &'a World,
    seen: Vec<(String, Shape)>,
}

impl Refusals<'_> {
    /// One try of a browser at an address of its own.
    async fn add(&mut self, what: &str, attempt: &Value) {
        let address = format!("203.0.113.{}", self.seen.len());
        let browser = self.world.anybody().at(&address);
        let reply = browser.ask("POST", "/s/session", Some(attempt)).await;
        assert_eq!(reply.status, 403, "{what}: {}", reply.json());
        self.seen.push((what.to_owned(), shape(&reply)));
    }

    fn are_one(&self, least: usize) {
        assert!(self.seen.len() >= least, "{}", self.seen.len());
        let (_, first) = &self.seen[0];
        for (what, shape) in &self.seen {
            assert_eq!(shape, first, "{what}");
        }
        let named: Vec<&str> = first.1.iter().map(|(name, _)| name.as_str()).collect();
        assert!(named.contains(&"content-type") && !named.contains(&"set-cookie"), "{named:?}");
    }
}

/// A link to the CT for somebody with an address and an account.
async fn link(world: &World, factors: &[&str]) -> Link {
    let wish = json!({
        "studies": [world.ct.uid], "recipients": [{"name": "Dr. Roe", "email": ROE}],
        "may": "view", "expires": world.now().plus(Duration::from_hours(24)).to_string(),
        "maxUses": 5, "factors": factors, "purpose": "treatment",
    });
    let made = world.radiologist().await.ask("POST", "/api/v1/shares", Some(&wish)).await;
    assert_eq!(made.status, 201, "{factors:?}: {}", made.json());
    Link::read(&made.json()["shares"][0])
}

/// A try with the right passcode, and more.
fn with(link: &Link, more: &Value) -> Value {
    let mut attempt = link.attempt(&link.passcode);
    for (name, value) in more.as_object().unwrap() {
        attempt[name] = value.clone();
    }
    attempt
}

/// Proofs of what a link with a passcode does not ask for, or not yet.
fn unasked(link: &Link) -> [Value; 3] {
    let proofs = [
        json!({"code": "00000000"}),
        // A name of its own each: a name is blocked after a few tries.
        json!({"account": {"name": link.id, "password": PASSWORD}}),
        json!({"birthDate": "x"}),
    ];
    proofs.map(|proof| {
        let mut attempt = with(link, &proof);
        attempt["passcode"] = Value::Null;
        attempt
    })
}

/// The code that waits to be mailed.
async fn code(world: &World) -> String {
    let due = world.archive.catalog().claim_mail(world.now(), CODE).await.unwrap();
    let text = due.expect("a mail waits").letter.text.into_exposed();
    let digits = |line: &&str| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit());
    text.lines().find(digits).expect("a code stands in it").to_owned()
}

/// Asks for the code of a link.
async fn asked(world: &World, link: &Link) -> String {
    let attempt = link.attempt(&link.passcode);
    let reply = world.anybody().ask("POST", "/s/session", Some(&attempt)).await;
    assert_eq!(reply.json(), json!({"factor": "email"}));
    code(world).await
}

async fn passcodes(refusals: &mut Refusals<'_>) {
    let world = refusals.world;
    let (live, other) = (link(world, &["passcode"]).await, link(world, &["passcode"]).await);
    let stranger =
        |share: &str, secret: &str| with(&live, &json!({"share": share, "secret": secret}));
    for (what, attempt) in [
        ("a wrong passcode", live.attempt("WRONG234")),
        ("no passcode", live.attempt("")),
        ("the passcode of another link", live.attempt(&other.passcode)),
        ("no click", with(&live, &json!({"accept": false}))),
        ("the secret of another link", stranger(&live.share, &other.secret)),
        ("a secret cut short", stranger(&live.share, &live.secret[..42])),
        ("a link that nobody made", stranger(&"A".repeat(22), &live.secret)),
        ("no link", stranger("../../etc", "\u{0}")),
    ] {
        refusals.add(what, &attempt).await;
    }
    let everything = json!({
        "share": "A".repeat(22), "secret": live.secret, "passcode": "WRONG234", "accept": true,
        "code": "00000000", "account": {"name": ROE, "password": "wrong"},
        "birthDate": "1951-12-10",
    });
    refusals.add("all factors of a link that nobody made", &everything).await;
    let nobodys = Link { share: "A".repeat(22), ..link(world, &["passcode"]).await };
    for attempt in unasked(&live).into_iter().chain(unasked(&nobodys)) {
        refusals.add("a proof that is not asked for", &attempt).await;
    }
    let attempt = live.attempt(&live.passcode);
    let opened = world.anybody().ask("POST", "/s/session", Some(&attempt)).await;
    assert_eq!(opened.status, 200, "it was open all the time");
}

async fn codes(refusals: &mut Refusals<'_>) {
    let world = refusals.world;
    let first = link(world, &["passcode", "email"]).await;
    refusals.add("a code nobody asked for", &with(&first, &json!({"code": "00000000"}))).await;
    let right = asked(world, &first).await;
    let wrong = if right == "00000000" { "11111111" } else { "00000000" };
    refusals.add("a wrong code", &with(&first, &json!({"code": wrong}))).await;
    let attempt = with(&first, &json!({"code": right}));
    let opened = world.anybody().ask("POST", "/s/session", Some(&attempt)).await;
    assert_eq!(opened.status, 200, "{}", opened.json());
    refusals.add("a code that was used", &attempt).await;

    let late = link(world, &["passcode", "email"]).await;
    let right = asked(world, &late).await;
    world.turn(CODE);
    refusals.add("a code that is too old", &with(&late, &json!({"code": right}))).await;

    let mailed = link(world, &["email", "passcode"]).await;
    refusals.add("a passcode before the code", &mailed.attempt(&mailed.passcode)).await;
    let click = with(&mailed, &json!({"passcode": null}));
    let reply = world.anybody().ask("POST", "/s/session", Some(&click)).await;
    assert_eq!(reply.json(), json!({"factor": "email"}), "a click still asks for it");
}

async fn people(refusals: &mut Refusals<'_>) {
    let world = refusals.world;
    let person = json!({"name": ROE, "role": "recipient", "password": PASSWORD});
    let made = world.admin().await.ask("POST", "/api/v1/users", Some(&person)).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let account = link(world, &["passcode", "account"]).await;
    let show = |name: &str, password: &str| {
        with(&account, &json!({"account": {"name": name, "password": password}}))
    };
    refusals.add("a wrong password", &show(ROE, "a wrong password")).await;
    refusals.add("an account that nobody has", &show("doe@practice.example", PASSWORD)).await;
    refusals.add("somebody else's account", &show("roentgen", PASSWORD)).await;
    let opened = world.anybody().ask("POST", "/s/session", Some(&show(ROE, PASSWORD))).await;
    assert_eq!(opened.status, 200, "{}", opened.json());

    let birth = link(world, &["passcode", "birthDate"]).await;
    for date in ["1951-12-11", "1951-12-09", "10.12.1951", ""] {
        let attempt = with(&birth, &json!({"birthDate": date}));
        refusals.add("a wrong date of birth", &attempt).await;
    }
    let attempt = with(&birth, &json!({"birthDate": "1951-12-10"}));
    let opened = world.anybody().ask("POST", "/s/session", Some(&attempt)).await;
    assert_eq!(opened.status, 200, "{}", opened.json());
}

#[tokio::test]
async fn whatever_is_wrong_the_refusal_is_one() {
    let world = World::with_mail(PLAIN).await;
    let mut refusals = Refusals { world: &world, seen: Vec::new() };
    passcodes(&mut refusals).await;
    codes(&mut refusals).await;
    people(&mut refusals).await;
    for state in [
        State::Expired,
        State::Frozen,
        State::Revoked,
        State::NotYet,
        State::Exhausted,
        State::Locked,
        State::Withdrawn,
    ] {
        let kept = put(&world, state).await;
        for passcode in [kept.link.passcode.as_str(), "WRONG234", ""] {
            let what = format!("{state:?}");
            refusals.add(&what, &kept.link.attempt(passcode)).await;
        }
        for attempt in unasked(&kept.link) {
            let what = format!("{state:?}, and a proof that is not asked for");
            refusals.add(&what, &attempt).await;
        }
    }
    refusals.are_one(60);
}

#[tokio::test]
async fn a_link_that_does_not_open_asks_like_one_that_was_never_made() {
    let world = World::open(PLAIN).await;
    let client = world.anybody();
    let ask = async |share: &str, secret: &str| {
        let question = json!({"share": share, "secret": secret});
        shape(&client.ask("POST", "/s/session", Some(&question)).await)
    };
    let unknown = ask(&"A".repeat(22), &"A".repeat(43)).await;
    assert_eq!((unknown.0, &unknown.2), (200, &json!({"factor": "passcode"})));
    for state in State::ALL {
        let kept = put(&world, *state).await;
        assert_eq!(ask(&kept.link.share, &kept.link.secret).await, unknown, "{state:?}");
        assert_eq!(ask(&kept.link.share, &"A".repeat(43)).await, unknown, "{state:?}");
    }
}

#[tokio::test]
async fn a_visit_that_is_over_is_refused_like_one_that_never_was() {
    let world = World::open(PLAIN).await;
    for below in ["share", "download", "dicom-web/studies", "dicom-web/studies/1.2.3"] {
        let ask = async |client: &Client, handle: &str| {
            shape(&client.get(&format!("/s/{handle}/{below}"), "").await)
        };
        let nobody = world.anybody();
        let never = ask(&nobody, &"a".repeat(26)).await;
        assert_eq!((never.0, never.2["reason"].as_str()), (403, Some("Refused")));
        assert_eq!(ask(&nobody, "x").await, never);
        let live = put(&world, State::Live).await;
        let other = put(&world, State::Live).await;
        assert_eq!(ask(&nobody, &live.handle).await, never, "without its cookie");
        assert_eq!(ask(&other.visitor, &live.handle).await, never, "with another's");
        for state in [State::Expired, State::Revoked, State::Frozen] {
            let kept = put(&world, state).await;
            assert_eq!(ask(&kept.visitor, &kept.handle).await, never, "{state:?}");
        }
        let left = put(&world, State::Live).await;
        let path = format!("/s/{}/session", left.handle);
        assert_eq!(left.visitor.ask("DELETE", &path, None).await.status, 204);
        assert_eq!(ask(&left.visitor, &left.handle).await, never, "left");
        let idle = put(&world, State::Live).await;
        world.turn(IDLE);
        assert_eq!(ask(&idle.visitor, &idle.handle).await, never, "idle");
    }
    let kept = put(&world, State::Withdrawn).await;
    let path = format!("/s/{}/share", kept.handle);
    let withdrawn = shape(&kept.visitor.get(&path, "").await);
    let never = shape(&world.anybody().get(&format!("/s/{}/share", "a".repeat(26)), "").await);
    assert_eq!(withdrawn, never);
}
