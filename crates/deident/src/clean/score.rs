//! Runs of characters among bytes and words, and how much of a text they are.

/// What counts as part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Characters {
    /// Letters, digits, and what parts them in names, dates, numbers and addresses.
    All,
    /// No small letters and, of other alphabets, those of UTF-8.
    Capital,
}

impl Characters {
    pub(super) const fn has(self, byte: u8) -> bool {
        match byte {
            b'a'..=b'z' => matches!(self, Self::All),
            b'A'..=b'Z' | b'0'..=b'9' => true,
            _ => {
                matches!(byte, b' ' | b'^' | b'-' | b'.' | b',' | b'\'' | b'@' | b'/' | b':' | b'_')
            }
        }
    }
}

/// Kinds of characters, of which words are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Class {
    /// What parts words.
    #[default]
    Parting,
    Capital,
    Small,
    Digit,
    /// Letters that are neither.
    Other,
}

impl Class {
    fn of(character: u32) -> Self {
        let character = char::from_u32(character).unwrap_or(' ');
        if character.is_lowercase() {
            Self::Small
        } else if character.is_uppercase() {
            Self::Capital
        } else if character.is_numeric() {
            Self::Digit
        } else if character.is_alphabetic() {
            Self::Other
        } else {
            Self::Parting
        }
    }

    const fn is_letter(self) -> bool {
        matches!(self, Self::Capital | Self::Small | Self::Other)
    }
}

/// Counts the characters of a run, but those that go on by one or by the last step again, or stay close
/// to the last but one for long: ramps of bytes and of words are no texts. Nor is what comes twice
/// behind what came twice: such are tables of bytes that were made words, as the colours of a palette
/// are (PS3.3 section C.7.6.3.1.5).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    /// The last two characters.
    last: Option<i32>,
    before: Option<i32>,
    step: i32,
    /// The last two characters were close to those two before them.
    near: (bool, bool),
    sum: usize,
    /// How often the last character has come in a row, for how much it was counted, and whether the row
    /// before it is of an even length.
    row: usize,
    counted: usize,
    was_even: bool,
}

/// How a character follows those before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Followed {
    is_counted: bool,
    /// From the last one.
    step: i32,
    /// To the last but one.
    is_near: bool,
}

impl Count {
    /// Takes the next character, which counts for so many.
    pub(super) fn add(&mut self, character: u32, weight: usize) -> Followed {
        let character = i32::try_from(character).unwrap_or(i32::MAX);
        let step = self.last.map(|last| character - last);
        let is_near = self.before.is_some_and(|before| (character - before).abs() <= 1);
        let goes_on = step.is_some_and(|step| step.abs() <= 1 || step == self.step)
            || is_near && (self.near.0 || self.near.1);
        if self.last == Some(character) {
            self.row += 1;
        } else {
            self.sum -= self.doubled();
            self.was_even = self.is_even();
            (self.row, self.counted) = (1, 0);
        }
        if !goes_on {
            self.sum += weight;
            self.counted = weight;
        }
        self.near = (is_near, self.near.0);
        self.before = self.last.replace(character);
        self.step = step.unwrap_or(0);
        Followed { is_counted: !goes_on, step: self.step, is_near }
    }

    const fn is_even(&self) -> bool {
        self.row > 0 && self.row.is_multiple_of(2)
    }

    /// What does not count of the last row, now that it has ended.
    const fn doubled(&self) -> usize {
        if self.is_even() && self.was_even { self.counted } else { 0 }
    }

    /// How many characters were counted, each by its weight.
    pub(super) const fn total(&self) -> usize {
        self.sum - self.doubled()
    }
}

/// Counts the characters of a run, and how they follow each other.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Score {
    count: Count,
    /// Characters that were counted, those of ASCII among them, and the sum of the steps to them.
    len: usize,
    plain: usize,
    travelled: u64,
    /// Characters that differ from the last one, and how many of those are close to the last but one.
    moves: usize,
    echoes: usize,
    /// Counted characters behind one as words have them, and as words do not.
    fitting: usize,
    broken: usize,
    class: Class,
    /// The last character is a capital letter that begins a word.
    opens: bool,
}

