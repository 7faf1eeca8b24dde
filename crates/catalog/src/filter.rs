//! Scope and matching keys as SQL conditions. The only place where a read is narrowed.

use lightcase_model::{Attribute, DateRange, Grant, Key, Level, Matching, Query, Scope};

use crate::fold::{fold, fold_group};
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
pub(crate) fn push_keys(sql: &mut Sql, query: &Query, scope: &Scope) {
    let moments = combined(query);
    for moment in &moments {
        moment.push(sql);
    }
    let taken =
        |attribute| moments.iter().any(|each| each.date == attribute || each.time == attribute);
    for key in query.keys.iter().filter(|key| !taken(key.attribute)) {
        if key.attribute == Attribute::ModalitiesInStudy {
            if query.level >= Level::Study {
                push_modalities(sql, &key.matching, scope);
            }
        } else if key.attribute.level() <= query.level
            && let Some(column) = column(key.attribute)
        {
            push_key(sql, key, column, (query.fuzzy, scope));
        }
    }
}

fn push_key(sql: &mut Sql, key: &Key, column: Column, (fuzzy, scope): (bool, &Scope)) {
    if is_universal(&key.matching) {
        return;
    }
    match column {
        Column::Name(name) => {
            push_collections(sql, name.collection, scope);
            push_name(sql, &name, &key.matching, fuzzy);
        }
        Column::Text(column) => push_text(sql, column, &key.matching),
        Column::Indexed(column, collection) => {
            push_collections(sql, collection, scope);
            push_text(sql, column, &key.matching);
        }
        Column::Time(column) => push_time(sql, column, &key.matching),
        Column::Int(column) => push_int(sql, column, &key.matching),
    }
}

