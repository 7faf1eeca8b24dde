//! `cargo xtask bench NAME`: one of the workspace's benchmark targets, in the one profile, or one
//! that drives foreign programs: `tests/bench/NAME/main.py` with the Python packages that
//! `requirements.txt` beside it pins. One with a `browser.mjs` in its folder measures the pages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

use crate::{metadata, needs, shell, venv, viewer};

const FOLDER: &str = "tests/bench";

/// What runs a benchmark.
enum Runner {
    Cargo(String),
    Python(PathBuf),
}

pub(crate) fn run(name: &str, words: &[String]) -> anyhow::Result<()> {
    let Some(runner) = find(name)? else {
        bail!("no benchmark is called {name:?}; there are: {}", names()?.join(", "));
    };
    if Path::new(FOLDER).join(name).join("browser.mjs").is_file() {
        // Before the build, which puts the pages into the binary.
        viewer::packages()?;
        viewer::build()?;
    }
    // With the features that the tests bring, so that nothing is compiled twice.
    shell::run(&mut shell::cargo("build --release --workspace --bins --tests"))?;
    // Beside what is built, since the folder for temporary files is often memory.
    let target = metadata::target()?;
    let folder = target.join("tmp");
    std::fs::create_dir_all(&folder)?;
    let mut command = match runner {
        Runner::Cargo(bench) => {
            let mut command = shell::cargo("bench --profile release --workspace");
            command.args(["--bench", &bench]);
            if !words.is_empty() {
                command.arg("--");
            }
            command
        }
        Runner::Python(script) => python(&script, &target.join("venv").join(name))?,
    };
    if let Some(chromium) = needs::chromium() {
        command.env("LIGHTCASE_CHROMIUM", chromium);
    }
    shell::run(
        command
            .args(words)
            .env("TMPDIR", folder)
            .env("LIGHTCASE_BIN", target.join("release/lightcase"))
            .env("LIGHTCASE_TESTKIT", target.join("release/testkit"))
            .env("LIGHTCASE_VIEWER", shell::root()?.join("viewer")),
    )
}

/// A script in an environment of its own, told where the peers are.
fn python(script: &Path, environment: &Path) -> anyhow::Result<Command> {
    let mut command =
        Command::new(venv::interpreter(environment, &script.with_file_name("requirements.txt"))?);
    command.arg(script).env("PYTHONDONTWRITEBYTECODE", "1");
    if let Some(corpus) = needs::corpus()? {
        command.env("LIGHTCASE_CORPUS", corpus);
    }
    if let Some(orthanc) = needs::orthanc() {
        command.env("LIGHTCASE_ORTHANC", orthanc);
    }
    Ok(command)
}

fn find(name: &str) -> anyhow::Result<Option<Runner>> {
    let script = Path::new(FOLDER).join(name).join("main.py");
    if script.is_file() {
        return Ok(Some(Runner::Python(script)));
    }
    let known = targets()?.into_iter().find(|target| target == name);
    Ok(known.map(Runner::Cargo))
}

fn names() -> anyhow::Result<Vec<String>> {
    let mut names = targets()?;
    for entry in Path::new(FOLDER).read_dir()? {
        let folder = entry?.path();
        if folder.join("main.py").is_file() {
            names.extend(folder.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn targets() -> anyhow::Result<Vec<String>> {
    Ok(metadata::packages()?.into_iter().flat_map(|package| package.benches).collect())
}
