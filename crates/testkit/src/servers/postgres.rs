//! A private PostgreSQL cluster, and a fresh database per test in it.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use super::{
    Leash,
    cluster::{Owner, programs, run},
    free_port, fresh, variable,
};

/// The variable that names a cluster which is up already, as `postgres://user:password@host:port/database`.
const SHARED: &str = "LIGHTCASE_TEST_POSTGRES";
const ROLE: &str = "lightcase";

/// A running cluster. It is durable (`fsync` and `synchronous_commit` on), sorts as en-US where
/// the build of PostgreSQL can, listens on loopback only, and is gone with this guard.
#[derive(Debug)]
pub struct Postgres {
    url: String,
    bin: PathBuf,
    /// `pg_ctl` for it, with the words before and behind; of a cluster of one's own only.
    control: Vec<String>,
    // After the leash, which stops the server that lives in the folder.
    _leash: Option<Leash>,
    folder: Option<TempDir>,
}

/// A database of its own, dropped with the guard.
#[derive(Debug)]
pub struct Database {
    /// `postgres://…`, for `database.url`.
    pub url: String,
    name: String,
    maintenance: String,
    bin: PathBuf,
}

impl Postgres {
    /// The cluster of this test run (`LIGHTCASE_TEST_POSTGRES`), else one of its own.
    pub fn shared() -> anyhow::Result<Self> {
        match variable(SHARED) {
            Some(url) => {
                let (bin, control) = (programs()?, Vec::new());
                Ok(Self { url, bin, control, _leash: None, folder: None })
            }
            None => Self::start(),
        }
    }

