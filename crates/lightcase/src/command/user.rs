//! `user`: staff accounts.

use std::io::{BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use lightcase_accounts::{AccountView, NewPerson, Principal};
use lightcase_model::Role;
use lightcase_share::EmailAddress;

use crate::cli::User;
use crate::house::House;
use crate::init;
use crate::output;

pub(crate) async fn run(house: &House, command: User, json: bool) -> anyhow::Result<ExitCode> {
    let (ctx, by) = (house.operator(), Principal::operator());
    let accounts = &house.accounts;
    match command {
        User::Add { name, role, password_stdin } => {
            let role: Role = role.parse()?;
            let password = password(password_stdin)?;
            let person = NewPerson { name: &name, password: &password };
            let account = accounts.add_account(&ctx, &by, person, role).await?;
            // Its link ended with the first account.
            init::remove(&house.layout.setup_link())?;
            if json {
                output::json(&serde_json::json!({
                    "id": account.id, "name": account.name, "role": role.name(),
                }));
            } else {
                output::line(&format!("{} may sign in as {}", account.name, role.name()));
            }
        }
        User::List => list(house, json).await?,
        User::Disable { name, undo } => {
            let account = accounts.account_named(&by, &name).await?;
            if undo {
                accounts.enable(&ctx, &by, account.id).await?;
                output::line(&format!("{} may sign in again", account.name));
            } else {
                accounts.disable(&ctx, &by, account.id).await?;
                output::line(&format!("{} is disabled and signed out", account.name));
                if !accounts.accounts(&by).await?.iter().any(administers) {
                    output::note(
                        "No administrator can sign in any more: `lightcase user add NAME --role \
                         admin` makes one.",
                    );
                }
            }
        }
        User::AlertAddress { name, email } => {
            let account = accounts.account_named(&by, &name).await?;
            let to = email.map(|email| EmailAddress::parse(&email)).transpose()?;
            house.shares.set_alert_address(&ctx, &by, (account.id, to.as_ref())).await?;
            let name = &account.name;
            output::line(&match to {
                Some(to) => format!("{name} is told at {}", to.expose()),
                None => format!("{name} is told on the page alone"),
            });
        }
        User::ResetPassword { name, password_stdin } => {
            let account = accounts.account_named(&by, &name).await?;
            let password = password(password_stdin)?;
            accounts.reset_password(&ctx, &by, account.id, &password).await?;
            output::line(&format!("{} has a new password and is signed out", account.name));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn administers(account: &AccountView) -> bool {
    account.role == Role::Admin && !account.disabled
}

async fn list(house: &House, json: bool) -> anyhow::Result<()> {
    let accounts = house.accounts.accounts(&Principal::operator()).await?;
    if json {
        let accounts: Vec<_> = accounts
            .iter()
            .map(|account| {
                serde_json::json!({
                    "id": account.id, "name": account.name, "role": account.role.name(),
                    "disabled": account.disabled, "createdAt": account.created_at.to_string(),
                    "lastSignInAt": account.last_sign_in_at.map(|at| at.to_string()),
                })
            })
            .collect();
        output::json(&serde_json::json!({ "users": accounts }));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = accounts
        .into_iter()
        .map(|account| {
            let seen =
                account.last_sign_in_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
            let state = if account.disabled { "disabled" } else { "" };
            vec![account.name, account.role.to_string(), seen, state.to_owned()]
        })
        .collect();
    output::table(&["NAME", "ROLE", "LAST SIGN-IN", ""], &rows);
    Ok(())
}

/// A password: one line of standard input, or asked for twice on a terminal.
fn password(from_stdin: bool) -> anyhow::Result<String> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("the password cannot be read")?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !std::io::stdin().is_terminal() {
        bail!("there is no terminal to ask for a password; use --password-stdin");
    }
    let password = rpassword::prompt_password("Password: ")?;
    if rpassword::prompt_password("The same again: ")? != password {
        bail!("the two passwords differ");
    }
    Ok(password)
}
