//! Compressed pixels decoded, in processes of their own.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use lightcase_archive::{ArchiveError, approve_file};
use lightcase_codec::{Codec, Options};
use lightcase_deident::{Approved, Region};
use tokio::runtime::Runtime;

/// Starts its processes when the first pixels are to be decoded.
pub(super) struct Decoder {
    runtime: Runtime,
    codec: Codec,
}

impl Decoder {
    /// For so many files at the same time.
    pub(super) fn new(jobs: usize) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("the runtime cannot start")?;
        let options = Options { workers: jobs, queue: jobs, ..Options::default() };
        Ok(Self { runtime, codec: Codec::new(crate::house::worker()?, options) })
    }

    /// Writes a clean file anew, with regions made black, or with its pixels decoded where `anew`
    /// asks for it; why not, if it cannot be.
    pub(super) fn approve(
        &self,
        from: &Path,
        to: &Path,
        decision: (&[Region], bool),
    ) -> anyhow::Result<Result<Approved, ArchiveError>> {
        let mut file =
            File::open(from).with_context(|| format!("{} cannot be read", from.display()))?;
        let mut written =
            File::create(to).with_context(|| format!("{} cannot be written", to.display()))?;
        let run = approve_file(&self.codec, &mut file, &mut written, decision);
        Ok(self.runtime.block_on(Box::pin(run)))
    }

    /// Ends its processes.
    pub(super) fn end(self) {
        self.runtime.block_on(self.codec.shutdown());
    }
}
