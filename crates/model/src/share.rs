//! The words of share links.

use crate::permission::named;

named! {
    /// What a recipient proves, beside having the link.
    Factor {
        /// Eight characters told by another way.
        Passcode = "passcode",
        /// A code mailed to the address the link was made for.
        Email = "email",
        /// The account that is named by that address.
        Account = "account",
        /// The patient's date of birth: in addition, never alone.
        BirthDate = "birthDate",
    }
}

named! {
    /// What the owner of a link is told.
    AlertKind {
        /// It was opened for the first time.
        FirstOpening = "firstOpening",
        /// It was opened from a network it was not opened from before.
        NewNetwork = "newNetwork",
        /// Too many wrong tries: locked for a while.
        Locked = "locked",
        /// Far too many: locked until the owner acts.
        Frozen = "frozen",
        /// All its images were sent as a download.
        Downloaded = "downloaded",
        /// Its mail could not be delivered.
        DeliveryFailed = "deliveryFailed",
        /// Somebody else than its owner ended it.
        Revoked = "revoked",
    }
}

named! {
    /// The language of what a recipient reads.
    Language {
        /// English.
        English = "en",
        /// German.
        German = "de",
    }
}
