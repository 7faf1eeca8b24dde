//! The marker segments at the head of a JPEG or JPEG-LS codestream, ITU-T T.81 annex B.

use crate::CodecError;

/// What stands before the first scan's data.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The low nibble names the process: `0xC0` baseline … `0xC3` lossless, `0xF7` JPEG-LS.
    pub(super) process: u8,
    pub(super) precision: u8,
    pub(super) rows: u16,
    pub(super) columns: u16,
    /// Component identifiers in their order.
    pub(super) components: Vec<u8>,
    /// Whether any component has another resolution than the others.
    pub(super) subsampled: bool,
    pub(super) jfif: bool,
    /// The transform byte of an Adobe APP14 segment.
    pub(super) adobe: Option<u8>,
    /// Last bytes of the scan header: predictor or NEAR, interleave mode, point transform.
    pub(super) scan: [u8; 3],
    /// Components in the first scan.
    pub(super) scan_components: usize,
}

/// Reads the head. No segment is believed beyond the bytes that are there.
pub(super) fn read(stream: &[u8]) -> Result<Head, CodecError> {
    let damaged = || CodecError::broken("the codestream's markers are damaged");
    let mut head = Head::default();
    let mut rest = stream.strip_prefix(&[0xFF, 0xD8]).ok_or_else(damaged)?;
    loop {
        rest = rest.strip_prefix(&[0xFF]).ok_or_else(damaged)?;
        // Any number of fill bytes may stand before a marker.
        while let Some(after) = rest.strip_prefix(&[0xFF]) {
            rest = after;
        }
        let (marker, after) = rest.split_first().ok_or_else(damaged)?;
        let (length, _) = after.split_first_chunk::<2>().ok_or_else(damaged)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (segment, after) = after.split_at_checked(length).ok_or_else(damaged)?;
        let body = segment.get(2..).ok_or_else(damaged)?;
        rest = after;
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xF7 => {
                if head.process != 0 {
                    return Err(damaged());
                }
                head.process = *marker;
                frame(&mut head, body).ok_or_else(damaged)?;
            }
            0xE0 => head.jfif |= body.starts_with(b"JFIF\0"),
            0xEE if body.starts_with(b"Adobe") => head.adobe = body.get(11).copied(),
            0xDA => {
                let scan = body.last_chunk::<3>().ok_or_else(damaged)?;
                head.scan = *scan;
                head.scan_components = body.first().copied().map_or(0, usize::from);
                return if head.process == 0 { Err(damaged()) } else { Ok(head) };
            }
            0xD8 | 0xD9 => return Err(damaged()),
            _ => {}
        }
    }
}

fn frame(head: &mut Head, body: &[u8]) -> Option<()> {
    let (fixed, components) = body.split_first_chunk::<6>()?;
    let [precision, rows_high, rows_low, columns_high, columns_low, count] = *fixed;
    head.precision = precision;
    head.rows = u16::from_be_bytes([rows_high, rows_low]);
    head.columns = u16::from_be_bytes([columns_high, columns_low]);
    let components = components.get(..usize::from(count) * 3)?.as_chunks::<3>().0;
    head.components = components.iter().map(|[id, _, _]| *id).collect();
    let factors = |component: &[u8; 3]| component.get(1).copied();
    head.subsampled = components.windows(2).any(|pair| match pair {
        [one, other] => factors(one) != factors(other),
        _ => false,
    });
    Some(())
}
