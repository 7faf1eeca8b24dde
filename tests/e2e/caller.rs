//! Somebody who speaks HTTP with the server.

use lightcase_testkit::servers::Lightcase;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, SET_COOKIE};
use reqwest::{Client, Method};
use serde_json::{Value, json};

pub(crate) const JSON: &str = "application/json";
pub(crate) const DICOM_JSON: &str = "application/dicom+json";

/// A client with its cookies, or with a token.
pub(crate) struct Caller {
    http: Client,
    pub(crate) base: String,
    token: Option<String>,
}

/// An answer, read wholly.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Caller {
    pub(crate) fn new(server: &Lightcase) -> Self {
        Self { http: server.client().unwrap(), base: server.url(), token: None }
    }

    pub(crate) fn with_token(server: &Lightcase, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new(server) }
    }

    /// Another way to speak with the same server, for example over TLS.
    pub(crate) fn through(http: Client, base: String) -> Self {
        Self { http, base, token: None }
    }

    /// A request that can be changed before it is sent.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str, accept: &str) -> Reply {
        Reply::of(self.request(Method::GET, path).header(ACCEPT, accept)).await
    }

    /// The JSON of an answer that is 200.
    pub(crate) async fn get_json(&self, path: &str) -> Value {
        let reply = self.get(path, "application/dicom+json, application/json").await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Reply {
        self.post("/api/v1/session", &json!({"name": name, "password": password})).await
    }

    /// Files over STOW-RS, in one request.
    pub(crate) async fn store(&self, path: &str, files: &[Vec<u8>]) -> Reply {
        let mut body = Vec::new();
        for file in files {
            body.extend_from_slice(b"\r\n--part\r\nContent-Type: application/dicom\r\n\r\n");
            body.extend_from_slice(file);
        }
        body.extend_from_slice(b"\r\n--part--\r\n");
        let kind = "multipart/related; type=\"application/dicom\"; boundary=part";
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, kind).body(body);
        Reply::of(request).await
    }

    /// One file through the import API.
    pub(crate) async fn import(&self, bytes: Vec<u8>) -> Reply {
        let request = self
            .request(Method::POST, "/api/v1/imports")
            .header(CONTENT_TYPE, "application/dicom")
            .header("x-lightcase-file-name", "picture.dcm")
            .body(bytes);
        Reply::of(request).await
    }
}

impl Reply {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The reason of a problem.
    pub(crate) fn reason(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        self.json()["reason"].as_str().unwrap().to_owned()
    }

    /// Name and value of a cookie that was set, by the end of its name.
    pub(crate) fn cookie(&self, end: &str) -> Option<(String, String)> {
        self.headers.get_all(SET_COOKIE).iter().find_map(|cookie| {
            let (pair, _) = cookie.to_str().unwrap().split_once(';')?;
            let (name, value) = pair.split_once('=')?;
            name.ends_with(end).then(|| (name.to_owned(), value.to_owned()))
        })
    }

    /// Values of all cookies that were set.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let set = self.headers.get_all(SET_COOKIE).iter();
        set.map(|cookie| {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            pair.split_once('=').unwrap().1.to_owned()
        })
        .collect()
    }

    /// All an onlooker can see, without what differs from any request to the next.
    pub(crate) fn shape(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort();
        let body = match serde_json::from_slice::<Value>(&self.body) {
            Ok(Value::Object(mut members)) => {
                members.remove("request");
                Value::Object(members).to_string()
            }
            Ok(_) | Err(_) => self.text(),
        };
        format!("{}\n{}\n{body}", self.status, headers.join("\n"))
    }
}
