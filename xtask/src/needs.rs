//! What must be installed beforehand, and what the tests install for themselves.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::shell;

/// Something that has to be on the machine.
#[derive(Debug)]
struct Need {
    name: &'static str,
    present: fn() -> bool,
    debian: &'static str,
    fedora: &'static str,
    brew: &'static str,
}

/// To build anything at all.
const BUILD: [Need; 6] = [
    Need {
        name: "a C compiler",
        present: || any(&["cc", "gcc", "clang"]),
        debian: "build-essential",
        fedora: "gcc",
        brew: "llvm",
    },
    Need {
        name: "a C++ compiler",
        present: || any(&["c++", "g++", "clang++"]),
        debian: "build-essential",
        fedora: "gcc-c++",
        brew: "llvm",
    },
    Need {
        name: "make",
        present: || shell::installed("make"),
        debian: "make",
        fedora: "make",
        brew: "make",
    },
    Need {
        name: "perl",
        present: || shell::installed("perl"),
        debian: "perl",
        fedora: "perl",
        brew: "perl",
    },
    Need {
        name: "cmake",
        present: || shell::installed("cmake"),
        debian: "cmake",
        fedora: "cmake",
        brew: "cmake",
    },
    Need {
        name: "Node 20.19 or newer, with npm",
        present: node,
        debian: "nodejs npm",
        fedora: "nodejs npm",
        brew: "node",
    },
];

/// Foreign programs that tests talk to; without one its group is skipped.
const PEERS: [Need; 8] = [
    Need {
        name: "dcmtk",
        present: || shell::installed("storescu") && shell::installed("echoscu"),
        debian: "dcmtk",
        fedora: "dcmtk",
        brew: "dcmtk",
    },
    Need {
        name: "orthanc",
        present: || orthanc().is_some(),
        debian: "orthanc",
        fedora: "orthanc",
        // Homebrew has none: https://orthanc.uclouvain.be/downloads/
        brew: "",
    },
    Need {
        name: "orthanc-dicomweb",
        present: || orthanc_dicomweb().is_some(),
        debian: "orthanc-dicomweb",
        // Neither has it: https://orthanc.uclouvain.be/downloads/
        fedora: "",
        brew: "",
    },
    Need {
        name: "dicom3tools",
        present: || shell::installed("dciodvfy"),
        debian: "dicom3tools",
        // Neither has it: https://www.dclunie.com/dicom3tools.html
        fedora: "",
        brew: "",
    },
    Need {
        name: "postgresql",
        present: postgres,
        debian: "postgresql",
        fedora: "postgresql-server",
        brew: "postgresql@15",
    },
    Need {
        name: "chromium",
        present: || chromium().is_some(),
        debian: "chromium",
        fedora: "chromium",
        brew: "chromium",
    },
    Need {
        name: "fonts",
        present: || {
            Path::new("/usr/share/fonts/truetype/dejavu").is_dir()
                || Path::new("/usr/share/fonts/dejavu-sans-fonts").is_dir()
                || cfg!(target_os = "macos")
        },
        debian: "fonts-dejavu-core",
        fedora: "dejavu-sans-fonts",
        brew: "font-dejavu",
    },
    Need {
        name: "python",
        present: || shell::capture(shell::line("python3 -c").arg("import venv, ensurepip")).is_ok(),
        debian: "python3-venv",
        fedora: "python3",
        brew: "python",
    },
];

const INSTALL: &str = "install -y -qq --no-install-recommends";

/// Fails with one install line when something to build with is missing.
pub(crate) fn build() -> anyhow::Result<()> {
    let missing = ensure(&BUILD);
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|need| need.name).collect();
    let mut advice = lines(&missing);
    if names.iter().any(|name| name.starts_with("Node")) {
        advice.push_str("\n  where the system's Node is older: https://nodejs.org/en/download");
    }
    bail!("missing: {}\n{advice}", names.join(", "))
}

/// The peers that are missing after trying to install them: name and install line.
pub(crate) fn peers() -> Vec<(String, String)> {
    ensure(&PEERS).iter().map(|need| (need.name.to_owned(), lines(&[*need]))).collect()
}

