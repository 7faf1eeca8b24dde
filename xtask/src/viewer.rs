//! The viewer: its packages, its checks, its build.

use std::path::Path;

use crate::shell;

/// Whether there is a viewer in this checkout.
fn present() -> bool {
    Path::new("viewer/package.json").is_file()
}

/// Types, lints and unit tests.
pub(crate) fn check() -> anyhow::Result<()> {
    if !present() {
        return Ok(());
    }
    packages()?;
    shell::run(shell::line("npm run check").current_dir("viewer"))
}

/// The viewer's unit tests; nothing when there is no viewer.
pub(crate) fn test() -> Option<anyhow::Result<()>> {
    present().then(|| {
        packages()?;
        shell::run(shell::line("npm test").current_dir("viewer"))
    })
}

/// Builds `viewer/dist` when its sources are newer.
pub(crate) fn build() -> anyhow::Result<()> {
    if !present() {
        return Ok(());
    }
    let built = shell::newest(&[Path::new("viewer/dist")]);
    let inputs = [
        "src",
        "public",
        "index.html",
        "share.html",
        "package-lock.json",
        "vite.config.ts",
        "tsconfig.json",
    ]
    .map(|name| Path::new("viewer").join(name));
    let changed = shell::newest(&inputs.iter().map(AsRef::as_ref).collect::<Vec<&Path>>());
    if built.is_some() && built >= changed {
        println!("viewer: up to date");
        return Ok(());
    }
    packages()?;
    shell::run(shell::line("npm run build").current_dir("viewer"))
}

/// Installs what `package-lock.json` pins, when that changed.
pub(crate) fn packages() -> anyhow::Result<()> {
    // npm writes this file last, so it dates a whole installation.
    let installed = shell::newest(&[Path::new("viewer/node_modules/.package-lock.json")]);
    let pinned = shell::newest(&[Path::new("viewer/package-lock.json")]);
    if installed.is_some() && installed >= pinned {
        return Ok(());
    }
    shell::run(shell::line("npm ci --no-audit --no-fund").current_dir("viewer"))
}
