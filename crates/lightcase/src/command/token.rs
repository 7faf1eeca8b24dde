//! `token`: API tokens.

use std::process::ExitCode;

use lightcase_accounts::{NewToken, Principal};
use lightcase_catalog::Token;
use lightcase_model::{TokenId, TokenScope};

use super::when;
use crate::cli;
use crate::house::House;
use crate::output;

pub(crate) async fn run(
    house: &House,
    command: cli::Token,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let (ctx, by) = (house.operator(), Principal::operator());
    match command {
        cli::Token::Create { name, scopes, expires } => {
            let scopes: Vec<TokenScope> =
                scopes.iter().map(|scope| scope.parse()).collect::<Result<_, _>>()?;
            let expires = expires.map(|text| when::parse(&text, ctx.now)).transpose()?;
            let new = NewToken { name: &name, scopes: &scopes, expires };
            let (token, secret) = house.accounts.create_token(&ctx, &by, new).await?;
            if json {
                output::json(&serde_json::json!({
                    "id": token.id, "token": *secret.expose(),
                    "scopes": names(&token), "expires": token.expires_at.map(|at| at.to_string()),
                }));
            } else {
                output::line(&secret.expose());
                output::note("This is the only time the token is shown.");
            }
        }
        cli::Token::List => list(&house.accounts.tokens(&by).await?, json),
        cli::Token::Revoke { id } => {
            let id: TokenId = id.parse()?;
            house.accounts.revoke_token(&ctx, &by, id).await?;
            output::line(&format!("{id} is revoked"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn names(token: &Token) -> Vec<&'static str> {
    token.scopes.iter().map(|scope| scope.name()).collect()
}

fn list(tokens: &[Token], json: bool) {
    if json {
        let tokens: Vec<_> = tokens
            .iter()
            .map(|token| {
                serde_json::json!({
                    "id": token.id, "name": token.name, "scopes": names(token),
                    "createdAt": token.created_at.to_string(),
                    "expires": token.expires_at.map(|at| at.to_string()),
                    "revokedAt": token.revoked_at.map(|at| at.to_string()),
                })
            })
            .collect();
        output::json(&serde_json::json!({ "tokens": tokens }));
        return;
    }
    let rows: Vec<Vec<String>> = tokens
        .iter()
        .map(|token| {
            let expires = token.expires_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
            let state = if token.revoked_at.is_some() { "revoked" } else { "" };
            let scopes = names(token).join(",");
            vec![token.id.to_string(), token.name.clone(), scopes, expires, state.to_owned()]
        })
        .collect();
    output::table(&["ID", "NAME", "SCOPES", "EXPIRES", ""], &rows);
}
