//! Puts the built viewer where the crate embeds it from. When it was not built yet, it is built if
//! npm is there, and else replaced by a page that says how; so the crate always compiles.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Lightcase</title>\
    <h1>The viewer is not built</h1><p>Build it and then this program again:</p>\
    <pre>cd viewer &amp;&amp; npm ci &amp;&amp; npm run build</pre>";

#[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts by environment")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn main() -> io::Result<()> {
    let missing = |name| io::Error::other(format!("cargo did not set {name}"));
    let own =
        PathBuf::from(variable("CARGO_MANIFEST_DIR").ok_or_else(|| missing("CARGO_MANIFEST_DIR"))?);
    let out = PathBuf::from(variable("OUT_DIR").ok_or_else(|| missing("OUT_DIR"))?).join("viewer");
    let viewer = own.join("../../viewer");
    let built = viewer.join("dist");
    println!("cargo::rerun-if-env-changed=LIGHTCASE_SKIP_VIEWER");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", built.display());
    let skip = variable("LIGHTCASE_SKIP_VIEWER").is_some();
    if !built.join("index.html").is_file() && !skip && viewer.join("package.json").is_file() {
        build(&viewer);
    }
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;
    if built.join("index.html").is_file() {
        return copy(&built, &out);
    }
    println!("cargo::warning=viewer/dist is absent: a page saying how to build it is embedded");
    write(&out.join("index.html"), PAGE)?;
    write(&out.join("share.html"), PAGE)
}

fn build(viewer: &Path) {
    for arguments in [["ci"].as_slice(), ["run", "build"].as_slice()] {
        let done = Command::new("npm").args(arguments).current_dir(viewer).status();
        if !done.is_ok_and(|status| status.success()) {
            println!("cargo::warning=npm {} failed in viewer/", arguments.join(" "));
            return;
        }
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "build output, made again whenever it is lost")]
fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)
}
