//! A corpus of seeds, and what becomes of them when bytes change: always the same changes, so that
//! what fails once fails again.

use std::path::{Path, PathBuf};

/// `fuzz/corpus/<target>`, from the folder of the crate that asks.
pub fn folder(manifest: &str, target: &str) -> PathBuf {
    Path::new(manifest).join("../../fuzz/corpus").join(target)
}

/// The seeds in the repository are those that the code makes. With `LIGHTCASE_BLESS=1` they are
/// written instead.
///
/// # Panics
///
/// When a seed in the repository is another, as a test's assertion does.
#[expect(clippy::panic, reason = "what fails here fails the test")]
pub fn check_seeds(folder: &Path, seeds: &[(&str, Vec<u8>)]) {
    if crate::servers::variable("LIGHTCASE_BLESS").is_some() {
        bless(folder, seeds).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    }
    for (name, bytes) in seeds {
        let held = std::fs::read(folder.join(name));
        let same = held.is_ok_and(|held| held == *bytes);
        assert!(same, "{name} in {} is another; run with LIGHTCASE_BLESS=1", folder.display());
    }
}

#[expect(clippy::disallowed_methods, reason = "seeds can be made again")]
fn bless(folder: &Path, seeds: &[(&str, Vec<u8>)]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    seeds.iter().try_for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes))
}

/// `count` mutants of `seeds`, 64 KiB long at most.
pub fn mutants(seeds: &[Vec<u8>], count: u32) -> impl Iterator<Item = Vec<u8>> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    (0..count).map(move |_| {
        let mut bytes = random.pick(seeds).cloned().unwrap_or_default();
        for _ in 0..=random.below(4) {
            random.change(&mut bytes, seeds);
        }
        bytes.truncate(64 << 10);
        bytes
    })
}

/// Numbers that look random (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// Flips a bit, writes a telling number, cuts out, doubles, cuts off, or takes another's end.
    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        const NUMBERS: [&[u8]; 9] = [
            &[0],
            &[0xff],
            &[0xff, 0xff],
            &[0xff, 0xff, 0xff, 0xff],
            &[0xfe, 0xff, 0xff, 0xff],
            &[0xff, 0xff, 0xff, 0x7f],
            &[0, 0, 0, 0],
            &[0xfe, 0xff, 0x00, 0xe0],
            &[0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0],
        ];
        let at = self.below(bytes.len());
        let end = at.saturating_add(1 + self.below(32)).min(bytes.len());
        match self.below(6) {
            0 => {
                let bit = 1_u8 << self.below(8);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bit;
                }
            }
            1 => {
                let number = self.pick(&NUMBERS).copied().unwrap_or_default();
                for (to, from) in bytes.iter_mut().skip(at).zip(number) {
                    *to = *from;
                }
            }
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes.get(at..end).unwrap_or_default().repeat(1 + self.below(40));
                bytes.splice(at..at, copy);
            }
            4 => bytes.truncate(at),
            _ => {
                let other = self.pick(seeds).map(Vec::as_slice).unwrap_or_default();
                let from = self.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(other.get(from..).unwrap_or_default());
            }
        }
    }
}
