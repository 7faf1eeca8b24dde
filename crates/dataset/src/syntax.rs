//! Transfer syntaxes as far as they decide how a data set is read, PS3.5 annex A.

use lightcase_model::TransferSyntaxUid;

/// How the data set of a transfer syntax is encoded.
///
/// A syntax that is not in the table, private ones included, is read as Explicit VR Little Endian
/// with encapsulated pixel data, which PS3.5 section A.4 demands of every encapsulated syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferSyntax {
    uid: TransferSyntaxUid,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    ImplicitLittle,
    /// Implicit VR Little Endian whose native pixels are big endian: GE's private syntax.
    ImplicitLittleBigPixels,
    ExplicitLittle,
    ExplicitBig,
    Deflated,
    Encapsulated,
}

/// The syntaxes that are not plainly encapsulated.
const TABLE: &[(&str, Shape)] = &[
    ("1.2.840.10008.1.2", Shape::ImplicitLittle),
    ("1.2.840.10008.1.2.1", Shape::ExplicitLittle),
    ("1.2.840.10008.1.2.1.99", Shape::Deflated),
    ("1.2.840.10008.1.2.2", Shape::ExplicitBig),
    // JPIP Referenced carries no pixels, so there is nothing to encapsulate.
    ("1.2.840.10008.1.2.4.94", Shape::ExplicitLittle),
    ("1.2.840.10008.1.2.4.95", Shape::Deflated),
    ("1.2.840.10008.1.2.4.204", Shape::ExplicitLittle),
    ("1.2.840.10008.1.2.4.205", Shape::Deflated),
    ("1.2.840.113619.5.2", Shape::ImplicitLittleBigPixels),
];

impl TransferSyntax {
    /// Implicit VR Little Endian, the default of PS3.5 section 10.1.
    pub const IMPLICIT_LITTLE: &'static str = "1.2.840.10008.1.2";
    /// Explicit VR Little Endian.
    pub const EXPLICIT_LITTLE: &'static str = "1.2.840.10008.1.2.1";
    /// Explicit VR Big Endian, retired.
    pub const EXPLICIT_BIG: &'static str = "1.2.840.10008.1.2.2";

    /// The encoding of a transfer syntax.
    pub fn of(uid: &TransferSyntaxUid) -> Self {
        let shape = TABLE
            .iter()
            .find(|(known, _)| *known == uid.as_str())
            .map_or(Shape::Encapsulated, |(_, shape)| *shape);
        Self { uid: uid.clone(), shape }
    }

    /// Its UID.
    pub fn uid(&self) -> &TransferSyntaxUid {
        &self.uid
    }

    /// The data set after group 2 is one deflate stream (RFC 1951).
    pub fn is_deflated(&self) -> bool {
        self.shape == Shape::Deflated
    }

    /// Pixel data is expected in fragments (PS3.5 section A.4).
    pub fn is_encapsulated(&self) -> bool {
        self.shape == Shape::Encapsulated
    }

    /// Tags, lengths and values are big endian.
    pub fn is_big_endian(&self) -> bool {
        self.shape == Shape::ExplicitBig
    }

    /// Native pixels of more than 8 bits are big endian.
    pub fn has_big_endian_pixels(&self) -> bool {
        matches!(self.shape, Shape::ExplicitBig | Shape::ImplicitLittleBigPixels)
    }

    /// Elements carry no VR.
    pub fn is_implicit(&self) -> bool {
        matches!(self.shape, Shape::ImplicitLittle | Shape::ImplicitLittleBigPixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uid: &str, expected: &str) {
        let syntax = TransferSyntax::of(&TransferSyntaxUid::parse(uid).unwrap());
        let words = [
            (syntax.is_implicit(), "implicit"),
            (syntax.is_big_endian(), "big"),
            (syntax.has_big_endian_pixels(), "big pixels"),
            (syntax.is_deflated(), "deflated"),
            (syntax.is_encapsulated(), "encapsulated"),
        ];
        let found: Vec<_> = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        assert_eq!(found.join(", "), expected);
    }

    #[test]
    fn known_and_unknown_syntaxes() {
        check("1.2.840.10008.1.2", "implicit");
        check("1.2.840.10008.1.2.1", "");
        check("1.2.840.10008.1.2.2", "big, big pixels");
        check("1.2.840.10008.1.2.1.99", "deflated");
        check("1.2.840.10008.1.2.4.205", "deflated");
        check("1.2.840.10008.1.2.1.98", "encapsulated");
        check("1.2.840.10008.1.2.8.1", "encapsulated");
        check("1.2.840.10008.1.2.4.90", "encapsulated");
        check("1.3.46.670589.33.1.4.1", "encapsulated");
        check("1.2.840.113619.5.2", "implicit, big pixels");
    }
}
