//! The names of encoders in comments, and their versions.

/// Words of such a comment.
const WORDS: &[&str] = &[
    "by",
    "created",
    "creator",
    "dicom",
    "encoder",
    "inc",
    "jpeg2000",
    "lossless",
    "ls",
    "standard",
    "stanford",
    "technologies",
    "turbo",
    "using",
    "with",
];

/// Words behind which a version may stand.
const VERSIONED: &[&str] = &[
    "aware",
    "charls",
    "dcm4che",
    "dcmtk",
    "ffmpeg",
    "gd",
    "gdcm",
    "gimp",
    "grok",
    "ijg",
    "imagemagick",
    "jasper",
    "jpeg",
    "kakadu",
    "kdu",
    "lavc",
    "lead",
    "libjpeg",
    "mitra",
    "openjpeg",
    "openjph",
    "openjphopenjph",
    "ojph",
    "pegasus",
    "pvrg",
    "v",
    "ver",
    "version",
    "vr",
];

/// No encoder says more.
const LONGEST: usize = 80;

/// Whether a text is made of such words and of one version at most, behind one of them.
pub(super) fn is_name(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else { return false };
    if text.len() > LONGEST {
        return false;
    }
    if let Some(rest) = text.strip_prefix("CREATOR: gd-jpeg v1.0 (using IJG JPEG v") {
        return is_quality(rest);
    }
    let parts = |c: char| matches!(c, ' ' | '-' | '_' | '/' | ',' | ':' | '(' | ')' | '\0' | '\n');
    let (mut last, mut versions) = (String::new(), 0);
    text.split(parts).map(|word| word.trim_matches('.')).filter(|word| !word.is_empty()).all(
        |word| {
            let word = word.to_ascii_lowercase();
            let name = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            let is_word = |word: &str| WORDS.contains(&word) || VERSIONED.contains(&word);
            if is_word(word.as_str()) {
                last = word;
                return true;
            }
            let before = if name.is_empty() { last.as_str() } else { name };
            let version = word.get(name.len()..).unwrap_or_default();
            versions += 1;
            let fits = versions == 1 && VERSIONED.contains(&before) && is_version(before, version);
            last.clear();
            fits
        },
    )
}

/// What stands behind the version of the library, as GD writes it.
fn is_quality(rest: &str) -> bool {
    let Some((version, quality)) = rest.trim_end_matches(['\n', '\0']).split_once("), ") else {
        return false;
    };
    let is_number = |text: &str, most| {
        text.bytes().all(|c| c.is_ascii_digit()) && (1..=most).contains(&text.len())
    };
    is_number(version, 2)
        && (quality == "default quality"
            || quality.strip_prefix("quality = ").is_some_and(|quality| is_number(quality, 3)))
}

/// Whether these are the numbers of a version, and neither those of a date nor of a person.
fn is_version(name: &str, text: &str) -> bool {
    let groups: Vec<&str> = text.split('.').collect();
    let are_numbers = groups
        .iter()
        .all(|group| matches!(group.len(), 1..=3) && group.bytes().all(|c| c.is_ascii_digit()));
    let lens: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    // FFmpeg counts the last number from 100.
    if name == "lavc" {
        return are_numbers && matches!(*lens, [2, 1..=3, 3]);
    }
    let digits: usize = lens.iter().sum();
    // A year of two digits, or a number with a zero before it, which only two groups have.
    let is_date = groups.len() > 2
        && groups.iter().skip(1).any(|group| group.parse::<u32>().is_ok_and(|number| number > 31))
        || groups.len() > 2 && groups.iter().any(|group| group.len() > 1 && group.starts_with('0'))
        || matches!(*lens, [2, 2, 2, ..]);
    are_numbers && groups.len() <= 4 && digits <= 6 && !is_date
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoders_are_named_and_nobody_else() {
        for harmless in [
            "",
            "LEAD Technologies Inc. V1.01",
            "Kakadu-v8.4",
            "Kakadu-v7.10.2",
            "Kakadu-2.2",
            "OpenJPEG 2.5.0",
            "Created by OpenJPEG version 2.5.4",
            "Created by GDCM/OpenJPEG version 2.3.1",
            "OpenJPH Ver 0.26.3.",
            "Lavc58.134.100",
            "MITRA_DICOM_STANDARD",
            "Created with GIMP",
            "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n",
            "CREATOR: gd-jpeg v1.0 (using IJG JPEG v80), default quality\n",
        ] {
            assert!(is_name(harmless.as_bytes()), "{harmless}");
        }
        for text in [
            "Quillerby",
            "OpenJPEG for Quillerby",
            "7731905",
            "1 2 3 4 5",
            "DICOM v7731905 ver19760904",
            "v197 v609 v04 v1",
            "04.09.76",
            "19 76 09 04",
            "773-190-5",
            "by LEAD 04.09.76 77",
            "LEAD 04.09.76",
            "LEAD 4.9.76",
            "LEAD 19.76.09.04",
            "LEAD 1976.09.04",
            "LEAD 773.190.5",
            "by 2.5",
            "Kakadu-v8.4 2.5",
            "Lavc19.760.904.1",
            "OpenJPEG \u{5C71}\u{7530}",
            "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = Quillerby",
            "CREATOR: gd-jpeg v1.0 (using IJG JPEG v7731905), quality = 90",
        ] {
            assert!(!is_name(text.as_bytes()), "{text}");
        }
        assert!(!is_name("by ".repeat(30).as_bytes()));
    }
}
