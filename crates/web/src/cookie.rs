//! Cookies: read from a request, written with the attributes that the public scheme allows.

use axum::http::{HeaderMap, HeaderValue, header};
use lightcase_accounts::Secret;

use crate::Problem;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jar {
    /// The session of staff.
    Session,
    /// The session of one share link.
    Share,
    /// The browser that proved itself for one share link.
    Device,
}

/// A cookie to be set.
#[derive(Debug)]
pub(crate) struct Cookie<'a> {
    pub(crate) name: String,
    pub(crate) value: Option<&'a Secret>,
    pub(crate) path: String,
    /// Seconds; a cookie without goes with the browser.
    pub(crate) max_age: Option<u64>,
}

impl Jar {
    /// The name under the public scheme. `__Host-` wants `Path=/`; a share's cookies have their
    /// own path, so they get `__Secure-`.
    pub(crate) fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-lc_session",
            (Self::Session, false) => "lc_session",
            (Self::Share, true) => "__Secure-lc_share",
            (Self::Share, false) => "lc_share",
            (Self::Device, true) => "__Secure-lc_device",
            (Self::Device, false) => "lc_device",
        }
    }
}

/// The value of the first cookie of a name.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(each, value)| (each == name).then_some(value))
}

impl Cookie<'_> {
    /// The header's value.
    pub(crate) fn header(&self, https: bool) -> Result<HeaderValue, Problem> {
        let mut text = format!("{}=", self.name);
        if let Some(value) = self.value {
            text.push_str(&value.expose());
        }
        text.push_str("; Path=");
        text.push_str(&self.path);
        text.push_str("; HttpOnly; SameSite=Strict");
        if https {
            text.push_str("; Secure");
        }
        let max_age = if self.value.is_none() { Some(0) } else { self.max_age };
        if let Some(seconds) = max_age {
            text.push_str("; Max-Age=");
            text.push_str(&seconds.to_string());
        }
        let mut value = HeaderValue::from_str(&text).map_err(Problem::internal)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(jar: Jar, https: bool, path: &str, expected: &str) {
        let secret = Secret::random();
        let name = jar.name(https).to_owned();
        let cookie = Cookie { name, value: Some(&secret), path: path.to_owned(), max_age: None };
        let text = cookie.header(https).unwrap().to_str().unwrap().to_owned();
        assert_eq!(text.replace(&*secret.expose(), "*"), expected);
    }

    #[test]
    fn attributes_follow_the_public_scheme() {
        check(
            Jar::Session,
            true,
            "/",
            "__Host-lc_session=*; Path=/; HttpOnly; SameSite=Strict; Secure",
        );
        check(Jar::Session, false, "/", "lc_session=*; Path=/; HttpOnly; SameSite=Strict");
        check(
            Jar::Share,
            true,
            "/s/abc/",
            "__Secure-lc_share=*; Path=/s/abc/; HttpOnly; SameSite=Strict; Secure",
        );
        check(Jar::Share, false, "/s/abc/", "lc_share=*; Path=/s/abc/; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; lc_session=x"));
        headers.append(header::COOKIE, HeaderValue::from_static("lc_share=y"));
        assert_eq!(read(&headers, "lc_session"), Some("x"));
        assert_eq!(read(&headers, "lc_share"), Some("y"));
        assert_eq!(read(&headers, "session"), None);
    }
}
