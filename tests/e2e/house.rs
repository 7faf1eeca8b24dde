//! A running server for one test, in one of the two ways it can be run.

use std::collections::HashMap;
use std::path::Path;

use lightcase_testkit::phantom::{Study, part10};
use lightcase_testkit::servers::{Bucket, Database, Lightcase, Postgres, S3, Settings};
use serde_json::Value;

use crate::caller::Caller;

/// The one password of everybody in these tests.
pub(crate) const PASSWORD: &str = "orbit-walnut-granite-71";

/// Where the server keeps its things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// SQLite and a folder.
    Embedded,
    /// PostgreSQL and S3.
    Production,
}

/// A running server. Fields are dropped in order: the server before what it stands on.
pub(crate) struct House {
    pub(crate) server: Lightcase,
    pub(crate) database: Option<Database>,
    pub(crate) bucket: Option<Bucket>,
    _servers: Option<(Postgres, S3)>,
}

/// `on_both!(name)` makes two tests of `async fn name(house: House)`, and `on_both!(super::settings;
/// name)` the same in houses with what `fn settings() -> Settings` sets.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => { on_both!(crate::house::usual; $($name),+); };
    ($settings:path; $($name:ident),+ $(,)?) => { $(
        mod $name {
            use crate::house::{Backend, House};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_and_folder() {
                let Some(house) = House::start_with(Backend::Embedded, $settings()) else { return };
                Box::pin(super::$name(house)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres_and_s3() {
                let house = House::start_with(Backend::Production, $settings());
                let Some(house) = house else { return };
                Box::pin(super::$name(house)).await;
            }
        }
    )+ };
}

/// The defaults.
pub(crate) fn usual() -> Settings {
    Settings::default()
}

impl House {
    /// Starts with the defaults; `None`, said so, where PostgreSQL is not installed.
    pub(crate) fn start(backend: Backend) -> Option<Self> {
        Self::start_with(backend, Settings::default())
    }

    /// Starts with settings of one's own.
    pub(crate) fn start_with(backend: Backend, settings: Settings) -> Option<Self> {
        if backend == Backend::Embedded {
            let server = settings.start().unwrap();
            return Some(Self { server, database: None, bucket: None, _servers: None });
        }
        if std::process::Command::new("psql").arg("--version").output().is_err() {
            println!("skipped: PostgreSQL is not installed (Debian: apt-get install postgresql)");
            return None;
        }
        let (postgres, s3) = (Postgres::shared().unwrap(), S3::shared().unwrap());
        let (database, bucket) = (postgres.create_database().unwrap(), s3.create_bucket().unwrap());
        let server = settings.set("database.url", &database.url).bucket(&bucket).start().unwrap();
        let (database, bucket) = (Some(database), Some(bucket));
        Some(Self { server, database, bucket, _servers: Some((postgres, s3)) })
    }

    /// Somebody without any proof of who they are.
    pub(crate) fn stranger(&self) -> Caller {
        Caller::new(&self.server)
    }

    /// A program with a token of these scopes.
    pub(crate) fn program(&self, scopes: &[&str]) -> Caller {
        Caller::with_token(&self.server, &self.server.create_token("program", scopes).unwrap())
    }

    /// Somebody with this role, signed in. The name is that of the role.
    pub(crate) async fn signed_in(&self, role: &str) -> Caller {
        self.server.add_user(role, role, PASSWORD).unwrap();
        let caller = self.stranger();
        let reply = caller.sign_in(role, PASSWORD).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        caller
    }

    /// Runs a subcommand that prints JSON.
    pub(crate) fn ask(&self, subcommand: &str, arguments: &[&str]) -> Value {
        let output = self.server.run(subcommand, arguments, "").unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Brings a study in at the command line.
    pub(crate) fn import(&self, study: &Study) {
        let folder = tempfile::tempdir().unwrap();
        study.write(folder.path()).unwrap();
        let answer = self.import_folder(folder.path());
        assert_eq!(answer["stored"], study.count(), "{answer}");
    }

    /// Imports whatever is in a folder; the counts and what was refused.
    pub(crate) fn import_folder(&self, folder: &Path) -> Value {
        self.ask_leniently("import", &["--json", folder.to_str().unwrap()])
    }

    /// Runs a subcommand that prints JSON also when it ends with 1.
    pub(crate) fn ask_leniently(&self, subcommand: &str, arguments: &[&str]) -> Value {
        let output = self.server.command(subcommand).unwrap().args(arguments).output().unwrap();
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Everything the server wrote to its output.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.server.log()).unwrap()).into_owned()
    }

    /// The newest records of the audit, as they are kept.
    pub(crate) fn audit(&self) -> Vec<Value> {
        let output = self.server.run("audit list", &["--limit", "5000"], "").unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// How often each kind of event was recorded.
    pub(crate) fn events(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for record in self.audit() {
            *counts.entry(record["event"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        counts
    }
}

/// A small CT: every slice cuts the head, and they are soon sent.
pub(crate) fn small_ct(seed: u64) -> Study {
    Study::ct_of(seed, 4, 64)
}

/// One object as a file.
pub(crate) fn first_file(study: &Study) -> Vec<u8> {
    part10(&study.instances().next().unwrap())
}

/// Writes a file that only its owner reads, as key files must be.
#[expect(clippy::disallowed_methods, reason = "a test's own file")]
pub(crate) fn write_private(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
