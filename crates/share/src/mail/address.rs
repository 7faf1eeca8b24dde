//! Addresses of mail.

use std::fmt;
use std::str::FromStr;

use lettre::Address;
use lettre::address::AddressError;
use url::Host;

/// The longest address that mail servers take (RFC 5321 section 4.5.3.1.3, without its brackets).
const LONGEST: usize = 254;

/// An address of mail, such as `roe@practice.example`. It names a person: `Debug` does not print
/// it, and [`EmailAddress::expose`] is the one way out.
///
/// Invariants: one address, without name and comment; plain letters, digits and signs before the
/// `@`; after it a domain in lower case, in its ASCII form (`xn--…`), no number of a machine.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(Address);

/// The text is no address of mail that can be delivered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address of mail, such as name@example.org")]
pub struct EmailAddressError;

impl EmailAddress {
    /// Reads one address; blanks around it do not matter.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let (user, domain) = text.trim().rsplit_once('@').ok_or(EmailAddressError)?;
        // Quoted parts and other alphabets are allowed by the letter, and refused by many servers.
        if user.contains(|each: char| !each.is_ascii_graphic() || each == '"') {
            return Err(EmailAddressError);
        }
        if domain.contains(['%', '[', ']']) {
            return Err(EmailAddressError);
        }
        let domain = match Host::parse(domain) {
            Ok(Host::Domain(domain)) => domain,
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => return Err(EmailAddressError),
        };
        let address =
            Address::new(user, domain).map_err(|_error: AddressError| EmailAddressError)?;
        let shown: &str = address.as_ref();
        if shown.len() > LONGEST { Err(EmailAddressError) } else { Ok(Self(address)) }
    }

    /// The address.
    pub fn expose(&self) -> &str {
        self.0.as_ref()
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    pub(super) fn address(&self) -> Address {
        self.0.clone()
    }
}

impl FromStr for EmailAddress {
    type Err = EmailAddressError;
    fn from_str(text: &str) -> Result<Self, EmailAddressError> {
        Self::parse(text)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<address>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, read: Option<(&str, &str)>) {
        let address = EmailAddress::parse(text);
        let found = address.as_ref().ok().map(|each| (each.expose(), each.domain()));
        assert_eq!(found, read, "{text}");
    }

    #[test]
    fn addresses_are_read_and_their_domains_are_one_spelling() {
        check("roe@practice.example", Some(("roe@practice.example", "practice.example")));
        check(
            " Jane.Roe+CT@Practice.EXAMPLE\n",
            Some(("Jane.Roe+CT@practice.example", "practice.example")),
        );
        check("roe@Müller.example", Some(("roe@xn--mller-kva.example", "xn--mller-kva.example")));
        check("o'neil@localhost", Some(("o'neil@localhost", "localhost")));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "roe",
            "@practice.example",
            "roe@",
            "roe@@practice.example",
            "Jane Roe <roe@practice.example>",
            "<roe@practice.example>",
            "roe@practice.example, doe@practice.example",
            "roe@practice.example\r\nBcc: doe@practice.example",
            "roe\u{0}@practice.example",
            "\"jane roe\"@practice.example",
            "röntgen@practice.example",
            "roe@prac tice.example",
            "roe@practice..example",
            "roe@-practice.example",
            "roe@192.0.2.1",
            "roe@[192.0.2.1]",
            "roe@[2001:db8::1]",
            "roe@prac%74ice.example",
        ] {
            check(text, None);
        }
        check(&format!("{}@practice.example", "r".repeat(65)), None);
        check(&format!("roe@{}example", "practice.".repeat(30)), None);
    }

    #[test]
    fn debug_hides_it() {
        let address = EmailAddress::parse("roe@practice.example").unwrap();
        assert_eq!(format!("{address:?}"), "<address>");
    }
}
