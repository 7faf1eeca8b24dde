//! What a listener hands commands to.

use std::sync::Arc;

use futures::future::BoxFuture;
use lightcase_model::{TransferSyntaxUid, Uid};

use crate::{AssociationInfo, Body, CEchoRq, CStoreRq, Comment, Context, Status};

/// A request with its data set, if it has one.
#[derive(Debug)]
pub enum Request {
    /// C-ECHO-RQ.
    Echo(CEchoRq),
    /// C-STORE-RQ.
    Store(CStoreRq, Body),
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
}

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status (0000,0900).
    pub status: Status,
    /// Error Comment (0000,0902).
    pub comment: Option<Comment>,
}

impl Response {
    /// Done.
    pub const SUCCESS: Self = Self { status: Status::SUCCESS, comment: None };

    /// Anything but success, with a reason.
    pub fn because(status: Status, why: &str) -> Self {
        Self { status, comment: Some(Comment::new(why)) }
    }
}

/// One service class as SCP.
pub trait Service: Send + Sync + 'static {
    /// Whether it serves an abstract syntax.
    fn takes(&self, abstract_syntax: &Uid) -> bool;

    /// Whether it takes a transfer syntax. Of those proposed for a context, the first that it
    /// takes is accepted, since that is the one the requestor prefers.
    fn reads(&self, transfer_syntax: &TransferSyntaxUid) -> bool;

    /// Answers a request. The data set streams in while this runs; the response is sent when both
    /// are over. It is never called twice at once for the same association.
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

    pub(crate) fn serving(&self, abstract_syntax: &Uid) -> Option<&dyn Service> {
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
