//! C-GET between our two sides: sub-operations, counts, cancelling, and reports on the association.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use lightcase_dimse::scu::{
    Incoming, Offer, Outcome, Outgoing, STUDY_ROOT_GET, Session, Source, Target,
};
use lightcase_dimse::{
    Acceptor, AssociationInfo, Call, Denial, Gone, Listener, ListenerOptions, Permitted, Proposal,
    Request, Response, Roles, Service, Services, Status, SubOperations, is_storage,
};
use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid, Uid};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::raw::{CT, EXPLICIT};
use crate::station::title;

const OBJECTS: u16 = 5;

/// Everybody may have the roles they want.
struct Open;

impl Acceptor for Open {
    fn decide<'a>(&'a self, proposal: &'a Proposal) -> BoxFuture<'a, Result<Permitted, Denial>> {
        let all = proposal.contexts.iter().map(|context| (context.id, context.roles));
        let all: BTreeMap<_, _> = all.collect();
        async { Ok(all) }.boxed()
    }

    fn accepted<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }

    fn rejected<'a>(&'a self, _: &'a Proposal, _: &'a Denial) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }

    fn unsecured(&self, _: std::net::SocketAddr) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }
}

/// How a request was answered, as the service saw it.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Finished(Status),
    Gone,
}

/// Lends five objects to whoever asks.
struct Lender(UnboundedSender<End>);

impl Lender {
    async fn lend(&self, call: Call) -> Result<Response, Gone> {
        let Request::Get(_, mut body) = call.request else { return Ok(Response::unrecognized()) };
        while body.next().await.is_some() {}
        let mut counts = SubOperations::default();
        for number in 1..=OBJECTS {
            if call.replies.stop().is_cancelled() {
                counts.remaining = Some(OBJECTS - (number - 1));
                return Ok(Response {
                    sub_operations: Some(counts),
                    ..Response::of(Status::CANCEL)
                });
            }
            let object = Outgoing {
                class: SopClassUid::parse(CT).unwrap(),
                instance: SopInstanceUid::parse(&format!("1.2.{number}")).unwrap(),
                syntax: TransferSyntaxUid::parse(EXPLICIT).unwrap(),
                source: Source::Bytes(vec![7; 300_000].into()),
            };
            match call.replies.store(object).await? {
                Outcome::Stored(_) => counts.completed += 1,
                Outcome::Refused(..) | Outcome::NoContext | Outcome::Unreadable(_) => {
                    counts.failed += 1;
                }
            }
            counts.remaining = Some(OBJECTS - number);
            let pending = Response::of(Status::PENDING);
            call.replies.pending(Response { sub_operations: Some(counts), ..pending }).await?;
        }
        counts.remaining = None;
        Ok(Response { sub_operations: Some(counts), ..Response::SUCCESS })
    }
}

impl Service for Lender {
    fn service_class(&self) -> &'static str {
        "Query/Retrieve"
    }

    fn takes(&self, abstract_syntax: &Uid) -> bool {
        abstract_syntax.as_str() == STUDY_ROOT_GET || is_storage(abstract_syntax)
    }

    fn reads(&self, _: &TransferSyntaxUid) -> bool {
        true
    }

    fn handle(&self, call: Call) -> BoxFuture<'_, Response> {
        async move {
            let answer = self.lend(call).await;
            let end = answer.as_ref().map_or(End::Gone, |answer| End::Finished(answer.status));
            self.0.send(end).ok();
            answer.unwrap_or(Response::SUCCESS)
        }
        .boxed()
    }

    fn ended<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }
}

struct Lending {
    target: Target,
    ends: UnboundedReceiver<End>,
    _shutdown: DropGuard,
}

