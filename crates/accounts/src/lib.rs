//! Who you are: passwords, sessions, roles, tokens.
//!
//! Everything starts at [`Accounts`]. A caller that proved itself is a [`Principal`]; what it may
//! see is [`Principal::scope`], what it may do [`Principal::may`]. Of every secret that is given
//! out (session cookie, token, set-up link) only a SHA-256 is kept.
//!
//! Knows nothing of HTTP: cookies and headers are made by the edge. A method that refuses with
//! [`AccountsError::NotPermitted`] leaves the record of the denial to the edge, which knows the
//! route.

mod account;
mod change_password;
mod error;
mod name;
mod password;
mod principal;
mod prove;
mod secret;
mod session;
mod set_up;
mod sign_in;
mod sign_out;
mod token;

use std::sync::Arc;

use lightcase_catalog::Catalog;

pub use account::AccountView;
pub use error::{AccountsError, Result};
pub use password::MIN_PASSWORD;
pub use principal::Principal;
pub use secret::Secret;
pub use session::{SESSION_IDLE, SESSION_LIFETIME};
pub use set_up::{NewPerson, SETUP_LINK_LIFETIME, SetUp};
pub use sign_in::SignedIn;
pub use token::{NewToken, TokenSecret};

/// Accounts, sessions and tokens, over the catalog.
#[derive(Debug)]
pub struct Accounts {
    catalog: Arc<Catalog>,
    passwords: password::Passwords,
}

impl Accounts {
    /// Over this catalog.
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Self { catalog, passwords: password::Passwords::default() }
    }
}
