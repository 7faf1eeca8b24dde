//! UIDs under 2.25 (PS3.5 B.2), made from a seed instead of a random UUID.

/// The UID for `path` (for example kind, series, instance) under `seed`.
///
/// The number has the form of a version 8 UUID, so that it cannot meet a random one.
pub(super) fn uid(seed: u64, path: &[u32]) -> String {
    let mut low = mix(seed ^ 0x6c69_6768_7463_6173);
    let mut high = mix(low ^ 0x7068_616e_746f_6d73);
    for step in path {
        low = mix(low ^ u64::from(*step));
        high = mix(high ^ low);
    }
    let bits = (u128::from(high) << 64) | u128::from(low);
    let version = (bits & !(0xf_u128 << 76)) | (8_u128 << 76);
    let variant = (version & !(0b11_u128 << 62)) | (0b10_u128 << 62);
    format!("2.25.{variant}")
}

/// One step of `SplitMix64`.
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::uid;

    #[test]
    fn uids_are_stable_distinct_and_short() {
        let all: std::collections::BTreeSet<String> =
            (0..4).flat_map(|seed| (0..500).map(move |n| uid(seed, &[1, n]))).collect();
        assert_eq!(all.len(), 2000);
        assert!(all.iter().all(|uid| uid.len() <= 64));
        assert_eq!(uid(1, &[1]), uid(1, &[1]));
    }
}
