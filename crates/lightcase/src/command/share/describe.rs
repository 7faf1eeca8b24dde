//! Links as JSON.

use lightcase_model::{May, Timestamp};
use lightcase_share::{Delivery, ShareDetail, ShareView};
use serde_json::{Value, json};

pub(super) fn describe(share: &ShareView) -> Value {
    let studies: Vec<_> = share.studies.iter().map(|study| study.study_uid.to_string()).collect();
    let sources: Vec<_> = share.sources.iter().map(|study| study.study_uid.to_string()).collect();
    let at = |instant: Option<Timestamp>| instant.map(|instant| instant.to_string());
    json!({
        "id": share.id, "recipient": share.recipient.expose(),
        "email": share.email.as_ref().map(|email| email.expose().clone()), "studies": studies,
        "sources": sources,
        "series": share.series.as_ref().map(|series| {
            series.iter().map(ToString::to_string).collect::<Vec<_>>()
        }),
        "may": match share.may { May::View => "view", May::Download => "download" },
        "state": share.state.name(), "createdAt": share.created_at.to_string(),
        "createdBy": share.created_by, "byAccount": share.by_account, "starts": at(share.starts),
        "expires": share.expires.to_string(), "uses": share.uses, "maxUses": share.max_uses,
        "failedAttempts": share.failed_attempts, "clean": share.clean,
        "arrivals": if share.live { "live" } else { "frozen" }, "purpose": share.purpose,
        "message": share.message.expose(),
        "authority": share.authority.name(), "authorisation": share.authority.record(),
        "factors": share.factors.iter().map(|each| each.name()).collect::<Vec<_>>(),
        "language": share.language.name(), "firstOpenedAt": at(share.first_opened_at),
        "lastOpenedAt": at(share.last_opened_at), "revokedAt": at(share.revoked_at),
        "delivery": share.delivery.as_ref().map(delivered),
    })
}

fn delivered(delivery: &Delivery) -> Value {
    let error = (!delivery.error.is_empty()).then_some(&delivery.error);
    json!({
        "state": delivery.state.name(), "tries": delivery.tries, "at": delivery.at.to_string(),
        "error": error,
    })
}

pub(super) fn describe_all(detail: &ShareDetail) -> Value {
    let mut document = describe(&detail.share);
    let seen = detail.seen.iter().map(|series| {
        json!({
            "studyInstanceUid": series.study_uid.to_string(),
            "seriesInstanceUid": series.series_uid.to_string(),
            "description": series.description, "modality": series.modality,
            "images": series.images, "seen": series.seen,
        })
    });
    let alerts = detail.alerts.iter().map(|alert| {
        json!({
            "id": alert.id.to_string(), "kind": alert.kind.name(), "at": alert.at.to_string(),
            "seen": alert.seen,
        })
    });
    let more = json!({
        "download": detail.download.map(|download| json!({
            "bytes": download.bytes, "total": download.total,
            "complete": download.completed_at.is_some(),
        })),
        "seen": seen.collect::<Vec<_>>(), "probes": detail.probes, "networks": detail.networks,
        "alerts": alerts.collect::<Vec<_>>(),
    });
    if let (Some(document), Value::Object(more)) = (document.as_object_mut(), more) {
        document.extend(more);
    }
    document
}

#[cfg(test)]
mod tests {
    use lightcase_share::MailState;

    use super::*;

    #[test]
    fn a_mail_without_a_fault_has_null() {
        for (error, expected) in [("", Value::Null), ("Refused (550).", "Refused (550).".into())] {
            let at = Timestamp::from_micros(0);
            let delivery =
                Delivery { state: MailState::Failed, tries: 3, at, error: error.to_owned() };
            assert_eq!(delivered(&delivery)["error"], expected);
        }
    }
}
