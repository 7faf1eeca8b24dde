//! Texts in the headers of codestreams: comments and application segments of JPEG (ITU-T T.81
//! section B.2.4), JPEG-LS and JPEG 2000 (ITU-T T.800 section A.9.2), boxes of JPEG XL.

/// Watches the fragments of compressed pixels for texts that are not the name of an encoder.
#[derive(Debug, Clone)]
pub(crate) struct Comments {
    family: Family,
    state: State,
    found: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Jpeg,
    Jpeg2000,
    JpegXl,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// Between the headers of codestreams.
    Outside,
    /// The first two bytes of a fragment.
    Start(Vec<u8>),
    /// A marker, and the length of its segment where it has one.
    Marker(Vec<u8>),
    /// What is left of a segment, and its text where that matters.
    Segment { marker: u8, left: usize, text: Option<Vec<u8>> },
}

impl Comments {
    /// `None` where the transfer syntax has no place for text.
    pub(crate) fn watch(syntax: &str) -> Option<Self> {
        let number = syntax.strip_prefix("1.2.840.10008.1.2.4.")?;
        let family = match number {
            "50" | "51" | "53" | "55" | "57" | "70" | "80" | "81" => Family::Jpeg,
            "90" | "91" | "92" | "93" | "201" | "202" | "203" => Family::Jpeg2000,
            "110" | "111" | "112" => Family::JpegXl,
            _ => return None,
        };
        Some(Self { family, state: State::Outside, found: false })
    }

    /// A fragment begins. One that continues a header goes on with it.
    pub(crate) fn fragment(&mut self) {
        if self.state == State::Outside {
            self.state = State::Start(Vec::new());
        }
    }

    /// Looks at the next bytes of the fragment.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let [first, behind @ ..] = rest {
            match &mut self.state {
                State::Outside => return,
                State::Segment { left, text, .. } => {
                    let (now, later) = rest.split_at((*left).min(rest.len()));
                    if let Some(text) = text {
                        text.extend_from_slice(now);
                    }
                    *left -= now.len();
                    rest = later;
                    if *left == 0 {
                        self.end_segment();
                    }
                    continue;
                }
                State::Start(head) => {
                    head.push(*first);
                    if let [a, b] = head.as_slice() {
                        let start = [*a, *b];
                        self.start(start);
                    }
                }
                State::Marker(head) => {
                    head.push(*first);
                    let head = head.clone();
                    self.marker(&head);
                }
            }
            rest = behind;
        }
    }

    /// Whether a text was seen that is not the name of an encoder.
    pub(crate) const fn found(&self) -> bool {
        self.found
    }

    fn start(&mut self, start: [u8; 2]) {
        let opens = match self.family {
            Family::Jpeg => start == [0xFF, 0xD8],
            Family::Jpeg2000 => start == [0xFF, 0x4F],
            Family::JpegXl => {
                // Anything but a bare codestream is boxes, in which metadata may lie.
                self.found |= start != [0xFF, 0x0A];
                false
            }
        };
        // Boxes of JPEG 2000, which no fragment should have.
        self.found |= self.family == Family::Jpeg2000 && start == [0, 0];
        self.state = if opens { State::Marker(Vec::new()) } else { State::Outside };
    }

    fn marker(&mut self, head: &[u8]) {
        self.state = match *head {
            [0xFF, 0xFF] => State::Marker(vec![0xFF]),
            // Markers without a segment.
            [0xFF, 0x01 | 0xD0..=0xD7 | 0x30..=0x3F] => State::Marker(Vec::new()),
            // Start of scan, of a tile part; the end; no marker at all.
            [0xFF, 0xDA | 0x90 | 0xD9] => State::Outside,
            [first, _] if first != 0xFF => State::Outside,
            [_, marker, high, low] => {
                let left = usize::from(u16::from_be_bytes([high, low])).saturating_sub(2);
                let telling = match self.family {
                    Family::Jpeg => matches!(marker, 0xFE | 0xE0..=0xEF),
                    Family::Jpeg2000 => marker == 0x64,
                    Family::JpegXl => false,
                };
                State::Segment { marker, left, text: telling.then(Vec::new) }
            }
            _ => return,
        };
        if matches!(self.state, State::Segment { left: 0, .. }) {
            self.end_segment();
        }
    }

    fn end_segment(&mut self) {
        let ended = std::mem::replace(&mut self.state, State::Marker(Vec::new()));
        if let State::Segment { marker, text: Some(text), .. } = ended {
            self.found |= !is_harmless(self.family, marker, &text);
        }
    }
}

