//! Instants on the command line: from now on, or absolute with a zone.

use std::time::Duration;

use anyhow::bail;
use lightcase_model::Timestamp;

/// `30d`, `12h`, `90m`, or an RFC 3339 instant with a zone.
pub(crate) fn parse(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let split = text.len().saturating_sub(1);
    if let Some((digits, unit)) = text.split_at_checked(split)
        && let Ok(count) = digits.parse::<u64>()
    {
        let seconds = match unit {
            "d" => 86_400,
            "h" => 3_600,
            "m" => 60,
            _ => bail!("{text:?} is not a time; write 7d, 12h, 90m, or 2026-11-29T12:00:00Z"),
        };
        return Ok(now.plus(Duration::from_secs(count.saturating_mul(seconds))));
    }
    match Timestamp::parse_rfc3339(text) {
        Ok(instant) => Ok(instant),
        Err(_error) => bail!("{text:?} is not a time; write 7d, 12h, 90m, or 2026-11-29T12:00:00Z"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, seconds: Option<i64>) {
        let now = Timestamp::from_micros(0);
        assert_eq!(parse(text, now).ok().map(|at| at.micros() / 1_000_000), seconds, "{text}");
    }

    #[test]
    fn durations_and_zoned_instants_are_read() {
        check("7d", Some(604_800));
        check("12h", Some(43_200));
        check("1970-01-01T09:00:00+09:00", Some(0));
        check("1970-01-01T09:00:00", None);
        check("7", None);
        check("7w", None);
        check("", None);
    }
}
