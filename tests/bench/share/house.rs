//! The server that is measured: `lightcase serve` as it comes, with one large CT in it.

use anyhow::{Context as _, bail};
use bytes::Bytes;
use lightcase_dimse::scu::{Outcome, Outgoing, Session, Source, Target};
use lightcase_model::{AeTitle, SopClassUid, SopInstanceUid, TransferSyntaxUid, Uid};
use lightcase_testkit::phantom::{Series, Study};
use lightcase_testkit::servers::{Lightcase, Settings};
use tokio::task::JoinSet;

use crate::noise;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const EXPLICIT_VR_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";
/// Slices of the CT.
pub(crate) const SLICES: u32 = 1_500;
const COLUMNS: u16 = 512;
/// Bytes of the pixels of a slice.
pub(crate) const PIXELS: usize = 512 * 512 * 2;
/// Senders at once.
const SENDERS: u32 = 4;

pub(crate) struct House {
    pub(crate) server: Lightcase,
    pub(crate) study: Study,
    /// Bytes of all data sets together.
    pub(crate) bytes: u64,
}

impl House {
    /// Starts the server and sends it the CT.
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let server = Settings::default().start()?;
        let study = Study::ct_of(1, SLICES, COLUMNS);
        let address = server.dicom();
        let titles = (AeTitle::parse("LIGHTCASE")?, AeTitle::parse("BENCH")?);
        let target = Target::new(address.ip().to_string(), address.port(), titles.0, titles.1);
        let mut sending = JoinSet::new();
        for first in 1..=SENDERS {
            sending.spawn(send(target.clone(), study.clone(), first));
        }
        let mut bytes = 0;
        while let Some(sent) = sending.join_next().await {
            bytes += sent??;
        }
        Ok(Self { server, study, bytes })
    }

    /// The one series.
    pub(crate) fn series(&self) -> anyhow::Result<&Series> {
        self.study.series.first().context("the phantom has no series")
    }
}

/// Sends each so many slices from the `first` on; their bytes.
async fn send(target: Target, study: Study, first: u32) -> anyhow::Result<u64> {
    let context = (Uid::parse(CT)?, TransferSyntaxUid::parse(EXPLICIT_VR_LITTLE_ENDIAN)?);
    let mut session = Session::connect(&target, &[context]).await?;
    let mut bytes = 0;
    for series in &study.series {
        for slice in (first..=series.slices).step_by(SENDERS.try_into()?) {
            let mut instance = study.instance(series, slice);
            noise::add(&mut instance.data_set, PIXELS, slice.into());
            bytes += u64::try_from(instance.data_set.len())?;
            let object = Outgoing {
                class: SopClassUid::parse(CT)?,
                instance: SopInstanceUid::parse(&instance.sop_instance)?,
                syntax: TransferSyntaxUid::parse(EXPLICIT_VR_LITTLE_ENDIAN)?,
                source: Source::Bytes(Bytes::from(instance.data_set)),
            };
            match session.store(object).await? {
                Outcome::Stored(_) => {}
                other @ (Outcome::Refused(..) | Outcome::NoContext | Outcome::Unreadable(_)) => {
                    bail!("slice {slice}: {other:?}")
                }
            }
        }
    }
    session.release().await?;
    Ok(bytes)
}
