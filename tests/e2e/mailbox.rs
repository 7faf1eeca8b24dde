//! A mail server of a few lines: it takes what it is given, and refuses for good whoever is named
//! `refused`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::house::House;
use crate::wait::until;

/// How long a mail may take: the server looks each second.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server; it ends with this guard.
pub(crate) struct Mailbox {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Mailbox {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let put = Arc::clone(&taken);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, Arc::clone(&put)));
            }
        });
        Self { port, taken, task }
    }

    /// A port on which nobody takes mail.
    pub(crate) async fn nobody() -> u16 {
        Self::open().await.port
    }

    /// Has a house send its mail here.
    pub(crate) fn serve(&self, house: &mut House) {
        configure(house, self.port);
    }

    /// The mails that were taken, their lines as they were written.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    /// Waits for a mail behind the first `seen`.
    pub(crate) async fn next(&self, seen: usize) -> String {
        until("a mail comes", PATIENCE, async || self.mails().len() > seen).await;
        self.mails().swap_remove(seen)
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a house again that sends its mail to this port.
pub(crate) fn configure(house: &mut House, port: u16) {
    let port = port.to_string();
    for (key, value) in [
        ("mail.host", "127.0.0.1"),
        ("mail.port", port.as_str()),
        ("mail.tls", "none"),
        ("mail.from", "images@hospital.example"),
    ] {
        house.server.configure(key, value);
    }
    house.server.start().unwrap();
}

async fn talk(stream: TcpStream, taken: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    // How a connection ends is its sender's affair.
    drop(converse(&mut stream, &taken).await);
}

async fn converse(
    stream: &mut BufReader<TcpStream>,
    taken: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    stream.write_all(b"220 mail.example\r\n").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.get(..4).unwrap_or_default();
        let answer = match command {
            "EHLO" => "250-mail.example\r\n250 8BITMIME\r\n",
            "RCPT" if line.contains("<refused@") => "550 no such person\r\n",
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 fine\r\n",
        };
        stream.write_all(answer.as_bytes()).await?;
        if command == "QUIT" {
            return Ok(());
        }
        if command == "DATA" {
            let mut mail = String::new();
            while !mail.ends_with("\r\n.\r\n") {
                if stream.read_line(&mut mail).await? == 0 {
                    return Ok(());
                }
            }
            // Quoted-printable, undone as far as links need it.
            let mail = mail.replace("=\r\n", "").replace("=3D", "=");
            taken.lock().unwrap().push(mail);
            stream.write_all(b"250 taken\r\n").await?;
        }
    }
}
