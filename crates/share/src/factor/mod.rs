//! What a recipient proves, one file for each factor. All are tried, in the link's order, on every
//! attempt; what is known of a link decides what is compared, not how long it takes.

mod account;
mod birth_date;
pub(crate) mod email;
pub(crate) mod passcode;

use lightcase_accounts::Secret;
use lightcase_catalog::{Share, Tx};
use lightcase_model::{AccountId, Ctx, Factor};

pub(crate) use account::Shown as ShownAccount;

use crate::factor::passcode::Passcode;
use crate::open::Attempt;
use crate::{Result, Shares};

/// What came of one factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// It was proved.
    Right,
    /// It was not.
    Wrong,
    /// Nothing was given for it.
    Missing,
    /// Nobody can say now: somebody else's wrong tries block the account, or too many sign in.
    Undecided,
}

impl Proof {
    pub(crate) fn of(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

/// What the factors of one attempt are compared with.
pub(crate) struct Lock<'a> {
    pub(crate) share: &'a Share,
    pub(crate) secret: &'a Secret,
    /// The account that was proved before the transaction, since hashing a password takes long.
    pub(crate) account: ShownAccount,
    /// (0010,0030) of the link's patient.
    pub(crate) birth_date: String,
}

impl Lock<'_> {
    /// Tries one factor.
    pub(crate) async fn tries(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        factor: Factor,
        attempt: &Attempt<'_>,
    ) -> Result<Proof> {
        Ok(match factor {
            Factor::Passcode => attempt.passcode.map_or(Proof::Missing, |typed| {
                let verifier = self.share.passcode_verifier.unwrap_or([0; 32]);
                Proof::of(Passcode::normalised(typed).fits(self.secret, &verifier))
            }),
            Factor::Email => match attempt.code {
                None => Proof::Missing,
                Some(typed) => email::tries(tx, ctx, self, typed).await?,
            },
            Factor::Account => account::tries(&self.account, &self.share.email),
            Factor::BirthDate => attempt
                .birth_date
                .map_or(Proof::Missing, |typed| birth_date::tries(typed, &self.birth_date)),
        })
    }
}

impl Shares {
    /// Proves the account that an attempt names, whatever the link: so a link that is none takes as
    /// long as one that asks for an account.
    pub(crate) async fn shown_account(
        &self,
        ctx: &Ctx,
        attempt: &Attempt<'_>,
    ) -> Result<ShownAccount> {
        let Some((name, password)) = attempt.account else { return Ok(ShownAccount::None) };
        account::shown(&self.accounts, ctx, name, password, attempt.user_agent).await
    }

    /// The account that somebody with this address has, if any.
    pub(crate) async fn account_of(&self, email: &str) -> Result<Option<AccountId>> {
        let account = self.catalog.account_by_name(email).await?;
        Ok(account.filter(|account| !account.disabled).map(|account| account.id))
    }
}
