//! The deflated syntaxes, PS3.5 section A.5: inflated as bytes arrive, under a ratio and a cap.

use flate2::{Decompress, FlushDecompress, Status};

use crate::error::{Result, ScanError};
use crate::limits::Limits;

pub(crate) struct Inflate {
    stream: Decompress,
    out: Vec<u8>,
    ended: bool,
    /// Bytes that may still follow the end of the stream.
    trailer_left: usize,
    ratio: u64,
    free: u64,
    cap: u64,
}

const CHUNK: usize = 64 << 10;

/// Some writers deflate with gzip and leave its checksum and length in the file.
const GZIP_TRAILER: usize = 8;

impl Inflate {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            stream: Decompress::new(false),
            out: vec![0; CHUNK],
            ended: false,
            trailer_left: GZIP_TRAILER,
            ratio: limits.inflate_ratio,
            free: limits.inflate_free,
            cap: limits.inflated,
        }
    }

    /// Inflates `bytes` and hands the result on, at most [`CHUNK`] at a time.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        mut next: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut rest = bytes;
        loop {
            if self.ended {
                // Behind a trailer there may be, a NUL may pad the whole to an even length (PS3.5
                // section A.5).
                let (trailer, padding) = rest.split_at(rest.len().min(self.trailer_left));
                self.trailer_left = self.trailer_left.saturating_sub(trailer.len());
                return if padding.iter().all(|byte| *byte == 0) {
                    Ok(())
                } else {
                    Err(self.malformed("bytes behind the end of the deflate stream"))
                };
            }
            let (in_before, out_before) = (self.stream.total_in(), self.stream.total_out());
            let status =
                self.stream.decompress(rest, &mut self.out, FlushDecompress::None).map_err(
                    |_error: flate2::DecompressError| self.malformed("the data is not deflated"),
                )?;
            let consumed = usize::try_from(self.stream.total_in() - in_before).unwrap_or(0);
            let produced = usize::try_from(self.stream.total_out() - out_before).unwrap_or(0);
            rest = rest.get(consumed..).unwrap_or_default();
            self.check_limits()?;
            next(self.out.get(..produced).unwrap_or_default())?;
            match status {
                Status::StreamEnd => self.ended = true,
                Status::Ok | Status::BufError if consumed == 0 && produced == 0 => return Ok(()),
                Status::Ok | Status::BufError => {}
            }
        }
    }

    pub(crate) fn finish(&self) -> Result<()> {
        if self.ended { Ok(()) } else { Err(ScanError::Truncated) }
    }

    fn check_limits(&self) -> Result<()> {
        let (input, output) = (self.stream.total_in(), self.stream.total_out());
        if output > self.cap {
            return Err(ScanError::LimitExceeded { what: "size of the inflated data set" });
        }
        if output > self.free && output > input.saturating_mul(self.ratio) {
            return Err(ScanError::LimitExceeded { what: "ratio of inflated to deflated bytes" });
        }
        Ok(())
    }

    fn malformed(&self, what: &'static str) -> ScanError {
        ScanError::Malformed { offset: self.stream.total_out(), what }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;

    /// What is behind the stream, in pushes of every size: whether it is borne.
    fn check(behind: &[u8], fine: bool) {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        deflate.write_all(b"a data set").unwrap();
        let whole = [deflate.finish().unwrap(), behind.to_vec()].concat();
        for size in 1..=whole.len() {
            let mut inflater = Inflate::new(&Limits::default());
            let mut out = Vec::new();
            let pushed = whole.chunks(size).try_for_each(|bytes| {
                inflater.push(bytes, |more| {
                    out.extend_from_slice(more);
                    Ok(())
                })
            });
            assert_eq!(pushed.is_ok(), fine, "{behind:?} by {size}");
            if fine {
                inflater.finish().unwrap();
                assert_eq!(out, b"a data set");
            }
        }
    }

    #[test]
    fn a_trailer_and_padding_are_borne_and_nothing_else() {
        check(b"", true);
        check(b"\0", true);
        check(b"12345678", true);
        check(b"12345678\0", true);
        check(b"1234567\0\0\0", true);
        check(b"123456789", false);
        check(b"12345678\09", false);
    }
}
