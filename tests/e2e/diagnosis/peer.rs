//! Peers that answer wrongly, made of bytes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::attack::raw::{
    ABORT, ACCEPTED, EXPLICIT, Request, VERIFICATION, command, item, pdu, value,
};

/// How an association request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The connection is closed.
    Nothing,
    /// With A-ABORT.
    Abort,
    /// With acceptance; the C-ECHO then fails with 0122H.
    Failure,
}

/// A peer that answers so, for as long as the test runs.
pub(crate) async fn answering(answer: Answer) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            drop(read(&mut socket).await);
            match answer {
                Answer::Nothing => {}
                Answer::Abort => drop(socket.write_all(&pdu(ABORT, &[0, 0, 0, 0])).await),
                Answer::Failure => fail(&mut socket).await,
            }
        }
    });
    address
}

async fn fail(socket: &mut TcpStream) {
    let mut accept = vec![0, 1, 0, 0];
    accept.extend([b' '; 32]);
    accept.extend([0; 32]);
    accept.extend(item(0x10, b"1.2.840.10008.3.1.1.1"));
    let implicit = item(0x40, b"1.2.840.10008.1.2");
    accept.extend(item(0x21, &[&[1, 0, 0, 0], implicit.as_slice()].concat()));
    accept.extend(item(0x50, &item(0x51, &16_384_u32.to_be_bytes())));
    drop(socket.write_all(&pdu(ACCEPTED, &accept)).await);
    drop(read(socket).await);
    let number = |value: u16| value.to_le_bytes();
    let response = command(&[
        (0x0002, format!("{VERIFICATION}\0").as_bytes()),
        (0x0100, &number(0x8030)),
        (0x0120, &number(1)),
        (0x0800, &number(0x0101)),
        (0x0900, &number(0x0122)),
    ]);
    drop(socket.write_all(&value(1, 3, &response)).await);
    drop(read(socket).await);
}

/// One PDU.
async fn read(socket: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut head = [0; 6];
    socket.read_exact(&mut head).await?;
    let length = u32::from_be_bytes([head[2], head[3], head[4], head[5]]);
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    socket.read_exact(&mut payload).await?;
    Ok(payload)
}

/// An association that is held, by somebody with this title.
pub(crate) async fn associated(address: SocketAddr, title: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(&Request::new(title, &[VERIFICATION]).encode()).await.unwrap();
    let answer = read(&mut socket).await.unwrap();
    assert!(answer.windows(EXPLICIT.len()).any(|window| window == EXPLICIT.as_bytes()));
    socket
}
