//! Float Pixel Data and Double Float Pixel Data, PS3.3 sections C.7.6.24 and C.7.6.25: whether the object may
//! have them, and texts in them.

use lightcase_dataset::{Element, Tag, VR, width};

use super::Hold;
use super::noise::Noise;
use crate::clean::are_measurable;
use crate::subject::{Subject, number_of};
use crate::tape::Tape;

/// Watches floating-point pixels for texts: those of letters are numbers that nothing measures, and long
/// ones read as words.
#[derive(Debug)]
pub(crate) struct Floats {
    vr: VR,
    big_endian: bool,
    noise: Noise,
    /// What is looked at together; what was looked at and may begin a text stays in front.
    window: Vec<u8>,
    found: bool,
}

/// Parametric Map Storage, the one class whose objects may have them.
const PARAMETRIC_MAP: &str = "1.2.840.10008.5.1.4.1.1.30";

/// Bytes that are looked at together.
const WINDOW: usize = 64 << 10;

/// Longer texts than any that is looked for; a whole number of samples.
const OVERLAP: usize = 256;

impl Floats {
    /// Why an object with such pixels is to be held.
    pub(crate) fn judge(subject: &Subject, tape: &Tape, pixels: &Element) -> Vec<Hold> {
        let is_of_class = subject.class == PARAMETRIC_MAP;
        let bits = u32::try_from(width(pixels.vr) * 8).ok();
        let is_as_wide = number_of(tape, Tag(0x0028_0100)) == bits;
        let class = (!is_of_class).then_some(Hold::UnexpectedPixels);
        class.into_iter().chain((!is_as_wide).then_some(Hold::Samples)).collect()
    }

    pub(crate) fn watch(pixels: &Element) -> Self {
        Self {
            vr: pixels.vr,
            big_endian: pixels.big_endian,
            noise: Noise::default(),
            window: Vec::new(),
            found: false,
        }
    }

    /// Looks at the next bytes; `tells` says whether some that belong together tell who it is.
    pub(crate) fn push(&mut self, bytes: &[u8], tells: impl Fn(&[u8]) -> bool) {
        self.noise.push(bytes);
        let mut rest = bytes;
        while !rest.is_empty() && !self.found {
            let free = WINDOW.saturating_sub(self.window.len());
            let (now, later) = rest.split_at(free.min(rest.len()));
            self.window.extend_from_slice(now);
            rest = later;
            if self.window.len() >= WINDOW {
                self.judge_window(&tells);
                self.window.drain(..WINDOW - OVERLAP);
            }
        }
    }

    /// Whether there was a text; no more bytes will come.
    pub(crate) fn found(mut self, tells: impl Fn(&[u8]) -> bool) -> bool {
        self.noise.end();
        self.judge_window(&tells);
        self.found || self.noise.has_found()
    }

    fn judge_window(&mut self, tells: &impl Fn(&[u8]) -> bool) {
        self.found |=
            !are_measurable(self.vr, self.big_endian, &self.window) || tells(&self.window);
    }
}
