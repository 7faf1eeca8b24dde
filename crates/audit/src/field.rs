//! How the fields of events become JSON.

use lightcase_model::{
    AccountId, AeTitle, Attribute, AuthorisationId, CommitmentId, DeviceId, EventId, Language,
    Level, MailId, May, Permission, ProjectId, RefusalId, RequestId, ReviewId, Role, SeriesId,
    SessionId, ShareId, StudyId, Timestamp, TokenId, TokenScope,
};

use crate::{AccessId, Json, ListDigest, SignOutCause, ViewKind};

/// A type that a public field of an event may have.
pub(crate) trait Field {
    fn json(&self) -> Json;
}

macro_rules! printed {
    ($($type:ty),*) => {$(
        impl Field for $type {
            fn json(&self) -> Json {
                Json::Text(self.to_string())
            }
        }
    )*};
}

macro_rules! counted {
    ($($type:ty),*) => {$(
        impl Field for $type {
            fn json(&self) -> Json {
                Json::integer(*self)
            }
        }
    )*};
}

/// The words of a type of another crate, which are part of the stored format.
macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal,)* })*) => {$(
        impl Field for $type {
            fn json(&self) -> Json {
                Json::Text(match self { $(Self::$variant => $word,)* }.to_owned())
            }
        }
    )*};
}

printed!(
    AccessId,
    AccountId,
    AuthorisationId,
    CommitmentId,
    DeviceId,
    EventId,
    MailId,
    ProjectId,
    RefusalId,
    RequestId,
    ReviewId,
    SessionId,
    ShareId,
    TokenId
);
printed!(AeTitle, Language, ListDigest, Role, String, &'static str, TokenScope);
counted!(u16, u32, u64);

words! {
    Level { Patient = "patient", Study = "study", Series = "series", Instance = "instance", }
    May { View = "view", Download = "download", }
    Permission {
        Search = "search",
        View = "view",
        Import = "import",
        Share = "share",
        SeeShares = "see_shares",
        ShareWithoutFactor = "share_without_factor",
        Withdraw = "withdraw",
        SeeRefusals = "see_refusals",
        HandleRefusals = "handle_refusals",
        ReadClean = "read_clean",
        Review = "review",
        ReIdentify = "re_identify",
        ManageProjects = "manage_projects",
        ManageUsers = "manage_users",
        ManagePeers = "manage_peers",
        ManageConfiguration = "manage_configuration",
        ReadAudit = "read_audit",
        ReadMetrics = "read_metrics",
    }
    SignOutCause { Asked = "asked", Idle = "idle", Expired = "expired", Ended = "ended", }
    ViewKind { Metadata = "metadata", Frames = "frames", Rendered = "rendered", }
}

impl Field for Attribute {
    fn json(&self) -> Json {
        Json::Text(self.keyword().to_owned())
    }
}

impl Field for bool {
    fn json(&self) -> Json {
        Json::Bool(*self)
    }
}

impl Field for StudyId {
    fn json(&self) -> Json {
        Json::integer(self.0)
    }
}

impl Field for SeriesId {
    fn json(&self) -> Json {
        Json::integer(self.0)
    }
}

impl Field for Timestamp {
    fn json(&self) -> Json {
        Json::integer(self.micros())
    }
}

impl<T: Field> Field for Vec<T> {
    fn json(&self) -> Json {
        Json::List(self.iter().map(Field::json).collect())
    }
}

impl<T: Field> Field for Option<T> {
    fn json(&self) -> Json {
        self.as_ref().map_or(Json::Null, Field::json)
    }
}
