//! The VOI LUT function, PS3.3 section C.11.2.1.2 and C.11.2.1.3.

use serde::{Deserialize, Serialize};

/// Window Center (0028,1050) and Window Width (0028,1051), in units after the modality LUT.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Window Center.
    pub center: f64,
    /// Window Width.
    pub width: f64,
}

/// VOI LUT Function (0028,1056).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum VoiFunction {
    /// The half-pixel formula of C.11.2.1.2.1; also what an absent value means.
    #[default]
    Linear,
    /// The formula of C.11.2.1.3.2.
    LinearExact,
    /// The formula of C.11.2.1.3.1.
    Sigmoid,
}

impl VoiFunction {
    /// Reads the value of (0028,1056); what is not known is `Linear`.
    pub fn parse(text: &str) -> Self {
        match text.trim_matches([' ', '\0']) {
            "LINEAR_EXACT" => Self::LinearExact,
            "SIGMOID" => Self::Sigmoid,
            _ => Self::Linear,
        }
    }

    /// Where a value falls in the window: 0 is the darkest output, 1 the brightest.
    pub(crate) fn place(self, window: Window, x: f64) -> f64 {
        let Window { center: c, width: w } = window;
        match self {
            Self::Linear => {
                let half = (w - 1.0) / 2.0;
                if x <= c - 0.5 - half {
                    0.0
                } else if x > c - 0.5 + half {
                    1.0
                } else {
                    (x - (c - 0.5)) / (w - 1.0) + 0.5
                }
            }
            Self::LinearExact => ((x - c) / w + 0.5).clamp(0.0, 1.0),
            Self::Sigmoid => 1.0 / (1.0 + (-4.0 * (x - c) / w).exp()),
        }
    }

    /// Whether the standard allows this width with this function.
    pub(crate) fn usable(self, window: Window) -> bool {
        let least_reached = match self {
            Self::Linear => window.width >= 1.0,
            Self::LinearExact | Self::Sigmoid => window.width > 0.0,
        };
        window.center.is_finite() && window.width.is_finite() && least_reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(function: VoiFunction, (center, width): (f64, f64), table: &[(f64, f64)]) {
        for (x, expected) in table {
            let y = function.place(Window { center, width }, *x) * 255.0;
            assert!((y - expected).abs() < 1e-9, "{function:?} {x}: {y} is not {expected}");
        }
    }

    #[test]
    fn formulas_are_those_of_the_standard() {
        let ends = [(-1000.0, 0.0), (-160.0, 0.0), (39.5, 127.5), (239.0, 255.0), (240.0, 255.0)];
        check(VoiFunction::Linear, (40.0, 400.0), &ends);
        let step = 255.0 / 399.0;
        let inside = [(-159.0, step), (238.0, 255.0 - step)];
        check(VoiFunction::Linear, (40.0, 400.0), &inside);
        check(VoiFunction::Linear, (2048.0, 4096.0), &[(0.0, 0.0), (1.0, 255.0 / 4095.0)]);
        check(VoiFunction::Linear, (10.0, 1.0), &[(9.5, 0.0), (9.6, 255.0)]);
        let exact = [(-160.0, 0.0), (40.0, 127.5), (240.0, 255.0), (-161.0, 0.0)];
        check(VoiFunction::LinearExact, (40.0, 400.0), &exact);
        let sigmoid = [(40.0, 127.5), (440.0, 255.0 / (1.0 + (-4.0f64).exp()))];
        check(VoiFunction::Sigmoid, (40.0, 400.0), &sigmoid);
    }

    #[test]
    fn widths_are_those_the_standard_allows() {
        let narrow = Window { center: 0.0, width: 0.5 };
        assert!(!VoiFunction::Linear.usable(narrow));
        assert!(VoiFunction::LinearExact.usable(narrow));
        assert!(!VoiFunction::Sigmoid.usable(Window { center: 0.0, width: 0.0 }));
        assert!(!VoiFunction::Linear.usable(Window { center: f64::NAN, width: 10.0 }));
    }
}
