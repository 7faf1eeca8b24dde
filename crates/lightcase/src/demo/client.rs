//! The demonstration as a browser would do it: over HTTP, with its cookies.

use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::people::People;
use crate::serve::Running;

/// The longest wait for any answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// An HTTP client of the running server.
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    name: String,
    password: String,
}

/// A share link and its passcode.
pub(crate) struct Link {
    pub(crate) url: String,
    pub(crate) passcode: String,
}

impl Client {
    pub(crate) fn new(running: &Running, people: &People) -> anyhow::Result<Self> {
        let builder = reqwest::Client::builder().cookie_store(true).timeout(PATIENCE);
        // The demonstration's own certificate is self-signed, and so is the only one it meets.
        let http = builder.tls_danger_accept_invalid_certs(true).build()?;
        let base = running.public_url.as_str().trim_end_matches('/').to_owned();
        let (name, password) = people.radiologist.clone();
        Ok(Self { http, base, name, password })
    }

    /// A browser without any cookie: a recipient.
    pub(crate) fn stranger(&self) -> anyhow::Result<Self> {
        let builder = reqwest::Client::builder().cookie_store(true).timeout(PATIENCE);
        let http = builder.tls_danger_accept_invalid_certs(true).build()?;
        Ok(Self { http, base: self.base.clone(), name: String::new(), password: String::new() })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        accept: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Response> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header(header::ACCEPT, accept)
            .header(header::ORIGIN, &self.base)
            .header("x-lightcase", "1");
        if let Some(body) = body {
            request = request.json(body);
        }
        Ok(request.send().await?)
    }

    pub(crate) async fn get(&self, path: &str, accept: &str) -> anyhow::Result<Vec<u8>> {
        let response = self.send(Method::GET, path, accept, None).await?;
        let status = response.status();
        if status != StatusCode::OK {
            bail!("{path} answered {status}");
        }
        Ok(response.bytes().await?.to_vec())
    }

    pub(crate) async fn get_json(&self, path: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&self.get(path, "application/dicom+json").await?)?)
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let response = self.send(Method::POST, path, "application/json", Some(body)).await?;
        let status = response.status();
        let bytes = response.bytes().await?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
    }

    pub(crate) async fn sign_in(&self) -> anyhow::Result<()> {
        let body = json!({"name": self.name, "password": self.password});
        let (status, answer) = self.post("/api/v1/session", &body).await?;
        if status != StatusCode::OK {
            bail!("the sign-in was answered {status}: {answer}");
        }
        Ok(())
    }

    /// Study Instance UID of the newest study of a modality, by QIDO-RS.
    pub(crate) async fn newest_study(&self, modality: &str) -> anyhow::Result<String> {
        let found = self
            .get_json(&format!("/dicom-web/studies?ModalitiesInStudy={modality}&limit=1"))
            .await?;
        found
            .pointer("/0/0020000D/Value/0")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .with_context(|| format!("QIDO-RS finds no {modality} study"))
    }

    /// A link to a study, for a week.
    pub(crate) async fn share(&self, study: &str) -> anyhow::Result<Link> {
        let expires =
            jiff::Timestamp::now().saturating_add(jiff::SignedDuration::from_hours(168))?;
        let body = json!({
            "studies": [study], "series": null, "recipients": [{"name": "Dr. Referring"}],
            "may": "view",
            "expires": expires.to_string(), "maxUses": 5, "factors": ["passcode"],
            "purpose": "treatment",
        });
        let (status, answer) = self.post("/api/v1/shares", &body).await?;
        let text = |name| {
            let made = answer.pointer("/shares/0")?;
            made.get(name).and_then(Value::as_str).map(str::to_owned)
        };
        match (status, text("url"), text("passcode")) {
            (StatusCode::CREATED, Some(url), Some(passcode)) => Ok(Link { url, passcode }),
            _ => bail!("the share was answered {status}: {answer}"),
        }
    }
}
