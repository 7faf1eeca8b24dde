//! The worklist: studies as staff look for them, hidden ones on request.

use lightcase_model::{AccountId, Collections, Level, Page, StudyId, Timestamp};

use crate::filter::push_word;
use crate::fold::{fold, parts};
use crate::row::{PATIENT, STUDY, StudyRow, sixteen, tables};
use crate::share_source::LINKS_OF_STUDY;
use crate::sql::{Bind, Sql, like_literal};
use crate::{Catalog, Match, Result, Withdrawal};

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct WorklistFilter {
    /// Words: each must start a part of the patient's name, or be the start of the patient id or
    /// of the accession number.
    pub text: String,
    /// Any series has this modality.
    pub modality: Option<String>,
    /// First study date, DA.
    pub from: Option<String>,
    /// Last study date, DA.
    pub to: Option<String>,
    /// Hidden studies instead of those in sight.
    pub withdrawn: bool,
    /// At most so many.
    pub limit: u32,
    /// Skip so many.
    pub offset: u32,
}

/// A study of the worklist.
#[derive(Debug, Clone)]
pub struct WorklistRow {
    /// Patient and study.
    pub found: Match,
    /// Set when it is hidden.
    pub withdrawn: Option<Withdrawal>,
    /// Live links to it, or to clean copies of it.
    pub shares: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    study: StudyRow,
    st_withdrawn_at: i64,
    st_withdrawn_by: Option<Vec<u8>>,
    st_withdrawn_reason: String,
    shares: i64,
}

impl Catalog {
    /// Studies of these collections, newest study date first. `now` tells live links from ended.
    pub async fn worklist(
        &self,
        collections: &Collections,
        filter: &WorklistFilter,
        now: Timestamp,
    ) -> Result<Page<WorklistRow>> {
        let sql = select(collections, filter, now);
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        let mut items = Vec::with_capacity(rows.len().min(limit));
        for row in rows.into_iter().take(limit) {
            items.push(self.worklist_row(row).await?);
        }
        Ok(Page { items, more })
    }

    async fn worklist_row(&self, row: Row) -> Result<WorklistRow> {
        let withdrawn = if row.st_withdrawn_at == 0 {
            None
        } else {
            Some(Withdrawal {
                at: Timestamp::from_micros(row.st_withdrawn_at),
                by: row
                    .st_withdrawn_by
                    .map(|by| {
                        Ok::<_, crate::CatalogError>(AccountId::from_bytes(sixteen(
                            &by,
                            "account id",
                        )?))
                    })
                    .transpose()?,
                reason: row.st_withdrawn_reason,
            })
        };
        let id = StudyId(row.study.st_id);
        let mut found = row.study.into_match()?;
        if let Some(study) = &mut found.study {
            let series: Vec<(String, i64)> = on_engine!(self, pools => {
                sqlx::query_as("SELECT modality, instances FROM series WHERE study = $1")
                    .bind(id.0).fetch_all(&pools.read).await?
            });
            study.series = i64::try_from(series.len()).unwrap_or(i64::MAX);
            study.instances = series.iter().map(|(_, instances)| instances).sum();
            study.modalities = series
                .into_iter()
                .map(|(modality, _)| modality)
                .filter(|modality| !modality.is_empty())
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect();
        }
        Ok(WorklistRow { found, withdrawn, shares: row.shares })
    }
}

fn select(collections: &Collections, filter: &WorklistFilter, now: Timestamp) -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(PATIENT).push(STUDY);
    sql.push(
        ", st.withdrawn_at AS st_withdrawn_at, st.withdrawn_by AS st_withdrawn_by, \
         st.withdrawn_reason AS st_withdrawn_reason, ",
    );
    sql.push(LINKS_OF_STUDY).push(" AND s.revoked_at = 0 AND s.frozen_at = 0 AND s.expires_at > ");
    sql.int(now.micros()).push(") AS shares").push(tables(Level::Study));
    sql.push(" WHERE st.instances > 0 AND st.collection IN ");
    sql.list(collections.iter().map(|each| Bind::Int(each.0)));
    sql.push(if filter.withdrawn {
        " AND st.withdrawn_at <> 0"
    } else {
        " AND st.withdrawn_at = 0"
    });
    for word in filter.text.split_whitespace() {
        let exact = like_literal(word);
        sql.push(" AND (");
        let folded = fold(word);
        let mut separator = "(";
        for part in parts(&folded) {
            sql.push(separator);
            push_word(&mut sql, "p.name_words", part);
            separator = " AND ";
        }
        // A word of delimiters alone is no part of a name.
        sql.push(if separator == "(" { "1 = 0" } else { ")" });
        sql.push(" OR p.patient_id LIKE ").text(format!("{exact}%")).push(" ESCAPE '\\'");
        sql.push(" OR st.accession_number LIKE ").text(format!("{exact}%")).push(" ESCAPE '\\')");
    }
    if let Some(modality) = &filter.modality {
        sql.push(" AND EXISTS (SELECT 1 FROM series m WHERE m.study = st.id AND m.modality = ");
        sql.text(modality.as_str()).push(")");
    }
    if let Some(from) = &filter.from {
        sql.push(" AND st.study_date >= ").text(from.as_str());
    }
    if let Some(to) = &filter.to {
        sql.push(" AND st.study_date <> '' AND st.study_date <= ").text(to.as_str());
    }
    sql.push(" ORDER BY st.study_date DESC, st.study_time DESC, st.id DESC LIMIT ");
    sql.int(i64::from(filter.limit) + 1).push(" OFFSET ").int(filter.offset);
    sql
}

#[cfg(test)]
mod tests {
    use lightcase_model::Scope;

    use super::*;

    #[test]
    fn words_narrow_and_are_escaped() {
        let Scope::All(collections) = Scope::archive() else { unreachable!() };
        let filter = WorklistFilter { text: "do% ja".to_owned(), limit: 5, ..Default::default() };
        let (text, binds) = select(&collections, &filter, Timestamp::from_micros(7)).into_parts();
        assert_eq!(text.matches("p.name_words LIKE").count(), 2);
        assert!(format!("{binds:?}").contains("do\\\\%%"));
    }
}
