//! Links, put into each state the way they get into it: by time, by tries, by their owner.

use std::time::Duration;

use lightcase_share::{FREEZE_AFTER, LOCK_AFTER, LOCK_FOR};
use lightcase_testkit::phantom::Study;
use serde_json::{Value, json};

use crate::tests::sharing::{Link, accept};
use crate::tests::world::{Client, World};

const DAY: Duration = Duration::from_hours(24);
/// Less than what ends a session by itself.
const SOON: Duration = Duration::from_mins(10);

/// A link, as its visitor finds it, and what the visitor asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It shows the whole MR and may be downloaded, like those below unless they say otherwise.
    Live,
    /// Its notice is not accepted.
    Unread,
    /// It is for looking only.
    ViewOnly,
    /// The CT is asked for.
    OtherStudy,
    /// It shows one series, and another is asked for.
    OtherSeries,
    /// It lends a clean copy of the CT, which is asked for.
    Copy,
    /// It does, and the original is asked for.
    Original,
    /// Its one use is used up.
    Exhausted,
    /// Wrong tries locked it.
    Locked,
    /// It begins in an hour.
    NotYet,
    /// Its time is over.
    Expired,
    /// Its owner ended it.
    Revoked,
    /// Wrong tries froze it.
    Frozen,
    /// Its study is withdrawn, and stays so: the last one.
    Withdrawn,
}

impl State {
    /// In the order of the table.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Live,
        Self::Unread,
        Self::ViewOnly,
        Self::OtherStudy,
        Self::OtherSeries,
        Self::Copy,
        Self::Original,
        Self::Exhausted,
        Self::Locked,
        Self::NotYet,
        Self::Expired,
        Self::Revoked,
        Self::Frozen,
        Self::Withdrawn,
    ];

    /// As its owner reads it.
    fn name(self) -> &'static str {
        match self {
            Self::Live
            | Self::Unread
            | Self::ViewOnly
            | Self::OtherStudy
            | Self::OtherSeries
            | Self::Copy
            | Self::Original => "live",
            Self::Exhausted => "exhausted",
            Self::Locked => "locked",
            Self::NotYet => "notYet",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Frozen => "frozen",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Why a visitor is refused.
    pub(crate) fn refusal(self) -> &'static str {
        match self {
            Self::Unread => "NoticeNotAccepted",
            Self::ViewOnly => "NotPermitted",
            Self::Live
            | Self::OtherStudy
            | Self::OtherSeries
            | Self::Copy
            | Self::Original
            | Self::Exhausted
            | Self::Locked
            | Self::NotYet
            | Self::Expired
            | Self::Revoked
            | Self::Frozen
            | Self::Withdrawn => "Refused",
        }
    }

    /// What is changed of the usual wish.
    fn wish(self, world: &World, wish: &mut Value) {
        match self {
            Self::ViewOnly => wish["may"] = "view".into(),
            Self::OtherSeries => wish["series"] = json!([world.mr.series[0].uid]),
            Self::Copy | Self::Original => {
                wish["studies"] = json!([world.ct.uid]);
                wish["clean"] = true.into();
            }
            Self::Exhausted => wish["maxUses"] = 1.into(),
            Self::NotYet => {
                wish["starts"] = world.now().plus(Duration::from_hours(1)).to_string().into();
            }
            Self::Expired => wish["expires"] = world.now().plus(SOON).to_string().into(),
            Self::Live
            | Self::Unread
            | Self::OtherStudy
            | Self::Locked
            | Self::Revoked
            | Self::Frozen
            | Self::Withdrawn => {}
        }
    }
}

/// UIDs that are asked for.
pub(crate) struct Asked {
    pub(crate) study: String,
    pub(crate) series: String,
    pub(crate) instance: String,
}

impl Asked {
    fn of(study: &Study, series: usize) -> Self {
        let series = &study.series[series];
        Self {
            study: study.uid.clone(),
            series: series.uid.clone(),
            instance: series.sop_instance(1),
        }
    }
}

/// What a visitor of a link holds.
pub(crate) struct Kept {
    pub(crate) link: Link,
    /// The network address it is opened from, another one for each state.
    pub(crate) address: String,
    /// The browser that came in, or would have.
    pub(crate) visitor: Client,
    pub(crate) handle: String,
    /// The hash of the notice, as it was shown.
    pub(crate) notice: String,
    pub(crate) asked: Asked,
}

