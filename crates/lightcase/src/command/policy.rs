//! `policy`: what is kept of an origin's studies.

use std::process::ExitCode;

use lightcase_deident::Policy;
use lightcase_model::AeTitle;

use crate::cli;
use crate::config::Config;
use crate::house::House;
use crate::output;

pub(crate) async fn run(
    house: &House,
    config: &Config,
    command: cli::Policy,
    json: bool,
) -> anyhow::Result<ExitCode> {
    match command {
        cli::Policy::List => {
            let mut policies = house.catalog.policies().await?;
            policies.push(("default".to_owned(), config.policy.to_string()));
            if json {
                let policies: Vec<_> = policies
                    .iter()
                    .map(|(origin, policy)| serde_json::json!({"origin": origin, "policy": policy}))
                    .collect();
                output::json(&serde_json::json!({ "policies": policies }));
            } else {
                let rows: Vec<_> =
                    policies.into_iter().map(|(origin, policy)| vec![origin, policy]).collect();
                output::table(&["ORIGIN", "POLICY"], &rows);
            }
        }
        cli::Policy::Set { origin, policy } => {
            let policy: Policy = policy.parse()?;
            house.archive.set_policy(&house.operator(), &origin, Some(&policy)).await?;
            output::line(&format!("{origin}: {policy}"));
            output::line(
                "Associations and uploads that are open go on under the policy they began with.",
            );
            let title = origin.strip_prefix("ae:").and_then(|title| AeTitle::parse(title).ok());
            if let Some(title) = title
                && house.catalog.peer(&title).await?.is_none()
            {
                output::line(&format!("No peer is called {title} yet: see `lightcase peer list`."));
            }
        }
        cli::Policy::Clear { origin } => {
            house.archive.set_policy(&house.operator(), &origin, None).await?;
            output::line(&format!("{origin}: {} (as configured)", config.policy));
        }
    }
    Ok(ExitCode::SUCCESS)
}
