//! Whom a request came from: the peer of the connection, or what a trusted proxy says.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, request::Parts};

/// Networks whose word on the client's address is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<(IpAddr, u32)>);

/// The text is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address or network such as 10.0.0.0/8")]
pub struct NotANetwork(String);

impl TrustedProxies {
    /// From addresses and networks: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, NotANetwork> {
        texts.into_iter().map(network).collect::<Result<_, _>>().map(Self)
    }

    fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(network, prefix)| match (network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                same(network.to_bits().into(), address.to_bits().into(), 32, *prefix)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                same(network.to_bits(), address.to_bits(), 128, *prefix)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        })
    }

    /// The client: the last address in the chain that is not itself a trusted proxy.
    pub(crate) fn client(&self, parts: &Parts) -> IpAddr {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        let mut client = peer.to_canonical();
        let mut chain = forwarded(&parts.headers);
        while self.contains(client) {
            match chain.pop() {
                Some(Some(before)) => client = before.to_canonical(),
                // An obfuscated or unreadable hop: the proxy is the last one known.
                Some(None) | None => break,
            }
        }
        client
    }
}

fn network(text: &str) -> Result<(IpAddr, u32), NotANetwork> {
    let wrong = || NotANetwork(text.to_owned());
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address = IpAddr::from_str(address).map_err(|_error: std::net::AddrParseError| wrong())?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix {
        Some(prefix) => prefix.parse().map_err(|_error: std::num::ParseIntError| wrong())?,
        None => width,
    };
    if prefix > width { Err(wrong()) } else { Ok((address, prefix)) }
}

fn same(one: u128, other: u128, width: u32, prefix: u32) -> bool {
    (one ^ other).checked_shr(width.saturating_sub(prefix)).unwrap_or(0) == 0
}

/// The hops before the peer, in order: RFC 7239 if it is there, else `X-Forwarded-For`.
fn forwarded(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let texts = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<Option<IpAddr>> = texts("forwarded")
        .flat_map(|value| value.split(','))
        .map(|hop| {
            hop.split(';')
                .filter_map(|pair| pair.trim().split_once('='))
                .find(|(name, _)| name.eq_ignore_ascii_case("for"))
                .and_then(|(_, node)| address(node.trim_matches('"')))
        })
        .collect();
    if !hops.is_empty() {
        return hops;
    }
    texts("x-forwarded-for").flat_map(|value| value.split(',')).map(address).collect()
}

/// An address as proxies write it: with or without port, IPv6 in brackets or bare.
fn address(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    if let Ok(address) = node.parse() {
        return Some(address);
    }
    if let Ok(address) = node.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    node.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn check(peer: &str, trusted: &[&str], headers: &[(&str, &str)], expected: &str) {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let proxies = TrustedProxies::parse(trusted.iter().copied()).unwrap();
        assert_eq!(proxies.client(&parts).to_string(), expected);
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let forged = [("x-forwarded-for", "6.6.6.6")];
        check("9.9.9.9", &[], &forged, "9.9.9.9");
        check("9.9.9.9", &["10.0.0.0/8"], &forged, "9.9.9.9");
        check("10.1.2.3", &["10.0.0.0/8"], &forged, "6.6.6.6");
        check("10.1.2.3", &["10.0.0.0/8"], &[("x-forwarded-for", "1.1.1.1, 6.6.6.6")], "6.6.6.6");
        check("10.1.2.3", &["10.0.0.0/8"], &[("x-forwarded-for", "7.7.7.7, 10.9.9.9")], "7.7.7.7");
        let header = [("forwarded", "for=\"[2001:db8::1]:4711\";proto=https")];
        check("::1", &["::1"], &header, "2001:db8::1");
        check("127.0.0.1", &["127.0.0.1"], &[("forwarded", "for=_hidden")], "127.0.0.1");
        check("::ffff:10.0.0.1", &["10.0.0.0/8"], &forged, "6.6.6.6");
    }

    #[test]
    fn networks_are_checked() {
        assert!(TrustedProxies::parse(["10.0.0.0/33"]).is_err());
        assert!(TrustedProxies::parse(["proxy.example.org"]).is_err());
        assert!(TrustedProxies::parse(["0.0.0.0/0"]).unwrap().contains([8, 8, 8, 8].into()));
    }
}
