//! Find: the matches of a query within a scope.

use std::collections::HashMap;

use lightcase_model::{Key, Level, Page, Query, Scope};

use crate::filter::{is_universal, push_keys, push_scope};
use crate::row::{
    INSTANCE, InstanceRow, PATIENT, PatientRow, SERIES, STUDY, SeriesRow, StudyRow, tables,
};
use crate::sql::{Bind, Sql};
use crate::{Catalog, Match, Result};

impl Catalog {
    /// The matches of `query` that `scope` shows. Studies and patients are ordered newest and
    /// alphabetically first, series and instances by their number.
    pub async fn find(&self, scope: &Scope, query: &Query) -> Result<Page<Match>> {
        let sql = select(scope, query);
        let mut items = self.rows(query.level, sql).await?;
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        self.count(scope, query.level, &mut items).await?;
        Ok(Page { items, more })
    }

    /// The rows of all matches, up to the limit, in the same order as [`Catalog::find`] has them.
    /// [`Catalog::find_rows`] reads them page by page, as they were when the query ran.
    pub async fn find_ids(&self, scope: &Scope, query: &Query) -> Result<Page<i64>> {
        let sql = select_ids(scope, query);
        let mut items: Vec<i64> = on_engine!(self, pools => {
            bound!(sqlx::query_scalar, sql).fetch_all(&pools.read).await?
        });
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        Ok(Page { items, more })
    }

    /// The matches of these rows of a level that the scope still shows, in their order.
    pub async fn find_rows(&self, scope: &Scope, level: Level, ids: &[i64]) -> Result<Vec<Match>> {
        let sql = select_rows(scope, level, ids);
        let mut items = self.rows(level, sql).await?;
        let place: HashMap<i64, usize> = ids.iter().copied().zip(0..).collect();
        items.sort_by_key(|each| place.get(&each.row()).copied());
        self.count(scope, level, &mut items).await?;
        Ok(items)
    }

    async fn rows(&self, level: Level, sql: Sql) -> Result<Vec<Match>> {
        Ok(on_engine!(self, pools => match level {
            Level::Patient => bound!(sqlx::query_as::<_, PatientRow>, sql)
                .fetch_all(&pools.read).await?
                .into_iter().map(|row| Ok(row.into_match())).collect::<Result<_>>()?,
            Level::Study => bound!(sqlx::query_as::<_, StudyRow>, sql)
                .fetch_all(&pools.read).await?
                .into_iter().map(StudyRow::into_match).collect::<Result<_>>()?,
            Level::Series => bound!(sqlx::query_as::<_, SeriesRow>, sql)
                .fetch_all(&pools.read).await?
                .into_iter().map(SeriesRow::into_match).collect::<Result<_>>()?,
            Level::Instance => bound!(sqlx::query_as::<_, InstanceRow>, sql)
                .fetch_all(&pools.read).await?
                .into_iter().map(InstanceRow::into_match).collect::<Result<_>>()?,
        }))
    }
}

fn select(scope: &Scope, query: &Query) -> Sql {
    let mut sql = columns(query.level);
    sql.push(from(query));
    push_where(&mut sql, scope, query);
    push_order(&mut sql, query);
    sql
}

fn select_ids(scope: &Scope, query: &Query) -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(row_id(query.level)).push(from(query));
    push_where(&mut sql, scope, query);
    push_order(&mut sql, query);
    sql
}

fn select_rows(scope: &Scope, level: Level, ids: &[i64]) -> Sql {
    let mut sql = columns(level);
    sql.push(tables(level));
    push_visible(&mut sql, scope, level);
    sql.push(" AND ").push(row_id(level)).push(" IN ");
    sql.list(ids.iter().map(|id| Bind::Int(*id)));
    sql
}

fn columns(level: Level) -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(PATIENT);
    if level >= Level::Study {
        sql.push(STUDY);
    }
    if level >= Level::Series {
        sql.push(SERIES);
    }
    if level >= Level::Instance {
        sql.push(INSTANCE);
    }
    sql
}

/// Whether a query is narrowed by what it says of the patient, and by nothing below.
fn is_about_patients(query: &Query) -> bool {
    let narrows = |key: &&Key| !is_universal(&key.matching);
    let mut keys = query.keys.iter().filter(narrows).peekable();
    keys.peek().is_some() && keys.all(|key| key.attribute.level() == Level::Patient)
}

/// The tables of a query. SQLite would go through all studies, in the order that is wanted, and
/// look at the patient of each; a cross join is one that it does not turn round. PostgreSQL plans
/// both alike.
fn from(query: &Query) -> &'static str {
    if !is_about_patients(query) {
        return tables(query.level);
    }
    match query.level {
        Level::Patient => tables(Level::Patient),
        Level::Study => " FROM patient p CROSS JOIN study st",
        Level::Series => " FROM patient p CROSS JOIN study st JOIN series se ON se.study = st.id",
        Level::Instance => {
            " FROM patient p CROSS JOIN study st JOIN series se ON se.study = st.id \
             JOIN instance i ON i.series = se.id"
        }
    }
}

const fn row_id(level: Level) -> &'static str {
    match level {
        Level::Patient => "p.id",
        Level::Study => "st.id",
        Level::Series => "se.id",
        Level::Instance => "i.id",
    }
}

fn push_visible(sql: &mut Sql, scope: &Scope, level: Level) {
    sql.push(" WHERE ");
    if level == Level::Patient {
        sql.push("EXISTS (SELECT 1 FROM study st WHERE st.patient = p.id AND ");
        push_scope(sql, scope, level);
        sql.push(")");
    } else {
        push_scope(sql, scope, level);
    }
}

fn push_where(sql: &mut Sql, scope: &Scope, query: &Query) {
    push_visible(sql, scope, query.level);
    if query.level > Level::Patient && is_about_patients(query) {
        sql.push(" AND st.patient = p.id");
    }
    push_keys(sql, query, scope);
}

fn push_order(sql: &mut Sql, query: &Query) {
    sql.push(match query.level {
        Level::Patient => " ORDER BY p.name_folded, p.id",
        Level::Study => " ORDER BY st.study_date DESC, st.study_time DESC, st.id DESC",
        Level::Series => " ORDER BY st.study_date DESC, st.id DESC, se.series_number, se.id",
        Level::Instance => {
            " ORDER BY st.study_date DESC, st.id DESC, se.series_number, se.id, i.instance_number, i.id"
        }
    });
    // One more than asked for tells whether there are more.
    sql.push(" LIMIT ").int(i64::from(query.limit) + 1);
    sql.push(" OFFSET ").int(query.offset);
}
