//! The list of everything that is recorded.

use lightcase_model::{
    AccountId, AeTitle, Attribute, AuthorisationId, CommitmentId, DeviceId, Language, Level,
    MailId, May, Permission, Phi, ProjectId, RefusalId, ReviewId, Role, SeriesId, SessionId,
    ShareId, StudyId, Timestamp, TokenId, TokenScope,
};

use crate::field::Field;
use crate::personal::Traces;
use crate::{AccessId, Json, ListDigest, Personal, Subject};

/// What of a series was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViewKind {
    /// Attributes, without pictures.
    Metadata,
    /// Frames as they were stored.
    Frames,
    /// Pictures drawn by the server, thumbnails too.
    Rendered,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignOutCause {
    /// By its owner.
    Asked,
    /// Nothing came for too long.
    Idle,
    /// At its end.
    Expired,
    /// By somebody else: account disabled, password reset, share revoked.
    Ended,
}

/// `Variant "name" of subject { public fields } personal { fields of Personal };`.
///
/// Public fields are stored as they are and hold nothing that names or traces a person. A
/// `&'static str` is a word of the program, so no text from outside can stand there.
macro_rules! events {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:literal of $subject:tt
            { $($field:ident: $type:ty),* $(,)? }
            $(personal { $($trace:ident: $trace_type:ty),* $(,)? })?;
    )*) => {
        /// One fact. Every kind there is stands in this list.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "fields are named by what they hold; kinds are described")]
        pub enum Event { $(
            $(#[$doc])*
            $variant { $($field: $type,)* $($($trace: $trace_type,)*)? },
        )* }

        impl Event {
            /// The names of all kinds, in the order of the list.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];

            /// The name of this kind, which is part of the stored format.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name,)* }
            }

            /// Whose key seals the personal fields, the public fields, and the personal ones.
            pub(crate) fn split(self) -> (Subject, Json, Personal) {
                match self { $(
                    Self::$variant { $($field,)* $($($trace,)*)? } => (
                        Subject::from($subject),
                        Json::object([$((stringify!($field), Field::json(&$field)),)*]),
                        Personal {
                            $($($trace: Traces::text($trace),)*)?
                            ..Personal::default()
                        },
                    ),
                )* }
            }
        }
    };
}

