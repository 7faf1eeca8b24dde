//! The people of the demonstration, made through the set-up link.

use data_encoding::BASE32_NOPAD;
use lightcase_accounts::NewPerson;
use lightcase_model::{Actor, Ctx, Origin, PublicId};

use crate::serve::Running;

/// Names and passwords.
pub(crate) struct People {
    pub(crate) administrator: (String, String),
    pub(crate) radiologist: (String, String),
}

/// Uses the set-up link as its page would.
pub(crate) async fn set_up(running: &Running) -> anyhow::Result<People> {
    let people = People {
        administrator: ("admin".to_owned(), password()),
        radiologist: ("radiologist".to_owned(), password()),
    };
    let now = running.house.clock.now();
    let token = running.house.accounts.begin_setup(now).await?;
    let ctx = Ctx::new(Actor::Visitor, Origin::Local, now);
    let administrator =
        NewPerson { name: &people.administrator.0, password: &people.administrator.1 };
    let radiologist = NewPerson { name: &people.radiologist.0, password: &people.radiologist.1 };
    running.house.accounts.set_up(&ctx, &token.expose(), administrator, Some(radiologist)).await?;
    Ok(people)
}

/// Twelve characters that are easy to type.
fn password() -> String {
    let text = BASE32_NOPAD.encode(PublicId::random().as_bytes()).to_lowercase();
    let (password, _) = text.split_at_checked(12).unwrap_or((&text, ""));
    password.to_owned()
}
