//! An archive in a temporary folder with two phantom studies, behind the router.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use bytes::Bytes;
use lightcase_accounts::Accounts;
use lightcase_archive::{Archive, Parts};
use lightcase_catalog::{AuditFilter, Catalog, Database, SqliteKey};
use lightcase_codec::{Codec, WorkerCommand};
use lightcase_deident::Policy;
use lightcase_dimse::scu::Target;
use lightcase_model::{AeTitle, Clock, Timestamp, TokenScope};
use lightcase_share::{Mail, MailConfig, MailTls, Shares};
use lightcase_storage::{KeyRing, Store, Vault};
use lightcase_testkit::phantom::{Study, part10};
use serde_json::{Value, json};
use tower::ServiceExt;
use zeroize::Zeroizing;

use crate::{SystemInfo, TrustedProxies, WebConfig, WebParts, router};

pub(crate) const PLAIN: &str = "http://127.0.0.1:8080";
pub(crate) const SECURE: &str = "https://images.example.org";
/// Long after the links below were made, long before they end: 2027-01-15T08:00:00Z.
const NOW: i64 = 1_800_000_000_000_000;
pub(crate) const PASSWORD: &str = "seven quiet lanterns over the harbour";
/// Whom requests come from here, who have no connection; what it says of its client is believed.
const NOWHERE: &str = "0.0.0.0";

pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) archive: Archive,
    pub(crate) ct: Study,
    pub(crate) mr: Study,
    clock: Arc<AtomicI64>,
    public_url: &'static str,
    _folder: tempfile::TempDir,
}

/// A browser or a program: what it sends with every request.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) router: Router,
    origin: &'static str,
    address: Option<String>,
    pub(crate) cookies: BTreeMap<String, String>,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The reply without what differs from request to request.
    pub(crate) fn without_request(&self) -> (StatusCode, Value) {
        let mut body = self.json();
        if let Some(body) = body.as_object_mut() {
            body.remove("request");
        }
        (self.status, body)
    }
}

/// The codec's own test worker beside this test, or the program that `LIGHTCASE_BIN` names.
pub(crate) fn worker() -> Option<WorkerCommand> {
    let own = std::env::current_exe().ok()?;
    let beside = own.parent()?.parent()?.join("lightcase-codec-worker");
    if beside.is_file() {
        return Some(WorkerCommand { program: beside, arguments: Vec::new() });
    }
    #[expect(clippy::disallowed_methods, reason = "tests are told by environment")]
    let program = std::env::var("LIGHTCASE_BIN").ok()?;
    Some(WorkerCommand { program: program.into(), arguments: vec!["codec-worker".into()] })
}

impl World {
    /// An empty archive without accounts, and the token of its set-up link.
    pub(crate) async fn bare(public_url: &'static str) -> (Self, String) {
        Self::empty(public_url, None).await
    }

    async fn empty(public_url: &'static str, mail: Option<Mail>) -> (Self, String) {
        let folder = tempfile::tempdir().unwrap();
        let keys =
            Arc::new(KeyRing::open_or_create(&folder.path().join("root.key"), None).unwrap());
        let database = Database::Sqlite {
            path: folder.path().join("catalog.sqlite"),
            key: SqliteKey(Zeroizing::new([7; 32])),
        };
        let catalog = Arc::new(Catalog::open(&database, Arc::clone(&keys)).await.unwrap());
        let none = WorkerCommand { program: PathBuf::from("none"), arguments: Vec::new() };
        let codec = Codec::new(worker().unwrap_or(none), lightcase_codec::Options::default());
        let hands = Arc::new(AtomicI64::new(NOW));
        let read = Arc::clone(&hands);
        let clock = Clock::new(move || Timestamp::from_micros(read.load(Ordering::Relaxed)));
        let archive = Archive::new(Parts {
            catalog: Arc::clone(&catalog),
            vault: Vault::new(Store::memory()),
            ring: Arc::clone(&keys),
            codec,
            clock: clock.clone(),
            policy: Policy::Keep,
        });
        let accounts = Arc::new(Accounts::new(Arc::clone(&catalog)));
        let token = accounts.begin_setup(clock.now()).await.unwrap().expose().to_string();
        let title = AeTitle::parse("LIGHTCASE").unwrap();
        let config = WebConfig {
            public_url: public_url.parse().unwrap(),
            trusted_proxies: TrustedProxies::parse([NOWHERE]).unwrap(),
            system: SystemInfo {
                version: "0.0.0".to_owned(),
                ae_title: title.clone(),
                dicom_host: "127.0.0.1".to_owned(),
                dicom_port: 11112,
                dicom_tls_port: None,
                open_loopback: true,
            },
            // Nothing listens there.
            echo: Target::new("127.0.0.1", 1, title.clone(), title),
        };
        let shares = Shares::new(archive.clone(), Arc::clone(&accounts)).with_mail(mail);
        let shares = Arc::new(shares);
        let router =
            router(WebParts { archive: archive.clone(), accounts, shares, keys, clock, config });
        let (ct, mr) = (Study::ct_of(1, 3, 64), Study::mr_of(1, 2));
        (Self { router, archive, ct, mr, clock: hands, public_url, _folder: folder }, token)
    }

