//! A peer that writes whatever bytes a test wants: PDUs and command sets made by hand, so that
//! none of the product's own checks keeps a wrong one from being sent.

use std::net::SocketAddr;
use std::time::Duration;

use lightcase_testkit::servers::Lightcase;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
pub(crate) const VERIFICATION: &str = "1.2.840.10008.1.1";
pub(crate) const EXPLICIT: &str = "1.2.840.10008.1.2.1";

/// PDU types of PS3.8 section 9.3.
pub(crate) const ACCEPTED: u8 = 2;
pub(crate) const REJECTED: u8 = 3;
pub(crate) const DATA: u8 = 4;
pub(crate) const ABORT: u8 = 7;

/// An A-ASSOCIATE-RQ to be spoiled.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) calling: String,
    pub(crate) called: String,
    /// Identifier and abstract syntax of each context.
    pub(crate) contexts: Vec<(u8, String)>,
    /// What else stands in the user information.
    pub(crate) user: Vec<u8>,
}

impl Request {
    pub(crate) fn new(calling: &str, abstract_syntaxes: &[&str]) -> Self {
        let contexts = abstract_syntaxes.iter().map(|syntax| (*syntax).to_owned());
        Self {
            calling: calling.to_owned(),
            called: "LIGHTCASE".to_owned(),
            contexts: (1..=u8::MAX).step_by(2).zip(contexts).collect(),
            user: Vec::new(),
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut payload = vec![0, 1, 0, 0];
        for title in [&self.called, &self.calling] {
            payload.extend(title.bytes().chain(std::iter::repeat(b' ')).take(16));
        }
        payload.extend([0; 32]);
        payload.extend(item(0x10, b"1.2.840.10008.3.1.1.1"));
        for (id, syntax) in &self.contexts {
            let mut context = vec![*id, 0, 0, 0];
            context.extend(item(0x30, syntax.as_bytes()));
            context.extend(item(0x40, EXPLICIT.as_bytes()));
            payload.extend(item(0x20, &context));
        }
        let length = item(0x51, &16_384_u32.to_be_bytes());
        payload.extend(item(0x50, &[length, self.user.clone()].concat()));
        pdu(1, &payload)
    }
}

/// An item of an association PDU: kind, length, value.
pub(crate) fn item(kind: u8, value: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(value.len()).unwrap().to_be_bytes();
    [&[kind, 0, high, low], value].concat()
}

pub(crate) fn pdu(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[kind, 0], length.as_slice(), payload].concat()
}

/// A P-DATA PDU of one value; `control` is 1 for a command, 2 for a last fragment, or both.
pub(crate) fn value(context: u8, control: u8, data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len() + 2).unwrap().to_be_bytes();
    pdu(DATA, &[length.as_slice(), &[context, control], data].concat())
}

/// A command set of these elements (group 0000, implicit VR little endian).
pub(crate) fn command(elements: &[(u16, &[u8])]) -> Vec<u8> {
    let mut set = Vec::new();
    for (element, value) in elements {
        set.extend([0, 0]);
        set.extend(element.to_le_bytes());
        set.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        set.extend(*value);
    }
    set
}

/// A request with a data set: its Command Field, SOP class and SOP instance as they are given.
pub(crate) fn request(field: u16, class: &str, instance: &[u8]) -> Vec<u8> {
    let (field, one, zero) = (field.to_le_bytes(), 1_u16.to_le_bytes(), 0_u16.to_le_bytes());
    let pad = |uid: &[u8]| [uid, &vec![0; uid.len() % 2]].concat();
    let (class, instance) = (pad(class.as_bytes()), pad(instance));
    command(&[
        (0x0002, &class),
        (0x0100, &field),
        (0x0110, &one),
        (0x0700, &zero),
        (0x0800, &one),
        (0x1000, &instance),
    ])
}

pub(crate) const C_STORE: u16 = 0x0001;
pub(crate) const C_GET: u16 = 0x0010;
pub(crate) const C_FIND: u16 = 0x0020;
pub(crate) const C_MOVE: u16 = 0x0021;

/// One connection.
pub(crate) struct Raw(TcpStream);

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Self(socket)
    }

    /// Connects and associates; the acceptance.
    pub(crate) async fn associate(server: &Lightcase, request: &Request) -> (Self, Vec<u8>) {
        let mut raw = Self::connect(server.dicom()).await;
        raw.write(&request.encode()).await;
        let (kind, payload) = raw.read().await.unwrap();
        assert_eq!(kind, ACCEPTED, "{payload:?}");
        (raw, payload)
    }

    /// Writes as much as the server takes; it may have hung up.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        drop(self.0.write_all(bytes).await);
    }

    /// Type and payload of the next PDU; `None` when the server hung up.
    pub(crate) async fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        let reading = async {
            let mut head = [0; 6];
            self.0.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes(*head.last_chunk().unwrap());
            assert!(length < 1 << 20, "{head:?}");
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            self.0.read_exact(&mut payload).await.ok()?;
            Some((head[0], payload))
        };
        timeout(Duration::from_mins(2), reading).await.unwrap()
    }

    /// The server says A-ABORT, or nothing, and hangs up.
    pub(crate) async fn is_cut_off(&mut self, what: &str) {
        if let Some((kind, payload)) = self.read().await {
            assert_eq!(kind, ABORT, "{what}: {payload:?}");
            assert_eq!(self.read().await, None, "{what}");
        }
    }

    /// The status of the next response, or `None` when the association was aborted instead.
    pub(crate) async fn status(&mut self) -> Option<u16> {
        let (kind, payload) = self.read().await?;
        if kind == ABORT {
            return None;
        }
        assert_eq!(kind, DATA, "{payload:?}");
        let status = [0, 0, 0x00, 0x09, 2, 0, 0, 0];
        let at = payload.windows(8).position(|window| window == status).unwrap();
        Some(u16::from_le_bytes([payload[at + 8], payload[at + 9]]))
    }
}

/// Identifiers of contexts and how each was answered (PS3.8 table 9-18): 0 is acceptance.
pub(crate) fn results(acceptance: &[u8]) -> Vec<(u8, u8)> {
    let mut items = &acceptance[68..];
    let mut found = Vec::new();
    while let [kind, _, high, low, rest @ ..] = items {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if *kind == 0x21 {
            found.push((rest[0], rest[2]));
        }
        items = &rest[length..];
    }
    found
}
