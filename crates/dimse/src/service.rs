//! What a listener hands commands to.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use lightcase_model::{TransferSyntaxUid, Uid};

use crate::{
    AssociationInfo, Body, CEchoRq, CFindRq, CGetRq, CMoveRq, CStoreRq, Comment, Context,
    NActionRq, Replies, Status, SubOperations,
};

/// A request with its data set, if it has one.
#[derive(Debug)]
pub enum Request {
    /// C-ECHO-RQ.
    Echo(CEchoRq),
    /// C-STORE-RQ.
    Store(CStoreRq, Body),
    /// C-FIND-RQ with its identifier.
    Find(CFindRq, Body),
    /// C-GET-RQ with its identifier.
    Get(CGetRq, Body),
    /// C-MOVE-RQ with its identifier.
    Move(CMoveRq, Body),
    /// N-ACTION-RQ with its action information, where it has any.
    Action(NActionRq, Option<Body>),
}

/// One request on an association.
#[derive(Debug)]
pub struct Call {
    /// The association it came on.
    pub association: Arc<AssociationInfo>,
    /// The presentation context it came in.
    pub context: Context,
    /// The request.
    pub request: Request,
    /// What may be sent before the final response.
    pub replies: Replies,
}

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status (0000,0900).
    pub status: Status,
    /// Error Comment (0000,0902).
    pub comment: Option<Comment>,
    /// Its data set, in the transfer syntax of the context: a match of a C-FIND, the Failed SOP
    /// Instance UID List of a C-GET or C-MOVE. No other response has one.
    pub data_set: Option<Bytes>,
    /// How far a C-GET or C-MOVE is. No other response has it.
    pub sub_operations: Option<SubOperations>,
}

impl Response {
    /// Done.
    pub const SUCCESS: Self = Self::of(Status::SUCCESS);

    /// A status alone.
    pub const fn of(status: Status) -> Self {
        Self { status, comment: None, data_set: None, sub_operations: None }
    }

    /// Anything but success, with a reason.
    pub fn because(status: Status, why: &str) -> Self {
        Self { comment: Some(Comment::new(why)), ..Self::of(status) }
    }

    /// The answer to a request that does not belong into its presentation context.
    pub fn unrecognized() -> Self {
        Self::because(
            Status::UNRECOGNIZED_OPERATION,
            "this operation does not belong into this context",
        )
    }

    /// A match of a C-FIND.
    pub fn pending(identifier: Bytes) -> Self {
        Self { data_set: Some(identifier), ..Self::of(Status::PENDING) }
    }
}

/// One service class as SCP.
pub trait Service: Send + Sync + 'static {
    /// The service class, as PS3.4 names it.
    fn service_class(&self) -> &'static str;

    /// Whether it serves an abstract syntax.
    fn takes(&self, abstract_syntax: &Uid) -> bool;

    /// Whether it takes a transfer syntax. Of those proposed for a context, the first that it
    /// takes is accepted, since that is the one the requestor prefers.
    fn reads(&self, transfer_syntax: &TransferSyntaxUid) -> bool;

    /// The answer to a proposed SOP Class Extended Negotiation (PS3.7 D.3.3.5). `None`, which is no
    /// answer at all, says that nothing beyond the standard's own rules is agreed on.
    fn extend(&self, _abstract_syntax: &Uid, _proposed: &[u8]) -> Option<Vec<u8>> {
        None
    }

    /// Answers a request. The data set streams in while this runs; the final response is sent when
    /// both are over. Pending responses and sub-operations go through [`Call::replies`], after the
    /// data set was read to its end or dropped. It is never called twice at once for the same
    /// association, and never dropped before it is done: when the association breaks, its stream
    /// and its replies fail, and it ends by itself.
    fn handle(&self, call: Call) -> BoxFuture<'_, Response>;

    /// An association is over, however it ended. Called once, after the last response.
    fn ended<'a>(&'a self, association: &'a AssociationInfo) -> BoxFuture<'a, ()>;
}

/// The services of a listener; the first that takes an abstract syntax serves it.
#[derive(Clone, Default)]
pub struct Services(Arc<[Arc<dyn Service>]>);

impl Services {
    /// The list, in order.
    pub fn new(services: Vec<Arc<dyn Service>>) -> Self {
        Self(services.into())
    }

    /// The service for an abstract syntax, where there is one.
    pub fn serving(&self, abstract_syntax: &Uid) -> Option<&dyn Service> {
        self.0.iter().find(|service| service.takes(abstract_syntax)).map(AsRef::as_ref)
    }

    pub(crate) async fn ended(&self, association: &AssociationInfo) {
        for service in self.0.iter() {
            service.ended(association).await;
        }
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Services({})", self.0.len())
    }
}
