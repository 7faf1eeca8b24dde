"""Objects come by STOW-RS: from dicomweb-client, from Orthanc's DICOMweb plugin, and from a program
that writes parts as it likes. What was stored is given back element by element."""

import json
import os
import pathlib
import tempfile

import dicomweb_client
import requests
from _corpus import corpus
from _house import free_port, house
from _objects import decoded, encoded
from _orthanc import orthanc, skip_without
from _server import phantom

PLUGIN = "LIGHTCASE_ORTHANC_DICOMWEB"
DICOM = "application/dicom"


class Router:
    """A program with a token, which stores and reads back."""

    def __init__(self, server):
        scopes = ["--scope", "dicomweb:read", "--scope", "dicomweb:write"]
        token = json.loads(server.run("token", "create", "router", *scopes, "--json"))["token"]
        self.url = "http://" + json.loads((server.data / "ready.json").read_text())["http"]
        self.headers = {"Authorization": f"Bearer {token}"}
        session = requests.Session()
        session.headers.update(self.headers)
        self.client = dicomweb_client.DICOMwebClient(url=f"{self.url}/dicom-web", session=session)

    def holds(self, files):
        """Whether what is in the files is given back, element by element."""
        for uid, image in decoded(files).items():
            place = (image.StudyInstanceUID, image.SeriesInstanceUID, uid)
            back = self.client.retrieve_instance(*place, media_types=((DICOM, "*"),))
            assert back == image, uid

    def post(self, body, kind, path="/dicom-web/studies"):
        headers = {**self.headers, "Content-Type": kind}
        return requests.post(self.url + path, data=body, headers=headers, timeout=120)


def by_client(router, files):
    images = list(decoded(files).values())
    for _ in range(2):
        module = router.client.store_instances(images, study_instance_uid=images[0].StudyInstanceUID)
        stored = {item.ReferencedSOPInstanceUID for item in module.ReferencedSOPSequence}
        assert stored == {image.SOPInstanceUID for image in images}
        assert "FailedSOPSequence" not in module
    router.holds(files)


def by_orthanc(server, router, files):
    plugin = {
        "Plugins": [os.environ[PLUGIN]],
        "DicomWeb": {
            "Enable": True,
            "Servers": {
                "LC": {"Url": f"{router.url}/dicom-web/", "HttpHeaders": router.headers, "HasDelete": False}
            },
        },
    }
    with orthanc(server, free_port(), plugin) as peer:
        peer.take(files)
        told = peer.json("/dicom-web/servers/LC/stow", {"Resources": peer.json("/studies"), "Synchronous": True})
        assert told["InstancesCount"] == str(len(encoded(files))) or told["InstancesCount"] == len(encoded(files)), told
    router.holds(files)


def by_hand(router, files):
    """A preamble, an epilogue, white space behind a boundary, headers in other cases and orders."""
    first, second = sorted(pathlib.Path(files).rglob("*.dcm"))
    body = b"".join((
        b"This is a message with several parts.\r\n--b  \r\ncontent-TYPE: Application/DICOM; transfer-syntax=1.2.840.10008.1.2.1\r\n",
        b"Content-Location: a\r\n\r\n", first.read_bytes(),
        b"\r\n--b\t\r\nContent-ID: <b>\r\n\r\n", second.read_bytes(),
        b"\r\n--b--\r\nthe end\r\n",
    ))
    told = router.post(body, 'Multipart/Related; boundary=b; TYPE="application/DICOM"')
    assert told.status_code == 200, told.text
    assert len(told.json()["00081199"]["Value"]) == 2, told.text
    router.holds(files)


def whole_corpus(router):
    """Classes, syntaxes and character sets of the corpus in one request: taken and refused as by import."""
    folders = [corpus() / "public" / name for name in ("classes", "syntax", "charset")]
    files = [path for folder in folders for path in sorted(folder.rglob("*.dcm"))]
    head = b"\r\n--b\r\nContent-Type: application/dicom\r\n\r\n"
    body = b"".join(head + path.read_bytes() for path in files) + b"\r\n--b--\r\n"
    told = router.post(body, 'multipart/related; type="application/dicom"; boundary=b')
    assert told.status_code == 202, told.text
    module = told.json()
    stored, failed = (len(module[tag]["Value"]) for tag in ("00081199", "00081198"))
    with house() as other:
        told = json.loads(other.run("import", *files, "--json", fails=True))
    assert (stored, failed) == (told["stored"] + told["alreadyHeld"], len(told["refused"])), told
    assert stored > 50 and stored + failed == len(files), (stored, failed)


skip_without()
if not os.environ.get(PLUGIN):
    print(f"skipped: {PLUGIN} does not name Orthanc's plugin for DICOMweb")
    raise SystemExit(77)
with house() as server, tempfile.TemporaryDirectory() as folder:
    router = Router(server)
    for seed, way in enumerate((by_client, by_hand)):
        files = pathlib.Path(folder) / way.__name__
        phantom(files, kind="ct", slices=2, seed=20 + seed)
        way(router, files)
    files = pathlib.Path(folder) / "orthanc"
    phantom(files, kind="mr", slices=3, seed=30)
    by_orthanc(server, router, files)
    if corpus():
        whole_corpus(router)
    kinds = [event["origin"]["kind"] for event in server.events() if event["event"] == "store_begun"]
    assert kinds and set(kinds) == {"stow"}, kinds
print("dicomweb-client, Orthanc, by hand")
