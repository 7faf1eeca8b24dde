//! The Merkle tree over the leaves, RFC 9162 section 2.1 with SHA-256.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The hash of an inner node: SHA-256 of a one byte and both children.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The tree head over leaf hashes in order (section 2.1.1); over none, SHA-256 of nothing.
pub fn head(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        more => {
            let (left, right) = more.split_at(border(more.len()));
            node(&head(left), &head(right))
        }
    }
}

/// The hashes that prove the leaf at `index` to be in the tree, from the leaf upwards (section
/// 2.1.3.1). `None` when there is no such leaf.
pub fn inclusion(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    let (mut part, mut index, mut proof) = (leaves, index, Vec::new());
    while part.len() > 1 {
        let border = border(part.len());
        let (left, right) = part.split_at(border);
        if index < border {
            proof.push(head(right));
            part = left;
        } else {
            proof.push(head(left));
            part = right;
            index -= border;
        }
    }
    proof.reverse();
    Some(proof)
}

/// Whether the proof joins the leaf at `index` of a tree of `size` leaves with the tree's head
/// (section 2.1.3.2).
pub fn includes(head: &Hash, size: u64, index: u64, leaf: &Hash, proof: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *head
}

/// The largest power of two below `count`, for `count` above one.
fn border(count: usize) -> usize {
    count.next_power_of_two() / 2
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;
    use crate::Record;

    /// The tree of certificate-transparency-go's reference tests.
    fn reference() -> Vec<Hash> {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        inputs.into_iter().map(Record::leaf_of).collect()
    }

    #[test]
    fn heads_are_those_of_other_implementations() {
        let leaves = reference();
        let check = |size: usize, expected: &str| {
            assert_eq!(HEXLOWER.encode(&head(&leaves[..size])), expected, "{size}");
        };
        check(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        check(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        check(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
        check(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
        check(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
        check(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    proptest! {
        #[test]
        fn every_leaf_is_provable_and_nothing_else(size in 1_usize..70, wrong in 0_usize..70) {
            let leaves: Vec<Hash> =
                (0..size).map(|index| Record::leaf_of(&index.to_be_bytes())).collect();
            let root = head(&leaves);
            let total = u64::try_from(size).unwrap();
            for (index, leaf) in leaves.iter().enumerate() {
                let proof = inclusion(&leaves, index).unwrap();
                let at = u64::try_from(index).unwrap();
                prop_assert!(includes(&root, total, at, leaf, &proof));
                prop_assert!(!includes(&root, total, at, &[9; 32], &proof));
                prop_assert!(!includes(&[9; 32], total, at, leaf, &proof));
                if wrong != index {
                    prop_assert!(!includes(&root, total, u64::try_from(wrong).unwrap(), leaf, &proof));
                }
                let mut longer = proof.clone();
                longer.push(root);
                prop_assert!(!includes(&root, total, at, leaf, &longer));
                if !proof.is_empty() {
                    prop_assert!(!includes(&root, total, at, leaf, &proof[1..]));
                }
            }
            prop_assert_eq!(inclusion(&leaves, size), None);
        }
    }
}
