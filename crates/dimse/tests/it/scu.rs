//! Our SCU against our listener: contexts, outcomes, and what goes wrong in words.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use lightcase_dimse::scu::{self, Outcome, Outgoing, ScuError, Source, Target};
use lightcase_dimse::{BodyError, Status};
use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpListener;

use crate::raw::{CT, EXPLICIT};
use crate::station::{Station, title};

pub(crate) fn target(address: SocketAddr, called: &str, calling: &str) -> Target {
    Target::new(address.ip().to_string(), address.port(), title(called), title(calling))
}

fn outgoing(class: &str, instance: &str, syntax: &str, source: Source) -> Outgoing {
    Outgoing {
        class: SopClassUid::parse(class).unwrap(),
        instance: SopInstanceUid::parse(instance).unwrap(),
        syntax: TransferSyntaxUid::parse(syntax).unwrap(),
        source,
    }
}

#[tokio::test]
async fn echo_measures_and_names_what_is_wrong() {
    let station = Station::start().await;
    let echo = |called, calling| {
        let target = target(station.address, called, calling);
        async move { scu::echo(&target).await }
    };
    assert!(echo("LIGHTCASE", "ME").await.unwrap() < Duration::from_secs(5));
    let error = echo("WRONG", "ME").await.unwrap_err();
    assert!(error.to_string().contains("the peer knows no AE title WRONG"), "{error}");
    let error = echo("LIGHTCASE", "STRANGER").await.unwrap_err();
    assert!(error.to_string().contains("does not know STRANGER"), "{error}");
}

#[tokio::test]
async fn more_kinds_than_one_association_takes_are_sent_over_several() {
    let mut station = Station::start().await;
    let objects = (0..300).map(|n| {
        let bytes = Bytes::from(format!("data set {n:03}"));
        outgoing(&format!("1.2.3.4.{n}"), &format!("1.9.{n}"), "1.2.9.9", Source::Bytes(bytes))
    });
    let mut told = Vec::new();
    let target = target(station.address, "LIGHTCASE", "ME");
    scu::store(&target, objects.collect(), |instance, outcome| {
        assert!(matches!(outcome, Outcome::Stored(Status::SUCCESS)), "{outcome:?}");
        told.push(instance.to_string());
    })
    .await
    .unwrap();
    assert_eq!(told.len(), 300);
    for n in 0..300 {
        let object = station.object().await;
        assert_eq!((object.instance, object.syntax.as_str()), (format!("1.9.{n}"), "1.2.9.9"));
        assert_eq!(object.body.unwrap(), format!("data set {n:03}").as_bytes());
    }
}

#[tokio::test]
async fn sizes_about_the_pdu_arrive_whole() {
    let mut station = Station::start().await;
    let room = 131_072 - 6;
    for size in [0, 1, room - 1, room, room + 1, 2 * room, 3 * room + 17] {
        let bytes: Bytes = (0..=u8::MAX).cycle().take(size).collect();
        let object = outgoing(CT, "1.2.3", EXPLICIT, Source::Bytes(bytes.clone()));
        scu::store(&target(station.address, "LIGHTCASE", "ME"), vec![object], |_, _| {})
            .await
            .unwrap();
        let mut expected = bytes.to_vec();
        expected.resize(size.next_multiple_of(2), 0);
        assert!(station.object().await.body.unwrap() == expected, "{size}");
    }
}

#[tokio::test]
async fn each_object_has_its_own_outcome() {
    let station = Station::start().await;
    let bytes = || Source::Bytes(Bytes::from_static(b"data"));
    let missing = Source::File { path: "/nonexistent/file.dcm".into(), offset: 0 };
    let objects = vec![
        outgoing("1.2.3.7", "1.1", EXPLICIT, bytes()),
        outgoing("1.2.840.10008.1.3.10", "1.2", EXPLICIT, bytes()),
        outgoing(CT, "1.3", EXPLICIT, missing),
        outgoing(CT, "1.4", EXPLICIT, bytes()),
    ];
    let mut told = Vec::new();
    let target = target(station.address, "LIGHTCASE", "ME");
    scu::store(&target, objects, |instance, outcome| {
        let word = match outcome {
            Outcome::Stored(_) => "stored".to_owned(),
            Outcome::Refused(status, comment) => format!("{status} {comment:?}"),
            Outcome::NoContext => "no context".to_owned(),
            Outcome::Unreadable(_) => "unreadable".to_owned(),
        };
        told.push(format!("{instance} {word}"));
    })
    .await
    .unwrap();
    assert_eq!(
        told,
        [
            "1.1 A700H (Refused: Out of Resources) Some(Comment(\"full\"))",
            "1.2 no context",
            "1.3 unreadable",
            "1.4 stored",
        ]
    );
}

/// Gives a little, then fails.
struct Broken(usize);

impl AsyncRead for Broken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::Error::other("the disk is gone")));
        }
        self.0 -= 1;
        let given = buffer.remaining().min(1000);
        buffer.put_slice(&[0; 1000][..given]);
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_source_that_breaks_never_looks_like_a_whole_object() {
    let mut station = Station::start().await;
    let target = target(station.address, "LIGHTCASE", "ME");
    let source = Source::Reader(Box::new(Broken(1000)));
    let object = outgoing(CT, "1.2.3", EXPLICIT, source);
    let error = scu::store(&target, vec![object], |_, _| {}).await.unwrap_err();
    assert!(matches!(error, ScuError::Source(_)), "{error}");
    assert_eq!(station.object().await.body, Err(BodyError::Aborted));
}

#[tokio::test]
async fn a_peer_that_speaks_no_dicom_is_named_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        for answer in [&b""[..], b"HTTP/1.1 400 Bad Request\r\n\r\n"] {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut head = [0; 6];
            socket.read_exact(&mut head).await.unwrap();
            socket.write_all(answer).await.unwrap();
        }
    });
    for _ in 0..2 {
        let error = scu::echo(&target(address, "LIGHTCASE", "ME")).await.unwrap_err();
        assert!(matches!(error, ScuError::NotDicom { .. }), "{error}");
    }
    serving.await.unwrap();
}

#[tokio::test]
async fn a_peer_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut silent = target(address, "LIGHTCASE", "ME");
    silent.connect = Duration::from_millis(200);
    let error = scu::echo(&silent).await.unwrap_err();
    assert!(matches!(error, ScuError::Silent { .. }), "{error}");
}
