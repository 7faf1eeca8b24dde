//! The subcommands, one file each. They work beside a running server.

mod audit;
mod authorisation;
mod completeness;
mod deid;
mod echo;
pub(crate) mod files;
mod find;
mod get;
mod import;
pub(crate) mod peer;
mod policy;
mod project;
mod quarantine;
mod remote;
mod review;
mod share;
pub(crate) mod store;
mod token;
mod user;
mod when;

use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::cli::{Cli, Command};
use crate::config::{self, Config};
use crate::house::House;
use crate::{demo, logging, output, serve};

/// Runs a subcommand to its exit code: 0 done, 1 refused or found something.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // Two rustls providers are in the tree; one must be chosen before the first handshake.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let (config, raw) = config::load(&cli.place)?;
    if let Command::Config { show: _ } = cli.command {
        output::line(&config::show(&raw)?);
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Deid(options) = &cli.command {
        return deid::run(options, cli.json);
    }
    logging::start(&config, matches!(cli.command, Command::Serve));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot start")?;
    runtime.block_on(Box::pin(dispatch(cli, config, raw)))
}

async fn dispatch(cli: Cli, config: Config, raw: config::Raw) -> anyhow::Result<ExitCode> {
    let json = cli.json;
    if cli.command.needs_archive() && !config.root_key.exists() {
        bail!(
            "there is no archive in {}; --data-dir or --config names another one, and `lightcase \
             serve` makes a new one",
            config.data_dir.display()
        );
    }
    match cli.command {
        Command::Serve => Box::pin(serve::run(&config, &raw)).await,
        Command::Demo(options) => Box::pin(demo::run(options)).await,
        Command::Echo { remote } => echo::run(&remote, json).await,
        Command::Find(options) => find::run(&options, json).await,
        Command::Get(get) => Box::pin(get::run(&get, json)).await,
        Command::Store { remote, paths } => store::run(&remote, &paths, json).await,
        Command::Import { paths } => {
            let run = async |house: &House| Box::pin(import::run(house, &paths, json)).await;
            Box::pin(within(&config, run)).await
        }
        Command::Peer(command) => {
            let act = async |house: &House| peer::run(house, &config, command, json).await;
            within(&config, act).await
        }
        Command::Completeness { study, limit } => {
            let act =
                async |house: &House| completeness::run(house, study.as_deref(), limit, json).await;
            Box::pin(within(&config, act)).await
        }
        Command::Quarantine(command) => {
            let act = async |house: &House| Box::pin(quarantine::run(house, command, json)).await;
            Box::pin(within(&config, act)).await
        }
        Command::Project(command) => {
            let act = async |house: &House| Box::pin(project::run(house, command, json)).await;
            Box::pin(within(&config, act)).await
        }
        Command::Policy(command) => {
            let act = async |house: &House| policy::run(house, &config, command, json).await;
            within(&config, act).await
        }
        Command::Review(command) => {
            let act = async |house: &House| Box::pin(review::run(house, command, json)).await;
            Box::pin(within(&config, act)).await
        }
        Command::User(command) => {
            within(&config, async |house| user::run(house, command, json).await).await
        }
        Command::Token(command) => {
            within(&config, async |house| token::run(house, command, json).await).await
        }
        Command::Share(command) => {
            let act =
                async |house: &House| Box::pin(share::run(house, &config, command, json)).await;
            Box::pin(within(&config, act)).await
        }
        Command::Authorisation(command) => {
            let act =
                async |house: &House| Box::pin(authorisation::run(house, command, json)).await;
            Box::pin(within(&config, act)).await
        }
        Command::Audit(command) => {
            within(&config, async |house| audit::run(house, command).await).await
        }
        Command::Config { .. } | Command::Deid(_) | Command::CodecWorker => Ok(ExitCode::SUCCESS),
    }
}

/// Acts in the house and closes it. The process may not end before: SQLite's own threads would
/// still run while the libraries they use are torn down.
async fn within(
    config: &Config,
    act: impl AsyncFnOnce(&House) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let house = House::open(config).await?;
    let outcome = Box::pin(act(&house)).await;
    house.catalog.close().await;
    outcome
}
