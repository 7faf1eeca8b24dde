//! Counting the sub-operations of a C-GET or C-MOVE, PS3.4 sections C.4.2.3 and C.4.3.3.

use lightcase_archive::ArchiveError;
use lightcase_dataset::{Identifier, Tag, TransferSyntax};
use lightcase_dimse::scu::Outcome;
use lightcase_dimse::{Context, Response, Status, StatusKind, SubOperations};
use lightcase_model::SopInstanceUid;

const FAILED_SOP_INSTANCE_UID_LIST: Tag = Tag(0x0008_0058);

/// The longest list of UIDs that a value with a 16-bit length holds (PS3.5 section 6.2).
const LONGEST_LIST: usize = 65_534;

/// How far it is, and what failed.
#[derive(Debug)]
pub(crate) struct Tally {
    counts: SubOperations,
    remaining: usize,
    failed: String,
}

impl Tally {
    /// So many are to be done.
    pub(crate) fn new(objects: usize) -> Self {
        Self { counts: SubOperations::default(), remaining: objects, failed: String::new() }
    }

    /// Counts what became of an object; whether the peer has it.
    pub(crate) fn count(&mut self, instance: &SopInstanceUid, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Stored(status) => {
                self.remaining = self.remaining.saturating_sub(1);
                let count = if status.kind() == StatusKind::Warning {
                    &mut self.counts.warning
                } else {
                    &mut self.counts.completed
                };
                *count = count.saturating_add(1);
                true
            }
            Outcome::Refused(..) | Outcome::NoContext | Outcome::Unreadable(_) => {
                self.fail(instance);
                false
            }
        }
    }

    /// Counts an object that was not handed over.
    pub(crate) fn fail(&mut self, instance: &SopInstanceUid) {
        self.remaining = self.remaining.saturating_sub(1);
        self.counts.failed = self.counts.failed.saturating_add(1);
        let uid = instance.as_str();
        if self.failed.len().saturating_add(uid.len()) < LONGEST_LIST {
            if !self.failed.is_empty() {
                self.failed.push('\\');
            }
            self.failed.push_str(uid);
        }
    }

    /// A pending response.
    pub(crate) fn pending(&self) -> Response {
        Response { sub_operations: Some(self.counts(true)), ..Response::of(Status::PENDING) }
    }

    /// The final response, in the transfer syntax of its context.
    pub(crate) fn finish(&self, cancelled: bool, context: &Context) -> Response {
        let SubOperations { completed, failed, warning, .. } = self.counts;
        let status = if cancelled {
            Status::CANCEL
        } else if failed > 0 && completed == 0 && warning == 0 {
            Status::UNABLE_TO_PERFORM_SUB_OPERATIONS
        } else if failed > 0 || warning > 0 {
            Status::SUB_OPERATIONS_COMPLETE_WITH_FAILURES
        } else {
            Status::SUCCESS
        };
        let mut response = Response::of(status);
        response.sub_operations = Some(self.counts(cancelled));
        if !self.failed.is_empty() {
            let mut list = Identifier::default();
            list.put_text(FAILED_SOP_INSTANCE_UID_LIST, self.failed.as_str());
            match list.write(&TransferSyntax::of(&context.transfer_syntax)) {
                Ok(bytes) => response.data_set = Some(bytes.into()),
                Err(error) => tracing::error!("the list of what failed is not sent: {error}"),
            }
        }
        response
    }

    fn counts(&self, remaining: bool) -> SubOperations {
        let left = u16::try_from(self.remaining).unwrap_or(u16::MAX);
        SubOperations { remaining: remaining.then_some(left), ..self.counts }
    }
}

/// The answer where nothing was begun.
pub(crate) fn not_begun(error: &ArchiveError) -> Response {
    let (status, why) = match error {
        ArchiveError::ViewOnly => {
            (Status::NOT_AUTHORIZED, "This may be looked at, but not taken along")
        }
        ArchiveError::BadRequest(_) => {
            (Status::UNABLE_TO_COUNT_MATCHES, "Too many objects at once; ask study by study")
        }
        ArchiveError::Index(_) | ArchiveError::Store(_) | ArchiveError::Busy => {
            (Status::UNABLE_TO_COUNT_MATCHES, "The archive does not answer; ask again later")
        }
        ArchiveError::NotFound
        | ArchiveError::Conflict(_)
        | ArchiveError::NotRenderable(_)
        | ArchiveError::Damaged(_) => {
            (Status::UNABLE_TO_PERFORM_SUB_OPERATIONS, "What is stored cannot be read")
        }
    };
    Response::because(status, why)
}

#[cfg(test)]
mod tests {
    use lightcase_model::{TransferSyntaxUid, Uid};

    use super::*;
    use lightcase_dimse::Roles;

    #[track_caller]
    fn check(outcomes: &[Outcome], cancelled: bool, status: u16, list: bool) {
        let context = Context {
            id: 1,
            abstract_syntax: Uid::parse("1.2").unwrap(),
            transfer_syntax: TransferSyntaxUid::parse("1.2.840.10008.1.2.1").unwrap(),
            roles: Roles::DEFAULT,
            extended: Vec::new(),
        };
        let mut tally = Tally::new(3);
        let instance = SopInstanceUid::parse("1.2.3").unwrap();
        for outcome in outcomes {
            tally.count(&instance, outcome);
        }
        let response = tally.finish(cancelled, &context);
        assert_eq!(response.status.code(), status);
        assert_eq!(response.data_set.is_some(), list);
        let counts = response.sub_operations.unwrap();
        let done = counts.completed + counts.failed + counts.warning;
        assert_eq!(usize::from(done), outcomes.len());
        assert_eq!(counts.remaining, cancelled.then_some(3 - done));
    }

    #[test]
    fn statuses_and_counts_are_those_of_the_standard() {
        let stored = || Outcome::Stored(Status::SUCCESS);
        let warned = || Outcome::Stored(Status::COERCION_OF_DATA_ELEMENTS);
        let refused = || Outcome::Refused(Status::OUT_OF_RESOURCES, None);
        check(&[stored(), stored(), stored()], false, 0, false);
        check(&[stored(), warned(), stored()], false, 0xB000, false);
        check(&[stored(), refused(), stored()], false, 0xB000, true);
        check(&[refused(), Outcome::NoContext, refused()], false, 0xA702, true);
        check(&[stored()], true, 0xFE00, false);
        check(&[stored(), refused()], true, 0xFE00, true);
        check(&[], false, 0, false);
    }

    #[test]
    fn a_list_longer_than_its_value_is_cut_at_a_uid() {
        let mut tally = Tally::new(5_000);
        let instance = SopInstanceUid::parse(&format!("1.{}", "2".repeat(60))).unwrap();
        for _ in 0..5_000 {
            tally.fail(&instance);
        }
        assert!(tally.failed.len() <= LONGEST_LIST);
        assert!(tally.failed.ends_with(instance.as_str()));
        assert_eq!(tally.counts.failed, 5_000);
    }
}
