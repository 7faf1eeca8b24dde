//! Find: matches of a query, recorded.

use lightcase_audit::Event;
use lightcase_catalog::Match;
use lightcase_model::{Ctx, Key, Matching, Page, Query, Scope};

use crate::{Archive, ArchiveError};

/// The longest value of a key, in characters. No attribute that is matched holds a longer one.
const LONGEST: usize = 1_024;
/// Words of all keys together: each is a condition of its own when names are matched loosely, and
/// the index takes no more than a thousand.
const WORDS: usize = 256;
/// UIDs of all keys together, below the bind limit of the index.
const UIDS: usize = 10_000;

impl Archive {
    /// The matches of a query within a scope. Which attributes were asked for is recorded, never
    /// their values.
    ///
    /// # Errors
    /// [`ArchiveError::BadRequest`] for a query that is larger than any that makes sense.
    pub async fn find(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        query: &Query,
    ) -> Result<Page<Match>, ArchiveError> {
        measure(&query.keys)?;
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

/// Refuses keys that the index could not take.
pub(crate) fn measure(keys: &[Key]) -> Result<(), ArchiveError> {
    let (mut words, mut uids) = (0_usize, 0_usize);
    for key in keys {
        let texts = match &key.matching {
            Matching::Single(text) | Matching::WildCard(text) => [Some(text), None],
            Matching::Range(range) => [range.from.as_ref(), range.to.as_ref()],
            Matching::Uids(list) => {
                uids = uids.saturating_add(list.len());
                [None, None]
            }
        };
        for text in texts.into_iter().flatten() {
            if text.chars().nth(LONGEST).is_some() {
                let keyword = key.attribute.keyword();
                return Err(ArchiveError::BadRequest(format!(
                    "The value of {keyword} is too long: it has more than {LONGEST} characters."
                )));
            }
            words = words.saturating_add(text.split(['^', '=', ' ', '*', '?']).count());
        }
    }
    if words > WORDS || uids > UIDS {
        return Err(ArchiveError::BadRequest(format!(
            "The query asks for too much at once: at most {WORDS} words and {UIDS} UIDs are \
             matched."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use lightcase_model::{Attribute, Uid};

    use super::*;

    fn check(matching: Matching, fits: bool) {
        let key = Key { attribute: Attribute::PatientName, matching };
        assert_eq!(measure(&[key]).is_ok(), fits);
    }

    #[test]
    fn keys_are_of_a_sensible_size() {
        check(Matching::Single("ä".repeat(1_024)), true);
        check(Matching::Single("a".repeat(1_025)), false);
        check(Matching::WildCard(format!("{}*", "a".repeat(60_000))), false);
        check(Matching::Single("a ".repeat(255)), true);
        check(Matching::Single("a ".repeat(256)), false);
        let uid = Uid::parse("1.2").unwrap();
        check(Matching::Uids(vec![uid.clone(); 10_000]), true);
        check(Matching::Uids(vec![uid; 10_001]), false);
    }
}
