//! The least that an honest archive can do: append each object to a file and make it durable
//! before Success.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use lightcase_dimse::{
    Acceptor, AssociationInfo, Body, Call, Denial, Listener, ListenerOptions, Permitted, Proposal,
    Request, Response, Service, Services, Status,
};
use lightcase_model::{AeTitle, TransferSyntaxUid, Uid};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    _stop: DropGuard,
}

impl Sink {
    pub(crate) async fn start(folder: &Path) -> anyhow::Result<Self> {
        let options = ListenerOptions::new(AeTitle::parse("SINK")?);
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), options).await?;
        let address = listener.local_addr()?;
        let (count, files) = (AtomicU32::new(0), Mutex::default());
        let service = Append { folder: folder.to_owned(), count, files };
        let stop = CancellationToken::new();
        tokio::spawn(listener.run(
            Services::new(vec![Arc::new(service)]),
            Arc::new(Anybody),
            stop.clone(),
        ));
        Ok(Self { address, _stop: stop.drop_guard() })
    }
}

struct Anybody;

impl Acceptor for Anybody {
    fn decide<'a>(&'a self, proposal: &'a Proposal) -> BoxFuture<'a, Result<Permitted, Denial>> {
        let all = proposal.contexts.iter().map(|context| (context.id, context.roles)).collect();
        async { Ok(all) }.boxed()
    }

    fn accepted<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }

    fn rejected<'a>(&'a self, _: &'a Proposal, _: &'a Denial) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }

    fn unsecured(&self, _: SocketAddr) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }
}

/// One file for each association, by its id.
struct Append {
    folder: PathBuf,
    count: AtomicU32,
    files: Mutex<HashMap<String, File>>,
}

impl Append {
    async fn append(&self, association: &AssociationInfo, mut body: Body) -> std::io::Result<()> {
        let id = association.id.to_string();
        let known = self.files.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        let mut file = if let Some(file) = known {
            file
        } else {
            let name = format!("sink-{}", self.count.fetch_add(1, Ordering::Relaxed));
            File::create(self.folder.join(name)).await?
        };
        while let Some(fragment) = body.next().await {
            file.write_all(&fragment.map_err(std::io::Error::other)?).await?;
        }
        file.flush().await?;
        file.sync_data().await?;
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(id, file);
        Ok(())
    }
}

impl Service for Append {
    fn service_class(&self) -> &'static str {
        "Storage"
    }

    fn takes(&self, _: &Uid) -> bool {
        true
    }

    fn reads(&self, _: &TransferSyntaxUid) -> bool {
        true
    }

    fn handle(&self, call: Call) -> BoxFuture<'_, Response> {
        async move {
            let Request::Store(_, body) = call.request else { return Response::unrecognized() };
            match self.append(&call.association, body).await {
                Ok(()) => Response::SUCCESS,
                Err(error) => Response::because(Status::OUT_OF_RESOURCES, &error.to_string()),
            }
        }
        .boxed()
    }

    fn ended<'a>(&'a self, association: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        let id = association.id.to_string();
        self.files.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        async {}.boxed()
    }
}
