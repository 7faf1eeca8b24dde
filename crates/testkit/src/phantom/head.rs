//! The head: the 3-D Shepp-Logan phantom (Kak and Slaney, table 3.1) at 100 mm per unit, with an
//! air cavity in front so that front and back differ, and a tilted rod on the patient's left so
//! that left and right differ and no two slices are alike.
//!
//! Positions are millimetres in the patient's system (PS3.3 C.7.6.2.1.1): x to the left, y to
//! the back, z to the head. Values of overlapping shapes add up.

use super::plane::{along, dot};

/// What a series measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// Hounsfield units above air.
    Ct,
    /// Arbitrary units, T1 weighted.
    T1,
    /// Arbitrary units, T2 weighted.
    T2,
    /// Arbitrary units, fluid suppressed.
    Flair,
    /// Arbitrary units, diffusion weighted.
    Dwi,
}

/// One ellipsoid and what it adds to each signal: CT, T1, T2, FLAIR, DWI.
#[derive(Debug)]
struct Shape {
    centre: [f64; 3],
    axes: [f64; 3],
    /// Cosine and sine of the turn about z. Constants, because the last bit of `sin` differs
    /// between C libraries and the phantom must not.
    turn: (f64, f64),
    /// How far the centre moves in x per millimetre of z.
    lean: f64,
    adds: [i16; 5],
}

const COS_18: f64 = 0.951_056_516_295_153_5;
const SIN_18: f64 = 0.309_016_994_374_947_45;
const UPRIGHT: (f64, f64) = (1.0, 0.0);

const fn shape(centre: [f64; 3], axes: [f64; 3], adds: [i16; 5]) -> Shape {
    Shape { centre, axes, turn: UPRIGHT, lean: 0.0, adds }
}

const LESION: [i16; 5] = [20, 100, 400, 500, 900];

static SHAPES: [Shape; 12] = [
    // Skull and scalp, then the brain that fills them.
    shape([0.0, 0.0, 0.0], [69.0, 92.0, 81.0], [2000, 900, 500, 300, 60]),
    shape([0.0, 1.84, 0.0], [66.24, 87.4, 78.0], [-960, -300, 200, 200, 340]),
    // Ventricles, the larger one on the patient's right.
    Shape {
        turn: (COS_18, SIN_18),
        ..shape([22.0, 0.0, 0.0], [11.0, 31.0, 22.0], [-30, -400, 1100, -420, -340])
    },
    Shape {
        turn: (COS_18, -SIN_18),
        ..shape([-22.0, 0.0, 0.0], [16.0, 41.0, 28.0], [-30, -400, 1100, -420, -340])
    },
    // A deep grey nucleus in front.
    shape([0.0, -35.0, -15.0], [21.0, 25.0, 41.0], [10, 80, 60, 80, 60]),
    // Lesions.
    shape([0.0, -10.0, 25.0], [4.6, 4.6, 5.0], LESION),
    shape([0.0, 10.0, 25.0], [4.6, 4.6, 5.0], LESION),
    shape([-8.0, 60.5, 0.0], [4.6, 2.3, 5.0], LESION),
    shape([0.0, 60.6, 0.0], [2.3, 2.3, 2.0], LESION),
    shape([6.0, 60.5, 0.0], [2.3, 4.6, 2.0], LESION),
    // An air cavity behind the forehead.
    shape([0.0, -68.0, -30.0], [12.0, 7.0, 10.0], [-1040, -600, -700, -500, -400]),
    // The rod, outside the head.
    Shape {
        lean: 0.25,
        ..shape([95.0, -20.0, 0.0], [4.0, 4.0, 110.0], [1300, 1000, 1000, 800, 600])
    },
];

/// The part of a line inside a shape, as distances from the line's start, and what is added.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) adds: i16,
}

/// Where the line from `start` along `direction` (a unit vector) crosses the head.
///
/// Whole rows and single pixels are both answered from these spans, so that they cannot disagree.
pub(super) fn spans(start: [f64; 3], direction: [f64; 3], signal: Signal) -> Vec<Span> {
    SHAPES.iter().filter_map(|shape| shape.span(start, direction, signal)).collect()
}

impl Shape {
    fn span(&self, start: [f64; 3], direction: [f64; 3], signal: Signal) -> Option<Span> {
        let start = self.to_unit(along(start, -1.0, self.centre));
        let along = self.to_unit(direction);
        // |start + t × along|² = 1, solved for t.
        let square = dot(along, along);
        let half = dot(start, along);
        let discriminant = half * half - square * (dot(start, start) - 1.0);
        if discriminant <= 0.0 {
            return None;
        }
        let root = discriminant.sqrt();
        let [ct, t1, t2, flair, dwi] = self.adds;
        let adds = match signal {
            Signal::Ct => ct,
            Signal::T1 => t1,
            Signal::T2 => t2,
            Signal::Flair => flair,
            Signal::Dwi => dwi,
        };
        Some(Span { from: (-half - root) / square, to: (-half + root) / square, adds })
    }

    /// A vector in the shape's own system, in which the shape is the unit sphere.
    fn to_unit(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let (cos, sin) = self.turn;
        let x = x - self.lean * z;
        [(cos * x + sin * y) / self.axes[0], (cos * y - sin * x) / self.axes[1], z / self.axes[2]]
    }
}
