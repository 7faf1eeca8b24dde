//! The engine: bytes in, in pieces of any size; clean bytes and a report out.

mod approval;
mod cleaning;
mod head;
mod sink;
mod stream;
mod syntax;

pub use approval::{Approval, Approved};

use std::sync::Arc;

use data_encoding::HEXLOWER;
use lightcase_dataset::{Part10Prefix, TransferSyntax, write_file_meta};
use lightcase_model::{SopClassUid, SopInstanceUid};
use sha2::{Digest, Sha256};

use crate::decide::Why;
use crate::refusal::{Refusal, Result};
use crate::report::{Outcome, Report, Step};
use crate::{Project, Verdict};
use cleaning::Cleaning;
use stream::Stream;

/// De-identifies one object while it streams by.
///
/// What stands before the pixel data is kept in memory, up to a limit; then what stays of it is
/// written, and the pixels follow as they come, byte for byte. Nothing that was written may leave
/// before [`Deidentifier::finish`] has said so. One that has failed is spent.
///
/// ```
/// use std::sync::Arc;
/// use lightcase_deident::{Deidentifier, Profile, Project, ProjectKey, Verdict};
///
/// # fn clean(file: &[u8]) -> Result<Option<Vec<u8>>, lightcase_deident::Refusal> {
/// let project = Arc::new(Project::new(Profile::default(), ProjectKey::from_bytes([7; 32])));
/// let mut run = Deidentifier::of_file(&project);
/// let mut clean = Vec::new();
/// for piece in file.chunks(64 << 10) {
///     run.push(piece, &mut clean)?;
/// }
/// let done = run.finish(&mut clean)?;
/// # Ok((done.report.verdict == Verdict::Released).then_some(clean)) }
/// # assert!(clean(b"no DICOM").is_err());
/// ```
pub struct Deidentifier {
    project: Arc<Project>,
    stage: Stage,
    before: Sha256,
    after: Sha256,
    explains: bool,
    usual_issuer: String,
}

/// Bytes that are worked on at a time: they are read, hashed, copied and hashed again while they are
/// still in the cache.
const PART: usize = 64 << 10;

enum Stage {
    /// The head of a file is not complete.
    File(Part10Prefix),
    Body(Box<Body>),
    Failed(Refusal),
}

struct Body {
    stream: Stream<Cleaning>,
    /// File Meta Information is to be written before the data set.
    meta: Option<TransferSyntax>,
    /// It is a file, of which that was made anew.
    is_file: bool,
}

/// What came of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What was done.
    pub report: Report,
    /// What was done to each attribute; empty unless [`Deidentifier::explaining`] was called.
    pub steps: Vec<Step>,
}

impl Deidentifier {
    /// At the first byte of a file of PS3.10. The clean one is a file too, with an empty preamble
    /// and File Meta Information made anew.
    pub fn of_file(project: &Arc<Project>) -> Self {
        Self::at(project, Stage::File(Part10Prefix::new()))
    }

    /// At the first byte of a data set, without group 2. The clean one is in the same syntax.
    pub fn of_data_set(project: &Arc<Project>, syntax: &TransferSyntax) -> Self {
        let stage = match Body::new(project, syntax, None) {
            Ok(body) => Stage::Body(Box::new(body)),
            Err(refusal) => Stage::Failed(refusal),
        };
        Self::at(project, stage)
    }

    fn at(project: &Arc<Project>, stage: Stage) -> Self {
        Self {
            project: Arc::clone(project),
            stage,
            before: Sha256::new(),
            after: Sha256::new(),
            explains: false,
            usual_issuer: String::new(),
        }
    }

    /// Notes each step, for a person to read.
    #[must_use]
    pub fn explaining(mut self) -> Self {
        self.explains = true;
        if let Stage::Body(body) = &mut self.stage {
            body.stream.work().explains = true;
        }
        self
    }

    /// Names the issuer of patient IDs for objects that name none in (0010,0021).
    #[must_use]
    pub fn with_issuer(mut self, issuer: &str) -> Self {
        issuer.clone_into(&mut self.usual_issuer);
        if let Stage::Body(body) = &mut self.stage {
            issuer.clone_into(&mut body.stream.work().usual_issuer);
        }
        self
    }

