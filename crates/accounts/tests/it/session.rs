//! Sessions: idle and absolute end, signing out, changing the password.

use std::time::Duration;

use lightcase_accounts::{AccountsError, Principal, SESSION_IDLE, SESSION_LIFETIME, Secret};
use lightcase_model::{Actor, Role};

use crate::engine::engines;
use crate::{PASSWORD, accounts, add, at, ctx, recorded};

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_session_ends_idle_or_old_and_says_so_once() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        let jane = add(&accounts, "jane", Role::Radiologist).await;
        let cookie = async || {
            accounts.sign_in(&ctx(), "jane", PASSWORD, None).await.unwrap().cookie.expose()
        };
        let live =
            async |cookie: &str, later| accounts.session(at(later).now, cookie).await.unwrap();
        let idle = cookie().await;
        let who = live(&idle, Duration::ZERO).await.unwrap();
        assert_eq!((who.actor, who.account), (Actor::Account(jane.id), Some(jane.id)));
        assert_eq!(who.expires, Some(at(SESSION_LIFETIME).now));
        assert!(live(&idle, SESSION_IDLE - MINUTE).await.is_some());
        assert!(live(&idle, SESSION_IDLE * 2 - MINUTE * 2).await.is_some());
        assert!(live(&idle, SESSION_IDLE * 3 - MINUTE * 2).await.is_none());
        assert!(live(&idle, Duration::ZERO).await.is_none());
        assert_eq!(recorded(&engine.catalog, "signed_out").await, 1);

        let busy = cookie().await;
        let mut later = Duration::ZERO;
        while later < SESSION_LIFETIME {
            assert!(live(&busy, later).await.is_some(), "{later:?}");
            later += SESSION_IDLE - MINUTE;
        }
        assert!(live(&busy, SESSION_LIFETIME).await.is_none());
        assert_eq!(recorded(&engine.catalog, "signed_out").await, 2);

        for wrong in ["", "lc_", &Secret::random().expose(), &idle] {
            assert!(live(wrong, Duration::ZERO).await.is_none());
        }
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_left_or_its_account_disabled() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        let jane = add(&accounts, "jane", Role::Radiologist).await;
        let operator = Principal::operator();
        let signed_in = accounts.sign_in(&ctx(), "jane", PASSWORD, None).await.unwrap();
        let (who, cookie) = (signed_in.principal, signed_in.cookie.expose());
        accounts.sign_out(&ctx(), &who).await.unwrap();
        accounts.sign_out(&ctx(), &who).await.unwrap();
        assert_eq!(accounts.session(ctx().now, &cookie).await.unwrap(), None);
        assert_eq!(recorded(&engine.catalog, "signed_out").await, 1);

        let cookie =
            accounts.sign_in(&ctx(), "jane", PASSWORD, None).await.unwrap().cookie.expose();
        accounts.disable(&ctx(), &operator, jane.id).await.unwrap();
        assert_eq!(accounts.session(ctx().now, &cookie).await.unwrap(), None);
        assert_eq!(recorded(&engine.catalog, "signed_out").await, 2);
        accounts.enable(&ctx(), &operator, jane.id).await.unwrap();
        assert_eq!(accounts.session(ctx().now, &cookie).await.unwrap(), None);
        assert!(accounts.sign_in(&ctx(), "jane", PASSWORD, None).await.is_ok());
    }
}

#[tokio::test]
async fn changing_the_password_needs_it_and_ends_the_other_sessions() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        add(&accounts, "jane", Role::Radiologist).await;
        let other = accounts.sign_in(&ctx(), "jane", PASSWORD, None).await.unwrap();
        let own = accounts.sign_in(&ctx(), "jane", PASSWORD, None).await.unwrap();
        let who = &own.principal;
        let refused = accounts.change_password(&ctx(), who, "wrong horse", "battery staple").await;
        assert!(matches!(refused, Err(AccountsError::WrongCredentials)));
        let refused = accounts.change_password(&ctx(), who, PASSWORD, "short").await;
        assert!(matches!(refused, Err(AccountsError::WeakPassword(_))));
        accounts.change_password(&ctx(), who, PASSWORD, "battery staple").await.unwrap();
        assert_eq!(recorded(&engine.catalog, "password_reset").await, 1);
        let now = ctx().now;
        assert!(accounts.session(now, &own.cookie.expose()).await.unwrap().is_some());
        assert!(accounts.session(now, &other.cookie.expose()).await.unwrap().is_none());
        assert!(accounts.sign_in(&ctx(), "jane", PASSWORD, None).await.is_err());
        assert!(accounts.sign_in(&ctx(), "jane", "battery staple", None).await.is_ok());
    }
}
