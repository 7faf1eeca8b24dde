//! Links to the CT, and who opens them.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use lightcase_testkit::servers::Lightcase;
use reqwest::header::{COOKIE, HeaderMap, HeaderValue, ORIGIN, SET_COOKIE};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

/// Recipients of one command.
const AT_ONCE: usize = 20;
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// A link with its passcode, as they were shown once.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) url: String,
    pub(crate) passcode: String,
    /// What its owner calls it by.
    pub(crate) id: String,
    pub(crate) share: String,
    pub(crate) secret: String,
}

/// A browser inside a link.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    http: Client,
    root: String,
    cookie: String,
}

/// Makes links to a study for so many recipients, each for so many browsers.
pub(crate) fn make(
    server: &Lightcase,
    study: &str,
    count: usize,
    uses: u32,
) -> anyhow::Result<Vec<Link>> {
    let uses = uses.to_string();
    let names: Vec<String> = (1..=count).map(|number| format!("Dr. Recipient {number}")).collect();
    let mut links = Vec::with_capacity(count);
    for some in names.chunks(AT_ONCE) {
        let mut words = vec!["--study", study, "--download", "--uses", &uses, "--json"];
        words.extend(some.iter().flat_map(|name| ["--recipient", name.as_str()]));
        let output = server.run("share create", &words, "")?;
        let answer: Value = serde_json::from_slice(&output.stdout)?;
        let made = answer.get("shares").and_then(Value::as_array).context("no links were made")?;
        for link in made {
            links.push(Link::read(link)?);
        }
    }
    ensure!(links.len() == count, "{} links were made, not {count}", links.len());
    Ok(links)
}

/// A browser's HTTP, from an address of this machine: the server limits how often one of them
/// opens links.
pub(crate) fn browser(base: &str, from: Option<IpAddr>) -> anyhow::Result<Client> {
    // Whoever spoke HTTP in this process before has installed the same.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let mut headers = HeaderMap::new();
    headers.insert(ORIGIN, HeaderValue::from_str(base)?);
    headers.insert("x-lightcase", HeaderValue::from_static("1"));
    Ok(Client::builder().local_address(from).default_headers(headers).timeout(PATIENCE).build()?)
}

impl Link {
    fn read(made: &Value) -> anyhow::Result<Self> {
        let text = |name: &str| {
            let text = made.get(name).and_then(Value::as_str);
            text.map(str::to_owned).with_context(|| format!("a link has no {name}"))
        };
        let (url, passcode) = (text("url")?, text("passcode")?);
        let (_, fragment) = url.split_once("/s#v1.").context("this is no link")?;
        let (share, secret) = fragment.split_once('.').context("this is no link")?;
        let (share, secret) = (share.to_owned(), secret.to_owned());
        let id = made.pointer("/share/id").and_then(Value::as_str).context("a link has no id")?;
        Ok(Self { url, passcode, id: id.to_owned(), share, secret })
    }

    /// What a browser sends to open it.
    pub(crate) fn proof(&self) -> Value {
        json!({
            "share": self.share, "secret": self.secret, "passcode": self.passcode, "accept": true,
        })
    }

    /// Opens it and accepts the notice.
    pub(crate) async fn open(&self, http: &Client, base: &str) -> anyhow::Result<Visitor> {
        let request = http.post(format!("{base}/s/session")).json(&self.proof());
        let reply = request.send().await?.error_for_status()?;
        let cookies = reply.headers().get_all(SET_COOKIE).iter();
        let cookie = cookies
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .find(|cookie| cookie.starts_with("lc_share="))
            .context("no session was begun")?
            .to_owned();
        let begun: Value = reply.json().await?;
        let handle = begun.get("handle").and_then(Value::as_str).context("there is no handle")?;
        let visitor = Visitor { http: http.clone(), root: format!("{base}/s/{handle}"), cookie };
        let hash = begun.pointer("/shown/notice/hash").context("there is no notice")?;
        let accepted = http.post(format!("{}/notice", visitor.root)).json(&json!({ "hash": hash }));
        accepted.header(COOKIE, &visitor.cookie).send().await?.error_for_status()?;
        Ok(visitor)
    }
}

impl Visitor {
    /// The server's address, and the same request in the words of HTTP/1.1.
    pub(crate) fn plain_request(&self, path: &str) -> anyhow::Result<(String, String)> {
        let root = self.root.strip_prefix("http://").context("the server has TLS")?;
        let (server, below) = root.split_once('/').context("the address has no path")?;
        let head =
            format!("GET /{below}/{path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n");
        Ok((server.to_owned(), format!("{head}Cookie: {}\r\n\r\n", self.cookie)))
    }

    /// A request for a path below the session's own.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}/{path}", self.root)).header(COOKIE, &self.cookie)
    }
}
