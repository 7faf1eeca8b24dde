//! Where tests find what they talk to: the variables `tests/README.md` lists.

use std::path::Path;

use super::Tally;
use crate::{needs, shell};

pub(super) fn environment(
    target: &Path,
    python: Option<&Path>,
    tally: &mut Tally,
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let root = shell::root()?;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let mut environment = vec![
        ("LIGHTCASE_BIN", text(&target.join("release/lightcase"))),
        ("LIGHTCASE_TESTKIT", text(&target.join("release/testkit"))),
        ("LIGHTCASE_VIEWER", text(&root.join("viewer"))),
    ];
    if let Some(python) = python {
        environment.push(("LIGHTCASE_PYTHON", text(python)));
    }
    if let Some(chromium) = needs::chromium() {
        environment.push(("LIGHTCASE_CHROMIUM", chromium.to_owned()));
    }
    if let Some(orthanc) = needs::orthanc() {
        environment.push(("LIGHTCASE_ORTHANC", orthanc.to_owned()));
    }
    if let Some(plugin) = needs::orthanc_dicomweb() {
        environment.push(("LIGHTCASE_ORTHANC_DICOMWEB", plugin.to_owned()));
    }
    match needs::corpus()? {
        Some(corpus) => environment.push(("LIGHTCASE_CORPUS", text(&corpus))),
        None => tally
            .skip("corpus", "  set LIGHTCASE_CORPUS to a folder of DICOM files with an index.csv"),
    }
    Ok(environment)
}
