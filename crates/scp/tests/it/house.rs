//! A listener with our services over an archive in a temporary folder.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use lightcase_archive::{Archive, Parts};
use lightcase_catalog::{AuditFilter, Catalog, Database, Match, Peer, Right, SqliteKey};
use lightcase_codec::{Codec, WorkerCommand};
use lightcase_deident::Policy;
use lightcase_dimse::scu::Target;
use lightcase_dimse::{Listener, ListenerOptions, Services};
use lightcase_model::{AeTitle, Clock, Ctx, Level, Query, Scope, Timestamp};
use lightcase_scp::{Commitments, Dialer, FindLimits, OpenLoopback, Peers, services};
use lightcase_storage::{KeyRing, Store, Vault};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use zeroize::Zeroizing;

pub(crate) struct House {
    pub(crate) archive: Archive,
    pub(crate) address: SocketAddr,
    running: JoinHandle<()>,
    shutdown: DropGuard,
    folder: tempfile::TempDir,
}

pub(crate) fn title(text: &str) -> AeTitle {
    AeTitle::parse(text).unwrap()
}

impl House {
    pub(crate) async fn open(open_loopback: OpenLoopback) -> Self {
        Self::limited(open_loopback, FindLimits::default()).await
    }

    /// The same with other limits of a query.
    pub(crate) async fn limited(open_loopback: OpenLoopback, find: FindLimits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ring =
            Arc::new(KeyRing::open_or_create(&folder.path().join("root.key"), None).unwrap());
        let database = Database::Sqlite {
            path: folder.path().join("catalog.sqlite"),
            key: SqliteKey(Zeroizing::new([7; 32])),
        };
        let catalog = Arc::new(Catalog::open(&database, Arc::clone(&ring)).await.unwrap());
        let worker = WorkerCommand { program: PathBuf::from("none"), arguments: Vec::new() };
        let archive = Archive::new(Parts {
            catalog,
            vault: Vault::new(Store::memory()),
            ring,
            codec: Codec::new(worker, lightcase_codec::Options::default()),
            clock: Clock::new(|| Timestamp::from_micros(1_800_000_000_000_000)),
            policy: Policy::Keep,
        });
        let options = ListenerOptions::new(title("LIGHTCASE"));
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), options).await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = Arc::new(Peers::new(archive.clone(), open_loopback));
        let shutdown = CancellationToken::new();
        let dialer = Dialer::new(None);
        let commitments = Commitments::new(archive.clone(), dialer.clone());
        let services = services(&archive, find, &dialer, &commitments);
        let running = tokio::spawn(listener.run(services, acceptor, shutdown.clone()));
        Self { archive, address, running, shutdown: shutdown.drop_guard(), folder }
    }

    pub(crate) fn target(&self, calling: &str) -> Target {
        let host = self.address.ip().to_string();
        Target::new(host, self.address.port(), title("LIGHTCASE"), title(calling))
    }

    /// The services that it offers.
    pub(crate) fn services(&self) -> Services {
        let dialer = Dialer::new(None);
        let commitments = Commitments::new(self.archive.clone(), dialer.clone());
        services(&self.archive, FindLimits::default(), &dialer, &commitments)
    }

    pub(crate) async fn add_peer(&self, name: &str, rights: &[Right]) {
        self.enter(self.peer(name, rights)).await;
    }

    /// A peer that is called there.
    pub(crate) async fn add_peer_at(&self, name: &str, host: &str, port: u16) {
        let peer = self.peer(name, &[Right::Echo]);
        self.enter(Peer { host: host.to_owned(), port: Some(port), ..peer }).await;
    }

    /// A peer on this machine.
    pub(crate) fn peer(&self, name: &str, rights: &[Right]) -> Peer {
        Peer {
            title: title(name),
            host: "127.0.0.1".to_owned(),
            port: None,
            tls: false,
            certificate: None,
            issuer: String::new(),
            rights: rights.to_vec(),
            created_at: self.archive.clock().now(),
        }
    }

    pub(crate) async fn enter(&self, peer: Peer) {
        let ctx = Ctx::system(self.archive.clock().now());
        self.archive.add_peer(&ctx, &peer).await.unwrap();
    }

    /// All instances of the archive.
    pub(crate) async fn instances(&self) -> Vec<Match> {
        let query = Query::at(Level::Instance, 100);
        self.archive.catalog().find(&Scope::archive(), &query).await.unwrap().items
    }

    /// How often an event of a kind is in the ledger.
    pub(crate) async fn events(&self, name: &str) -> usize {
        let filter = AuditFilter { event: Some(name.to_owned()), limit: 100, ..Default::default() };
        self.archive.catalog().audit(&filter).await.unwrap().len()
    }

    /// Stops, and waits until every association has been accounted for. The folder is there as long
    /// as what it is returned as: the catalog may open it once more.
    pub(crate) async fn close(self) -> (Archive, tempfile::TempDir) {
        drop(self.shutdown);
        self.running.await.unwrap();
        (self.archive, self.folder)
    }
}
