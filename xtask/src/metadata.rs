//! What `cargo metadata` says about the workspace.

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::Value;

use crate::shell;

/// One crate of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// Names of benchmark targets.
    pub(crate) benches: Vec<String>,
    /// Names of integration tests.
    pub(crate) tests: Vec<String>,
}

/// One line of a crate's dependencies.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Whether only tests, examples and benchmarks see it.
    pub(crate) dev: bool,
}

/// Every crate of the workspace. Needs no network.
pub(crate) fn packages() -> anyhow::Result<Vec<Package>> {
    list(&document()?, "packages").iter().map(package).collect()
}

/// Where cargo builds to: `target`, or where one's own configuration says.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    Ok(text(&document()?, "target_directory")?.into())
}

fn document() -> anyhow::Result<Value> {
    let mut command = shell::cargo("metadata --no-deps --offline --format-version 1");
    Ok(serde_json::from_str(&shell::capture(&mut command)?)?)
}

fn package(value: &Value) -> anyhow::Result<Package> {
    let dependency = |value: &Value| {
        Ok(Dependency {
            name: text(value, "name")?,
            dev: value.get("kind").and_then(Value::as_str) == Some("dev"),
        })
    };
    let targets = |wanted: &str| {
        list(value, "targets")
            .iter()
            .filter(|target| list(target, "kind").iter().any(|kind| kind == wanted))
            .map(|target| text(target, "name"))
            .collect::<anyhow::Result<Vec<_>>>()
    };
    Ok(Package {
        name: text(value, "name")?,
        dependencies: list(value, "dependencies")
            .iter()
            .map(dependency)
            .collect::<anyhow::Result<_>>()?,
        benches: targets("bench")?,
        tests: targets("test")?,
    })
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, key: &str) -> anyhow::Result<String> {
    let text = value.get(key).and_then(Value::as_str);
    Ok(text.with_context(|| format!("cargo metadata has no {key}"))?.to_owned())
}
