//! The listener that writes what it hears.

use dicom_core::VR;

use super::order::Order;
use super::{NativePixels, Piece};
use crate::element::{Element, Tag};
use crate::encoder::{Encoder, Plain};
use crate::error::{Result, ScanError};
use crate::frames::Fragment;
use crate::syntax::TransferSyntax;
use crate::tokenizer::{Sink, Take};
use crate::{value, vr};

/// Longer values are passed on as they come.
const LONG: u64 = 4 << 10;

const PHOTOMETRIC_INTERPRETATION: Tag = Tag(0x0028_0004);
const PLANAR_CONFIGURATION: Tag = Tag(0x0028_0006);
const BITS_ALLOCATED: Tag = Tag(0x0028_0100);
const PIXEL_REPRESENTATION: Tag = Tag(0x0028_0103);
/// Extended Offset Table, its lengths, and Encapsulated Pixel Data Value Total Length: of
/// encapsulated pixel data only.
const TABLES: [Tag; 3] = [Tag(0x7FE0_0001), Tag(0x7FE0_0002), Tag(0x7FE0_0003)];

#[derive(Debug)]
pub(super) struct Rewrite {
    encoder: Encoder,
    pieces: Vec<Piece>,
    pixels: Option<NativePixels>,
    /// Native Pixel Data are big endian in a data set that is not.
    big_pixels: bool,
    /// Pixel Representation of the data set and of the items that are open.
    signed: Vec<bool>,
    bits_allocated: Option<i64>,
    /// Planar Configuration was written.
    planar: bool,
    order: Order,
}

impl Rewrite {
    pub(super) fn new(from: &TransferSyntax, to: Plain, pixels: Option<NativePixels>) -> Self {
        Self {
            encoder: Encoder::new(to),
            pieces: Vec::new(),
            pixels,
            big_pixels: from.has_big_endian_pixels() && !from.is_big_endian(),
            signed: vec![false],
            bits_allocated: None,
            planar: false,
            order: Order::new(1),
        }
    }

    /// What was written since the last time.
    pub(super) fn take(&mut self) -> Vec<Piece> {
        self.settle();
        std::mem::take(&mut self.pieces)
    }

    fn settle(&mut self) {
        let bytes = self.encoder.take();
        if !bytes.is_empty() {
            self.pieces.push(Piece::Bytes(bytes));
        }
    }

    fn is_root(&self) -> bool {
        self.signed.len() == 1
    }

    /// Decoded colours are by pixel; an object that did not say so is completed at its place.
    fn complete(&mut self, next: Tag) {
        let missing = self.pixels.as_ref().is_some_and(|pixels| pixels.colour)
            && self.is_root()
            && !self.planar
            && next > PLANAR_CONFIGURATION;
        if missing {
            self.planar = true;
            self.encoder.element(PLANAR_CONFIGURATION, VR::US, &[0, 0]);
        }
    }

    /// Bytes of the words to be turned around.
    fn width(&self, element: &Element) -> Result<usize> {
        let pixels = self.is_root() && element.tag == Tag::PIXEL_DATA;
        let turned = element.big_endian || (pixels && self.big_pixels);
        if !turned {
            return Ok(1);
        }
        if !pixels {
            return Ok(vr::width(element.vr));
        }
        match self.bits_allocated {
            Some(16) => Ok(2),
            // In words two samples change places, in bytes none does (PS3.5 section 8.1.1).
            Some(1 | 8) if self.big_pixels => Ok(1),
            Some(1 | 8) => Ok(vr::width(element.vr)),
            _ => Err(ScanError::NotExact("big endian pixels of more than 16 bits")),
        }
    }
}

impl Sink for Rewrite {
    fn signed(&self) -> bool {
        self.signed.last().copied().unwrap_or(false)
    }