impl Score {
    pub(super) fn add(&mut self, character: u32, weight: usize) {
        let class = Class::of(character);
        let Followed { is_counted, step, is_near } = self.count.add(character, weight);
        if is_counted {
            self.len += 1;
            self.plain += usize::from(character < 0x80);
            self.travelled += u64::from(step.unsigned_abs());
            self.pair(class);
        }
        self.opens = class == Class::Capital && !self.class.is_letter();
        self.class = class;
        if step.abs() > 1 {
            self.moves += 1;
            self.echoes += usize::from(is_near);
        }
    }

    fn pair(&mut self, class: Class) {
        match (self.class, class) {
            (Class::Parting, _) | (_, Class::Parting) => {}
            (Class::Capital, Class::Small) if self.opens => self.fitting += 1,
            (last, next) if last == next => self.fitting += 1,
            (Class::Capital | Class::Small | Class::Digit | Class::Other, _) => self.broken += 1,
        }
    }

    /// How many characters were counted, each by its weight.
    pub(super) const fn count(&self) -> usize {
        self.count.total()
    }

    /// Whether the characters follow each other as in words: with jumps, and without changing between
    /// capital and small letters and digits all the time, as noise does.
    pub(super) fn is_prose(&self) -> bool {
        let steps = u64::try_from(self.len.saturating_sub(1)).unwrap_or(u64::MAX);
        self.travelled >= steps.saturating_mul(3) && self.broken * 5 <= self.fitting
    }

    /// Whether most characters are those of ASCII.
    pub(super) const fn is_plain(&self) -> bool {
        self.plain * 2 >= self.len
    }

    /// Whether every second character is nearly the same: then it is a part of numbers.
    pub(super) const fn alternates(&self) -> bool {
        self.echoes > 1 && self.echoes * 5 >= self.moves * 2
    }
}

/// Tells each run in single bytes and UTF-8.
pub(super) fn each_run(value: &[u8], characters: Characters, mut told: impl FnMut(&Score)) {
    let (mut score, mut at) = (Score::default(), 0);
    while let Some(&byte) = value.get(at) {
        let behind = |count: usize| {
            let more = value.get(at + 1..at + 1 + count)?;
            let all = more.iter().all(|byte| matches!(byte, 0x80..=0xBF));
            all.then(|| more.iter().fold(u32::from(byte), |a, b| a << 6 | u32::from(*b & 0x3F)))
        };
        let latin = || {
            let after_letter = at.checked_sub(1).and_then(|at| value.get(at));
            after_letter.is_some_and(u8::is_ascii_alphabetic)
                && characters == Characters::All
                && !matches!(byte, 0xD7 | 0xF7)
        };
        let (weight, character) = match byte {
            _ if characters.has(byte) => (1, Some(u32::from(byte))),
            0xC3..=0xDF if behind(1).is_some() => (2, behind(1)),
            0xE1..=0xEF if behind(2).is_some() => (3, behind(2)),
            0xC0..=0xFF if latin() => (1, Some(u32::from(byte))),
            _ => (1, None),
        };
        match character {
            Some(character) => score.add(character, weight),
            None => told(&std::mem::take(&mut score)),
        }
        at += weight;
    }
    told(&score);
}

/// Tells each run in words of one byte order that begin at a place, Latin, Greek or Cyrillic; and
/// whether it is Latin.
pub(super) fn each_wide_run(
    value: &[u8],
    big_endian: bool,
    start: usize,
    mut told: impl FnMut(&Score, bool),
) {
    let (mut score, mut page) = (Score::default(), None);
    for word in value.get(start..).unwrap_or_default().as_chunks::<2>().0 {
        let word = if big_endian { u16::from_be_bytes(*word) } else { u16::from_le_bytes(*word) };
        let of: Option<u8> = match word {
            0x0020..=0x007E if Characters::All.has(word.to_le_bytes()[0]) => Some(0),
            0x00C0..=0x017F => Some(0),
            0x0370..=0x03FF => Some(3),
            0x0400..=0x045F => Some(4),
            _ => None,
        };
        let Some(of) = of else {
            told(&std::mem::take(&mut score), page == Some(0));
            page = None;
            continue;
        };
        if of != 0 && page.is_some_and(|page| page != 0 && page != of) {
            told(&std::mem::take(&mut score), false);
        }
        page = if of == 0 { page.or(Some(0)) } else { Some(of) };
        score.add(word.into(), 1);
    }
    told(&score, page == Some(0));
}
