//! Figures, and what was aimed at.

/// What was aimed at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Aim {
    Below(f64),
    AtMost(f64),
    AtLeast(f64),
    /// Nothing: the figure explains others.
    Nothing,
}

impl Aim {
    /// The aim and whether a figure meets it, as two cells of a table.
    pub(crate) fn judge(self, figure: f64) -> String {
        let (aim, holds) = match self {
            Self::Below(limit) => (format!("< {limit}"), figure < limit),
            Self::AtMost(limit) => (format!("≤ {limit}"), figure <= limit),
            Self::AtLeast(limit) => (format!("≥ {limit}"), figure >= limit),
            Self::Nothing => return " | ".to_owned(),
        };
        format!("{aim} | {}", if holds { "met" } else { "missed" })
    }
}

/// The smallest value that `percent` of all do not exceed. Not a number where there are none, which
/// meets no aim.
pub(crate) fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).copied().unwrap_or(f64::NAN)
}

pub(crate) fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1_000).unwrap_or(u32::MAX)) / 1e3
}
