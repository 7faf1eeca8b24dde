//! Byte order of values that are passed on in pieces of any size.

/// Turns words around as their bytes come by.
#[derive(Debug)]
pub(super) struct Order {
    width: usize,
    /// The bytes of a word that has not come whole.
    held: Vec<u8>,
}

impl Order {
    /// Words of this many bytes are turned around; of 1, nothing is.
    pub(super) const fn new(width: usize) -> Self {
        Self { width, held: Vec::new() }
    }

    /// Appends the bytes, as far as their words are whole.
    pub(super) fn push(&mut self, bytes: &[u8], mut out: impl FnMut(&[u8])) {
        if self.width <= 1 {
            return out(bytes);
        }
        self.held.extend_from_slice(bytes);
        let whole = self.held.len() - self.held.len() % self.width;
        let rest = self.held.split_off(whole);
        self.held.chunks_exact_mut(self.width).for_each(<[u8]>::reverse);
        out(&self.held);
        self.held = rest;
    }

    /// The bytes behind the last whole word, as they came.
    pub(super) fn finish(&mut self, mut out: impl FnMut(&[u8])) {
        out(&std::mem::take(&mut self.held));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_turned_whatever_the_pieces() {
        let bytes: Vec<u8> = (0..23).collect();
        for (width, first) in [(1, [0, 1, 2, 3]), (2, [1, 0, 3, 2]), (4, [3, 2, 1, 0])] {
            for piece in 1..9 {
                let (mut order, mut out) = (Order::new(width), Vec::new());
                for part in bytes.chunks(piece) {
                    order.push(part, |bytes| out.extend_from_slice(bytes));
                }
                order.finish(|bytes| out.extend_from_slice(bytes));
                assert_eq!(out.len(), bytes.len());
                assert_eq!(out[..4], first);
                assert_eq!(out[22], 22);
            }
        }
    }
}
