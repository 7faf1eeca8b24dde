//! The association, or the few of them, on which the objects of a C-MOVE go out.

use std::collections::BTreeSet;

use lightcase_archive::HandOver;
use lightcase_catalog::Listed;
use lightcase_dimse::MoveOriginator;
use lightcase_dimse::scu::{MAX_CONTEXTS, Outcome, ScuError, Session, Target};
use lightcase_model::{TransferSyntaxUid, Uid};

use crate::hand_over::{PLAIN, outgoing, told};

/// Each SOP class and transfer syntax may need three contexts: as held, and the plain ones.
const MOST_KINDS: usize = MAX_CONTEXTS / 3;

/// Associations that break in a row before the destination is given up.
const PATIENCE: u8 = 3;

pub(crate) struct Delivery {
    target: Target,
    originator: MoveOriginator,
    session: Option<Session>,
    /// Objects that the contexts of the session were proposed for.
    covered: usize,
    broken: u8,
}

impl Delivery {
    pub(crate) const fn new(target: Target, originator: MoveOriginator) -> Self {
        Self { target, originator, session: None, covered: 0, broken: 0 }
    }

    /// An association for the next object, the one that is open if it will do.
    pub(crate) async fn open(&mut self, objects: &HandOver) -> Result<(), ScuError> {
        if self.covered > 0 || objects.left() == 0 {
            return Ok(());
        }
        self.close().await;
        let (kinds, covered) = objects.kinds(MOST_KINDS);
        let pairs: BTreeSet<(Uid, TransferSyntaxUid)> = kinds
            .into_iter()
            .flat_map(|(class, held)| {
                let plain = PLAIN.iter().filter_map(|uid| TransferSyntaxUid::parse(uid).ok());
                let class = class.as_uid().clone();
                plain.chain([held]).map(move |syntax| (class.clone(), syntax))
            })
            .collect();
        let pairs: Vec<_> = pairs.into_iter().collect();
        match Session::connect(&self.target, &pairs).await {
            Ok(session) => self.session = Some(session),
            // There is somebody, who takes none of these: the next ones may be others.
            Err(ScuError::NoContext) => {}
            Err(error) => return Err(error),
        }
        self.covered = covered;
        Ok(())
    }

    /// What became of an object.
    pub(crate) async fn send(&mut self, objects: &mut HandOver, listed: &Listed) -> Outcome {
        self.covered = self.covered.saturating_sub(1);
        let class = listed.sop_class.as_uid();
        let contexts = self.session.as_ref().map(Session::contexts).unwrap_or_default();
        let taken: Vec<&TransferSyntaxUid> = contexts
            .iter()
            .filter(|context| context.abstract_syntax == *class)
            .map(|context| &context.transfer_syntax)
            .collect();
        let object = match outgoing(objects, listed, &taken).await {
            Ok(object) => object,
            Err(outcome) => return outcome,
        };
        let Some(session) = &mut self.session else { return Outcome::NoContext };
        match session.store_for(object, Some(self.originator.clone())).await {
            Ok(outcome) => {
                self.broken = 0;
                told(listed, &outcome);
                outcome
            }
            Err(error) => {
                tracing::warn!(destination = %self.target.called, "an object was not handed over: {error}");
                self.broken = self.broken.saturating_add(1);
                self.session = None;
                // A new association is tried for what is left, a few times.
                self.covered = if self.broken < PATIENCE { 0 } else { usize::MAX };
                Outcome::Unreadable(std::io::Error::other(error))
            }
        }
    }

    /// Gives up an association on which an object did not come to its end.
    pub(crate) fn abandon(&mut self) {
        self.session = None;
    }

    /// Ends the association in order.
    pub(crate) async fn close(&mut self) {
        if let Some(session) = self.session.take()
            && let Err(error) = session.release().await
        {
            tracing::debug!("an association was not released: {error}");
        }
    }
}
