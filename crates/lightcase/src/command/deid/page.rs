//! The certificate of a study as a page to print: one file that loads nothing and runs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

use lightcase_deident::{Outcome, Region, Report, Verdict, Widened};

use super::file::why_held;
use super::study::StudyCertificate;

const STYLE: &str = include_str!("page.css");

/// Outcomes, with what they are called and what they mean.
const OUTCOMES: [(Outcome, &str, &str); 8] = [
    (Outcome::Kept, "Kept", "The value stayed as it was."),
    (Outcome::Cleaned, "Cleaned", "A part of the value stayed."),
    (Outcome::Replaced, "Replaced", "Another value stands in its place."),
    (Outcome::Mapped, "Mapped", "A UID got the one that this project's key gives it."),
    (Outcome::Shifted, "Shifted", "A date was moved."),
    (Outcome::Emptied, "Emptied", "The attribute is there without a value."),
    (Outcome::Removed, "Removed", "The attribute is gone."),
    (Outcome::Added, "Added", "The attribute was not there."),
];

const DIGESTS: &str = "A digest is a fingerprint of the bytes of a file. The one before is \
    HMAC-SHA-256 under this project's key: from it nothing of the original can be told, not even \
    that a study of another project is of the same one. The report of the run, which stays with \
    the originals, has their SHA-256, and counts the files that do not say which study they are of.";

/// A row of a table, or the lines of a fact. A cell may have several lines.
type Cells = Vec<String>;

/// Writes the page.
pub(super) fn write(made: &StudyCertificate, to: &mut dyn Write) -> io::Result<()> {
    writeln!(
        to,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>De-identification certificate</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>De-identification certificate</h1>"
    )?;
    if made.patients > 1 {
        let patients = made.patients;
        writeln!(
            to,
            "<p class=\"mixed\">The objects of this study are of {patients} patients.</p>"
        )?;
    }
    list("facts", &facts(made), to)?;
    heading("Objects", to)?;
    list("sums", &sums(made), to)?;
    let reasons = reasons(made);
    if !reasons.is_empty() {
        heading("Why objects are held or were refused", to)?;
        table("reasons", (&["What", "Reason", "Objects"], &reasons), to)?;
    }
    heading("What happened to attributes", to)?;
    table("actions", (&["Action", "Meaning", "Attributes"], &actions(made)), to)?;
    let decisions = decisions(made);
    if !decisions.is_empty() {
        heading("Decisions", to)?;
        let head = ["Object", "Decision", "When", "Why it was held", "Blanked"];
        table("decisions", (&head, &decisions), to)?;
    }
    heading("Objects and their digests", to)?;
    let head = ["#", "Object", "State", "Keyed SHA-256 before", "SHA-256 after"];
    table("objects", (&head, &objects(made)), to)?;
    writeln!(to, "<footer><p>{}</p></footer>\n</body>\n</html>", Text(DIGESTS))
}

fn facts(made: &StudyCertificate) -> Vec<(&'static str, Cells)> {
    let certificate = &made.certificate;
    let patients = match made.patients {
        0 => "The objects name nobody".to_owned(),
        count => count.to_string(),
    };
    let or_none = |lines: Cells| if lines.is_empty() { vec!["None".to_owned()] } else { lines };
    vec![
        ("Study (new UID)", vec![made.study.clone()]),
        ("Patients", vec![patients]),
        ("Profile", vec![certificate.profile.clone()]),
        ("Options", or_none(certificate.options.clone())),
        ("Let through beyond the rule", or_none(beyond(&certificate.widened))),
        ("Engine", vec![certificate.engine.clone()]),
        ("Table", vec![certificate.table.clone()]),
    ]
}

