//! The scan of a signed form: told apart by its first bytes, kept sealed, never drawn.

use lightcase_accounts::Principal;
use lightcase_audit::{Event, ListDigest};
use lightcase_catalog::NewForm;
use lightcase_model::{AuthorisationId, Ctx, Phi};
use sha2::{Digest, Sha256};

use crate::{Authorisation, AuthorisationFault, Result, ShareError, Shares};

/// A form has at most so many bytes.
pub const MAX_FORM: usize = 20 << 20;

/// The kinds of form that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// ISO 32000.
    Pdf,
    /// ISO/IEC 15948.
    Png,
    /// ISO/IEC 10918-1.
    Jpeg,
}

impl FormKind {
    const ALL: [Self; 3] = [Self::Pdf, Self::Png, Self::Jpeg];

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// How names of such files end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
        }
    }

    const fn magic(self) -> &'static [u8] {
        match self {
            Self::Pdf => b"%PDF-",
            Self::Png => b"\x89PNG\r\n\x1a\n",
            Self::Jpeg => b"\xff\xd8\xff",
        }
    }

    /// The kind a media type names; parameters are not part of it.
    pub fn declared(media_type: &str) -> Option<Self> {
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|kind| kind.media_type().eq_ignore_ascii_case(media_type))
    }

    /// The kind of some bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| bytes.starts_with(kind.magic()))
    }
}

/// The bytes of a scan, for saving.
#[derive(Debug, Clone)]
pub struct FormBytes {
    /// Its kind.
    pub kind: FormKind,
    /// Its number, from 1.
    pub number: u32,
    /// The bytes as they were attached.
    pub bytes: Phi<Vec<u8>>,
}

impl Shares {
    /// Attaches a scan to the version in force. One that was attached before stays beside it.
    ///
    /// # Errors
    /// `NotPermitted` without [`lightcase_model::Permission::Share`]; `NotFound` when there is no
    /// such record; [`AuthorisationFault`] when it is revoked, or the bytes are too many or not of
    /// the kind they are declared to be.
    pub async fn attach_form(
        &self,
        ctx: &Ctx,
        by: &Principal,
        id: AuthorisationId,
        (declared, bytes): (FormKind, Vec<u8>),
    ) -> Result<Authorisation> {
        let record = self.record_of(by, id, ctx.now).await?;
        if bytes.len() > MAX_FORM {
            return Err(AuthorisationFault::FormTooLarge.into());
        }
        if FormKind::of(&bytes) != Some(declared) {
            return Err(AuthorisationFault::FormMismatch(declared.name()).into());
        }
        let sha256: [u8; 32] = Sha256::digest(&bytes).into();
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let new = NewForm {
            media_type: declared.media_type(),
            sha256,
            bytes: Phi::new(bytes),
            at: ctx.now,
            by: by.name.clone(),
        };
        let mut tx = self.catalog.begin().await?;
        let version = tx.attach_form(id, &new).await?;
        let event = Event::AuthorisationFormAttached {
            authorisation: id,
            study: record.study,
            version: version.ok_or(AuthorisationFault::Closed)?,
            digest: ListDigest(sha256),
            bytes: length,
        };
        tx.record(ctx, event).await?;
        tx.commit().await?;
        let record = self.record_of(by, id, ctx.now).await?;
        self.shown(record, ctx.now).await
    }

    /// The bytes of a scan: of the one with this number, or of the one attached last.
    ///
    /// # Errors
    /// `NotPermitted` without [`lightcase_model::Permission::Share`]; `NotFound` when there is no
    /// such record or scan.
    pub async fn form(
        &self,
        ctx: &Ctx,
        by: &Principal,
        id: AuthorisationId,
        number: Option<u32>,
    ) -> Result<FormBytes> {
        let record = self.record_of(by, id, ctx.now).await?;
        let forms = self.catalog.authorisation_forms(id).await?;
        let wanted = |each: &u32| number.is_none_or(|number| number == *each);
        let form = forms.into_iter().rev().find(|form| wanted(&form.number));
        let form = form.ok_or(ShareError::NotFound)?;
        let bytes = self.catalog.form_bytes(id, form.number, ctx.now).await?;
        let bytes = bytes.ok_or(ShareError::NotFound)?;
        let (authorisations, study) = (vec![id], record.study);
        let event = Event::AuthorisationRead { authorisations, study, what: "form" };
        self.catalog.record(ctx, event).await?;
        let kind = FormKind::declared(&form.media_type).ok_or_else(super::unreadable)?;
        Ok(FormBytes { kind, number: form.number, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_what_its_first_bytes_say() {
        let check = |bytes: &[u8], kind| assert_eq!(FormKind::of(bytes), kind, "{bytes:?}");
        check(b"%PDF-1.7\n", Some(FormKind::Pdf));
        check(b"\x89PNG\r\n\x1a\n....", Some(FormKind::Png));
        check(b"\xff\xd8\xff\xe0", Some(FormKind::Jpeg));
        check(b" %PDF-1.7", None);
        check(b"<html>%PDF-", None);
        check(b"\xff\xd8", None);
        check(b"", None);
    }

    #[test]
    fn a_declared_type_is_one_of_three() {
        let check = |text, kind| assert_eq!(FormKind::declared(text), kind, "{text}");
        check("application/pdf", Some(FormKind::Pdf));
        check("Image/PNG; charset=x", Some(FormKind::Png));
        check("image/jpeg", Some(FormKind::Jpeg));
        check("image/svg+xml", None);
        check("text/html", None);
        check("", None);
    }
}
