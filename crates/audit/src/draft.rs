//! A fact in its context, before its personal fields are sealed.

use std::net::IpAddr;

use lightcase_model::{Actor, Ctx, EventId, Origin};

use crate::field::Field;
use crate::{Event, Json, Personal, Record, Subject};

/// A fact in its context, whose personal fields wait to be sealed.
#[derive(Debug, Clone)]
pub struct Draft {
    record: Record,
    subject: Subject,
    personal: Personal,
}

impl Draft {
    /// Joins an event with the context it happened in. The origin's network address counts as
    /// personal.
    pub fn new(id: EventId, ctx: &Ctx, event: Event) -> Self {
        let name = event.name();
        let (subject, data, mut personal) = event.split();
        let (origin, address) = origin(&ctx.origin);
        if personal.address.is_none() {
            personal.address = address.map(|address| address.to_string());
        }
        let record = Record {
            id,
            at: ctx.now,
            actor: actor(&ctx.actor),
            origin,
            request: ctx.request,
            event: name.to_owned(),
            data,
            personal: None,
        };
        Self { record, subject, personal }
    }

    /// The identifier of the event.
    pub fn id(&self) -> EventId {
        self.record.id
    }

    /// Whose key seals the personal fields.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// The personal fields.
    pub fn personal(&self) -> &Personal {
        &self.personal
    }

    /// What is to be sealed; `None` when there is nothing personal.
    pub fn personal_bytes(&self) -> Option<Vec<u8>> {
        (!self.personal.is_empty()).then(|| self.personal.to_vec())
    }

    /// The record, with the ciphertext of [`Self::personal_bytes`], or `None` where that was
    /// `None`.
    pub fn seal(self, ciphertext: Option<Vec<u8>>) -> Record {
        Record { personal: ciphertext, ..self.record }
    }
}

fn word(word: &'static str) -> Json {
    word.json()
}

fn actor(actor: &Actor) -> Json {
    match actor {
        Actor::System => Json::object([("kind", word("system"))]),
        Actor::Operator => Json::object([("kind", word("operator"))]),
        Actor::Account(account) => {
            Json::object([("kind", word("account")), ("account", account.json())])
        }
        Actor::Token(token) => Json::object([("kind", word("token")), ("token", token.json())]),
        Actor::Peer(title) => Json::object([("kind", word("peer")), ("ae_title", title.json())]),
        Actor::Recipient { share, session } => Json::object([
            ("kind", word("recipient")),
            ("share", share.json()),
            ("session", session.json()),
        ]),
        Actor::Visitor => Json::object([("kind", word("visitor"))]),
    }
}

fn origin(origin: &Origin) -> (Json, Option<IpAddr>) {
    match origin {
        Origin::Dimse { calling, called, address } => (
            Json::object([
                ("kind", word("dimse")),
                ("calling", calling.json()),
                ("called", called.json()),
            ]),
            Some(*address),
        ),
        Origin::Http { address } => (Json::object([("kind", word("http"))]), Some(*address)),
        Origin::Stow { address } => (Json::object([("kind", word("stow"))]), Some(*address)),
        Origin::Import => (Json::object([("kind", word("import"))]), None),
        Origin::Share { share, address } => {
            (Json::object([("kind", word("share")), ("share", share.json())]), Some(*address))
        }
        Origin::Local => (Json::object([("kind", word("local"))]), None),
    }
}
