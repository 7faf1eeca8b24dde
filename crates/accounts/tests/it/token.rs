//! API tokens.

use std::time::Duration;

use lightcase_accounts::{AccountsError, NewToken, Principal};
use lightcase_model::{Actor, Permission, Scope, TokenScope};

use crate::engine::engines;
use crate::{accounts, at, ctx, recorded};

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
