//! `peer`: who may call, from where, by which certificate, for what.

mod change;
mod read;

use std::net::IpAddr;
use std::process::ExitCode;

use anyhow::bail;
use lightcase_archive::{ArchiveError, fingerprint};
use lightcase_audit::Event;
use lightcase_catalog::{CatalogError, Newcomer, Peer};
use lightcase_model::AeTitle;

use crate::cli;
use crate::config::Config;
use crate::house::House;
use crate::output;

pub(crate) use read::issuer;

pub(crate) async fn run(
    house: &House,
    config: &Config,
    command: cli::Peer,
    json: bool,
) -> anyhow::Result<ExitCode> {
    match command {
        cli::Peer::Add(new) => {
            let peer = read::new(&new, house.clock.now())?;
            let added = house.archive.add_peer(&house.operator(), &peer).await;
            if let Err(ArchiveError::Index(CatalogError::Taken(title))) = &added {
                bail!("{title} is a peer already; `lightcase peer change` changes its entry");
            }
            added?;
            say(&peer, config);
        }
        cli::Peer::Change(changed) => {
            let peer = change::run(house, &changed).await?;
            say(&peer, config);
        }
        cli::Peer::List => list(house, json).await?,
        cli::Peer::Remove { title } => {
            let title = AeTitle::parse(&title)?;
            let mut tx = house.catalog.begin().await?;
            if !tx.remove_peer(&title).await? {
                bail!("{title} is not a peer; `lightcase peer list` shows them");
            }
            tx.record(&house.operator(), Event::PeerRemoved { ae_title: title.clone() }).await?;
            tx.commit().await?;
            output::line(&format!("{title} was removed"));
        }
        cli::Peer::Refused => refused(house, json).await?,
        cli::Peer::Allow { title, from } => allow(house, &title, from).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn say(peer: &Peer, config: &Config) {
    output::line(&format!("{} may call from {}", peer.title, peer.host));
    if peer.certificate.is_some() && !config.dicom.asks_certificates {
        output::note(
            "It can do so only after dicom.tls.client_ca is configured: until then no caller is \
             asked for a certificate.",
        );
    }
}

async fn list(house: &House, json: bool) -> anyhow::Result<()> {
    let peers = house.catalog.peers().await?;
    let names = |peer: &Peer| peer.rights.iter().map(|right| right.name()).collect::<Vec<_>>();
    if json {
        let peers: Vec<_> = peers
            .iter()
            .map(|peer| {
                serde_json::json!({
                    "title": peer.title, "host": peer.host, "port": peer.port, "tls": peer.tls,
                    "certificate": peer.certificate.as_ref().map(fingerprint),
                    "issuer": peer.issuer, "rights": names(peer),
                })
            })
            .collect();
        output::json(&serde_json::json!({ "peers": peers }));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = peers
        .into_iter()
        .map(|peer| {
            let rights = names(&peer).join(",");
            let port = peer.port.map_or_else(|| "-".to_owned(), |port| port.to_string());
            let tls = if peer.tls { "yes" } else { "no" };
            let certificate = shown(peer.certificate.as_ref());
            let cells = [peer.host, port, tls.to_owned(), rights, peer.issuer, certificate];
            std::iter::once(peer.title.to_string()).chain(cells).collect()
        })
        .collect();
    output::table(&["TITLE", "HOST", "PORT", "TLS", "RIGHTS", "ISSUER", "CERTIFICATE"], &rows);
    Ok(())
}

fn shown(certificate: Option<&[u8; 32]>) -> String {
    certificate.map_or_else(|| "-".to_owned(), fingerprint)
}

async fn refused(house: &House, json: bool) -> anyhow::Result<()> {
    let newcomers = house.catalog.newcomers().await?;
    if json {
        let newcomers: Vec<_> = newcomers
            .iter()
            .map(|newcomer| {
                serde_json::json!({
                    "id": newcomer.id.to_string(), "title": newcomer.title,
                    "address": newcomer.address, "last": newcomer.last_at.to_string(),
                    "certificate": newcomer.certificate.as_ref().map(fingerprint),
                    "times": newcomer.times,
                })
            })
            .collect();
        output::json(&serde_json::json!({ "newcomers": newcomers }));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = newcomers
        .iter()
        .map(|newcomer| {
            vec![
                newcomer.title.to_string(),
                newcomer.address.to_string(),
                newcomer.last_at.to_string(),
                newcomer.times.to_string(),
                shown(newcomer.certificate.as_ref()),
            ]
        })
        .collect();
    output::table(&["TITLE", "ADDRESS", "LAST", "TIMES", "CERTIFICATE"], &rows);
    Ok(())
}

async fn allow(house: &House, title: &str, from: Option<IpAddr>) -> anyhow::Result<()> {
    let title = AeTitle::parse(title)?;
    let mut matching = house.catalog.newcomers().await?;
    matching.retain(|each| each.title == title && from.is_none_or(|from| each.address == from));
    let Newcomer { id, .. } = match matching.as_slice() {
        [] => bail!("no such caller was refused; `lightcase peer refused` shows who was"),
        [one] => one.clone(),
        [_, ..] => bail!(
            "{title} was refused more than once, from several addresses or with several \
             certificates; look at `lightcase peer refused`, then name one with --from, or add \
             it with `lightcase peer add`"
        ),
    };
    let peer = house.archive.allow(&house.operator(), id).await?;
    output::line(&format!("{} may echo and store from {}", peer.title, peer.host));
    Ok(())
}
