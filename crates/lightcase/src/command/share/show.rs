//! A link as its owner reads it in a terminal.

use lightcase_model::{May, Timestamp};
use lightcase_share::{Delivery, ShareDetail, ShareView};

use crate::output;

/// Prints all that is known of a link.
pub(super) fn print(detail: &ShareDetail) {
    let rows: Vec<Vec<String>> =
        facts(detail).into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    output::table(&["LINK", &detail.share.id.to_string()], &rows);
    output::line("");
    let rows: Vec<Vec<String>> = detail
        .seen
        .iter()
        .map(|series| {
            let seen = format!("{}/{}", series.seen, series.images);
            vec![series.modality.clone(), seen, series.description.clone()]
        })
        .collect();
    output::table(&["MODALITY", "SEEN", "SERIES"], &rows);
    if !detail.alerts.is_empty() {
        output::line("");
        let told = |seen: bool| if seen { "seen" } else { "new" }.to_owned();
        let rows: Vec<Vec<String>> = detail
            .alerts
            .iter()
            .map(|alert| vec![alert.kind.name().to_owned(), alert.at.to_string(), told(alert.seen)])
            .collect();
        output::table(&["ALERT", "AT", ""], &rows);
    }
}

fn facts(detail: &ShareDetail) -> Vec<(&'static str, String)> {
    let share = &detail.share;
    let email = share.email.as_ref().map(|email| format!(" <{}>", email.expose()));
    let record = share.authority.record().map(|record| format!(" {record}"));
    let (starts, expires) = (share.starts.unwrap_or(share.created_at), share.expires);
    vec![
        ("Recipient", share.recipient.expose().clone() + &email.unwrap_or_default()),
        ("State", share.state.name().to_owned()),
        ("Made", format!("{} by {}", share.created_at, share.created_by)),
        ("Opens", format!("from {starts} until {expires}")),
        ("Revoked", when(share.revoked_at)),
        ("Authority", share.authority.name().to_owned() + &record.unwrap_or_default()),
        ("Purpose", share.purpose.clone()),
        ("Studies", joined(share.studies.iter().map(|study| study.study_uid.to_string()))),
        ("Copies of", joined(share.sources.iter().map(|study| study.study_uid.to_string()))),
        ("Lent", lent(share)),
        ("Asks for", joined(share.factors.iter().map(|each| each.name().to_owned()))),
        ("Mail", share.delivery.as_ref().map_or_else(|| "not sent".to_owned(), mailed)),
        ("Uses", format!("{} of {}", share.uses, share.max_uses)),
        ("First opened", when(share.first_opened_at)),
        ("Last opened", when(share.last_opened_at)),
        ("Networks", detail.networks.to_string()),
        ("Downloaded", downloaded(detail)),
        ("Wrong tries", share.failed_attempts.to_string()),
        ("Probes", detail.probes.to_string()),
    ]
}

fn when(instant: Option<Timestamp>) -> String {
    instant.map_or_else(|| "never".to_owned(), |instant| instant.to_string())
}

fn joined(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

fn lent(share: &ShareView) -> String {
    let what = if share.clean { "clean copies" } else { "images with the name" };
    let may = match share.may {
        May::View => "to view",
        May::Download => "to view and download",
    };
    let arrivals = if share.live { ", later arrivals too" } else { "" };
    format!("{what}, {may}{arrivals}")
}

fn mailed(delivery: &Delivery) -> String {
    let why = if delivery.error.is_empty() { "" } else { ": " };
    format!("{} {}{why}{}", delivery.state.name(), delivery.at, delivery.error)
}

fn downloaded(detail: &ShareDetail) -> String {
    detail.download.as_ref().map_or_else(
        || "nothing".to_owned(),
        |download| match download.completed_at {
            Some(at) => format!("all of it, {at}"),
            None => format!("{} of {} bytes", download.bytes, download.total),
        },
    )
}

#[cfg(test)]
mod tests {
    use lightcase_share::MailState;

    use super::*;

    #[test]
    fn words_for_what_is_not_there() {
        assert_eq!(when(None), "never");
        assert_eq!(joined(std::iter::empty()), "nothing");
        assert_eq!(joined(["a", "b"].map(str::to_owned).into_iter()), "a, b");
        let at = Timestamp::from_micros(0);
        let check = |error: &str, ends: &str| {
            let delivery =
                Delivery { state: MailState::Failed, tries: 3, at, error: error.to_owned() };
            let said = mailed(&delivery);
            assert!(said.starts_with("failed ") && said.ends_with(ends), "{said}");
        };
        check("", &at.to_string());
        check("Refused (550).", ": Refused (550).");
    }
}
