//! The profiles that come with the product can be read.

use std::path::Path;

use lightcase_deident::{Certificate, Profile, ProfileOption, Widened};

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

#[test]
fn a_certificate_says_what_a_profile_widens() {
    let text = concat!(
        "name = 'x'\noptions = ['clean-pixel-data', 'retain-patient-characteristics', ",
        "'retain-modified-dates']\none_issuer = true\nexact_ages = true\nmoved_versions = true\n",
        "[pixels]\nrelease_secondary = ['1.2.840.10008.5.1.4.1.1.2']\nsafe_terms = ['FM3_2']\n",
        "[[device]]\nmanufacturer = 'M'\nmodel = 'N'\nrows = 8\ncolumns = 9\n",
        "regions = [[0, 0, 4, 1]]\n",
    );
    let certificate = Certificate::new(&Profile::from_toml(text).unwrap());
    let expected = Widened {
        release_classes: Vec::new(),
        release_secondary: vec!["1.2.840.10008.5.1.4.1.1.2".to_owned()],
        safe_terms: vec!["FM3_2".to_owned()],
        devices: 1,
        one_issuer: true,
        exact_ages: true,
        moved_versions: true,
    };
    assert_eq!(certificate.widened, expected);
    let json = certificate.to_json();
    assert!(json.contains("\"release_secondary\"") && json.contains("\"FM3_2\""), "{json}");
    assert!(!json.contains("release_classes"), "{json}");
    // Where no age and no date stays, none is told to.
    let text = text.replace(", 'retain-patient-characteristics', 'retain-modified-dates'", "");
    let widened = Certificate::new(&Profile::from_toml(&text).unwrap()).widened;
    assert!(!widened.exact_ages && !widened.moved_versions);
    assert_eq!(Certificate::new(&Profile::default()).widened, Widened::default());
}
