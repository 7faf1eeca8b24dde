//! Writes data elements in Explicit VR Little Endian (PS3.5 7.1.2).

/// A data set being written. The caller adds elements in ascending order of tags.
#[derive(Debug, Default, Clone)]
pub struct Elements(Vec<u8>);

impl Elements {
    /// An empty data set with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// The bytes written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// A text value: padded with NUL for UI, with a space for the rest (PS3.5 6.2).
    pub fn text(&mut self, tag: u32, vr: [u8; 2], value: &str) -> &mut Self {
        let pad = if vr == *b"UI" { 0 } else { b' ' };
        self.raw(tag, vr, value.as_bytes(), pad)
    }

    /// One unsigned short (US).
    pub fn us(&mut self, tag: u32, value: u16) -> &mut Self {
        self.raw(tag, *b"US", &value.to_le_bytes(), 0)
    }

    /// One double (FD).
    pub fn fd(&mut self, tag: u32, value: f64) -> &mut Self {
        self.raw(tag, *b"FD", &value.to_le_bytes(), 0)
    }

    /// One unsigned long (UL).
    pub fn ul(&mut self, tag: u32, value: u32) -> &mut Self {
        self.raw(tag, *b"UL", &value.to_le_bytes(), 0)
    }

    /// Bytes as they are (OB, OW).
    pub fn bytes(&mut self, tag: u32, vr: [u8; 2], value: &[u8]) -> &mut Self {
        self.raw(tag, vr, value, 0)
    }

    /// Elements that are encoded already, or bytes that are none.
    pub fn append(&mut self, encoded: &[u8]) -> &mut Self {
        self.0.extend_from_slice(encoded);
        self
    }

    /// A sequence with one item of defined length.
    pub fn item(&mut self, tag: u32, build: impl FnOnce(&mut Self)) -> &mut Self {
        let mut inner = Self::default();
        build(&mut inner);
        let mut item = Vec::with_capacity(inner.0.len() + 8);
        item.extend_from_slice(&[0xfe, 0xff, 0x00, 0xe0]);
        item.extend_from_slice(&length(inner.0.len()));
        item.append(&mut inner.0);
        self.raw(tag, *b"SQ", &item, 0)
    }

    fn raw(&mut self, tag: u32, vr: [u8; 2], value: &[u8], pad: u8) -> &mut Self {
        let [g1, g0, e1, e0] = tag.to_be_bytes();
        let padded = value.len() + value.len() % 2;
        self.0.extend_from_slice(&[g0, g1, e0, e1]);
        self.0.extend_from_slice(&vr);
        let long = matches!(
            &vr,
            b"OB" | b"OD" | b"OF" | b"OL" | b"OW" | b"SQ" | b"UC" | b"UN" | b"UR" | b"UT"
        );
        match u16::try_from(padded) {
            Ok(short) if !long => self.0.extend_from_slice(&short.to_le_bytes()),
            _ => {
                self.0.extend_from_slice(&[0, 0]);
                self.0.extend_from_slice(&length(padded));
            }
        }
        self.0.extend_from_slice(value);
        if padded != value.len() {
            self.0.push(pad);
        }
        self
    }
}

/// A length of four bytes. No phantom comes near 4 GiB; saturating keeps the writer total.
fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}

/// A decimal string (DS) of at most 16 characters with micrometre precision.
pub(super) fn ds(value: f64) -> String {
    let text = format!("{value:.6}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Elements, ds};

    #[test]
    fn elements_are_padded_and_long_where_the_standard_says_so() {
        let mut set = Elements::default();
        set.text(0x0008_0018, *b"UI", "1.2").bytes(0x7fe0_0010, *b"OW", &[1, 2]);
        assert_eq!(
            set.into_bytes(),
            b"\x08\x00\x18\x00UI\x04\x001.2\0\xe0\x7f\x10\x00OW\0\0\x02\0\0\0\x01\x02"
        );
    }

    #[test]
    fn decimals_are_short() {
        assert_eq!(ds(-0.000_000_1), "0");
        assert_eq!(ds(250.0 / 512.0), "0.488281");
        assert_eq!(ds(-83.5), "-83.5");
        assert_eq!(ds(100.0), "100");
    }
}
