//! A storage SCP that counts and keeps nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use lightcase_dimse::{
    Acceptor, AssociationInfo, Call, Denial, Listener, ListenerOptions, Permitted, Proposal,
    Request, Response, Service, Services, Status,
};
use lightcase_model::{AeTitle, TransferSyntaxUid, Uid};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Its AE title.
pub(crate) const TITLE: &str = "SINK";

pub(crate) struct Discard {
    pub(crate) address: SocketAddr,
    count: Arc<AtomicU32>,
    _stop: DropGuard,
}

impl Discard {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let options = ListenerOptions::new(AeTitle::parse(TITLE)?);
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), options).await?;
        let address = listener.local_addr()?;
        let (count, stop) = (Arc::new(AtomicU32::new(0)), CancellationToken::new());
        let services = Services::new(vec![Arc::new(Count(Arc::clone(&count)))]);
        tokio::spawn(listener.run(services, Arc::new(Anybody), stop.clone()));
        Ok(Self { address, count, _stop: stop.drop_guard() })
    }

    /// Objects that came since this was last asked.
    pub(crate) fn came(&self) -> u32 {
        self.count.swap(0, Ordering::Relaxed)
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

struct Count(Arc<AtomicU32>);

impl Service for Count {
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
            let Request::Store(_, mut body) = call.request else {
                return Response::unrecognized();
            };
            while let Some(fragment) = body.next().await {
                if fragment.is_err() {
                    return Response::of(Status::PROCESSING_FAILURE);
                }
            }
            self.0.fetch_add(1, Ordering::Relaxed);
            Response::SUCCESS
        }
        .boxed()
    }

    fn ended<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }
}
