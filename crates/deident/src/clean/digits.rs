//! Dates and numbers of records among bytes and words: many of their digits are too close to each other
//! to count as characters of a text.

/// Whether digits are a whole date, in bytes or in words of either order.
pub(super) fn has_date(value: &[u8]) -> bool {
    const ORDERS: [(bool, usize); 4] = [(false, 0), (false, 1), (true, 0), (true, 1)];
    is_dated(value.iter().copied())
        || ORDERS.into_iter().any(|(big_endian, start)| {
            let (words, _) = value.get(start..).unwrap_or_default().as_chunks::<2>();
            is_dated(words.iter().map(|word| {
                let word =
                    if big_endian { u16::from_be_bytes(*word) } else { u16::from_le_bytes(*word) };
                u8::try_from(word).unwrap_or_default()
            }))
        })
}

/// Whether a value is short, and six digits stand in it, in a row or with what parts them.
pub(super) fn is_number(value: &[u8]) -> bool {
    const MOST: usize = 16;
    const LEAST: usize = 6;
    let is_other = |byte: &u8| !matches!(byte, b' ' | b'-' | b'.' | b'/' | b'0'..=b'9');
    let digits = |run: &[u8]| run.iter().filter(|byte| byte.is_ascii_digit()).count();
    value.len() <= MOST && value.split(is_other).any(|run| digits(run) >= LEAST)
}

fn is_dated(characters: impl Iterator<Item = u8>) -> bool {
    let mut row = Row::default();
    characters.chain([0]).any(|character| row.ends_date(character))
}

/// Digits that stand in a row.
#[derive(Debug, Clone, Copy, Default)]
struct Number {
    value: u64,
    digits: usize,
}

impl Number {
    /// Whether it is one of `YYYYMMDD`, also with a time behind it, `DDMMYYYY` and `MMDDYYYY`. Part of a
    /// longer row is none: ramps and noise among the digits make such ones.
    fn is_date(self) -> bool {
        let value = self.value;
        let year_first = |value: u64| is_day(value / 10_000, value / 100 % 100, value % 100);
        match self.digits {
            8 => {
                let (a, b, year) = (value / 1_000_000, value / 10_000 % 100, value % 10_000);
                year_first(value) || is_day(year, b, a) || is_day(year, a, b)
            }
            12 => year_first(value / 10_000),
            14 => year_first(value / 1_000_000),
            _ => false,
        }
    }
}

/// The last three numbers, and what stands between them.
#[derive(Debug, Default)]
struct Row {
    numbers: [Number; 3],
    parting: [u8; 2],
}

impl Row {
    /// Takes in a character; whether a date ends before it.
    fn ends_date(&mut self, character: u8) -> bool {
        let [first, second, third] = self.numbers;
        if character.is_ascii_digit() {
            let digit = u64::from(character - b'0');
            let value = third.value.saturating_mul(10).saturating_add(digit);
            self.numbers = [first, second, Number { value, digits: third.digits + 1 }];
            return false;
        }
        let [outer, inner] = self.parting;
        let is_date = third.is_date() || outer == inner && are_date(first, second, third);
        if matches!(character, b'-' | b'.' | b'/') && third.digits > 0 {
            self.numbers = [second, third, Number::default()];
            self.parting = [inner, character];
        } else {
            *self = Self::default();
        }
        is_date
    }
}

fn are_date(first: Number, second: Number, third: Number) -> bool {
    let (a, b, c) = (first.value, second.value, third.value);
    match (first.digits, second.digits, third.digits) {
        (4, 2, 2) => is_day(a, b, c),
        (2, 2, 4) => is_day(c, b, a) || is_day(c, a, b),
        _ => false,
    }
}

/// A day on which somebody who has images was born, or any later one.
fn is_day(year: u64, month: u64, day: u64) -> bool {
    (1850..=2099).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &[u8], expected: bool) {
        let around = [&[1, 0, 7, 0][..], value, &[0, 9]].concat();
        for value in [value, &around[..]] {
            assert_eq!(has_date(value), expected, "{value:02X?}");
        }
    }

    #[test]
    fn dates_are_found_in_bytes_and_words() {
        for text in [
            "20010101",
            "19890101",
            "20111212",
            "19760904",
            "18991231",
            "31122001",
            "12312001",
            "2001-01-01",
            "1988/11/12",
            "01.01.2001",
            "11.22.2012",
            "Bo 20010101,",
            "20010101120000",
            "200101011200",
            "7.01.01.2001",
        ] {
            check(text.as_bytes(), true);
            let orders: [fn(u16) -> [u8; 2]; 2] = [u16::to_le_bytes, u16::to_be_bytes];
            for order in orders {
                check(&text.encode_utf16().flat_map(order).collect::<Vec<_>>(), true);
            }
        }
    }

    #[test]
    fn other_digits_are_no_dates() {
        for text in [
            "20011301",
            "20010132",
            "17000101",
            "21000101",
            "0123456789",
            "11111111",
            "20202020",
            "2001-01.01",
            "2001-1-1",
            "20010101001",
            "",
        ] {
            check(text.as_bytes(), false);
        }
        check(&(0..=u8::MAX).collect::<Vec<_>>(), false);
        check(&(0..=u16::MAX).flat_map(u16::to_le_bytes).collect::<Vec<_>>(), false);
        check(&(0..=u16::MAX).flat_map(u16::to_be_bytes).collect::<Vec<_>>(), false);
    }

    #[test]
    fn a_short_value_of_six_digits_is_a_number() {
        for (value, is) in [
            (&b"12345678"[..], true),
            (b"0176 1111222", true),
            (b"04-09-76", true),
            (b"\x01\x01111111\0\0", true),
            (b"12345\0", false),
            (b"1\x002\x003\x004\x005\x006\0", false),
            (b"12345678\0\0\0\0\0\0\0\0\0", false),
        ] {
            assert_eq!(is_number(value), is, "{value:02X?}");
        }
    }
}
