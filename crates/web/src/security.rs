//! What protects browsers: headers, the one host that is answered, and proof that a change was
//! asked for by our own page.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use url::{Host, Url};

use crate::config::WebConfig;
use crate::problem::{Answer, Problem};
use crate::state::Web;

/// What the viewer needs and nothing more; `wasm-unsafe-eval` is for its decoders.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' \
    'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
    worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// What an answer of DICOMweb may do where a browser is led to it directly: nothing.
pub(crate) const DATA_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Sets the headers on every answer. What says nothing about caching is not stored.
pub(crate) async fn headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if web.config.is_https() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Data that came from outside are never a page of this origin: whatever they hold is sandboxed,
/// and but for pictures and JSON it is for saving, not for showing.
pub(crate) async fn data(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DATA_POLICY));
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let shown = kind.is_none_or(|kind| kind.starts_with("image/") || kind.contains("json"));
    if !shown {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    response
}

/// Answers only under the public name, so that no other name can be bound to this address
/// (DNS rebinding). Health checks come by address and are answered, as they hold no data.
pub(crate) async fn host(State(web): State<Web>, request: Request, next: Next) -> Answer {
    let exempt = matches!(request.uri().path(), "/healthz" | "/readyz");
    let known = authority(request.uri(), request.headers())
        .is_some_and(|authority| is_ours(&web.config, &authority));
    if exempt || known {
        return Ok(next.run(request).await);
    }
    Err(Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "OtherHost",
        "This archive answers under another name. Use the address it was configured with.",
    ))
}

/// Lets a change pass only with the header that no foreign page can send, and from no other
/// origin than our own.
pub(crate) async fn same_origin(State(web): State<Web>, request: Request, next: Next) -> Answer {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(next.run(request).await);
    }
    let headers = request.headers();
    let marked = headers.get("x-lightcase").is_some_and(|value| value == "1");
    let foreign =
        headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    let other = headers.get(header::ORIGIN).is_some_and(|origin| {
        let authority = authority(request.uri(), headers);
        !origin
            .to_str()
            .is_ok_and(|origin| is_own_origin(&web.config, origin, authority.as_deref()))
    });
    if marked && !foreign && !other {
        return Ok(next.run(request).await);
    }
    Err(Problem::forbidden(
        "OtherOrigin",
        "Changes are taken from this archive's own pages, with the header X-Lightcase: 1.",
    ))
}

/// The same for what programs of others change too. Who shows a token is no browser that was led
/// here: none sends one by itself, and beside one no cookie counts.
pub(crate) async fn own_or_token(state: State<Web>, request: Request, next: Next) -> Answer {
    if request.headers().contains_key(header::AUTHORIZATION) {
        return Ok(next.run(request).await);
    }
    same_origin(state, request, next).await
}

/// The authority that was asked for: `:authority` of HTTP/2, else `Host`.
pub(crate) fn authority(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str().to_owned()),
        None => headers.get(header::HOST)?.to_str().ok().map(ToOwned::to_owned),
    }
}

/// The address of the pages as the caller reaches them: the public scheme, and the name used.
pub(crate) fn base(config: &WebConfig, uri: &Uri, headers: &HeaderMap) -> String {
    let scheme = config.public_url.scheme();
    match authority(uri, headers) {
        Some(authority) => format!("{scheme}://{authority}"),
        None => config.public_url.origin().ascii_serialization(),
    }
}

fn is_ours(config: &WebConfig, authority: &str) -> bool {
    let Ok(asked) = Url::parse(&format!("{}://{authority}", config.public_url.scheme())) else {
        return false;
    };
    let plain = asked.username().is_empty() && asked.password().is_none() && asked.path() == "/";
    let own = asked.host().is_some() && asked.host() == config.public_url.host();
    plain && (own || (is_loopback(&config.public_url) && is_loopback(&asked)))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_own_origin(config: &WebConfig, origin: &str, authority: Option<&str>) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    if origin.origin() == config.public_url.origin() {
        return true;
    }
    let scheme = config.public_url.scheme();
    // Only under a loopback name can the name in use differ from the configured one.
    is_loopback(&config.public_url)
        && is_loopback(&origin)
        && authority
            .and_then(|authority| Url::parse(&format!("{scheme}://{authority}")).ok())
            .is_some_and(|used| used.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use lightcase_dimse::scu::Target;
    use lightcase_model::AeTitle;

    use super::*;
    use crate::address::TrustedProxies;
    use crate::config::SystemInfo;

    fn config(public_url: &str) -> WebConfig {
        let title = AeTitle::parse("LIGHTCASE").unwrap();
        WebConfig {
            public_url: public_url.parse().unwrap(),
            trusted_proxies: TrustedProxies::default(),
            system: SystemInfo {
                version: String::new(),
                ae_title: title.clone(),
                dicom_host: String::new(),
                dicom_port: 0,
                dicom_tls_port: None,
                open_loopback: false,
            },
            echo: Target::new("127.0.0.1", 1, title.clone(), title),
        }
    }

    #[test]
    fn only_the_public_host_is_ours() {
        let check = |public: &str, authority: &str, expected| {
            assert_eq!(is_ours(&config(public), authority), expected, "{public} {authority}");
        };
        check("https://images.example.org", "images.example.org", true);
        check("https://images.example.org", "IMAGES.example.org:443", true);
        check("https://images.example.org", "evil.example", false);
        check("https://images.example.org", "localhost", false);
        check("https://images.example.org", "images.example.org@evil.example", false);
        check("http://127.0.0.1:8080", "localhost:8080", true);
        check("http://127.0.0.1:8080", "[::1]:8080", true);
        check("http://127.0.0.1:8080", "evil.example:8080", false);
        check("http://127.0.0.1:8080", "", false);
    }

    #[test]
    fn only_our_own_origin_may_change_things() {
        let check = |public: &str, origin: &str, authority, expected| {
            let own = is_own_origin(&config(public), origin, Some(authority));
            assert_eq!(own, expected, "{public} {origin}");
        };
        let own = "images.example.org";
        check("https://images.example.org", "https://images.example.org", own, true);
        check("https://images.example.org", "http://images.example.org", own, false);
        check("https://images.example.org", "https://images.example.org:8443", own, false);
        check("https://images.example.org", "null", own, false);
        check("http://127.0.0.1:8080", "http://localhost:8080", "localhost:8080", true);
        check("http://127.0.0.1:8080", "http://localhost:9999", "localhost:8080", false);
        check("http://127.0.0.1:8080", "https://localhost:8080", "localhost:8080", false);
    }
}