    fn element(&mut self, element: &Element) -> Result<Take> {
        if element.tag.is_group_length() {
            return Ok(Take::Skip);
        }
        self.complete(element.tag);
        let encapsulated = self.pixels.is_some() && self.is_root();
        if encapsulated && TABLES.contains(&element.tag) {
            return Ok(Take::Skip);
        }
        if encapsulated && element.tag.is_pixels() {
            return Err(ScanError::NotExact("pixel data that are not in fragments"));
        }
        if element.len <= LONG {
            return Ok(Take::Value);
        }
        self.order = Order::new(self.width(element)?);
        let len = u32::try_from(element.len);
        let len = len.map_err(|_long: std::num::TryFromIntError| ScanError::Truncated)?;
        self.encoder.header(element.tag, element.vr, len);
        Ok(Take::Pass)
    }

    fn value(&mut self, element: &Element, bytes: &[u8]) -> Result<()> {
        if element.tag == PIXEL_REPRESENTATION
            && let Some(signed) = self.signed.last_mut()
        {
            *signed = value::integer(element, bytes) == Some(1);
        }
        if self.is_root() {
            match (element.tag, &self.pixels) {
                (BITS_ALLOCATED, _) => self.bits_allocated = value::integer(element, bytes),
                (PHOTOMETRIC_INTERPRETATION, Some(pixels)) => {
                    self.encoder.element(element.tag, VR::CS, pixels.photometric.as_bytes());
                    return Ok(());
                }
                (PLANAR_CONFIGURATION, Some(_)) => {
                    self.planar = true;
                    self.encoder.element(element.tag, VR::US, &[0, 0]);
                    return Ok(());
                }
                _ => {}
            }
        }
        let len = u32::try_from(bytes.len()).unwrap_or(0);
        self.encoder.header(element.tag, element.vr, len);
        let mut order = Order::new(self.width(element)?);
        order.push(bytes, |bytes| self.encoder.raw(bytes));
        order.finish(|bytes| self.encoder.raw(bytes));
        Ok(())
    }

    fn part(&mut self, element: &Element, bytes: &[u8], last: bool) -> Result<()> {
        let Self { order, encoder, .. } = self;
        order.push(bytes, |bytes| encoder.raw(bytes));
        if last {
            order.finish(|bytes| encoder.raw(bytes));
        }
        debug_assert!(element.len > LONG, "short values come whole");
        Ok(())
    }

    fn open_sequence(&mut self, tag: Tag) -> Result<()> {
        self.complete(tag);
        self.encoder.open_sequence(tag);
        Ok(())
    }

    fn open_item(&mut self) -> Result<()> {
        self.signed.push(self.signed());
        self.encoder.open_item();
        Ok(())
    }

    fn close_item(&mut self) -> Result<()> {
        self.signed.pop();
        self.encoder.close_item();
        Ok(())
    }

    fn close_sequence(&mut self) -> Result<()> {
        self.encoder.close_sequence();
        Ok(())
    }

    fn open_fragments(&mut self, element: &Element) -> Result<()> {
        self.complete(element.tag);
        let root = self.is_root() && element.tag == Tag::PIXEL_DATA;
        let Some(pixels) = self.pixels.as_ref().filter(|_| root) else {
            return Err(ScanError::NotExact("encapsulated pixel data that were not decoded"));
        };
        let (len, vr) = (pixels.len, if pixels.words { VR::OW } else { VR::OB });
        let padded = len.checked_next_multiple_of(2).ok_or(ScanError::NotExact("its size"))?;
        self.encoder.header(element.tag, vr, padded);
        self.settle();
        self.pieces.push(Piece::Pixels);
        if padded > len {
            self.encoder.raw(&[0]);
        }
        Ok(())
    }

    fn fragment(&mut self, _index: usize, _fragment: Fragment) -> Result<Take> {
        Ok(Take::Skip)
    }

    fn fragment_value(&mut self, _bytes: &[u8]) -> Result<()> {
        Ok(())
    }

    fn fragment_start(&mut self, _bytes: &[u8]) {}

    fn close_fragments(&mut self, _end: u64) -> Result<()> {
        Ok(())
    }
}
