//! `cargo xtask bench NAME`: one of the workspace's benchmark targets, in the one profile.

use anyhow::bail;

use crate::{metadata, shell};

pub(crate) fn run(name: &str) -> anyhow::Result<()> {
    let packages = metadata::packages()?;
    let found: Vec<(&str, &str)> = packages
        .iter()
        .flat_map(|package| {
            package.benches.iter().map(|bench| (bench.as_str(), package.name.as_str()))
        })
        .collect();
    let Some((bench, package)) = found.iter().find(|(bench, _)| *bench == name) else {
        let names: Vec<_> = found.iter().map(|(bench, _)| *bench).collect();
        bail!("no benchmark is called {name:?}; there are: {}", names.join(", "));
    };
    shell::run(&mut shell::cargo("build --release --package lightcase"))?;
    // Beside what is built, since the folder for temporary files is often memory.
    let target = metadata::target()?;
    let folder = target.join("tmp");
    std::fs::create_dir_all(&folder)?;
    shell::run(
        shell::cargo("bench --profile release")
            .args(["--package", package, "--bench", bench])
            .env("TMPDIR", folder)
            .env("LIGHTCASE_BIN", target.join("release/lightcase")),
    )
}