/// Makes a link and puts it into a state, with a visitor inside where there can be one.
pub(crate) async fn put(world: &World, state: State) -> Kept {
    let staff = world.radiologist().await;
    let mut wish = json!({
        "studies": [world.mr.uid], "series": null, "recipients": [{"name": "Dr. A. Example"}],
        "may": "download", "expires": world.now().plus(DAY * 5).to_string(), "maxUses": 5,
        "factors": ["passcode"], "purpose": "treatment",
    });
    state.wish(world, &mut wish);
    let made = staff.ask("POST", "/api/v1/shares", Some(&wish)).await;
    assert_eq!(made.status, 201, "{state:?}: {}", made.json());
    let link = Link::read(&made.json()["shares"][0]);
    let number = State::ALL.iter().position(|each| *each == state).unwrap() + 1;
    let address = format!("198.51.100.{number}");
    let stranger = world.anybody().at(&address);
    if state == State::Frozen {
        for _ in 1..FREEZE_AFTER / LOCK_AFTER {
            guess(&stranger, &link, LOCK_AFTER).await;
            world.turn(LOCK_FOR);
        }
        guess(&stranger, &link, LOCK_AFTER - 1).await;
    }
    let (visitor, handle, notice) = if state == State::NotYet {
        (stranger.clone(), "a".repeat(26), "0".repeat(64))
    } else {
        come_in(stranger.clone(), &link, state != State::Unread).await
    };
    let asked = if matches!(state, State::OtherStudy | State::Original) {
        Asked::of(&world.ct, 0)
    } else if state == State::OtherSeries {
        Asked::of(&world.mr, 1)
    } else if state == State::Copy {
        copy(&visitor, &handle).await
    } else {
        Asked::of(&world.mr, 0)
    };
    end(world, &staff, &link, (state, &stranger)).await;
    // Time may have passed, and the owner's session with it.
    let owner = world.radiologist().await;
    let told = owner.get(&format!("/api/v1/shares/{}", link.id), "").await.json();
    assert_eq!(told["state"], state.name(), "{state:?}: {told}");
    Kept { link, address, visitor, handle, notice, asked }
}

/// What ends or stops a link once somebody is inside.
async fn end(world: &World, staff: &Client, link: &Link, (state, stranger): (State, &Client)) {
    if state == State::Locked {
        guess(stranger, link, LOCK_AFTER).await;
    } else if state == State::Frozen {
        guess(stranger, link, 1).await;
    } else if state == State::Expired {
        world.turn(SOON);
    } else if state == State::Revoked {
        let path = format!("/api/v1/shares/{}", link.id);
        assert_eq!(staff.ask("DELETE", &path, None).await.status, 204);
    } else if state == State::Withdrawn {
        let path = format!("/api/v1/studies/{}/withdrawal", world.mr.uid);
        let reason = json!({"reason": "the wrong patient"});
        assert_eq!(staff.ask("POST", &path, Some(&reason)).await.status, 204);
    }
}

async fn guess(stranger: &Client, link: &Link, tries: u32) {
    for _ in 0..tries {
        let reply = stranger.ask("POST", "/s/session", Some(&link.attempt("WRONG234"))).await;
        assert_eq!(reply.status, 403, "{}", reply.json());
    }
}

/// Opens a link: the browser, the handle and the hash of the notice.
async fn come_in(mut visitor: Client, link: &Link, accepts: bool) -> (Client, String, String) {
    let reply = visitor.ask("POST", "/s/session", Some(&link.attempt(&link.passcode))).await;
    assert_eq!(reply.status, 200, "{}", reply.json());
    visitor.keep(&reply);
    let handle = reply.json()["handle"].as_str().unwrap().to_owned();
    let notice = reply.json()["shown"]["notice"]["hash"].as_str().unwrap().to_owned();
    if accepts {
        accept(&visitor, &handle).await;
    }
    (visitor, handle, notice)
}

/// The first clean copy that a visitor finds.
async fn copy(visitor: &Client, handle: &str) -> Asked {
    let found = visitor.get(&format!("/s/{handle}/dicom-web/instances"), "").await.json();
    let uid = |tag: &str| found[0][tag]["Value"][0].as_str().unwrap().to_owned();
    Asked { study: uid("0020000D"), series: uid("0020000E"), instance: uid("00080018") }
}
