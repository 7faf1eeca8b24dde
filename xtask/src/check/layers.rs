//! The layers: a crate imports only crates in rows below its own, and libraries with an owner
//! are used by their owner alone. `docs/architecture.md` gives the reasons.

use anyhow::bail;

use crate::metadata::{Package, packages};

/// The rows, top first.
const ROWS: [&[&str]; 10] = [
    &["lightcase-tests"],
    &["lightcase"],
    &["lightcase-scp", "lightcase-web"],
    &["lightcase-share"],
    &["lightcase-archive", "lightcase-accounts"],
    &["lightcase-catalog"],
    &["lightcase-storage", "lightcase-deident", "lightcase-audit", "lightcase-dimse"],
    &["lightcase-codec"],
    &["lightcase-dataset"],
    &["lightcase-model"],
];

/// Crates outside the product: nothing but tests may import them, and they import nothing of it.
const OUTSIDE: [&str; 2] = ["lightcase-testkit", "xtask"];

/// Libraries that one crate owns, so that a change of library is a change of one crate.
const OWNED: [(&str, &str); 20] = [
    ("dicom-object", "lightcase-dataset"),
    ("encoding_rs", "lightcase-dataset"),
    ("dicom-pixeldata", "lightcase-codec"),
    ("image", "lightcase-codec"),
    ("charls", "lightcase-codec"),
    ("jpeg2k", "lightcase-codec"),
    ("ed25519-dalek", "lightcase-audit"),
    ("object_store", "lightcase-storage"),
    ("aes-gcm", "lightcase-storage"),
    ("dicom-ul", "lightcase-dimse"),
    ("sqlx", "lightcase-catalog"),
    ("argon2", "lightcase-accounts"),
    ("totp-rs", "lightcase-accounts"),
    ("webauthn-rs", "lightcase-accounts"),
    ("openidconnect", "lightcase-accounts"),
    ("lettre", "lightcase-share"),
    ("axum", "lightcase-web"),
    ("tower-http", "lightcase-web"),
    ("clap", "lightcase"),
    ("tracing-subscriber", "lightcase"),
];

pub(super) fn run() -> anyhow::Result<()> {
    let broken = broken(&packages()?);
    if !broken.is_empty() {
        bail!("{} broken\n  {}", broken.len(), broken.join("\n  "));
    }
    Ok(())
}

fn row(name: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&name))
}

/// One sentence per broken rule.
fn broken(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(of_package).collect()
}

fn of_package(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let outside = OUTSIDE.contains(&name);
    let own = row(name);
    if own.is_none() && !outside {
        return vec![format!("{name} has no row: give it one in xtask/src/check/layers.rs")];
    }
    let edge = |dependency: &crate::metadata::Dependency| {
        let to = dependency.name.as_str();
        if to == name || (dependency.dev && OUTSIDE.contains(&to)) {
            return None;
        }
        if OUTSIDE.contains(&to) {
            return Some(format!("{name} imports {to}, which is for tests only"));
        }
        match (own, row(to)) {
            (None, Some(_)) => Some(format!(
                "{name} imports {to}: it must know nothing of the product to test it from outside"
            )),
            (Some(from), Some(below)) if below == from => Some(format!(
                "{name} imports {to} beside it: what both need belongs in a row below"
            )),
            (Some(from), Some(below)) if below < from => Some(format!(
                "{name} imports {to} above it: turn the call around, or move what is needed down"
            )),
            (Some(_), Some(_)) => None,
            (_, None) => OWNED
                .iter()
                .find(|(library, owner)| {
                    *library == to && *owner != name && !dependency.dev && !outside
                })
                .map(|(library, owner)| {
                    format!(
                        "{name} uses {library}, which {owner} owns: ask {owner} for what is needed"
                    )
                }),
        }
    };
    package.dependencies.iter().filter_map(edge).collect()
}

#[cfg(test)]
mod tests {
    use super::{broken, packages};
    use crate::metadata::{Dependency, Package};

    fn check(name: &str, imports: &str, dev: bool) -> Vec<String> {
        let dependencies = vec![Dependency { name: imports.to_owned(), dev }];
        let (benches, tests) = (Vec::new(), Vec::new());
        broken(&[Package { name: name.to_owned(), dependencies, benches, tests }])
    }

    #[test]
    fn the_workspace_keeps_its_layers() {
        assert_eq!(broken(&packages().unwrap()), Vec::<String>::new());
    }

    #[test]
    fn down_is_allowed_and_up_and_beside_are_not() {
        assert!(check("lightcase-web", "lightcase-model", false).is_empty());
        assert!(check("lightcase-web", "lightcase-scp", false)[0].contains("beside"));
        assert!(check("lightcase-model", "lightcase-web", true)[0].contains("above"));
        assert!(check("lightcase-new", "serde", false)[0].contains("no row"));
    }

    #[test]
    fn owned_libraries_stay_with_their_owner() {
        assert!(check("lightcase-catalog", "sqlx", false).is_empty());
        assert!(check("lightcase-web", "sqlx", false)[0].contains("lightcase-catalog owns"));
        assert!(check("lightcase-web", "sqlx", true).is_empty());
    }

    #[test]
    fn the_testkit_is_for_tests() {
        assert!(check("lightcase-web", "lightcase-testkit", true).is_empty());
        assert!(check("lightcase-web", "lightcase-testkit", false)[0].contains("tests only"));
        assert!(check("lightcase-testkit", "lightcase-model", false)[0].contains("from outside"));
    }
}
