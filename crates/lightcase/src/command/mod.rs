//! The subcommands, one file each. They work beside a running server.

mod audit;
mod echo;
pub(crate) mod files;
mod import;
mod peer;
mod remote;
mod share;
pub(crate) mod store;
mod token;
mod user;
mod when;

use std::process::ExitCode;

use anyhow::Context as _;

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
    logging::start(&config, matches!(cli.command, Command::Serve));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot start")?;
    runtime.block_on(Box::pin(dispatch(cli, config, raw)))
}

async fn dispatch(cli: Cli, config: Config, raw: config::Raw) -> anyhow::Result<ExitCode> {
    let json = cli.json;
    let house = async |config: &Config| House::open(config).await;
    match cli.command {
        Command::Serve => serve::run(&config, &raw).await,
        Command::Demo(options) => demo::run(config, options).await,
        Command::Import { paths } => import::run(&house(&config).await?, &paths, json).await,
        Command::Echo { remote } => echo::run(&remote, json).await,
        Command::Store { remote, paths } => store::run(&remote, &paths, json).await,
        Command::Peer(command) => peer::run(&house(&config).await?, command, json).await,
        Command::User(command) => user::run(&house(&config).await?, command, json).await,
        Command::Token(command) => token::run(&house(&config).await?, command, json).await,
        Command::Share(command) => {
            let house = house(&config).await?;
            share::run(&house, &config, command, json).await
        }
        Command::Audit(command) => audit::run(&house(&config).await?, command).await,
        Command::Config { .. } | Command::CodecWorker => Ok(ExitCode::SUCCESS),
    }
}
