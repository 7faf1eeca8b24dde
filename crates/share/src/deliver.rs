//! What goes out by mail.

use lightcase_catalog::{Share, Tx};
use lightcase_model::Ctx;

use crate::factor::email::Code;
use crate::{Result, ShareError, Shares};

impl Shares {
    pub(crate) async fn deliver_code(
        &self,
        _tx: &mut Tx,
        _ctx: &Ctx,
        _share: &Share,
        _code: &Code,
    ) -> Result<()> {
        Err(ShareError::NoMail)
    }
}
