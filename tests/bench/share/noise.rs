//! Noise, as every true CT has it: without it the phantom's pictures would be several times smaller
//! than what is sent to a phone.

/// The five lowest bits of four samples: 9 Hounsfield units of standard deviation, and no sample
/// beyond its twelve bits.
const MASK: u64 = 0x001f_001f_001f_001f;

/// Adds it to the last `pixels` bytes of a data set, its Pixel Data (7FE0,0010). The same seed gives
/// the same noise.
pub(crate) fn add(data_set: &mut [u8], pixels: usize, seed: u64) {
    let head = data_set.len().saturating_sub(pixels);
    let (_, pixels) = data_set.split_at_mut(head);
    let (samples, _) = pixels.as_chunks_mut::<8>();
    // Marsaglia's xorshift, which is never zero when it does not begin so.
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for four in samples {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *four = (u64::from_le_bytes(*four) ^ (state & MASK)).to_le_bytes();
    }
}
