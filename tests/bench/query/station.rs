//! Who is asked.

use anyhow::Context as _;
use lightcase_dimse::scu::Target;
use lightcase_model::AeTitle;
use lightcase_testkit::servers::{Database, Lightcase, Orthanc, Postgres, Settings};

/// A query SCP under measurement.
pub(crate) struct Station {
    pub(crate) name: &'static str,
    pub(crate) target: Target,
    _running: Running,
}

/// Held so that it goes on running. Fields are dropped in order.
#[expect(dead_code, reason = "dropped at the end")]
enum Running {
    Lightcase(Box<Lightcase>, Option<(Database, Postgres)>),
    Orthanc(Orthanc),
}

impl Station {
    /// All that can be had here, Lightcase on its embedded default first.
    pub(crate) fn all() -> anyhow::Result<Vec<Self>> {
        let mut all = vec![Self::lightcase("Lightcase, SQLite", Settings::default(), None)?];
        match Postgres::shared() {
            Ok(postgres) => {
                let database = postgres.create_database()?;
                let settings = Settings::default().set("database.url", &database.url);
                let beneath = Some((database, postgres));
                all.push(Self::lightcase("Lightcase, PostgreSQL", settings, beneath)?);
            }
            Err(error) => println!("skipped: PostgreSQL: {error:#}"),
        }
        match Orthanc::start(&[])? {
            Some(orthanc) => all.push(Self {
                name: "Orthanc, SQLite",
                target: target(orthanc.dicom(), "PEER")?,
                _running: Running::Orthanc(orthanc),
            }),
            None => println!("skipped: Orthanc is not installed (Debian: apt-get install orthanc)"),
        }
        Ok(all)
    }

    fn lightcase(
        name: &'static str,
        settings: Settings,
        beneath: Option<(Database, Postgres)>,
    ) -> anyhow::Result<Self> {
        let server = settings.start().context(name)?;
        let rights = ["BENCH", "127.0.0.1", "--rights", "store,find"];
        server.run("peer add", &rights, "")?;
        let target = target(server.dicom(), "LIGHTCASE")?;
        Ok(Self { name, target, _running: Running::Lightcase(Box::new(server), beneath) })
    }
}

fn target(address: std::net::SocketAddr, called: &str) -> anyhow::Result<Target> {
    let (host, port) = (address.ip().to_string(), address.port());
    Ok(Target::new(host, port, AeTitle::parse(called)?, AeTitle::parse("BENCH")?))
}
