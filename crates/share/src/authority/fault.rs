//! What is wrong with an authorisation: what it lacks, and why no link may rest on it.

use lightcase_model::Day;

/// What is wrong with an authorisation. Each element of 45 CFR 164.508(c) that can be missing has
/// its own variant, and its sentence names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorisationFault {
    /// (c)(1)(i).
    #[error(
        "The description is missing. Write which images and reports the patient lets be disclosed."
    )]
    NoDescription,
    /// (c)(1)(ii).
    #[error("The discloser is missing. Write which person or institution may disclose the images.")]
    NoDiscloser,
    /// (c)(1)(iii).
    #[error("The recipient is missing. Write to whom the images may be disclosed.")]
    NoRecipient,
    /// (c)(1)(iv).
    #[error(
        "The purpose is missing. Write what the disclosure is for; \"at the request of the \
         patient\" is enough when the patient gives no other."
    )]
    NoPurpose,
    /// (c)(1)(v).
    #[error(
        "The expiry is missing. Give the last day of the authorisation, or the event that ends it."
    )]
    NoExpiry,
    /// (c)(1)(vi), the signature.
    #[error("The signature is missing. Write who signed the form.")]
    NoSignature,
    /// (c)(1)(vi), its date.
    #[error("The date of the signature is missing. Give the day on which the form was signed.")]
    NoSignatureDate,
    /// (c)(1)(vi), the authority of a representative.
    #[error(
        "The representative's authority is missing. Write by what right they act for the patient, \
         or say that the patient signed."
    )]
    NoRepresentative,
    /// (c)(2)(i).
    #[error(
        "The statement on revocation is missing. The form must say that the patient may revoke \
         the authorisation, and how."
    )]
    NoRevocationStatement,
    /// (c)(2)(ii).
    #[error(
        "The statement on conditioning is missing. The form must say whether treatment or payment \
         depends on signing it."
    )]
    NoConditioningStatement,
    /// (c)(2)(iii).
    #[error(
        "The statement on re-disclosure is missing. The form must say that the recipient may pass \
         the images on, and that they may then no longer be protected."
    )]
    NoRedisclosureStatement,

    /// An element is longer than anybody reads.
    #[error("The {element} is longer than {most} characters.")]
    TooLong {
        /// Its name.
        element: &'static str,
        /// The most characters it may have.
        most: usize,
    },
    /// An element has a control character other than a line feed.
    #[error("The {0} has a control character.")]
    ControlCharacter(&'static str),
    /// Nobody has signed it yet.
    #[error("The form was signed on {0}, a day that has not come. Give the day it was signed on.")]
    SignedLater(Day),
    /// It had ended when it was to be recorded.
    #[error(
        "The authorisation has expired: its last day was {0}. To end one early, revoke it instead."
    )]
    Over(Day),
    /// The study that was named is not the patient's whose record it is.
    #[error("The study is another patient's. An authorisation stays with the patient it is of.")]
    StudyOfAnotherPatient,
    /// A revoked record stays as it is.
    #[error("The authorisation is revoked. Record a new one.")]
    Closed,

    /// No record has that identifier.
    #[error("There is no such authorisation. Choose one of the patient's.")]
    Unknown,
    /// A link to the images of one patient under the record of another.
    #[error(
        "The authorisation is another patient's. Choose one of the patient whose images these are."
    )]
    AnotherPatient,
    /// A link under a revoked record.
    #[error("The authorisation was revoked. Nothing can be shared under it any more.")]
    Revoked,
    /// A link under an expired record.
    #[error("The authorisation has expired. Nothing can be shared under it any more.")]
    Expired,
    /// A link that would outlive its record.
    #[error(
        "The link would outlive the authorisation, whose last day is {0}. Choose an earlier end."
    )]
    Outlived(Day),

    /// The form is of a kind that is not taken.
    #[error("The form must be a PDF, a PNG or a JPEG.")]
    FormKind,
    /// The bytes are not what they are said to be.
    #[error("The form is not what it is said to be: its bytes are no {0}.")]
    FormMismatch(&'static str),
    /// The form is too large.
    #[error("The form is larger than 20 MiB. Scan it with fewer dots per inch, or in grey.")]
    FormTooLarge,
}
