//! The tables of `docs/conformance.md` say what the services do. `LIGHTCASE_BLESS=1` writes them
//! anew.

mod sop_classes;
mod transfer_syntaxes;

use std::fmt::Write as _;
use std::path::Path;

use lightcase_archive::Reason;
use lightcase_dimse::scu::Target;
use lightcase_dimse::{
    IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, ListenerOptions, Services,
};
use lightcase_model::{Attribute, Level, TransferSyntaxUid, Uid};
use lightcase_scp::{FindLimits, OpenLoopback, response};

use self::sop_classes::SOP_CLASSES;
use self::transfer_syntaxes::TRANSFER_SYNTAXES;
use crate::house::{House, title};

const STATEMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/conformance.md");
const LEVELS: [(Level, &str); 4] = [
    (Level::Patient, "PATIENT"),
    (Level::Study, "STUDY"),
    (Level::Series, "SERIES"),
    (Level::Instance, "IMAGE"),
];

const fn yes(it: bool) -> &'static str {
    if it { "yes" } else { "" }
}

/// Rows of a table in Markdown.
fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(N));
    for row in rows {
        writeln!(text, "| {} |", row.join(" | ")).unwrap();
    }
    text
}

/// The SOP classes of the standard that a service takes as SCP.
fn sop_classes(services: &Services, storage: bool) -> String {
    let rows = SOP_CLASSES.iter().filter_map(|(uid, name)| {
        let service = services.serving(&Uid::parse(uid).unwrap())?.service_class();
        ((service == "Storage") == storage)
            .then(|| [(*name).to_owned(), (*uid).to_owned(), service.to_owned()])
    });
    table(["SOP class", "UID", "service"], rows)
}

/// The transfer syntaxes of the standard: who takes them, and in which others they are handed out.
fn transfer_syntaxes(services: &Services) -> String {
    let service = |class: &str| services.serving(&Uid::parse(class).unwrap()).unwrap();
    let (storage, query) =
        (service("1.2.840.10008.5.1.4.1.1.2"), service("1.2.840.10008.5.1.4.1.2.2.1"));
    let rows = TRANSFER_SYNTAXES.iter().map(|(uid, name)| {
        let syntax = TransferSyntaxUid::parse(uid).unwrap();
        [
            (*name).to_owned(),
            (*uid).to_owned(),
            yes(storage.reads(&syntax)).to_owned(),
            yes(lightcase_codec::decodes(&syntax)).to_owned(),
            yes(query.reads(&syntax)).to_owned(),
        ]
    });
    table(["transfer syntax", "UID", "kept and returned", "decoded", "query and the rest"], rows)
}

fn attributes() -> String {
    let used = |used: fn(Attribute, Level) -> bool, attribute: Attribute| {
        let levels = LEVELS.iter().filter(|(level, _)| used(attribute, *level));
        levels.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
    };
    let rows = Attribute::ALL.iter().map(|attribute| {
        let (group, element) = attribute.tag();
        [
            attribute.keyword().to_owned(),
            format!("({group:04X},{element:04X})"),
            attribute.vr().to_owned(),
            used(Attribute::is_matched_at, *attribute),
            used(Attribute::is_returned_at, *attribute),
        ]
    });
    table(["attribute", "tag", "VR", "matched at", "returned at"], rows)
}

fn statuses() -> String {
    let rows = Reason::ALL.into_iter().map(|reason| {
        let response = response(reason);
        let comment = response.comment.unwrap();
        [
            format!("{:04X}", response.status.code()),
            response.status.meaning().to_owned(),
            reason.name().to_owned(),
            comment.as_str().to_owned(),
        ]
    });
    table(["status", "meaning", "reason in the log", "Error Comment (0000,0902)"], rows)
}

fn limits() -> String {
    let options = ListenerOptions::new(title("LIGHTCASE"));
    let target = Target::new("", 0, title("PEER"), title("LIGHTCASE"));
    let seconds = |duration: std::time::Duration| format!("{} s", duration.as_secs());
    let rows = [
        ("Application Context Name", "1.2.840.10008.3.1.1.1".to_owned()),
        ("Implementation Class UID", IMPLEMENTATION_CLASS_UID.to_owned()),
        ("Implementation Version Name", IMPLEMENTATION_VERSION_NAME.replace(VERSION, "*version*")),
        ("Maximum PDU length taken, as SCP", format!("{} bytes", options.max_pdu)),
        ("Maximum PDU length taken, as SCU", format!("{} bytes", target.max_pdu)),
        ("Associations at once", options.max_associations.to_string()),
        ("Associations at once from one address", options.max_per_address.to_string()),
        ("Associations at once of one AE title", options.max_per_ae.to_string()),
        ("ARTIM timer", seconds(options.artim)),
        ("Wait for the next PDU", seconds(options.idle)),
        ("Wait as SCU: connection, handshake, acceptance, each", seconds(target.connect)),
        ("Wait as SCU: response", seconds(target.idle)),
        ("Matches of one C-FIND", FindLimits::default().matches.to_string()),
        ("Asynchronous operations", "not negotiated: 1 invoked, 1 performed".to_owned()),
    ];
    table(["", "value"], rows.map(|(name, value)| [name.to_owned(), value]))
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The statement with its tables replaced: each stands between two comments that name it.
fn filled(statement: &str, tables: &[(&str, String)]) -> String {
    let mut text = statement.to_owned();
    for (name, table) in tables {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
        let from = text.find(&begin).unwrap_or_else(|| panic!("no table {name}")) + begin.len();
        let to = from + text[from..].find(&end).unwrap_or_else(|| panic!("no end of {name}"));
        text.replace_range(from..to, &format!("\n{table}\n"));
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "a page of the documentation, not of the archive")]
fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

#[tokio::test]
async fn the_statement_is_that_of_the_services() {
    let house = House::open(OpenLoopback::No).await;
    let services = house.services();
    let tables = [
        ("services", sop_classes(&services, false)),
        ("storage", sop_classes(&services, true)),
        ("transfer syntaxes", transfer_syntaxes(&services)),
        ("attributes", attributes()),
        ("statuses", statuses()),
        ("limits", limits()),
    ];
    let path = Path::new(STATEMENT);
    let found = std::fs::read_to_string(path).unwrap();
    let expected = filled(&found, &tables);
    if std::env::var_os("LIGHTCASE_BLESS").is_some() {
        write(path, &expected);
    } else {
        assert!(found == expected, "docs/conformance.md is not what is served; LIGHTCASE_BLESS=1");
    }
    house.close().await;
}
