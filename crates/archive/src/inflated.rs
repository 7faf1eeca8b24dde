//! A range of a deflated data set (PS3.5 section A.5), inflated as it is read.

use std::io;
use std::ops::Range;

use bytes::{Buf as _, Bytes};
use flate2::{Decompress, FlushDecompress, Status};
use futures::{StreamExt, stream};

use crate::ArchiveError;
use crate::blob::Plain;

/// The most bytes of one piece.
const PIECE: usize = 64 << 10;

/// The range of what `deflated` inflates to, whose offsets count from the first inflated byte.
pub(crate) fn inflated(deflated: Plain, range: Range<u64>) -> Plain {
    let inflating = Inflating {
        deflated,
        stream: Decompress::new(false),
        input: Bytes::new(),
        out: vec![0; PIECE],
        range,
        ended: false,
    };
    let pieces = stream::try_unfold(inflating, |mut inflating| async move {
        let piece = inflating.next().await;
        piece.map(|piece| piece.map(|bytes| (bytes, inflating)))
    });
    pieces.boxed()
}

struct Inflating {
    deflated: Plain,
    stream: Decompress,
    /// What was read and is not inflated yet.
    input: Bytes,
    out: Vec<u8>,
    range: Range<u64>,
    /// The deflated stream has come to its end.
    ended: bool,
}

fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> ArchiveError {
    ArchiveError::Damaged(Box::new(error))
}

impl Inflating {
    async fn next(&mut self) -> Result<Option<Bytes>, ArchiveError> {
        while self.stream.total_out() < self.range.end {
            if self.ended {
                return Err(damaged(io::Error::from(io::ErrorKind::UnexpectedEof)));
            }
            let (read, at) = (self.stream.total_in(), self.stream.total_out());
            let status = self
                .stream
                .decompress(&self.input, &mut self.out, FlushDecompress::None)
                .map_err(damaged)?;
            let consumed = usize::try_from(self.stream.total_in().saturating_sub(read));
            let consumed = consumed.unwrap_or(usize::MAX).min(self.input.len());
            self.input.advance(consumed);
            self.ended = matches!(status, Status::StreamEnd);
            let to = self.stream.total_out();
            if to > at {
                let wanted = at.max(self.range.start)..to.min(self.range.end);
                let inside =
                    |place: u64| usize::try_from(place.saturating_sub(at)).unwrap_or(PIECE);
                let bytes = self.out.get(inside(wanted.start)..inside(wanted.end));
                match bytes {
                    Some(bytes) if !bytes.is_empty() => {
                        return Ok(Some(Bytes::copy_from_slice(bytes)));
                    }
                    // What lies before may be long: others have their turn meanwhile.
                    Some(_) | None => tokio::task::yield_now().await,
                }
            } else if consumed == 0 && !self.ended {
                let more = self.deflated.next().await.transpose()?;
                self.input = match more {
                    Some(bytes) if self.input.is_empty() => bytes,
                    Some(_) | None => {
                        return Err(damaged(io::Error::from(io::ErrorKind::UnexpectedEof)));
                    }
                };
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use futures::TryStreamExt;

    use super::*;

    /// Noise of a fixed seed, of which each byte comes four times.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_le_bytes()[3]
        };
        let mut bytes = Vec::new();
        while bytes.len() < length {
            bytes.extend([next(); 4]);
        }
        bytes.truncate(length);
        bytes
    }

    async fn read(
        deflated: &[u8],
        step: usize,
        range: Range<u64>,
    ) -> Result<Vec<Bytes>, ArchiveError> {
        let pieces: Vec<Result<Bytes, ArchiveError>> =
            deflated.chunks(step).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        inflated(stream::iter(pieces).boxed(), range).try_collect().await
    }

    fn deflate(plain: &[u8]) -> Vec<u8> {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        deflate.write_all(plain).unwrap();
        deflate.finish().unwrap()
    }

    #[tokio::test]
    async fn pieces_of_any_range_make_what_was_deflated() {
        let plain = noise(3 * PIECE + 777);
        let deflated = deflate(&plain);
        let place = |at: usize| u64::try_from(at).unwrap();
        for step in [1_000, PIECE, deflated.len()] {
            for (from, to) in [
                (0, plain.len()),
                (0, 0),
                (0, 1),
                (PIECE - 1, PIECE + 1),
                (PIECE, 2 * PIECE),
                (5, 3 * PIECE),
                (plain.len() - 1, plain.len()),
            ] {
                let pieces = read(&deflated, step, place(from)..place(to)).await.unwrap();
                assert!(pieces.iter().all(|piece| (1..=PIECE).contains(&piece.len())));
                let whole: Vec<u8> = pieces.iter().flatten().copied().collect();
                assert!(whole == plain[from..to], "{from}..{to} by {step}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_cut_or_no_deflated_data_is_damaged() {
        let plain = noise(PIECE);
        let whole = deflate(&plain);
        let length = u64::try_from(plain.len()).unwrap();
        for (deflated, to) in [
            (&whole[..whole.len() / 2], length),
            (&whole[..], length + 1),
            (&[][..], 1),
            (&[0xFF; 64][..], 1),
        ] {
            let found = read(deflated, 1_000, 0..to).await;
            assert!(matches!(found, Err(ArchiveError::Damaged(_))), "{} bytes", deflated.len());
        }
    }
}
