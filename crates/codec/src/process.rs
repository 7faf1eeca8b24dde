//! One worker process, seen from the parent.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;

use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use crate::wire::{LENGTHS, Reply, lengths, read_lengths};
use crate::{CodecError, Confinement, Job};

/// How a worker process is started: this very binary with its hidden subcommand.
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    /// The program, usually `std::env::current_exe()`.
    pub program: PathBuf,
    /// Its arguments, usually `["codec-worker"]`.
    pub arguments: Vec<OsString>,
}

/// A started worker. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    confinement: Confinement,
    jobs: u32,
}

impl Worker {
    /// Starts a worker with an empty environment and waits for its greeting.
    pub(crate) async fn start(command: &WorkerCommand) -> Result<Self, CodecError> {
        let mut child = Command::new(&command.program)
            .args(&command.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error: std::io::Error| {
                tracing::error!(kind = ?error.kind(), "a decoder process could not be started");
                CodecError::Died
            })?;
        let (Some(input), Some(mut output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(CodecError::Died);
        };
        tokio::spawn(log(errors));
        match receive(&mut output, 0).await {
            Ok((Reply::Ready(confinement), _)) => {
                Ok(Self { child, input, output, confinement, jobs: 0 })
            }
            Ok(_) | Err(_) => Err(CodecError::Died),
        }
    }

    pub(crate) fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// Jobs given to this worker so far.
    pub(crate) fn jobs(&self) -> u32 {
        self.jobs
    }

    pub(crate) fn alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Gives one job. The outer error is the worker's end, the inner one the job's.
    pub(crate) async fn run(
        &mut self,
        job: &Job,
        frame: &[u8],
    ) -> Result<Result<Bytes, CodecError>, std::io::Error> {
        self.jobs += 1;
        let nonsense = || std::io::Error::from(std::io::ErrorKind::InvalidData);
        let header = serde_json::to_vec(job)?;
        let prefix = lengths(header.len(), frame.len()).ok_or_else(nonsense)?;
        self.input.write_all(&prefix).await?;
        self.input.write_all(&header).await?;
        self.input.write_all(frame).await?;
        self.input.flush().await?;
        let limit = job.answer_limit().map_err(|_error: CodecError| nonsense())?;
        match receive(&mut self.output, limit).await? {
            (Reply::Done, body) => Ok(Ok(body.into())),
            (Reply::Failed(error), _) => Ok(Err(tame(error))),
            (Reply::Ready(_), _) => Err(nonsense()),
        }
    }

    /// Kills the process and waits for its end.
    pub(crate) async fn stop(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::debug!(kind = ?error.kind(), "a decoder process had ended before");
        }
    }
}

async fn receive(
    output: &mut ChildStdout,
    body_limit: usize,
) -> Result<(Reply, Vec<u8>), std::io::Error> {
    let mut prefix = [0; LENGTHS];
    output.read_exact(&mut prefix).await?;
    let (header, body) = read_lengths(prefix, body_limit)
        .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidData))?;
    let mut header = vec![0; header];
    output.read_exact(&mut header).await?;
    let reply = serde_json::from_slice(&header)?;
    let mut body = vec![0; body];
    output.read_exact(&mut body).await?;
    Ok((reply, body))
}

/// A worker that was taken over may say anything: its sentences are kept short and printable, and the
/// outcomes only the parent can know are not believed.
fn tame(error: CodecError) -> CodecError {
    let short = |why: String| printable(&why);
    match error {
        CodecError::Unsupported { why } => CodecError::Unsupported { why: short(why) },
        CodecError::Broken { why } => CodecError::Broken { why: short(why) },
        CodecError::LimitExceeded { why } => CodecError::LimitExceeded { why: short(why) },
        CodecError::TimedOut | CodecError::Died | CodecError::Busy => CodecError::Died,
    }
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(200).collect()
}

/// What a worker writes to its standard error, as far as a log may hold it. Reads on to the end in any
/// case, so that the worker never waits for a reader.
async fn log(errors: ChildStderr) {
    const LINES: usize = 1000;
    let mut lines = BufReader::new(errors.take(1 << 20)).lines();
    let mut count = 0;
    while let Ok(Some(line)) = lines.next_line().await {
        if count < LINES {
            tracing::debug!(line = printable(&line), "decoder process");
        }
        count += 1;
    }
    let mut rest = lines.into_inner().into_inner().into_inner();
    let mut sink = tokio::io::sink();
    if tokio::io::copy(&mut rest, &mut sink).await.is_err() {
        tracing::debug!("the decoder process closed its errors early");
    }
}
