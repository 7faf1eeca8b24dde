//! Transfer syntaxes that are known, PS3.6 table A-1, and one of an old maker.

/// Whether a transfer syntax is known: of another one nobody can say how its data sets are read.
pub(crate) fn is_known(uid: &str) -> bool {
    let Some(rest) = uid.strip_prefix("1.2.840.10008.1.2") else {
        return uid == "1.2.840.113619.5.2";
    };
    match rest {
        "" | ".1" | ".1.98" | ".1.99" | ".2" | ".5" | ".8.1" => true,
        _ => rest.strip_prefix(".4.").is_some_and(|number| {
            matches!(
                number,
                "50" | "51"
                    | "53"
                    | "55"
                    | "57"
                    | "70"
                    | "80"
                    | "81"
                    | "90"
                    | "91"
                    | "92"
                    | "93"
                    | "94"
                    | "95"
                    | "100"
                    | "101"
                    | "102"
                    | "103"
                    | "104"
                    | "105"
                    | "106"
                    | "107"
                    | "108"
                    | "110"
                    | "111"
                    | "112"
                    | "201"
                    | "202"
                    | "203"
                    | "204"
                    | "205"
                    | "100.1"
                    | "101.1"
                    | "102.1"
                    | "103.1"
                    | "104.1"
                    | "105.1"
                    | "106.1"
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_syntaxes_are_not_known() {
        for known in ["1.2.840.10008.1.2", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"] {
            assert!(is_known(known), "{known}");
        }
        for unknown in ["1.2.3", "1.2.840.10008.1.20", "1.2.840.10008.1.2.4", "1.2.840.10008.1.2.9"]
        {
            assert!(!is_known(unknown), "{unknown}");
        }
    }
}
