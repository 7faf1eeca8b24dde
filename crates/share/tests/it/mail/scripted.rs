//! A mail server of a few lines that says what a test wants it to say.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Says nothing more and keeps the connection.
pub(super) const SILENCE: &str = "silence";

/// The server; it ends with this guard.
pub(super) struct Scripted {
    pub(super) port: u16,
    script: Arc<Script>,
    taken: mpsc::UnboundedReceiver<String>,
    task: tokio::task::JoinHandle<()>,
}

struct Script {
    /// What is said to a command, instead of what is usual, each once.
    answers: Mutex<HashMap<&'static str, VecDeque<&'static str>>>,
    commands: Mutex<Vec<String>>,
    taken: mpsc::UnboundedSender<String>,
}

impl Scripted {
    pub(super) async fn start() -> Self {
        Self::start_at(0).await
    }

    pub(super) async fn start_at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, taken) = mpsc::unbounded_channel();
        let script = Arc::new(Script {
            answers: Mutex::default(),
            commands: Mutex::default(),
            taken: sender,
        });
        let for_task = Arc::clone(&script);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(Arc::clone(&for_task).talk(stream));
            }
        });
        Self { port, script, taken, task }
    }

    /// A port on which nobody listens.
    pub(super) async fn nobody() -> u16 {
        Self::start().await.port
    }

    /// Answers the next command that begins so with `answer`; the empty command is the greeting,
    /// the full stop is a mail.
    pub(super) fn say(&self, command: &'static str, answer: &'static str) {
        self.script.answers.lock().unwrap().entry(command).or_default().push_back(answer);
    }

    /// The mails that were taken and not asked for yet.
    pub(super) fn taken(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.taken.try_recv().ok()).collect()
    }

    /// Waits for a mail.
    pub(super) async fn next(&mut self) -> String {
        self.taken.recv().await.unwrap()
    }

    /// The first words of all commands.
    pub(super) fn commands(&self) -> Vec<String> {
        self.script.commands.lock().unwrap().clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Script {
    async fn talk(self: Arc<Self>, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        if !self.answer(&mut stream, "").await {
            return;
        }
        loop {
            let mut line = String::new();
            match stream.read_line(&mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let command = line.split([' ', ':', '\r']).next().unwrap_or_default().to_owned();
            self.commands.lock().unwrap().push(command.clone());
            if !self.answer(&mut stream, &command).await {
                return;
            }
            if command == "DATA" {
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") && stream.read_line(&mut mail).await.unwrap() > 0
                {
                }
                if !self.answer(&mut stream, ".").await {
                    return;
                }
                self.taken.send(mail).unwrap();
            }
        }
    }

    /// Whether to go on.
    async fn answer(&self, stream: &mut BufReader<TcpStream>, command: &str) -> bool {
        let scripted = self.answers.lock().unwrap().get_mut(command).and_then(VecDeque::pop_front);
        let (answer, go_on) = match (scripted, command) {
            (Some(SILENCE), _) => return std::future::pending().await,
            // What refuses a mail or ends a talk.
            (Some(answer), ".") => (answer, answer.starts_with('2')),
            (Some(answer), "DATA") => (answer, answer.starts_with('3')),
            (Some(answer), _) => (answer, true),
            (None, "") => ("220 mail.example", true),
            (None, "EHLO") => ("250-mail.example\r\n250 8BITMIME", true),
            (None, "DATA") => ("354 go on", true),
            (None, "QUIT") => ("221 bye", false),
            (None, _) => ("250 fine", true),
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_ok() && go_on
    }
}
