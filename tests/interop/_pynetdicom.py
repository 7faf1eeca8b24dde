"""pynetdicom: associations with us, and a small archive for us to call."""

import contextlib
import pathlib

import pydicom
from _house import free_port
from _objects import decoded
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import (
    CTImageStorage,
    StorageCommitmentPushModel,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    Verification,
)

TITLE = "PYNETDICOM"
UNIQUE = {
    "STUDY": "StudyInstanceUID",
    "SERIES": "SeriesInstanceUID",
    "IMAGE": "SOPInstanceUID",
}


def keeping(folder):
    """Writes what is sent, as it comes."""

    def store(event):
        name = f"{event.request.AffectedSOPInstanceUID}.dcm"
        (pathlib.Path(folder) / name).write_bytes(event.encoded_dataset())
        return 0x0000

    return evt.EVT_C_STORE, store


def associate(server, context, *classes, stores=(), handlers=()):
    """Offers these classes, and to be sent those; over TLS where there is a context."""
    entity = AE(ae_title=TITLE)
    for uid in (*classes, *stores):
        entity.add_requested_context(uid, ExplicitVRLittleEndian)
    return entity.associate(
        server.host,
        server.port,
        ae_title=server.title,
        ext_neg=[build_role(uid, scp_role=True) for uid in stores],
        evt_handlers=list(handlers),
        tls_args=None if context is None else (context, server.host),
    )


@contextlib.contextmanager
def association(server, *classes, **options):
    certificates = server.certificates
    context = None if certificates is None else certificates.calling()
    opened = associate(server, context, *classes, **options)
    assert opened.is_established
    try:
        yield opened
    finally:
        opened.release()


class Archive:
    """Answers from the files in its folder; `told` is what was committed to it."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.told = {}

    def find(self, event):
        asked, found = event.identifier, {}
        begin = str(asked.get("PatientName", "")).rstrip("*")
        for image in decoded(self.folder).values():
            if str(image.PatientName).startswith(begin):
                found[image[UNIQUE[asked.QueryRetrieveLevel]].value] = image
        for image in found.values():
            answer = pydicom.Dataset({e.tag: image[e.tag] for e in asked if e.tag in image})
            answer.QueryRetrieveLevel = asked.QueryRetrieveLevel
            yield 0xFF00, answer

    def get(self, event):
        study = event.identifier.StudyInstanceUID
        images = decoded(self.folder).values()
        images = [image for image in images if image.StudyInstanceUID == study]
        yield len(images)
        for image in images:
            yield 0xFF00, image

    def report(self, event):
        information = event.event_information
        self.told[str(information.TransactionUID)] = (event.event_type, information)
        return 0x0000, None

    @contextlib.contextmanager
    def listening(self, certificates):
        entity = AE(ae_title=TITLE)
        entity.add_supported_context(Verification)
        entity.add_supported_context(StudyRootQueryRetrieveInformationModelFind)
        entity.add_supported_context(StudyRootQueryRetrieveInformationModelGet)
        entity.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)
        entity.add_supported_context(
            CTImageStorage, ExplicitVRLittleEndian, scu_role=True, scp_role=True
        )
        handlers = [
            keeping(self.folder),
            (evt.EVT_C_FIND, self.find),
            (evt.EVT_C_GET, self.get),
            (evt.EVT_N_EVENT_REPORT, self.report),
        ]
        listener = entity.start_server(
            ("127.0.0.1", self.port),
            block=False,
            evt_handlers=handlers,
            ssl_context=None if certificates is None else certificates.called(),
        )
        try:
            yield
        finally:
            listener.shutdown()
