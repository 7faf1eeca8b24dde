//! The account that is named by the address the link was made for.

use lightcase_accounts::{Accounts, AccountsError};
use lightcase_model::{Ctx, Phi};

use super::Proof;
use crate::{Result, ShareError};

/// What an attempt showed of an account.
pub(crate) enum Shown {
    /// Nothing.
    None,
    /// A name with its password.
    Proved(String),
    /// Something that is not right.
    Wrong,
    /// Something that cannot be decided now.
    Undecided,
}

/// Proves name and password. Wrong tries are counted for the name too, as at any sign-in.
pub(super) async fn shown(
    accounts: &Accounts,
    ctx: &Ctx,
    name: &str,
    password: &str,
    agent: Option<&str>,
) -> Result<Shown> {
    match accounts.verify(ctx, name, password, agent).await {
        Ok(name) => Ok(Shown::Proved(name)),
        Err(AccountsError::Unavailable(error)) => Err(ShareError::Unavailable(error)),
        // A visitor is told one thing; but what somebody else caused is no wrong try of this link.
        Err(AccountsError::Blocked { .. } | AccountsError::Busy) => Ok(Shown::Undecided),
        Err(_) => Ok(Shown::Wrong),
    }
}

/// Whether it is the account of this address.
pub(super) fn tries(shown: &Shown, email: &Phi<String>) -> Proof {
    match shown {
        Shown::None => Proof::Missing,
        Shown::Wrong => Proof::Wrong,
        Shown::Undecided => Proof::Undecided,
        Shown::Proved(name) => {
            let email = email.expose();
            Proof::of(!email.is_empty() && name.to_lowercase() == email.to_lowercase())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shown: &Shown, email: &str, proof: Proof) {
        assert_eq!(tries(shown, &Phi::new(email.to_owned())), proof, "{email}");
    }

    #[test]
    fn only_the_account_of_the_address_opens() {
        let roe = Shown::Proved("Roe@practice.example".to_owned());
        check(&roe, "roe@practice.example", Proof::Right);
        check(&roe, "doe@practice.example", Proof::Wrong);
        check(&Shown::Proved(String::new()), "", Proof::Wrong);
        check(&Shown::Wrong, "roe@practice.example", Proof::Wrong);
        check(&Shown::Undecided, "roe@practice.example", Proof::Undecided);
        check(&Shown::None, "roe@practice.example", Proof::Missing);
    }
}
