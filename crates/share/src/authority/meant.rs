//! Whether a record is about the recipient of a link, as far as words tell.

use lightcase_model::{Authority, Timestamp};

use super::unreadable;
use crate::{Recipient, Result, Shares, Terms};

/// Shorter words say nothing.
const SHORTEST: usize = 3;

impl Shares {
    /// To whom the record that links are made under lets images be disclosed.
    pub(crate) async fn meant(
        &self,
        authority: Authority,
        now: Timestamp,
    ) -> Result<Option<String>> {
        let Some(id) = authority.record() else { return Ok(None) };
        let Some(record) = self.catalog.authorisation(id, now).await? else { return Ok(None) };
        let terms = Terms::from_bytes(&record.current.terms).ok_or_else(unreadable)?;
        Ok(Some(terms.recipient))
    }
}

/// Whether a word of a recipient's name, or of the domain of the address, stands in what a record
/// says.
pub(crate) fn is_meant(recipient: &Recipient, said: &str) -> bool {
    let said: Vec<String> = words(said).collect();
    let domain = recipient.email.as_ref().and_then(|email| email.domain().rsplit_once('.'));
    let domain = domain.map_or("", |(names, _)| names);
    words(recipient.name.expose()).chain(words(domain)).any(|word| said.contains(&word))
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|each: char| !each.is_alphanumeric());
    words.filter(|word| word.chars().count() >= SHORTEST).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmailAddress;

    #[test]
    fn a_word_of_the_name_or_the_domain_is_enough() {
        let check = |name: &str, email: &str, said: &str, meant: bool| {
            let email = EmailAddress::parse(email).ok();
            let recipient = Recipient { email, ..Recipient::named(name) };
            assert_eq!(is_meant(&recipient, said), meant, "{name}: {said}");
        };
        check("EXAMPLE Insurance", "", "Example Insurance, claims", true);
        check("Ms. Roe", "", "Example Insurance", false);
        check("Ms. Roe", "claims@insurance.example", "Example Insurance", true);
        check("Ms. Roe", "claims@other.example", "Example Insurance", false);
        check("Dr. A. B.", "", "Dr. A. B.", false);
        check("M\u{fc}ller", "", "Praxis Dr. M\u{dc}LLER", true);
        check("Ms. Roe", "", "", false);
    }
}
