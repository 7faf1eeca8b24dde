//! An S3 server in this process, which checks signatures and keeps buckets in a folder.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::mpsc,
    thread::JoinHandle,
};

use anyhow::Context as _;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};

use super::{Proxy, fresh, variable};

/// The variable that describes a server which is up already, as JSON of [`Reach`].
const SHARED: &str = "LIGHTCASE_TEST_S3";

/// How to reach a server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reach {
    endpoint: String,
    access_key: String,
    secret_key: String,
    /// The folder whose folders are the buckets.
    folder: PathBuf,
}

/// A running server, gone with this guard.
#[derive(Debug)]
pub struct S3 {
    reach: Reach,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _folder: Option<TempDir>,
}

/// A bucket nobody else uses.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    reach: Reach,
}

impl S3 {
    /// The server of this test run (`LIGHTCASE_TEST_S3`), else one of its own.
    pub fn shared() -> anyhow::Result<Self> {
        match variable(SHARED) {
            Some(reach) => Ok(Self {
                reach: serde_json::from_str(&reach).context("LIGHTCASE_TEST_S3 is not its JSON")?,
                stop: None,
                thread: None,
                _folder: None,
            }),
            None => Self::start(),
        }
    }

    /// A server with a temporary folder.
    pub fn start() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("lightcase-s3-").tempdir()?;
        let path = folder.path().to_owned();
        Self::serving(&path, Some(folder))
    }

    /// A server whose buckets are the folders in `folder`.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        Self::serving(folder, None)
    }

    fn serving(folder: &Path, temporary: Option<TempDir>) -> anyhow::Result<Self> {
        let (access_key, secret_key) = (fresh("access"), fresh("secret"));
        let files = FileSystem::new(folder)
            .map_err(|error| anyhow::anyhow!("{error:?}"))
            .context("cannot serve the folder")?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(access_key.clone(), secret_key.clone()));
        let service = service.build();
        let (stop, stopped) = oneshot::channel();
        let (bound, address) = mpsc::sync_channel(1);
        // A thread and a runtime of its own, so that the guard can be held from any test, and a
        // test that blocks its runtime cannot stall the server it waits for.
        let thread = std::thread::Builder::new().name("s3".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(async {
                    tokio::select! {
                        () = serve(service, bound) => {}
                        _ = stopped => {}
                    }
                }),
                Err(error) => drop(bound.send(Err(error))),
            }
        })?;
        let port = address.recv().context("the S3 server ended early")??;
        Ok(Self {
            reach: Reach {
                endpoint: format!("http://127.0.0.1:{port}"),
                access_key,
                secret_key,
                folder: folder.canonicalize()?,
            },
            stop: Some(stop),
            thread: Some(thread),
            _folder: temporary,
        })
    }

    /// How to reach it, for `LIGHTCASE_TEST_S3`.
    pub fn description(&self) -> serde_json::Value {
        serde_json::json!(self.reach)
    }

    /// A new, empty bucket.
    pub fn create_bucket(&self) -> anyhow::Result<Bucket> {
        let name = fresh("t").replace('_', "-");
        std::fs::create_dir(self.reach.folder.join(&name))?;
        Ok(Bucket { name, reach: self.reach.clone() })
    }
}

impl Bucket {
    /// `s3://bucket/prefix`, for `storage.url`.
    pub fn url(&self, prefix: &str) -> String {
        format!("s3://{}/{prefix}", self.name)
    }

    /// The variables that S3 clients take the endpoint and the credentials from.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", self.reach.endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", &self.reach.access_key),
            ("AWS_SECRET_ACCESS_KEY", &self.reach.secret_key),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ALLOW_HTTP", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// The same bucket, reached through a proxy before its server.
    #[must_use]
    pub fn through(&self, proxy: &Proxy) -> Self {
        let endpoint = format!("http://{}", proxy.address());
        Self { name: self.name.clone(), reach: Reach { endpoint, ..self.reach.clone() } }
    }

    /// Where its server is.
    pub fn server(&self) -> anyhow::Result<SocketAddr> {
        let address = self.reach.endpoint.strip_prefix("http://").unwrap_or(&self.reach.endpoint);
        address.parse().context("the S3 server's address")
    }

    /// The folder the objects are in, for a look at the bytes at rest.
    pub fn folder(&self) -> PathBuf {
        self.reach.folder.join(&self.name)
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        drop(self.stop.take());
        drop(self.thread.take().map(JoinHandle::join));
    }
}

async fn serve(service: S3Service, bound: mpsc::SyncSender<std::io::Result<u16>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await;
    let port = listener.as_ref().map_err(|error| std::io::Error::new(error.kind(), "cannot bind"));
    let port = port.and_then(|listener| Ok(listener.local_addr()?.port()));
    drop(bound.send(port));
    let Ok(listener) = listener else { return };
    while let Ok((stream, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            // A client that goes away in the middle is its own affair.
            drop(server.serve_connection(TokioIo::new(stream), service).await);
        });
    }
}
