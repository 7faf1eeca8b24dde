//! Names of accounts and tokens.

use crate::{AccountsError, Result};

/// Most characters of a name.
pub(crate) const MAX_NAME: usize = 64;

/// A name without surrounding spaces, if it is one.
pub(crate) fn name(text: &str) -> Result<&str> {
    let name = text.trim();
    if name.is_empty() {
        return Err(AccountsError::Malformed("The name is empty."));
    }
    if name.chars().count() > MAX_NAME {
        return Err(AccountsError::Malformed("The name is longer than 64 characters."));
    }
    if name.chars().any(char::is_control) {
        return Err(AccountsError::Malformed("The name has a control character."));
    }
    Ok(name)
}

/// What a browser called itself, short enough to be kept.
pub(crate) fn user_agent(text: Option<&str>) -> Option<lightcase_model::Phi<String>> {
    text.map(|text| lightcase_model::Phi::new(text.chars().take(256).collect()))
}
