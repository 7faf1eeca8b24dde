//! Matches as DICOM JSON (PS3.18 annex F), with the attributes of section 10.6.3.

use lightcase_catalog::{
    InstanceAttributes, Match, PatientAttributes, SeriesAttributes, StudyAttributes,
};
use lightcase_model::{Attribute, Level};
use serde_json::{Map, Value, json};

/// A data set as JSON; its keys are sorted by tag because the map is.
struct Attributes(Map<String, Value>);

impl Attributes {
    fn values(&mut self, tag: &str, vr: &str, values: Vec<Value>) {
        let mut element = Map::new();
        element.insert("vr".to_owned(), json!(vr));
        if !values.is_empty() {
            element.insert("Value".to_owned(), Value::Array(values));
        }
        self.0.insert(tag.to_owned(), Value::Object(element));
    }

    fn put(&mut self, attribute: Attribute, values: Vec<Value>) {
        let (group, element) = attribute.tag();
        self.values(&format!("{group:04X}{element:04X}"), attribute.vr(), values);
    }

    fn text(&mut self, attribute: Attribute, text: &str) {
        let values = match (text, attribute.vr()) {
            ("", _) => Vec::new(),
            (name, "PN") => vec![person(name)],
            (text, _) => vec![json!(text)],
        };
        self.put(attribute, values);
    }

    fn number(&mut self, attribute: Attribute, number: i64) {
        self.put(attribute, vec![json!(number)]);
    }
}

/// A person's name by its component groups (PS3.18 section F.2.2).
fn person(name: &str) -> Value {
    let groups = ["Alphabetic", "Ideographic", "Phonetic"].into_iter().zip(name.split('='));
    let filled = groups.filter(|(_, text)| !text.is_empty());
    Value::Object(filled.map(|(group, text)| (group.to_owned(), json!(text))).collect())
}

/// One match of a query at a level. Attributes of the levels above are part of it unless the path
/// fixed them; their UIDs always are.
pub(crate) fn of_match(found: &Match, level: Level, above: bool, root: &str) -> Value {
    let mut out = Attributes(Map::new());
    out.values("00080005", "CS", vec![json!("ISO_IR 192")]);
    out.values("00080056", "CS", vec![json!("ONLINE")]);
    let mut url = root.to_owned();
    if let Some(each) = &found.study {
        url.extend(["/studies/", each.study_uid.as_str()]);
        out.text(Attribute::StudyInstanceUID, each.study_uid.as_str());
        if above || level == Level::Study {
            patient(&mut out, &found.patient);
            study(&mut out, each);
        }
    }
    if let Some(each) = &found.series {
        url.extend(["/series/", each.series_uid.as_str()]);
        out.text(Attribute::SeriesInstanceUID, each.series_uid.as_str());
        if above || level == Level::Series {
            series(&mut out, each);
        }
    }
    if let Some(each) = &found.instance {
        url.extend(["/instances/", each.sop_uid.as_str()]);
        instance(&mut out, each);
    }
    out.values("00081190", "UR", vec![json!(url)]);
    Value::Object(out.0)
}

fn patient(out: &mut Attributes, patient: &PatientAttributes) {
    out.text(Attribute::PatientName, patient.name.expose());
    out.text(Attribute::PatientID, patient.patient_id.expose());
    if !patient.issuer.is_empty() {
        out.text(Attribute::IssuerOfPatientID, &patient.issuer);
    }
    out.text(Attribute::PatientBirthDate, patient.birth_date.expose());
    out.text(Attribute::PatientSex, &patient.sex);
}

fn study(out: &mut Attributes, study: &StudyAttributes) {
    out.text(Attribute::StudyDate, &study.study_date);
    out.text(Attribute::StudyTime, &study.study_time);
    out.text(Attribute::AccessionNumber, study.accession_number.expose());
    let modalities = study.modalities.iter().map(|modality| json!(modality)).collect();
    out.put(Attribute::ModalitiesInStudy, modalities);
    out.text(Attribute::ReferringPhysicianName, study.referring_physician.expose());
    out.text(Attribute::StudyDescription, &study.description);
    out.text(Attribute::StudyID, &study.study_id);
    out.number(Attribute::NumberOfStudyRelatedSeries, study.series);
    out.number(Attribute::NumberOfStudyRelatedInstances, study.instances);
}

fn series(out: &mut Attributes, series: &SeriesAttributes) {
    out.text(Attribute::Modality, &series.modality);
    out.text(Attribute::SeriesDate, &series.series_date);
    out.text(Attribute::SeriesTime, &series.series_time);
    out.text(Attribute::SeriesDescription, &series.description);
    out.text(Attribute::BodyPartExamined, &series.body_part);
    out.number(Attribute::SeriesNumber, series.series_number);
    out.number(Attribute::NumberOfSeriesRelatedInstances, series.instances);
}

fn instance(out: &mut Attributes, instance: &InstanceAttributes) {
    out.text(Attribute::SOPClassUID, instance.sop_class.as_str());
    out.text(Attribute::SOPInstanceUID, instance.sop_uid.as_str());
    out.number(Attribute::InstanceNumber, instance.instance_number);
    if instance.frames > 0 {
        out.number(Attribute::NumberOfFrames, instance.frames);
        out.number(Attribute::Rows, instance.rows);
        out.number(Attribute::Columns, instance.columns);
        out.number(Attribute::BitsAllocated, instance.bits_allocated);
    }
    out.values("00083002", "UI", vec![json!(instance.transfer_syntax.as_str())]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_component_groups_and_empty_values_are_absent() {
        assert_eq!(
            person("Yamada^Tarou=山田^太郎=やまだ^たろう"),
            json!({"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"})
        );
        assert_eq!(person("=山田"), json!({"Ideographic": "山田"}));
        let mut out = Attributes(Map::new());
        out.text(Attribute::StudyDate, "");
        assert_eq!(Value::Object(out.0), json!({"00080020": {"vr": "DA"}}));
    }
}
