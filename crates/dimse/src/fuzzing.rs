//! Entries for fuzzers and for tests that try mutants of a corpus: what a peer's bytes go through
//! before any service sees them. A defect is a panic, or an assertion here that does not hold.

use std::io::Cursor;
use std::time::Duration;

use futures::FutureExt;
use tokio::io::{join, sink};

use crate::wire::{PduKind, Phase, Wire};
use crate::{Command, accept, negotiate, pdv};

/// The longest PDU that is taken here, in bytes.
const MAX_PDU: u32 = 16_384;

/// A connection's bytes, in each state of an association: headers, association PDUs, P-DATA values.
pub fn pdus(bytes: &[u8]) {
    for phase in [Phase::AwaitRequest, Phase::AwaitAnswer, Phase::Established, Phase::Releasing] {
        let socket = join(Cursor::new(bytes.to_vec()), sink());
        let mut wire = Wire::new(Box::new(socket), MAX_PDU, Duration::ZERO);
        // Bytes in memory are always there, so nothing is ever waited for.
        while let Some(Ok(frame)) = wire.frame(phase).now_or_never() {
            match frame.kind {
                PduKind::AssociateRq => {
                    if let Ok(request) = accept::read(frame) {
                        drop(negotiate::proposed(&request));
                    }
                }
                PduKind::Data => values(&frame.payload()),
                PduKind::AssociateAc
                | PduKind::AssociateRj
                | PduKind::ReleaseRq
                | PduKind::ReleaseRp
                | PduKind::Abort => {
                    drop(dicom_ul::pdu::read_pdu(
                        frame.whole,
                        dicom_ul::pdu::MAXIMUM_PDU_SIZE,
                        true,
                    ));
                }
            }
        }
    }
}

fn values(payload: &bytes::Bytes) {
    let Ok(values) = pdv::split(payload.clone()) else { return };
    let held = values.iter().fold(0_usize, |sum, value| sum.saturating_add(value.data.len()));
    assert!(held <= payload.len(), "values have more bytes than their PDU");
    for value in values.iter().filter(|value| value.command) {
        commands(&value.data);
    }
}

/// A command set.
pub fn commands(bytes: &[u8]) {
    if let Ok(decoded) = Command::decode(bytes) {
        assert!(!decoded.command.name().is_empty(), "a command without a name");
    }
}