/// The indexes begin with the collection, so a condition that shall use one names it.
fn push_collections(sql: &mut Sql, column: &'static str, scope: &Scope) {
    if let Scope::All(collections) = scope {
        sql.push(" AND ").push(column).push(" IN ");
        sql.list(collections.iter().map(|each| Bind::Int(each.0)));
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

pub(crate) fn is_universal(matching: &Matching) -> bool {
    match matching {
        Matching::Single(value) => value.is_empty(),
        Matching::WildCard(value) => value.chars().all(|each| each == '*'),
        Matching::Range(range) => range.from.is_none() && range.to.is_none(),
        Matching::Uids(uids) => uids.is_empty(),
    }
}

fn push_text(sql: &mut Sql, column: &'static str, matching: &Matching) {
    sql.push(" AND ");
    match matching {
        Matching::Single(value) => {
            sql.push(column).push(" = ").text(value.as_str());
        }
        Matching::WildCard(value) => push_wild_card(sql, column, value),
        Matching::Uids(uids) => {
            sql.push(column).push(" IN ");
            sql.list(uids.iter().map(|uid| Bind::Text(uid.to_string())));
        }
        Matching::Range(DateRange { from, to }) => {
            // An absent value matches no range.
            sql.push(column).push(" <> ''");
            if let Some(from) = from {
                sql.push(" AND ").push(column).push(" >= ").text(from.as_str());
            }
            if let Some(to) = to {
                sql.push(" AND ").push(column).push(" <= ").text(to.as_str());
            }
        }
    }
}

/// A pattern of `*` and `?`. One that begins a value is a range, which an index can answer.
fn push_wild_card(sql: &mut Sql, column: &'static str, pattern: &str) {
    let start = pattern.trim_end_matches('*');
    if start.len() < pattern.len()
        && !start.contains(['*', '?'])
        && let Some(end) = behind(start)
    {
        sql.push("(").push(column).push(" >= ").text(start);
        sql.push(" AND ").push(column).push(" < ").text(end).push(")");
        return;
    }
    sql.push(column).push(" LIKE ").text(like_wild_card(pattern)).push(" ESCAPE '\\'");
}

/// The first text behind all that begin with `start`, in the order of code points.
fn behind(start: &str) -> Option<String> {
    let mut characters = start.chars();
    let last = characters.next_back()?;
    let next =
        if last == '\u{D7FF}' { Some('\u{E000}') } else { char::from_u32(u32::from(last) + 1) };
    Some(format!("{}{}", characters.as_str(), next?))
}

/// Times are compared as they are meant, not as they are written: `10`, `1000` and `100000.0` are
/// the same (PS3.5 section 6.2, TM).
fn push_time(sql: &mut Sql, column: &'static str, matching: &Matching) {
    sql.push(" AND ").push(column).push(" <> ''");
    match matching {
        Matching::Single(value) => {
            sql.push(" AND ");
            push_moment(sql, column);
            sql.push(" = ").text(earliest(value));
        }
        Matching::Range(DateRange { from, to }) => {
            if let Some(from) = from {
                sql.push(" AND ");
                push_moment(sql, column);
                sql.push(" >= ").text(earliest(from));
            }
            if let Some(to) = to {
                sql.push(" AND ");
                push_moment(sql, column);
                sql.push(" <= ").text(latest(to));
            }
        }
        // No key of a time is made of these.
        Matching::WildCard(_) | Matching::Uids(_) => {
            sql.push(" AND 1 = 0");
        }
    }
}

/// The digits of a time without the zeros at their end, which order as the times do.
fn push_moment(sql: &mut Sql, column: &'static str) {
    sql.push("rtrim(replace(replace(").push(column).push(", '.', ''), ':', ''), '0')");
}

fn digits(time: &str) -> String {
    time.chars().filter(char::is_ascii_digit).collect()
}

/// A time as [`push_moment`] writes it.
fn earliest(time: &str) -> String {
    digits(time).trim_end_matches('0').to_owned()
}

/// What is no earlier than any moment of a time: behind every digit.
fn latest(time: &str) -> String {
    digits(time) + "~"
}

/// Ranges of a date and its time that are one range of instants (PS3.4 C.2.2.2.5.4).
struct Moments<'a> {
    date: Attribute,
    time: Attribute,
    columns: [&'static str; 2],
    from: Option<(&'a str, &'a str)>,
    to: Option<(&'a str, &'a str)>,
}

fn combined(query: &Query) -> Vec<Moments<'_>> {
    let pairs = [
        (Attribute::StudyDate, Attribute::StudyTime, ["st.study_date", "st.study_time"]),
        (Attribute::SeriesDate, Attribute::SeriesTime, ["se.series_date", "se.series_time"]),
    ];
    let range = |attribute| {
        query.keys.iter().find_map(|key| match &key.matching {
            Matching::Range(range) if key.attribute == attribute => Some(range),
            Matching::Range(_)
            | Matching::Single(_)
            | Matching::WildCard(_)
            | Matching::Uids(_) => None,
        })
    };
    let pair = |(date, time, columns): (Attribute, Attribute, _)| {
        let (days, times) = (range(date)?, range(time)?);
        let same =
            days.from.is_some() == times.from.is_some() && days.to.is_some() == times.to.is_some();
        (query.combined && same && date.level() <= query.level).then(|| Moments {
            date,
            time,
            columns,
            from: days.from.as_deref().zip(times.from.as_deref()),
            to: days.to.as_deref().zip(times.to.as_deref()),
        })
    };
    pairs.into_iter().filter_map(pair).collect()
}

impl Moments<'_> {
    fn push(&self, sql: &mut Sql) {
        let [date, time] = self.columns;
        sql.push(" AND ").push(date).push(" <> ''");
        let from = self.from.map(|(day, time)| (day, earliest(time), [" > ", " >= "]));
        let to = self.to.map(|(day, time)| (day, latest(time), [" < ", " <= "]));
        for (day, moment, [beyond, within]) in [from, to].into_iter().flatten() {
            sql.push(" AND (").push(date).push(beyond).text(day);
            sql.push(" OR (").push(date).push(" = ").text(day).push(" AND ");
            push_moment(sql, time);
            sql.push(within).text(moment).push("))");
        }
    }
}

fn push_int(sql: &mut Sql, column: &'static str, matching: &Matching) {
    let Matching::Single(value) = matching else { return };
    match value.trim().parse::<i64>() {
        Ok(value) => {
            sql.push(" AND ").push(column).push(" = ").int(value);
        }
        Err(_) => {
            sql.push(" AND 1 = 0");
        }
    }
}

/// Person names match without case and accents, in any of their component groups; a key that has
/// groups itself, each in its own (PS3.4 C.2.2.2.1.1).
fn push_name(sql: &mut Sql, column: &NameColumn, matching: &Matching, fuzzy: bool) {
    let (value, wild) = match matching {
        Matching::Single(value) => (value, false),
        Matching::WildCard(value) => (value, true),
        // No key of a name is made of these.
        Matching::Range(_) | Matching::Uids(_) => {
            sql.push(" AND 1 = 0");
            return;
        }
    };
    // Where the key says itself what may stand where, there is nothing left to guess.
    let says_where = wild && value.trim_end_matches('*').contains(['*', '?']);
    if fuzzy && !says_where {
        for part in fold(value).split(['^', '=', ' ', '*', '?']).filter(|part| !part.is_empty()) {
            sql.push(" AND ");
            push_word(sql, column.words, part);
        }
    } else if value.contains('=') {
        for (group, column) in value.splitn(3, '=').zip(&column.groups) {
            push_group(sql, std::slice::from_ref(column), &fold_group(group), wild);
        }
    } else {
        push_group(sql, &column.groups, &fold_group(value), wild);
    }
}

