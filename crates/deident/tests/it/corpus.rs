//! The corpus: a planted set, of whose secrets nothing may be found, and objects of every make, of
//! which none may break the engine.

use std::path::{Path, PathBuf};

use lightcase_dataset::ScanError;
use lightcase_deident::{Profile, Refusal, Verdict};
use serde_json::Value;

use crate::support::{clean_file, clean_pieces, project};

/// The corpus; nothing, said aloud, where there is none.
#[expect(clippy::disallowed_methods, reason = "tests take the corpus from the environment")]
#[expect(clippy::print_stdout, reason = "a skip is said aloud")]
fn corpus(test: &str) -> Option<PathBuf> {
    let corpus = std::env::var("LIGHTCASE_CORPUS").ok().map(PathBuf::from);
    if corpus.is_none() {
        println!("skipped: {test} (LIGHTCASE_CORPUS is not set)");
        assert_ne!(std::env::var("LIGHTCASE_REQUIRE_CORPUS").as_deref(), Ok("1"));
    }
    corpus
}

#[test]
fn no_secret_of_the_planted_set_is_released() {
    let Some(corpus) = corpus("no_secret_of_the_planted_set_is_released") else { return };
    let set = corpus.join("phi-public");
    let key = std::fs::read_to_string(set.join("answer_key.json")).unwrap();
    let key: Value = serde_json::from_str(&key).unwrap();
    let profile = include_str!("../../../../profiles/score.toml");
    let project = project(Profile::from_toml(profile).unwrap(), 7);
    let mut released = 0;
    for instance in key["instances"].as_array().unwrap() {
        let file = instance["file"].as_str().unwrap();
        let (clean, done) = clean_file(&project, &std::fs::read(set.join(file)).unwrap()).unwrap();
        if done.report.verdict != Verdict::Released {
            let told = instance["burned"].as_array().is_some_and(|burned| !burned.is_empty());
            assert!(told || instance["may_withhold"] == true, "{file} is held for nothing");
            continue;
        }
        released += 1;
        let lower = clean.to_ascii_lowercase();
        let patient = &instance["patient"];
        for secret in key["secrets"].as_array().unwrap() {
            if secret["patients"].as_array().unwrap().contains(patient) {
                let text = secret["text"].as_str().unwrap().to_lowercase();
                let bytes = text.as_bytes();
                assert!(!lower.windows(bytes.len()).any(|part| part == bytes), "{file}: {text}");
            }
        }
    }
    assert_eq!(released, 32);
}

#[test]
fn objects_of_every_make_are_cleaned_held_or_refused() {
    let Some(corpus) = corpus("objects_of_every_make_are_cleaned_held_or_refused") else { return };
    let project = project(Profile::default(), 7);
    let mut cleaned = 0;
    let mut folders = vec![corpus.join("public")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                cleaned += u32::from(is_cleaned(&project, &path));
            }
        }
    }
    assert!(cleaned > 300, "{cleaned}");
}

/// Whether an object is cleaned; then in pieces as well, and the clean one can be read again.
fn is_cleaned(project: &std::sync::Arc<lightcase_deident::Project>, path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    let Ok((clean, done)) = clean_file(project, &bytes) else { return false };
    let pieces = clean_pieces(project, &bytes, std::iter::repeat(4_099));
    assert_eq!(pieces, Ok((clean.clone(), done)), "{}", path.display());
    // With the markers, an object that was at a limit is beyond it.
    let limit =
        |refusal: &Refusal| matches!(refusal, Refusal::Unreadable(ScanError::LimitExceeded { .. }));
    let again = clean_file(project, &clean);
    assert!(again.as_ref().err().is_none_or(limit), "{}: {:?}", path.display(), again.err());
    true
}