/// Whether a segment says no more than which encoder wrote the codestream.
fn is_harmless(family: Family, marker: u8, text: &[u8]) -> bool {
    match (family, marker) {
        // Registration value of the comment.
        (Family::Jpeg2000, _) => names_encoder(text.get(2..).unwrap_or_default()),
        (_, 0xFE) => names_encoder(text),
        // Without a thumbnail.
        (_, 0xE0) => text.starts_with(b"JFIF\0") && text.len() <= 14,
        (_, 0xE8) => text.starts_with(b"mrfx") && text.len() <= 5,
        (_, 0xEE) => text.starts_with(b"Adobe") && text.len() <= 12,
        _ => false,
    }
}

const ENCODERS: &[&str] = &[
    "aware",
    "by",
    "charls",
    "created",
    "creator",
    "dcm4che",
    "dcmtk",
    "encoder",
    "ffmpeg",
    "gd",
    "gdcm",
    "grok",
    "ijg",
    "imagemagick",
    "inc",
    "jasper",
    "jpeg",
    "kakadu",
    "kdu",
    "lavc",
    "lead",
    "libjpeg",
    "lossless",
    "ls",
    "openjpeg",
    "openjph",
    "openjphopenjph",
    "pegasus",
    "pvrg",
    "quality",
    "stanford",
    "technologies",
    "turbo",
    "using",
    "v",
    "version",
    "vr",
    "ojph",
];

fn names_encoder(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else { return false };
    let mut numbers = 0;
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).all(|word| {
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers += 1;
            return word.len() <= 3 && numbers <= 4;
        }
        let word = word.to_ascii_lowercase();
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        letters == "v" || ENCODERS.contains(&letters) || ENCODERS.contains(&word.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(segments: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        for (marker, text) in segments {
            bytes.extend([0xFF, *marker]);
            bytes.extend(u16::try_from(text.len() + 2).unwrap().to_be_bytes());
            bytes.extend_from_slice(text);
        }
        bytes.extend(b"\xFF\xDA\0\x02scan \xFF\xFE\0\x09Quillerby");
        bytes
    }

    #[track_caller]
    fn check(syntax: &str, bytes: &[u8], expected: bool) {
        for size in 1..=bytes.len() {
            let syntax = format!("1.2.840.10008.1.2.4.{syntax}");
            let mut comments = Comments::watch(&syntax).unwrap();
            for _ in 0..2 {
                comments.fragment();
                bytes.chunks(size).for_each(|piece| comments.push(piece));
            }
            assert_eq!(comments.found(), expected, "{bytes:?} by {size}");
        }
    }

    #[test]
    fn texts_are_seen_and_encoders_are_not() {
        check("50", &jpeg(&[(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), (0xDB, b"table")]), false);
        check("50", &jpeg(&[(0xFE, b"LEAD Technologies Inc. V1.01")]), false);
        check("70", &jpeg(&[(0xFE, b"Quillerby")]), true);
        check("57", &jpeg(&[(0xE1, b"Exif\0\0")]), true);
        check("80", &jpeg(&[(0xE8, b"mrfx\x01")]), false);
        check("50", &jpeg(&[(0xFE, b"")]), false);
        let j2k = |text: &[u8]| {
            let mut bytes = b"\xFF\x4F\xFF\x51\0\x04ab\xFF\x64".to_vec();
            bytes.extend(u16::try_from(text.len() + 4).unwrap().to_be_bytes());
            bytes.extend([0, 1]);
            bytes.extend_from_slice(text);
            bytes.extend(b"\xFF\x90rest");
            bytes
        };
        check("90", &j2k(b"Created by OpenJPEG version 2.5.0"), false);
        check("201", &j2k(b"Kakadu-v8.4"), false);
        check("90", &j2k(b"for Quillerby"), true);
        check("110", b"\xFF\x0Acodestream", false);
        check("110", b"\0\0\0\x0CJXL ", true);
        assert!(Comments::watch("1.2.840.10008.1.2.5").is_none());
    }
}
