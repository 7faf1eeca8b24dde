//! Tests in other languages: foreign clients in Python, the browser in JavaScript.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::Tally;

/// A script that hangs is ended after this long.
const PATIENCE: Duration = Duration::from_mins(10);
/// By custom: the script says on its output why it was skipped.
const SKIPPED: i32 = 77;

/// Runs every `*.extension` in `folder` whose name does not begin with `_`.
pub(super) fn run(
    folder: &str,
    extension: &str,
    only: Option<&str>,
    environment: &[(&'static str, String)],
    tally: &mut Tally,
) -> anyhow::Result<()> {
    for path in scripts(Path::new(folder), extension) {
        let name = path.to_string_lossy().into_owned();
        if only.is_some_and(|word| !name.contains(word)) {
            continue;
        }
        let begun = Instant::now();
        println!("\n== {name}");
        match execute(&path, environment)? {
            Some(0) => tally.passed += 1,
            Some(SKIPPED) => tally.skip(&name, "  its output above says why"),
            code => {
                println!(
                    "FAIL {name} ({})",
                    code.map_or_else(|| "ended".to_owned(), |c| c.to_string())
                );
                tally.failed += 1;
            }
        }
        println!("== {name}: {:.1} s", begun.elapsed().as_secs_f64());
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

fn execute(path: &Path, environment: &[(&'static str, String)]) -> anyhow::Result<Option<i32>> {
    let python = environment.iter().find(|(name, _)| *name == "LIGHTCASE_PYTHON");
    let program = match (path.extension().and_then(|it| it.to_str()), python) {
        (Some("py"), Some((_, python))) => python.as_str(),
        _ => "node",
    };
    let mut child = Command::new(program)
        .arg(path)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .spawn()?;
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code());
        }
        if begun.elapsed() > PATIENCE {
            println!("ended after {} minutes", PATIENCE.as_secs() / 60);
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
