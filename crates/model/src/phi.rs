//! Protected health information that cannot be formatted into a log.

use std::fmt;

/// A value that names or describes a patient. Its `Debug` prints `<phi>` and it has no `Display`,
/// so it cannot reach a log line or an error text by formatting; [`Phi::expose`] is the one way out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the place that shows it to somebody entitled.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, given up.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<phi>")
    }
}

impl<T> From<T> for Phi<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(format!("{:?}", Some(Phi::new("Doe^Jane"))), "Some(<phi>)");
    }
}
