//! The deflated syntaxes on the way out, PS3.5 section A.5.

use flate2::{Compress, Compression, FlushCompress, Status};

use crate::error::{Result, ScanError};

const CHUNK: usize = 64 << 10;

/// Deflates what is pushed, as RFC 1951 has it, without header and checksum. The same bytes give
/// the same stream, whatever pieces they come in.
pub struct Deflate {
    stream: Compress,
    /// Bytes that do not make a whole chunk: where the compressor is called decides what it writes.
    held: Vec<u8>,
    out: Vec<u8>,
}

impl Default for Deflate {
    fn default() -> Self {
        Self {
            stream: Compress::new(Compression::default(), false),
            held: Vec::new(),
            out: vec![0; CHUNK],
        }
    }
}

impl Deflate {
    /// A stream at its start.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes and appends what is deflated of them.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.held.extend_from_slice(bytes);
        if self.held.len() < CHUNK {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        let (chunks, rest) = held.as_chunks::<CHUNK>();
        for chunk in chunks {
            self.run(chunk, FlushCompress::None, out)?;
        }
        self.held = rest.to_vec();
        Ok(())
    }

    /// Ends the stream, and pads it to an even length.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let rest = std::mem::take(&mut self.held);
        self.run(&rest, FlushCompress::Finish, out)?;
        if self.stream.total_out() % 2 == 1 {
            out.push(0);
        }
        Ok(())
    }

    fn run(&mut self, bytes: &[u8], flush: FlushCompress, out: &mut Vec<u8>) -> Result<()> {
        let mut rest = bytes;
        loop {
            let (taken, given) = (self.stream.total_in(), self.stream.total_out());
            let status = self.stream.compress(rest, &mut self.out, flush).map_err(
                |_error: flate2::CompressError| ScanError::NotExact("it cannot be deflated"),
            )?;
            let taken = usize::try_from(self.stream.total_in() - taken).unwrap_or(0);
            let given = usize::try_from(self.stream.total_out() - given).unwrap_or(0);
            rest = rest.get(taken..).unwrap_or_default();
            out.extend_from_slice(self.out.get(..given).unwrap_or_default());
            let more = !rest.is_empty() || given == self.out.len();
            let ending = flush == FlushCompress::Finish && status != Status::StreamEnd;
            if !more && !ending {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inflate::Inflate;
    use crate::limits::Limits;

    #[test]
    fn what_is_deflated_inflates() {
        let whole: Vec<u8> =
            (0..300_000_u32).flat_map(|n| (n.wrapping_mul(n) / 7).to_le_bytes()).collect();
        for size in [1 << 10, 100_001, whole.len()] {
            let (mut deflate, mut out) = (Deflate::new(), Vec::new());
            for piece in whole.chunks(size) {
                deflate.push(piece, &mut out).unwrap();
            }
            deflate.finish(&mut out).unwrap();
            assert_eq!(out.len() % 2, 0);
            let (mut inflate, mut back) = (Inflate::new(&Limits::default()), Vec::new());
            inflate
                .push(&out, |bytes| {
                    back.extend_from_slice(bytes);
                    Ok(())
                })
                .unwrap();
            inflate.finish().unwrap();
            assert!(back == whole);
        }
    }
}
