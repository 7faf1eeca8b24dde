//! JSON lines: one record a line, with its place in the chain.

use data_encoding::HEXLOWER;

use crate::{Json, Personal, Record};

/// One line without its line feed: `{"chain", "leaf", "personal"?, "record", "seq"}`.
///
/// `record` is the canonical encoding itself, so its SHA-256 with a zero byte before is `leaf`.
/// `personal` stands there only when the caller opened it, for somebody entitled.
pub fn line(seq: u64, link: &[u8; 32], record: &Record, opened: Option<&Personal>) -> String {
    let mut members = vec![
        ("seq", Json::integer(seq)),
        ("chain", Json::Text(HEXLOWER.encode(link))),
        ("leaf", Json::Text(HEXLOWER.encode(&record.leaf()))),
        ("record", record.to_json()),
    ];
    if let Some(Ok(personal)) = opened.map(|personal| Json::parse(&personal.to_vec())) {
        members.push(("personal", personal));
    }
    Json::object(members).to_string()
}

#[cfg(test)]
mod tests {
    use lightcase_model::{Ctx, EventId, Timestamp};

    use super::*;
    use crate::{Draft, Event, GENESIS, chain};

    #[test]
    fn a_line_carries_the_canonical_record() {
        let ctx = Ctx::system(Timestamp::from_micros(0));
        let event = Event::ConfigurationChanged { keys: vec!["line\nfeed".to_owned()] };
        let record = Draft::new(EventId::random(), &ctx, event).seal(None);
        let link = chain(&GENESIS, 1, &record.leaf());
        let personal = Personal { reason: Some("b\nc".to_owned()), ..Personal::default() };

        let text = line(1, &link, &record, Some(&personal));

        assert!(!text.contains('\n'));
        assert!(text.contains(std::str::from_utf8(&record.canonical()).unwrap()));
        let read = Json::parse(text.as_bytes()).unwrap();
        assert_eq!(read.get("personal").unwrap().to_string(), r#"{"reason":"b\nc"}"#);
        assert_eq!(line(1, &link, &record, None).find("reason"), None);
    }
}
