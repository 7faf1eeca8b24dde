//! What C-GET and C-MOVE share: which transfer syntax an object goes out in, and its source.

use lightcase_archive::HandOver;
use lightcase_catalog::Listed;
use lightcase_dataset::TransferSyntax;
use lightcase_dimse::scu::{Outcome, Outgoing, Source};
use lightcase_model::TransferSyntaxUid;
use tokio_util::io::StreamReader;

/// The plain transfer syntaxes, the one that tells more first.
pub(crate) const PLAIN: [&str; 2] =
    [TransferSyntax::EXPLICIT_LITTLE, TransferSyntax::IMPLICIT_LITTLE];

/// Of the transfer syntaxes that a peer takes for an object: that in which it is held, else a
/// plain one.
pub(crate) fn choose(
    held: &TransferSyntaxUid,
    taken: &[&TransferSyntaxUid],
) -> Option<TransferSyntaxUid> {
    let wanted = [held.as_str()].into_iter().chain(PLAIN);
    let mut found = wanted.filter_map(|uid| taken.iter().find(|each| each.as_str() == uid));
    found.next().map(|uid| (*uid).clone())
}

/// The object as it is sent. Where it cannot be, that is told and becomes an outcome.
pub(crate) async fn outgoing(
    objects: &mut HandOver,
    listed: &Listed,
    taken: &[&TransferSyntaxUid],
) -> Result<Outgoing, Outcome> {
    let Listed { sop_class, sop_uid, transfer_syntax, .. } = listed;
    let Some(syntax) = choose(transfer_syntax, taken) else {
        tracing::warn!(class = %sop_class, held = %transfer_syntax,
            "an object was not handed over: the peer takes neither its SOP class in the transfer \
             syntax it is held in nor in a plain one");
        return Err(Outcome::NoContext);
    };
    match objects.open(listed, &syntax).await {
        Ok(sending) => Ok(Outgoing {
            class: sop_class.clone(),
            instance: sop_uid.clone(),
            syntax,
            source: Source::Reader(Box::new(StreamReader::new(sending))),
        }),
        Err(error) => {
            tracing::warn!(class = %sop_class, held = %transfer_syntax, wanted = %syntax,
                "an object was not handed over: {error}");
            Err(Outcome::Unreadable(std::io::Error::other(error)))
        }
    }
}

/// Tells why a peer did not take an object.
pub(crate) fn told(listed: &Listed, outcome: &Outcome) {
    // Its comment stays out: peers write names of patients into it.
    if let Outcome::Refused(status, _comment) = outcome {
        tracing::warn!(class = %listed.sop_class, %status, "a peer refused an object");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(held: &str, taken: &[&str], expected: Option<&str>) {
        let uid = |text: &str| TransferSyntaxUid::parse(text).unwrap();
        let taken: Vec<_> = taken.iter().map(|text| uid(text)).collect();
        let found = choose(&uid(held), &taken.iter().collect::<Vec<_>>());
        assert_eq!(found, expected.map(uid));
    }

    #[test]
    fn as_held_then_explicit_then_implicit() {
        let (implicit, explicit, jpeg) =
            ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.70");
        check(jpeg, &[implicit, explicit, jpeg], Some(jpeg));
        check(jpeg, &[implicit, explicit], Some(explicit));
        check(explicit, &[implicit, jpeg], Some(implicit));
        check(implicit, &[jpeg], None);
        check(implicit, &[], None);
    }
}
