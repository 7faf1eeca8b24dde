//! What is sent: CT slices of the phantom, under fresh UIDs each time.

use bytes::Bytes;
use lightcase_dimse::scu::{Outgoing, Source};
use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid, Uid};
use lightcase_testkit::phantom::{Instance, Study};

pub(crate) const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
pub(crate) const EXPLICIT_VR_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";
/// Where in a UID the turn's number is written: behind `2.25.` and one digit.
const STAMP: std::ops::Range<usize> = 6..14;

/// Objects to send, over and over.
pub(crate) struct Load {
    study: String,
    instances: Vec<Instance>,
}

impl Load {
    /// Square CT slices of so many pixels a side.
    pub(crate) fn slices(columns: u16, slices: u32) -> Self {
        let study = Study::ct_of(1, slices, columns);
        let instances = study.instances().collect();
        Self { study: study.uid, instances }
    }

    /// Length of one object in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.instances.first().map_or(0, |instance| instance.data_set.len())
    }

    /// `count` objects of one series that nobody was sent before; `stamp` tells it from all
    /// others of this run.
    pub(crate) fn fresh(&self, stamp: u32, count: usize) -> anyhow::Result<Vec<Outgoing>> {
        let rounds = self.instances.iter().cycle().take(count).enumerate();
        rounds
            .map(|(at, instance)| {
                let round = u32::try_from(at / self.instances.len())?;
                let series = stamp.wrapping_mul(100);
                self.stamped(instance, series, series.wrapping_add(round))
            })
            .collect()
    }

    fn stamped(&self, instance: &Instance, series: u32, own: u32) -> anyhow::Result<Outgoing> {
        let mut data_set = instance.data_set.clone();
        let mut replace = |old: &str, stamp: u32| {
            let new = stamped(old, stamp);
            let head = data_set.len().min(8 << 10);
            if let Some(head) = data_set.get_mut(..head) {
                overwrite(head, old.as_bytes(), new.as_bytes());
            }
            new
        };
        replace(&self.study, series);
        replace(&instance.series, series);
        let instance = replace(&instance.sop_instance, own);
        Ok(Outgoing {
            class: SopClassUid::parse(CT)?,
            instance: SopInstanceUid::parse(&instance)?,
            syntax: TransferSyntaxUid::parse(EXPLICIT_VR_LITTLE_ENDIAN)?,
            source: Source::Bytes(Bytes::from(data_set)),
        })
    }
}

/// The only pair of syntaxes that is sent.
pub(crate) fn context() -> anyhow::Result<(Uid, TransferSyntaxUid)> {
    Ok((Uid::parse(CT)?, TransferSyntaxUid::parse(EXPLICIT_VR_LITTLE_ENDIAN)?))
}

fn stamped(uid: &str, stamp: u32) -> String {
    let mut uid = uid.to_owned();
    uid.replace_range(STAMP, &format!("{stamp:08}"));
    uid
}

fn overwrite(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    let places: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes.get(*at..).is_some_and(|b| b.starts_with(old)))
        .collect();
    for at in places {
        if let Some(place) = bytes.get_mut(at..at.saturating_add(new.len())) {
            place.copy_from_slice(new);
        }
    }
}
