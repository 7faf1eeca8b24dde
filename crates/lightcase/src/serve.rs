//! `serve`: all services, from the first bind to an orderly stop.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use lightcase_audit::Event;
use lightcase_dimse::{Listener, ListenerOptions};
use lightcase_model::{Ctx, ServerId};
use lightcase_scp::{Commitments, Dialer, OpenLoopback, Peers, services};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::{self, Config, Raw};
use crate::house::House;
use crate::init;
use crate::logging::cause;
use crate::upkeep::{self, Adoption};
use crate::{output, web};

/// Everything that runs.
pub(crate) struct Running {
    pub(crate) house: House,
    pub(crate) http: SocketAddr,
    pub(crate) dicom: SocketAddr,
    pub(crate) public_url: Url,
    pub(crate) open_loopback: bool,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    server: ServerId,
    /// Ends last, by itself never.
    sign: JoinHandle<()>,
    claim: std::fs::File,
}

/// Serves until the process is told to stop.
pub(crate) async fn run(config: &Config, raw: &Raw) -> anyhow::Result<ExitCode> {
    let running = Box::pin(start(config, raw)).await?;
    tracing::info!(dicom = %running.dicom, http = %running.http, url = %running.public_url, "serving");
    stopped().await;
    tracing::info!("stopping");
    Box::pin(running.stop()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Waits for Ctrl-C or a termination signal.
pub(crate) async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        },
        Err(_error) => drop(interrupt.await),
    }
}

/// Opens the house, binds the ports, and serves in the background.
pub(crate) async fn start(config: &Config, raw: &Raw) -> anyhow::Result<Running> {
    let house = House::open(config).await?;
    let catalog = Arc::clone(&house.catalog);
    let running = Box::pin(begin(config, raw, house)).await;
    if running.is_err() {
        // SQLite's own threads may not outlive what they use.
        catalog.close().await;
    }
    running
}

async fn begin(config: &Config, raw: &Raw, house: House) -> anyhow::Result<Running> {
    // Everything that another server could still be doing comes after the claim and the ports.
    let claim = house.layout.claim()?;
    let dicom = bind_dicom(config, config.dicom.listen, None).await?;
    let dicom_tls = match &config.dicom.tls {
        None => None,
        Some((address, tls)) => Some(bind_dicom(config, *address, Some(Arc::clone(tls))).await?),
    };
    let http = std::net::TcpListener::bind(config.http.listen)
        .with_context(|| format!("http.listen = {} cannot be bound", config.http.listen))?;
    let (dicom_at, http_at) = (dicom.local_addr()?, http.local_addr()?);
    let public_url = public_url(config, http_at);
    let tls_at = dicom_tls.as_ref().map(Listener::local_addr).transpose()?;
    init::remove(&house.layout.ready())?;
    let ctx = Ctx::system(house.clock.now());
    let trial = house.archive.vault().trial().await;
    trial.context("the object store does not keep what it is given")?;
    let server = recover(&house, &ctx).await.context("recovery")?;
    house.archive.clear_quarantine().await.context("quarantine")?;
    house.archive.finish_reviews(&ctx).await.context("reviews")?;
    if let Some(name) = config.policy.project() {
        // Better no service than studies that are refused all day.
        house.archive.project(name).await.context("deident.policy")?;
    }
    record_start(config, raw, &house, &ctx).await?;
    offer_setup(&house, &public_url).await?;

    let stop = CancellationToken::new();
    let mut tasks = vec![];
    let trusting = config.dicom.open_loopback && config.dicom.tls.is_none();
    let open_loopback =
        trusting && is_loopback(&public_url) && config.http.listen.ip().is_loopback();
    let strangers = if open_loopback { OpenLoopback::UntilFirstPeer } else { OpenLoopback::No };
    let peers = Arc::new(Peers::new(house.archive.clone(), strangers));
    let dialer = Dialer::new(config.dicom.outward.clone());
    let commitments = Commitments::new(house.archive.clone(), dialer.clone());
    for listener in [Some(dicom), dicom_tls].into_iter().flatten() {
        let services = services(&house.archive, config.dicom.find, &dialer, &commitments);
        let peers = Arc::clone(&peers);
        tasks.push(tokio::spawn(listener.run(services, peers, stop.clone())));
    }
    tasks.push(tokio::spawn(commitments.run(stop.clone())));
    let around = web::Surroundings {
        public_url: public_url.clone(),
        dicom: dicom_at,
        dicom_tls: tls_at,
        open_loopback,
    };
    tasks.push(web::spawn(config, &house, &around, http, stop.clone())?);
    tasks.push(tokio::spawn(upkeep::end_views(house.archive.clone(), stop.clone())));
    tasks.push(tokio::spawn(upkeep::sequence(Arc::clone(&house.catalog), stop.clone())));
    tasks.push(tokio::spawn(upkeep::make_copies(house.archive.clone(), stop.clone())));
    tasks.push(tokio::spawn(Arc::clone(&house.shares).send_mail(stop.clone())));
    tasks.push(tokio::spawn(upkeep::remove_spent(house.archive.clone(), stop.clone())));
    let adoption = Adoption::of(config, ctx.now);
    tasks.push(tokio::spawn(upkeep::adopt(house.archive.clone(), adoption, stop.clone())));
    let sign = tokio::spawn(upkeep::give_sign(house.archive.clone(), server, ctx.now));
    let ready = serde_json::json!({
        "http": http_at, "dicom": dicom_at, "dicomTls": tls_at, "url": public_url,
    });
    init::write_private(&house.layout.ready(), &ready.to_string())?;
    Ok(Running {
        house,
        http: http_at,
        dicom: dicom_at,
        public_url,
        open_loopback,
        stop,
        tasks,
        server,
        sign,
        claim,
    })
}

