//! Where bytes lie: lengths of a sealed object, and the stored span of a plaintext range.

use std::ops::Range;

use crate::StorageError;
use crate::aead::TAG;

/// Plaintext bytes of a chunk; the last chunk has fewer, possibly none.
pub(crate) const CHUNK: usize = 65_536;
const CHUNK_64: u64 = 65_536;
/// Stored bytes of a full chunk.
const STORED: u64 = 65_552;
const TAG_64: u64 = 16;
/// Header and commitment.
pub(crate) const HEAD: usize = 164;
const HEAD_64: u64 = 164;

const _: () = assert!(TAG == 16, "layout counts with tags of 16 bytes");

/// The stored length of an object of `plain` bytes: 164 + plain + 16 for each chunk.
pub(crate) fn sealed_len(plain: u64) -> Result<u64, StorageError> {
    let last = plain / CHUNK_64;
    if u32::try_from(last).is_err() {
        return Err(StorageError::TooLong);
    }
    last.checked_add(1)
        .and_then(|chunks| chunks.checked_mul(TAG_64))
        .and_then(|tags| tags.checked_add(plain))
        .and_then(|body| body.checked_add(HEAD_64))
        .ok_or(StorageError::TooLong)
}

/// The plaintext length of an object stored in `sealed` bytes, when there is one.
pub(crate) fn plain_len(sealed: u64) -> Result<u64, StorageError> {
    let wrong = StorageError::corrupt("stored length");
    let Some(body) = sealed.checked_sub(HEAD_64) else { return Err(wrong) };
    let Some(rest) = (body % STORED).checked_sub(TAG_64) else { return Err(wrong) };
    let plain = (body / STORED).checked_mul(CHUNK_64).and_then(|full| full.checked_add(rest));
    match plain {
        Some(plain) if sealed_len(plain)? == sealed => Ok(plain),
        Some(_) | None => Err(wrong),
    }
}

/// Consecutive chunks, and where they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first chunk and the one behind the last.
    pub(crate) chunks: Range<u64>,
    /// The chunk of this object that carries the last flag.
    pub(crate) last: u64,
    /// Stored bytes of these chunks.
    pub(crate) stored: Range<u64>,
}

/// The chunks from `chunks.start` to before `chunks.end` of an object of `plain` bytes.
pub(crate) fn span(plain: u64, chunks: Range<u64>) -> Result<Span, StorageError> {
    let last = plain / CHUNK_64;
    let end = sealed_len(plain)?;
    let offset = |chunk: u64| {
        chunk
            .checked_mul(STORED)
            .and_then(|at| at.checked_add(HEAD_64))
            .ok_or(StorageError::TooLong)
    };
    let stored = offset(chunks.start)?..offset(chunks.end)?.min(end);
    if chunks.end > last.saturating_add(1) || stored.start > stored.end {
        return Err(StorageError::Range);
    }
    Ok(Span { chunks, last, stored })
}

/// The chunks that a plaintext range touches; none for an empty range.
pub(crate) fn whole(plain: u64, range: &Range<u64>) -> Result<Range<u64>, StorageError> {
    if range.start > range.end || range.end > plain {
        return Err(StorageError::Range);
    }
    let first = range.start / CHUNK_64;
    if range.is_empty() {
        return Ok(first..first);
    }
    Ok(first..range.end.div_ceil(CHUNK_64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_at_the_borders() {
        for (plain, sealed) in [
            (0, 164 + 16),
            (1, 164 + 1 + 16),
            (65_535, 164 + 65_535 + 16),
            (65_536, 164 + 65_536 + 32),
            (65_537, 164 + 65_537 + 32),
        ] {
            assert_eq!(sealed_len(plain).unwrap(), sealed);
            assert_eq!(plain_len(sealed).unwrap(), plain);
        }
        for impossible in [0, 163, 164, 179, 164 + 65_552, 164 + 65_552 + 15] {
            assert!(plain_len(impossible).is_err(), "{impossible}");
        }
    }

    #[test]
    fn the_counter_never_wraps() {
        let most = u64::from(u32::MAX) * CHUNK_64 + CHUNK_64 - 1;
        assert!(sealed_len(most).is_ok());
        assert!(matches!(sealed_len(most + 1), Err(StorageError::TooLong)));
        assert!(matches!(sealed_len(u64::MAX), Err(StorageError::TooLong)));
    }

    proptest! {
        #[test]
        fn lengths_invert(plain in 0..u64::from(u32::MAX) * CHUNK_64) {
            prop_assert_eq!(plain_len(sealed_len(plain).unwrap()).unwrap(), plain);
        }
    }
}
