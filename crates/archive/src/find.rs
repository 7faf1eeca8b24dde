//! Find: matches of a query, recorded.

use lightcase_audit::Event;
use lightcase_catalog::Match;
use lightcase_model::{Ctx, Page, Query, Scope};

use crate::{Archive, ArchiveError};

impl Archive {
    /// The matches of a query within a scope. Which attributes were asked for is recorded, never
    /// their values.
    pub async fn find(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        query: &Query,
    ) -> Result<Page<Match>, ArchiveError> {
        let page = self.catalog.find(scope, query).await?;
        self.catalog
            .record(
                ctx,
                Event::Queried {
                    level: query.level,
                    keys: query.keys.iter().map(|key| key.attribute).collect(),
                    matches: u64::try_from(page.items.len()).unwrap_or(u64::MAX),
                },
            )
            .await?;
        Ok(page)
    }
}
