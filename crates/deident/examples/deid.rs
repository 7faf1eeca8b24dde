//! Cleans the files of a folder: `cargo run --example deid -- IN OUT [PROFILE]`.
//!
//! What is held goes to `OUT.quarantine`. The key is fixed, so that what comes out can be compared; nobody
//! should use it for patients.
#![expect(clippy::print_stdout, reason = "it is a program")]
#![expect(clippy::disallowed_methods, reason = "it writes files")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use lightcase_deident::{Certificate, Deidentifier, Profile, Project, ProjectKey};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args().skip(1);
    let (Some(from), Some(to)) = (words.next(), words.next()) else {
        return Err("usage: deid IN OUT [PROFILE]".into());
    };
    let profile = match words.next() {
        Some(file) => Profile::from_toml(&fs::read_to_string(file)?)?,
        None => Profile::default(),
    };
    let mut certificate = Certificate::new(&profile);
    let project = Arc::new(Project::new(profile, ProjectKey::from_bytes([7; 32])));
    let mut folders = vec![PathBuf::from(from)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                clean(&project, &path, Path::new(&to), &mut certificate)?;
            }
        }
    }
    certificate.objects.sort_by(|a, b| a.sop_instance.cmp(&b.sop_instance));
    println!("{}", certificate.to_json());
    Ok(())
}

fn clean(
    project: &Arc<Project>,
    path: &Path,
    to: &Path,
    certificate: &mut Certificate,
) -> Result<(), Box<dyn Error>> {
    let (mut run, mut out) = (Deidentifier::of_file(project), Vec::new());
    let pushed = fs::read(path)?.chunks(64 << 10).try_for_each(|piece| run.push(piece, &mut out));
    match pushed.and_then(|()| run.finish(&mut out)) {
        Ok(done) => {
            let to = if done.is_released() {
                to.to_owned()
            } else {
                println!("{}: {:?}", path.display(), done.report.verdict);
                PathBuf::from(format!("{}.quarantine", to.display()))
            };
            fs::create_dir_all(&to)?;
            fs::write(to.join(format!("{}.dcm", done.report.sop_instance)), out)?;
            certificate.add(done.report);
        }
        Err(refusal) => {
            println!("{}: {refusal:?}", path.display());
            certificate.refuse(&refusal);
        }
    }
    Ok(())
}
