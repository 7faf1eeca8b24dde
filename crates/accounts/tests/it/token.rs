//! API tokens.

use std::time::Duration;

use lightcase_accounts::{AccountsError, NewToken, Principal};
use lightcase_model::{Actor, Permission, Role, Scope, TokenScope};

use crate::engine::engines;
use crate::{PASSWORD, accounts, add, at, ctx, recorded};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_token_stands_for_its_scopes_until_it_ends() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        let operator = Principal::operator();
        let create = async |scopes, expires| {
            let new = NewToken { name: "pump", scopes, expires };
            accounts.create_token(&ctx(), &operator, new).await
        };
        let (reader, secret) =
            create(&[TokenScope::DicomwebRead], Some(at(HOUR).now)).await.unwrap();
        let bearer = secret.expose();
        assert!(bearer.starts_with("lc_") && bearer.len() == 46);
        assert!(!format!("{secret:?}{reader:?}").contains(&bearer[3..]));
        let live = async |bearer: &str, later| accounts.token(at(later).now, bearer).await.unwrap();
        let who = live(&bearer, Duration::ZERO).await.unwrap();
        assert_eq!((who.actor.clone(), who.account), (Actor::Token(reader.id), None));
        assert_eq!(who.scope(), Scope::archive());
        assert!(who.may(Permission::View) && !who.may(Permission::Share));
        assert!(live(&bearer, HOUR).await.is_none());
        assert!(live(&bearer[3..], Duration::ZERO).await.is_none());
        assert!(live("lc_", Duration::ZERO).await.is_none());

        let (admin, secret) = create(&[TokenScope::Admin, TokenScope::Admin], None).await.unwrap();
        assert_eq!(admin.scopes, [TokenScope::Admin]);
        let who = live(&secret.expose(), HOUR * 100_000).await.unwrap();
        assert_eq!(who.scope(), Scope::Nothing);

        accounts.revoke_token(&ctx(), &operator, admin.id).await.unwrap();
        accounts.revoke_token(&ctx(), &operator, admin.id).await.unwrap();
        assert!(live(&secret.expose(), Duration::ZERO).await.is_none());
        assert_eq!(accounts.tokens(&operator).await.unwrap().len(), 2);
        assert_eq!(recorded(&engine.catalog, "token_created").await, 2);
        assert_eq!(recorded(&engine.catalog, "token_revoked").await, 1);

        let refused = create(&[], None).await;
        assert!(matches!(refused, Err(AccountsError::Malformed(_))));
        let refused = create(&[TokenScope::Metrics], Some(ctx().now)).await;
        assert!(matches!(refused, Err(AccountsError::Malformed(_))));
    }
}

#[tokio::test]
async fn a_token_may_do_no_more_than_its_maker() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        let create = async |by: &Principal, scopes: &[TokenScope]| {
            let new = NewToken { name: "pump", scopes, expires: None };
            accounts.create_token(&ctx(), by, new).await
        };
        let operator = Principal::operator();
        for scope in TokenScope::ALL {
            assert!(scope.permissions().iter().all(|each| operator.may(*each)), "{scope}");
            create(&operator, &[*scope]).await.unwrap();
        }
        add(&accounts, "root", Role::Admin).await;
        let root = accounts.sign_in(&ctx(), "root", PASSWORD, None).await.unwrap().principal;
        let (_, secret) = create(&root, &[TokenScope::Admin]).await.unwrap();
        let program = accounts.token(ctx().now, &secret.expose()).await.unwrap().unwrap();
        let before = accounts.tokens(&operator).await.unwrap().len();

        for (by, given) in [
            (&root, [TokenScope::Admin, TokenScope::Metrics].as_slice()),
            (&program, &[TokenScope::Admin]),
        ] {
            for scope in TokenScope::ALL.iter().filter(|scope| !given.contains(scope)) {
                // A scope that may be given beside it does not carry it along.
                for scopes in [[*scope].as_slice(), &[TokenScope::Admin, *scope]] {
                    let refused = create(by, scopes).await.unwrap_err();
                    assert!(matches!(refused, AccountsError::Malformed(_)), "{scopes:?}");
                    assert!(refused.to_string().contains("lightcase token create"), "{refused}");
                }
            }
        }
        assert_eq!(accounts.tokens(&operator).await.unwrap().len(), before);
        for given in [TokenScope::Admin, TokenScope::Metrics] {
            let (_, secret) = create(&root, &[given]).await.unwrap();
            let who = accounts.token(ctx().now, &secret.expose()).await.unwrap().unwrap();
            assert_eq!(who.scope(), Scope::Nothing);
        }
    }
}