/// Tells other servers of this one, and gives what the last run left without an end its end.
async fn recover(house: &House, ctx: &Ctx) -> anyhow::Result<ServerId> {
    let server = house.layout.server()?;
    house.catalog.note_server(server, ctx.now, ctx.now.plus(upkeep::ALIVE)).await?;
    let recovered = house.archive.recover(ctx, server).await?;
    if recovered > 0 {
        tracing::warn!(recovered, "accounted for what was under way when the last run ended");
    }
    Ok(server)
}

impl Running {
    /// Stops taking new work, lets what is under way end, and closes the books.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        init::remove(&self.house.layout.ready())?;
        self.stop.cancel();
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(error = cause(&error), "a task ended badly");
            }
        }
        let House { catalog, archive, clock, .. } = self.house;
        let ctx = Ctx::system(clock.now());
        archive.end_views(ctx.now, true).await.context("the last views")?;
        self.sign.abort();
        catalog.forget_server(self.server).await?;
        catalog.record(&ctx, Event::ServiceStopped {}).await?;
        while catalog.sequence_audit(1_000).await? > 0 {}
        catalog.close().await;
        drop(self.claim);
        Ok(())
    }
}

async fn bind_dicom(
    config: &Config,
    address: SocketAddr,
    tls: Option<Arc<rustls::ServerConfig>>,
) -> anyhow::Result<Listener> {
    let mut options = ListenerOptions::new(config.dicom.ae_title.clone());
    options.tls = tls;
    Listener::bind(address, options)
        .await
        .with_context(|| format!("{address} cannot be bound for DICOM; is another server on it?"))
}

/// The address that people use: as configured, else the one that is bound.
pub(crate) fn public_url(config: &Config, bound: SocketAddr) -> Url {
    if let Some(url) = &config.http.public_url {
        return url.clone();
    }
    let scheme = if config.http.tls.is_some() { "https" } else { "http" };
    let ip =
        if bound.ip().is_unspecified() { "127.0.0.1".to_owned() } else { bound.ip().to_string() };
    let host = if ip.contains(':') { format!("[{ip}]") } else { ip };
    let text = format!("{scheme}://{host}:{}/", bound.port());
    // Made of a scheme, an address and a port, it always parses; the fallback is never seen.
    Url::parse(&text).unwrap_or_else(|_error| loopback())
}

#[expect(clippy::expect_used, reason = "a constant")]
fn loopback() -> Url {
    Url::parse("http://127.0.0.1/").expect("a constant URL")
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The start, what is exposed without TLS, and what changed in the configuration.
async fn record_start(config: &Config, raw: &Raw, house: &House, ctx: &Ctx) -> anyhow::Result<()> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    house.catalog.record(ctx, Event::ServiceStarted { version }).await?;
    let exposed = [
        ("dicom", config.dicom.listen, config.dicom.insecure, false),
        ("http", config.http.listen, config.http.insecure, config.http.tls.is_some()),
    ];
    for (service, address, insecure, tls) in exposed {
        if insecure && !tls && !address.ip().is_loopback() {
            tracing::warn!(service, %address, "listening beyond loopback without TLS, as configured");
            let listen = address.to_string();
            house.catalog.record(ctx, Event::InsecureBind { service, listen }).await?;
        }
    }
    let now = config::show(raw)?;
    let path = house.layout.last_configuration();
    let before = tokio::fs::read_to_string(&path).await.unwrap_or_default();
    if before != now {
        let keys = changed(&before, &now);
        house.catalog.record(ctx, Event::ConfigurationChanged { keys }).await?;
        init::write_private(&path, &now)?;
    }
    Ok(())
}

/// Names of keys whose values differ between two configurations.
fn changed(before: &str, now: &str) -> Vec<String> {
    let flat = |text: &str| {
        let mut keys = std::collections::BTreeMap::new();
        if let Ok(table) = text.parse::<toml::Table>() {
            let mut open: Vec<(String, toml::Value)> = table.into_iter().collect();
            while let Some((name, value)) = open.pop() {
                match value {
                    toml::Value::Table(inner) => {
                        open.extend(
                            inner.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)),
                        );
                    }
                    toml::Value::String(_)
                    | toml::Value::Integer(_)
                    | toml::Value::Float(_)
                    | toml::Value::Boolean(_)
                    | toml::Value::Datetime(_)
                    | toml::Value::Array(_) => {
                        keys.insert(name, value.to_string());
                    }
                }
            }
        }
        keys
    };
    let (before, now) = (flat(before), flat(now));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != now.get(*name)).cloned().collect()
}

/// The first administrator's set-up link: a file only the owner reads, printed only to a terminal.
async fn offer_setup(house: &House, public_url: &Url) -> anyhow::Result<()> {
    let path = house.layout.setup_link();
    if !house.accounts.needs_setup().await? {
        return init::remove(&path);
    }
    let token = house.accounts.begin_setup(house.clock.now()).await?;
    let base = public_url.as_str().trim_end_matches('/');
    let link = format!("{base}/setup#{}", *token.expose());
    init::write_private(&path, &format!("{link}\n"))?;
    if std::io::stderr().is_terminal() {
        output::note(&format!("Set up the first administrator within 24 hours: {link}"));
    } else {
        tracing::info!(file = %path.display(), "the set-up link for the first administrator is in this file");
    }
    Ok(())
}
