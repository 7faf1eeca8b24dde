//! A recipient leaves.

use lightcase_audit::SignOutCause;
use lightcase_model::Ctx;

use crate::{Result, Shares, Visit};

impl Shares {
    /// Ends the visitor's own session.
    pub async fn leave(&self, ctx: &Ctx, visit: &Visit) -> Result<()> {
        self.end_session(ctx, &visit.begun, SignOutCause::Asked).await
    }
}
