//! The servers that every test of a run shares.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};

/// A `testkit` server. It stops when the pipe held here closes: with this guard or this process.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    /// The line it printed: a URL or JSON.
    pub(super) description: String,
}

/// Starts them, each with the variable that tells tests of it.
pub(super) fn start(target: &Path, postgres: bool) -> anyhow::Result<Vec<(&'static str, Server)>> {
    let mut servers = Vec::new();
    let folder = target.join("test-s3");
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder)?;
    }
    let testkit = || Command::new(target.join("release/testkit"));
    let s3 = Server::start(testkit().args(["s3", "--dir"]).arg(folder))?;
    servers.push(("LIGHTCASE_TEST_S3", s3));
    if postgres {
        let mut server = Server::start(testkit().arg("postgres"))?;
        let answer: serde_json::Value = serde_json::from_str(&server.description)?;
        let url = answer.get("url").and_then(serde_json::Value::as_str);
        url.context("testkit postgres printed no url")?.clone_into(&mut server.description);
        servers.push(("LIGHTCASE_TEST_POSTGRES", server));
    }
    Ok(servers)
}

impl Server {
    fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut description = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut description)?;
        }
        if description.trim().is_empty() {
            bail!("a test server ended early ({})", child.wait()?);
        }
        Ok(Self { child, description: description.trim().to_owned() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}
