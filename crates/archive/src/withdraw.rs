//! Withdrawing a wrongly sent study, and bringing it back.

use lightcase_audit::Event;
use lightcase_model::{Actor, Ctx, Phi, StudyUid};

use crate::{Archive, ArchiveError};

/// Longest reason, in characters.
const REASON: usize = 1_000;

impl Archive {
    /// Hides a study from everything, links included, until it is brought back.
    pub async fn withdraw(
        &self,
        ctx: &Ctx,
        study: &StudyUid,
        reason: &str,
    ) -> Result<(), ArchiveError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON {
            return Err(ArchiveError::BadRequest(
                "say in a few words (at most 1,000 characters) why the study is withdrawn"
                    .to_owned(),
            ));
        }
        let by = match &ctx.actor {
            Actor::Account(account) => Some(*account),
            Actor::System
            | Actor::Operator
            | Actor::Token(_)
            | Actor::Peer(_)
            | Actor::Recipient { .. }
            | Actor::Visitor => None,
        };
        let mut tx = self.catalog.begin().await?;
        let id = tx.withdraw(study, by, reason, ctx.now).await?.ok_or(ArchiveError::NotFound)?;
        tx.record(
            ctx,
            Event::StudyWithdrawn {
                study: id,
                study_uid: Phi::new(study.to_string()),
                reason: Phi::new(reason.to_owned()),
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Brings a hidden study back.
    pub async fn restore(&self, ctx: &Ctx, study: &StudyUid) -> Result<(), ArchiveError> {
        let mut tx = self.catalog.begin().await?;
        let id = tx.restore(study).await?.ok_or(ArchiveError::NotFound)?;
        tx.record(
            ctx,
            Event::StudyRestored {
                study: id,
                study_uid: Phi::new(study.to_string()),
                reason: None,
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }
}
