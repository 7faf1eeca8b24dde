//! `peer`: who may send, from where.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use lightcase_audit::Event;
use lightcase_catalog::{Peer, Right};
use lightcase_model::AeTitle;

use crate::cli;
use crate::house::House;
use crate::output;

pub(crate) async fn run(house: &House, command: cli::Peer, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        cli::Peer::Add { title, host, port, rights } => {
            let rights = rights
                .iter()
                .map(|name| {
                    Right::by_name(name)
                        .ok_or_else(|| anyhow!("{name:?} is not a right; known are: echo, store, find, move, get, commit"))
                })
                .collect::<anyhow::Result<Vec<_>>>()?;
            let title = AeTitle::parse(&title)?;
            if !Peer::is_host(&host) {
                bail!("{host:?} is no host; give a name, an address, or * for any");
            }
            let peer = Peer { title, host, port, rights, created_at: house.clock.now() };
            add(house, &peer).await?;
            output::line(&format!("{} may call from {}", peer.title, peer.host));
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
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn add(house: &House, peer: &Peer) -> anyhow::Result<()> {
    let mut tx = house.catalog.begin().await?;
    tx.add_peer(peer).await?;
    let event = Event::PeerAdded {
        ae_title: peer.title.clone(),
        host: peer.host.clone(),
        port: peer.port.unwrap_or(0),
        tls: false,
        rights: peer.rights.iter().map(|right| right.name()).collect(),
    };
    tx.record(&house.operator(), event).await?;
    Ok(tx.commit().await?)
}

async fn list(house: &House, json: bool) -> anyhow::Result<()> {
    let peers = house.catalog.peers().await?;
    if json {
        let peers: Vec<_> = peers
            .iter()
            .map(|peer| {
                let rights: Vec<_> = peer.rights.iter().map(|right| right.name()).collect();
                serde_json::json!({
                    "title": peer.title, "host": peer.host, "port": peer.port, "rights": rights,
                })
            })
            .collect();
        output::json(&serde_json::json!({ "peers": peers }));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = peers
        .into_iter()
        .map(|peer| {
            let rights: Vec<_> = peer.rights.iter().map(|right| right.name()).collect();
            let port = peer.port.map_or_else(|| "-".to_owned(), |port| port.to_string());
            vec![peer.title.to_string(), peer.host, port, rights.join(",")]
        })
        .collect();
    output::table(&["TITLE", "HOST", "PORT", "RIGHTS"], &rows);
    Ok(())
}
