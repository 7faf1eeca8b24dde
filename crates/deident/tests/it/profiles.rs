//! The profiles that come with the product can be read.

use std::path::Path;

use lightcase_deident::{Profile, ProfileOption};

#[test]
fn every_shipped_profile_is_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let profile = Profile::from_toml(&std::fs::read_to_string(&path).unwrap());
        let profile = profile.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(path.file_stem().unwrap().to_str(), Some(profile.name()));
        assert!(profile.has(ProfileOption::CleanPixelData));
        names.push(profile.name().to_owned());
    }
    names.sort();
    assert_eq!(names, ["basic", "longitudinal", "options", "score"]);
}

#[test]
fn the_shipped_default_is_the_default() {
    let text = include_str!("../../../../profiles/basic.toml");
    assert_eq!(Profile::from_toml(text), Ok(Profile::default()));
}
