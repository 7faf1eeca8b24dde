//! Find all: every match of a query up to a cap, page by page, recorded before the first is given.

use lightcase_audit::Event;
use lightcase_catalog::Match;
use lightcase_model::{Ctx, Level, Query, Scope};

use crate::find::measure;
use crate::{Archive, ArchiveError};

/// Matches that are read at once. A query that matches no more needs no second reading.
const PAGE: u32 = 100;

/// The matches of a query, a page at a time. Between pages it holds the rows' numbers only.
#[derive(Debug)]
pub struct Matches {
    archive: Archive,
    scope: Scope,
    level: Level,
    ready: Vec<Match>,
    left: std::vec::IntoIter<i64>,
    /// There were more than the cap allows.
    pub capped: bool,
}

impl Archive {
    /// All matches of a query within a scope, `query.limit` of them at most. Which attributes were
    /// asked for, and how many matches there are, is recorded before the first can be seen.
    ///
    /// # Errors
    /// [`ArchiveError::BadRequest`] for a query that is larger than any that makes sense.
    pub async fn find_all(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        query: &Query,
    ) -> Result<Matches, ArchiveError> {
        measure(&query.keys)?;
        let first = Query { limit: query.limit.min(PAGE), offset: 0, ..query.clone() };
        let first = self.catalog.find(scope, &first).await?;
        let (ready, left, capped) = if first.more && query.limit > PAGE {
            let ids = self.catalog.find_ids(scope, &Query { offset: 0, ..query.clone() }).await?;
            (Vec::new(), ids.items, ids.more)
        } else {
            (first.items, Vec::new(), first.more)
        };
        let matches = u64::try_from(ready.len().saturating_add(left.len())).unwrap_or(u64::MAX);
        let keys = query.keys.iter().map(|key| key.attribute).collect();
        let event = Event::Queried { level: query.level, keys, matches };
        self.catalog.record(ctx, event).await?;
        let (archive, scope, level) = (self.clone(), scope.clone(), query.level);
        Ok(Matches { archive, scope, level, ready, left: left.into_iter(), capped })
    }
}

impl Matches {
    /// The next matches; empty when there are none left. One that was hidden meanwhile is left out.
    pub async fn page(&mut self) -> Result<Vec<Match>, ArchiveError> {
        loop {
            if !self.ready.is_empty() {
                return Ok(std::mem::take(&mut self.ready));
            }
            let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
            let ids: Vec<i64> = self.left.by_ref().take(page).collect();
            if ids.is_empty() {
                return Ok(Vec::new());
            }
            let catalog = &self.archive.catalog;
            self.ready = catalog.find_rows(&self.scope, self.level, &ids).await?;
        }
    }
}
