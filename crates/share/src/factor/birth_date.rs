//! The patient's date of birth, in addition to another factor.

use subtle::ConstantTimeEq;

use super::Proof;

/// Compares a date as it was typed, `YYYY-MM-DD`, with (0010,0030). An unknown date fits nothing.
pub(super) fn tries(typed: &str, birth_date: &str) -> Proof {
    let digits: String = typed.chars().filter(char::is_ascii_digit).take(9).collect();
    let same = bool::from(digits.as_bytes().ct_eq(birth_date.as_bytes()));
    Proof::of(same && digits.len() == 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, birth_date: &str, proof: Proof) {
        assert_eq!(tries(typed, birth_date), proof, "{typed} {birth_date}");
    }

    #[test]
    fn a_date_fits_itself_only() {
        check("1970-02-03", "19700203", Proof::Right);
        check("19700203", "19700203", Proof::Right);
        check("1970-02-04", "19700203", Proof::Wrong);
        check("1970-02-033", "19700203", Proof::Wrong);
        check("", "", Proof::Wrong);
        check("1970", "1970", Proof::Wrong);
    }
}
