//! `--lan`: HTTPS with a self-signed certificate on the local network, and a code to scan.

use std::path::Path;

use anyhow::Context as _;

use crate::address;
use crate::config::Raw;
use crate::init;
use crate::output;

/// Makes a certificate for this machine's address and configures HTTPS with it.
pub(crate) fn configure(raw: &mut Raw, folder: &Path) -> anyhow::Result<()> {
    let ip = address::outward().context("this machine has no address on a network")?;
    let certified =
        rcgen::generate_simple_self_signed(vec![ip.to_string(), "localhost".to_owned()])
            .context("the certificate cannot be made")?;
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    init::write_private(&certificate, &certified.cert.pem())?;
    init::write_private(&key, &certified.signing_key.serialize_pem())?;
    // A free port is needed before the server binds: the public URL names it.
    let port = std::net::TcpListener::bind((ip, 0))?.local_addr()?.port();
    raw.http.listen = format!("{ip}:{port}");
    raw.http.public_url = Some(format!("https://{ip}:{port}/"));
    raw.http.tls.certificate = Some(certificate);
    raw.http.tls.key = Some(key);
    Ok(())
}

/// The link as a code in the terminal.
pub(crate) fn qr(url: &str) {
    if let Ok(code) = qrcode::QrCode::new(url) {
        output::line(&code.render::<qrcode::render::unicode::Dense1x2>().quiet_zone(true).build());
    }
}
