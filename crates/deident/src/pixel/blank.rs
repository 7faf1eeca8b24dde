//! Rectangles made black, in every frame, while the pixels stream by.

use super::{Layout, Region};

/// Blanks the same regions in every frame of native pixel data that comes in pieces of any size.
///
/// Black is 0 in every sample, but 128 in the chroma of `YBR_FULL`.
#[derive(Debug, Clone)]
pub struct Blanker {
    layout: Layout,
    regions: Vec<Region>,
    position: u64,
}

impl Blanker {
    /// At the first byte of the first frame. Regions that reach beyond the image are cut.
    pub fn new(layout: Layout, regions: &[Region]) -> Self {
        Self { layout, regions: regions.to_vec(), position: 0 }
    }

    /// Blanks what lies in the regions among the next bytes.
    pub fn push(&mut self, bytes: &mut [u8]) {
        let (start, row) = (self.position, self.layout.row());
        let len = u64::try_from(bytes.len()).unwrap_or(0);
        self.position = start.saturating_add(len);
        if row == 0 || self.layout.rows == 0 {
            return;
        }
        for line in start / row..=self.position.saturating_sub(1) / row {
            let plane = line / u64::from(self.layout.rows);
            let y = line % u64::from(self.layout.rows);
            let black = self.black(plane);
            for region in &self.regions {
                let (top, bottom) =
                    (u64::from(region.y), u64::from(region.y) + u64::from(region.height));
                if !(top..bottom).contains(&y) {
                    continue;
                }
                let left = u64::from(region.x.min(self.layout.columns)) * self.layout.pixel();
                let right = u64::from(region.x)
                    .saturating_add(u64::from(region.width))
                    .min(u64::from(self.layout.columns))
                    * self.layout.pixel();
                let from = (line * row + left).max(start);
                let to = (line * row + right).min(self.position);
                for at in from..to {
                    let place = usize::try_from(at - start).unwrap_or(usize::MAX);
                    let sample = (at - line * row) / u64::from(self.layout.bytes.max(1));
                    if let Some(byte) = bytes.get_mut(place) {
                        *byte = black.of(sample, self.layout.samples);
                    }
                }
            }
        }
    }

    fn black(&self, plane: u64) -> Black {
        if !self.layout.ybr || self.layout.samples != 3 {
            Black::Zero
        } else if !self.layout.planar {
            Black::ByPixel
        } else if plane.is_multiple_of(3) {
            Black::Zero
        } else {
            Black::Chroma
        }
    }
}

/// What black is in a row.
#[derive(Clone, Copy)]
enum Black {
    Zero,
    Chroma,
    ByPixel,
}

impl Black {
    fn of(self, sample: u64, samples: u32) -> u8 {
        match self {
            Self::Zero => 0,
            Self::ByPixel if sample.is_multiple_of(u64::from(samples)) => 0,
            Self::ByPixel | Self::Chroma => 128,
        }
    }
}

/// Blanks regions in one decoded frame.
pub fn blank_frame(layout: Layout, regions: &[Region], frame: &mut [u8]) {
    Blanker::new(layout, regions).push(frame);
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: Region = Region { x: 1, y: 1, width: 2, height: 9 };

    fn layout(samples: u32, planar: bool, ybr: bool) -> Layout {
        Layout { rows: 3, columns: 4, samples, bytes: 1, planar, ybr }
    }

    #[test]
    fn regions_are_black_in_every_frame() {
        let mut pixels = vec![7; 24];
        Blanker::new(layout(1, false, false), &[REGION]).push(&mut pixels);
        let frame = [7, 7, 7, 7, 7, 0, 0, 7, 7, 0, 0, 7];
        assert_eq!(pixels, [frame, frame].concat());
    }

    #[test]
    fn black_of_luminance_and_chroma() {
        let mut frame = vec![7; 36];
        blank_frame(layout(3, false, true), &[REGION], &mut frame);
        assert_eq!(frame[12..24], [7, 7, 7, 0, 128, 128, 0, 128, 128, 7, 7, 7]);
        let mut planes = vec![7; 36];
        blank_frame(layout(3, true, true), &[REGION], &mut planes);
        assert_eq!(planes[4..8], [7, 0, 0, 7]);
        assert_eq!(planes[16..20], [7, 128, 128, 7]);
    }

    #[test]
    fn pieces_make_no_difference() {
        let whole: Vec<u8> = (1..=144).collect();
        for (samples, planar) in [(1, false), (3, false), (3, true)] {
            let shape = Layout { bytes: 2, ..layout(samples, planar, false) };
            let mut expected = whole.clone();
            Blanker::new(shape, &[REGION]).push(&mut expected);
            for size in 1..20 {
                let (mut blanker, mut pieces) = (Blanker::new(shape, &[REGION]), whole.clone());
                pieces.chunks_mut(size).for_each(|piece| blanker.push(piece));
                assert_eq!(pieces, expected);
            }
        }
    }
}
