//! Scope and matching keys as SQL conditions. The only place where a read is narrowed.

use lightcase_model::{Attribute, DateRange, Grant, Key, Level, Matching, Scope};

use crate::fold::fold_name;
use crate::sql::{Bind, Sql, like_literal, like_wild_card};

/// Appends the condition that `st` (and `se`, where the level has it) lies within the scope.
pub(crate) fn push_scope(sql: &mut Sql, scope: &Scope, level: Level) {
    match scope {
        Scope::Nothing => {
            sql.push("1 = 0");
        }
        Scope::All(collections) => {
            sql.push("st.withdrawn_at = 0 AND st.instances > 0 AND st.collection IN ");
            sql.list(collections.iter().map(|each| Bind::Int(each.0)));
        }
        Scope::Grants(grants) => {
            sql.push("st.withdrawn_at = 0 AND st.instances > 0 AND (1 = 0");
            for grant in grants {
                push_grant(sql, grant, level);
            }
            sql.push(")");
        }
    }
}

fn push_grant(sql: &mut Sql, grant: &Grant, level: Level) {
    sql.push(" OR (st.id = ").int(grant.study.0);
    sql.push(" AND st.collection = ").int(grant.collection.0);
    if let Some(series) = &grant.series {
        let list = series.iter().map(|each| Bind::Int(each.0));
        match level {
            Level::Patient | Level::Study => {
                sql.push(" AND EXISTS (SELECT 1 FROM series g WHERE g.study = st.id AND g.id IN ");
                sql.list(list).push(")");
            }
            Level::Series | Level::Instance => {
                sql.push(" AND se.id IN ").list(list);
            }
        }
    }
    sql.push(")");
}

/// Appends ` AND …` for every key. Keys below the level of the query do not narrow it.
pub(crate) fn push_keys(sql: &mut Sql, keys: &[Key], level: Level, fuzzy: bool, scope: &Scope) {
    for key in keys {
        if key.attribute == Attribute::ModalitiesInStudy {
            if level >= Level::Study {
                push_modalities(sql, &key.matching, scope);
            }
        } else if key.attribute.level() <= level
            && let Some(column) = column(key.attribute)
        {
            push_key(sql, key, column, fuzzy);
        }
    }
}

fn push_key(sql: &mut Sql, key: &Key, column: Column, fuzzy: bool) {
    match column {
        Column::Name(column) => push_name(sql, column, &key.matching, fuzzy),
        Column::Text(column) => push_text(sql, column, &key.matching),
        Column::Int(column) => push_int(sql, column, &key.matching),
    }
}

/// Any series of the study that the scope shows has the modality.
fn push_modalities(sql: &mut Sql, matching: &Matching, scope: &Scope) {
    if is_universal(matching) {
        return;
    }
    sql.push(" AND EXISTS (SELECT 1 FROM series m WHERE m.study = st.id");
    if let Scope::Grants(grants) = scope {
        let granted: Vec<Bind> = grants
            .iter()
            .filter_map(|grant| grant.series.as_ref())
            .flatten()
            .map(|series| Bind::Int(series.0))
            .collect();
        if grants.iter().all(|grant| grant.series.is_some()) {
            sql.push(" AND m.id IN ").list(granted);
        }
    }
    push_text(sql, "m.modality", matching);
    sql.push(")");
}

fn is_universal(matching: &Matching) -> bool {
    match matching {
        Matching::Single(value) => value.is_empty(),
        Matching::WildCard(value) => value.chars().all(|each| each == '*'),
        Matching::Range(range) => range.from.is_none() && range.to.is_none(),
        Matching::Uids(uids) => uids.is_empty(),
    }
}

fn push_text(sql: &mut Sql, column: &'static str, matching: &Matching) {
    if is_universal(matching) {
        return;
    }
    sql.push(" AND ").push(column);
    match matching {
        Matching::Single(value) => {
            sql.push(" = ").text(value.as_str());
        }
        Matching::WildCard(value) => {
            sql.push(" LIKE ").text(like_wild_card(value)).push(" ESCAPE '\\'");
        }
        Matching::Uids(uids) => {
            sql.push(" IN ").list(uids.iter().map(|uid| Bind::Text(uid.to_string())));
        }
        Matching::Range(DateRange { from, to }) => {
            // An absent value matches no range.
            sql.push(" <> ''");
            if let Some(from) = from {
                sql.push(" AND ").push(column).push(" >= ").text(from.as_str());
            }
            if let Some(to) = to {
                sql.push(" AND ").push(column).push(" <= ").text(to.as_str());
            }
        }
    }
}

