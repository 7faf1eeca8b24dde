//! What kind of thing the objects of a SOP class are, as far as pixels go.

/// Kinds of SOP classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Images of a detector: pixels hold a picture of the body and, unless said, nothing else.
    Image,
    /// No pixels, and nothing that stands for them.
    Data,
    /// Screens, photographs, documents, reports, voices: a person looks first.
    Review,
}

/// The kind of a SOP class, by UID; what is not listed is looked at first.
pub(super) fn content(class: &str) -> Content {
    let Some(number) = class.strip_prefix("1.2.840.10008.5.1.4.1.1.") else {
        return Content::Review;
    };
    match number {
        "1" | "1.1" | "1.1.1" | "1.2" | "1.2.1" | "1.3" | "1.3.1" // projection radiography
        | "2" | "2.1" | "2.2" // CT
        | "4" | "4.1" | "4.2" | "4.3" | "4.4" // MR
        | "12.1" | "12.1.1" | "12.2" | "12.2.1" | "13.1.1" | "13.1.2" | "13.1.3" | "13.1.4"
        | "13.1.5" // XA, XRF, tomosynthesis
        | "14.1" | "14.2" // IVOCT
        | "20" | "128" | "128.1" | "130" // nuclear medicine
        | "30" // parametric map
        | "66.4" | "66.7" // segmentation
        | "77.1.5.1" | "77.1.5.2" | "77.1.5.4" | "77.1.5.5" | "77.1.5.6" | "77.1.5.7"
        | "77.1.5.8" // ophthalmic
        | "77.1.6" // whole slide microscopy
        | "481.1" | "481.2" // RT image and dose
        => Content::Image,
        "88.59" // key objects
        | "66.1" | "66.2" | "66.3" | "66.5" | "66.6" // registration, surfaces
        | "67" // real world value mapping
        | "68.1" | "68.2" | "78.1" | "78.2" | "78.3" | "78.4" | "78.5" | "78.6" | "78.7"
        | "78.8" | "79.1" | "80.1" | "81.1" | "82.1"
        | "91.1" // bulk annotations
        | "481.3" | "481.4" | "481.5" | "481.6" | "481.7" | "481.8" | "481.9" | "481.10"
        | "481.11" | "481.12" | "481.13" | "481.14" | "481.15" | "481.16" | "481.17"
        | "481.18" | "481.19" | "481.20" | "481.21" | "481.22" | "481.23" | "481.24"
        | "481.25"
        => Content::Data,
        _ if number.starts_with("11.") => Content::Data, // presentation states
        // Voices are told apart from the waveforms of hearts and lungs.
        "9.4.1" | "9.4.2" => Content::Review,
        _ if number.starts_with("9.") => Content::Data,
        _ => Content::Review,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screens_and_documents_are_reviewed() {
        let check = |number: &str, expected| {
            assert_eq!(content(&format!("1.2.840.10008.5.1.4.1.1.{number}")), expected, "{number}");
        };
        for image in ["2", "4", "1.1", "128", "77.1.6", "66.4"] {
            check(image, Content::Image);
        }
        for data in ["11.1", "88.59", "481.3", "9.1.2"] {
            check(data, Content::Data);
        }
        for review in ["7", "7.2", "3.1", "6.1", "88.33", "88.67", "104.1", "9.4.1", "66", "77.1.4"]
        {
            check(review, Content::Review);
        }
        assert_eq!(content("1.2.3"), Content::Review);
    }
}