/// The folder of DICOM files that tests read: `LIGHTCASE_CORPUS`, or the one beside the repository.
pub(crate) fn corpus() -> anyhow::Result<Option<PathBuf>> {
    let folder = shell::variable("LIGHTCASE_CORPUS")
        .map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    if folder.is_dir() {
        return Ok(Some(folder.canonicalize()?));
    }
    if shell::variable("LIGHTCASE_REQUIRE_CORPUS").is_some() {
        bail!("LIGHTCASE_REQUIRE_CORPUS is set and {} is not a folder", folder.display());
    }
    Ok(None)
}

/// Chromium's path.
pub(crate) fn chromium() -> Option<&'static str> {
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ]
    .into_iter()
    .find(|path| Path::new(path).is_file())
}

/// Orthanc's path.
pub(crate) fn orthanc() -> Option<&'static str> {
    ["/usr/sbin/Orthanc", "/usr/bin/Orthanc", "/usr/local/sbin/Orthanc"]
        .into_iter()
        .find(|path| Path::new(path).is_file())
}

/// The path of Orthanc's plugin for DICOMweb.
pub(crate) fn orthanc_dicomweb() -> Option<&'static str> {
    [
        "/usr/share/orthanc/plugins/libOrthancDicomWeb.so",
        "/usr/local/share/orthanc/plugins/libOrthancDicomWeb.so",
    ]
    .into_iter()
    .find(|path| Path::new(path).is_file())
}

/// Installs what is missing where that is ours to do, and returns what still is.
fn ensure(needs: &'static [Need]) -> Vec<&'static Need> {
    let missing = || needs.iter().filter(|need| !(need.present)()).collect::<Vec<_>>();
    let found = missing();
    if found.is_empty() || !root_on_debian() {
        return found;
    }
    // The outcome is judged by looking again, so a package that cannot be had is one skip only.
    let packages = |needs: &[&Need]| -> Vec<&str> {
        needs.iter().flat_map(|need| need.debian.split(' ')).collect()
    };
    apt("update -qq", &[]);
    apt(INSTALL, &packages(&found));
    for need in &missing() {
        apt(INSTALL, &packages(&[*need]));
    }
    missing()
}

/// Waits for whoever else is installing something.
fn apt(words: &str, packages: &[&str]) {
    let mut command = shell::line("apt-get -o DPkg::Lock::Timeout=300");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(words.split(' ')).args(packages);
    if let Err(error) = shell::run(&mut command) {
        println!("{error:#}");
    }
}

fn root_on_debian() -> bool {
    Path::new("/etc/debian_version").is_file()
        && shell::capture(&mut shell::line("id -u")).is_ok_and(|id| id.trim() == "0")
}

/// One install line for each system.
fn lines(needs: &[&Need]) -> String {
    let packages = |pick: fn(&Need) -> &'static str| {
        let mut names: Vec<_> =
            needs.iter().flat_map(|need| pick(need).split_whitespace()).collect();
        names.sort_unstable();
        names.dedup();
        names.join(" ")
    };
    format!(
        "  Debian: sudo apt-get install {}\n  Fedora: sudo dnf install {}\n  macOS:  brew install {}",
        packages(|need| need.debian),
        packages(|need| need.fedora),
        packages(|need| need.brew)
    )
}

fn any(programs: &[&str]) -> bool {
    programs.iter().any(|program| shell::installed(program))
}

fn node() -> bool {
    let version = shell::capture(&mut shell::line("node --version")).unwrap_or_default();
    let mut parts = version.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    let (major, minor) = (parts.next(), parts.next());
    match (major, minor) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (20, 19) && shell::installed("npm"),
        _ => false,
    }
}

fn postgres() -> bool {
    let debian = Path::new("/usr/lib/postgresql").read_dir().into_iter().flatten().flatten();
    shell::installed("initdb")
        || debian.into_iter().any(|entry| entry.path().join("bin/initdb").is_file())
}

#[cfg(test)]
mod tests {
    use super::{PEERS, lines};

    #[test]
    fn every_system_gets_one_line() {
        let text = lines(&PEERS.iter().collect::<Vec<_>>());
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains("apt-get install chromium dcmtk dicom3tools"));
    }
}