/// Appends that one of these columns matches a folded group of a key; an empty one does not narrow.
fn push_group(sql: &mut Sql, columns: &[&'static str], group: &str, wild: bool) {
    if group.is_empty() || (wild && group.chars().all(|each| each == '*')) {
        return;
    }
    let mut separator = " AND (";
    for column in columns {
        let mut pattern = group;
        loop {
            sql.push(separator);
            separator = " OR ";
            if wild && pattern.contains(['*', '?']) {
                push_wild_card(sql, column, pattern);
            } else {
                sql.push(column).push(" = ").text(pattern);
            }
            // A name may end before the component that anything is allowed in.
            match pattern.strip_suffix("^*").filter(|shorter| wild && !shorter.is_empty()) {
                Some(shorter) => pattern = shorter,
                None => break,
            }
        }
    }
    sql.push(")");
}

/// Appends the condition that some part of a folded name starts with `part`.
pub(crate) fn push_word(sql: &mut Sql, words: &'static str, part: &str) {
    let pattern = format!("% {}%", like_literal(part));
    sql.push(words).push(" LIKE ").text(pattern).push(" ESCAPE '\\'");
}

/// Where a person name is searched.
#[derive(Clone, Copy)]
struct NameColumn {
    /// Alphabetic, ideographic, phonetic.
    groups: [&'static str; 3],
    words: &'static str,
    collection: &'static str,
}

#[derive(Clone, Copy)]
enum Column {
    Name(NameColumn),
    Text(&'static str),
    /// With the collection that its index begins with, where the scope does not name it anyway.
    Indexed(&'static str, &'static str),
    Time(&'static str),
    Int(&'static str),
}

const PATIENT_NAME: NameColumn = NameColumn {
    groups: ["p.name_folded", "p.name_ideographic", "p.name_phonetic"],
    words: "p.name_words",
    collection: "p.collection",
};

const REFERRING_PHYSICIAN_NAME: NameColumn = NameColumn {
    groups: [
        "st.referring_physician_folded",
        "st.referring_physician_ideographic",
        "st.referring_physician_phonetic",
    ],
    words: "st.referring_physician_words",
    collection: "st.collection",
};

/// The column of an attribute; `None` for what is counted, not stored.
const fn column(attribute: Attribute) -> Option<Column> {
    Some(match attribute {
        Attribute::PatientName => Column::Name(PATIENT_NAME),
        Attribute::ReferringPhysicianName => Column::Name(REFERRING_PHYSICIAN_NAME),
        Attribute::PatientID => Column::Indexed("p.patient_id", "p.collection"),
        Attribute::IssuerOfPatientID => Column::Text("p.issuer"),
        Attribute::PatientBirthDate => Column::Text("p.birth_date"),
        Attribute::PatientSex => Column::Text("p.sex"),
        Attribute::StudyInstanceUID => Column::Text("st.study_uid"),
        Attribute::StudyDate => Column::Text("st.study_date"),
        Attribute::StudyTime => Column::Time("st.study_time"),
        Attribute::AccessionNumber => Column::Text("st.accession_number"),
        Attribute::StudyDescription => Column::Text("st.description"),
        Attribute::StudyID => Column::Text("st.study_id"),
        Attribute::SeriesInstanceUID => Column::Indexed("se.series_uid", "se.collection"),
        Attribute::Modality => Column::Text("se.modality"),
        Attribute::SeriesDate => Column::Text("se.series_date"),
        Attribute::SeriesTime => Column::Time("se.series_time"),
        Attribute::SeriesDescription => Column::Text("se.description"),
        Attribute::BodyPartExamined => Column::Text("se.body_part"),
        Attribute::SeriesNumber => Column::Int("se.series_number"),
        Attribute::SOPInstanceUID => Column::Indexed("i.sop_uid", "i.collection"),
        Attribute::SOPClassUID => Column::Text("i.sop_class"),
        Attribute::InstanceNumber => Column::Int("i.instance_number"),
        Attribute::NumberOfFrames => Column::Int("i.frames"),
        Attribute::Rows => Column::Int("i.pixel_rows"),
        Attribute::Columns => Column::Int("i.pixel_columns"),
        Attribute::BitsAllocated => Column::Int("i.bits_allocated"),
        Attribute::ModalitiesInStudy
        | Attribute::NumberOfPatientRelatedStudies
        | Attribute::NumberOfPatientRelatedSeries
        | Attribute::NumberOfPatientRelatedInstances
        | Attribute::NumberOfStudyRelatedSeries
        | Attribute::NumberOfStudyRelatedInstances
        | Attribute::NumberOfSeriesRelatedInstances => return None,
    })
}
