//! `peer change`: what is given of an entry is changed, the rest stays.

use anyhow::{Context as _, ensure};
use lightcase_catalog::Peer;
use lightcase_model::AeTitle;

use super::read;
use crate::cli::ChangedPeer;
use crate::house::House;

pub(super) async fn run(house: &House, changed: &ChangedPeer) -> anyhow::Result<Peer> {
    let title = AeTitle::parse(&changed.title)?;
    let missing = || format!("{title} is not a peer; `lightcase peer list` shows them");
    let held = house.catalog.peer(&title).await?.with_context(missing)?;
    let peer = apply(held.clone(), changed)?;
    ensure!(peer != held, "nothing of that is new in the entry of {title}");
    ensure!(house.archive.change_peer(&house.operator(), &peer).await?, missing());
    Ok(peer)
}

fn apply(mut peer: Peer, changed: &ChangedPeer) -> anyhow::Result<Peer> {
    let ChangedPeer { title: _, host, port, no_port, rights, tls, .. } = changed;
    let ChangedPeer { certificate, fingerprint, no_certificate, issuer, .. } = changed;
    if let Some(host) = host {
        peer.host = read::host(host)?;
    }
    peer.port = if *no_port { None } else { port.or(peer.port) };
    if let Some(rights) = rights {
        peer.rights = read::rights(rights)?;
    }
    peer.tls = tls.unwrap_or(peer.tls);
    let shown = read::certificate(certificate.as_deref(), fingerprint.as_deref())?;
    peer.certificate = if *no_certificate { None } else { shown.or(peer.certificate) };
    if let Some(issuer) = issuer {
        peer.issuer = read::issuer(issuer)?;
    }
    Ok(peer)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use lightcase_catalog::Right;
    use lightcase_model::Timestamp;

    use super::*;
    use crate::cli::{self, Cli};

    fn check(arguments: &[&str], expected: impl FnOnce(&mut Peer)) {
        let held = Peer {
            title: AeTitle::parse("CT1").unwrap(),
            host: "10.0.0.5".to_owned(),
            port: Some(104),
            tls: true,
            certificate: Some([7; 32]),
            issuer: "A".to_owned(),
            rights: vec![Right::Echo],
            created_at: Timestamp::from_micros(1),
        };
        let line = [&["lightcase", "peer", "change", "CT1"], arguments].concat();
        let cli::Command::Peer(cli::Peer::Change(changed)) = Cli::parse_from(line).command else {
            panic!("{arguments:?}");
        };
        let mut wanted = held.clone();
        expected(&mut wanted);
        assert_eq!(apply(held, &changed).unwrap(), wanted, "{arguments:?}");
    }

    #[test]
    fn only_what_is_given_changes() {
        check(&[], |_| ());
        check(&["--host", "ct1"], |peer| peer.host = "ct1".to_owned());
        check(&["--port", "11112"], |peer| peer.port = Some(11112));
        check(&["--no-port"], |peer| peer.port = None);
        check(&["--tls", "false"], |peer| peer.tls = false);
        check(&["--rights", "find,echo"], |peer| peer.rights = vec![Right::Echo, Right::Find]);
        check(&["--no-certificate"], |peer| peer.certificate = None);
        let fingerprint = "ab".repeat(32);
        check(&["--fingerprint", &fingerprint], |peer| peer.certificate = Some([0xab; 32]));
        check(&["--issuer", ""], |peer| peer.issuer = String::new());
    }
}