    /// Takes the next bytes and appends what can be written of them.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        for part in bytes.chunks(PART) {
            self.before.update(part);
            let start = out.len();
            let result = self.advance(part, out);
            self.after.update(out.get(start..).unwrap_or_default());
            self.spend(result)?;
        }
        Ok(())
    }

    /// No more bytes will come: the last that is written, and the report.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<Done> {
        let start = out.len();
        if let Stage::File(prefix) = &mut self.stage {
            let meta = prefix.finish()?;
            let rest = prefix.rest().to_vec();
            self.begin(&meta.transfer_syntax, &rest, out)?;
        }
        let body = match self.stage {
            Stage::Body(body) => body,
            Stage::Failed(refusal) => return Err(refusal),
            Stage::File(_) => return Err(Refusal::TransferSyntax),
        };
        let mut done = body.finish(out)?;
        self.after.update(out.get(start..).unwrap_or_default());
        done.report.digest_before = HEXLOWER.encode(&self.before.finalize());
        done.report.digest_after = HEXLOWER.encode(&self.after.finalize());
        Ok(done)
    }

    fn spend(&mut self, result: Result<()>) -> Result<()> {
        if let Err(refusal) = &result {
            self.stage = Stage::Failed(refusal.clone());
        }
        result
    }

    fn advance(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        match &mut self.stage {
            Stage::File(prefix) => {
                if let Some(meta) = prefix.push(bytes)? {
                    let rest = prefix.rest().to_vec();
                    self.begin(&meta.transfer_syntax, &rest, out)?;
                }
                Ok(())
            }
            Stage::Body(body) => body.push(bytes, out),
            Stage::Failed(refusal) => Err(refusal.clone()),
        }
    }

    fn begin(
        &mut self,
        syntax: &lightcase_model::TransferSyntaxUid,
        rest: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let syntax = TransferSyntax::of(syntax);
        let mut body = Body::new(&self.project, &syntax, Some(syntax.clone()))?;
        body.stream.work().explains = self.explains;
        body.stream.work().usual_issuer.clone_from(&self.usual_issuer);
        body.push(rest, out)?;
        self.stage = Stage::Body(Box::new(body));
        Ok(())
    }
}

impl Body {
    fn new(
        project: &Arc<Project>,
        syntax: &TransferSyntax,
        meta: Option<TransferSyntax>,
    ) -> Result<Self> {
        let is_file = meta.is_some();
        Ok(Self { stream: Stream::new(Cleaning::new(project), syntax)?, meta, is_file })
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let written = self.stream.push(bytes)?;
        self.write(written, out)
    }

    fn finish(mut self, out: &mut Vec<u8>) -> Result<Done> {
        let written = self.stream.finish()?;
        self.write(written, out)?;
        let is_file = self.is_file;
        let mut done = self.stream.close(out)?.done()?;
        if is_file && !done.steps.is_empty() {
            let attribute = "FileMetaInformation".to_owned();
            let (outcome, why) = (Outcome::Replaced, Why::Meta.to_string());
            done.steps.insert(0, Step { attribute, outcome, why });
        }
        Ok(done)
    }

    fn write(&mut self, bytes: Vec<u8>, out: &mut Vec<u8>) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(syntax) = self.meta.take() {
            let (class, instance) = self.stream.work().identity()?;
            let class = SopClassUid::parse(&class);
            let class = class.map_err(|_error: lightcase_model::UidError| Refusal::SopClass)?;
            let instance = SopInstanceUid::parse(&instance);
            let instance =
                instance.map_err(|_error: lightcase_model::UidError| Refusal::Identity)?;
            out.extend_from_slice(&write_file_meta(&class, &instance, syntax.uid()));
        }
        self.stream.write(bytes, out)
    }
}

impl Done {
    /// Whether the object may leave as it was written.
    pub fn is_released(&self) -> bool {
        self.report.verdict == Verdict::Released
    }
}