    /// With an administrator, a radiologist and two studies.
    pub(crate) async fn open(public_url: &'static str) -> Self {
        let (world, token) = Self::bare(public_url).await;
        world.furnish(&token).await;
        world
    }

    /// The same, where mail can be sent, to a server that nobody runs: what is sent waits.
    pub(crate) async fn with_mail(public_url: &'static str) -> Self {
        let mail = Mail::new(&MailConfig {
            host: "127.0.0.1".to_owned(),
            port: 1,
            tls: MailTls::Clear,
            credentials: None,
            from: "images@hospital.example".to_owned(),
            authorities: None,
            timeout: Duration::from_secs(1),
        });
        let (world, token) = Self::empty(public_url, Some(mail.unwrap())).await;
        world.furnish(&token).await;
        world
    }

    async fn furnish(&self, token: &str) {
        let wanted = json!({
            "token": token,
            "administrator": {"name": "ada", "password": PASSWORD},
            "radiologist": {"name": "roentgen", "password": PASSWORD},
        });
        let made = self.anybody().ask("POST", "/api/v1/setup", Some(&wanted)).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let reader = self.radiologist().await;
        let studies = [&self.ct, &self.mr];
        for instance in studies.iter().flat_map(|study| study.instances()) {
            let file = part10(&instance);
            let stored = reader.send("POST", "/api/v1/imports", &[], file.into()).await;
            assert_eq!(stored.json()["outcome"], "stored", "{}", stored.json());
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.load(Ordering::Relaxed))
    }

    /// Lets time pass: it stands still otherwise.
    pub(crate) fn turn(&self, later: Duration) {
        self.clock.store(self.now().plus(later).micros(), Ordering::Relaxed);
    }

    pub(crate) fn anybody(&self) -> Client {
        let router = self.router.clone();
        Client { router, origin: self.public_url, address: None, cookies: BTreeMap::new() }
    }

    pub(crate) async fn signed_in(&self, name: &str) -> Client {
        let mut client = self.anybody();
        let credentials = json!({"name": name, "password": PASSWORD});
        let reply = client.ask("POST", "/api/v1/session", Some(&credentials)).await;
        assert_eq!(reply.status, 200, "{}", reply.json());
        client.keep(&reply);
        client
    }

    pub(crate) async fn admin(&self) -> Client {
        self.signed_in("ada").await
    }

    pub(crate) async fn radiologist(&self) -> Client {
        self.signed_in("roentgen").await
    }

    /// Identifier and `Authorization` of a token that reads, made at the command line.
    pub(crate) async fn reader_token(&self) -> (String, String) {
        self.token(TokenScope::DicomwebRead).await
    }

    /// The same with another scope.
    pub(crate) async fn token(&self, scope: TokenScope) -> (String, String) {
        let accounts = Accounts::new(Arc::clone(self.archive.catalog()));
        let (name, scopes) = (scope.name(), &[scope][..]);
        let new = lightcase_accounts::NewToken { name, scopes, expires: None };
        let now = self.archive.clock().now();
        let ctx = lightcase_model::Ctx::new(
            lightcase_model::Actor::Operator,
            lightcase_model::Origin::Local,
            now,
        );
        let by = lightcase_accounts::Principal::operator();
        let (token, secret) = accounts.create_token(&ctx, &by, new).await.unwrap();
        (token.id.to_string(), format!("Bearer {}", *secret.expose()))
    }

    /// How often an event of a kind is in the ledger.
    pub(crate) async fn events(&self, name: &str) -> usize {
        let filter =
            AuditFilter { event: Some(name.to_owned()), limit: 1000, ..Default::default() };
        self.archive.catalog().audit(&filter).await.unwrap().len()
    }
}

impl Client {
    /// The same at another network address.
    pub(crate) fn at(self, address: &str) -> Self {
        Self { address: Some(address.to_owned()), ..self }
    }

    /// Keeps the cookies of a reply, as a browser does.
    pub(crate) fn keep(&mut self, reply: &Reply) {
        for cookie in reply.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Request<Body> {
        let host = self.origin.split_once("://").unwrap().1;
        let mut request = Request::builder().method(method).uri(path).header("host", host);
        if method != "GET" {
            request = request.header("x-lightcase", "1").header("origin", self.origin);
        }
        if !self.cookies.is_empty() {
            let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header("cookie", pairs.collect::<Vec<_>>().join("; "));
        }
        if let Some(address) = &self.address {
            request = request.header("x-forwarded-for", address);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(body).unwrap()
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Reply {
        let request = self.request(method, path, headers, body);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let kind = ("content-type", "application/json");
        match body {
            Some(body) => self.send(method, path, &[kind], body.to_string().into()).await,
            None => self.send(method, path, &[], Body::empty()).await,
        }
    }

    pub(crate) async fn get(&self, path: &str, accept: &str) -> Reply {
        let headers = [("accept", accept)];
        let headers = if accept.is_empty() { &[][..] } else { &headers[..] };
        self.send("GET", path, headers, Body::empty()).await
    }
}
