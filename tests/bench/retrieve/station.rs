//! Who is asked.

use std::net::SocketAddr;

use anyhow::bail;
use bytes::Bytes;
use lightcase_dimse::scu::{Outcome, Outgoing, Session, Source, Target};
use lightcase_model::{AeTitle, SopClassUid, SopInstanceUid, TransferSyntaxUid, Uid};
use lightcase_testkit::phantom::Study;
use lightcase_testkit::servers::{Lightcase, Orthanc, Settings};

use crate::discard::TITLE;

const EXPLICIT_VR_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";
/// The title that all of this calls under.
pub(crate) const CALLING: &str = "BENCH";

/// A retrieve SCP under measurement.
pub(crate) struct Station {
    pub(crate) name: &'static str,
    pub(crate) target: Target,
    _running: Running,
}

/// Held so that it goes on running.
#[expect(dead_code, reason = "dropped at the end")]
enum Running {
    Lightcase(Box<Lightcase>),
    Orthanc(Orthanc),
}

impl Station {
    /// All that can be had here, Lightcase on its embedded default first. They know the sink.
    pub(crate) fn all(sink: u16) -> anyhow::Result<Vec<Self>> {
        let server = Settings::default().start()?;
        server.run("peer add", &[CALLING, "127.0.0.1", "--rights", "store,get,move"], "")?;
        let port = sink.to_string();
        server.run("peer add", &[TITLE, "127.0.0.1", "--port", &port, "--rights", "echo"], "")?;
        let mut all = vec![Self {
            name: "Lightcase",
            target: target(server.dicom(), "LIGHTCASE")?,
            _running: Running::Lightcase(Box::new(server)),
        }];
        match Orthanc::start(&[(TITLE, sink)])? {
            Some(orthanc) => all.push(Self {
                name: "Orthanc",
                target: target(orthanc.dicom(), "PEER")?,
                _running: Running::Orthanc(orthanc),
            }),
            None => println!("skipped: Orthanc is not installed (Debian: apt-get install orthanc)"),
        }
        Ok(all)
    }

    /// Stores a study there.
    pub(crate) async fn fill(&self, study: &Study) -> anyhow::Result<()> {
        let syntax = TransferSyntaxUid::parse(EXPLICIT_VR_LITTLE_ENDIAN)?;
        let mut session = None;
        for instance in study.instances() {
            let class = instance.sop_class;
            let session = match &mut session {
                Some(session) => session,
                None => session.insert(
                    Session::connect(&self.target, &[(Uid::parse(class)?, syntax.clone())]).await?,
                ),
            };
            let object = Outgoing {
                class: SopClassUid::parse(class)?,
                instance: SopInstanceUid::parse(&instance.sop_instance)?,
                syntax: syntax.clone(),
                source: Source::Bytes(Bytes::from(instance.data_set)),
            };
            match session.store(object).await? {
                Outcome::Stored(_) => {}
                other @ (Outcome::Refused(..) | Outcome::NoContext | Outcome::Unreadable(_)) => {
                    bail!("{}: {other:?}", self.name)
                }
            }
        }
        if let Some(session) = session {
            session.release().await?;
        }
        Ok(())
    }
}

fn target(address: SocketAddr, called: &str) -> anyhow::Result<Target> {
    let (host, port) = (address.ip().to_string(), address.port());
    Ok(Target::new(host, port, AeTitle::parse(called)?, AeTitle::parse(CALLING)?))
}
