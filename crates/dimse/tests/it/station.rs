//! A listener with a service that collects what it gets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use lightcase_dimse::{
    Acceptor, AssociationInfo, BodyError, Call, Denial, Listener, ListenerOptions, Permitted,
    Proposal, Rejection, Request, Response, Service, Services, Status, VERIFICATION, is_storage,
};
use lightcase_model::{AeTitle, TransferSyntaxUid, Uid};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// What the station saw, in order.
#[derive(Debug)]
pub(crate) enum Seen {
    Accepted,
    Rejected(Rejection),
    Unsecured,
    Echo,
    Begun,
    Object(Object),
    Ended,
}

#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) class: String,
    pub(crate) instance: String,
    pub(crate) syntax: String,
    pub(crate) body: Result<Vec<u8>, BodyError>,
}

pub(crate) struct Station {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) running: JoinHandle<()>,
    seen: UnboundedReceiver<Seen>,
}

pub(crate) fn title(text: &str) -> AeTitle {
    AeTitle::parse(text).unwrap()
}

pub(crate) fn options() -> ListenerOptions {
    ListenerOptions::new(title("LIGHTCASE"))
}

impl Station {
    pub(crate) async fn start() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn with(options: ListenerOptions) -> Self {
        let (sender, seen) = unbounded_channel();
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), options).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let services = Services::new(vec![Arc::new(Collector(sender.clone()))]);
        let running =
            tokio::spawn(listener.run(services, Arc::new(Door(sender)), shutdown.clone()));
        Self { address, shutdown, running, seen }
    }

    /// The next thing that happens; a test that waits in vain fails.
    pub(crate) async fn next(&mut self) -> Seen {
        timeout(Duration::from_secs(30), self.seen.recv()).await.unwrap().unwrap()
    }

    /// The next object, past associations and echoes.
    pub(crate) async fn object(&mut self) -> Object {
        loop {
            if let Seen::Object(object) = self.next().await {
                return object;
            }
        }
    }
}

struct Door(UnboundedSender<Seen>);

impl Acceptor for Door {
    /// STRANGER is unknown; ECHOER may only verify.
    fn decide<'a>(&'a self, proposal: &'a Proposal) -> BoxFuture<'a, Result<Permitted, Denial>> {
        async {
            match proposal.calling.as_str() {
                "STRANGER" => Err(Rejection::UnknownCalling.into()),
                calling => Ok(proposal
                    .contexts
                    .iter()
                    .filter(|c| calling != "ECHOER" || c.abstract_syntax.as_str() == VERIFICATION)
                    .map(|context| (context.id, context.roles))
                    .collect()),
            }
        }
        .boxed()
    }

    fn accepted<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        self.0.send(Seen::Accepted).ok();
        async {}.boxed()
    }

    fn rejected<'a>(&'a self, _: &'a Proposal, denial: &'a Denial) -> BoxFuture<'a, ()> {
        self.0.send(Seen::Rejected(denial.rejection)).ok();
        async {}.boxed()
    }

    fn unsecured(&self, _: SocketAddr) -> BoxFuture<'_, ()> {
        self.0.send(Seen::Unsecured).ok();
        async {}.boxed()
    }
}

struct Collector(UnboundedSender<Seen>);

impl Service for Collector {
    fn service_class(&self) -> &'static str {
        "Storage"
    }

    fn takes(&self, abstract_syntax: &Uid) -> bool {
        is_storage(abstract_syntax) || abstract_syntax.as_str() == VERIFICATION
    }

    fn reads(&self, _: &TransferSyntaxUid) -> bool {
        true
    }

    /// SOP class 1.2.3.7 is refused before its data set is read; 1.2.3.13 panics.
    fn handle(&self, call: Call) -> BoxFuture<'_, Response> {
        async move {
            let (rq, mut body) = match call.request {
                Request::Echo(_) => {
                    self.0.send(Seen::Echo).ok();
                    return Response::SUCCESS;
                }
                Request::Store(rq, body) => (rq, body),
                Request::Find(..) | Request::Get(..) | Request::Move(..) | Request::Action(..) => {
                    return Response::unrecognized();
                }
            };
            match rq.affected_class.as_str() {
                "1.2.3.7" => return Response::because(Status::OUT_OF_RESOURCES, "full"),
                "1.2.3.13" => panic!("a service with a defect"),
                _ => {}
            }
            self.0.send(Seen::Begun).ok();
            let mut bytes = Ok(Vec::new());
            while let Some(fragment) = body.next().await {
                match (&mut bytes, fragment) {
                    (Ok(bytes), Ok(fragment)) => bytes.extend_from_slice(&fragment),
                    (_, Err(error)) => bytes = Err(error),
                    (Err(_), Ok(_)) => panic!("data after an error"),
                }
            }
            let object = Object {
                class: rq.affected_class.to_string(),
                instance: rq.affected_instance.to_string(),
                syntax: call.context.transfer_syntax.to_string(),
                body: bytes,
            };
            self.0.send(Seen::Object(object)).ok();
            Response::SUCCESS
        }
        .boxed()
    }

    fn ended<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        self.0.send(Seen::Ended).ok();
        async {}.boxed()
    }
}