events! {
    // The service.

    /// The service began to answer.
    ServiceStarted "service_started" of () { version: String };
    /// The service stopped in order.
    ServiceStopped "service_stopped" of () {};
    /// A listener was opened beyond loopback without TLS, because the configuration says so.
    InsecureBind "insecure_bind" of () { service: &'static str, listen: String };
    /// Configuration differs from that of the start before, or was changed; names of keys only.
    ConfigurationChanged "configuration_changed" of () { keys: Vec<String> };

    // Accounts.

    /// The set-up link was used and the first account made.
    SetUpCompleted "set_up_completed" of account
        { account: AccountId } personal { account_name: Phi<String> };
    /// Somebody proved who they are.
    SignedIn "signed_in" of account
        { account: AccountId, session: SessionId }
        personal { account_name: Phi<String>, user_agent: Option<Phi<String>> };
    /// Somebody proved who they are to open a link; no session of staff was begun.
    AccountProved "account_proved" of account
        { account: AccountId }
        personal { account_name: Phi<String>, user_agent: Option<Phi<String>> };
    /// An address was set that its owner is told at what happens to their links; empty for none.
    AlertAddressSet "alert_address_set" of account
        { account: AccountId }
        personal { email: Phi<String> };
    /// Somebody did not prove who they are. `account` is absent when no account has that name.
    SignInFailed "sign_in_failed" of account
        { account: Option<AccountId>, reason: &'static str }
        personal { account_name: Phi<String>, user_agent: Option<Phi<String>> };
    /// A session of staff ended.
    SignedOut "signed_out" of account
        { account: AccountId, session: SessionId, cause: SignOutCause };
    /// An account was made.
    AccountCreated "account_created" of account
        { account: AccountId, role: Role } personal { account_name: Phi<String> };
    /// An account may no longer sign in.
    AccountDisabled "account_disabled" of account { account: AccountId };
    /// A disabled account may sign in again.
    AccountEnabled "account_enabled" of account { account: AccountId };
    /// A password was set anew.
    PasswordReset "password_reset" of account { account: AccountId };
    /// An account's role changed.
    RoleChanged "role_changed" of account { account: AccountId, from: Role, to: Role };
    /// An API token was made.
    TokenCreated "token_created" of ()
        { token: TokenId, scopes: Vec<TokenScope>, expires: Option<Timestamp> }
        personal { label: Phi<String> };
    /// An API token was ended.
    TokenRevoked "token_revoked" of () { token: TokenId };
    /// Somebody asked for what they have no right to. `route` is the pattern that matched, never
    /// the path itself.
    Denied "denied" of () { permission: Option<Permission>, route: String };

    // DICOM peers.

    /// A remote AE was entered.
    PeerAdded "peer_added" of ()
        { ae_title: AeTitle, host: String, port: u16, tls: bool, rights: Vec<&'static str> };
    /// By what a remote AE that was entered is known besides: SHA-256 of the certificate that it
    /// must show, and the issuer of the patient ids that it sends without one.
    PeerIdentified "peer_identified" of ()
        { ae_title: AeTitle, certificate: Option<ListDigest>, issuer: Option<String> };
    /// A remote AE was taken out.
    PeerRemoved "peer_removed" of () { ae_title: AeTitle };
    /// An association was rejected or aborted before any command. Titles as they were sent.
    AssociationRefused "association_refused" of ()
        { calling: String, called: String, reason: &'static str }
        personal { address: Option<Phi<String>> };

    // What comes in.

    /// The first object of a study came, on this association or request.
    StoreBegun "store_begun" of study
        { access_id: AccessId, study: StudyId }
        personal { patient_name: Phi<String>, patient_id: Phi<String>, study_uid: Phi<String> };
    /// The association or request ended. `recovered`: it was found dangling at start-up.
    StoreEnded "store_ended" of study
        {
            access_id: AccessId,
            study: StudyId,
            count: u64,
            already_held: u64,
            refused: u64,
            list_digest: ListDigest,
            recovered: bool,
        };
    /// The policy of an origin decided what is kept of a study.
    IngestDecided "ingest_decided" of study
        {
            access_id: AccessId,
            study: StudyId,
            policy: &'static str,
            decision: &'static str,
        };
    /// An object was not taken, and why.
    Refused "refused" of ()
        { refusal: RefusalId, reason: &'static str, bytes: u64 }
        personal { study_uid: Option<Phi<String>>, sop_instance_uid: Option<Phi<String>> };
    /// The bytes of a refused object were handed out to somebody who looks into it.
    QuarantineRead "quarantine_read" of () { refusal: RefusalId, bytes: u64 };
    /// A refused object was driven through the ingest again; `received` is when it came. `outcome`
    /// is what became of it, `reason` why it was refused again.
    Redriven "redriven" of ()
        {
            refusal: RefusalId,
            received: Timestamp,
            outcome: &'static str,
            reason: Option<&'static str>,
        };
    /// A refused object was given up, and its bytes removed.
    Discarded "discarded" of () { refusal: RefusalId } personal { reason: Phi<String> };
    /// Store and index were compared, and blobs that no row named were taken up or removed: images
    /// that are found from now on (their studies have store events of their own), images held in
    /// another blob, images put into quarantine, refused objects listed again, blobs that do not
    /// authenticate, what interrupted writes left.
    BlobsAdopted "blobs_adopted" of ()
        {
            adopted: u64,
            surplus: u64,
            quarantined: u64,
            listed: u64,
            damaged: u64,
            unfinished: u64,
        };
    /// An import ended; its studies have store events of their own.
    Imported "imported" of () { files: u64, stored: u64, refused: u64 };

    // Storage commitment.

    /// A peer asked to be vouched for objects it sent.
    CommitmentRequested "commitment_requested" of ()
        { commitment: CommitmentId, peer: AeTitle, instances: u64 };
    /// The peer was told: so many objects are held and were read back, so many are not.
    CommitmentReported "commitment_reported" of ()
        { commitment: CommitmentId, peer: AeTitle, committed: u64, failed: u64 };
    /// The peer could not be told for too long.
    CommitmentGivenUp "commitment_given_up" of ()
        { commitment: CommitmentId, peer: AeTitle, attempts: u64 };

    // What goes out.

    /// A search was answered. Which attributes were asked for, never their values.
    Queried "queried" of () { level: Level, keys: Vec<Attribute>, matches: u64 };
    /// Before the first byte of a series was shown.
    ViewBegun "view_begun" of study
        { access_id: AccessId, study: StudyId, series: Option<SeriesId>, kind: ViewKind }
        personal { study_uid: Phi<String>, series_uid: Option<Phi<String>> };
    /// After the last byte, at idle, or at the session's end.
    ViewEnded "view_ended" of study
        { access_id: AccessId, study: StudyId, frames: u64, bytes: u64, recovered: bool };
    /// Before the first byte of DICOM objects was handed over. `service` is the way they go;
    /// `offset` is where a resumed download begins.
    RetrieveBegun "retrieve_begun" of study
        {
            access_id: AccessId,
            study: StudyId,
            series: Option<SeriesId>,
            service: &'static str,
            destination: Option<AeTitle>,
            instances: u64,
            offset: u64,
        }
        personal { study_uid: Phi<String> };
    /// After the last byte was sent. `complete` is false when the receiver went away before.
    RetrieveEnded "retrieve_ended" of study
        {
            access_id: AccessId,
            study: StudyId,
            instances: u64,
            bytes: u64,
            complete: bool,
            recovered: bool,
        };

    // Corrections.

    /// A study was hidden; it can be brought back.
    StudyWithdrawn "study_withdrawn" of study
        { study: StudyId } personal { study_uid: Phi<String>, reason: Phi<String> };
    /// A hidden study was brought back.
    StudyRestored "study_restored" of study
        { study: StudyId } personal { study_uid: Phi<String>, reason: Option<Phi<String>> };
    /// Objects were removed for good.
    DeletionRecorded "deletion_recorded" of study
        { study: StudyId, instances: u64, cause: &'static str }
        personal { study_uid: Phi<String>, reason: Option<Phi<String>> };

    // De-identification.

    /// A project was made: a profile under a key of its own.
    ProjectCreated "project_created" of ()
        { project: ProjectId, project_name: String, profile: String, digest: ListDigest };
    /// What is kept of the studies of an origin was changed.
    PolicyChanged "policy_changed" of ()
        { origin: String, policy: &'static str, project: Option<ProjectId> };
    /// Clean copies were made of objects of a study, on this association or by this run. `digest` is
    /// over the certificate's reports.
    CleanCopied "clean_copied" of study
        {
            access_id: AccessId,
            study: StudyId,
            project: ProjectId,
            released: u64,
            held: u64,
            digest: ListDigest,
        };
    /// Somebody looked at a clean copy that was held, and decided.
    Reviewed "reviewed" of study
        { review: ReviewId, study: StudyId, decision: &'static str, regions: u64 }
        personal { reason: Phi<String> };
    /// The certificate of a study was handed out; `digest` is over its document.
    CertificateIssued "certificate_issued" of study
        { study: StudyId, project: ProjectId, digest: ListDigest };
    /// Somebody was told whom a clean study is of.
    ReIdentified "re_identified" of study
        { study: StudyId, project: ProjectId } personal { reason: Phi<String> };

    // Shares.

    /// A link was made.
    ShareCreated "share_created" of share
        {
            share: ShareId,
            studies: Vec<StudyId>,
            may: May,
            expires: Timestamp,
            max_uses: u32,
            factors: Vec<&'static str>,
        }
        personal { recipient: Phi<String>, reason: Option<Phi<String>> };
    /// All factors of a link were proved. `uses` counts this opening if it was a new device.
    ShareOpened "share_opened" of share
        { share: ShareId, session: SessionId, device: DeviceId, uses: u32 }
        personal { user_agent: Option<Phi<String>> };
    /// The recipient accepted the notice, named by the digest of its text.
    NoticeAccepted "notice_accepted" of share
        { share: ShareId, session: SessionId, notice: ListDigest };
    /// A factor was not proved; `attempts` so far over the link's lifetime.
    FactorFailed "factor_failed" of share
        { share: ShareId, factor: &'static str, attempts: u32 }
        personal { user_agent: Option<Phi<String>> };
    /// A visit that proved nothing; `share` is absent when no link has that identifier.
    ShareProbed "share_probed" of share
        { share: Option<ShareId>, reason: &'static str }
        personal { user_agent: Option<Phi<String>> };
    /// Too many wrong tries: locked for a while.
    ShareLocked "share_locked" of share { share: ShareId, attempts: u32, until: Timestamp };
    /// Far too many wrong tries: locked until its owner acts.
    ShareFrozen "share_frozen" of share { share: ShareId, attempts: u32 };
    /// A link was ended before its time.
    ShareRevoked "share_revoked" of share
        { share: ShareId } personal { reason: Option<Phi<String>> };
    /// A recipient's session ended.
    ShareSessionEnded "share_session_ended" of share
        { share: ShareId, session: SessionId, cause: SignOutCause };
    /// What else a link that was made is like: from when on it opens, whether later arrivals belong
    /// to it, whether it shows clean copies, its language, and the address it is for.
    ShareDescribed "share_described" of share
        {
            share: ShareId,
            starts: Option<Timestamp>,
            live: bool,
            clean: bool,
            language: Language,
        }
        personal { email: Option<Phi<String>> };
    /// One factor was proved, and another is still asked for.
    FactorProved "factor_proved" of share
        { share: ShareId, factor: &'static str }
        personal { user_agent: Option<Phi<String>> };
    /// A one-time code was made for the recipient's address; `mailed` since one was proved.
    CodeMailed "code_mailed" of share { share: ShareId, mailed: u32 };
    /// The end of a link was moved.
    ShareExtended "share_extended" of share { share: ShareId, from: Timestamp, to: Timestamp };
    /// A link got another secret and passcode; the old ones open nothing from then on.
    ShareRenewed "share_renewed" of share { share: ShareId };
    /// Series that arrived later belong to a link from now on.
    ShareGrown "share_grown" of share { share: ShareId, series: u64 };

    // Mail.

    /// A mail was put into the outbox. `kind`: the link itself or a code for its recipient, or an
    /// alert for its owner.
    MailQueued "mail_queued" of share
        { mail: MailId, share: Option<ShareId>, kind: &'static str }
        personal { email: Phi<String> };
    /// The mail server took a mail, on the so-manieth try.
    MailSent "mail_sent" of share
        { mail: MailId, share: Option<ShareId>, kind: &'static str, tries: u32 };
    /// A mail was not delivered: the mail server refused it, did not take it in time, or its link
    /// ended before.
    MailGivenUp "mail_given_up" of share
        {
            mail: MailId,
            share: Option<ShareId>,
            kind: &'static str,
            tries: u32,
            reason: &'static str,
        };

    /// Every byte of a link's download was sent, over all its ranges; `digest` is that of
    /// the entity tag, and stands for what was in it.
    ShareDownloaded "share_downloaded" of share
        { share: ShareId, bytes: u64, digest: ListDigest };

    // Authority.

    /// By what right a link was made, and under which version of which record.
    ShareAuthorised "share_authorised" of share
        {
            share: ShareId,
            authority: &'static str,
            authorisation: Option<AuthorisationId>,
            version: Option<u32>,
        };
    /// The end of a link was moved back to that of the record it was made under.
    ShareShortened "share_shortened" of share
        { share: ShareId, authorisation: AuthorisationId, from: Timestamp, to: Timestamp };
    /// A patient's authorisation was recorded. `expires` is the end of its last day.
    AuthorisationRecorded "authorisation_recorded" of study
        { authorisation: AuthorisationId, study: StudyId, expires: Option<Timestamp> }
        personal { recipient: Phi<String>, reason: Phi<String> };
    /// A new version of it was recorded; the old ones stay.
    AuthorisationChanged "authorisation_changed" of study
        {
            authorisation: AuthorisationId,
            study: StudyId,
            version: u32,
            expires: Option<Timestamp>,
        }
        personal { recipient: Phi<String>, reason: Phi<String> };
    /// A scan of the signed form was attached; `digest` is that of its bytes.
    AuthorisationFormAttached "authorisation_form_attached" of study
        {
            authorisation: AuthorisationId,
            study: StudyId,
            version: u32,
            digest: ListDigest,
            bytes: u64,
        };
    /// It was revoked; the links that ended with it have events of their own.
    AuthorisationRevoked "authorisation_revoked" of study
        { authorisation: AuthorisationId, study: StudyId, links: u64 }
        personal { reason: Phi<String> };
    /// Records were read: one, those of a patient, the scan of a form, or everything there is.
    AuthorisationRead "authorisation_read" of study
        { authorisations: Vec<AuthorisationId>, study: StudyId, what: &'static str };

    // The audit itself.

    /// The audit was read: which page, export or report, and how many records it showed.
    AuditRead "audit_read" of () { report: &'static str, records: u64 };
}
