"""pynetdicom asks for storage commitment: answered on the same association, on a new one, and
after a crash of the server when the peer was not there to be told."""

import pathlib
import socket
import tempfile

import pydicom
from _house import free_port, house, until
from _server import phantom
from pydicom.uid import generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import CTImageStorage, MRImageStorage, StorageCommitmentPushModel

INSTANCE = "1.2.840.10008.1.20.1.1"
UNTOLD = "storage commitment could not be reported"


def request(images):
    action = pydicom.Dataset()
    action.TransactionUID = generate_uid()
    action.ReferencedSOPSequence = []
    for sop_class, uid in images:
        item = pydicom.Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, uid
        action.ReferencedSOPSequence.append(item)
    return action


class Peer:
    """A modality that keeps what it is told."""

    def __init__(self, port):
        self.told = {}
        self.deaf = False
        self.port = port
        self.entity = AE(ae_title="MODALITY")
        self.entity.add_requested_context(StorageCommitmentPushModel)
        self.entity.add_requested_context(CTImageStorage, pydicom.uid.ExplicitVRLittleEndian)
        self.entity.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)

    def report(self, event):
        if self.deaf:
            return 0x0110, None
        information = event.event_information
        self.told[str(information.TransactionUID)] = (event.event_type, information)
        return 0x0000, None

    def associate(self, server):
        handlers = [(evt.EVT_N_EVENT_REPORT, self.report)]
        association = self.entity.associate(
            server.host, server.port, ae_title=server.title, evt_handlers=handlers
        )
        assert association.is_established
        return association

    def listen(self):
        handlers = [(evt.EVT_N_EVENT_REPORT, self.report)]
        return self.entity.start_server(
            ("127.0.0.1", self.port), block=False, evt_handlers=handlers
        )

    def ask(self, association, action):
        status, _ = association.send_n_action(action, 1, StorageCommitmentPushModel, INSTANCE)
        return status.Status


def store(peer, server, files):
    association = peer.associate(server)
    for path in files:
        assert association.send_c_store(path).Status == 0x0000
    association.release()


def on_the_same_association(peer, server, images):
    association = peer.associate(server)
    missing = (CTImageStorage, "1.2.3.4.5.6")
    other_class = (MRImageStorage, images[0][1])
    action = request([*images[1:], missing, other_class])
    assert peer.ask(association, action) == 0x0000
    until(lambda: action.TransactionUID in peer.told)
    association.release()
    kind, information = peer.told[action.TransactionUID]
    assert kind == 2
    reasons = {
        str(item.ReferencedSOPInstanceUID): item.FailureReason
        for item in information.FailedSOPSequence
    }
    assert reasons == {missing[1]: 0x0112, other_class[1]: 0x0119}, reasons
    assert len(information.ReferencedSOPSequence) == len(images) - 1


def refusals(peer, server, images):
    association = peer.associate(server)
    status, _ = association.send_n_action(request(images), 2, StorageCommitmentPushModel, INSTANCE)
    assert status.Status == 0x0123, hex(status.Status)
    assert peer.ask(association, request([])) == 0x0120
    association.release()


def on_a_new_association(peer, server, images):
    association = peer.associate(server)
    action = request(images)
    listener = peer.listen()
    # Who releases at once is called back.
    assert peer.ask(association, action) == 0x0000
    association.release()
    until(lambda: action.TransactionUID in peer.told)
    listener.shutdown()
    kind, information = peer.told[action.TransactionUID]
    assert kind == 1 and "FailedSOPSequence" not in information
    assert len(information.ReferencedSOPSequence) == len(images)


def beside_one_that_hangs(peer, server, images):
    """A peer that takes the connection and says nothing keeps no other one waiting."""
    with socket.create_server(("127.0.0.1", 0)) as hung:
        port = hung.getsockname()[1]
        server.add_peer("HUNG", "echo,store,commit", port)
        silent = Peer(port)
        silent.entity.ae_title = "HUNG"
        association = silent.associate(server)
        assert silent.ask(association, request(images)) == 0x0000
        association.release()
        before = server.log().count(UNTOLD)
        with hung.accept()[0]:
            on_a_new_association(peer, server, images)
    until(lambda: server.log().count(UNTOLD) > before)


def after_a_crash(peer, server, images):
    association = peer.associate(server)
    action = request(images)
    peer.deaf = True
    before = server.log().count(UNTOLD)
    assert peer.ask(association, action) == 0x0000
    until(lambda: server.log().count(UNTOLD) > before)
    association.release()
    server.kill()
    peer.deaf = False
    server.start()
    listener = peer.listen()
    until(lambda: action.TransactionUID in peer.told, patience=180)
    listener.shutdown()
    assert peer.told[action.TransactionUID][0] == 1


with house() as server, tempfile.TemporaryDirectory() as folder:
    peer = Peer(free_port())
    server.add_peer("MODALITY", "echo,store,commit", peer.port)
    phantom(folder, kind="ct", slices=6, seed=2)
    files = sorted(pathlib.Path(folder).rglob("*.dcm"))
    images = [(i.SOPClassUID, i.SOPInstanceUID) for i in map(pydicom.dcmread, files)]
    store(peer, server, files)
    on_the_same_association(peer, server, images)
    refusals(peer, server, images)
    on_a_new_association(peer, server, images)
    beside_one_that_hangs(peer, server, images)
    after_a_crash(peer, server, images)
    counts = [event["event"] for event in server.events()]
    assert counts.count("commitment_requested") == 5, counts
    assert counts.count("commitment_reported") == 4, counts
    print("committed")
