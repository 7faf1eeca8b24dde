//! The worker's side: confine oneself, then answer jobs until the pipe closes.

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::confine::{allow_seconds, confine};
use crate::render::{Wish, render};
use crate::wire::{LENGTHS, Reply, lengths, read_lengths};
use crate::{CodecError, FRAME_LIMIT, Job, decode::decode};

/// Processor seconds of one job. The parent's timer is what users meet; this one ends a worker whose
/// parent is gone.
const SECONDS: u64 = 30;

/// What the binary's hidden `codec-worker` subcommand calls, with its locked standard input and output.
///
/// Confines the process for good and takes jobs until the input ends. Must be called before the
/// process starts a thread (so before any async runtime), and nothing else may use the output.
pub fn work(mut input: impl Read, mut output: impl Write) -> ExitCode {
    // A panic's message may quote what it choked on; the place is enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        if writeln!(std::io::stderr(), "panic at {place}").is_err() {
            // Nobody listens; the job's answer still tells.
        }
    }));
    if send(&mut output, &Reply::Ready(confine()), &[]).is_none() {
        return ExitCode::FAILURE;
    }
    loop {
        match receive(&mut input) {
            Incoming::Job(job, frame) => {
                allow_seconds(SECONDS);
                let result = catch_unwind(AssertUnwindSafe(|| run(&job, &frame)));
                let sent = match result {
                    Ok(Ok(body)) => send(&mut output, &Reply::Done, &body),
                    Ok(Err(error)) => send(&mut output, &Reply::Failed(error), &[]),
                    Err(_) => {
                        let error = CodecError::broken("the decoder gave up on the codestream");
                        send(&mut output, &Reply::Failed(error), &[])
                    }
                };
                if sent.is_none() {
                    return ExitCode::FAILURE;
                }
            }
            Incoming::End => return ExitCode::SUCCESS,
            Incoming::Nonsense => return ExitCode::FAILURE,
        }
    }
}

enum Incoming {
    Job(Box<Job>, Vec<u8>),
    End,
    Nonsense,
}

fn run(job: &Job, frame: &[u8]) -> Result<Vec<u8>, CodecError> {
    job.check(frame)?;
    match job {
        Job::Decode { image, syntax } => decode(image, syntax, frame).map(|frame| frame.bytes),
        Job::Render { image, syntax, window, viewport, format } => {
            let wish = Wish { window: *window, viewport: *viewport, format: *format };
            render(image, syntax, frame, &wish)
        }
    }
}

fn receive(input: &mut impl Read) -> Incoming {
    let mut prefix = [0; LENGTHS];
    if input.read_exact(&mut prefix).is_err() {
        return Incoming::End;
    }
    let read = || -> Option<(Job, Vec<u8>)> {
        let (header, body) = read_lengths(prefix, FRAME_LIMIT)?;
        let header = take(input, header)?;
        let job = serde_json::from_slice(&header).ok()?;
        Some((job, take(input, body)?))
    };
    let mut read = read;
    read().map_or(Incoming::Nonsense, |(job, frame)| Incoming::Job(Box::new(job), frame))
}

fn take(input: &mut impl Read, size: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; size];
    input.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn send(output: &mut impl Write, reply: &Reply, body: &[u8]) -> Option<()> {
    let header = serde_json::to_vec(reply).ok()?;
    output.write_all(&lengths(header.len(), body.len())?).ok()?;
    output.write_all(&header).ok()?;
    output.write_all(body).ok()?;
    output.flush().ok()
}
