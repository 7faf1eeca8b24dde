//! The text of a DICOM JSON object, appended piece by piece under a cap.

use std::io::Write as _;

use dicom_core::VR;

use crate::element::Tag;
use crate::error::{Result, ScanError};

pub(crate) struct JsonWriter {
    out: Vec<u8>,
    cap: usize,
    /// For every open data set, whether it has a member yet.
    started: Vec<bool>,
}

impl JsonWriter {
    pub(crate) fn new(cap: usize) -> Self {
        Self { out: Vec::with_capacity(8 << 10), cap, started: Vec::new() }
    }

    /// Bytes of memory it has.
    pub(crate) fn capacity(&self) -> usize {
        self.out.capacity()
    }

    pub(crate) fn open_data_set(&mut self) {
        self.out.push(b'{');
        self.started.push(false);
    }

    pub(crate) fn close_data_set(&mut self) {
        self.started.pop();
        self.out.push(b'}');
    }

    /// Opens the member of an element, up to and with its VR.
    pub(crate) fn open_member(&mut self, tag: Tag, vr: VR) -> Result<()> {
        if self.out.len() > self.cap {
            return Err(ScanError::LimitExceeded { what: "size of the metadata" });
        }
        if let Some(started) = self.started.last_mut() {
            if *started {
                self.out.push(b',');
            }
            *started = true;
        }
        self.out.push(b'"');
        for nibble in hex(tag.0) {
            self.out.push(nibble);
        }
        self.raw("\":{\"vr\":\"");
        self.raw(vr.to_string());
        self.out.push(b'"');
        Ok(())
    }

    pub(crate) fn close_member(&mut self) {
        self.out.push(b'}');
    }

    /// Text that is JSON already.
    pub(crate) fn raw(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// Something whose `Display` is JSON already.
    pub(crate) fn display(&mut self, json: impl std::fmt::Display) {
        // Writing to a Vec cannot fail.
        if write!(self.out, "{json}").is_err() {
            self.out.clear();
        }
    }

    /// A JSON string.
    pub(crate) fn string(&mut self, text: &str) {
        self.out.push(b'"');
        let mut plain = 0;
        for (index, byte) in text.bytes().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' && byte != 0x7F {
                continue;
            }
            self.raw(text.get(plain..index).unwrap_or_default());
            plain = index + 1;
            match byte {
                b'"' => self.raw("\\\""),
                b'\\' => self.raw("\\\\"),
                b'\n' => self.raw("\\n"),
                b'\r' => self.raw("\\r"),
                b'\t' => self.raw("\\t"),
                control => self.display(format_args!("\\u{control:04x}")),
            }
        }
        self.raw(text.get(plain..).unwrap_or_default());
        self.out.push(b'"');
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }
}

/// Eight upper-case hexadecimal digits.
fn hex(value: u32) -> [u8; 8] {
    let mut digits = [b'0'; 8];
    for (index, digit) in digits.iter_mut().rev().enumerate() {
        let nibble = u8::try_from(
            value.checked_shr(u32::try_from(index * 4).unwrap_or(0)).unwrap_or(0) & 0xF,
        )
        .unwrap_or(0);
        *digit = if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 };
    }
    digits
}
