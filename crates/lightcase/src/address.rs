//! Addresses of this machine, as others reach it.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use url::{Host, Url};

/// The address this machine has towards other networks. Connecting a UDP socket sends nothing.
pub(crate) fn outward() -> std::io::Result<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.connect("192.0.2.1:9")?;
    Ok(socket.local_addr()?.ip())
}

/// The host to call a listener at from this machine: a bind to every address is reached over
/// loopback.
pub(crate) fn from_here(bound: SocketAddr) -> String {
    match (bound.ip().is_unspecified(), bound.is_ipv4()) {
        (true, true) => "127.0.0.1".to_owned(),
        (true, false) => "::1".to_owned(),
        (false, true | false) => bound.ip().to_string(),
    }
}

/// The host to type into a modality. A bind to every address has no name of its own: the one that
/// people know the server by is better than an address, and that than loopback.
pub(crate) fn from_elsewhere(bound: SocketAddr, public_url: &Url) -> String {
    if !bound.ip().is_unspecified() {
        return bound.ip().to_string();
    }
    match public_url.host() {
        Some(Host::Domain(name)) if name != "localhost" => name.to_owned(),
        Some(Host::Ipv4(ip)) if !ip.is_loopback() => ip.to_string(),
        Some(Host::Ipv6(ip)) if !ip.is_loopback() => ip.to_string(),
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) | None => {
            outward().map_or_else(|_unconnected| from_here(bound), |ip| ip.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bound: &str, public_url: &str, shown: &str) {
        let public_url = Url::parse(public_url).unwrap();
        assert_eq!(from_elsewhere(bound.parse().unwrap(), &public_url), shown);
    }

    #[test]
    fn a_modality_is_told_an_address_it_can_reach() {
        check("127.0.0.1:11112", "http://127.0.0.1:8080", "127.0.0.1");
        check("192.0.2.7:11112", "https://images.example.org", "192.0.2.7");
        check("0.0.0.0:11112", "https://images.example.org", "images.example.org");
        check("[::]:11112", "https://192.0.2.8", "192.0.2.8");
        let outward = outward().map_or_else(|_| "127.0.0.1".to_owned(), |ip| ip.to_string());
        check("0.0.0.0:11112", "http://127.0.0.1:8080", &outward);
        check("0.0.0.0:11112", "http://localhost:8080", &outward);
    }
}
