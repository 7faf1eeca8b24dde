//! Verification, PS3.4 annex A.

use futures::FutureExt;
use futures::future::BoxFuture;
use lightcase_dimse::{AssociationInfo, Call, Request, Response, Service, VERIFICATION};
use lightcase_model::{TransferSyntaxUid, Uid};

/// Answers C-ECHO.
pub(crate) struct CEcho;

impl Service for CEcho {
    fn service_class(&self) -> &'static str {
        "Verification"
    }

    fn takes(&self, abstract_syntax: &Uid) -> bool {
        abstract_syntax.as_str() == VERIFICATION
    }

    /// There is no data set, so any syntax will do.
    fn reads(&self, _: &TransferSyntaxUid) -> bool {
        true
    }

    fn handle(&self, call: Call) -> BoxFuture<'_, Response> {
        async move {
            match call.request {
                Request::Echo(_) => Response::SUCCESS,
                Request::Store(..)
                | Request::Find(..)
                | Request::Get(..)
                | Request::Move(..)
                | Request::Action(..) => Response::unrecognized(),
            }
        }
        .boxed()
    }

    fn ended<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }
}
