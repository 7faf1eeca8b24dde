//! C-GET.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use futures::StreamExt as _;
use lightcase_dimse::Status;
use lightcase_dimse::scu::{Incoming, STUDY_ROOT_GET, Session, Target, get_offers};
use lightcase_testkit::phantom::Elements;

use crate::SLICES;

/// From the request to the last response.
pub(crate) async fn time(target: &Target, study: &str) -> anyhow::Result<Duration> {
    let mut session = Session::offer(target, &get_offers(&BTreeSet::new())).await?;
    let context =
        session.contexts().iter().find(|it| it.abstract_syntax.as_str() == STUDY_ROOT_GET);
    let context = context.context("C-GET is not accepted")?;
    let (id, explicit) = (context.id, context.transfer_syntax.as_str() == "1.2.840.10008.1.2.1");
    ensure!(explicit, "the keys are written with explicit VR");
    let mut keys = Elements::default();
    keys.text(0x0008_0052, *b"CS", "STUDY").text(0x0020_000d, *b"UI", study);
    let identifier = Bytes::from(keys.into_bytes());
    let mut came = 0;
    let take = async |mut incoming: Incoming| {
        while let Some(fragment) = incoming.body.next().await {
            if fragment.is_err() {
                return Status::PROCESSING_FAILURE;
            }
        }
        came += 1;
        Status::SUCCESS
    };
    let begun = Instant::now();
    let got = session.get(id, &identifier, take, |_| true).await?;
    let elapsed = begun.elapsed();
    ensure!(got.status == Status::SUCCESS && came == SLICES, "{came} came: {}", got.status);
    session.release().await?;
    Ok(elapsed)
}
