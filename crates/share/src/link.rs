//! The secret part of a link: `v1.<share id>.<secret>`, which stands in the fragment.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use lightcase_accounts::Secret;
use lightcase_model::ShareId;
use zeroize::Zeroizing;

/// The fragment of a link. Given out once; never formatted but by [`SecretLink::expose`].
#[derive(Clone)]
pub struct SecretLink {
    pub(crate) share: ShareId,
    pub(crate) secret: Secret,
}

impl SecretLink {
    /// `v1.`, 22 characters of share id, `.`, 43 characters of secret, both base64url.
    pub fn expose(&self) -> Zeroizing<String> {
        let id = BASE64URL_NOPAD.encode(self.share.as_bytes());
        Zeroizing::new(format!("v1.{id}.{}", *self.secret.expose()))
    }

    /// Reads the two parts of a fragment, as a page sends them.
    pub(crate) fn parse(share: &str, secret: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(share.as_bytes()).ok()?;
        let share = ShareId::from_bytes(bytes.try_into().ok()?);
        Some(Self { share, secret: Secret::parse(secret)? })
    }
}

impl fmt::Debug for SecretLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_reads_as_itself_and_prints_nothing() {
        let link = SecretLink { share: ShareId::random(), secret: Secret::random() };
        let text = link.expose();
        let parts: Vec<&str> = text.split('.').collect();
        assert_eq!((parts.len(), parts[0], parts[1].len(), parts[2].len()), (3, "v1", 22, 43));
        let read = SecretLink::parse(parts[1], parts[2]).unwrap();
        assert_eq!((read.share, read.secret.hash()), (link.share, link.secret.hash()));
        assert_eq!(format!("{link:?}"), "<secret>");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(share in "\\PC*", secret in "\\PC*") {
            if let Some(link) = SecretLink::parse(&share, &secret) {
                prop_assert_eq!(&*link.expose(), &format!("v1.{share}.{secret}"));
            }
        }
    }
}
