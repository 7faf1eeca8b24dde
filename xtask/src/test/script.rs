//! Tests in other languages: foreign clients in Python, the browser in JavaScript.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::bail;

use super::Tally;
use crate::metadata;

/// A script that hangs is ended after this long. Two may share the processors.
const PATIENCE: Duration = Duration::from_mins(10);
/// By custom: the script says on its output why it was skipped.
const SKIPPED: i32 = 77;

/// Where scripts are, and how many of them run at once.
pub(super) struct Folder {
    pub(super) path: &'static str,
    pub(super) extension: &'static str,
    pub(super) at_once: usize,
}

/// Runs every script of a folder whose name does not begin with `_`. What each prints comes in one
/// piece, when it is at its end.
pub(super) fn run(
    folder: &Folder,
    only: Option<&str>,
    environment: &[(&'static str, String)],
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let said = metadata::target()?.join("scripts");
    fs::create_dir_all(&said)?;
    let chosen = scripts(Path::new(folder.path), folder.extension).into_iter().filter(|path| {
        let name = path.to_string_lossy();
        only.is_none_or(|word| name.contains(word))
    });
    let left = Mutex::new(chosen);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> anyhow::Result<Vec<(String, Option<i32>)>> {
        let mut outcomes = Vec::new();
        while let Some(path) = next() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let code = execute(&path, &said.join(format!("{name}.txt")), environment)?;
            outcomes.push((path.to_string_lossy().into_owned(), code));
        }
        Ok(outcomes)
    };
    let outcomes = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..folder.at_once).map(|_| scope.spawn(work)).collect();
        let ended = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_panic| bail!("a script was not watched")));
        ended.collect::<anyhow::Result<Vec<_>>>()
    })?;
    for (name, code) in outcomes.into_iter().flatten() {
        match code {
            Some(0) => tally.passed += 1,
            Some(SKIPPED) => tally.skip(&name, "  its output above says why"),
            code => {
                let code = code.map_or_else(|| "ended".to_owned(), |code| code.to_string());
                println!("FAIL {name} ({code})");
                tally.failed += 1;
            }
        }
    }
    Ok(())
}

fn scripts(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = folder
        .read_dir()
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .filter(|path| !path.file_name().is_some_and(|it| it.to_string_lossy().starts_with('_')))
        .collect();
    found.sort();
    found
}

/// Runs a script, prints what it said and gives its exit code, unless it had to be ended.
fn execute(
    path: &Path,
    said: &Path,
    environment: &[(&'static str, String)],
) -> anyhow::Result<Option<i32>> {
    let python = environment.iter().find(|(name, _)| *name == "LIGHTCASE_PYTHON");
    let program = match (path.extension().and_then(|it| it.to_str()), python) {
        (Some("py"), Some((_, python))) => python.as_str(),
        _ => "node",
    };
    let begun = Instant::now();
    // A file: a pipe is open for as long as anything is that the script has left running.
    let file = File::create(said)?;
    let mut child = Command::new(program)
        .arg(path)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .spawn()?;
    let (code, late) = loop {
        if let Some(status) = child.try_wait()? {
            break (status.code(), "");
        }
        if begun.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            break (None, "\nended: it took too long");
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let text = String::from_utf8_lossy(&fs::read(said)?).into_owned();
    let (name, seconds) = (path.display(), begun.elapsed().as_secs_f64());
    println!("\n== {name}\n{}{late}\n== {name}: {seconds:.1} s", text.trim_end());
    Ok(code)
}
