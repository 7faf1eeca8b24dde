//! Managing accounts.

use lightcase_accounts::{AccountsError, NewPerson, NewToken, Principal};
use lightcase_model::{AccountId, Permission, Role, TokenId, TokenScope};

use crate::engine::engines;
use crate::{PASSWORD, accounts, add, ctx, events};

#[tokio::test]
async fn names_are_unique_without_case_and_passwords_good_enough() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        let operator = Principal::operator();
        let add = async |name, password| {
            let person = NewPerson { name, password };
            accounts.add_account(&ctx(), &operator, person, Role::Technologist).await
        };
        assert_eq!(add(" Jane ", PASSWORD).await.unwrap().name, "Jane");
        assert!(matches!(add("JANE", PASSWORD).await, Err(AccountsError::Taken(_))));
        assert!(matches!(add("joe", "short").await, Err(AccountsError::WeakPassword(_))));
        assert!(matches!(add("", PASSWORD).await, Err(AccountsError::Malformed(_))));
        assert!(matches!(add("a\nb", PASSWORD).await, Err(AccountsError::Malformed(_))));
        let long = "x".repeat(65);
        assert!(matches!(add(&long, PASSWORD).await, Err(AccountsError::Malformed(_))));
        let listed = accounts.accounts(&operator).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(events(&engine.catalog).await, ["account_created"]);
    }
}

#[tokio::test]
async fn only_who_may_manage_users_does() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        add(&accounts, "jane", Role::Radiologist).await;
        let admin = add(&accounts, "root", Role::Admin).await;
        let jane = accounts.sign_in(&ctx(), "jane", PASSWORD, None).await.unwrap().principal;
        let root = accounts.sign_in(&ctx(), "root", PASSWORD, None).await.unwrap().principal;
        let before = events(&engine.catalog).await;

        let person = NewPerson { name: "new", password: PASSWORD };
        let new = NewToken { name: "t", scopes: &[TokenScope::Metrics], expires: None };
        let (id, token) = (admin.id, TokenId::random());
        let refusals = [
            accounts.add_account(&ctx(), &jane, person, Role::Admin).await.err(),
            accounts.accounts(&jane).await.err(),
            accounts.account_named(&jane, "root").await.err(),
            accounts.disable(&ctx(), &jane, id).await.err(),
            accounts.enable(&ctx(), &jane, id).await.err(),
            accounts.reset_password(&ctx(), &jane, id, PASSWORD).await.err(),
            accounts.create_token(&ctx(), &jane, new).await.err(),
            accounts.tokens(&jane).await.err(),
            accounts.revoke_token(&ctx(), &jane, token).await.err(),
        ];
        for refused in refusals {
            let needed = Permission::ManageUsers;
            assert!(matches!(refused, Some(AccountsError::NotPermitted(each)) if each == needed));
        }
        let refused = accounts.disable(&ctx(), &root, admin.id).await;
        assert!(matches!(refused, Err(AccountsError::OwnAccount)));
        let refused = accounts.disable(&ctx(), &root, AccountId::random()).await;
        assert!(matches!(refused, Err(AccountsError::Unknown)));
        assert_eq!(events(&engine.catalog).await, before);
    }
}
