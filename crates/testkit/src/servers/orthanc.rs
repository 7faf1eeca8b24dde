//! Debian's Orthanc on its embedded index, to compare with.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use super::{Leash, free_port};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running Orthanc, called `PEER`, that lets everybody do everything.
#[derive(Debug)]
pub struct Orthanc {
    dicom: SocketAddr,
    child: Child,
    _leash: Leash,
    _folder: TempDir,
}

impl Orthanc {
    /// Starts it; `None` where it is not installed. `destinations` are AE titles and ports on this
    /// machine that a C-MOVE may name.
    pub fn start(destinations: &[(&str, u16)]) -> anyhow::Result<Option<Self>> {
        let Some(binary) = binary() else { return Ok(None) };
        let folder = tempfile::Builder::new().prefix("orthanc-").tempdir()?;
        let (dicom, http) = (free_port()?, free_port()?);
        let modalities: serde_json::Map<_, _> = destinations
            .iter()
            .map(|(title, port)| {
                ((*title).to_owned(), serde_json::json!([title, "127.0.0.1", port]))
            })
            .collect();
        let configuration = serde_json::json!({
            "StorageDirectory": folder.path(), "IndexDirectory": folder.path(), "Plugins": [],
            "DicomAet": "PEER", "DicomPort": dicom, "HttpPort": http,
            "RemoteAccessAllowed": false, "AuthenticationEnabled": false,
            "DicomCheckCalledAet": false, "DicomAlwaysAllowFind": true,
            "DicomAlwaysAllowGet": true, "DicomAlwaysAllowMove": true,
            "DicomModalities": modalities,
        });
        let file = folder.path().join("orthanc.json");
        serde_json::to_writer(File::create(&file)?, &configuration)?;
        let log = File::create(folder.path().join("log"))?;
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
        let dicom = SocketAddr::from(([127, 0, 0, 1], dicom));
        let begun = Instant::now();
        while TcpStream::connect(dicom).is_err() {
            if child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(folder.path().join("log"))?;
                bail!("Orthanc did not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Some(Self { dicom, child, _leash: leash, _folder: folder }))
    }

    /// Where it listens for DICOM.
    pub fn dicom(&self) -> SocketAddr {
        self.dicom
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Orthanc {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to end.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn binary() -> Option<&'static Path> {
    // Debian puts it where only root's path leads.
    ["/usr/sbin/Orthanc", "/usr/bin/Orthanc", "/usr/local/sbin/Orthanc"]
        .into_iter()
        .map(Path::new)
        .find(|path| path.is_file())
}
