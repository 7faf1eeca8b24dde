//! A proxy that fails on demand, in front of a server of HTTP.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::JoinHandle;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

/// What a proxy does to the connections that come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: bytes pass.
    None,
    /// It answers each request with this status.
    Status(u16),
    /// It reads and never answers.
    Stall,
    /// After so many bytes of the request the connection ends.
    Cut(u64),
    /// Requests arrive and are carried out, and no answer comes back.
    Mute,
}

/// A running proxy, gone with this guard. A change of fault ends the connections there are.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    fault: watch::Sender<Fault>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A proxy to the server at `target`.
    pub fn before(target: SocketAddr) -> anyhow::Result<Self> {
        let (fault, faults) = watch::channel(Fault::None);
        let (stop, stopped) = oneshot::channel();
        let (bound, address) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new().name("proxy".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(async {
                    tokio::select! {
                        () = serve(target, &faults, &bound) => {}
                        _ = stopped => {}
                    }
                }),
                Err(error) => drop(bound.send(Err(error))),
            }
        })?;
        let address = address.recv().context("the proxy ended early")??;
        Ok(Self { address, fault, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on it does this.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        drop(self.thread.take().map(JoinHandle::join));
    }
}

async fn serve(
    target: SocketAddr,
    faults: &watch::Receiver<Fault>,
    bound: &mpsc::SyncSender<std::io::Result<SocketAddr>>,
) {
    let listener = match TcpListener::bind(("127.0.0.1", 0)).await {
        Ok(listener) => listener,
        Err(error) => return drop(bound.send(Err(error))),
    };
    drop(bound.send(listener.local_addr()));
    while let Ok((stream, _)) = listener.accept().await {
        let mut faults = faults.clone();
        tokio::spawn(async move {
            let fault = *faults.borrow_and_update();
            // How a connection ends is its own affair.
            tokio::select! {
                ended = pass(stream, target, fault) => drop(ended),
                changed = faults.changed() => drop(changed),
            }
        });
    }
}

async fn pass(mut client: TcpStream, target: SocketAddr, fault: Fault) -> std::io::Result<()> {
    match fault {
        Fault::None => {
            let mut server = TcpStream::connect(target).await?;
            tokio::io::copy_bidirectional(&mut client, &mut server).await.map(drop)
        }
        Fault::Status(status) => answer(&mut client, status).await,
        Fault::Stall => tokio::io::copy(&mut client, &mut tokio::io::sink()).await.map(drop),
        Fault::Cut(most) => {
            let mut server = TcpStream::connect(target).await?;
            tokio::io::copy(&mut client.take(most), &mut server).await.map(drop)
        }
        Fault::Mute => {
            let mut server = TcpStream::connect(target).await?;
            let (mut answers, mut requests) = server.split();
            tokio::select! {
                sent = tokio::io::copy(&mut client, &mut requests) => sent.map(drop),
                // The first byte of an answer: the request was carried out.
                lost = answers.read_u8() => lost.map(drop),
            }
        }
    }
}

/// Reads one request to its end and answers it.
async fn answer(client: &mut TcpStream, status: u16) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let text = String::from_utf8_lossy(&head).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: u64 = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    tokio::io::copy(&mut (&mut *client).take(length), &mut tokio::io::sink()).await?;
    let reply =
        format!("HTTP/1.1 {status} Fault\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    client.write_all(reply.as_bytes()).await?;
    client.shutdown().await
}
