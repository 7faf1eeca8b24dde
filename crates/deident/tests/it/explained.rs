//! What `--explain` prints: each attribute of the clean object, and of the original one.

use lightcase_deident::{Deidentifier, Outcome, Profile, Step};

use crate::support::{CT, EXPLICIT, Item, file, image, project, text};
use lightcase_dataset::VR;

fn steps(item: &Item, profile: Profile) -> Vec<Step> {
    let mut run = Deidentifier::of_file(&project(profile, 7)).explaining();
    let mut out = Vec::new();
    run.push(&file(item, EXPLICIT), &mut out).unwrap();
    run.finish(&mut out).unwrap().steps
}

#[track_caller]
fn check(steps: &[Step], attribute: &str, outcome: Outcome) {
    let found: Vec<Outcome> =
        steps.iter().filter(|step| step.attribute == attribute).map(|step| step.outcome).collect();
    assert_eq!(found, [outcome], "{attribute}");
}

#[test]
fn nothing_is_left_out() {
    let mut item = image(CT, "1.2.3", false);
    item.insert(0x0012_0062, text(VR::CS, "NO"));
    let steps = steps(&item, Profile::default());
    for (attribute, outcome) in [
        ("FileMetaInformation", Outcome::Replaced),
        ("SpecificCharacterSet", Outcome::Kept),
        ("PatientName", Outcome::Replaced),
        ("PatientIdentityRemoved", Outcome::Replaced),
        ("DeidentificationMethod", Outcome::Added),
        ("DeidentificationMethodCodeSequence", Outcome::Added),
        ("LongitudinalTemporalInformationModified", Outcome::Added),
        ("PixelData", Outcome::Kept),
    ] {
        check(&steps, attribute, outcome);
    }
    assert_eq!(steps.len(), item.len() + 1 + 3);
}
