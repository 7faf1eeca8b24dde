//! The wire to PostgreSQL: everything passes, and what is asked is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What was asked so far, or between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Statements that were executed, the ends of transactions among them.
    pub(crate) statements: usize,
    /// Transactions that were committed.
    pub(crate) commits: usize,
}

impl Cost {
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            statements: self.statements - before.statements,
            commits: self.commits - before.commits,
        }
    }
}

#[derive(Default)]
struct Counts {
    statements: AtomicUsize,
    commits: AtomicUsize,
}

/// Stands before a server; it ends with this guard.
pub(crate) struct Wire {
    /// What reaches the same database through it.
    pub(crate) url: String,
    counts: Arc<Counts>,
    task: tokio::task::JoinHandle<()>,
}

impl Wire {
    pub(crate) async fn before(url: &str) -> Self {
        let mut url = Url::parse(url).unwrap();
        let server = (url.host_str().unwrap().to_owned(), url.port().unwrap());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        url.set_query(Some("sslmode=disable"));
        let counts = Arc::new(Counts::default());
        let counting = Arc::clone(&counts);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server.clone(), Arc::clone(&counting)));
            }
        });
        Self { url: url.into(), counts, task }
    }

    pub(crate) fn cost(&self) -> Cost {
        Cost {
            statements: self.counts.statements.load(Ordering::SeqCst),
            commits: self.counts.commits.load(Ordering::SeqCst),
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(client: TcpStream, server: (String, u16), counts: Arc<Counts>) {
    let server = TcpStream::connect(server).await.unwrap();
    for stream in [&client, &server] {
        stream.set_nodelay(true).unwrap();
    }
    let (asked, mut to_client) = client.into_split();
    let (mut answers, to_server) = server.into_split();
    // How a connection ends is its own affair.
    tokio::select! {
        ended = tokio::io::copy(&mut answers, &mut to_client) => drop(ended),
        ended = count(asked, to_server, &counts) => drop(ended),
    }
}

/// Passes on the client's messages, one by one (PostgreSQL's protocol 3, "Message Formats").
async fn count(
    mut asked: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    counts: &Counts,
) -> std::io::Result<()> {
    // The first message has no kind.
    let mut kind = None;
    loop {
        let length = asked.read_u32().await?;
        let mut body = vec![0; usize::try_from(length).unwrap().saturating_sub(4)];
        asked.read_exact(&mut body).await?;
        // Execute, and Query in the simple way.
        if matches!(kind, Some(b'E' | b'Q')) {
            counts.statements.fetch_add(1, Ordering::SeqCst);
        }
        if kind == Some(b'Q') && body.starts_with(b"COMMIT") {
            counts.commits.fetch_add(1, Ordering::SeqCst);
        }
        let mut message: Vec<u8> = kind.into_iter().collect();
        message.extend(length.to_be_bytes());
        message.append(&mut body);
        server.write_all(&message).await?;
        kind = Some(asked.read_u8().await?);
    }
}
