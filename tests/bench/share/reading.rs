//! What one recipient reads, and what came of it.

use std::time::{Duration, Instant};

use anyhow::ensure;
use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, RETRY_AFTER};

use crate::house::{House, PIXELS, SLICES};
use crate::link::Visitor;

/// How often something is asked for again while the server says that it has too much to do.
const TRIES: u32 = 120;

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Original pixels.
    Frames,
    /// Pictures drawn by the server, of the size that the share page asks for.
    Pictures,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: usize,
    /// Answers of 503 with a time after which to ask again.
    pub(crate) put_off: usize,
    pub(crate) bytes: u64,
    /// From the first asking to the last byte, in seconds, of what came.
    pub(crate) seconds: Vec<f64>,
    /// Why the others did not.
    pub(crate) errors: Vec<String>,
}

enum Answer {
    Whole(Bytes),
    Later(Duration),
}

impl Reads {
    /// How much each recipient reads.
    pub(crate) const fn each(self) -> u32 {
        match self {
            Self::Frames => 10,
            Self::Pictures => 4,
        }
    }

    /// What is asked for, by one recipient in one turn. No two begin at the same slice.
    pub(crate) fn path(self, house: &House, recipient: u32, turn: u32) -> anyhow::Result<String> {
        let series = house.series()?;
        let slice = 1 + (recipient * 3 + turn * 101) % SLICES;
        let instance = series.sop_instance(slice);
        let (study, series) = (&house.study.uid, &series.uid);
        let frame =
            format!("dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/1");
        Ok(match self {
            Self::Frames => frame,
            Self::Pictures => format!("{frame}/rendered?viewport=512,512"),
        })
    }

    const fn media(self) -> &'static str {
        match self {
            Self::Frames => "application/octet-stream",
            Self::Pictures => "image/jpeg",
        }
    }

    fn is_whole(self, body: &[u8]) -> bool {
        match self {
            Self::Frames => body.len() == PIXELS,
            Self::Pictures => body.starts_with(&[0xff, 0xd8]) && body.ends_with(&[0xff, 0xd9]),
        }
    }
}

impl Tally {
    /// Asks for one of them until it comes.
    pub(crate) async fn ask(&mut self, visitor: &Visitor, reads: Reads, path: &str) {
        self.requests += 1;
        let begun = Instant::now();
        for _ in 0..TRIES {
            match answer(visitor, reads, path).await {
                Ok(Answer::Whole(body)) => {
                    self.bytes += u64::try_from(body.len()).unwrap_or(u64::MAX);
                    self.seconds.push(begun.elapsed().as_secs_f64());
                    return;
                }
                Ok(Answer::Later(wait)) => {
                    self.put_off += 1;
                    // As the answer asked.
                    tokio::time::sleep(wait).await;
                }
                Err(error) => {
                    self.errors.push(format!("{error:#}"));
                    return;
                }
            }
        }
        self.errors.push(format!("put off {TRIES} times"));
    }

    /// Adds another's.
    pub(crate) fn add(&mut self, mut other: Self) {
        self.requests += other.requests;
        self.put_off += other.put_off;
        self.bytes += other.bytes;
        self.seconds.append(&mut other.seconds);
        self.errors.append(&mut other.errors);
    }
}

async fn answer(visitor: &Visitor, reads: Reads, path: &str) -> anyhow::Result<Answer> {
    let response = visitor.get(path).header(ACCEPT, reads.media()).send().await?;
    let status = response.status();
    if status == StatusCode::SERVICE_UNAVAILABLE
        && let Some(wait) = response.headers().get(RETRY_AFTER)
    {
        return Ok(Answer::Later(Duration::from_secs(wait.to_str()?.parse()?)));
    }
    ensure!(status == StatusCode::OK, "{status}");
    let body = response.bytes().await?;
    ensure!(reads.is_whole(&body), "{} bytes that are not what was asked for", body.len());
    Ok(Answer::Whole(body))
}
