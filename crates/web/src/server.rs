//! The server: HTTP/1.1 and HTTP/2 over TCP or TLS, with the limits that hostile clients meet, and
//! an end that lets running requests finish.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::tls_rustls::RustlsConfig;
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use tokio_util::sync::CancellationToken;

/// The longest time for the head of a request.
const HEADER_PATIENCE: Duration = Duration::from_secs(15);
/// After so long without an answer to a ping a connection is given up.
const PING: Duration = Duration::from_secs(20);
/// Requests at once on one connection.
const STREAMS: u32 = 128;
/// What one HTTP/2 upload may be ahead of the handler.
const WINDOW: u32 = 1 << 20;

/// Serves plain HTTP until `shutdown`, then lets running requests finish within `grace`. The
/// listener is one of the standard library's; it is made non-blocking here.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
    grace: Duration,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
    limit(&mut server);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let ending = tokio::spawn(end(handle, shutdown, grace));
    let served = server.serve(service).await;
    ending.abort();
    served
}

/// The same over TLS; HTTP/2 is offered whatever the configuration says of protocols.
pub async fn serve_tls(
    listener: TcpListener,
    router: Router,
    tls: &Arc<ServerConfig>,
    (shutdown, grace): (CancellationToken, Duration),
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut tls = ServerConfig::clone(tls);
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let tls = RustlsConfig::from_config(Arc::new(tls));
    let handle = Handle::new();
    let mut server = axum_server::from_tcp_rustls(listener, tls)?.handle(handle.clone());
    limit(&mut server);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let ending = tokio::spawn(end(handle, shutdown, grace));
    let served = server.serve(service).await;
    ending.abort();
    served
}

fn limit<A: axum_server::Address, Acceptor>(server: &mut Server<A, Acceptor>) {
    let builder = server.http_builder();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_PATIENCE);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(4 * WINDOW)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
}

async fn end<A: axum_server::Address>(
    handle: Handle<A>,
    shutdown: CancellationToken,
    grace: Duration,
) {
    shutdown.cancelled().await;
    handle.graceful_shutdown(Some(grace));
}