/// What a profile lets through beyond the rule.
fn beyond(widened: &Widened) -> Cells {
    let lists = [
        ("SOP classes that nobody looks at", &widened.release_classes),
        ("SOP classes whose images may be SECONDARY", &widened.release_secondary),
        ("Safe terms", &widened.safe_terms),
    ];
    let said = lists.into_iter().filter(|(_, list)| !list.is_empty());
    let mut lines: Cells =
        said.map(|(what, list)| format!("{what}: {}", list.join(", "))).collect();
    if widened.devices > 0 {
        lines.push(format!("Devices whose regions are made black: {}", widened.devices));
    }
    if widened.one_issuer {
        lines.push("Issuers of patient IDs are left out".to_owned());
    }
    if widened.exact_ages {
        lines.push("Ages of 90 years and over stay as they are".to_owned());
    }
    if widened.moved_versions {
        lines.push("Published dates of vocabularies move with those of the patient".to_owned());
    }
    lines
}

fn sums(made: &StudyCertificate) -> Vec<(&'static str, Cells)> {
    let (certificate, approved) = (&made.certificate, made.decisions.len());
    let sum = |count: usize| vec![count.to_string()];
    vec![
        ("Objects in all", sum(certificate.objects.len())),
        ("Released at once", sum(certificate.released.saturating_sub(approved))),
        ("Held for review", sum(certificate.held.saturating_add(approved))),
        ("Approved", sum(approved)),
        ("Still waiting", sum(certificate.held)),
        ("Refused", sum(certificate.refused.values().sum())),
    ]
}

fn reasons(made: &StudyCertificate) -> Vec<Cells> {
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    for why in made.certificate.objects.iter().filter_map(|report| why_held(&report.verdict)) {
        *held.entry(why).or_default() += 1;
    }
    let line = |what: &str, why: &str, count: usize| {
        vec![what.to_owned(), sentence(why), count.to_string()]
    };
    let held = held.iter().map(|(why, count)| line("Held", why, *count));
    let refused = made.certificate.refused.iter().map(|(why, count)| line("Refused", why, *count));
    held.chain(refused).collect()
}

fn actions(made: &StudyCertificate) -> Vec<Cells> {
    let counts = &made.certificate.counts;
    let line = |(outcome, name, meaning): (Outcome, &str, &str)| {
        vec![name.to_owned(), meaning.to_owned(), counts.of(outcome).to_string()]
    };
    OUTCOMES.into_iter().map(line).collect()
}

fn decisions(made: &StudyCertificate) -> Vec<Cells> {
    let decided = made.decisions.iter().map(|one| {
        let blanked = match one.regions.as_slice() {
            [] => "Nothing".to_owned(),
            regions => rectangles(regions),
        };
        let (uid, at) = (one.sop_instance_uid.clone(), one.at.clone());
        vec![uid, sentence(one.decision), at, sentence(&one.held), blanked]
    });
    decided.collect()
}

fn objects(made: &StudyCertificate) -> Vec<Cells> {
    let approved: BTreeSet<&str> =
        made.decisions.iter().map(|one| one.sop_instance_uid.as_str()).collect();
    let state = |report: &Report| match report.verdict {
        Verdict::Released if approved.contains(report.sop_instance.as_str()) => "Approved",
        Verdict::Released => "Released",
        Verdict::ReleasedOnceBlanked(_) | Verdict::Held(_) => "Waiting",
    };
    let line = |(number, report): (usize, &Report)| {
        let mut object = format!("{}\nSOP class {}", report.sop_instance, report.sop_class);
        if !report.blanked.is_empty() {
            object.push_str("\nBlanked: ");
            object.push_str(&rectangles(&report.blanked));
        }
        let (number, state) = (number.to_string(), state(report).to_owned());
        vec![number, object, state, report.digest_before.clone(), report.digest_after.clone()]
    };
    (1_usize..).zip(&made.certificate.objects).map(line).collect()
}

