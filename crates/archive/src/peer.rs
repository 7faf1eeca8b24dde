//! Peers: who is entered, and which newcomer is let in.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use lightcase_audit::{Event, ListDigest};
use lightcase_catalog::{Newcomer, Peer, Right, Tx};
use lightcase_model::{Ctx, NewcomerId};
use sha2::{Digest, Sha256};

use crate::{Archive, ArchiveError};

/// SHA-256 of a certificate's DER: what a peer's entry names it by.
pub fn certificate_digest(der: &[u8]) -> [u8; 32] {
    Sha256::digest(der).into()
}

/// A fingerprint as it is shown: 64 lower-case hexadecimal digits.
pub fn fingerprint(digest: &[u8; 32]) -> String {
    HEXLOWER.encode(digest)
}

/// Reads a fingerprint as tools print it: hexadecimal digits of either case, colons between them or
/// none. `None` when it is no SHA-256.
pub fn parse_fingerprint(text: &str) -> Option<[u8; 32]> {
    let digits: String = text.trim().chars().filter(|each| *each != ':').collect();
    HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?.try_into().ok()
}

impl Archive {
    /// Enters a peer.
    pub async fn add_peer(&self, ctx: &Ctx, peer: &Peer) -> Result<(), ArchiveError> {
        let mut tx = self.catalog.begin().await?;
        enter(&mut tx, ctx, peer).await?;
        Ok(tx.commit().await?)
    }

    /// Puts an entry in the place of the one with its title; whether there was one.
    pub async fn change_peer(&self, ctx: &Ctx, peer: &Peer) -> Result<bool, ArchiveError> {
        let mut tx = self.catalog.begin().await?;
        if !tx.remove_peer(&peer.title).await? {
            return Ok(false);
        }
        tx.record(ctx, Event::PeerRemoved { ae_title: peer.title.clone() }).await?;
        enter(&mut tx, ctx, peer).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Lets a newcomer in as it called: under its title, from its address, with the certificate
    /// that it showed, to echo and store.
    pub async fn allow(&self, ctx: &Ctx, newcomer: NewcomerId) -> Result<Peer, ArchiveError> {
        let known = self.catalog.newcomers().await?;
        let newcomer =
            known.into_iter().find(|each| each.id == newcomer).ok_or(ArchiveError::NotFound)?;
        let Newcomer { title, address, certificate, .. } = newcomer;
        let peer = Peer {
            title,
            host: address.to_string(),
            port: None,
            tls: certificate.is_some(),
            certificate,
            issuer: String::new(),
            rights: vec![Right::Echo, Right::Store],
            created_at: ctx.now,
        };
        self.add_peer(ctx, &peer).await?;
        Ok(peer)
    }
}

/// Writes the entry, and what is recorded of it.
async fn enter(tx: &mut Tx, ctx: &Ctx, peer: &Peer) -> Result<(), ArchiveError> {
    tx.add_peer(peer).await?;
    let added = Event::PeerAdded {
        ae_title: peer.title.clone(),
        host: peer.host.clone(),
        port: peer.port.unwrap_or(0),
        tls: peer.tls,
        rights: peer.rights.iter().map(|right| right.name()).collect(),
    };
    tx.record(ctx, added).await?;
    if peer.certificate.is_some() || !peer.issuer.is_empty() {
        let identified = Event::PeerIdentified {
            ae_title: peer.title.clone(),
            certificate: peer.certificate.map(ListDigest),
            issuer: Some(peer.issuer.clone()).filter(|issuer| !issuer.is_empty()),
        };
        tx.record(ctx, identified).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_tools_print_them() {
        let digest = certificate_digest(b"certificate");
        let text = fingerprint(&digest);
        assert_eq!(parse_fingerprint(&text), Some(digest));
        let pairs: Vec<&str> =
            text.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap()).collect();
        assert_eq!(parse_fingerprint(&pairs.join(":").to_uppercase()), Some(digest));
        for wrong in ["", "abcd", &text[1..], &format!("{text}00"), &text.replace('a', "g")] {
            assert_eq!(parse_fingerprint(wrong).is_some(), wrong == text, "{wrong}");
        }
    }
}
