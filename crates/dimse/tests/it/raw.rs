//! A peer that writes whatever bytes a test wants.

use std::net::SocketAddr;
use std::time::Duration;

use dicom_ul::pdu::{
    AssociationRQ, MAXIMUM_PDU_SIZE, Pdu, PresentationContextProposed, UserVariableItem, read_pdu,
    write_pdu,
};
use lightcase_dimse::{CStoreRq, Priority};
use lightcase_model::{SopClassUid, SopInstanceUid};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
pub(crate) const EXPLICIT: &str = "1.2.840.10008.1.2.1";

pub(crate) struct Raw(TcpStream);

pub(crate) fn request(class: &str, syntaxes: &[&str]) -> AssociationRQ {
    AssociationRQ {
        protocol_version: 1,
        calling_ae_title: "RAW".to_owned(),
        called_ae_title: "LIGHTCASE".to_owned(),
        application_context_name: "1.2.840.10008.3.1.1.1".to_owned(),
        presentation_contexts: vec![PresentationContextProposed {
            id: 1,
            abstract_syntax: class.to_owned(),
            transfer_syntaxes: syntaxes.iter().map(|&syntax| syntax.to_owned()).collect(),
        }],
        user_variables: vec![UserVariableItem::MaxLength(16384)],
    }
}

pub(crate) fn store(class: &str, instance: &str) -> Vec<u8> {
    CStoreRq {
        message_id: 1,
        affected_class: SopClassUid::parse(class).unwrap(),
        affected_instance: SopInstanceUid::parse(instance).unwrap(),
        priority: Priority::Medium,
        move_originator: None,
    }
    .encode()
}

/// A P-DATA PDU of values: context, control header, data.
pub(crate) fn data(values: &[(u8, u8, &[u8])]) -> Vec<u8> {
    let mut items = Vec::new();
    for (context, control, data) in values {
        items.extend_from_slice(&u32::try_from(data.len() + 2).unwrap().to_be_bytes());
        items.extend_from_slice(&[*context, *control]);
        items.extend_from_slice(data);
    }
    let mut pdu = vec![4, 0];
    pdu.extend_from_slice(&u32::try_from(items.len()).unwrap().to_be_bytes());
    pdu.append(&mut items);
    pdu
}

pub(crate) fn encode(pdu: &Pdu) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_pdu(&mut bytes, pdu).unwrap();
    bytes
}

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Self(socket)
    }

    /// Connects and associates for CT images.
    pub(crate) async fn associated(address: SocketAddr) -> Self {
        Self::associated_for(address, CT).await
    }

    pub(crate) async fn associated_for(address: SocketAddr, class: &str) -> Self {
        let mut raw = Self::connect(address).await;
        raw.write(&encode(&Pdu::AssociationRQ(request(class, &[EXPLICIT])))).await;
        assert!(matches!(raw.read().await, Some(Pdu::AssociationAC(_))));
        raw
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// The next PDU, or `None` when the other side closed.
    pub(crate) async fn read(&mut self) -> Option<Pdu> {
        let reading = async {
            let mut bytes = vec![0; 6];
            self.0.read_exact(&mut bytes).await.ok()?;
            let length = u32::from_be_bytes(*bytes.last_chunk().unwrap());
            bytes.resize(6 + usize::try_from(length).unwrap(), 0);
            self.0.read_exact(&mut bytes[6..]).await.ok()?;
            read_pdu(bytes.as_slice(), MAXIMUM_PDU_SIZE, true).unwrap()
        };
        timeout(Duration::from_secs(30), reading).await.unwrap()
    }

    /// The command set of the next response.
    pub(crate) async fn response(&mut self) -> Vec<u8> {
        match self.read().await {
            Some(Pdu::PData { data }) => data.into_iter().flat_map(|value| value.data).collect(),
            other => panic!("{other:?}"),
        }
    }
}
