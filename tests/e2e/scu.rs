//! Our own SCU, for what DCMTK does not send: syntaxes it does not know, and data sets that lie.

use bytes::Bytes;
use lightcase_dimse::scu::{Outcome, Outgoing, ScuError, Source, Target, store};
use lightcase_model::{AeTitle, SopClassUid, SopInstanceUid, TransferSyntaxUid};
use lightcase_testkit::phantom::Instance;
use lightcase_testkit::servers::Lightcase;

const EXPLICIT_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";

pub(crate) fn target(server: &Lightcase, calling: &str) -> Target {
    let (address, title) = (server.dicom(), |text| AeTitle::parse(text).unwrap());
    Target::new(address.ip().to_string(), address.port(), title("LIGHTCASE"), title(calling))
}

/// An object under any UIDs, whatever its data set says.
pub(crate) fn outgoing(class: &str, instance: &str, syntax: &str, data_set: Vec<u8>) -> Outgoing {
    Outgoing {
        class: SopClassUid::parse(class).unwrap(),
        instance: SopInstanceUid::parse(instance).unwrap(),
        syntax: TransferSyntaxUid::parse(syntax).unwrap(),
        source: Source::Bytes(Bytes::from(data_set)),
    }
}

pub(crate) fn phantom(instance: &Instance) -> Outgoing {
    let (class, uid) = (instance.sop_class, &instance.sop_instance);
    outgoing(class, uid, EXPLICIT_LITTLE_ENDIAN, instance.data_set.clone())
}

/// Sends one object; status 0 or the code of the refusal.
pub(crate) async fn send(server: &Lightcase, object: Outgoing) -> u16 {
    match send_as(server, "SCU", object).await.unwrap() {
        Outcome::Stored(status) | Outcome::Refused(status, _) => status.code(),
        other @ (Outcome::NoContext | Outcome::Unreadable(_)) => panic!("{other:?}"),
    }
}

pub(crate) async fn send_as(
    server: &Lightcase,
    calling: &str,
    object: Outgoing,
) -> Result<Outcome, ScuError> {
    let mut seen = None;
    store(&target(server, calling), vec![object], |_, outcome| {
        seen = Some(match outcome {
            Outcome::Stored(status) => Outcome::Stored(*status),
            Outcome::Refused(status, comment) => Outcome::Refused(*status, comment.clone()),
            Outcome::NoContext => Outcome::NoContext,
            Outcome::Unreadable(error) => panic!("{error}"),
        });
    })
    .await?;
    Ok(seen.unwrap())
}
