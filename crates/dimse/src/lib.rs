//! The DICOM upper layer and DIMSE: listener, TLS, associations, messages, commands, status
//! tables, and the SCU side.
//!
//! Knows nothing of archives, catalogs or files: a service gets a command and a stream of data
//! set bytes, and answers with a status.
//!
//! PDU types and the encoding of association PDUs are dicom-ul's. Framing, negotiation and P-DATA
//! are ours, because dicom-ul 0.10.1's server association cannot do four things this archive
//! needs: ask an asynchronous policy that sees the peer's address and certificate, keep transfer
//! syntax lists by abstract syntax, accept private transfer syntaxes nobody registered, and bound
//! a PDU by its header before its body is read whatever the state. P-DATA values are slices of the
//! receive buffer; they are never copied.
#![warn(clippy::arithmetic_side_effects)]

mod accept;
mod acceptor;
mod asked;
mod association;
mod command;
mod connection;
mod converse;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod handshake;
mod listener;
mod lobby;
mod message;
mod negotiate;
mod pdv;
mod replies;
mod reports;
pub mod scu;
mod send_object;
mod serve;
mod service;
mod status;
mod syntax;
mod tables;
mod wire;

pub use acceptor::{Acceptor, Denial, Permitted, Proposal, Proposed, Rejection};
pub use association::{AssociationInfo, Context, Roles};
pub use command::{
    CCancelRq, CEchoRq, CEchoRsp, CFindRq, CFindRsp, CGetRq, CGetRsp, CMoveRq, CMoveRsp, CStoreRq,
    CStoreRsp, Command, CommandError, Comment, Decoded, MoveOriginator, NActionRq, NActionRsp,
    NEventReportRq, NEventReportRsp, Priority, RefusedRq, SubOperations,
};
pub use error::{AssociationError, Foreign, Violation};
pub use handshake::TlsFault;
pub use listener::{Listener, ListenerOptions};
pub use message::{Body, BodyError, Feed};
pub use replies::{Gone, Replies};
pub use reports::{EventReport, Reports};
pub use service::{Call, Request, Response, Service, Services};
pub use status::{Status, StatusKind};
pub use syntax::{IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, VERIFICATION, is_storage};
