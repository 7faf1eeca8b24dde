//! Debian's Orthanc on its embedded index.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use lightcase_dimse::scu::{Target, echo};
use lightcase_model::AeTitle;
use lightcase_testkit::servers::Leash;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Orthanc {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    _child: Child,
    _leash: Leash,
}

impl Orthanc {
    /// Starts it; `None` where it is not installed.
    pub(crate) async fn start(folder: &Path) -> anyhow::Result<Option<Self>> {
        let Some(binary) = binary() else { return Ok(None) };
        let folder = folder.join("orthanc");
        std::fs::create_dir_all(&folder)?;
        let port = || -> std::io::Result<u16> {
            Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
        };
        let (dicom, http) = (port()?, port()?);
        let configuration = serde_json::json!({
            "StorageDirectory": folder, "IndexDirectory": folder, "Plugins": [],
            "DicomAet": "PEER", "DicomPort": dicom, "HttpPort": http,
            "RemoteAccessAllowed": false, "AuthenticationEnabled": false,
            "DicomCheckCalledAet": false, "DicomAlwaysAllowFind": true,
            "DicomAlwaysAllowGet": true, "DicomAlwaysAllowMove": true,
        });
        let file = folder.join("orthanc.json");
        serde_json::to_writer(File::create(&file)?, &configuration)?;
        let log = File::create(folder.join("log"))?;
        let mut child = Command::new(binary)
            .arg(&file)
            // Without it DCMTK leaves Nagle's algorithm on, which costs some 45 ms a message.
            .env("TCP_NODELAY", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start Orthanc")?;
        let leash = Leash::new("kill -9 \"$1\"", [child.id().to_string()])?;
        let address = SocketAddr::from(([127, 0, 0, 1], dicom));
        let target =
            Target::new("127.0.0.1", dicom, AeTitle::parse("PEER")?, AeTitle::parse("BENCH")?);
        let begun = Instant::now();
        while echo(&target).await.is_err() {
            if child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                bail!("Orthanc did not start; its log is {}", folder.join("log").display());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(Some(Self { address, pid: child.id(), _child: child, _leash: leash }))
    }
}

fn binary() -> Option<PathBuf> {
    // Debian puts it where only root's path leads.
    ["/usr/sbin/Orthanc", "/usr/bin/Orthanc", "/usr/local/sbin/Orthanc"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
}
