//! What a peer is going to send, asked for by C-FIND, so that each object finds a context to come by.

use std::collections::BTreeSet;

use lightcase_dataset::{Identifier, Tag, TransferSyntax};
use lightcase_dimse::StatusKind;
use lightcase_dimse::scu::{Expected, Query, ScuError, Session, Target};
use lightcase_model::{TransferSyntaxUid, Uid};

use super::{QUERY_RETRIEVE_LEVEL, SERIES_INSTANCE_UID, STUDY_INSTANCE_UID};
use crate::cli::Get;

/// Study Root Query/Retrieve Information Model - FIND, PS3.4 section C.6.2.
const STUDY_ROOT_FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
const SOP_CLASS_UID: Tag = Tag(0x0008_0016);
const SOP_INSTANCE_UID: Tag = Tag(0x0008_0018);
/// Matches of one query that are looked at.
const MOST: usize = 100_000;
/// Available Transfer Syntax UID; most peers leave it out.
const AVAILABLE_TRANSFER_SYNTAX_UID: Tag = Tag(0x0008_3002);

/// SOP classes, and transfer syntaxes where the peer tells them. Nothing, or what came so far, when
/// the peer answers no queries or breaks off: then it is asked for objects all the same.
pub(super) async fn ask(target: &Target, get: &Get) -> anyhow::Result<BTreeSet<Expected>> {
    let pair =
        (Uid::parse(STUDY_ROOT_FIND)?, TransferSyntaxUid::parse(TransferSyntax::IMPLICIT_LITTLE)?);
    let mut session = match Session::connect(target, std::slice::from_ref(&pair)).await {
        Ok(session) => session,
        Err(ScuError::NoContext) => return Ok(BTreeSet::new()),
        Err(error) => return Err(error.into()),
    };
    let mut asking = Asking { session: &mut session, pair };
    let mut expected = BTreeSet::new();
    if asking.all(get, &mut expected).await.is_ok() {
        session.release().await.ok();
    }
    Ok(expected)
}

fn owned(found: &Identifier, tag: Tag) -> Option<String> {
    found.text(tag).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

struct Asking<'a> {
    session: &'a mut Session,
    pair: (Uid, TransferSyntaxUid),
}

impl Asking<'_> {
    async fn all(&mut self, get: &Get, expected: &mut BTreeSet<Expected>) -> anyhow::Result<()> {
        for study in &get.study {
            let keys = [(STUDY_INSTANCE_UID, study.as_str())];
            let series = if get.series.is_empty() {
                let found = self.find("SERIES", &keys, &[SERIES_INSTANCE_UID]).await?;
                found.iter().filter_map(|each| owned(each, SERIES_INSTANCE_UID)).collect()
            } else {
                get.series.clone()
            };
            for series in &series {
                let keys = [(STUDY_INSTANCE_UID, study.as_str()), (SERIES_INSTANCE_UID, series)];
                let returned = [SOP_INSTANCE_UID, SOP_CLASS_UID, AVAILABLE_TRANSFER_SYNTAX_UID];
                for found in self.find("IMAGE", &keys, &returned).await? {
                    let parsed = owned(&found, SOP_CLASS_UID).and_then(|uid| Uid::parse(&uid).ok());
                    let Some(class) = parsed else { continue };
                    let syntaxes = found.texts(AVAILABLE_TRANSFER_SYNTAX_UID);
                    let syntaxes = syntaxes.filter_map(|uid| TransferSyntaxUid::parse(uid).ok());
                    expected.insert(Expected { class, syntaxes: syntaxes.collect() });
                }
            }
        }
        Ok(())
    }

    /// Matches; none when the peer refuses the query.
    async fn find(
        &mut self,
        level: &str,
        keys: &[(Tag, &str)],
        returned: &[Tag],
    ) -> anyhow::Result<Vec<Identifier>> {
        let reading = TransferSyntax::of(&self.pair.1);
        let mut identifier = Identifier::default();
        identifier.put_text(QUERY_RETRIEVE_LEVEL, level);
        for tag in returned {
            identifier.put_text(*tag, "");
        }
        for (tag, value) in keys {
            identifier.put_text(*tag, *value);
        }
        let query = Query {
            class: self.pair.0.clone(),
            syntax: self.pair.1.clone(),
            identifier: identifier.write(&reading)?.into(),
            limit: MOST,
        };
        let mut matches = Vec::new();
        let found = self
            .session
            .find(&query, |bytes| matches.extend(Identifier::read(&bytes, &reading)))
            .await?;
        // Cancelled at the limit, it has told enough.
        if found.status.kind() == StatusKind::Failure {
            matches.clear();
        }
        Ok(matches)
    }
}
