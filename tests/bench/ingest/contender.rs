//! Who is measured.

use std::path::Path;

use lightcase_dimse::scu::Target;
use lightcase_model::AeTitle;
use lightcase_testkit::servers::{Lightcase, Orthanc, Settings};

use crate::sink::Sink;

/// A storage SCP under measurement.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) target: Target,
    /// Its process, where it has one of its own.
    pub(crate) pid: Option<u32>,
    _running: Running,
}

/// Held so that it goes on running.
#[expect(dead_code, reason = "dropped at the end")]
enum Running {
    Lightcase(Box<Lightcase>),
    Sink(Sink),
    Orthanc(Orthanc),
}

impl Contender {
    /// Lightcase on its embedded default, as `lightcase serve` starts it.
    pub(crate) fn lightcase() -> anyhow::Result<Self> {
        let server = Settings::default().start()?;
        let target = target(server.dicom(), "LIGHTCASE")?;
        let pid = server.pid();
        Ok(Self { name: "Lightcase", target, pid, _running: Running::Lightcase(Box::new(server)) })
    }

    /// The durable sink.
    pub(crate) async fn sink(folder: &Path) -> anyhow::Result<Self> {
        let sink = Sink::start(folder).await?;
        let target = target(sink.address, "SINK")?;
        Ok(Self { name: "append + fdatasync", target, pid: None, _running: Running::Sink(sink) })
    }

    /// Debian's Orthanc, where it is installed.
    pub(crate) fn orthanc() -> anyhow::Result<Option<Self>> {
        let Some(orthanc) = Orthanc::start(&[])? else { return Ok(None) };
        let target = target(orthanc.dicom(), "PEER")?;
        let pid = Some(orthanc.pid());
        Ok(Some(Self { name: "Orthanc", target, pid, _running: Running::Orthanc(orthanc) }))
    }
}

fn target(address: std::net::SocketAddr, called: &str) -> anyhow::Result<Target> {
    let (host, port) = (address.ip().to_string(), address.port());
    Ok(Target::new(host, port, AeTitle::parse(called)?, AeTitle::parse("BENCH")?))
}
