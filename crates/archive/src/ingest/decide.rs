//! Decided: what the policy of the origin says is kept of the object.

use std::sync::Arc;

use lightcase_deident::Policy;
use lightcase_model::{Ctx, Origin};

use super::validate::Validated;
use crate::Archive;
use crate::clean::OpenProject;
use crate::refusal::{Fault, Reason};

/// An object whose fate is decided. Made by [`decide`], and by what makes clean copies.
pub(crate) struct Decided {
    pub(super) validated: Validated,
    pub(super) decision: Decision,
}

/// What is kept.
#[derive(Debug, Clone)]
pub(crate) enum Decision {
    /// The object as it came, identified and sealed.
    Keep,
    /// That, and a clean copy of it.
    Both(Arc<OpenProject>),
    /// A clean copy only.
    Clean(Arc<OpenProject>),
}

impl Decision {
    /// The word of the ledger.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Both(_) => "both",
            Self::Clean(_) => "clean",
        }
    }

    /// The project that is to have a clean copy of what is kept.
    pub(crate) const fn copied_into(&self) -> Option<&Arc<OpenProject>> {
        match self {
            Self::Both(project) => Some(project),
            Self::Keep | Self::Clean(_) => None,
        }
    }
}

pub(crate) const fn decide(validated: Validated, decision: Decision) -> Decided {
    Decided { validated, decision }
}

impl Archive {
    /// What the policy of an origin says. One that cannot be carried out refuses: keeping an object
    /// identified where a clean copy was ordered would be a disclosure.
    pub(super) async fn decision(&self, ctx: &Ctx, origin: &Origin) -> Result<Decision, Fault> {
        self.decision_by(ctx, key_of(origin)).await
    }

    /// Likewise of an origin by its name in the list of policies, where it has one.
    pub(crate) async fn decision_by(
        &self,
        ctx: &Ctx,
        key: Option<String>,
    ) -> Result<Decision, Fault> {
        let policy = match key {
            None => None,
            Some(key) => self.catalog.policy(&key).await?,
        };
        let policy = match policy {
            None => self.policy.clone(),
            Some(text) => text.parse().map_err(|_error: lightcase_deident::UnknownPolicy| {
                Fault::new(Reason::IndexDown, "the policy of this origin cannot be read")
            })?,
        };
        let Some(name) = policy.project() else { return Ok(Decision::Keep) };
        let project = self.open_project(ctx, name).await?.ok_or_else(|| {
            Fault::new(
                Reason::NotPermitted,
                format!(
                    "the policy of this origin is \"{policy}\", and there is no such project; make \
                     it with `lightcase project add {name}`, or set another policy"
                ),
            )
        })?;
        Ok(match policy {
            Policy::Keep => Decision::Keep,
            Policy::Both(_) => Decision::Both(project),
            Policy::Clean(_) => Decision::Clean(project),
        })
    }
}

/// The name of an origin in the list of policies.
fn key_of(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Dimse { calling, .. } => Some(format!("ae:{calling}")),
        Origin::Stow { .. } => Some("stow".to_owned()),
        Origin::Http { .. } | Origin::Import => Some("import".to_owned()),
        Origin::Share { .. } | Origin::Local => None,
    }
}
