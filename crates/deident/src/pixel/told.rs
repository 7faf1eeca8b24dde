//! What the object itself tells of who it is about, looked for in bytes that come in pieces.

/// Looks for it, as the cleaner says what that is.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// The end of what has come: what is looked for may begin there.
    tail: Vec<u8>,
    found: bool,
}

/// Longer than anything that is looked for, in words of two bytes.
const OVERLAP: usize = 64;

impl Told {
    /// What comes now does not go on from what has come.
    pub(super) fn part(&mut self) {
        self.tail.clear();
    }

    /// Looks at the next bytes; `tells` says whether some that belong together tell it.
    pub(super) fn push(&mut self, bytes: &[u8], tells: impl Fn(&[u8]) -> bool) {
        if self.found {
            return;
        }
        if !self.tail.is_empty() {
            let first = bytes.get(..OVERLAP).unwrap_or(bytes);
            self.found = tells(&[self.tail.as_slice(), first].concat());
        }
        self.found |= tells(bytes);
        let last = bytes.get(bytes.len().saturating_sub(OVERLAP)..).unwrap_or_default();
        let kept = OVERLAP.saturating_sub(last.len()).min(self.tail.len());
        self.tail.drain(..self.tail.len() - kept);
        self.tail.extend_from_slice(last);
    }

    /// Whether something was found.
    pub(super) const fn has_found(&self) -> bool {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_comes() {
        let tells = |bytes: &[u8]| bytes.windows(9).any(|window| window == b"quillerby");
        let all = [&[7; 150][..], b"quillerby", &[9; 150]].concat();
        for size in 1..=all.len() {
            let mut told = Told::default();
            all.chunks(size).for_each(|piece| told.push(piece, tells));
            assert!(told.has_found(), "by {size}");
        }
        let mut told = Told::default();
        told.push(b"quill", tells);
        told.part();
        told.push(b"erby", tells);
        assert!(!told.has_found());
    }
}