fn rectangles(regions: &[Region]) -> String {
    let one = |Region { x, y, width, height }: &Region| format!("{width} × {height} at {x}, {y}");
    regions.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// With a capital letter, and a full stop where there are words.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if text.contains(' ') { "." } else { "" };
    format!("{first}{}{stop}", letters.as_str())
}

fn heading(text: &str, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "<h2>{}</h2>", Text(text))
}

fn list(class: &str, lines: &[(&str, Cells)], to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "<dl class=\"{class}\">")?;
    for (name, cells) in lines {
        let cells = cells.join("\n");
        writeln!(to, "<div><dt>{}</dt><dd>{}</dd></div>", Text(name), Text(&cells))?;
    }
    writeln!(to, "</dl>")
}

fn table(class: &str, (head, rows): (&[&str], &[Cells]), to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "<table class=\"{class}\">\n<thead><tr>")?;
    for name in head {
        writeln!(to, "<th scope=\"col\">{}</th>", Text(name))?;
    }
    writeln!(to, "</tr></thead>\n<tbody>")?;
    for row in rows {
        write!(to, "<tr>")?;
        for cell in row {
            write!(to, "<td>{}</td>", Text(cell))?;
        }
        writeln!(to, "</tr>")?;
    }
    writeln!(to, "</tbody>\n</table>")
}

/// A text as it stands between tags.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut own = [0; 4];
        for character in self.0.chars() {
            let written: &str = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                other => other.encode_utf8(&mut own),
            };
            f.write_str(written)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use lightcase_deident::{Hold, Profile};

    use super::super::certificate::Certified;
    use super::super::certificate::tests::{approved, entry};
    use super::*;

    const PROFILE: &str = "name = \"<script>alert('&')</script>\"\noptions = [\"clean-pixel-data\"]\n\
                           [pixels]\nsafe_terms = [\"LOCALIZER\"]\n";

    fn page(patients: usize) -> String {
        let mut held = entry("2.25.30", "2.25.2", "S2");
        held.report.verdict = Verdict::Held(BTreeSet::from([Hold::Secondary]));
        let region = Region { x: 1, y: 2, width: 30, height: 4 };
        let objects = [
            entry("2.25.30", "2.25.1", "S1"),
            held,
            approved(entry("2.25.30", "2.25.3", "S1"), &[region]),
        ];
        let profile = Profile::from_toml(PROFILE).unwrap();
        let Certified { certificate, mixed_studies: _, decisions } =
            Certified::of(&profile, objects, ["a \"strange\" one"]);
        let study = "2.25.30".to_owned();
        let made = StudyCertificate { certificate, study, patients, decisions };
        let mut written = Vec::new();
        write(&made, &mut written).unwrap();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn a_page_loads_and_runs_nothing() {
        let page = page(1);
        assert!(page.contains("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"), "{page}");
        assert!(page.contains("A &quot;strange&quot; one."), "{page}");
        for word in ["<script", "://", " src=", "href", "url(", "@import", "onload"] {
            assert!(!page.contains(word), "{word}: {page}");
        }
    }

    #[test]
    fn a_page_says_what_the_document_says() {
        assert!(!page(1).contains("patients."), "one patient is as it should be");
        let page = page(2);
        for text in [
            "The objects of this study are of 2 patients.",
            "<dt>Study (new UID)</dt><dd>2.25.30</dd>",
            "<dt>Let through beyond the rule</dt><dd>Safe terms: LOCALIZER</dd>",
            "<dt>Objects in all</dt><dd>3</dd>",
            "<dt>Released at once</dt><dd>1</dd>",
            "<dt>Held for review</dt><dd>2</dd>",
            "<dt>Still waiting</dt><dd>1</dd>",
            "<td>Held</td><td>Image Type says SECONDARY.</td><td>1</td>",
            "<td>2.25.3</td><td>Approved</td>",
            "<td>30 × 4 at 1, 2</td>",
            "<td>Waiting</td><td>aa</td><td>bb</td>",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("Quillerby"), "{page}");
    }
}