impl Lending {
    async fn start() -> Self {
        let (sender, ends) = unbounded_channel();
        let options = ListenerOptions::new(title("LIGHTCASE"));
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), options).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let services = Services::new(vec![Arc::new(Lender(sender))]);
        tokio::spawn(listener.run(services, Arc::new(Open), shutdown.clone()));
        let host = address.ip().to_string();
        let target = Target::new(host, address.port(), title("LIGHTCASE"), title("ME"));
        Self { target, ends, _shutdown: shutdown.drop_guard() }
    }

    /// An association for C-GET, with or without the SCP role for CT; and the context to ask in.
    async fn session(&self, scp: bool) -> (Session, u8) {
        let offer = |class: &str, roles| Offer {
            abstract_syntax: Uid::parse(class).unwrap(),
            transfer_syntaxes: vec![TransferSyntaxUid::parse(EXPLICIT).unwrap()],
            roles,
        };
        let offers = [offer(STUDY_ROOT_GET, Roles::DEFAULT), offer(CT, Roles { scu: !scp, scp })];
        let session = Session::offer(&self.target, &offers).await.unwrap();
        assert_eq!(session.contexts()[1].roles.scp, scp);
        let context = session.contexts()[0].id;
        (session, context)
    }

    async fn end(&mut self) -> End {
        timeout(Duration::from_secs(30), self.ends.recv()).await.unwrap().unwrap()
    }
}

/// Asks; the final status, the counts, and how many objects came whole.
async fn get(session: &mut Session, context: u8, enough: u16) -> (Status, SubOperations, usize) {
    let whole = AtomicUsize::new(0);
    let take = async |mut incoming: Incoming| {
        let mut bytes = 0;
        while let Some(part) = incoming.body.next().await {
            bytes += part.unwrap().len();
        }
        assert_eq!(bytes, 300_000);
        whole.fetch_add(1, Ordering::Relaxed);
        Status::SUCCESS
    };
    let progress = |counts: SubOperations| counts.completed < enough;
    let identifier = Bytes::from_static(b"\x08\0\x52\0CS\x06\0STUDY ");
    let got = session.get(context, &identifier, take, progress).await.unwrap();
    (got.status, got.sub_operations.unwrap(), whole.into_inner())
}

#[tokio::test]
async fn what_is_asked_for_comes_on_the_same_association_with_counts() {
    let mut lending = Lending::start().await;
    let (mut session, context) = lending.session(true).await;
    for _ in 0..2 {
        let (status, counts, whole) = get(&mut session, context, u16::MAX).await;
        let all = SubOperations { completed: OBJECTS, ..SubOperations::default() };
        assert_eq!((status, counts, whole), (Status::SUCCESS, all, 5));
        assert_eq!(lending.end().await, End::Finished(Status::SUCCESS));
    }
    session.release().await.unwrap();
}

#[tokio::test]
async fn a_cancel_stops_the_rest_and_the_association_lives() {
    let mut lending = Lending::start().await;
    let (mut session, context) = lending.session(true).await;
    let (status, counts, whole) = get(&mut session, context, 2).await;
    assert_eq!(status, Status::CANCEL);
    assert_eq!(counts.completed + counts.remaining.unwrap(), OBJECTS);
    assert!(counts.completed >= 2 && counts.completed < OBJECTS, "{counts:?}");
    assert_eq!(whole, usize::from(counts.completed));
    assert_eq!(lending.end().await, End::Finished(Status::CANCEL));
    let (status, ..) = get(&mut session, context, u16::MAX).await;
    assert_eq!(status, Status::SUCCESS);
    session.release().await.unwrap();
}

#[tokio::test]
async fn nothing_is_sent_to_who_did_not_take_the_scp_role() {
    let mut lending = Lending::start().await;
    let (mut session, context) = lending.session(false).await;
    let (_, counts, whole) = get(&mut session, context, u16::MAX).await;
    assert_eq!((counts.failed, whole), (OBJECTS, 0));
    assert_eq!(lending.end().await, End::Finished(Status::SUCCESS));
    session.release().await.unwrap();
}

#[tokio::test]
async fn a_service_whose_peer_vanishes_comes_to_its_end() {
    let mut lending = Lending::start().await;
    let (mut session, context) = lending.session(true).await;
    let identifier = Bytes::from_static(b"\x08\0\x52\0CS\x06\0STUDY ");
    let begun = Notify::new();
    let take = async |_: Incoming| {
        begun.notify_one();
        std::future::pending().await
    };
    // Dropped in the middle of the first object.
    tokio::select! {
        got = session.get(context, &identifier, take, |_| true) => panic!("{got:?}"),
        () = begun.notified() => {}
    }
    drop(session);
    assert_eq!(lending.end().await, End::Gone);
}
