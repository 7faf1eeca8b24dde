//! The first start.

use std::time::Duration;

use lightcase_accounts::{AccountsError, NewPerson, SETUP_LINK_LIFETIME};
use lightcase_model::{Permission, Role, Scope};

use crate::engine::engines;
use crate::{PASSWORD, accounts, at, ctx, events};

const ADMIN: NewPerson<'_> = NewPerson { name: "root", password: PASSWORD };
const READER: NewPerson<'_> = NewPerson { name: "Jane", password: PASSWORD };

#[tokio::test]
async fn the_link_makes_both_accounts_once() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        assert!(accounts.needs_setup().await.unwrap());
        let stale = accounts.begin_setup(ctx().now).await.unwrap();
        let token = accounts.begin_setup(ctx().now).await.unwrap();
        assert!(events(&engine.catalog).await.is_empty());

        // Nothing of these uses the link up.
        for (token, admin, reader) in [
            ("", ADMIN, None),
            (stale.expose().as_str(), ADMIN, None),
            (token.expose().as_str(), NewPerson { password: "short", ..ADMIN }, None),
            (token.expose().as_str(), NewPerson { name: " ", ..ADMIN }, None),
            (token.expose().as_str(), ADMIN, Some(NewPerson { name: "ROOT", ..READER })),
        ] {
            assert!(accounts.set_up(&ctx(), token, admin, reader).await.is_err());
        }
        assert!(accounts.needs_setup().await.unwrap());
        let late = at(SETUP_LINK_LIFETIME);
        let refused = accounts.set_up(&late, &token.expose(), ADMIN, None).await;
        assert!(matches!(refused, Err(AccountsError::SetUpOver)));

        let last = at(SETUP_LINK_LIFETIME - Duration::from_secs(1));
        let made = accounts.set_up(&last, &token.expose(), ADMIN, Some(READER)).await.unwrap();
        assert_eq!(made.administrator.role, Role::Admin);
        assert_eq!(made.radiologist.unwrap().name, "Jane");
        let names = ["account_created", "account_created", "set_up_completed"];
        assert_eq!(events(&engine.catalog).await, names);

        let again = accounts.set_up(&ctx(), &token.expose(), ADMIN, None).await;
        assert!(matches!(again, Err(AccountsError::SetUpOver)));
        let again = accounts.begin_setup(ctx().now).await;
        assert!(matches!(again, Err(AccountsError::SetUpOver)));

        let admin = accounts.sign_in(&ctx(), "root", PASSWORD, None).await.unwrap().principal;
        assert_eq!(admin.scope(), Scope::Nothing);
        assert!(admin.may(Permission::ManageUsers) && !admin.may(Permission::Share));
        let reader = accounts.sign_in(&ctx(), "jane", PASSWORD, None).await.unwrap().principal;
        assert_eq!(reader.scope(), Scope::archive());
        assert!(!reader.may(Permission::ShareWithoutFactor));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_uses_of_the_link_make_one_administrator() {
    for engine in engines().await {
        let accounts = std::sync::Arc::new(accounts(&engine.catalog));
        let token = accounts.begin_setup(ctx().now).await.unwrap();
        let mut tries = tokio::task::JoinSet::new();
        for number in 0..10 {
            let (accounts, token) = (std::sync::Arc::clone(&accounts), token.clone());
            tries.spawn(async move {
                let name = format!("root{number}");
                let person = NewPerson { name: &name, password: PASSWORD };
                accounts.set_up(&ctx(), &token.expose(), person, None).await.is_ok()
            });
        }
        let won = tries.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        assert_eq!(engine.catalog.accounts().await.unwrap().len(), 1);
    }
}
