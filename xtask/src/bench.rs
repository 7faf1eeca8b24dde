//! `cargo xtask bench NAME`: one of the workspace's benchmark targets, in the one profile.

use anyhow::bail;

use crate::{metadata, shell};

pub(crate) fn run(name: &str) -> anyhow::Result<()> {
    let packages = metadata::packages()?;
    let benches: Vec<&String> = packages.iter().flat_map(|package| &package.benches).collect();
    let Some(bench) = benches.iter().find(|bench| **bench == name) else {
        let names: Vec<_> = benches.iter().map(|bench| bench.as_str()).collect();
        bail!("no benchmark is called {name:?}; there are: {}", names.join(", "));
    };
    // With the features that the tests bring, so that nothing is compiled twice.
    shell::run(&mut shell::cargo("build --release --workspace --bins --tests"))?;
    // Beside what is built, since the folder for temporary files is often memory.
    let target = metadata::target()?;
    let folder = target.join("tmp");
    std::fs::create_dir_all(&folder)?;
    shell::run(
        shell::cargo("bench --profile release --workspace")
            .args(["--bench", bench])
            .env("TMPDIR", folder)
            .env("LIGHTCASE_BIN", target.join("release/lightcase")),
    )
}
