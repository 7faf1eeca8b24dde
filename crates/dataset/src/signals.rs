//! What a header says of how many objects belong together.

use crate::charset::SpecificCharacterSet;
use crate::element::{Element, Tag};
use crate::text;
use crate::value::integer;
use crate::vr;

const ACQUISITION_NUMBER: Tag = Tag(0x0020_0012);
const IMAGES_IN_ACQUISITION: Tag = Tag(0x0020_1002);
const NUMBER_OF_STUDY_RELATED_INSTANCES: Tag = Tag(0x0020_1208);
const NUMBER_OF_SERIES_RELATED_INSTANCES: Tag = Tag(0x0020_1209);
const CONCATENATION_UID: Tag = Tag(0x0020_9161);
const IN_CONCATENATION_TOTAL_NUMBER: Tag = Tag(0x0020_9163);
const NUMBER_OF_SLICES: Tag = Tag(0x0054_0081);
const NUMBER_OF_TIME_SLICES: Tag = Tag(0x0054_0101);
const SERIES_TYPE: Tag = Tag(0x0054_1000);

/// The longest text that is kept of a value: that of a UID.
const TEXT: usize = 64;

/// Counts in the top level of the data set. Nothing of them is believed: a sender may write what
/// it likes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signals {
    /// (0020,0012), empty if absent.
    pub acquisition_number: String,
    /// (0020,1002).
    pub images_in_acquisition: Option<i64>,
    /// (0020,1208).
    pub study_related_instances: Option<i64>,
    /// (0020,1209).
    pub series_related_instances: Option<i64>,
    /// (0020,9161), empty if absent.
    pub concatenation_uid: String,
    /// (0020,9163).
    pub in_concatenation_total_number: Option<i64>,
    /// (0054,0081).
    pub number_of_slices: Option<i64>,
    /// (0054,0101).
    pub number_of_time_slices: Option<i64>,
    /// (0054,1000), empty if absent.
    pub series_type: String,
}

impl Signals {
    pub(crate) fn note(&mut self, charset: SpecificCharacterSet, element: &Element, bytes: &[u8]) {
        let number = || integer(element, bytes);
        let words = || {
            if !vr::is_text(element.vr) {
                return String::new();
            }
            text::normalized(&charset, element.vr, bytes).chars().take(TEXT).collect()
        };
        match element.tag {
            ACQUISITION_NUMBER => self.acquisition_number = words(),
            IMAGES_IN_ACQUISITION => self.images_in_acquisition = number(),
            NUMBER_OF_STUDY_RELATED_INSTANCES => self.study_related_instances = number(),
            NUMBER_OF_SERIES_RELATED_INSTANCES => self.series_related_instances = number(),
            CONCATENATION_UID => self.concatenation_uid = words(),
            IN_CONCATENATION_TOTAL_NUMBER => self.in_concatenation_total_number = number(),
            NUMBER_OF_SLICES => self.number_of_slices = number(),
            NUMBER_OF_TIME_SLICES => self.number_of_time_slices = number(),
            SERIES_TYPE => self.series_type = words(),
            _ => {}
        }
    }
}
