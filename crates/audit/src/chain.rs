//! The chain that fixes the order of the records.

use sha2::{Digest, Sha256};

/// What stands before the first record.
pub const GENESIS: [u8; 32] = [0; 32];

/// Keeps a link from being taken for any other hash of this product.
const LABEL: &[u8] = b"lightcase audit chain v1\0";

/// The link of a record: SHA-256 over a label, the link before ([`GENESIS`] before the first), the
/// sequence number as 64 bits big-endian, and the record's leaf.
pub fn chain(previous: &[u8; 32], seq: u64, leaf: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(LABEL);
    hash.update(previous);
    hash.update(seq.to_be_bytes());
    hash.update(leaf);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let link = chain(&GENESIS, 1, &[7; 32]);
        assert_ne!(link, chain(&[1; 32], 1, &[7; 32]));
        assert_ne!(link, chain(&GENESIS, 2, &[7; 32]));
        assert_ne!(link, chain(&GENESIS, 1, &[8; 32]));
    }

    #[test]
    fn the_first_link_stays_what_it_was() {
        assert_eq!(
            data_encoding::HEXLOWER.encode(&chain(&GENESIS, 1, &[0; 32])),
            "5e626d5f0fe6742526c0e648c886c2823d189c1c5ed77b609a038069f60859b9"
        );
    }
}