fn push_int(sql: &mut Sql, column: &'static str, matching: &Matching) {
    let Matching::Single(value) = matching else { return };
    if value.is_empty() {
        return;
    }
    match value.trim().parse::<i64>() {
        Ok(value) => {
            sql.push(" AND ").push(column).push(" = ").int(value);
        }
        Err(_) => {
            sql.push(" AND 1 = 0");
        }
    }
}

/// Person names match without case, in any of their component groups (PS3.4 C.2.2.2.1.1).
fn push_name(sql: &mut Sql, column: &'static str, matching: &Matching, fuzzy: bool) {
    if is_universal(matching) {
        return;
    }
    let (Matching::Single(value) | Matching::WildCard(value)) = matching else { return };
    let folded = fold_name(value);
    if fuzzy {
        for part in folded.split(['^', '=', ' ', '*', '?']).filter(|part| !part.is_empty()) {
            sql.push(" AND ");
            push_part_start(sql, column, part);
        }
        return;
    }
    let pattern = match matching {
        Matching::WildCard(_) => like_wild_card(&folded),
        Matching::Single(_) | Matching::Range(_) | Matching::Uids(_) => like_literal(&folded),
    };
    sql.push(" AND ");
    push_any(
        sql,
        column,
        [pattern.clone(), format!("{pattern}=%"), format!("%={pattern}"), format!("%={pattern}=%")],
    );
}

/// Appends the condition that some part of a folded name starts with `part`.
pub(crate) fn push_part_start(sql: &mut Sql, column: &'static str, part: &str) {
    let part = like_literal(part);
    push_any(
        sql,
        column,
        [format!("{part}%"), format!("%^{part}%"), format!("%={part}%"), format!("% {part}%")],
    );
}

fn push_any(sql: &mut Sql, column: &'static str, patterns: [String; 4]) {
    let mut separator = "(";
    for pattern in patterns {
        sql.push(separator).push(column).push(" LIKE ").text(pattern).push(" ESCAPE '\\'");
        separator = " OR ";
    }
    sql.push(")");
}

#[derive(Clone, Copy)]
enum Column {
    Name(&'static str),
    Text(&'static str),
    Int(&'static str),
}

/// The column of an attribute; `None` for what is counted, not stored.
const fn column(attribute: Attribute) -> Option<Column> {
    Some(match attribute {
        Attribute::PatientName => Column::Name("p.name_folded"),
        Attribute::ReferringPhysicianName => Column::Name("st.referring_physician_folded"),
        Attribute::PatientID => Column::Text("p.patient_id"),
        Attribute::IssuerOfPatientID => Column::Text("p.issuer"),
        Attribute::PatientBirthDate => Column::Text("p.birth_date"),
        Attribute::PatientSex => Column::Text("p.sex"),
        Attribute::StudyInstanceUID => Column::Text("st.study_uid"),
        Attribute::StudyDate => Column::Text("st.study_date"),
        Attribute::StudyTime => Column::Text("st.study_time"),
        Attribute::AccessionNumber => Column::Text("st.accession_number"),
        Attribute::StudyDescription => Column::Text("st.description"),
        Attribute::StudyID => Column::Text("st.study_id"),
        Attribute::SeriesInstanceUID => Column::Text("se.series_uid"),
        Attribute::Modality => Column::Text("se.modality"),
        Attribute::SeriesDate => Column::Text("se.series_date"),
        Attribute::SeriesTime => Column::Text("se.series_time"),
        Attribute::SeriesDescription => Column::Text("se.description"),
        Attribute::BodyPartExamined => Column::Text("se.body_part"),
        Attribute::SeriesNumber => Column::Int("se.series_number"),
        Attribute::SOPInstanceUID => Column::Text("i.sop_uid"),
        Attribute::SOPClassUID => Column::Text("i.sop_class"),
        Attribute::InstanceNumber => Column::Int("i.instance_number"),
        Attribute::NumberOfFrames => Column::Int("i.frames"),
        Attribute::Rows => Column::Int("i.pixel_rows"),
        Attribute::Columns => Column::Int("i.pixel_columns"),
        Attribute::BitsAllocated => Column::Int("i.bits_allocated"),
        Attribute::ModalitiesInStudy
        | Attribute::NumberOfStudyRelatedSeries
        | Attribute::NumberOfStudyRelatedInstances
        | Attribute::NumberOfSeriesRelatedInstances => return None,
    })
}
