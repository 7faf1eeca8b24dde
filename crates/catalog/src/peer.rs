//! DICOM peers: who may associate, from where, by which certificate, for what.

use lightcase_model::{AeTitle, Timestamp};

use crate::row::stored;
use crate::sql::Sql;
use crate::{Catalog, CatalogError, Result, Tx};

/// A right of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// C-ECHO.
    Echo,
    /// C-STORE.
    Store,
    /// C-FIND.
    Find,
    /// C-MOVE.
    Move,
    /// C-GET.
    Get,
    /// Storage commitment.
    Commit,
}

impl Right {
    /// All rights, in the order they are shown.
    pub const ALL: [Self; 6] =
        [Self::Echo, Self::Store, Self::Find, Self::Move, Self::Get, Self::Commit];

    /// The name used in the API, the command line and the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::Store => "store",
            Self::Find => "find",
            Self::Move => "move",
            Self::Get => "get",
            Self::Commit => "commit",
        }
    }

    /// The right of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.name() == name)
    }
}

/// A remote application entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its AE title.
    pub title: AeTitle,
    /// Host name or address it calls from and is called at; `*` is any.
    pub host: String,
    /// Port it is called at; `None` when it only calls.
    pub port: Option<u16>,
    /// Whether it is called over TLS.
    pub tls: bool,
    /// SHA-256 of the certificate (DER) that it must show; `None`: any connection will do.
    pub certificate: Option<[u8; 32]>,
    /// Stands in for an Issuer of Patient ID (0010,0021) that its objects lack; may be empty.
    pub issuer: String,
    /// What it may do.
    pub rights: Vec<Right>,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Peer {
    /// Whether a text can be the host of a peer: `*`, an address, or a host name (RFC 1123).
    pub fn is_host(text: &str) -> bool {
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        text == "*"
            || text.parse::<std::net::IpAddr>().is_ok()
            || (text.len() <= 253 && text.split('.').all(label))
    }

    /// Whether a text can be an issuer: VR LO, at most 64 characters, no backslash or control
    /// character (PS3.5 section 6.2).
    pub fn is_issuer(text: &str) -> bool {
        text.chars().count() <= 64 && !text.chars().any(|each| each == '\\' || each.is_control())
    }
}

const COLUMNS: &str = "title, host, port, tls, certificate, issuer, rights, created_at";

#[derive(sqlx::FromRow)]
struct Row {
    title: String,
    host: String,
    port: i64,
    tls: i64,
    certificate: Option<Vec<u8>>,
    issuer: String,
    rights: String,
    created_at: i64,
}

impl Row {
    fn into_peer(self) -> Result<Peer> {
        Ok(Peer {
            title: stored(self.title.parse(), "AE title")?,
            host: self.host,
            port: u16::try_from(self.port).ok().filter(|port| *port != 0),
            tls: self.tls != 0,
            certificate: self
                .certificate
                .map(|digest| stored(digest.as_slice().try_into(), "certificate digest"))
                .transpose()?,
            issuer: self.issuer,
            rights: self.rights.split(' ').filter_map(Right::by_name).collect(),
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

impl Tx {
    /// Adds a peer; [`CatalogError::Taken`] when the title is known. It is no newcomer any more.
    /// The caller records the event.
    pub async fn add_peer(&mut self, peer: &Peer) -> Result<()> {
        let rights: Vec<&str> = peer.rights.iter().map(|right| right.name()).collect();
        let added = on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO peer (title, host, port, tls, certificate, issuer, rights, \
                 created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                 ON CONFLICT (title) DO NOTHING",
            )
            .bind(peer.title.as_str()).bind(peer.host.as_str())
            .bind(i64::from(peer.port.unwrap_or(0))).bind(i64::from(peer.tls))
            .bind(peer.certificate.map(|digest| digest.to_vec())).bind(peer.issuer.as_str())
            .bind(rights.join(" ")).bind(peer.created_at.micros())
            .execute(&mut *conn).await?.rows_affected()
        });
        if added == 0 {
            return Err(CatalogError::Taken(peer.title.to_string()));
        }
        on_tx!(self, conn => {
            sqlx::query("DELETE FROM newcomer WHERE title = $1")
                .bind(peer.title.as_str()).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Removes a peer; whether there was one. The caller records the event.
    pub async fn remove_peer(&mut self, title: &AeTitle) -> Result<bool> {
        let removed = on_tx!(self, conn => {
            sqlx::query("DELETE FROM peer WHERE title = $1")
                .bind(title.as_str()).execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= removed > 0;
        Ok(removed > 0)
    }
}

impl Catalog {
    /// One peer.
    pub async fn peer(&self, title: &AeTitle) -> Result<Option<Peer>> {
        let mut sql = select();
        sql.push(" WHERE title = ").text(title.as_str());
        let row: Option<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_optional(&pools.read).await?
        });
        row.map(Row::into_peer).transpose()
    }

    /// All peers by title.
    pub async fn peers(&self) -> Result<Vec<Peer>> {
        let mut sql = select();
        sql.push(" ORDER BY title");
        self.select_peers(sql).await
    }

    /// The peers that must show this certificate, by the SHA-256 of its DER.
    pub async fn peers_by_certificate(&self, digest: &[u8; 32]) -> Result<Vec<Peer>> {
        let mut sql = select();
        sql.push(" WHERE certificate = ").bytes(digest).push(" ORDER BY title");
        self.select_peers(sql).await
    }

    async fn select_peers(&self, sql: Sql) -> Result<Vec<Peer>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_peer).collect()
    }
}

fn select() -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM peer");
    sql
}

#[cfg(test)]
mod tests {
    use super::Peer;

    #[test]
    fn an_issuer_is_a_long_string() {
        for good in ["", "Hospital A", &"x".repeat(64)] {
            assert!(Peer::is_issuer(good), "{good}");
        }
        for bad in ["a\\b", "a\nb", &"x".repeat(65)] {
            assert!(!Peer::is_issuer(bad), "{bad}");
        }
    }

    #[test]
    fn a_host_is_a_star_an_address_or_a_name() {
        for good in ["*", "10.0.0.5", "::1", "ct1", "ct-1.radiology.example", "CT_1"] {
            assert!(Peer::is_host(good), "{good}");
        }
        for bad in ["", "bad host!!", "-ct", "a..b", "ct1:104", "http://ct1"] {
            assert!(!Peer::is_host(bad), "{bad}");
        }
    }
}