    /// A cluster of its own: about two seconds.
    pub fn start() -> anyhow::Result<Self> {
        let bin = programs()?;
        let folder = tempfile::Builder::new().prefix("lightcase-postgres-").tempdir()?;
        let owner = Owner::of(folder.path())?;
        let password = fresh("test");
        let data = folder.path().join("data");
        initialise(&bin, owner, folder.path(), &password)?;

        // A port that was free can be taken before the server binds it.
        let mut failure = None;
        for _ in 0..5 {
            let port = free_port()?;
            match launch(&bin, owner, folder.path(), port) {
                Ok(()) => {
                    let mut words = owner.prefix();
                    words.push(bin.join("pg_ctl").to_string_lossy().into_owned());
                    words.extend(["-D".to_owned(), data.to_string_lossy().into_owned()]);
                    let control = words.clone();
                    words.extend(["-m", "immediate", "stop"].map(str::to_owned));
                    words.insert(0, folder.path().to_string_lossy().into_owned());
                    let leash =
                        Leash::new("folder=$1; shift; cd /; \"$@\"; rm -rf \"$folder\"", words)?;
                    let url = format!("postgres://{ROLE}:{password}@127.0.0.1:{port}/postgres");
                    let (leash, folder) = (Some(leash), Some(folder));
                    return Ok(Self { url, bin, control, _leash: leash, folder });
                }
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.unwrap_or_else(|| anyhow::anyhow!("PostgreSQL was not started")))
    }

    /// The maintenance database, for `LIGHTCASE_TEST_POSTGRES`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it at once, as a crash would, and starts it again; of a cluster of one's own only.
    pub fn restart(&self) -> anyhow::Result<()> {
        let (program, words) = self.control.split_first().context("a cluster of others")?;
        let folder = self.folder.as_ref().context("a cluster of others")?.path();
        let log = folder.join("log");
        let mut command = Command::new(program);
        command.args(words).args(["-m", "immediate", "--wait", "--silent", "restart"]);
        // What it starts keeps the files that it is given.
        command.stdout(File::options().append(true).open(&log)?);
        command.stderr(File::options().append(true).open(&log)?);
        let status = command.current_dir(folder).stdin(Stdio::null()).status()?;
        if !status.success() {
            bail!("PostgreSQL did not start again: {}", std::fs::read_to_string(&log)?);
        }
        Ok(())
    }

    /// An empty database.
    pub fn create_database(&self) -> anyhow::Result<Database> {
        self.create_from("template1")
    }

    /// A copy of `template`, which nobody may be connected to: migrated once, copied per test.
    pub fn create_copy(&self, template: &Database) -> anyhow::Result<Database> {
        self.create_from(&template.name)
    }

    fn create_from(&self, template: &str) -> anyhow::Result<Database> {
        Database::create(&self.url, &self.bin, template)
    }
}

impl Database {
    fn create(maintenance: &str, bin: &Path, template: &str) -> anyhow::Result<Self> {
        let name = fresh("t");
        psql(bin, maintenance, &format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
        let (server, _) =
            maintenance.rsplit_once('/').context("the cluster's URL names no database")?;
        Ok(Self {
            url: format!("{server}/{name}"),
            name,
            maintenance: maintenance.to_owned(),
            bin: bin.to_owned(),
        })
    }

    /// A copy as it is now; nobody may be connected.
    pub fn copy(&self) -> anyhow::Result<Self> {
        Self::create(&self.maintenance, &self.bin, &self.name)
    }

    /// Runs SQL through `psql` and returns its unaligned rows.
    pub fn execute(&self, sql: &str) -> anyhow::Result<String> {
        psql(&self.bin, &self.url, sql)
    }

    /// Puts the content of `other` in the place of its own; nobody may be connected to either.
    pub fn become_copy_of(&self, other: &Self) -> anyhow::Result<()> {
        for sql in [
            format!("DROP DATABASE {} WITH (FORCE)", self.name),
            format!("CREATE DATABASE {} TEMPLATE {}", self.name, other.name),
        ] {
            psql(&self.bin, &self.maintenance, &sql)?;
        }
        Ok(())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Best effort: the cluster goes away too.
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        drop(psql(&self.bin, &self.maintenance, &sql));
    }
}

fn psql(bin: &Path, url: &str, sql: &str) -> anyhow::Result<String> {
    let program = bin.join("psql");
    run(Command::new(program)
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
        .args(["-d", url, "-c", sql]))
}

fn initialise(bin: &Path, owner: Owner, folder: &Path, password: &str) -> anyhow::Result<()> {
    let secret = folder.join("password");
    #[expect(clippy::disallowed_methods, reason = "a test's cluster need not survive a crash")]
    std::fs::write(&secret, password)?;
    let attempt = |locale: &[&str]| {
        run(owner
            .command(&bin.join("initdb"))
            .current_dir(folder)
            .args(["--no-sync", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"])
            .args(["--username", ROLE, "--pwfile"])
            .arg(&secret)
            .args(locale)
            .arg("-D")
            .arg(folder.join("data")))
    };
    // Sorting that is not by bytes finds the queries that forgot to ask for bytes.
    attempt(&["--locale-provider=icu", "--icu-locale=en-US"])
        .or_else(|_: anyhow::Error| attempt(&[]))?;
    Ok(())
}

fn launch(bin: &Path, owner: Owner, folder: &Path, port: u16) -> anyhow::Result<()> {
    let data = folder.join("data");
    let settings = format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\n\
         fsync = on\nsynchronous_commit = on\nmax_connections = 300\n",
        folder.display()
    );
    #[expect(clippy::disallowed_methods, reason = "a test's cluster need not survive a crash")]
    std::fs::write(data.join("postgresql.auto.conf"), settings)?;
    let log = folder.join("log");
    File::create(&log)?;
    let status = owner
        .command(&bin.join("pg_ctl"))
        .current_dir(folder)
        .args(["start", "--wait", "--silent", "-D"])
        .arg(&data)
        .stdin(Stdio::null())
        .stdout(File::options().append(true).open(&log)?)
        .stderr(File::options().append(true).open(&log)?)
        .status()?;
    if !status.success() {
        bail!("PostgreSQL did not start: {}", std::fs::read_to_string(&log)?);
    }
    Ok(())
}
