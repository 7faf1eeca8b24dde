//! The product itself: the real binary, on free ports, with a data directory of its own.

use std::{
    fs::File,
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use tempfile::TempDir;

use super::{Bucket, Leash, variable};

/// How long a start may take: a first start makes keys and migrates.
const PATIENCE: Duration = Duration::from_mins(1);

/// How to start the server. By default the embedded database and a folder, as a user would.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    variables: Vec<(String, String)>,
    binary: Option<PathBuf>,
}

/// A running server. Stopped with this guard, and with the process that holds it.
#[derive(Debug)]
pub struct Lightcase {
    settings: Settings,
    folder: TempDir,
    running: Option<Running>,
    ready: Ready,
}

#[derive(Debug)]
struct Running {
    child: Child,
    leash: Leash,
}

/// What the server writes to `ready.json` in its data directory when it serves.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Ready {
    http: SocketAddr,
    dicom: SocketAddr,
}

impl Settings {
    /// Sets a configuration key, for example `dicom.ae_title`.
    #[must_use]
    pub fn set(self, key: &str, value: &str) -> Self {
        let name = format!("LIGHTCASE__{}", key.replace('.', "__").to_uppercase());
        self.variable(&name, value)
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts this binary, for example one of another version.
    #[must_use]
    pub fn binary(mut self, path: &Path) -> Self {
        self.binary = Some(path.to_owned());
        self
    }

    /// Keeps objects in `bucket`.
    #[must_use]
    pub fn bucket(mut self, bucket: &Bucket) -> Self {
        self.variables.extend(bucket.environment());
        self.set("storage.url", &bucket.url("archive"))
    }

    /// Starts a server in a fresh data directory.
    pub fn start(self) -> anyhow::Result<Lightcase> {
        let folder = tempfile::Builder::new().prefix("lightcase-data-").tempdir()?;
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let ready = Ready { http: nowhere, dicom: nowhere };
        let mut server = Lightcase { settings: self, folder, running: None, ready };
        server.start()?;
        Ok(server)
    }
}

impl Lightcase {
    /// Starts the server again in the same data directory, after [`Self::kill`] or [`Self::stop`].
    pub fn start(&mut self) -> anyhow::Result<()> {
        self.kill()?;
        let file = self.data_dir().join("ready.json");
        if file.exists() {
            std::fs::remove_file(&file)?;
        }
        let log = File::options().create(true).append(true).open(self.log())?;
        let child = self
            .command("serve")?
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start lightcase")?;
        let leash = Leash::new("kill -9 \"$1\"", [child.id().to_string()])?;
        let running = self.running.insert(Running { child, leash });
        let begun = Instant::now();
        loop {
            // The file appears by rename, so one that is there is whole.
            if let Ok(text) = std::fs::read_to_string(&file) {
                self.ready = serde_json::from_str(&text).context("ready.json is malformed")?;
                return Ok(());
            }
            let ended = running.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(self.folder.path().join("log"))?;
                bail!("lightcase did not become ready ({ended:?}):\n{log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sets a configuration key for the starts to come.
    pub fn configure(&mut self, key: &str, value: &str) {
        self.settings = std::mem::take(&mut self.settings).set(key, value);
    }

    /// Ends the server as a crash would: SIGKILL.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(Running { mut child, leash }) = self.running.take() {
            leash.release()?;
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Asks the server to shut down (SIGTERM) and waits; whether it said it went well.
    pub fn stop(&mut self) -> anyhow::Result<bool> {
        let Some(Running { mut child, leash }) = self.running.take() else { return Ok(true) };
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
        let status = child.wait()?;
        leash.release()?;
        Ok(status.success())
    }

    /// The process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.child.id())
    }

    /// `http://127.0.0.1:port`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.ready.http)
    }

    /// Where it answers DICOM.
    pub fn dicom(&self) -> SocketAddr {
        self.ready.dicom
    }

    /// The data directory: objects, database, keys.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the server wrote to its output since the first start.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// A subcommand of the binary on this server's data, with its configuration.
    pub fn command(&self, subcommand: &str) -> anyhow::Result<Command> {
        let mut command = Command::new(self.settings.binary.clone().map_or_else(binary, Ok)?);
        command
            .args(subcommand.split_whitespace())
            .arg("--data-dir")
            .arg(self.data_dir())
            .env("LIGHTCASE__HTTP__LISTEN", "127.0.0.1:0")
            .env("LIGHTCASE__DICOM__LISTEN", "127.0.0.1:0")
            .envs(self.settings.variables.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    /// Runs a subcommand to its end, feeding it `input`; an error when it fails.
    pub fn run(&self, subcommand: &str, arguments: &[&str], input: &str) -> anyhow::Result<Output> {
        let mut child = self
            .command(subcommand)?
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            bail!("lightcase {subcommand} failed ({}): {words}", output.status);
        }
        Ok(output)
    }

    /// Adds a user.
    pub fn add_user(&self, name: &str, role: &str, password: &str) -> anyhow::Result<()> {
        self.run("user add", &[name, "--role", role, "--password-stdin"], password).map(drop)
    }

    /// An API token with `scopes`.
    pub fn create_token(&self, name: &str, scopes: &[&str]) -> anyhow::Result<String> {
        let mut arguments = vec![name, "--json"];
        arguments.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
        let output = self.run("token create", &arguments, "")?;
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let token = answer.get("token").and_then(serde_json::Value::as_str);
        Ok(token.context("token create printed no token")?.to_owned())
    }

    /// An HTTP client that keeps cookies, follows no redirect, and names this server's origin on
    /// every request, as its own pages do.
    pub fn client(&self) -> anyhow::Result<reqwest::Client> {
        use reqwest::header::{HeaderMap, HeaderValue, ORIGIN};

        // Another test in this process may have installed the same provider before.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_str(&self.url())?);
        headers.insert("x-lightcase", HeaderValue::from_static("1"));
        Ok(reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(headers)
            .timeout(PATIENCE)
            .build()?)
    }
}

impl Drop for Lightcase {
    fn drop(&mut self) {
        drop(self.kill());
    }
}

/// `LIGHTCASE_BIN`, else the binary beside the one that runs.
pub fn binary() -> anyhow::Result<PathBuf> {
    if let Some(path) = variable("LIGHTCASE_BIN") {
        return Ok(path.into());
    }
    let own = std::env::current_exe()?;
    own.ancestors()
        .skip(1)
        .take(2)
        .map(|folder: &Path| folder.join("lightcase"))
        .find(|path| path.is_file())
        .context("the lightcase binary is not built (cargo build --release, or set LIGHTCASE_BIN)")
}
